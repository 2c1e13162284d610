// What happened on an account while nobody listened, by REST: the way to close a hole where drop copy is not enabled for the account
// (EventResendReject(U3) with 21004=5), or the hole is older than its three hours.
//
// REST knows fills and the present state of orders, not every report in between. Match fills with what you have by `trade_id`
// (TrdMatchID(880) on FIX) and order_id, orders by order_id or client_order_id. REST reads may be a moment behind the engine: read again
// after a second when something you know of is not in it yet.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/execution.hpp"
#include "marginfix/rest/orders.hpp"

namespace marginfix {
class PerpsClient;
}

namespace marginfix::rest {

struct MissedQuery {
  Timestamp since{};                     // TransactTime(60) of the last report you have, by the exchange's clock
  std::chrono::seconds overlap{5};       // how much earlier to begin: what comes again is told by its ids
  std::vector<std::string> order_ids{};  // OrderID(37) of the orders you believe open: each is looked up, whatever became of it
};

struct Missed {
  std::vector<Fill> fills{};          // from `since` minus overlap, oldest first
  std::vector<MarginOrder> orders{};  // every order that rests now, those made since, and those of `order_ids`; each once
};

// Blocking, some pages of GET /margin/fills and /margin/orders; read tokens. The first error ends it.
Result<Missed> missed(PerpsClient& client, const MissedQuery& query);

}  // namespace marginfix::rest
