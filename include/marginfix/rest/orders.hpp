// Family `orders`: every order is a limit order. A write is sent once, whatever happens; what became of one is found out by asking
// for its client_order_id. Prices are dollars a contract (at most 4 decimals), counts contracts. Plain values.
// Source: rest-perps.md "Orders", operations 11 to 17, "Legacy"; observed.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/rest/common.hpp"

namespace marginfix::rest {

enum class OrderTimeInForce : std::uint8_t { fill_or_kill, good_till_canceled, immediate_or_cancel };

struct CreateMarginOrderRequest {
  std::optional<std::string> ticker{};     // one of ticker and market_id; ticker wins
  std::optional<std::string> market_id{};  // survives a ticker rename
  std::string client_order_id{};           // used for good: a second create with it is a 409
  Open<BookSide> side{};
  FixedPointCount count{};
  DollarDecimal price{};
  std::optional<EpochSeconds> expiration_time{};  // with good_till_canceled
  Open<OrderTimeInForce> time_in_force{};
  std::optional<bool> post_only{};
  Open<SelfTradePreventionType> self_trade_prevention_type{};
  std::optional<bool> cancel_order_on_pause{};
  std::optional<bool> reduce_only{};             // with fill_or_kill or immediate_or_cancel only
  std::optional<std::int32_t> subaccount{};      // in the body here; 0 = primary
  std::optional<std::string> order_group_id{};   // the group must share the market's exchange_index
  std::optional<std::int32_t> market_version{};  // differs from the market's: 409 market_version_mismatch; 0 = no check
};

struct CreateMarginOrderResponse {
  std::string order_id{};
  std::optional<std::string> client_order_id{};
  FixedPointCount fill_count{};                       // filled at once
  FixedPointCount remaining_count{};                  // IOC: the final state
  std::optional<DollarDecimal> average_fill_price{};  // only with a fill
  std::optional<DollarDecimal> average_fee_paid{};    // a contract; only with a fill
  json::UnknownMembers unknown{};
};

// An order has no status: it is live while remaining_count > 0.
struct MarginOrder {
  std::string order_id{};
  std::optional<std::string> user_id{};
  std::string client_order_id{};
  std::string ticker{};
  Open<BookSide> side{};
  std::optional<Open<LastUpdateReason>> last_update_reason{};  // "" is a value of its own (LastUpdateReason::none)
  DollarDecimal price{};
  FixedPointCount fill_count{};
  FixedPointCount remaining_count{};
  Nullable<Timestamp> expiration_time{};
  Nullable<Timestamp> created_time{};
  Nullable<Timestamp> last_update_time{};
  Nullable<Open<SelfTradePreventionType>> self_trade_prevention_type{};
  std::optional<bool> cancel_order_on_pause{};
  std::optional<std::string> order_group_id{};
  std::optional<Open<OrderSource>> order_source{};
  std::optional<Open<OrderReason>> order_reason{};  // system orders only
  json::UnknownMembers unknown{};
};

struct GetMarginOrdersResponse {
  std::vector<MarginOrder> orders{};
  std::optional<std::string> cursor{};  // empty or absent: the last page
  json::UnknownMembers unknown{};
};

struct GetMarginOrderResponse {
  MarginOrder order{};
  json::UnknownMembers unknown{};
};

struct CancelMarginOrderResponse {
  std::string order_id{};
  std::optional<std::string> client_order_id{};
  FixedPointCount reduced_by{};  // what was canceled
  json::UnknownMembers unknown{};
};

// Exactly one of the two.
struct DecreaseMarginOrderRequest {
  std::optional<FixedPointCount> reduce_by{};
  std::optional<FixedPointCount> reduce_to{};  // 0 = a cancel
};

struct DecreaseMarginOrderResponse {
  std::string order_id{};
  std::optional<std::string> client_order_id{};
  FixedPointCount remaining_count{};
  json::UnknownMembers unknown{};
};

struct AmendMarginOrderRequest {
  std::optional<std::string> ticker{};  // one of ticker and market_id; ticker wins
  std::optional<std::string> market_id{};
  Open<BookSide> side{};                                 // of the order
  DollarDecimal price{};                                 // new, or the present one
  FixedPointCount count{};                               // new TOTAL quantity, the filled part included
  std::optional<std::string> client_order_id{};          // the id it has now
  std::optional<std::string> updated_client_order_id{};  // the id it gets
  std::optional<EpochSeconds> expiration_time{};         // absent = keep; 0 = remove
};

struct AmendMarginOrderResponse {
  std::string order_id{};
  std::optional<std::string> client_order_id{};
  Nullable<FixedPointCount> remaining_count{};  // only when the amend filled something or changed the resting size
  Nullable<FixedPointCount> fill_count{};
  Nullable<DollarDecimal> average_fill_price{};  // only with fills
  Nullable<DollarDecimal> average_fee_paid{};    // a contract; only with fills
  json::UnknownMembers unknown{};
};

// POST /margin/orders
struct CreateMarginOrder {
  using Response = CreateMarginOrderResponse;
  CreateMarginOrderRequest body{};
};

// GET /margin/orders
struct GetMarginOrders {
  using Response = GetMarginOrdersResponse;
  std::optional<std::string> ticker{};
  std::optional<EpochSeconds> min_ts{};  // after
  std::optional<EpochSeconds> max_ts{};  // before
  std::optional<std::string> status{};   // resting, canceled, executed; anything else gives an empty list
  std::optional<std::int64_t> limit{};   // default 10000
  std::optional<std::string> cursor{};
  std::optional<std::int32_t> subaccount{};  // absent = all
};

// GET /margin/orders/{order_id}
struct GetMarginOrder {
  using Response = GetMarginOrderResponse;
  std::string order_id{};
};

// DELETE /margin/orders/{order_id}
struct CancelMarginOrder {
  using Response = CancelMarginOrderResponse;
  std::string order_id{};
  std::optional<std::int32_t> subaccount{};  // absent = 0, or the one the key is locked to
};

// DELETE /margin/orders: orders placed within the following minute may go too
struct CancelAllMarginOrders {
  using Response = NoContent;
  std::optional<std::int32_t> subaccount{};  // absent = all
};

// POST /margin/orders/{order_id}/decrease
struct DecreaseMarginOrder {
  using Response = DecreaseMarginOrderResponse;
  std::string order_id{};
  std::optional<std::int32_t> subaccount{};
  DecreaseMarginOrderRequest body{};
};

// POST /margin/orders/{order_id}/amend
struct AmendMarginOrder {
  using Response = AmendMarginOrderResponse;
  std::string order_id{};
  std::optional<std::int32_t> subaccount{};
  AmendMarginOrderRequest body{};
};

// GET /margin/fcm/orders: legacy: gone from the official file, may answer 404
struct ListMarginFCMOrders {
  using Response = GetMarginOrdersResponse;
  std::string subtrader_id{};
  std::optional<std::string> ticker{};
  std::optional<std::string> status{};
  std::optional<EpochSeconds> min_ts{};
  std::optional<EpochSeconds> max_ts{};
  std::optional<std::int32_t> limit{};
  std::optional<std::string> cursor{};
};

}  // namespace marginfix::rest

