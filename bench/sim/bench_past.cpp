// What an exchange with a long past costs: the longest call of the engine while orders come (all doors wait for it), memory, the folder,
// GET /state, REST's lists, and a restart after kill -9. Prints, asserts only that the restart finds the same state.
//   marginfix_bench_past [ORDERS]      2,000,000 unless said otherwise; three in four are canceled, the others filled
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/orders.hpp"
#include "sim/exchange/views/truth.hpp"

namespace marginfix::sim {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr Timestamp kStart{std::chrono::seconds(1'795'000'000)};
constexpr auto kBetweenOrders = std::chrono::milliseconds(5);  // of the trading clock: 2,000,000 orders are 2 h 47 min, all in the window
constexpr int kBurst = 100;
constexpr auto kOfDoors = std::chrono::microseconds(50);  // an order: no door takes them faster than this
constexpr std::size_t kUsualPage = 10'000;                // of GET /margin/orders

// Of the wall clock, and of the processor for this thread: on a busy machine only the latter tells what a call costs.
class Watch {
 public:
  double wall_ms() const { return std::chrono::duration<double, std::milli>(Clock::now() - begin_).count(); }
  double cpu_ms() const { return thread_ms() - cpu_; }
  std::string text() const { return fmt::format("{:>10.1f} ms, {:.1f} of the processor", wall_ms(), cpu_ms()); }

 private:
  static double thread_ms() {
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
  }
  Clock::time_point begin_ = Clock::now();
  double cpu_ = thread_ms();
};

std::string status_line(const char* name) {
  std::ifstream in("/proc/self/status");
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with(name)) return line.substr(std::string_view(name).size() + 1);
  }
  return "?";
}

std::uintmax_t folder_bytes(const fs::path& dir) {
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(dir)) bytes += entry.is_regular_file() ? entry.file_size() : 0;
  return bytes;
}

ExchangeOptions options_in(const fs::path& dir) {
  ExchangeOptions options;
  options.dir = dir;
  options.house = options.past = false;
  options.write_policy = WritePolicy::Mapped;
  return options;
}

// The longest calls, longest first.
class Longest {
 public:
  void add(double ms) {
    if (ms <= calls_.back()) return;
    calls_.back() = ms;
    std::ranges::sort(calls_, std::greater<>());
  }
  std::string text() const {
    return fmt::format("{:.1f} {:.1f} {:.1f} {:.1f} {:.1f}", calls_[0], calls_[1], calls_[2], calls_[3], calls_[4]);
  }

 private:
  std::array<double, 5> calls_{};
};

