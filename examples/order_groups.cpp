// Order groups on KalshiNR: a group is made, an order joins it, the trigger cancels the order, a reset opens the group again.
#include "example.hpp"

using namespace marginfix;

int main(int argc, char** argv) {
  return example::run([&] {
    // What handlers use lives longer than the client.
    std::promise<void> resting, canceled, triggered, reset;
    std::promise<OrderGroupResult> created;

    auto config = example::config_from(argc, argv);
    config.select({"KalshiNR"}).value();
    MarginFixClient client(std::move(config));
    OrderEntrySession& session = client.order_entry();
    OrderGroups& groups = session.order_groups();

    OrderEntryHandlers handlers;
    handlers.on_execution_report = [&](const fix::ExecutionReport& report, const Inbound&) {
      std::cout << to_string(report.exec_type) << ' ' << report.cl_ord_id << ' ' << report.text.value_or("") << '\n';
      if (report.exec_type == ExecType::New) resting.set_value();
      if (report.exec_type == ExecType::Canceled) canceled.set_value();
    };
    session.set_handlers(std::move(handlers));
    client.start().value();
    client.wait_until_active("KalshiNR", std::chrono::seconds(30)).value();

    // A callback comes exactly once: with the exchange's answer, its refusal, or a time-out.
    groups.create(100, [&](const Result<OrderGroupResult>& result) { created.set_value(result.value()); }).value();
    const OrderGroupResult group = example::wait_for(created.get_future(), "the new group");
    std::cout << "group " << group.order_group_id << " with a limit of " << *group.contracts_limit << " contracts in 15 seconds\n";

    fix::NewOrderSingle order;
    order.cl_ord_id = "member-1";
    order.side = Side::Buy;
    order.symbol = "KXLTCPERP";
    order.order_qty = FixedPointCount::whole(5);
    order.price = DollarDecimal::parse("3.9000").value();
    order.secondary_cl_ord_id = group.order_group_id;
    session.new_order(order).value();
    example::wait_for(resting.get_future(), "the New report");

    groups.trigger(group.order_group_id, [&](const Result<OrderGroupResult>& result) { result.value(), triggered.set_value(); }).value();
    example::wait_for(triggered.get_future(), "the trigger's answer");
    example::wait_for(canceled.get_future(), "the order's cancel");
    groups.reset(group.order_group_id, [&](const Result<OrderGroupResult>& result) { result.value(), reset.set_value(); }).value();
    example::wait_for(reset.get_future(), "the reset's answer");
    client.stop();
  });
}
