// What the exchange tells about keys, markets, orders, fills and groups, and what became of a request. Texts are views into the exchange:
// valid until its next command.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sim/exchange/values/types.hpp"

namespace marginfix::sim {

struct KeyInfo {
  KeyNo key{kNoKey};
  AccountId account{0};
  KeyScope scope{KeyScope::Trading};
  std::string_view key_id;
  std::string_view account_name;
  bool fcm{false};
  bool margin_enabled{true};
  std::optional<int> subaccount{};  // locked to it
  std::string_view subtrader{};     // bound to it; "" = not bound
};
struct MarketInfo {
  MarketNo market{kNoMarket};
  std::string_view symbol;
  std::string_view title;
  std::string_view contract_size;
  MarketStatus status{MarketStatus::Inactive};
  bool halted{false};
  DollarDecimal reference_price;  // the underlying, scaled to one contract; moves with the house accounts
  std::optional<DollarDecimal> last_price;
  Uuid market_id{};  // stable: survives a change of the symbol
  std::int32_t version{1};
  DollarDecimal settlement_mark;   // funding and settlements
  DollarDecimal liquidation_mark;  // margin, liquidation, exit triggers
};
struct LevelView {
  DollarDecimal price;
  FixedPointCount size;
};
struct PositionView {
  int subaccount{0};
  MarketNo market{kNoMarket};
  FixedPointCount net;         // positive = long
  DollarDecimal entry_price;   // average
  DollarDecimal realized_pnl;  // over the account's life
  DollarDecimal fees;          // over the account's life
  DollarDecimal open_fees;     // since the position was last opened from flat
  DollarDecimal cost;          // what the net position was entered for, exactly: positive long, negative short
};
struct BalanceView {
  int subaccount{0};
  DollarDecimal cash;
  DollarDecimal equity;          // cash + unrealized profit or loss at the mark
  DollarDecimal initial_margin;  // of positions and resting orders
  DollarDecimal available;       // equity - initial_margin, at least 0
};
struct OrderView {
  OrderNo order_no{0};
  Uuid order_id{};
  std::string_view cl_ord_id;
  AccountId account{0};
  Route entered_by;
  MarketNo market{kNoMarket};
  Side side{Side::Buy};
  DollarDecimal price;
  FixedPointCount original_qty;
  FixedPointCount cum_qty;
  FixedPointCount leaves_qty;
  OrdStatus status{OrdStatus::New};
  UpdateReason last_update{UpdateReason::None};
  int subaccount{0};
  Timestamp created{};
  Timestamp updated{};  // = created when nothing changed
  bool changed{false};  // filled (at once too), amended, decreased or ended
  std::optional<Timestamp> expire_time;
  SelfTradePreventionType self_trade_prevention{SelfTradePreventionType::TakerAtCross};
  bool cancel_on_pause{false};
  std::optional<Uuid> group_id;
  SystemOrder system{SystemOrder::None};
  std::string_view customer_account;
};
// Which orders of an account a list wants. Times are of the order's creation, from <= created < to.
enum class OrderState : std::uint8_t { Resting = 0, Executed = 1, Canceled = 2 };  // Executed: filled whole
struct OrderFilter {
  std::optional<MarketNo> market;
  std::optional<int> subaccount;
  std::optional<OrderState> state;
  Timestamp from = Timestamp::min();
  Timestamp to = Timestamp::max();
  Timestamp unchanged_since = Timestamp::max();  // leaves out what was created or changed after it (a list from an older copy)
  std::optional<std::string_view> customer_account;
};
// Newest first. `next` is what to give as `before` for the page that follows; nothing = this was the last one.
struct OrderPage {
  std::vector<OrderView> orders;
  std::optional<std::uint64_t> next;
};
struct FillView {
  // TrdMatchID(880), trade_id of the public trade: the same for both sides, unless both are of one account (an FCM's customers); then
  // the maker's has an id of its own.
  Uuid fill_id{};
  Uuid order_id{};
  Timestamp time{};
  MarketNo market{kNoMarket};
  int subaccount{0};
  Side side{Side::Buy};
  bool taker{false};
  SystemOrder system{SystemOrder::None};
  DollarDecimal price;
  FixedPointCount quantity;
  // For a list of one customer's fills (FillFilter::customer_account) the two are those of the customer's share, else the account's.
  DollarDecimal entry_price;  // what realized_pnl is measured against
  DollarDecimal fee;
  DollarDecimal realized_pnl;  // of this fill
};
struct FillFilter {
  std::optional<int> subaccount;
  std::optional<std::string_view> customer_account;
  Timestamp from = Timestamp::min();  // from <= time < to
  Timestamp to = Timestamp::max();
  Timestamp unchanged_since = Timestamp::max();
};
struct FillPage {
  std::vector<FillView> fills;  // newest first
  std::optional<std::uint64_t> next;
};
// Fractions of notional; the same in every market and for every account.
struct FeeRates {
  MultiplierDecimal maker;
  MultiplierDecimal taker;
};
struct GroupView {
  Uuid group_id{};
  int subaccount{0};
  std::int64_t limit{0};  // contracts in 15 s
  bool triggered{false};
  int exchange_index{0};
  Timestamp created{};
  Timestamp updated{};
};

// What became of a request, for doors that answer synchronously (REST). FIX doors may ignore it: the events say the same.
struct OrderOutcome {
  bool accepted{false};
  Reason reason{Reason::None};
  OrderNo order_no{0};
  Uuid order_id{};
  FixedPointCount filled;  // by this request
  FixedPointCount leaves;
  FixedPointCount reduced_by;     // cancel: what was left
  DollarDecimal filled_notional;  // by this request
  DollarDecimal fees;             // by this request
};
struct GroupOutcome {
  Reason reason{Reason::None};
  std::optional<Uuid> group_id;
};

// Subtrader groups of a clearing member. Conflict: one of the subtraders is in another group.
enum class SubtraderGroupFault : std::uint8_t { None = 0, NotFound = 1, Conflict = 2 };
struct SubtraderGroupResult {
  SubtraderGroupFault fault{SubtraderGroupFault::None};
  std::uint64_t group{0};  // ClearingNo
};
// EventResendReject(U3) reasons are 3 for BeginTooOld, 4 for EndTooLarge.
enum class HistoryStatus : std::uint8_t { Complete = 0, BeginTooOld = 3, EndTooLarge = 4 };

}  // namespace marginfix::sim
