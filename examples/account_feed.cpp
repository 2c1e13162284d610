// Every report of an account once, from a listener, drop copy and one's own session, into an OrderTracker; and where to go on next time.
#include "marginfix/account_feed.hpp"
#include "example.hpp"
#include "marginfix/domain/order_tracker.hpp"
#include "marginfix/fix/domain_reports.hpp"

using namespace marginfix;

int main(int argc, char** argv) {
  return example::run([&] {
    // What handlers use lives longer than the client.
    OrderTracker orders;
    std::promise<std::string> heard;
    std::unique_ptr<AccountFeed> feed;

    auto config = example::config_from(argc, argv);
    config.select({"KalshiNR", "KalshiNR-listener", "KalshiDC"}).value();
    MarginFixClient client(std::move(config));

    AccountFeedHandlers handlers;
    handlers.on_report = [&, first = true](const FeedReport& told) mutable {
      orders.apply(fix::to_order_report(told.report), system_clock().now());
      std::cout << to_string(told.report.exec_type) << ' ' << told.report.exec_id << " by " << to_string(told.source) << '\n';
      if (told.report.exec_type == ExecType::New && std::exchange(first, false)) heard.set_value(std::string(told.report.cl_ord_id));
    };
    handlers.on_gap = [](const ReportGap& gap) { std::cout << "reports are missing: " << gap.why << '\n'; };
    handlers.on_filled = [](const ReportGap&) { std::cout << "all of them have come\n"; };
    handlers.on_unfillable = [](const UnfillableGap& gap) { std::cout << gap.error.message << '\n'; };
    AccountFeedOptions options;
    options.resume = parse_resume_points(to_text(ResumePoints{})).value();  // what an earlier process wrote down; here it had nothing
    feed = std::make_unique<AccountFeed>(client, options, handlers);

    OrderEntryHandlers entry;
    entry.on_execution_report = [&](const fix::ExecutionReport& report, const Inbound& in) { feed->hear(report, in); };
    client.order_entry().set_handlers(std::move(entry));
    client.start().value();
    client.wait_until_active(std::chrono::seconds(30)).value();

    fix::NewOrderSingle order;
    order.cl_ord_id = "fed-1";
    order.side = Side::Sell;
    order.symbol = "KXLTCPERP";
    order.order_qty = FixedPointCount::whole(1);
    order.price = DollarDecimal::parse("4.6000").value();
    client.order_entry().new_order(order).value();
    const std::string id = example::wait_for(heard.get_future(), "the report");
    client.stop();  // from here on the tracker is this thread's
    std::cout << id << ": " << to_string(orders.find(id)->state.phase) << '\n' << to_text(feed->resume_points());
  });
}
