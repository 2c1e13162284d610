// A listener: hears every report of the account, whoever entered the order. Here another session of the same client enters one.
#include "example.hpp"
#include "marginfix/fix/domain_reports.hpp"

using namespace marginfix;

namespace {

// A report as a value that owns its texts: to keep, to queue, to hand to another thread.
void show_money(const OrderReport& report) {
  for (const OrderReport::MiscFee& fee : report.misc_fees) std::cout << "  fee " << fee.misc_fee_amt.to_string() << '\n';
  for (const OrderReport::CollateralAmountChange& change : report.collateral_amount_changes)
    std::cout << "  " << change.collateral_amount_type << ' ' << change.collateral_amount_change.to_string() << '\n';
  for (const OrderReport::Party& party : report.parties) std::cout << "  for " << party.party_id << '\n';
  if (report.clearing_business_date) std::cout << "  clearing day " << to_fix_date(*report.clearing_business_date) << '\n';
  for (const OrderReport::OtherField& field : report.other_fields) std::cout << "  and " << field.tag << '=' << field.value << '\n';
}

}  // namespace

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
      show_money(fix::to_order_report(report));
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
