// The simulated exchange as a process with its past behind it, seen through its doors: a client orders and cancels as fast as it is
// answered, while another one times each of its own steps on FIX and a third each answer of REST. Then the process is killed and started
// again.
//   marginfix_bench_doors [ORDERS]      2,000,000 unless said otherwise; each is canceled, too
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/trader.hpp"
#include "marginfix/perps_client.hpp"
#include "support/spawn.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point began) { return std::chrono::duration<double, std::milli>(Clock::now() - began).count(); }

class Exchange {
 public:
  explicit Exchange(std::string dir) : dir_(std::move(dir)) {}
  ~Exchange() { kill(); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void start() {
    fs::remove(endpoints());
    test::Spawn what;
    what.arguments = {MARGINFIX_PROGRAM, "sim", "--dir", dir_, "--quiet", "--tier", "unlimited", "--log-level", "warning"};
    what.out_file = dir_ + ".log";
    process_ = test::spawn(what);
    while (!fs::exists(endpoints())) ::usleep(500);
  }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    test::wait_for_end(std::exchange(process_, -1));
  }
  std::string endpoints() const { return dir_ + "/endpoints.json"; }
  std::string status(const std::string& name) const {
    std::ifstream in("/proc/" + std::to_string(process_) + "/status");
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with(name)) return line.substr(line.find_first_not_of(" \t", name.size()));
    }
    return "?";
  }
  std::uintmax_t folder_bytes() const {
    std::uintmax_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(dir_)) bytes += entry.is_regular_file() ? entry.file_size() : 0;
    return bytes;
  }

 private:
  std::string dir_;
  pid_t process_{-1};
};

void print(const char* what, std::vector<double> times) {
  std::ranges::sort(times);
  const auto at = [&](double part) { return times[static_cast<std::size_t>(static_cast<double>(times.size() - 1) * part)]; };
  fmt::print("  {:<22} {:>8} times; ms: median {:.3f}, 99.9 % {:.2f}, longest", what, times.size(), at(0.5), at(0.999));
  for (std::size_t i = 1; i <= std::min<std::size_t>(5, times.size()); ++i) fmt::print(" {:.1f}", times[times.size() - i]);
  fmt::print("\n");
}

// Until told to stop: one order or cancel at a time.
std::vector<double> time_fix(const std::string& endpoints, const std::atomic<bool>& stop) {
  std::vector<double> times;
  while (!stop) {
    Trader trader(endpoints, 500, 1, "bob");
    trader.on_step = [&times](double ms) { times.push_back(ms); };
    trader.run();
  }
  return times;
}

std::vector<double> time_rest(const std::string& endpoints, const std::atomic<bool>& stop) {
  PerpsClient rest(PerpsConfig::from_endpoints_file(endpoints, "bob").value());
  std::vector<double> times;
  while (!stop) {
    const auto began = Clock::now();
    rest.exchange().status({}).value();
    times.push_back(ms_since(began));
    ::usleep(1'000);
  }
  return times;
}

void live(Exchange& exchange, std::uint64_t orders) {
  std::atomic<bool> stop{false};
  std::vector<double> fix, rest;
  std::thread on_fix([&] { fix = time_fix(exchange.endpoints(), stop); });
  std::thread on_rest([&] { rest = time_rest(exchange.endpoints(), stop); });
  const std::int64_t ns = Trader(exchange.endpoints(), orders).run();
  stop = true;
  on_fix.join();
  on_rest.join();
  fmt::print("{} orders and as many cancels in {:.1f} s\n", orders, static_cast<double>(ns) / 1e9);
  print("a step on FIX", std::move(fix));
  print("an answer of REST", std::move(rest));
  fmt::print("  memory                 {}, most ever {}\n", exchange.status("VmRSS:"), exchange.status("VmHWM:"));
  fmt::print("  folder                 {:.1f} MB\n", static_cast<double>(exchange.folder_bytes()) / 1e6);
}

void again(Exchange& exchange) {
  exchange.kill();
  const auto began = Clock::now();
  exchange.start();
  fmt::print("  started again          {:.0f} ms until its doors are open", ms_since(began));
  Trader(exchange.endpoints(), 1, 1, "bob").run();
  fmt::print(", {:.0f} ms until a client has logged on, ordered and canceled\n", ms_since(began));
  fmt::print("  memory                 {}\n", exchange.status("VmRSS:"));
}

}  // namespace
}  // namespace marginfix::bench

int main(int argc, char** argv) {
  const std::uint64_t orders = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000;
  const marginfix::test::TempFolder folder;
  std::filesystem::create_directories(folder.path("sim"));
  marginfix::bench::Exchange exchange(folder.path("sim"));
  exchange.start();
  marginfix::bench::live(exchange, orders);
  marginfix::bench::again(exchange);
  return 0;
}
