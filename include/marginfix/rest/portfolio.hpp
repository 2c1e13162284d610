// Family `portfolio`: positions, fills, exit triggers (stop loss, take profit, trailing stop). `portfolio.trades` is in markets.hpp.
// Positions and counts are signed contracts, prices dollars a contract. Plain values.
// Source: rest-perps.md "Portfolio, balance, risk, fees", "Exit triggers", operations 25, 26, 40 to 47.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/rest/common.hpp"

namespace marginfix::rest {

enum class ExitTriggerKind : std::uint8_t { bracket, trailing };
enum class ExitTriggerStatus : std::uint8_t {
  pending_on_entry,
  active,
  filled,
  failed,
  canceled,
  unknown
};  // filled, failed, canceled are terminal
enum class ExitTriggerLeg : std::uint8_t { stop_loss, take_profit };
enum class ExitTriggerReason : std::uint8_t { user_canceled, position_closed, entry_not_filled, order_rejected, position_flipped };

struct MarginPosition {
  std::optional<std::int32_t> subaccount{};
  std::string market_ticker{};
  FixedPointCount position{};   // positive long, negative short
  DollarDecimal entry_price{};  // weighted average
  DollarDecimal unrealized_pnl{};
  Nullable<DollarDecimal> margin_used{};  // maintenance margin; null when margined jointly with others
  std::optional<DollarDecimal> fees{};    // since this position was opened
  Nullable<MultiplierDecimal> roe{};      // percent of margin_used; null when that is 0 or null
  std::optional<bool> is_portfolio{};     // hedged in a portfolio: margin_used and roe are not reported
  json::UnknownMembers unknown{};
};

struct GetMarginPositionsResponse {
  std::vector<MarginPosition> positions{};
  json::UnknownMembers unknown{};
};

struct MarginFill {
  std::string fill_id{};
  std::string order_id{};
  bool is_taker{false};
  Open<BookSide> side{};
  FixedPointCount count{};
  Timestamp created_time{};
  std::string ticker{};
  DollarDecimal price{};
  std::optional<DollarDecimal> entry_price{};   // what the PnL of this fill is measured against
  DollarDecimal fees{};                         // total for this fill
  std::optional<DollarDecimal> realized_pnl{};  // increment from this fill
  std::optional<Open<OrderSource>> order_source{};
  json::UnknownMembers unknown{};
};

struct GetMarginFillsResponse {
  std::vector<MarginFill> fills{};
  std::optional<std::string> cursor{};  // empty or absent: the last page
  json::UnknownMembers unknown{};
};

struct ExitTrigger {
  std::string id{};
  std::string ticker{};
  Open<ExitTriggerKind> kind{};
  Open<ExitTriggerStatus> status{};
  std::optional<Open<ExitTriggerReason>> status_reason{};  // on terminal states
  std::optional<Open<ExitTriggerLeg>> triggered_leg{};     // of the latest firing
  std::optional<std::string> triggered_order_id{};         // of the latest firing
  std::optional<std::string> anchor_order_id{};            // cleared once that order is terminal
  std::optional<std::string> client_trigger_id{};
  std::optional<DollarDecimal> stop_loss_price{};       // bracket
  std::optional<DollarDecimal> take_profit_price{};     // bracket
  std::optional<DollarDecimal> trail_amount{};          // trailing
  std::optional<std::int32_t> trail_bps{};              // trailing
  std::optional<DollarDecimal> watermark_price{};       // trailing: best liquidation mark so far
  std::optional<DollarDecimal> effective_stop_price{};  // trailing
  FixedPointCount count{};                              // 0 = the whole position
  FixedPointCount filled_count{};                       // closed over all attempts
  std::optional<Timestamp> created_time{};
  std::optional<Timestamp> updated_time{};
  json::UnknownMembers unknown{};
};

struct GetExitTriggersResponse {
  std::vector<ExitTrigger> exit_triggers{};  // live ones
  json::UnknownMembers unknown{};
};

// Bracket: one or both legs; trailing: exactly one of amount and bps.
struct SetCrossExitTriggerRequest {
  std::optional<FixedPointCount> count{};          // whole contracts; absent = the whole position
  std::optional<std::string> anchor_order_id{};    // bracket only, not with count: the size follows that order's fills
  std::optional<std::string> client_trigger_id{};  // required with count or anchor_order_id, refused otherwise
  std::optional<Open<ExitTriggerKind>> kind{};     // default bracket
  std::optional<DollarDecimal> stop_loss_price{};
  std::optional<DollarDecimal> take_profit_price{};
  std::optional<DollarDecimal> trail_amount{};
  std::optional<std::int32_t> trail_bps{};  // of the watermark
};

// Always the whole position.
struct SetIsolatedExitTriggerRequest {
  std::optional<Open<ExitTriggerKind>> kind{};
  std::optional<DollarDecimal> stop_loss_price{};
  std::optional<DollarDecimal> take_profit_price{};
  std::optional<DollarDecimal> trail_amount{};
  std::optional<std::int32_t> trail_bps{};
};

// A leg left out is removed; at least one stays.
struct UpdateExitTriggerRequest {
  std::optional<DollarDecimal> stop_loss_price{};
  std::optional<DollarDecimal> take_profit_price{};
};

// GET /margin/positions
struct GetMarginPositions {
  using Response = GetMarginPositionsResponse;
  std::optional<std::int32_t> subaccount{};  // absent = all
  std::optional<std::string> ticker{};
};

// GET /margin/fills
struct GetMarginFills {
  using Response = GetMarginFillsResponse;
  std::optional<std::int32_t> subaccount{};  // absent = all
  std::optional<std::int32_t> limit{};       // default 100
  std::optional<std::string> cursor{};
  std::optional<EpochSeconds> min_ts{};  // after
  std::optional<EpochSeconds> max_ts{};  // before
};

// PUT /margin/cross/positions/{ticker}/exit_trigger
struct SetCrossMarginExitTrigger {
  using Response = ExitTrigger;
  std::string ticker{};
  std::optional<std::int32_t> subaccount{};
  SetCrossExitTriggerRequest body{};
};

// GET /margin/cross/positions/{ticker}/exit_trigger
struct GetCrossMarginExitTriggers {
  using Response = GetExitTriggersResponse;
  std::string ticker{};
  std::optional<std::int32_t> subaccount{};
  std::optional<Open<ExitTriggerKind>> kind{};  // absent = every kind
};

// DELETE /margin/cross/positions/{ticker}/exit_trigger
struct DeleteCrossMarginExitTrigger {
  using Response = NoContent;
  std::string ticker{};
  std::optional<std::int32_t> subaccount{};
  std::optional<Open<ExitTriggerKind>> kind{};  // absent = every kind
};

// PUT /margin/cross/positions/{ticker}/exit_trigger/{trigger_id}
struct UpdateCrossMarginExitTrigger {
  using Response = ExitTrigger;
  std::string ticker{};
  std::string trigger_id{};
  std::optional<std::int32_t> subaccount{};
  UpdateExitTriggerRequest body{};
};

// DELETE /margin/cross/positions/{ticker}/exit_trigger/{trigger_id}
struct DeleteCrossMarginExitTriggerById {
  using Response = NoContent;
  std::string ticker{};
  std::string trigger_id{};
  std::optional<std::int32_t> subaccount{};
};

// PUT /margin/isolated/positions/{ticker}/exit_trigger
struct SetIsolatedMarginExitTrigger {
  using Response = ExitTrigger;
  std::string ticker{};
  SetIsolatedExitTriggerRequest body{};
};

// GET /margin/isolated/positions/{ticker}/exit_trigger
struct GetIsolatedMarginExitTriggers {
  using Response = GetExitTriggersResponse;
  std::string ticker{};
  std::optional<Open<ExitTriggerKind>> kind{};
};

// DELETE /margin/isolated/positions/{ticker}/exit_trigger
struct DeleteIsolatedMarginExitTrigger {
  using Response = NoContent;
  std::string ticker{};
  std::optional<Open<ExitTriggerKind>> kind{};
};

}  // namespace marginfix::rest

