// One account with all its doors from one source: an order by FIX, looked up by REST, its market followed on the WebSocket, and one set of
// token buckets for all. argv[1]: a simulator's endpoints.json, or a .cfg; nothing: the environment.
#include "marginfix/exchange_account.hpp"

#include <boost/asio/use_future.hpp>

#include "example.hpp"
#include "marginfix/perps_client.hpp"
#include "marginfix/perps_websocket.hpp"

using namespace marginfix;

namespace {

ExchangeAccount account_from(int argc, char** argv) {
  if (argc < 2) return ExchangeAccount::from_env().value();
  const std::string path = argv[1];
  if (path.ends_with(".cfg")) return ExchangeAccount::from_cfg_file(path).value();
  return ExchangeAccount::from_endpoints_file(path, {.account = "alice"}).value();
}

void run(int argc, char** argv) {
  std::promise<std::string> placed;  // outlives the client, whose thread fulfils it

  auto account = account_from(argc, argv);
  account.fix.select({"KalshiNR", "KalshiMD"}).value();
  std::cout << to_string(account) << '\n';  // hosts and key ids, no secret

  MarginFixClient fix(account.fix, account.fix_options(null_log_sink()));
  PerpsClient rest(account.rest, account.rest_options());
  PerpsWebSocket socket(account.ws, account.ws_options());

  rest.margin().api_limits().value();  // what the exchange grants: from now on FIX goes by it too

  OrderEntryHandlers orders;
  orders.on_execution_report = [&placed](const fix::ExecutionReport& report, const Inbound&) {
    if (report.exec_type == ExecType::New) placed.set_value(std::string(report.order_id));
  };
  fix.order_entry().set_handlers(std::move(orders));
  // What every session has, whatever its kind, behind the handlers of its kind.
  for (FixSession* session : fix.sessions()) {
    session->set_common_handlers(
        {.on_state = [session](const StateChange& change) { std::cout << session->name() << ' ' << to_string(change.state) << '\n'; }});
  }
  fix.start().value();
  fix.wait_until_active(std::chrono::seconds(30)).value();

  auto tickers = socket.subscribe({.channel = ws::Channel::ticker, .market_tickers = {"KXLTCPERP"}, .send_initial_snapshot = true});
  socket.start().value();
  example::wait_for(tickers.next(boost::asio::use_future), "the subscription").value();

  fix::NewOrderSingle order;
  order.cl_ord_id = "account-1";
  order.side = Side::Sell;
  order.symbol = "KXLTCPERP";
  order.order_qty = FixedPointCount::whole(1);
  order.price = DollarDecimal::parse("4.6000").value();
  fix.order_entry().new_order(order).value();
  const std::string order_id = example::wait_for(placed.get_future(), "the report");
  const auto read = rest.orders().get({.order_id = order_id}).value();
  std::cout << read.order.client_order_id << " rests with " << read.order.remaining_count.to_string() << '\n';

  fix.stop();
  socket.stop();
  const RestStatistics spent = rest.statistics();
  std::cout << spent.calls << " calls by REST in " << spent.tries << " requests for " << spent.tokens << " tokens; "
            << fix.statistics().at("KalshiNR").sent << " message by FIX; " << socket.statistics().frames_in << " frames\n";
}

}  // namespace

int main(int argc, char** argv) {
  return example::run([&] { run(argc, argv); });
}
