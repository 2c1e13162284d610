// An order as a source other than FIX has it: to_order() of REST's MarginOrder (rest/domain_values.hpp) and of a WebSocket `user_order`
// frame (ws/domain_values.hpp). A plain value; what a source does not say is empty. What became of an order over time, and what FIX
// reports of it, is OrderState (order_state.hpp); to_baseline() leads there. Prices in dollars a contract, quantities in contracts.
// Source: rest-perps.md `MarginOrder`; websocket.md `marginUserOrderPayload`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/order_state.hpp"
#include "marginfix/domain/side_words.hpp"

namespace marginfix {

// An order has no status on these doors: it is live while leaves_qty > 0. The total asked for is not told either, only what is filled and
// what remains.
struct Order {
  std::string order_id;                      // 37
  std::string cl_ord_id;                     // 11 `client_order_id`, the one it answers to at present
  std::string symbol;                        // 55
  Side side{};                               // 54
  DollarDecimal price;                       // 44
  FixedPointCount cum_qty;                   // 14 `fill_count`
  FixedPointCount leaves_qty;                // 151 `remaining_count`
  bool canceled{false};                      // nothing is left, and the last change was no trade (as far as the source says what it was)
  std::optional<std::int32_t> subaccount{};  // 79; REST does not say: the caller's
  std::string secondary_cl_ord_id{};         // 526 `order_group_id`, "" when in no group
  std::optional<Timestamp> expire_time{};    // 126
  std::optional<Timestamp> created_time{};
  std::optional<Timestamp> last_update_time{};
  std::optional<Open<SelfTradePreventionType>> self_trade_prevention_type{};  // 2964
  std::optional<bool> cancel_order_on_pause{};                                // 21006; REST only
  std::optional<std::string> last_update_reason{};  // as the exchange words it ("Trade", "Decrease", ...; "" = none), known or not
  std::string order_source{};                       // "user", "system", ..., "" when not told
  std::string order_reason{};                       // of system orders: "liquidation", ...; REST only
  std::string user_id{};
  friend bool operator==(const Order&, const Order&) = default;
};

// For apply() of order_state.hpp: adopts an order after a restart, resolves an unknown outcome. order_qty is what is filled and what
// remains. `trade_ids`: of trades within cum_qty that are known (REST fills), see Baseline.
Baseline to_baseline(const Order& order, std::vector<std::string> trade_ids = {});

}  // namespace marginfix
