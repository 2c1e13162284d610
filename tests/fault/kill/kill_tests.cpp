// kill -9 at any instant: of the simulated exchange while orders stream in, and of a client process on KalshiRT. Whatever was
// confirmed stays confirmed, every order that left has exactly one New report, and what drop copy tells is what was told live.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <mutex>
#include <random>
#include <set>

#include "marginfix/margin_fix_client.hpp"
#include "support/child_process.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::testing_kill {
namespace {

using namespace std::chrono_literals;
using test::accepts_connections;
using test::ChildProcess;
using test::free_port;
using test::read_file;
using test::TempFolder;

int kills() {
  const char* text = std::getenv("MARGINFIX_KILLS");
  return text == nullptr ? 4 : std::max(1, std::atoi(text));
}

// Looks every 10 ms: for what another process does and no condition variable tells.
template <class Condition>
void eventually(const char* what, Condition&& condition, std::chrono::seconds at_most = 60s) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error(std::string("waited in vain for ") + what);
    never.wait_for(lock, 10ms);
  }
}

// `marginfix sim` on the same folder and ports, however often it dies.
class ExchangeProcess {
 public:
  explicit ExchangeProcess(const std::string& folder) : folder_(folder) {
    std::ofstream config(folder_ + "/ports.conf");
    config << "past = no\n";  // drop copy from the very first report
    for (auto& [name, port] : ports_) config << name << " = " << (port = free_port()) << "\n";
  }
  void start() {
    child_ = std::make_unique<ChildProcess>(std::vector<std::string>{"sim", "--dir", folder_ + "/exchange", "--config",
                                                                     folder_ + "/ports.conf", "--tier", "unlimited", "--quiet"},
                                            folder_ + "/sim.log");
    eventually("the exchange to open", [&] {
      if (!child_->running()) throw std::runtime_error("the exchange did not start: " + read_file(folder_ + "/sim.log"));
      return std::filesystem::exists(endpoints()) && accepts_connections(ports_.at("port_rt")) &&
             accepts_connections(ports_.at("port_control"));
    });
  }
  void kill() { child_->kill(); }
  std::string endpoints() const { return folder_ + "/exchange/endpoints.json"; }

 private:
  std::string folder_;
  std::map<std::string, std::uint16_t> ports_{{"port_nr", 0}, {"port_rt", 0}, {"port_dc", 0}, {"port_md", 0}, {"port_control", 0}};
  std::unique_ptr<ChildProcess> child_;
};

// Everything that drop copy has about the account: ExecID -> ClOrdID.
std::map<std::string, std::string> drop_copy_of(const std::string& endpoints, const std::string& store) {
  auto config = MarginFixConfig::from_endpoints_file(endpoints, "alice", store).value();
  config.select({"KalshiDC"}).value();
  config.find("KalshiDC")->logon.always_emit_new_before_trade = true;
  MarginFixClientOptions options;
  options.log = null_log_sink();
  std::map<std::string, std::string> reports;
  std::promise<Result<DropCopyResult>> promise;
  MarginFixClient client(std::move(config), std::move(options));
  DropCopyHandlers handlers;
  handlers.on_execution_report = [&](const fix::ExecutionReport& r, const Inbound&) { reports.emplace(r.exec_id, r.cl_ord_id); };
  client.drop_copy().set_handlers(std::move(handlers));
  client.start().value();
  client.wait_until_active(30s).value();
  client.drop_copy().request({"0;0", {}, {}}, [&](Result<DropCopyResult> r) { promise.set_value(std::move(r)); }).value();
  promise.get_future().get().value();
  client.stop();
  return reports;
}

// Streams orders on KalshiRT and remembers what became of each.
class Streamer {
 public:
  Streamer(const std::string& endpoints, const std::string& store) : client_(config_of(endpoints, store), silent()) {
    OrderEntryHandlers h;
    h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound&) {
      const std::lock_guard lock(mutex_);
      if (r.exec_id.starts_with("-1;")) return;
      reports_.emplace(r.exec_id, r.cl_ord_id);
    };
    h.on_not_sent = [this](const NotSent& n) {
      const std::lock_guard lock(mutex_);
      again_.emplace_back(n.cl_ord_id);
    };
    session().set_handlers(std::move(h));
    client_.start().value();
  }
  ~Streamer() { client_.stop(); }

  OrderEntrySession& session() { return client_.order_entry(TargetSession::RT); }
  // Until the session takes it: a refusal means nothing was numbered, stored or sent, so this doubles nothing.
  void send(const std::string& id) {
    fix::NewOrderSingle order;
    order.cl_ord_id = id;
    order.side = Side::Buy;
    order.symbol = "KXLTCPERP";
    order.order_qty = FixedPointCount::whole(1);
    order.price = DollarDecimal::parse("3.9000").value();
    eventually("KalshiRT to take an order", [&] { return session().new_order(order).has_value(); });
  }
  void send_again() {
    for (const auto& id : take_again()) send(id);
  }
  std::map<std::string, std::string> reports() const {
    const std::lock_guard lock(mutex_);
    return reports_;
  }

 private:
  static MarginFixConfig config_of(const std::string& endpoints, const std::string& store) {
    auto config = MarginFixConfig::from_endpoints_file(endpoints, "alice", store).value();
    config.select({"KalshiRT"}).value();
    config.rate_limit = rate_limit_tier("unlimited").value();
    SessionConfig* rt = config.find("KalshiRT");
    rt->backoff = {20ms, 200ms, 10ms};
    rt->resend_age_limit = 60s;  // a slow machine's restart must not turn a resend into a gap fill here
    return config;
  }
  static MarginFixClientOptions silent() {
    MarginFixClientOptions options;
    options.log = null_log_sink();
    return options;
  }
  std::vector<std::string> take_again() {
    const std::lock_guard lock(mutex_);
    return std::exchange(again_, {});
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::string> reports_;  // ExecID -> ClOrdID
  std::vector<std::string> again_;
  MarginFixClient client_;
};

