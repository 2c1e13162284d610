#include "bench/ws/stream/client_side.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>
#include <vector>

#include "marginfix/perps_websocket.hpp"

namespace marginfix::bench {
namespace {

using std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(60);  // without any progress

std::int64_t resident_kib() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

PerpsWebSocketConfig config_of(const Plan& plan, std::uint16_t port) {
  PerpsWebSocketConfig config;
  config.url = (plan.tls ? "wss" : "ws") + std::string("://127.0.0.1:") + std::to_string(port) + "/trade-api/ws/v2/margin";
  config.credentials.key_id = plan.key_id;
  config.credentials.private_key_path = plan.folder + "/keys/alice.pem";
  config.ca_file = plan.folder + "/ca.pem";
  config.compression = plan.compression;
  return config;
}

class Client {
 public:
  Client(const Plan& plan, Shared& shared, std::uint16_t port)
      : plan_(plan),
        shared_(shared),
        stride_(plan.rate > 0 ? plan.frames / kMostLatencies + 1 : plan.frames + 1),
        socket_(config_of(plan, port)) {
    latencies_.reserve(plan.rate > 0 ? kMostLatencies : 0);
  }

  int run() {
    std::vector<std::string> tickers;
    for (int i = 0; i < kMarkets; ++i) tickers.push_back(ticker(i));
    books_ = subscribe(ws::Channel::orderbook_delta, tickers);
    subscribe(ws::Channel::ticker, tickers);
    subscribe(ws::Channel::trade, tickers);
    if (const auto started = socket_.start(); !started) trouble(to_string(started.error()));
    wait();
    const auto seconds = std::chrono::duration<double>(std::chrono::nanoseconds(last_.load() - first_.load())).count();
    final_books_ = books();  // they are empty and stale once the connection ends
    socket_.stop();
    if (trouble_.empty()) check();
    report(seconds);
    return trouble_.empty() ? 0 : 1;
  }

 private:
  ws::Subscription subscribe(ws::Channel channel, const std::vector<std::string>& tickers) {
    auto sub = socket_.subscribe({.channel = channel, .market_tickers = tickers});
    if (plan_.streams) {
      boost::asio::co_spawn(socket_.executor(), read_all(this, sub), boost::asio::detached);
    } else {
      sub.set_handler([this](const ws::Event& event) { take(event); });
    }
    return sub;
  }
  static boost::asio::awaitable<void> read_all(Client* self, ws::Subscription sub) {
    while (true) {
      const Result<ws::Event> event = co_await sub.next(boost::asio::use_awaitable);
      if (!event) co_return;
      self->take(*event);
    }
  }

  // ---- the I/O thread
  void take(const ws::Event& event) {
    if (event.kind == ws::EventKind::data) {
      if (event.frame.as<ws::MarginOrderbookDelta>() != nullptr) return take_delta();
      if (event.frame.as<ws::MarginTrade>() != nullptr) trades_.fetch_add(1);
      if (event.frame.as<ws::MarginTicker>() != nullptr) tickers_.fetch_add(1);
      if (event.frame.as<ws::MarginOrderbookSnapshot>() != nullptr) ++snapshots_;
    } else if (event.kind == ws::EventKind::subscribed) {
      ++subscribed_;
    } else if (event.kind != ws::EventKind::ended || event.error) {
      trouble(std::string(to_string(event.kind)) + (event.error ? ": " + event.error->message : ""));
    }
    if (snapshots_ == kMarkets && subscribed_ == 3) shared_.client_ready.store(true);
  }
  void take_delta() {
    const std::uint64_t n = shared_.received.load(std::memory_order_relaxed) + 1;
    const auto now = nanoseconds_now();
    if (n == 1) first_.store(now);
    last_.store(now);
    if (n % stride_ == 0) latencies_.push_back(now - shared_.at[n % kStamps].load(std::memory_order_relaxed));
    shared_.received.store(n, std::memory_order_release);
  }
  void trouble(std::string text) {
    const std::lock_guard lock(mutex_);
    if (trouble_.empty()) trouble_ = std::move(text);
    failed_.store(true);
  }

