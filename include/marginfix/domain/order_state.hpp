// The life of one order as a pure function: (OrderState, event) -> (OrderState, effects). No I/O, no clock, any thread.
// Rules, each with a test (tests/unit/domain/order_state_test.cpp):
//  * ClOrdID(11) changes only on Replaced and Canceled, never on pending reports or rejects.
//  * Canceled, Expired, Rejected and Filled are final: later reports do not revive the order; a trade reported after the end is still
//  booked.
//  * A trade is booked once: by (LastMkt, ExecID), and never beyond the cumulative quantity the exchange states. A replay after a restart
//    that starts from a known CumQty(14) therefore books nothing twice. Duplicates are suppressed for booking only, the caller sees them.
//  * A fill while a cancel is pending counts; the pending cancel stays until Canceled or OrderCancelReject(9).
//  * OrderCancelReject(9) takes the pending request back: the order is again what it was.
//  * A New that comes after the first trade (sessions without 21026) changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "marginfix/domain/execution.hpp"

namespace marginfix {

enum class OrderPhase : std::uint8_t {
  none,              // nothing known yet
  sent,              // NewOrderSingle(D) left, no report yet
  pending_new,       // 150=A
  open,              // New, nothing filled
  partially_filled,  // open with fills
  filled,            // final from here on
  canceled,
  expired,
  rejected,
  not_sent  // the D never left: nothing to wait for
};
inline constexpr std::size_t kOrderPhases = 10;
constexpr bool is_final(OrderPhase phase) noexcept { return phase >= OrderPhase::filled; }
constexpr bool is_working(OrderPhase phase) noexcept { return phase == OrderPhase::open || phase == OrderPhase::partially_filled; }
std::string_view to_string(OrderPhase phase) noexcept;

// An amend or cancel on its way.
struct PendingRequest {
  enum class Kind : std::uint8_t { cancel, replace } kind{Kind::cancel};
  std::string cl_ord_id;
  bool acknowledged{false};                  // 150=6 or E was seen
  std::optional<FixedPointCount> order_qty;  // replace: the total asked for
  std::optional<DollarDecimal> price;
  friend bool operator==(const PendingRequest&, const PendingRequest&) = default;
};

struct OrderState {
  OrderPhase phase{OrderPhase::none};
  std::string cl_ord_id;              // the id the order answers to at present
  std::vector<std::string> past_ids;  // ids it had before, oldest first
  std::string order_id;               // 37
  std::string symbol;
  Side side{};
  std::int32_t subaccount{0};
  FixedPointCount order_qty;  // total asked for, as last confirmed (or sent)
  DollarDecimal price;
  FixedPointCount cum_qty;  // highest stated by the exchange
  FixedPointCount leaves_qty;
  FixedPointCount booked_qty;           // sum of the trades booked here, and of the baseline
  std::vector<PendingRequest> pending;  // oldest first
  std::vector<std::string> booked;      // Fill::key() of every booked trade
  std::string text;                     // Text(58) of the last report that had one
  // True when the exchange states more filled than was booked: trades are missing (ask the drop copy).
  bool trades_missing() const noexcept { return booked_qty < cum_qty; }
  // What OrdStatus(39) would say of it: pending requests first, then the phase.
  OrdStatus ord_status() const noexcept;
  bool knows(std::string_view id) const noexcept;  // present, past or pending ClOrdID
};

// ---- events -----------------------------------------------------------------------------------------------------------
struct NewSent {  // a NewOrderSingle(D) left
  std::string cl_ord_id, symbol;
  Side side{};
  FixedPointCount order_qty;
  DollarDecimal price;
  std::int32_t subaccount{0};
};
struct ReplaceSent {  // G
  std::string cl_ord_id;
  FixedPointCount order_qty;
  std::optional<DollarDecimal> price;
};
struct CancelSent {  // F
  std::string cl_ord_id;
};
// The request never left, or was refused before exchange handling: Reject(3), BusinessMessageReject(j), on_not_sent.
struct RequestRefused {
  std::string cl_ord_id, text;
};
struct CancelRejected {  // OrderCancelReject(9)
  std::string cl_ord_id;
  OrdStatus ord_status{};
  std::string text;
};
// Adopts an order found elsewhere (REST, a store) with what it had filled by then; trades up to cum_qty count as booked.
struct Baseline {
  std::string cl_ord_id, order_id, symbol;
  Side side{};
  FixedPointCount order_qty, cum_qty, leaves_qty;
  DollarDecimal price;
  std::int32_t subaccount{0};
};
using OrderEvent = std::variant<NewSent, ReplaceSent, CancelSent, RequestRefused, CancelRejected, Baseline, OrderReport>;

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
  // findings: nothing to do for the order, something to know
  duplicate,        // a trade that is booked already
  late_new,         // New after the first trade
  after_end,        // a report about an order that has ended
  trades_missing,   // the stated CumQty(14) is ahead of the booked trades
  overfilled,       // more booked or stated than ordered
  contradiction,    // the report does not fit what is known (another side, symbol, OrderID, or a status that cannot be)
  unknown_request,  // answer to a request that is not ours or has been answered
  unknown_exec_type
};
std::string_view to_string(OrderEffectKind kind) noexcept;

struct OrderEffect {
  OrderEffectKind kind{OrderEffectKind::accepted};
  std::optional<Fill> fill{};
  std::string text{};
};

struct OrderTransition {
  OrderState state;
  std::vector<OrderEffect> effects;
};
OrderTransition apply(OrderState state, const OrderEvent& event);

}  // namespace marginfix