template <>
struct marginfix::EnumWords<marginfix::rest::OrderTimeInForce> {
  using E = rest::OrderTimeInForce;
  static constexpr EnumWord<E> kWords[] = {
      {E::fill_or_kill, "fill_or_kill"}, {E::good_till_canceled, "good_till_canceled"}, {E::immediate_or_cancel, "immediate_or_cancel"}};
};

MARGINFIX_SCHEMA(marginfix::rest::CreateMarginOrderRequest);
MARGINFIX_SCHEMA(marginfix::rest::CreateMarginOrderResponse);
MARGINFIX_SCHEMA(marginfix::rest::MarginOrder);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginOrdersResponse);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginOrderResponse);
MARGINFIX_SCHEMA(marginfix::rest::CancelMarginOrderResponse);
MARGINFIX_SCHEMA(marginfix::rest::DecreaseMarginOrderRequest);
MARGINFIX_SCHEMA(marginfix::rest::DecreaseMarginOrderResponse);
MARGINFIX_SCHEMA(marginfix::rest::AmendMarginOrderRequest);
MARGINFIX_SCHEMA(marginfix::rest::AmendMarginOrderResponse);
MARGINFIX_SCHEMA(marginfix::rest::CreateMarginOrder);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginOrders);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginOrder);
MARGINFIX_SCHEMA(marginfix::rest::CancelMarginOrder);
MARGINFIX_SCHEMA(marginfix::rest::CancelAllMarginOrders);
MARGINFIX_SCHEMA(marginfix::rest::DecreaseMarginOrder);
MARGINFIX_SCHEMA(marginfix::rest::AmendMarginOrder);
MARGINFIX_SCHEMA(marginfix::rest::ListMarginFCMOrders);
MARGINFIX_OPERATION(marginfix::rest::CreateMarginOrder);
MARGINFIX_OPERATION(marginfix::rest::GetMarginOrders);
MARGINFIX_OPERATION(marginfix::rest::GetMarginOrder);
MARGINFIX_OPERATION(marginfix::rest::CancelMarginOrder);
MARGINFIX_OPERATION(marginfix::rest::CancelAllMarginOrders);
MARGINFIX_OPERATION(marginfix::rest::DecreaseMarginOrder);
MARGINFIX_OPERATION(marginfix::rest::AmendMarginOrder);
MARGINFIX_OPERATION(marginfix::rest::ListMarginFCMOrders);
