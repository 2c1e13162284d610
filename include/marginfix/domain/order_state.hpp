// The life of one order as a pure function: (OrderState, event) -> (OrderState, effects). No I/O, no clock, any thread.
// Reports arrive late, twice or out of order: drop copy runs behind the live feed, KalshiRT sends again (43=Y), REST is read beside FIX.
// Rules, each with a test (tests/unit/domain/order_state_test.cpp, tests/unit/sim/doors/any_order_test.cpp):
//  * A report is placed by what the exchange says of its own order, never by its arrival: ExecID(17) within one LastMkt(30), CumQty(14),
//    the chain of ClOrdIDs, TransactTime(60). An older report changes nothing but fills gaps: a trade that is not booked yet is booked, an
//    id of the chain is learnt.
//  * A trade is booked once, by identity: (LastMkt, ExecID) or TrdMatchID(880), and by its own place in the order, which is the quantity
//    from CumQty(14) - LastQty(32) to CumQty(14). What a Baseline contains counts as booked.
//  * A report of another OrderID(37), Symbol(55) or Side(54) is not applied. It is a contradiction; a trade in it is shown, not booked.
//  * ClOrdID(11) is the one that the exchange's newest report gives the order; pending reports and rejects never change it.
//  * Canceled, Expired, Rejected and Filled are final: later reports do not revive the order (only a newer Replaced with quantity left
//    reopens a filled one); a trade reported after the end is still booked.
//  * A last trade with LeavesQty(151)=0 ends the order, filled or not: an IOC without EnableIocCancelReport(21007) gets no other report.
//  * A fill while a cancel is pending counts; the pending cancel stays until Canceled or OrderCancelReject(9), also beyond the order's end.
//  * OrderCancelReject(9) takes the pending request back: the order is again what it was.
//  * A Rejected answers one NewOrderSingle(D), however many sessions tell of it: where a ClOrdID(11) was sent twice, its own OrderID(37)
//    and time tell it from the other D's (reject_key()).
//  * Rejected because the ClOrdID(11) is taken (103=6, ORDER_ALREADY_EXISTS) does not end an order: one with this id lives at the exchange.
//  * Where nobody can say whether the exchange took a request, its outcome is unknown (OutcomeUnknown). That is never final: any report, a
//    Baseline or another answer resolves it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "marginfix/domain/execution.hpp"
#include "marginfix/domain/unknown_cause.hpp"