class Traders {
 public:
  explicit Traders(Exchange& exchange) : exchange_(exchange) {
    for (const char* name : {"alice", "bob"}) {
      exchange.run(commands::CreateAccount{{name, {{name, KeyScope::Trading}}, false, {DollarDecimal::whole(1'000'000'000)}}});
    }
    alice_ = {{views::find_key(exchange.state(), "alice")->key, Door::FixNR}, {}, 0};
    bob_ = {{views::find_key(exchange.state(), "bob")->key, Door::FixNR}, {}, 0};
  }

  void order(int i) {
    timed([&] { exchange_.step(kStart + i * kBetweenOrders); });
    const std::string id = fmt::format("7d3c1b7e-6c3b-4c55-9c0e-{:012}", i);
    NewOrder o;
    o.cl_ord_id = id;
    o.symbol = "KXBTCPERP";
    o.quantity = FixedPointCount::whole(1);
    o.side = i % 8 < 4 ? Side::Buy : Side::Sell;  // a position never grows
    o.price = DollarDecimal::from_units(62'000 * 100);
    timed([&] { exchange_.run(commands::Submit{alice_, o}); });
    if (i % 4 == 3) {
      const std::string other = "b" + id;
      o.cl_ord_id = other;
      o.side = o.side == Side::Buy ? Side::Sell : Side::Buy;
      o.time_in_force = TimeInForce::IOC;
      timed([&] { exchange_.run(commands::Submit{bob_, o}); });
    } else {
      CancelOrder c;
      c.cl_ord_id = "c";
      c.orig_cl_ord_id = id;
      timed([&] { exchange_.run(commands::Cancel{alice_, c}); });
    }
  }
  const Longest& longest() const { return longest_; }
  const Longest& dearest() const { return dearest_; }

 private:
  template <class Do>
  void timed(Do what) {
    const Watch watch;
    what();
    longest_.add(watch.wall_ms());
    dearest_.add(watch.cpu_ms());
  }

  Exchange& exchange_;
  RequestContext alice_, bob_;
  Longest longest_, dearest_;
};

void measure_reads(const Exchange& exchange) {
  TruthQuery query;
  query.limit = kUsualTruthLimit;
  Watch watch;
  const std::string truth = views::truth_json(exchange.state(), query);
  fmt::print("  GET /state                  {}, {} bytes\n", watch.text(), truth.size());
  const AccountId alice = views::find_account(exchange.state(), "alice").value();
  watch = Watch();
  const OrderPage page = views::list_orders(exchange.state(), alice, {}, 0, kUsualPage);
  fmt::print("  newest page of orders       {}, {} orders\n", watch.text(), page.orders.size());
  OrderFilter none;
  none.market = 1;
  watch = Watch();
  const OrderPage empty = views::list_orders(exchange.state(), alice, none, 0, kUsualPage);
  fmt::print("  a page that nothing matches {}, {} orders{}\n", watch.text(), empty.orders.size(), empty.next ? ", and on" : "");
  watch = Watch();
  int seen = 0;
  views::history(exchange.state(), alice, {}, std::nullopt, [&](const ExecutionEvent&) { return ++seen < 500; });
  fmt::print("  500 reports of the drop copy{}\n", watch.text());
}

void live(const fs::path& dir, int orders) {
  Exchange exchange(options_in(dir));
  exchange.open(kStart).value();
  Traders traders(exchange);
  const std::clock_t cpu = std::clock();
  const Watch watch;
  const auto begin = Clock::now();
  for (int i = 0; i < orders; ++i) {
    traders.order(i);
    if (i % kBurst == kBurst - 1) std::this_thread::sleep_until(begin + i * kOfDoors);
  }
  fmt::print("  {} orders             {}, {:.1f} s with snapshots\n", orders, watch.text(),
             static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC);
  // A quieter hour, in which a snapshot that is under way is finished.
  for (int i = 0; i < 2'000; ++i) {
    traders.order(orders + i);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  fmt::print("  longest calls               {} ms, of the processor {} ms\n", traders.longest().text(), traders.dearest().text());
  fmt::print("  memory                      {}, most ever {}\n", status_line("VmRSS:"), status_line("VmHWM:"));
  fmt::print("  folder                      {:>10} bytes\n", folder_bytes(dir));
  measure_reads(exchange);
  std::ofstream(dir / "truth.json") << views::truth_json(exchange.state());
  std::fflush(stdout);
  std::raise(SIGKILL);
}

void again(const fs::path& dir) {
  Exchange exchange(options_in(dir));
  const Watch watch;
  const OpenReport report = exchange.open(kStart).value();
  fmt::print("  restart after kill -9       {}, {} commands{}\n", watch.text(), report.commands,
             report.from_snapshot ? " behind a snapshot" : "");
  fmt::print("  memory                      {}, most ever {}\n", status_line("VmRSS:"), status_line("VmHWM:"));
  measure_reads(exchange);
  std::ifstream in(dir / "truth.json");
  const std::string before{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const std::string now = views::truth_json(exchange.state());
  fmt::print("  {}\n", now == before ? "the same state" : "ANOTHER STATE");
  std::fflush(stdout);
}

template <class Do>
void in_a_process(Do what) {
  const pid_t child = ::fork();
  if (child == 0) {
    what();
    std::_Exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
}

}  // namespace
}  // namespace marginfix::sim

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  const int orders = argc > 1 ? std::atoi(argv[1]) : 2'000'000;
  std::string name = (fs::temp_directory_path() / "mfx-past-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return 1;
  marginfix::sim::in_a_process([&] { marginfix::sim::live(name, orders); });
  marginfix::sim::in_a_process([&] { marginfix::sim::again(name); });
  std::error_code ignored;
  fs::remove_all(name, ignored);
  return 0;
}
