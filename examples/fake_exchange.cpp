// A test of one's own program without network, key or simulator: FakeExchange stands in for the exchange's sessions.
#include <future>
#include <iostream>

#include "example.hpp"
#include "marginfix/sessions/fake_exchange.hpp"

using namespace marginfix;

int main() {
  return example::run([] {
    auto exchange = std::make_shared<FakeExchange>();
    MarginFixClientOptions options;
    options.log = null_log_sink();
    options.fake = exchange;

    std::promise<std::string> reported;
    MarginFixClient client(FakeExchange::config(), options);
    OrderEntryHandlers handlers;
    handlers.on_execution_report = [&](const fix::ExecutionReport& report, const Inbound&) {
      reported.set_value(std::string(report.order_id));
    };
    client.order_entry().set_handlers(std::move(handlers));
    client.start().value();

    // The exchange's part, as the test wants it.
    FakeExchange::Session& session = exchange->session("KalshiNR");
    session.log_on();
    client.wait_until_active("KalshiNR", std::chrono::seconds(5)).value();

    fix::NewOrderSingle order;
    order.cl_ord_id = "a-1";
    order.order_qty = FixedPointCount::whole(1);
    order.price = DollarDecimal::parse("6.25").value();
    order.side = Side::Buy;
    order.symbol = "BTC-PERP";
    client.order_entry().new_order(order).value();
    if (!session.wait_sent(1)) throw std::runtime_error("the order did not leave");
    std::cout << session.sent()[0].body << '\n';

    session.deliver("8", "6=0|11=a-1|14=0|17=1;1|37=o-1|38=1|39=0|54=1|55=BTC-PERP|60=20261130-13:00:00.000|150=0|151=1|");
    std::cout << example::wait_for(reported.get_future(), "the report") << '\n';
    client.stop();
  });
}