  // ---- the main thread
  bool all_there() const {
    return shared_.finished.load() && shared_.received.load() == shared_.produced.load() && trades_.load() == shared_.trades.load();
  }
  void wait() {
    std::uint64_t before = 0;
    auto moved = steady_clock::now();
    while (!failed_.load() && !all_there()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(plan_.memory_kib > 0 ? 20 : 2));
      const std::uint64_t received = shared_.received.load();
      if (received != std::exchange(before, received)) moved = steady_clock::now();
      if (steady_clock::now() - moved > kPatience) trouble("no frame for a minute, after " + std::to_string(received));
      if (plan_.memory_kib > 0) look_at_memory(received);
    }
  }
  void look_at_memory(std::uint64_t received) {
    const std::int64_t now = resident_kib();
    if (received < plan_.frames / 10) {
      warm_kib_ = std::max(warm_kib_, now);
      return;
    }
    most_kib_ = std::max(most_kib_, now);
    if (received / kEach == said_) return;
    said_ = received / kEach;
    std::printf("  %3llu million frames: %lld KiB resident\n", static_cast<unsigned long long>(said_), static_cast<long long>(now));
    std::fflush(stdout);
  }
  std::string books() const {
    std::ostringstream out;
    for (int m = 0; m < kMarkets; ++m) {
      const OrderBook book = books_.book(ticker(m))->copy();
      for (const BookSide side : {BookSide::bid, BookSide::ask}) {
        out << ticker(m) << (side == BookSide::bid ? " bid" : " ask");
        for (const BookLevel& level : book.depth(side, book.level_count(side)))
          out << ' ' << level.price.to_string() << 'x' << level.size.to_string();
        out << '\n';
      }
    }
    return out.str();
  }
  void check() {
    std::ifstream file(plan_.folder + "/books.txt");
    std::ostringstream truth;
    truth << file.rdbuf();
    if (final_books_ != truth.str()) trouble("the books differ from the exchange's");
    if (const auto s = books_.statistics(); s.gaps + s.faults + s.resyncs + s.dropped != 0) trouble("gaps, faults or losses were counted");
    if (plan_.memory_kib > 0 && most_kib_ - warm_kib_ > plan_.memory_kib) trouble("memory grew beyond the bound");
  }
  void report(double seconds) {
    std::ranges::sort(latencies_);
    const auto at = [&](double part) {
      if (latencies_.empty()) return 0.0;
      return static_cast<double>(latencies_[static_cast<std::size_t>(part * static_cast<double>(latencies_.size() - 1))]) / 1'000;
    };
    const auto frames = shared_.received.load();
    const auto all = static_cast<double>(frames + trades_.load() + tickers_.load());
    std::printf("%-22s %9llu deltas, %llu trades, %llu tickers: %.0f frames/s", plan_.name.c_str(), static_cast<unsigned long long>(frames),
                static_cast<unsigned long long>(trades_.load()), static_cast<unsigned long long>(tickers_.load()), all / seconds);
    if (plan_.rate > 0) std::printf("; level change to handler p50 %.0f us, p90 %.0f us, p99 %.0f us", at(0.5), at(0.9), at(0.99));
    std::printf("\n");
    if (plan_.memory_kib > 0) {
      std::printf("  resident after the warm-up %lld KiB, most afterwards %lld KiB: %+lld KiB (bound %lld)\n",
                  static_cast<long long>(warm_kib_), static_cast<long long>(most_kib_), static_cast<long long>(most_kib_ - warm_kib_),
                  static_cast<long long>(plan_.memory_kib));
    }
    if (!trouble_.empty()) std::printf("  FAILED: %s\n", trouble_.c_str());
    std::fflush(stdout);
  }

  static constexpr std::uint64_t kEach = 1'000'000;
  const Plan& plan_;
  Shared& shared_;
  const std::uint64_t stride_;
  std::vector<std::int64_t> latencies_;  // I/O thread while it runs
  int snapshots_{0}, subscribed_{0};
  std::atomic<std::uint64_t> trades_{0}, tickers_{0};
  std::atomic<std::int64_t> first_{0}, last_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::string trouble_;
  std::string final_books_;
  std::int64_t warm_kib_{0}, most_kib_{0};
  std::uint64_t said_{0};
  ws::Subscription books_;
  PerpsWebSocket socket_;
};

}  // namespace

int run_client(const Plan& plan, Shared& shared, std::uint16_t port) { return Client(plan, shared, port).run(); }

}  // namespace marginfix::bench
