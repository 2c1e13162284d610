// A listener: hears every report of the account, whoever entered the order. Here another session of the same client enters one.
#include "example.hpp"

using namespace marginfix;

int main(int argc, char** argv) {
  return example::run([&] {
    // What handlers use lives longer than the client.
    std::promise<std::string> heard;

    auto config = example::config_from(argc, argv);
    config.select({"KalshiNR", "KalshiNR-listener"}).value();
    MarginFixClient client(std::move(config));

    ListenerHandlers handlers;
    handlers.on_execution_report = [&, first = true](const fix::ExecutionReport& report, const Inbound&) mutable {
      std::cout << "heard " << to_string(report.exec_type) << " of " << report.cl_ord_id << ", ExecID " << report.exec_id << '\n';
      if (std::exchange(first, false)) heard.set_value(std::string(report.cl_ord_id));
    };
    client.listener().set_handlers(std::move(handlers));
    client.start().value();
    client.wait_until_active(std::chrono::seconds(30)).value();

    fix::NewOrderSingle order;
    order.cl_ord_id = "heard-1";
    order.side = Side::Sell;
    order.symbol = "KXLTCPERP";
    order.order_qty = FixedPointCount::whole(1);
    order.price = DollarDecimal::parse("4.6000").value();
    client.order_entry().new_order(order).value();
    example::wait_for(heard.get_future(), "the listener's report");
    client.stop();
  });
}