TEST(Kill, the_exchange_is_killed_while_orders_stream_in_and_nothing_is_lost_or_doubled) {
  const TempFolder folder;
  ExchangeProcess exchange(folder.path());
  exchange.start();
  std::set<std::string> sent;
  std::mt19937 random(7);
  {
    Streamer streamer(exchange.endpoints(), folder.path());
    for (int round = 0; round < kills(); ++round) {
      constexpr int kOrders = 40;
      const std::size_t before = streamer.reports().size();
      const std::size_t confirmed_at_kill = 1 + random() % (kOrders - 1);
      for (int i = 0; i < kOrders; ++i) {
        const std::string id = "k" + std::to_string(round) + "-" + std::to_string(i);
        sent.insert(id);
        streamer.send(id);
      }
      eventually("some reports", [&] { return streamer.reports().size() >= before + confirmed_at_kill; });
      exchange.kill();
      exchange.start();
      eventually("every order of the round confirmed", [&] {
        streamer.send_again();
        return streamer.reports().size() >= sent.size();
      });
    }
    std::map<std::string, int> news;
    for (const auto& [exec_id, cl_ord_id] : streamer.reports()) ++news[cl_ord_id];
    EXPECT_EQ(news.size(), sent.size());
    for (const auto& [id, count] : news) EXPECT_EQ(count, 1) << id;
    EXPECT_EQ(drop_copy_of(exchange.endpoints(), folder.path()), streamer.reports());
  }
}

// ExecIDs with their ClOrdIDs in the output of `marginfix --json fix`.
std::map<std::string, std::string> reports_in(const std::string& output) {
  const auto value_of = [](std::string_view line, std::string_view name) -> std::string {
    const std::string key = "\"name\":\"" + std::string(name) + "\",\"value\":\"";
    const auto at = line.find(key);
    if (at == std::string_view::npos) return {};
    const auto from = at + key.size();
    return std::string(line.substr(from, line.find('"', from) - from));
  };
  std::map<std::string, std::string> reports;
  std::istringstream text(output);
  for (std::string line; std::getline(text, line);) {
    const std::string exec_id = value_of(line, "ExecID");
    if (line.back() != '}' || exec_id.empty() || exec_id.starts_with("-1;")) continue;
    reports.emplace(exec_id, value_of(line, "ClOrdID"));
  }
  return reports;
}

TEST(Kill, a_client_is_killed_on_kalshi_rt_and_hears_of_everything_in_its_next_life) {
  const TempFolder folder;
  ExchangeProcess exchange(folder.path());
  exchange.start();
  const std::string output = folder.path("client.out");
  const std::vector<std::string> arguments{"--json", "fix", "--session", "RT", "--endpoints", exchange.endpoints()};
  std::mt19937 random(11);
  for (int round = 0; round < kills(); ++round) {
    const std::size_t before = reports_in(read_file(output)).size();
    ChildProcess client(arguments, output);
    std::string orders;
    for (int i = 0; i < 20; ++i) orders += "new buy KXLTCPERP 1 3.9000 id=c" + std::to_string(round) + "-" + std::to_string(i) + "\n";
    client.write(orders);
    const std::size_t wanted = 1 + random() % 15;
    eventually("reports in the client's output", [&] {
      if (!client.running()) throw std::runtime_error("the client ended by itself: " + read_file(output));
      return reports_in(read_file(output)).size() >= before + wanted;
    });
    client.kill();
  }
  {
    ChildProcess last(arguments, output);
    last.write("quit\n");
    EXPECT_EQ(last.wait(), 0) << read_file(output);
  }
  const auto told = drop_copy_of(exchange.endpoints(), folder.path());
  EXPECT_GE(told.size(), static_cast<std::size_t>(kills()));
  EXPECT_EQ(reports_in(read_file(output)), told);
}

}  // namespace
}  // namespace marginfix::testing_kill