template <>
struct marginfix::EnumWords<marginfix::rest::ExitTriggerKind> {
  using E = rest::ExitTriggerKind;
  static constexpr EnumWord<E> kWords[] = {{E::bracket, "bracket"}, {E::trailing, "trailing"}};
};
template <>
struct marginfix::EnumWords<marginfix::rest::ExitTriggerStatus> {
  using E = rest::ExitTriggerStatus;
  static constexpr EnumWord<E> kWords[] = {{E::pending_on_entry, "pending_on_entry"},
                                           {E::active, "active"},
                                           {E::filled, "filled"},
                                           {E::failed, "failed"},
                                           {E::canceled, "canceled"},
                                           {E::unknown, "unknown"}};
};
template <>
struct marginfix::EnumWords<marginfix::rest::ExitTriggerLeg> {
  using E = rest::ExitTriggerLeg;
  static constexpr EnumWord<E> kWords[] = {{E::stop_loss, "stop_loss"}, {E::take_profit, "take_profit"}};
};
template <>
struct marginfix::EnumWords<marginfix::rest::ExitTriggerReason> {
  using E = rest::ExitTriggerReason;
  static constexpr EnumWord<E> kWords[] = {{E::user_canceled, "user_canceled"},
                                           {E::position_closed, "position_closed"},
                                           {E::entry_not_filled, "entry_not_filled"},
                                           {E::order_rejected, "order_rejected"},
                                           {E::position_flipped, "position_flipped"}};
};