namespace marginfix {

enum class OrderPhase : std::uint8_t {
  none,              // nothing known yet
  sent,              // NewOrderSingle(D) left, no report yet
  pending_new,       // 150=A
  outcome_unknown,   // nobody can say whether the exchange has it: find out, do not take it for refused (OutcomeUnknown)
  open,              // New, nothing filled
  partially_filled,  // open with fills
  filled,            // final from here on
  canceled,
  expired,
  rejected,
  not_sent  // the D never left: nothing to wait for
};
inline constexpr std::size_t kOrderPhases = 11;
constexpr bool is_final(OrderPhase phase) noexcept { return phase >= OrderPhase::filled; }
constexpr bool is_working(OrderPhase phase) noexcept { return phase == OrderPhase::open || phase == OrderPhase::partially_filled; }
std::string_view to_string(OrderPhase phase) noexcept;

// 150=8 that is no refusal, see says_outcome_unknown().
bool outcome_unknown(const OrderReport& report) noexcept;
// 150=8 because the ClOrdID(11) is taken: 103=6 or Text(58)=ORDER_ALREADY_EXISTS.
bool already_exists(const OrderReport& report) noexcept;

// An amend or cancel on its way.
struct PendingRequest {
  enum class Kind : std::uint8_t { cancel, replace } kind{Kind::cancel};
  std::string cl_ord_id{};
  bool acknowledged{false};                    // 150=6 or E was seen
  std::optional<FixedPointCount> order_qty{};  // replace: the total asked for
  std::optional<DollarDecimal> price{};
  std::optional<UnknownCause> unknown{};  // set: nobody can say whether the exchange took it
  friend bool operator==(const PendingRequest&, const PendingRequest&) = default;
};

// A trade that counts as booked.
struct BookedTrade {
  std::string key{};                      // Fill::key(); "" when it came over another door than FIX
  std::string trade_id{};                 // TrdMatchID(880), REST's and WebSocket's trade_id; "" when not told
  FixedPointCount cum_qty{}, quantity{};  // its place in the order: (cum_qty - quantity, cum_qty]; cum_qty 0 when not told
  friend bool operator==(const BookedTrade&, const BookedTrade&) = default;
};

struct OrderState {
  OrderPhase phase{OrderPhase::none};
  std::string cl_ord_id{};              // the id the order answers to at present
  std::vector<std::string> past_ids{};  // ids it had before, oldest first
  std::string cancel_of{};              // where cl_ord_id is the cancel request's that ended it: the order's own last id (41); else ""
  std::string order_id{};               // 37
  std::string symbol{};
  Side side{};
  std::int32_t subaccount{0};
  FixedPointCount order_qty{};  // total asked for, as last confirmed (or sent); never less because the rest was canceled
  DollarDecimal price{};
  FixedPointCount cum_qty{};  // highest stated by the exchange
  FixedPointCount leaves_qty{};
  FixedPointCount booked_qty{};           // sum of the trades booked here, and of the baseline
  std::vector<PendingRequest> pending{};  // unanswered requests, oldest first
  std::vector<BookedTrade> booked{};      // every trade booked here, and those a Baseline named
  std::string text{};                     // Text(58) of the last report that had one
  std::optional<UnknownCause> unknown{};  // why, while the phase is outcome_unknown
  // What the rules above stand on.
  FixedPointCount stated_qty{};    // highest CumQty(14) of a numbered report or a Baseline; cum_qty may be ahead of it
  FixedPointCount baseline_qty{};  // CumQty of the Baseline that the order was adopted with: trades up to it count as booked
  std::string last_mkt{};          // LastMkt(30) and ExecID(17) of the newest report applied
  ExecId last_exec_id{};
  Timestamp last_time{};                     // TransactTime(60) of the newest report, or as_of of the newest Baseline, applied
  bool last_was_baseline{false};             // the newest word is a Baseline's
  ExecId terms_exec_id{};                    // ExecID of the newest report that shows order_qty to be the total
  Timestamp terms_time{};                    // as_of of the Baseline that order_qty is from
  std::map<std::string, ExecId> given_by{};  // by id of the chain: the report that gave it, where that report has come
  std::vector<std::string> refused_ids{};    // requests answered by a reject: a late pending report does not revive them
  std::uint32_t unanswered{0};               // NewOrderSingles sent under this id that have no answer
  std::vector<std::string> rejects{};        // reject_key() of the Rejected that left the order without an end, ascending
  // True when the exchange states more filled than was booked: trades are missing (ask the drop copy).
  bool trades_missing() const noexcept { return booked_qty < cum_qty; }
  // What OrdStatus(39) would say of it: pending requests first, then the phase.
  OrdStatus ord_status() const noexcept;
  bool knows(std::string_view id) const noexcept;  // present, past or pending ClOrdID
  const std::string& first_id() const noexcept { return past_ids.empty() ? cl_ord_id : past_ids.front(); }  // as far as is known
  // The id the order itself has, or had at its end: a Canceled report carries the id of the request.
  const std::string& own_id() const noexcept { return cancel_of.empty() ? cl_ord_id : cancel_of; }
  friend bool operator==(const OrderState&, const OrderState&) = default;
};

// ---- events -----------------------------------------------------------------------------------------------------------
struct NewSent {  // a NewOrderSingle(D) left
  std::string cl_ord_id{}, symbol{};
  Side side{};
  FixedPointCount order_qty{};
  DollarDecimal price{};
  std::int32_t subaccount{0};
};
// orig_cl_ord_id, and the order_id of a reject, tell an OrderTracker which order is meant; apply() has been told.
struct ReplaceSent {  // G
  std::string cl_ord_id{};
  FixedPointCount order_qty{};
  std::optional<DollarDecimal> price{};
  std::string orig_cl_ord_id{};  // 41
};
struct CancelSent {  // F
  std::string cl_ord_id{};
  std::string orig_cl_ord_id{};  // 41
};
// The request never left, or was refused before exchange handling: Reject(3), BusinessMessageReject(j), on_not_sent.
struct RequestRefused {
  std::string cl_ord_id{}, text{};
};
struct CancelRejected {  // OrderCancelReject(9)
  std::string cl_ord_id{};
  OrdStatus ord_status{};
  std::string text{};
  std::string orig_cl_ord_id{}, order_id{};  // 41, 37; "" when absent
};
// Nobody can say whether the exchange took this request: the order's own D (phase outcome_unknown), or an amend or cancel of it.
struct OutcomeUnknown {
  std::string cl_ord_id{};
  UnknownCause cause{};
  std::string text{};
};
// What another source than FIX says of the order: a REST read, a WebSocket `user_order`, a store.
// For an order not known yet it is the beginning: trades up to cum_qty count as booked. For a known order it is news, or old, as a report
// would be: it resolves an unknown outcome, but books nothing, so trades_missing() tells of the trades that have not come.
struct Baseline {
  std::string cl_ord_id{}, order_id{}, symbol{};
  Side side{};
  FixedPointCount order_qty{}, cum_qty{}, leaves_qty{};
  DollarDecimal price{};
  std::int32_t subaccount{0};
  Timestamp as_of{};                     // the exchange's time of the order's last change (REST last_update_time); 0 = not said
  bool canceled{false};                  // with leaves_qty 0: it ended before all was filled, where the source says so
  std::vector<std::string> trade_ids{};  // of trades within cum_qty that are known (REST fills); adopting only
};
// A Fill is a trade told by REST or WebSocket: booked by its trade_id, once over all doors.
using OrderEvent =
    std::variant<NewSent, ReplaceSent, CancelSent, RequestRefused, CancelRejected, OutcomeUnknown, Baseline, Fill, OrderReport>;

// ---- effects ----------------------------------------------------------------------------------------------------------
enum class OrderEffectKind : std::uint8_t {
  accepted,  // the exchange has the order
  fill,      // book `fill`
  replaced,  // the amend holds; ClOrdID(11) changed
  canceled,
  expired,
  rejected,          // the order never was
  request_rejected,  // an amend or cancel was refused; `text` says why
  pending,           // the exchange has the amend or cancel
  outcome_unknown,   // nobody can say whether the exchange took the order, amend or cancel; `text` says why
  // findings: nothing to do for the order, something to know
  duplicate,        // a trade that is booked already
  late_new,         // New after the first trade
  after_end,        // a report about an order that has ended
  out_of_date,      // older than what is known: it changed nothing, or filled a gap
  trades_missing,   // the stated CumQty(14) is ahead of the booked trades
  amend_missing,    // id, price or quantity show an amend whose report has not come
  overfilled,       // more filled than asked for
  contradiction,    // the report does not fit what is known (another side, symbol, OrderID, or a status that cannot be); a trade in it
                    // stands in `fill` and is booked for nobody
  unknown_request,  // answer to a request that is not ours or has been answered
  unknown_exec_type
};
std::string_view to_string(OrderEffectKind kind) noexcept;

struct OrderEffect {
  OrderEffectKind kind{OrderEffectKind::accepted};
  std::optional<Fill> fill{};  // kind fill: book it; kind contradiction: look into it
  std::string text{};
  friend bool operator==(const OrderEffect&, const OrderEffect&) = default;
};

struct OrderTransition {
  OrderState state{};
  std::vector<OrderEffect> effects{};
};
OrderTransition apply(OrderState state, const OrderEvent& event);
// The same in place. Both throw Exception where quantities overflow; here the state is then what the event had made of it so far.
std::vector<OrderEffect> apply_to(OrderState& state, const OrderEvent& event);
// False for a Rejected, whose OrderID(37) is its own, and for a PendingNew, which comes before there is one.
bool names_the_order(const OrderReport& report) noexcept;
// What tells one Rejected from another, whose ExecIDs(17) are all "-1;-1": its own OrderID(37) and TransactTime(60), in microseconds. ""
// where it has no time: it cannot be told from others then.
std::string reject_key(const OrderReport& report);

}  // namespace marginfix
