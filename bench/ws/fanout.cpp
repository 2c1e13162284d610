// What many WebSocket subscribers cost the simulated exchange, and a FIX client beside them. Three processes: the exchange; subscribers of
// one market's book (TLS, compression offered as the client does by default); a client that orders and cancels in that market, 32 chains
// at once, each step behind the answer to the one before. Each order and each cancel is a frame for every subscriber.
//   marginfix_bench_ws_fanout [PAIRS]      0, 1, 10 and 50 subscribers
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <new>
#include <string>

#include "bench/trader.hpp"
#include "marginfix/perps_websocket.hpp"
#include "sim/simulator.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::bench {
namespace {

constexpr const char* kMarket = Trader::kMarket;

struct Shared {
  std::atomic<std::uint64_t> frames;  // that subscribers have had
  std::atomic<int> ready;             // subscribers whose book is there
  std::atomic<bool> traded;           // the FIX client is done
  std::atomic<std::int64_t> trading_ns;
};

double seconds_of(const rusage& usage) {
  const auto of = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double own_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds_of(usage);
}

template <class Condition>
void wait_until(Condition done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) std::_Exit(3);
    ::usleep(1'000);
  }
}

// ---- subscribers: one thread for all of them
void subscribe(const std::string& endpoints, int count, Shared& shared) {
  const auto config = PerpsWebSocketConfig::from_endpoints(Endpoints::from_file(endpoints).value(), "bob").value();
  boost::asio::io_context io{1};
  std::deque<PerpsWebSocket> sockets;
  for (int i = 0; i < count; ++i) {
    PerpsWebSocketOptions options;
    options.executor = io.get_executor();
    PerpsWebSocket& socket = sockets.emplace_back(config, std::move(options));
    auto book = socket.subscribe({.channel = ws::Channel::orderbook_delta, .market_tickers = {kMarket}});
    book.set_handler([&shared](const ws::Event& event) {
      if (event.kind == ws::EventKind::outage || event.kind == ws::EventKind::ended) std::_Exit(2);
      if (event.kind != ws::EventKind::data) return;
      if (event.frame.as<ws::MarginOrderbookSnapshot>() != nullptr) shared.ready.fetch_add(1);
      if (event.frame.as<ws::MarginOrderbookDelta>() != nullptr) shared.frames.fetch_add(1, std::memory_order_relaxed);
    });
    socket.start().value();
  }
  io.run();
}

// ---- the exchange, and the run
template <class Child>
pid_t in_a_child(int read_end, Child run) {
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child != 0) return child;
  char go = 0;
  if (::read(read_end, &go, 1) != 1) ::_exit(1);
  run();
  ::_exit(0);
}

bool run(int subscribers, std::uint64_t pairs) {
  const test::TempFolder folder;
  auto& shared = *new (::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Shared{};
  const std::string endpoints = folder.path() + "/sim/endpoints.json";
  int reading[2], trading[2];
  if (::pipe(reading) != 0 || ::pipe(trading) != 0) return false;
  const pid_t reader = in_a_child(reading[0], [&] { subscribe(endpoints, subscribers, shared); });
  const pid_t trader = in_a_child(trading[0], [&] {
    shared.trading_ns.store(Trader(endpoints, pairs).run());
    shared.traded.store(true);
  });
  sim::SimulatorOptions options;
  options.dir = folder.path() + "/sim";
  options.tier = "unlimited";
  options.quiet = true;
  options.past = false;
  sim::Simulator simulator(options);
  simulator.start().value();
  if (::write(reading[1], "g", 1) != 1) return false;
  wait_until([&] { return shared.ready.load() == subscribers; });
  const double cpu = own_cpu();
  const auto began = std::chrono::steady_clock::now();
  if (::write(trading[1], "g", 1) != 1) return false;
  wait_until([&] { return shared.traded.load(); });
  const std::uint64_t all = pairs * 2 * static_cast<std::uint64_t>(subscribers);
  wait_until([&] { return shared.frames.load() >= all || ::waitpid(reader, nullptr, WNOHANG) != 0; });
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const bool lost = shared.frames.load() != all;
  const double own = own_cpu() - cpu;
  std::printf("%3d subscribers: %6.0f pairs/s; %7.0f frames/s; the exchange's cpu %5.1f us a pair", subscribers,
              static_cast<double>(pairs) * 1e9 / static_cast<double>(shared.trading_ns.load()), static_cast<double>(all) / seconds,
              own * 1e6 / static_cast<double>(pairs));
  if (all > 0) std::printf(", %4.1f us a frame", own * 1e6 / static_cast<double>(all));
  std::printf("%s\n", lost ? "  FAILED: frames were lost" : "");
  ::kill(reader, SIGKILL);
  ::waitpid(reader, nullptr, 0);
  ::waitpid(trader, nullptr, 0);
  for (const int end : {reading[0], reading[1], trading[0], trading[1]}) ::close(end);
  ::munmap(&shared, sizeof(Shared));
  return !lost;
}

}  // namespace
}  // namespace marginfix::bench

int main(int argc, char** argv) {
  const std::uint64_t pairs = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20'000;
  bool good = true;
  for (const int subscribers : {0, 1, 10, 50}) good = marginfix::bench::run(subscribers, pairs) && good;
  return good ? 0 : 1;
}
