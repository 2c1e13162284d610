// Orders and cancels over FIX as fast as the exchange answers: `chains` at once, each step behind the answer to the one before. For
// benchmarks of the simulated exchange.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <string>

#include "marginfix/margin_fix_client.hpp"

namespace marginfix::bench {

class Trader {
 public:
  static constexpr const char* kMarket = "KXLTCPERP";

  Trader(const std::string& endpoints, std::uint64_t pairs, int chains = 32, const std::string& account = "alice")
      : pairs_(pairs),
        chains_(std::min(static_cast<std::uint64_t>(chains), pairs)),
        client_(config(endpoints, account), quiet()),
        session_(client_.order_entry(TargetSession::NR)) {}

  // Each answer's time in milliseconds, on the I/O thread; with one chain only.
  std::function<void(double)> on_step;

  std::int64_t run() {
    OrderEntryHandlers handlers;
    handlers.on_state = [this](const StateChange& change) {
      if (change.state == SessionState::active) logged_on_.set_value();
    };
    handlers.on_execution_report = [this](const fix::ExecutionReport& report, const Inbound&) { on_report(report); };
    session_.set_handlers(handlers);
    client_.start().value();
    logged_on_.get_future().get();
    const auto began = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < chains_; ++i) order();
    done_.get_future().get();
    const auto took = std::chrono::steady_clock::now() - began;
    client_.stop();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(took).count();
  }

 private:
  static MarginFixClientOptions quiet() {
    MarginFixClientOptions options;
    options.log = null_log_sink();
    return options;
  }
  static MarginFixConfig config(const std::string& endpoints, const std::string& account) {
    auto config = MarginFixConfig::from_endpoints_file(endpoints, account).value();
    config.select({"KalshiNR"}).value();
    config.rate_limit = rate_limit_tier("unlimited").value();
    return config;
  }
  void order() {
    fix::NewOrderSingle order;
    order.cl_ord_id = "o" + std::to_string(++last_id_);
    order.side = Side::Buy;
    order.symbol = kMarket;
    order.order_qty = FixedPointCount::whole(1);
    order.price = DollarDecimal::parse("3.9000").value();
    order.time_in_force = TimeInForce::GTC;
    sent_at_ = std::chrono::steady_clock::now();
    session_.new_order(order).value();
  }
  void cancel(const std::string& cl_ord_id) {
    fix::OrderCancelRequest cancel;
    cancel.cl_ord_id = "c" + cl_ord_id;
    cancel.orig_cl_ord_id = cl_ord_id;
    cancel.side = Side::Buy;
    cancel.symbol = kMarket;
    sent_at_ = std::chrono::steady_clock::now();
    session_.cancel(cancel).value();
  }
  void on_report(const fix::ExecutionReport& report) {
    if (on_step) on_step(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - sent_at_).count());
    if (report.exec_type == ExecType::New) return cancel(std::string(report.cl_ord_id));
    if (report.exec_type != ExecType::Canceled) return;
    ++canceled_;
    if (canceled_ + chains_ <= pairs_) return order();
    if (canceled_ == pairs_) done_.set_value();
  }

  const std::uint64_t pairs_, chains_;
  std::promise<void> logged_on_, done_;
  std::chrono::steady_clock::time_point sent_at_{};
  std::uint64_t last_id_{0}, canceled_{0};
  MarginFixClient client_;
  OrderEntrySession& session_;
};

}  // namespace marginfix::bench
