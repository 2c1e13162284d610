// An order inside an order group: families orders and order_groups.
#include "marginfix/core/uuid.hpp"
#include "rest_example.hpp"

using namespace marginfix;

namespace {

constexpr const char* kMarket = "KXLTCPERP";

// Sent once. When nobody knows what became of it, the exchange is asked by our own id before anything is sent again.
std::string place(PerpsClient& perps, const rest::CreateMarginOrderRequest& order) {
  const auto placed = perps.orders().create({.body = order});
  if (placed) return placed->order_id;
  if (!placed.error().may_have_been_sent) throw Exception(placed.error());
  for (const auto& known : perps.orders().list_all({.ticker = kMarket})) {
    if (known.value().client_order_id == order.client_order_id) return known->order_id;
  }
  throw Exception(placed.error());  // not there (yet): decide as your risk rules say
}

}  // namespace

int main(int argc, char** argv) {
  return example::run([&] {
    PerpsClient perps(example::perps_config_from(argc, argv));
    const auto group = perps.order_groups().create({.body = {.contracts_limit = 100}}).value();

    rest::CreateMarginOrderRequest order;
    order.ticker = kMarket;
    order.client_order_id = random_uuid();
    order.side = BookSide::bid;
    order.count = FixedPointCount::whole(3);
    order.price = DollarDecimal::parse("3.9000").value();
    order.time_in_force = rest::OrderTimeInForce::good_till_canceled;
    order.self_trade_prevention_type = SelfTradePreventionType::TakerAtCross;
    order.post_only = true;
    order.order_group_id = group.order_group_id;
    const std::string order_id = place(perps, order);

    const auto less = perps.orders().decrease({.order_id = order_id, .body = {.reduce_by = FixedPointCount::whole(1)}}).value();
    std::cout << order_id << " has " << less.remaining_count.to_string() << " left\n";
    const auto canceled = perps.orders().cancel({.order_id = order_id}).value();
    std::cout << canceled.reduced_by.to_string() << " canceled\n";
    perps.order_groups().remove({.order_group_id = group.order_group_id}).value();
  });
}
