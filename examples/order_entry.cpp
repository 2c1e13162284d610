// Order entry on KalshiNR: an order rests, is amended, is canceled. Every step is taken in the handler that is told of the one before.
#include "example.hpp"

using namespace marginfix;

namespace {

constexpr const char* kMarket = "KXLTCPERP";

fix::NewOrderSingle resting_order() {
  fix::NewOrderSingle order;
  order.cl_ord_id = "example-1";
  order.side = Side::Buy;
  order.symbol = kMarket;
  order.order_qty = FixedPointCount::whole(10);
  order.price = DollarDecimal::parse("3.9000").value();
  order.exec_inst = ExecInst::PostOnly;
  order.time_in_force = TimeInForce::GTC;
  return order;
}

fix::OrderCancelReplaceRequest smaller() {
  fix::OrderCancelReplaceRequest amend;
  amend.cl_ord_id = "example-2";
  amend.orig_cl_ord_id = "example-1";
  amend.side = Side::Buy;
  amend.symbol = kMarket;
  amend.order_qty = FixedPointCount::whole(4);  // the new total
  amend.price = DollarDecimal::parse("3.9000").value();
  return amend;
}

fix::OrderCancelRequest done_with_it() {
  fix::OrderCancelRequest cancel;
  cancel.cl_ord_id = "example-3";
  cancel.orig_cl_ord_id = "example-2";
  cancel.side = Side::Buy;
  cancel.symbol = kMarket;
  return cancel;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run([&] {
    // What handlers use lives longer than the client.
    std::promise<void> canceled;

    auto config = example::config_from(argc, argv);
    config.select({"KalshiNR"}).value();
    MarginFixClient client(std::move(config));
    OrderEntrySession& session = client.order_entry(TargetSession::NR);

    OrderEntryHandlers handlers;
    handlers.on_state = [](const StateChange& change) {
      std::cout << "session is " << to_string(change.state) << ' ' << change.text << '\n';
    };
    handlers.on_execution_report = [&](const fix::ExecutionReport& report, const Inbound& in) {
      std::cout << to_string(report.exec_type) << ' ' << report.cl_ord_id << ", " << report.leaves_qty.to_string() << " open"
                << (in.poss_dup ? ", a retransmission" : "") << ' ' << report.text.value_or("") << '\n';
      switch (report.exec_type) {
        case ExecType::New:
          session.amend(smaller()).value();
          break;
        case ExecType::Replaced:
          session.cancel(done_with_it()).value();
          break;
        case ExecType::Canceled:
          canceled.set_value();
          break;
        case ExecType::Rejected:
          canceled.set_exception(std::make_exception_ptr(std::runtime_error(std::string(report.text.value_or("rejected")))));
          break;
        default:
          break;
      }
    };
    handlers.on_undecodable = [](const Inbound& in, const Error& error) { std::cerr << to_string(error) << " in " << in.raw << '\n'; };
    session.set_handlers(std::move(handlers));

    client.start().value();
    client.wait_until_active("KalshiNR", std::chrono::seconds(30)).value();
    session.new_order(resting_order()).value();
    example::wait_for(canceled.get_future(), "the cancel's report");
    client.stop();
  });
}
