// KalshiNR: the connection is cut with orders in flight. Nobody can say what became of them until it is asked for; nothing is sent twice.
#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "example.hpp"
#include "marginfix/fix/domain_reports.hpp"
#include "marginfix/services/find_out.hpp"

using namespace marginfix;

namespace {

// Orders without a fate, and those of them whose outcome is unknown. Handlers run on the I/O thread, main() on its own.
class Fates {
 public:
  void expect(const std::string& id) {
    const std::lock_guard lock(mutex_);
    open_.insert(id);
  }
  void settle(std::string_view id) {
    const std::lock_guard lock(mutex_);
    open_.erase(std::string(id));
    changed_.notify_all();
  }
  void unknown(std::string_view id) {
    {
      const std::lock_guard lock(mutex_);
      unknown_.emplace_back(id);
    }
    settle(id);
  }
  std::vector<std::string> wait() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(60), [&] { return open_.empty(); }))
      throw std::runtime_error("orders without a fate");
    return unknown_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> open_;
  std::vector<std::string> unknown_;
};

}  // namespace

int main(int argc, char** argv) {
  return example::run([&] {
    Fates fates;
    PerpsClient perps(argc < 2 ? PerpsConfig::from_env().value() : PerpsConfig::from_endpoints_file(argv[1]).value());
    auto config = example::config_from(argc, argv);
    config.select({"KalshiNR"}).value();
    MarginFixClient client(std::move(config));
    OrderEntrySession& session = client.order_entry(TargetSession::NR);

    OrderEntryHandlers handlers;
    handlers.on_execution_report = [&](const fix::ExecutionReport& report, const Inbound&) {
      if (!fix::outcome_unknown(report)) fates.settle(report.cl_ord_id);  // no refusal: told below as well
    };
    handlers.on_not_sent = [&](const NotSent& what) { fates.settle(what.cl_ord_id); };
    handlers.on_outcome_unknown = [&](const UnknownOutcome& what) { fates.unknown(what.message.cl_ord_id); };
    session.set_handlers(std::move(handlers));
    client.start().value();
    client.wait_until_active("KalshiNR", std::chrono::seconds(30)).value();

    const Timestamp began = system_clock().now();
    for (int i = 0; i < 20; ++i) {
      const std::string id = "in-flight-" + std::to_string(i);
      fix::NewOrderSingle order;
      order.cl_ord_id = id;
      order.side = Side::Buy;
      order.symbol = "KXLTCPERP";
      order.order_qty = FixedPointCount::whole(1);
      order.price = DollarDecimal::parse("3.9000").value();
      if (i == 19) session.kill_connection();
      fates.expect(id);
      if (!session.new_order(order)) fates.settle(id);
    }

    std::map<OrderFate, int> counts;
    for (const std::string& id : fates.wait()) {
      const FoundOrder found = find_out({.rest = &perps}, {.cl_ord_id = id, .symbol = "KXLTCPERP", .sent_at = began});
      std::cout << id << ' ' << to_string(found.fate) << ": " << found.text << '\n';
      ++counts[found.fate];
    }
    if (counts[OrderFate::unknown] > 0) throw std::runtime_error("an order is still unknown");
    client.stop();
  });
}
