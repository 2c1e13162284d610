// What the margin WebSocket sends, typed: one struct a payload, under the exchange's schema name, every member of the specification.
// Dollars are DollarDecimal, contracts FixedPointCount, times EpochMillis; members and words that no table knows are kept.
// Plain values. Source: websocket.md "Answers", "Data frames"; design decisions 4 and 9.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "marginfix/domain/order_book.hpp"
#include "marginfix/json/type_info.hpp"
#include "marginfix/rest/common.hpp"

namespace marginfix::ws {

enum class Channel : std::uint8_t { orderbook_delta, ticker, trade, fill, user_orders, order_group_updates, corporate_actions };
// Error codes of the exchange (websocket.md "Error codes"). The list is open: an unlisted number is a failed command.
enum class ErrorCode : std::int32_t {
  unable_to_process_message = 1,
  params_required = 2,
  channels_required = 3,
  subscription_ids_required = 4,
  unknown_command = 5,
  unknown_subscription_id = 7,
  unknown_channel_name = 8,
  authentication_required = 9,
  channel_error = 10,  // ends the subscription
  invalid_parameter = 11,
  exactly_one_subscription_id_required = 12,
  unsupported_action = 13,
  market_ticker_required = 14,
  action_required = 15,
  command_timeout = 18,
  match_ids_required = 23,
  index_ids_required = 24,
  subscription_buffer_overflow = 25,  // ends the subscription: we were too slow
  subscription_market_limit_exceeded = 26,
  too_many_requests = 27,
  underlying_ids_required = 28
};
// A short name, "" for an unlisted code.
std::string_view to_string(ErrorCode code) noexcept;
// 10 and 25: the subscription is gone and must be made anew.
constexpr bool ends_subscription(ErrorCode code) noexcept {
  return code == ErrorCode::channel_error || code == ErrorCode::subscription_buffer_overflow;
}
enum class OrderGroupEvent : std::uint8_t { created, triggered, reset, deleted, limit_updated };
enum class AppliedCorporateAction : std::uint8_t { stock_split, final_settlement, ticker_change };

// ---- data ---------------------------------------------------------------------------------------------------------------------

// Type `orderbook_snapshot`: replaces both sides of one market. Levels in any order; an absent side is empty.
struct MarginOrderbookSnapshot {
  std::string market_ticker;
  std::vector<BookLevel> bid;
  std::vector<BookLevel> ask;
  json::UnknownMembers unknown;
};

// Type `orderbook_delta`: one level changed by `delta` contracts (signed).
struct MarginOrderbookDelta {
  std::string market_ticker;
  DollarDecimal price;
  FixedPointCount delta;
  Open<BookSide> side;
  std::optional<Open<rest::LastUpdateReason>> last_update_reason;  // one of the caller's own orders made it
  std::optional<std::string> client_order_id;
  std::optional<EpochMillis> ts_ms;
  std::optional<std::int32_t> subaccount;
  json::UnknownMembers unknown;
};

struct FundingRate {
  MultiplierDecimal rate;
  EpochMillis next_funding_time_ms;
  EpochMillis ts_ms;
  json::UnknownMembers unknown;
};

// Type `ticker`: at most one a market and second, the latest wins.
// Only market and time are required here. The specification requires prices, sizes and volumes too, but a frame without one of them is
// still a ticker, and what is not there is not zero: absent. Without asks the exchange was seen (on
// REST) to write 922337203685477.5807, more than dollars can hold. Then absent, as in rest::MarginMarket, and the text is in
// `unknown`.
struct MarginTicker {
  std::string market_ticker;
  std::optional<DollarDecimal> price;  // last trade
  std::optional<DollarDecimal> bid;    // 0 may stand for a market without bids
  std::optional<DollarDecimal> ask;
  std::optional<FixedPointCount> bid_size_fp;
  std::optional<FixedPointCount> ask_size_fp;
  std::optional<FixedPointCount> last_trade_size_fp;
  std::optional<FixedPointCount> volume;  // one side counted, as all volumes and open interest
  std::optional<DollarDecimal> volume_notional_value_dollars;
  std::optional<FixedPointCount> volume_24h;
  std::optional<DollarDecimal> volume_24h_notional_value_dollars;
  std::optional<FixedPointCount> open_interest;
  std::optional<DollarDecimal> open_interest_notional_value_dollars;
  std::optional<rest::TickerPrice> reference_price;
  std::optional<rest::TickerPrice> settlement_mark_price;
  std::optional<rest::TickerPrice> liquidation_mark_price;
  std::optional<FundingRate> funding_rate;
  EpochMillis ts_ms;
  json::UnknownMembers unknown;
};

// Type `trade`.
struct MarginTrade {
  std::string trade_id;
  std::string market_ticker;
  DollarDecimal price;
  FixedPointCount count;
  Open<BookSide> taker_side;
  EpochMillis ts_ms;
  json::UnknownMembers unknown;
};

// Type `fill`: one of the caller's own.
struct MarginFill {
  std::string trade_id;
  std::string order_id;
  std::optional<std::string> client_order_id;
  std::string market_ticker;
  bool is_taker{false};
  Open<BookSide> side;
  EpochMillis ts_ms;
  DollarDecimal price;
  FixedPointCount count;
  std::optional<DollarDecimal> fee_cost;         // required by the specification
  std::optional<FixedPointCount> post_position;  // signed, after the fill; required by the specification
  std::optional<std::int32_t> subaccount;
  std::optional<Open<rest::OrderSource>> order_source;  // required by the specification
  json::UnknownMembers unknown;
};

// Type `user_order`: one of the caller's own orders as it is now. `ticker` here, `market_ticker` in all other frames.
struct MarginUserOrder {
  std::string order_id;
  std::optional<std::string> user_id;  // required by the specification
  std::string client_order_id;
  std::string ticker;
  Open<BookSide> side;
  DollarDecimal price;
  FixedPointCount fill_count;
  FixedPointCount remaining_count;
  std::optional<Open<SelfTradePreventionType>> self_trade_prevention_type;
  std::optional<std::string> order_group_id;
  std::optional<EpochMillis> expiration_ts_ms;
  Nullable<EpochMillis> created_ts_ms;
  std::optional<EpochMillis> last_updated_ts_ms;
  std::optional<Open<rest::LastUpdateReason>> last_update_reason;
  std::optional<std::int32_t> subaccount_number;
  std::optional<Open<rest::OrderSource>> order_source;  // required by the specification
  json::UnknownMembers unknown;
};

// Type `order_group_updates`.
struct OrderGroupUpdates {
  Open<OrderGroupEvent> event_type;
  std::string order_group_id;
  std::optional<FixedPointCount> contracts_limit_fp;  // with created and limit_updated
  EpochMillis ts_ms;
  json::UnknownMembers unknown;
};

struct MarginCorporateActionSplitTerms {
  std::string ratio_old;  // 4-for-1: new 4, old 1
  std::string ratio_new;
  std::optional<DollarDecimal> pre_split_mark_price;
  std::optional<DollarDecimal> post_split_mark_price;
  json::UnknownMembers unknown;
};
struct MarginCorporateActionFinalSettlementTerms {
  DollarDecimal settlement_price_per_contract;
  json::UnknownMembers unknown;
};
// Market tickers here; on REST they are tickers of the underlying.
struct MarginCorporateActionTickerChangeTerms {
  std::string old_ticker;
  std::string new_ticker;
  json::UnknownMembers unknown;
};
struct MarginCorporateAction {
  std::string id;  // as in the REST notices
  std::string market_id;
  std::string market_ticker;  // the new one for a ticker change
  Open<AppliedCorporateAction> type;
  EpochMillis ts_ms;  // when applied
  std::optional<MarginCorporateActionSplitTerms> split;
  std::optional<MarginCorporateActionFinalSettlementTerms> final_settlement;
  std::optional<MarginCorporateActionTickerChangeTerms> ticker_change;
  json::UnknownMembers unknown;
};
// Type `corporate_actions_delta`: applied ones. Positions and balances may have changed without a fill: read them again by REST.
struct MarginCorporateActionsDelta {
  MarginCorporateAction corporate_action;
  json::UnknownMembers unknown;
};

// ---- answers ------------------------------------------------------------------------------------------------------------------

struct Subscribed {
  std::string channel;
  std::int64_t sid{0};
  json::UnknownMembers unknown;
};
// The server ended the subscription `sid` of the frame, asked or not. No payload.
struct Unsubscribed {};
// Answer to update_subscription: the complete list after it.
struct Updated {
  std::vector<std::string> market_tickers;
  std::vector<std::string> market_ids;
  json::UnknownMembers unknown;
};
// Answer to list_subscriptions.
struct SubscriptionList {
  std::vector<Subscribed> subscriptions;
};
struct ErrorMessage {
  std::int32_t code{0};
  std::string msg;
  std::optional<std::string> market_ticker;
  std::vector<std::string> market_tickers;
  json::UnknownMembers unknown;
};
// A type we do not know, or bytes that are no frame; `problem` says why. The raw text is in the frame.
struct UnknownFrame {
  std::string problem;  // empty: a well-formed frame of an unknown type
};

using Payload =
    std::variant<UnknownFrame, MarginOrderbookDelta, MarginOrderbookSnapshot, MarginTicker, MarginTrade, MarginFill, MarginUserOrder,
                 OrderGroupUpdates, MarginCorporateActionsDelta, Subscribed, Unsubscribed, Updated, SubscriptionList, ErrorMessage>;

// One text frame: envelope and payload.
struct Frame {
  std::string type;
  std::optional<std::int64_t> id;   // of the command it answers
  std::optional<std::int64_t> sid;  // of the subscription it belongs to
  std::optional<std::int64_t> seq;
  std::optional<EpochMillis> sending_ts_ms;  // when the exchange queued it
  Payload payload;
  json::UnknownMembers unknown;  // of the envelope
  std::string raw;               // the text as it came, without a trailing newline

