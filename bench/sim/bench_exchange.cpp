// How fast the engine is on one core of this machine, in processor time: prints, asserts nothing.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <ctime>

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/exchange/views/accounts.hpp"

namespace marginfix::sim {
namespace {

constexpr Timestamp kStart{std::chrono::seconds(1'795'000'000)};

// Processor time of this process: other programs on the machine do not falsify it.
std::int64_t cpu_ms() { return static_cast<std::int64_t>(std::clock()) * 1'000 / CLOCKS_PER_SEC; }

class Temporary {
 public:
  Temporary() {
    std::string name = (std::filesystem::temp_directory_path() / "mfx-speed-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw Exception(fail(ErrorCategory::store, "cannot make a temporary directory"));
    path = name;
  }
  ~Temporary() {
    std::error_code ec;
    std::filesystem::remove_all(path, ec);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  std::filesystem::path path;
};

void orders(const std::filesystem::path& dir, const char* what, WritePolicy policy = WritePolicy::EachCommand) {
  ExchangeOptions options;
  options.dir = dir;
  options.write_policy = policy;
  options.house = options.past = false;
  Exchange exchange(options);
  exchange.open(kStart).value();
  exchange.run(commands::CreateAccount{{"alice", {{"key", KeyScope::Trading}}, false, {DollarDecimal::whole(100'000'000)}}});
  RequestContext context{{views::find_key(exchange.state(), "key")->key, Door::FixNR}, {}, 0};
  constexpr int kPairs = 300'000;
  const std::int64_t begin = cpu_ms();
  for (int i = 0; i < kPairs; ++i) {
    const std::string id = fmt::format("7d3c1b7e-6c3b-4c55-9c0e-{:012}", i);
    NewOrder o;
    o.cl_ord_id = id;
    o.symbol = "KXBTCPERP";
    o.quantity = FixedPointCount::whole(1);
    o.price = DollarDecimal::from_units((62'000 - i % 50) * 100);
    exchange.run(commands::Submit{context, o});
    CancelOrder c;
    c.cl_ord_id = "c";
    c.orig_cl_ord_id = id;
    exchange.run(commands::Cancel{context, c});
  }
  const std::int64_t ms = std::max<std::int64_t>(1, cpu_ms() - begin);
  fmt::print("{:<34} {:>9} new or cancel a second\n", what, 2LL * kPairs * 1'000 / ms);
}

// A day as the simulator lives it: a step every 50 ms, all of it in the journal, then a restart.
void day() {
  const Temporary dir;
  ExchangeOptions options;
  options.dir = dir.path;
  {
    Exchange exchange(options);
    std::int64_t begin = cpu_ms();
    exchange.open(kStart).value();
    fmt::print("{:<34} {:>9} ms\n", "first start with three days' past", cpu_ms() - begin);
    begin = cpu_ms();
    for (Timestamp t = kStart; t < kStart + std::chrono::hours(24); t += std::chrono::milliseconds(50)) exchange.step(t);
    fmt::print("{:<34} {:>9} ms\n", "a day of house trading, journaled", cpu_ms() - begin);
  }
  Exchange again(options);
  const std::int64_t begin = cpu_ms();
  const OpenReport report = again.open(kStart + std::chrono::hours(24)).value();
  fmt::print("{:<34} {:>9} ms ({} commands{})\n", "restart after that day", cpu_ms() - begin, report.commands,
             report.from_snapshot ? " after a snapshot" : "");
}

}  // namespace
}  // namespace marginfix::sim

int main() {
  using namespace marginfix::sim;
  orders({}, "in memory");
  {
    const Temporary dir;
    orders(dir.path, "journaled, one write a command");
  }
  {
    const Temporary dir;
    orders(dir.path, "journaled, as the simulator does", WritePolicy::Mapped);
  }
  day();
}
