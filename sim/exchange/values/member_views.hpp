// What a member asks the exchange about its risk, its exit triggers and its customers, and what became of its requests. Plain values;
// decimals and times with their units in the type. Source: rest-perps.md "Positions, risk", "Exit triggers", "FCM", "Transfers".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/exchange/values/types.hpp"

namespace marginfix::sim {

// ---- margin -----------------------------------------------------------------------------------------------------------------

// One subaccount, at the liquidation marks.
struct MarginView {
  int subaccount{0};
  DollarDecimal cash;
  DollarDecimal position_notional;      // sum of |position| x mark
  DollarDecimal unrealized_pnl;         // signed
  DollarDecimal equity;                 // cash + unrealized profit or loss
  DollarDecimal maintenance_margin;     // of the positions
  DollarDecimal initial_margin;         // of the positions
  DollarDecimal resting_orders_margin;  // what the resting orders need on top of it
  DollarDecimal available;              // equity - both, at least 0
};
// One position (never flat).
struct PositionRiskView {
  int subaccount{0};
  MarketNo market{kNoMarket};
  FixedPointCount net;
  DollarDecimal entry_price;
  DollarDecimal mark;
  DollarDecimal notional;  // |position| x mark
  DollarDecimal unrealized_pnl;
  DollarDecimal maintenance_margin;
  DollarDecimal initial_margin;
  std::optional<DollarDecimal> liquidation_price;  // with the subaccount's other positions as they are; nothing = no price does it
  DollarDecimal open_fees;                         // since the position was last opened from flat
};
// Notional an account uses of its limits: per market the larger of (long positions + resting bids) and (short positions + resting asks)
// over all its subaccounts; positions at the liquidation mark, orders at their price.
struct NotionalUsageView {
  struct Market {
    MarketNo market{kNoMarket};
    DollarDecimal usage;
  };
  std::vector<Market> markets;  // with a position or resting orders, by MarketNo
  DollarDecimal total;
  DollarDecimal per_market_limit;             // the exchange's, every market
  DollarDecimal account_limit;                // the exchange's, all markets together
  std::optional<DollarDecimal> member_limit;  // an FCM's own
  DollarDecimal effective_account_limit() const { return member_limit && *member_limit < account_limit ? *member_limit : account_limit; }
};

// ---- exit triggers ----------------------------------------------------------------------------------------------------------

enum class TriggerKind : std::uint8_t { Bracket = 0, Trailing = 1 };
enum class TriggerStatus : std::uint8_t { PendingOnEntry = 0, Active = 1, Filled = 2, Failed = 3, Canceled = 4 };
enum class TriggerLeg : std::uint8_t { None = 0, StopLoss = 1, TakeProfit = 2 };
enum class TriggerEnd : std::uint8_t {
  None = 0,
  UserCanceled = 1,
  PositionClosed = 2,
  EntryNotFilled = 3,
  OrderRejected = 4,
  PositionFlipped = 5
};
// As REST writes them; "" for None.
std::string_view to_string(TriggerKind kind) noexcept;
std::string_view to_string(TriggerStatus status) noexcept;
std::string_view to_string(TriggerLeg leg) noexcept;
std::string_view to_string(TriggerEnd end) noexcept;
std::optional<TriggerKind> parse_trigger_kind(std::string_view text);

struct ExitTriggerView {
  Uuid id{};
  MarketNo market{kNoMarket};
  int subaccount{0};
  TriggerKind kind{TriggerKind::Bracket};
  TriggerStatus status{TriggerStatus::Active};
  TriggerEnd end{TriggerEnd::None};
  TriggerLeg leg{TriggerLeg::None};  // of the latest firing
  std::optional<Uuid> fired_order;   // of the latest firing
  std::optional<Uuid> anchor_order;  // while it is open
  std::string client_trigger_id;
  std::optional<DollarDecimal> stop_loss, take_profit;           // bracket
  std::optional<DollarDecimal> trail_amount;                     // trailing
  std::optional<int> trail_bps;                                  // trailing
  std::optional<DollarDecimal> watermark, effective_stop_price;  // trailing
  FixedPointCount count;                                         // 0 = the whole position
  FixedPointCount filled;
  Timestamp created{};
  Timestamp updated{};
};

// Which position of the calling account.
struct PositionName {
  MarketNo market{kNoMarket};
  int subaccount{0};
};
// One of: a bracket or a trailing stop of the whole position (replaces the one there is), a bracket of `count` contracts or one that
// follows an order (appended, needs `client_trigger_id`). The door has checked that the members fit together.
struct SetExitTrigger {
  PositionName position{};
  TriggerKind kind{TriggerKind::Bracket};
  std::optional<DollarDecimal> stop_loss{}, take_profit{}, trail_amount{};
  std::optional<int> trail_bps{};
  std::optional<FixedPointCount> count{};
  std::string_view anchor_order_id{};
  std::string_view client_trigger_id{};
};
struct UpdateExitTrigger {
  PositionName position{};
  std::string_view trigger_id{};
  std::optional<DollarDecimal> stop_loss{}, take_profit{};
};
enum class TriggerRefusal : std::uint8_t {
  None = 0,
  NotAuthorized,
  NoPosition,         // nothing is open there
  NotFound,           // no live trigger of that id there
  NotABracket,        // trailing stops have no route of their own
  KeyUsed,            // client_trigger_id belongs to another position's trigger
  AnchorUnavailable,  // no order of the account, or over without a fill
  AnchorElsewhere,    // the order is for another position
  TooMany,            // 20 brackets are live
  DoesNotFit,         // counts add up to more than the position
  Covered,            // whole position asked for, but partial or anchored brackets are live; or the other way round
  BadPrice            // not a positive multiple of the tick
};
struct TriggerOutcome {
  TriggerRefusal refusal{TriggerRefusal::None};
  std::optional<ExitTriggerView> trigger;  // when not refused
};

// ---- transfers --------------------------------------------------------------------------------------------------------------

enum class Instance : std::uint8_t { EventContract = 0, Margined = 1 };
struct InstanceTransfer {
  AccountId account{0};
  Instance source{Instance::EventContract};
  Instance destination{Instance::Margined};
  int source_subaccount{0};  // numbered ones: event contract to event contract only
  int destination_subaccount{0};
  DollarDecimal amount{};
  std::string_view client_transfer_id{};  // "" = none
};
enum class TransferRefusal : std::uint8_t { None = 0, AlreadyApplied, InsufficientFunds, NoSubaccount };
struct TransferOutcome {
  TransferRefusal refusal{TransferRefusal::None};
  Uuid transfer_id{};
};
enum class TransferStatus : std::uint8_t { Accepted = 0, Applied = 1, Failed = 2 };  // failed: the money was gone when its turn came
struct TransferView {
  Uuid transfer_id{};
  AccountId account{0};
  Instance source{Instance::EventContract};
  Instance destination{Instance::Margined};
  DollarDecimal amount;
  TransferStatus status{TransferStatus::Accepted};
  Timestamp accepted{};
};

// ---- FCM --------------------------------------------------------------------------------------------------------------------

// What a cap or limit is about: all markets, one market, or one asset class.
struct CapScope {
  std::optional<MarketNo> market{};
  std::string asset_class{};  // "" = not a class
  friend bool operator==(const CapScope&, const CapScope&) = default;
};
struct ImCapView {
  CapScope scope;
  DollarDecimal cap;
  DollarDecimal current;  // initial margin of positions and resting orders in that scope
};
struct SubtraderLimitView {
  std::optional<MarketNo> market;  // nothing = the whole subtrader
  DollarDecimal limit;
  DollarDecimal current;  // notional used, per market as NotionalUsageView says
};
struct SubtraderView {
  std::string id;
  bool require_category_cap{false};
  Timestamp created{};
  std::vector<ImCapView> caps;             // all markets first, then markets by number, then classes by name
  std::vector<SubtraderLimitView> limits;  // the whole subtrader first, then by ticker
};
enum class FcmRefusal : std::uint8_t { None = 0, NotAnFcm, Exists, NoSubtrader, NoCap, AboveExchangeLimit };
struct SubtraderOutcome {
  FcmRefusal refusal{FcmRefusal::None};
  std::string id;  // of the subtrader, made now or (Exists) before
};

// A customer's share of an FCM's position; customer "" = the FCM's own.
struct CustomerPositionView {
  std::string_view customer;
  int subaccount{0};
  MarketNo market{kNoMarket};
  FixedPointCount net;
  DollarDecimal entry_price;
  DollarDecimal realized_pnl;  // over the account's life
  DollarDecimal fees;          // over the account's life
};

template <class Ar>
void fields(Ar& ar, PositionName& p) {
  ar(p.market, p.subaccount);
}
template <class Ar>
void fields(Ar& ar, SetExitTrigger& t) {
  ar(t.position, t.kind, t.stop_loss, t.take_profit, t.trail_amount, t.trail_bps, t.count, t.anchor_order_id, t.client_trigger_id);
}
template <class Ar>
void fields(Ar& ar, UpdateExitTrigger& t) {
  ar(t.position, t.trigger_id, t.stop_loss, t.take_profit);
}
template <class Ar>
void fields(Ar& ar, InstanceTransfer& t) {
  ar(t.account, t.source, t.destination, t.source_subaccount, t.destination_subaccount, t.amount, t.client_transfer_id);
}
template <class Ar>
void fields(Ar& ar, CapScope& s) {
  ar(s.market, s.asset_class);
}

}  // namespace marginfix::sim
