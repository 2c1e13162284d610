// Positions, money and limits: families portfolio, margin and transfers. Amounts have types: Cents and Centicents never meet dollars by
// accident.
#include "marginfix/core/uuid.hpp"
#include "marginfix/domain/order_tracker.hpp"
#include "marginfix/domain/position_ledger.hpp"
#include "marginfix/rest/domain_values.hpp"
#include "rest_example.hpp"

using namespace marginfix;

int main(int argc, char** argv) {
  return example::run([&] {
    // One purse for FIX and REST, as on the exchange: give it to MarginFixClientOptions too, or take MarginFixClient::limits() here.
    RestClientOptions options;
    options.limits = std::make_shared<AccountLimits>();
    PerpsClient perps(example::perps_config_from(argc, argv), options);
    // What it says sets the buckets of all who share them: from now on calls wait for their tokens instead of meeting a 429.
    const auto limits = perps.margin().api_limits().value();
    std::cout << "reads a second: " << limits.read.refill_rate / 10 << '\n';

    const auto balance = perps.margin().balance({.compute_available_balance = true}).value();
    for (const rest::MarginSubaccountBalance& b : balance.subaccount_balances) {
      std::cout << "subaccount " << b.subaccount << ": equity " << b.account_equity.to_string() << '\n';
    }

    // The account before the first report of FIX or the WebSocket: its orders and positions as values of the domain model.
    OrderTracker orders;
    for (const Result<rest::MarginOrder>& listed : perps.orders().list_all({})) {
      const Order order = rest::to_order(listed.value()).value();
      orders.apply(to_baseline(order), system_clock().now());
    }
    PositionLedger positions;
    for (const rest::MarginPosition& listed : perps.portfolio().positions().value().positions) {
      const Position position = rest::to_position(listed);
      positions.set_baseline(position.key(), position.net);
    }
    std::cout << orders.in_hand().size() << " orders are live\n";
    for (const auto& [key, net] : positions.all()) std::cout << key.subaccount << ' ' << key.symbol << ' ' << net.to_string() << '\n';

    const auto added = perps.transfers().create_subaccount().value();
    const std::int32_t number = added.subaccount_number;
    perps.transfers()
        .transfer_subaccount(
            {.body = {.client_transfer_id = random_uuid(), .from_subaccount = 0, .to_subaccount = number, .amount_cents = Cents{1'000}}})
        .value();
    std::cout << "10 dollars went to subaccount " << number << '\n';
  });
}
