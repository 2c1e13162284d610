#include "bench/peer/order_client.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "bench/peer/process.hpp"

namespace marginfix::bench {

OrderClient::OrderClient(const PeerOptions& options)
    : options_(options),
      store_(options),
      client_(make_client(options, SessionKind::order_entry, store_.path())),
      session_(client_.order_entry(options.session)) {
  OrderEntryHandlers handlers;
  handlers.on_execution_report = [this](const fix::ExecutionReport& report, const Inbound&) { on_report(report); };
  handlers.on_not_sent = [](const NotSent& what) {
    std::fprintf(stderr, "not sent: %s\n", what.error.message.c_str());
    std::_Exit(1);
  };
  session_.set_handlers(std::move(handlers));
  log_on(client_);
}

OrderClient::~OrderClient() { client_.stop(); }

void OrderClient::on_report(const fix::ExecutionReport& report) {
  if (report.ord_status != OrdStatus::New) return;
  checked_ +=
      static_cast<std::int64_t>(report.cl_ord_id.size()) + report.price.value_or(DollarDecimal{}).units() + report.leaves_qty.units();
  if (one_at_a_time_) return on_round_trip();
  const std::int64_t answered = answered_.load(std::memory_order_relaxed) + 1;
  if (answered == options_.count) {
    ended_ = Clock::now();
    cpu_ended_ = cpu_us();
  }
  answered_.store(answered, std::memory_order_release);
  if (answered == options_.count) finish_.set();
}

void OrderClient::on_round_trip() {
  const auto now = Clock::now();
  const std::int64_t answered = answered_.load(std::memory_order_relaxed) + 1;
  answered_.store(answered, std::memory_order_relaxed);
  if (answered > options_.warm) times_.push_back(std::chrono::duration<double, std::micro>(now - began_).count());
  if (answered == options_.warm) cpu_began_ = cpu_us();
  if (answered == options_.warm + options_.count) {
    cpu_ended_ = cpu_us();
    return finish_.set();
  }
  began_ = Clock::now();
  order(answered);
}

bool OrderClient::order(std::int64_t number) {
  char id[64];
  std::snprintf(id, sizeof(id), "3f1d3f1d-3f1d-3f1d-3f1d-%012llx", static_cast<unsigned long long>(number));
  fix::NewOrderSingle order;
  order.cl_ord_id = id;
  order.side = Side::Buy;
  order.symbol = "BTC-PERP";
  order.order_qty = FixedPointCount::whole(10);
  order.price = DollarDecimal::from_units(19'500'000);
  order.time_in_force = TimeInForce::GTC;
  const auto sent = session_.new_order(order);
  if (sent) return true;
  if (sent.error().category == ErrorCategory::rate_limit) return false;
  std::fprintf(stderr, "refused: %s\n", sent.error().message.c_str());
  std::_Exit(1);
}

OrderClient::RoundTrips OrderClient::round_trips() {
  one_at_a_time_ = true;
  times_.reserve(static_cast<std::size_t>(options_.count));
  if (options_.warm == 0) cpu_began_ = cpu_us();
  session_.run_on_io_thread([this] {
    began_ = Clock::now();
    order(0);
  });
  finish_.wait();
  std::ranges::sort(times_);
  return {std::move(times_), (cpu_ended_ - cpu_began_) / options_.count};
}

bool OrderClient::has_room(std::int64_t sent) const {
  return options_.in_flight == 0 || sent - answered_.load(std::memory_order_acquire) < options_.in_flight;
}

void OrderClient::burst_from_here() {
  for (std::int64_t sent = 0; sent < options_.count;) {
    if (has_room(sent) && order(sent))
      ++sent;
    else
      std::this_thread::yield();
  }
}

// So many a turn of the I/O thread, so that answers are read between.
void OrderClient::burst_on_io_thread() {
  constexpr std::int64_t kTurn = 200;
  const std::int64_t last = std::min<std::int64_t>(options_.count, sent_ + kTurn);
  while (sent_ < last && has_room(sent_) && order(sent_)) ++sent_;
  if (sent_ < options_.count) boost::asio::post(client_.executor(), [this] { burst_on_io_thread(); });
}

OrderClient::Burst OrderClient::burst() {
  const long resident = resident_kb();
  cpu_began_ = cpu_us();
  began_ = Clock::now();
  if (options_.on_io_thread)
    session_.run_on_io_thread([this] { burst_on_io_thread(); });
  else
    burst_from_here();
  finish_.wait();
  const double seconds = std::chrono::duration<double>(ended_ - began_).count();
  return {options_.count / seconds, (cpu_ended_ - cpu_began_) / options_.count, resident, resident_kb()};
}

}  // namespace marginfix::bench