MARGINFIX_SCHEMA(marginfix::rest::MarginPosition);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginPositionsResponse);
MARGINFIX_SCHEMA(marginfix::rest::MarginFill);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginFillsResponse);
MARGINFIX_SCHEMA(marginfix::rest::ExitTrigger);
MARGINFIX_SCHEMA(marginfix::rest::GetExitTriggersResponse);
MARGINFIX_SCHEMA(marginfix::rest::SetCrossExitTriggerRequest);
MARGINFIX_SCHEMA(marginfix::rest::SetIsolatedExitTriggerRequest);
MARGINFIX_SCHEMA(marginfix::rest::UpdateExitTriggerRequest);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginPositions);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginFills);
MARGINFIX_SCHEMA(marginfix::rest::SetCrossMarginExitTrigger);
MARGINFIX_SCHEMA(marginfix::rest::GetCrossMarginExitTriggers);
MARGINFIX_SCHEMA(marginfix::rest::DeleteCrossMarginExitTrigger);
MARGINFIX_SCHEMA(marginfix::rest::UpdateCrossMarginExitTrigger);
MARGINFIX_SCHEMA(marginfix::rest::DeleteCrossMarginExitTriggerById);
MARGINFIX_SCHEMA(marginfix::rest::SetIsolatedMarginExitTrigger);
MARGINFIX_SCHEMA(marginfix::rest::GetIsolatedMarginExitTriggers);
MARGINFIX_SCHEMA(marginfix::rest::DeleteIsolatedMarginExitTrigger);
MARGINFIX_OPERATION(marginfix::rest::GetMarginPositions);
MARGINFIX_OPERATION(marginfix::rest::GetMarginFills);
MARGINFIX_OPERATION(marginfix::rest::SetCrossMarginExitTrigger);
MARGINFIX_OPERATION(marginfix::rest::GetCrossMarginExitTriggers);
MARGINFIX_OPERATION(marginfix::rest::DeleteCrossMarginExitTrigger);
MARGINFIX_OPERATION(marginfix::rest::UpdateCrossMarginExitTrigger);
MARGINFIX_OPERATION(marginfix::rest::DeleteCrossMarginExitTriggerById);
MARGINFIX_OPERATION(marginfix::rest::SetIsolatedMarginExitTrigger);
MARGINFIX_OPERATION(marginfix::rest::GetIsolatedMarginExitTriggers);
MARGINFIX_OPERATION(marginfix::rest::DeleteIsolatedMarginExitTrigger);
