// KalshiRT: the connection is cut in the middle of a burst, and every order is accounted for all the same: it has its report, or send()
// or on_not_sent has said that it never left.
#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>

#include "example.hpp"

using namespace marginfix;

namespace {

// What became of each order. Handlers run on the I/O thread, main() on its own.
class Fates {
 public:
  void expect(const std::string& id) {
    const std::lock_guard lock(mutex_);
    fates_.try_emplace(id, "");
  }
  void settle(std::string_view id, const std::string& fate) {
    const std::lock_guard lock(mutex_);
    fates_[std::string(id)] = fate;
    changed_.notify_all();
  }
  std::map<std::string, int> wait() {
    std::unique_lock lock(mutex_);
    const auto settled = [&] { return std::ranges::none_of(fates_, [](const auto& fate) { return fate.second.empty(); }); };
    if (!changed_.wait_for(lock, std::chrono::seconds(60), settled)) throw std::runtime_error("orders without a fate");
    std::map<std::string, int> counts;
    for (const auto& [id, fate] : fates_) ++counts[fate];
    return counts;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> fates_;
};

}  // namespace

int main(int argc, char** argv) {
  return example::run([&] {
    // What handlers use lives longer than the client.
    Fates fates;

    auto config = example::config_from(argc, argv);
    config.select({"KalshiRT"}).value();
    MarginFixClient client(std::move(config));
    OrderEntrySession& session = client.order_entry(TargetSession::RT);

    OrderEntryHandlers handlers;
    handlers.on_execution_report = [&](const fix::ExecutionReport& report, const Inbound&) {
      if (report.exec_type == ExecType::New) fates.settle(report.cl_ord_id, "accepted");
      if (report.exec_type == ExecType::Rejected) fates.settle(report.cl_ord_id, "refused");
    };
    handlers.on_not_sent = [&](const NotSent& what) { fates.settle(what.cl_ord_id, "never left"); };
    session.set_handlers(std::move(handlers));
    client.start().value();
    client.wait_until_active("KalshiRT", std::chrono::seconds(30)).value();

    for (int i = 0; i < 40; ++i) {
      const std::string id = "burst-" + std::to_string(i);
      fix::NewOrderSingle order;
      order.cl_ord_id = id;
      order.side = Side::Buy;
      order.symbol = "KXLTCPERP";
      order.order_qty = FixedPointCount::whole(1);
      order.price = DollarDecimal::parse("3.9000").value();
      if (i == 20) session.kill_connection();
      fates.expect(id);
      if (!session.new_order(order)) fates.settle(id, "never left");
    }
    for (const auto& [fate, count] : fates.wait()) std::cout << count << ' ' << fate << '\n';
    const SessionStatistics statistics = session.statistics();
    std::cout << statistics.connects << " connections, " << statistics.poss_dup_in << " reports retransmitted\n";
    client.stop();
  });
}
