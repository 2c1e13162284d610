// Drop copy: everything since an ExecID, with the exchange's own count. Orders are made first, so that there is something to read.
#include "example.hpp"

using namespace marginfix;

int main(int argc, char** argv) {
  return example::run([&] {
    // What handlers use lives longer than the client.
    std::promise<std::string> all_resting;
    std::string first_exec_id;
    std::promise<DropCopyResult> done;

    auto config = example::config_from(argc, argv);
    config.select({"KalshiNR", "KalshiDC"}).value();
    MarginFixClient client(std::move(config));

    constexpr int kOrders = 3;
    OrderEntryHandlers orders;
    orders.on_execution_report = [&, count = 0](const fix::ExecutionReport& report, const Inbound&) mutable {
      if (report.exec_type != ExecType::New) return;
      if (first_exec_id.empty()) first_exec_id = report.exec_id;
      if (++count == kOrders) all_resting.set_value(first_exec_id);
    };
    client.order_entry().set_handlers(std::move(orders));
    DropCopyHandlers copies;
    copies.on_execution_report = [](const fix::ExecutionReport& report, const Inbound&) {
      std::cout << report.exec_id << ' ' << to_string(report.exec_type) << ' ' << report.cl_ord_id << '\n';
    };
    client.drop_copy().set_handlers(std::move(copies));
    client.start().value();
    client.wait_until_active(std::chrono::seconds(30)).value();

    for (int i = 0; i < kOrders; ++i) {
      const std::string id = "copied-" + std::to_string(i);
      fix::NewOrderSingle order;
      order.cl_ord_id = id;
      order.side = Side::Buy;
      order.symbol = "KXLTCPERP";
      order.order_qty = FixedPointCount::whole(1);
      order.price = DollarDecimal::parse("3.9000").value();
      client.order_entry().new_order(order).value();
    }
    DropCopyRange range;
    range.begin_exec_id = example::wait_for(all_resting.get_future(), "the New reports");

    client.drop_copy().request(range, [&](const Result<DropCopyResult>& result) { done.set_value(result.value()); }).value();
    const DropCopyResult result = example::wait_for(done.get_future(), "the end of the range");
    std::cout << result.reports << " reports, the exchange announced " << result.announced << '\n';
    client.stop();
    if (result.reports < kOrders || !result.counts_agree) throw std::runtime_error("the range is not complete");
  });
}
