#include "bench/gateway/direct_client.hpp"

#include <fmt/format.h>

#include <thread>

#include "bench/gateway/tls.hpp"

namespace marginfix::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

MarginFixConfig config_of(const std::string& cfg) {
  auto config =
      MarginFixConfig::from_cfg_text("[DEFAULT]\nConnectionType=initiator\nRateLimitTier=unlimited\nSendAgeLimit=-1\n" + cfg, "bench");
  if (!config) give_up(config.error().message);
  return *std::move(config);
}

MarginFixClientOptions quiet() {
  MarginFixClientOptions options;
  options.log = null_log_sink();
  return options;
}

}  // namespace

std::string kalshi_rt_session(const std::string& key_id, std::uint16_t port, const std::string& ca_file, const std::string& key_file,
                              const std::string& store) {
  return fmt::format(
      "[SESSION]\nConnectionType=initiator\nBeginString=FIXT.1.1\nTargetCompID=KalshiRT\nSenderCompID={}\n"
      "SocketConnectHost=127.0.0.1\nSocketConnectPort={}\nSocketUseSSL=Y\nCertificationAuthoritiesFile={}\nKalshiPrivateKeyPath={}\n"
      "FileStorePath={}\n",
      key_id, port, ca_file, key_file, store);
}

DirectClient::DirectClient(const std::string& cfg) : client_(config_of(cfg), quiet()), session_(client_.order_entry(TargetSession::RT)) {
  OrderEntryHandlers handlers;
  handlers.on_execution_report = [this](const fix::ExecutionReport& report, const Inbound&) {
    if (report.ord_status != OrdStatus::New || report.cl_ord_id.empty()) give_up("no New report");
    checked_ += report.leaves_qty.units() + report.price.value_or(DollarDecimal{}).units();
    if (orders_ <= last_of_round_trips_) {
      times_.push_back(std::chrono::duration<double, std::micro>(SteadyClock::now() - began_).count());
      if (orders_ < last_of_round_trips_) order("d");
    }
    {
      const std::lock_guard lock(mutex_);
      ++acknowledged_;
    }
    changed_.notify_one();
  };
  handlers.on_not_sent = [](const NotSent& what) { give_up("not sent: " + what.error.message); };
  session_.set_handlers(std::move(handlers));
  if (const auto started = client_.start(); !started) give_up(started.error().message);
  if (const auto active = client_.wait_until_active(std::chrono::seconds(10)); !active) give_up(active.error().message);
}

DirectClient::~DirectClient() { client_.stop(); }

void DirectClient::order(const char* prefix) {
  began_ = SteadyClock::now();
  fix::NewOrderSingle order;
  const std::string id = prefix + std::to_string(++orders_);
  order.cl_ord_id = id;
  order.side = Side::Buy;
  order.symbol = "KXBTCPERP";
  order.order_qty = FixedPointCount::whole(1);
  order.price = DollarDecimal::parse("19.5000").value();
  order.time_in_force = TimeInForce::GTC;
  while (!session_.new_order(order)) std::this_thread::yield();  // its queue is full
}

void DirectClient::wait(std::int64_t acknowledged) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, std::chrono::seconds(60), [&] { return acknowledged_ >= acknowledged; })) give_up("no answer to orders");
}

std::vector<double> DirectClient::round_trips(int count) {
  times_.clear();
  times_.reserve(static_cast<std::size_t>(count));
  const std::int64_t wanted = orders_ + count;
  session_.run_on_io_thread([this, wanted] {
    last_of_round_trips_ = wanted;
    order("d");
  });
  wait(wanted);
  return times_;
}

void DirectClient::burst(int count) {
  const std::int64_t wanted = orders_ + count;
  constexpr std::int64_t kUnanswered = 5'000;  // what the session lets wait for the exchange is bounded
  for (int i = 0; i < count; ++i) {
    while (orders_ - acknowledged_ > kUnanswered) std::this_thread::yield();
    order("b");
  }
  wait(wanted);
}

}  // namespace marginfix::bench