  template <class T>
  const T* as() const noexcept {
    return std::get_if<T>(&payload);
  }
};

// The market a data frame is about; empty for answers and frames of no market.
std::string_view market_of(const Frame& frame) noexcept;

}  // namespace marginfix::ws

template <>
struct marginfix::EnumWords<marginfix::ws::Channel> {
  using C = ws::Channel;
  static constexpr EnumWord<C> kWords[] = {{C::orderbook_delta, "orderbook_delta"},
                                           {C::ticker, "ticker"},
                                           {C::trade, "trade"},
                                           {C::fill, "fill"},
                                           {C::user_orders, "user_orders"},
                                           {C::order_group_updates, "order_group_updates"},
                                           {C::corporate_actions, "corporate_actions"}};
};
template <>
struct marginfix::EnumWords<marginfix::ws::OrderGroupEvent> {
  using E = ws::OrderGroupEvent;
  static constexpr EnumWord<E> kWords[] = {{E::created, "created"},
                                           {E::triggered, "triggered"},
                                           {E::reset, "reset"},
                                           {E::deleted, "deleted"},
                                           {E::limit_updated, "limit_updated"}};
};
template <>
struct marginfix::EnumWords<marginfix::ws::AppliedCorporateAction> {
  using A = ws::AppliedCorporateAction;
  static constexpr EnumWord<A> kWords[] = {
      {A::stock_split, "stock_split"}, {A::final_settlement, "final_settlement"}, {A::ticker_change, "ticker_change"}};
};

