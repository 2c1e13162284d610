// What the simulated exchange tells its doors. Neutral: no FIX, no JSON. Every view is valid during the callback only.
// Options of a FIX session (21007, 21008, 21011, 21012, 21026) are applied by the door; the comments say from which members.
#pragma once

#include "sim/exchange/values/market_views.hpp"
#include "sim/exchange/values/requests.hpp"

namespace marginfix::sim {

enum class ReportKind : std::uint8_t {
  PendingNew = 0,
  New = 1,
  PendingReplace = 2,
  Replaced = 3,
  PendingCancel = 4,
  Canceled = 5,
  Trade = 6,
  Rejected = 7
};

// The trade part of a report (kind Trade).
struct Fill {
  DollarDecimal price;           // 31
  FixedPointCount quantity;      // 32
  bool taker{false};             // 1057 AggressorIndicator
  std::uint64_t match_no{0};     // one number for both sides
  Uuid match_id{};               // 880 TrdMatchID
  DollarDecimal fee;             // 137, dollars, positive = charged
  FixedPointCount position;      // net position of the subaccount after the trade; 704 = max(0, it), 705 = max(0, -it)
  DollarDecimal entry_price;     // average entry price after the trade (0 when flat), 6 decimals
  DollarDecimal realized_pnl;    // of this fill
  DollarDecimal balance_change;  // 1704 with 1705=BALANCE: -fee. Always present on a trade.
  DollarDecimal payout_change;   // 1704 with 1705=PAYOUT: realized profit or loss; leave the entry out when zero
  Date business_date{};          // 715
};

// One report about one order. Orders of the house accounts make none.
struct ExecutionEvent {
  EventNo event_no{0};
  ReportKind kind{ReportKind::New};
  ExecId exec_id;    // 17; {-1,-1} on pending reports and rejects
  Timestamp time{};  // 60, trading clock
  // -- whom it concerns
  AccountId account{0};
  Route entered_by;    // reports go to this session, and to listeners of `account` (never pending ones)
  Route requested_by;  // who caused this report (session of the F, G or D); Door::System for unsolicited ones
  // -- the order
  OrderNo order_no{0};              // 0 on a reject (no order was made)
  Uuid order_id{};                  // 37; on a reject a fresh one of its own
  std::string_view cl_ord_id;       // 11: of the request for New, Pending*, Replaced, Canceled on request; else the order's
  std::string_view orig_cl_ord_id;  // 41: the order's id before a requested cancel or replace, else ""
  MarketNo market{kNoMarket};
  std::string_view symbol;                      // 55
  Side side{Side::Buy};                         // 54
  TimeInForce time_in_force{TimeInForce::Day};  // as it is now (an amend may change it)
  std::optional<Timestamp> expire_time;         // 126; set for Day too. On Replaced: 59=6 with 126 when set, else 59=1
  DollarDecimal price;                          // 44
  FixedPointCount original_qty;                 // the present total as asked for by D or the last accepted G: 38 with 21008=Y
  FixedPointCount cum_qty;                      // 14
  FixedPointCount leaves_qty;                   // 151 (0 after a cancel, an expiry, a reject); without 21008: 38 = 14 + 151
  FixedPointCount last_total_qty;               // cum + leaves just before this event removed quantity (38 of a Canceled report, if wanted)
  DollarDecimal filled_notional;                // sum of price x quantity; average_price() gives 6
  OrdStatus status{OrdStatus::New};  // 39 with plain options: Canceled for expiries; Replaced only on kind Replaced of an unfilled order
  bool post_only{false};
  bool reduce_only{false};
  bool cancel_on_pause{false};
  SelfTradePreventionType self_trade_prevention{SelfTradePreventionType::TakerAtCross};
  std::string_view group_id;              // 526, "" = none
  int subaccount{0};                      // 79
  std::string_view customer_account;      // party role 24, "" = none
  std::string_view operator_id;           // party role 12 for this very report (the F's or G's own, else the order's), "" = none
  Timestamp created{};                    // when the order came in
  SystemOrder system{SystemOrder::None};  // order_source, order_reason of REST and WS
  // -- why
  Reason reason{Reason::None};  // 58, 103
  bool expiry_style{false};     // Canceled because Day or GTD ran out: with 21012=Y report 150=C 39=C
  bool trades_at_once{false};   // New: trades follow in the same command. Without 21026=Y leave this New out.
  // Trade of an IOC (or a capped reduce-only) order that is its last, with quantity left over: a Canceled event for `ioc_remainder`
  // follows at once. Without 21007=Y leave that Canceled out (see `after_trade`) and show 151=0 on this Trade.
  FixedPointCount ioc_remainder;
  bool after_trade{false};   // Canceled: the remainder of an IOC order that traded in the same command (21007)
  std::optional<Fill> fill;  // kind Trade
};
// AvgPx(6): filled notional / filled quantity, 6 decimals, half to even; 0 without fills.
DollarDecimal average_price(DollarDecimal filled_notional, FixedPointCount cum_qty);

// A cancel or amend that was refused: OrderCancelReject(9).
struct CancelRejectEvent {
  EventNo event_no{0};
  Timestamp time{};
  Route requested_by;
  AccountId account{0};
  CxlRejResponseTo response_to{CxlRejResponseTo::OrderCancelRequest};  // 434
  std::string_view cl_ord_id;                                          // 11 of the request
  std::string_view orig_cl_ord_id;                                     // 41 of the request
  std::string_view order_id;                                           // 37: the order's, else "NONE"
  OrdStatus status{OrdStatus::Rejected};                               // 39: the order's, Rejected when unknown
  Reason reason{Reason::None};                                         // 58, 102
};

// OrderMassCancelReport(r); Canceled events follow, one an order. `reason` is set (and nothing canceled) when refused.
struct MassCancelEvent {
  EventNo event_no{0};
  Timestamp time{};
  Route requested_by;
  std::string_view cl_ord_id;
  Uuid operation_id{};
  std::size_t orders{0};
  Reason reason{Reason::None};
};

// The outcome of a GroupRequest, before the Canceled events it causes: OrderGroupResponse(UOH), or BusinessMessageReject(j)
// when `reason` is set.
struct GroupResultEvent {
  EventNo event_no{0};
  Timestamp time{};
  Route requested_by;
  std::uint64_t ref_seq{0};  // RequestContext::ref_seq of the request (45 of a j)
  OrderGroupAction action{OrderGroupAction::Create};
  std::string_view group_id;  // 20130
  std::int64_t limit{0};      // 20132, the limit now in force
  int subaccount{0};          // 79
  Reason reason{Reason::None};
};

// The life of a group, for whoever watches the account (WS order_group_updates).
enum class GroupChange : std::uint8_t { Created = 0, LimitUpdated = 1, Triggered = 2, Reset = 3, Deleted = 4 };
struct GroupChangeEvent {
  EventNo event_no{0};
  Timestamp time{};
  AccountId account{0};
  int subaccount{0};
  std::string_view group_id;
  GroupChange change{GroupChange::Created};
  std::int64_t limit{0};
};

// One price level has a new absolute size; `size` zero = the level is gone. MDUpdateAction: old 0 = new, size 0 = delete, else change.
struct LevelEvent {
  EventNo event_no{0};
  Timestamp time{};
  MarketNo market{kNoMarket};
  std::string_view symbol;
  Side side{Side::Buy};
  DollarDecimal price;
  FixedPointCount old_size;
  FixedPointCount size;
  // The order that made the change, for its owner's eyes only; absent for the house's.
  struct Maker {
    AccountId account{0};
    int subaccount{0};
    std::string_view cl_ord_id;
    UpdateReason reason{UpdateReason::None};  // None: it came to rest
  };
  std::optional<Maker> maker;
};

// A public trade. One for each match.
struct TradeEvent {
  EventNo event_no{0};
  Timestamp time{};
  MarketNo market{kNoMarket};
  std::string_view symbol;
  DollarDecimal price;
  FixedPointCount quantity;
  Side aggressor{Side::Buy};  // 2446
  std::uint64_t match_no{0};
  Uuid match_id{};
};

struct MarketStatusEvent {
  EventNo event_no{0};
  Timestamp time{};
  MarketNo market{kNoMarket};
  std::string_view symbol;
  MarketStatus status{MarketStatus::Active};
  bool halted{false};  // 326: 2 while true, 3 when trading resumes
};

// Funding of one market was applied; what members paid or got is in views::funding_history().
struct FundingEvent {
  EventNo event_no{0};
  Timestamp time{};
  MarketNo market{kNoMarket};
  std::string_view symbol;
  MultiplierDecimal rate;
  DollarDecimal mark;  // the settlement mark
};

// A corporate action was applied (WS corporate_actions tells splits, final settlements and ticker changes).
struct CorporateActionEvent {
  EventNo event_no{0};
  Timestamp time{};
  CorporateActionView action;
};

// Receives events in order, in the thread that called the Exchange, during the call that caused them (or during open(), replayed).
// It must not call the Exchange's commands from inside; queries are fine. Everything has an empty default.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_execution(const ExecutionEvent&) {}
  virtual void on_cancel_reject(const CancelRejectEvent&) {}
  virtual void on_mass_cancel(const MassCancelEvent&) {}
  virtual void on_group_result(const GroupResultEvent&) {}
  virtual void on_group_change(const GroupChangeEvent&) {}
  virtual void on_level(const LevelEvent&) {}
  virtual void on_trade(const TradeEvent&) {}
  virtual void on_market_status(const MarketStatusEvent&) {}
  virtual void on_funding(const FundingEvent&) {}
  virtual void on_corporate_action(const CorporateActionEvent&) {}
  // One command or timer is done: a market-data door makes one X of the level events since the last call.
  virtual void on_command_end() {}
  // Everything up to and including `last` is about to be folded into a snapshot and will not be replayed again after a restart:
  // a door that keeps reports for absent sessions (KalshiRT) must have them in its own store when this returns.
  virtual void on_checkpoint(EventNo /*last*/) {}
};

}  // namespace marginfix::sim
