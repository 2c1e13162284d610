// What the exchange has of an account, whole: every order and every fill, by REST.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "marginfix/domain/execution.hpp"
#include "marginfix/exchange_account.hpp"
#include "marginfix/perps_client.hpp"
#include "marginfix/rest/domain_values.hpp"

namespace marginfix::gateway::fault {

struct TrueOrder {
  std::string account, status;  // "resting", "canceled", "executed"
  FixedPointCount filled, remaining;
  std::vector<Fill> fills;
};
using TrueOrders = std::map<std::string, TrueOrder>;  // by OrderID(37)

// Adds the orders of the account that were made since `since`. Throws what goes wrong.
inline void read_orders(const std::string& endpoints, const std::string& account, Timestamp since, TrueOrders& to) {
  ExchangeAccountOptions options;
  options.account = account;
  options.doors = {DoorChoice::no, DoorChoice::required, DoorChoice::no, DoorChoice::no};
  const auto exchange = ExchangeAccount::from_endpoints_file(endpoints, options).value();
  PerpsClient client(exchange.rest, exchange.rest_options());
  const EpochSeconds from = EpochSeconds::of(since);
  for (const char* status : {"resting", "canceled", "executed"}) {  // an order itself does not say
    for (const auto& order : client.orders().list_all({.min_ts = from, .status = status})) {
      const rest::MarginOrder& told = order.value();
      to[told.order_id] = {account, status, told.fill_count, told.remaining_count, {}};
    }
  }
  for (const auto& fill : client.portfolio().fills_all({.min_ts = from})) {
    const auto at = to.find(fill.value().order_id);
    if (at != to.end()) at->second.fills.push_back(rest::to_fill(fill.value()).value());
  }
}

}  // namespace marginfix::gateway::fault