MARGINFIX_SCHEMA(marginfix::ws::MarginOrderbookSnapshot);
MARGINFIX_SCHEMA(marginfix::ws::MarginOrderbookDelta);
MARGINFIX_SCHEMA(marginfix::ws::FundingRate);
MARGINFIX_SCHEMA(marginfix::ws::MarginTicker);
MARGINFIX_SCHEMA(marginfix::ws::MarginTrade);
MARGINFIX_SCHEMA(marginfix::ws::MarginFill);
MARGINFIX_SCHEMA(marginfix::ws::MarginUserOrder);
MARGINFIX_SCHEMA(marginfix::ws::OrderGroupUpdates);
MARGINFIX_SCHEMA(marginfix::ws::MarginCorporateActionSplitTerms);
MARGINFIX_SCHEMA(marginfix::ws::MarginCorporateActionFinalSettlementTerms);
MARGINFIX_SCHEMA(marginfix::ws::MarginCorporateActionTickerChangeTerms);
MARGINFIX_SCHEMA(marginfix::ws::MarginCorporateAction);
MARGINFIX_SCHEMA(marginfix::ws::MarginCorporateActionsDelta);
MARGINFIX_SCHEMA(marginfix::ws::Subscribed);
MARGINFIX_SCHEMA(marginfix::ws::Updated);
MARGINFIX_SCHEMA(marginfix::ws::ErrorMessage);
