// The order-state machine. One function an event; reports one function an ExecType.
#include "marginfix/domain/order_state.hpp"

#include <algorithm>
#include <utility>

namespace marginfix {
namespace {

using Kind = OrderEffectKind;

class Step {
 public:
  explicit Step(OrderState state) { out_.state = std::move(state); }
  OrderTransition take() { return std::move(out_); }

  void operator()(const NewSent& e) {
    if (s().phase != OrderPhase::none) return note(Kind::contradiction, "this order exists already");
    s().phase = OrderPhase::sent;
    s().cl_ord_id = e.cl_ord_id;
    s().symbol = e.symbol;
    s().side = e.side;
    s().order_qty = s().leaves_qty = e.order_qty;
    s().price = e.price;
    s().subaccount = e.subaccount;
  }

  void operator()(const ReplaceSent& e) { request({PendingRequest::Kind::replace, e.cl_ord_id, false, e.order_qty, e.price}); }
  void operator()(const CancelSent& e) { request({PendingRequest::Kind::cancel, e.cl_ord_id, false, std::nullopt, std::nullopt}); }

  void operator()(const RequestRefused& e) {
    if (take_pending(e.cl_ord_id)) return note(Kind::request_rejected, e.text);
    if (e.cl_ord_id != s().cl_ord_id || s().phase != OrderPhase::sent) return note(Kind::unknown_request, e.cl_ord_id);
    end(OrderPhase::not_sent);
    s().text = e.text;
    note(Kind::rejected, e.text);
  }

  void operator()(const CancelRejected& e) {
    if (!take_pending(e.cl_ord_id))
      note(Kind::unknown_request, e.cl_ord_id);
    else
      note(Kind::request_rejected, e.text);
    // 39 tells what the exchange holds the order for: an end we have not seen means a report is missing.
    const bool ended_there = e.ord_status == OrdStatus::Filled || e.ord_status == OrdStatus::Canceled || e.ord_status == OrdStatus::Expired;
    if (ended_there && !is_final(s().phase)) note(Kind::contradiction, "the exchange holds the order for " + to_string(e.ord_status));
  }

  void operator()(const Baseline& e) {
    if (s().phase != OrderPhase::none) return note(Kind::contradiction, "this order exists already");
    s().cl_ord_id = e.cl_ord_id;
    s().order_id = e.order_id;
    s().symbol = e.symbol;
    s().side = e.side;
    s().order_qty = e.order_qty;
    s().price = e.price;
    s().subaccount = e.subaccount;
    s().cum_qty = s().booked_qty = e.cum_qty;
    s().leaves_qty = e.leaves_qty;
    s().phase = working_phase();
    if (e.leaves_qty.is_zero()) s().phase = e.cum_qty.is_zero() || e.cum_qty < e.order_qty ? OrderPhase::canceled : OrderPhase::filled;
    note(Kind::accepted);
  }

  void operator()(const OrderReport& r) {
    identify(r);
    if (s().phase == OrderPhase::not_sent) {  // what the exchange reports exists, whatever we believed
      s().phase = OrderPhase::sent;
      s().leaves_qty = s().order_qty;
      note(Kind::contradiction, "the order was thought never to have left");
    }
    if (!r.text.empty()) s().text = r.text;
    switch (r.exec_type) {
      case ExecType::PendingNew:
        return on_pending_new(r);
      case ExecType::New:
        return on_new(r);
      case ExecType::Trade:
        return on_trade(r);
      case ExecType::PendingCancel:
        return on_pending(r, PendingRequest::Kind::cancel);
      case ExecType::PendingReplace:
        return on_pending(r, PendingRequest::Kind::replace);
      case ExecType::Replaced:
        return on_replaced(r);
      case ExecType::Canceled:
        return on_ended(r, OrderPhase::canceled, Kind::canceled);
      case ExecType::Expired:
        return on_ended(r, OrderPhase::expired, Kind::expired);
      case ExecType::Rejected:
        return on_rejected(r);
    }
    note(Kind::unknown_exec_type, to_wire(r.exec_type));
  }

 private:
  OrderState& s() noexcept { return out_.state; }
  void note(Kind kind, std::string text = {}) { out_.effects.push_back({kind, std::nullopt, std::move(text)}); }

  OrderPhase working_phase() noexcept { return s().cum_qty.is_zero() ? OrderPhase::open : OrderPhase::partially_filled; }
  void end(OrderPhase phase) {
    s().phase = phase;
    s().leaves_qty = {};
    s().pending.clear();
  }

  void request(PendingRequest pending) {
    // An order that has ended may still be asked about: the answer, a 9, must find its request.
    if (s().phase == OrderPhase::none || s().knows(pending.cl_ord_id))
      note(Kind::contradiction, "ClOrdID(11) is not new, or there is no order");
    else
      s().pending.push_back(std::move(pending));
  }
  bool take_pending(std::string_view id) {
    return std::erase_if(s().pending, [id](const PendingRequest& p) { return p.cl_ord_id == id; }) != 0;
  }
  void move_to_id(const std::string& id) {
    take_pending(id);
    if (id.empty() || id == s().cl_ord_id) return;
    if (!s().cl_ord_id.empty()) s().past_ids.push_back(s().cl_ord_id);
    s().cl_ord_id = id;
  }

  // First sight of an order (listener, drop copy, restart) takes its identity from the report; later ones are compared with it.
  void identify(const OrderReport& r) {
    if (s().phase == OrderPhase::none) {
      s().cl_ord_id = r.orig_cl_ord_id.value_or(r.cl_ord_id);
      s().symbol = r.symbol;
      s().side = r.side;
      s().order_qty = s().leaves_qty = r.order_qty;
      s().price = r.price.value_or(DollarDecimal{});
      s().subaccount = r.alloc_account.value_or(0);
    }
    if (s().order_id.empty()) s().order_id = r.order_id;
    if (s().order_id != r.order_id || s().symbol != r.symbol || s().side != r.side) {
      note(Kind::contradiction, "OrderID(37), Symbol(55) or Side(54) are not this order's");
    }
  }

  // Quantities of a report that is not older than what is known. CumQty(14) never goes back.
  void take_quantities(const OrderReport& r) {
    if (r.cum_qty < s().cum_qty) return;
    s().cum_qty = r.cum_qty;
    if (!is_final(s().phase)) s().leaves_qty = r.leaves_qty;
  }
  void check_booked() {
    if (s().trades_missing()) note(Kind::trades_missing, s().cum_qty.to_string() + " filled, " + s().booked_qty.to_string() + " booked");
  }

  void on_pending_new(const OrderReport& r) {
    if (is_final(s().phase)) return note(Kind::after_end);
    if (s().phase == OrderPhase::none || s().phase == OrderPhase::sent) s().phase = OrderPhase::pending_new;
    take_quantities(r);
  }

  void on_new(const OrderReport& r) {
    if (s().phase == OrderPhase::partially_filled || s().phase == OrderPhase::filled) return note(Kind::late_new);
    if (is_final(s().phase)) return note(Kind::after_end);
    if (s().phase == OrderPhase::open) return note(Kind::duplicate, "New");
    take_quantities(r);
    s().phase = working_phase();
    note(Kind::accepted);
    check_booked();
  }

  void book(const OrderReport& r) {
    const auto told = to_fill(r);
    if (!told || told->quantity <= FixedPointCount{}) return note(Kind::contradiction, "a trade without LastQty(32)");
    Fill fill = *told;
    fill.cl_ord_id = s().cl_ord_id;
    fill.order_id = s().order_id;
    fill.symbol = s().symbol;
    fill.subaccount = s().subaccount;
    fill.side = s().side;
    const std::string key = fill.key();
    if (std::ranges::find(s().booked, key) != s().booked.end()) return note(Kind::duplicate, key);
    if (r.cum_qty < fill.quantity) {  // CumQty(14) missing or wrong: a trade is a trade
      note(Kind::contradiction, "CumQty(14) is less than LastQty(32)");
      s().cum_qty = std::max(s().cum_qty, s().booked_qty + fill.quantity);
    }
    // More than the exchange ever stated cannot be new: it is part of the baseline.
    if (s().booked_qty + fill.quantity > s().cum_qty) return note(Kind::duplicate, key);
    s().booked_qty += fill.quantity;
    s().booked.push_back(key);
    out_.effects.push_back({Kind::fill, std::move(fill), {}});
  }

  void on_trade(const OrderReport& r) {
    const bool ended = is_final(s().phase);
    take_quantities(r);
    book(r);
    if (ended) {
      if (s().phase == OrderPhase::filled) return check_booked();
      return note(Kind::after_end), check_booked();
    }
    if (s().cum_qty > r.order_qty && !r.order_qty.is_zero() && r.cum_qty == s().cum_qty) note(Kind::overfilled);
    const bool newest = r.cum_qty == s().cum_qty;
    if (newest && (r.ord_status == OrdStatus::Filled ||
                   (r.leaves_qty.is_zero() && r.ord_status != OrdStatus::PartiallyFilled && r.cum_qty >= s().order_qty)))
      end(OrderPhase::filled);
    else
      s().phase = working_phase();
    check_booked();
  }

  void on_pending(const OrderReport& r, PendingRequest::Kind kind) {
    if (is_final(s().phase)) return note(Kind::after_end);
    if (s().phase == OrderPhase::none || s().phase == OrderPhase::sent || s().phase == OrderPhase::pending_new) s().phase = working_phase();
    const auto known = std::ranges::find(s().pending, r.cl_ord_id, &PendingRequest::cl_ord_id);
    if (known != s().pending.end())
      known->acknowledged = true;
    else if (r.cl_ord_id != s().cl_ord_id)
      s().pending.push_back({kind, r.cl_ord_id, true, std::nullopt, std::nullopt});
    take_quantities(r);
    note(Kind::pending);
    check_booked();
  }

  void on_replaced(const OrderReport& r) {
    if (is_final(s().phase)) return note(Kind::after_end);
    move_to_id(r.cl_ord_id);
    take_quantities(r);
    s().order_qty = r.order_qty;
    if (r.price) s().price = *r.price;
    s().phase = working_phase();
    note(Kind::replaced);
    // Less than or exactly what is filled already: nothing is left to work.
    if (r.leaves_qty.is_zero() && r.cum_qty == s().cum_qty && !r.cum_qty.is_zero()) end(OrderPhase::filled);
    check_booked();
  }

  void on_ended(const OrderReport& r, OrderPhase phase, Kind kind) {
    if (is_final(s().phase)) return note(Kind::after_end);
    move_to_id(r.cl_ord_id);
    take_quantities(r);
    end(phase);
    note(kind, r.text);
    check_booked();
  }

  void on_rejected(const OrderReport& r) {
    if (is_final(s().phase)) return note(Kind::after_end);
    if (s().phase == OrderPhase::open || s().phase == OrderPhase::partially_filled) {
      // A duplicate ClOrdID(11) answers a second D with the id of a living order: the living one is not touched.
      return note(Kind::contradiction, "Rejected, but the order works");
    }
    end(OrderPhase::rejected);
    note(Kind::rejected, r.text);
  }

  OrderTransition out_;
};

}  // namespace

OrdStatus OrderState::ord_status() const noexcept {
  if (!is_final(phase)) {
    const auto is = [this](PendingRequest::Kind kind) {
      return std::ranges::any_of(pending, [kind](const PendingRequest& p) { return p.kind == kind; });
    };
    if (is(PendingRequest::Kind::cancel)) return OrdStatus::PendingCancel;
    if (is(PendingRequest::Kind::replace)) return OrdStatus::PendingReplace;
  }
  switch (phase) {
    case OrderPhase::none:
    case OrderPhase::sent:
    case OrderPhase::pending_new:
      return OrdStatus::PendingNew;
    case OrderPhase::open:
      return OrdStatus::New;
    case OrderPhase::partially_filled:
      return OrdStatus::PartiallyFilled;
    case OrderPhase::filled:
      return OrdStatus::Filled;
    case OrderPhase::canceled:
      return OrdStatus::Canceled;
    case OrderPhase::expired:
      return OrdStatus::Expired;
    case OrderPhase::rejected:
    case OrderPhase::not_sent:
      return OrdStatus::Rejected;
  }
  return OrdStatus::PendingNew;
}

bool OrderState::knows(std::string_view id) const noexcept {
  return cl_ord_id == id || std::ranges::find(past_ids, id) != past_ids.end() ||
         std::ranges::any_of(pending, [id](const PendingRequest& p) { return p.cl_ord_id == id; });
}

OrderTransition apply(OrderState state, const OrderEvent& event) {
  Step step(std::move(state));
  std::visit(step, event);
  return step.take();
}

std::string_view to_string(OrderPhase phase) noexcept {
  constexpr std::string_view kNames[kOrderPhases] = {"none",   "sent",     "pending new", "open",     "partially filled",
                                                     "filled", "canceled", "expired",     "rejected", "not sent"};
  const auto i = static_cast<std::size_t>(phase);
  return i < kOrderPhases ? kNames[i] : std::string_view("?");
}

std::string_view to_string(OrderEffectKind kind) noexcept {
  constexpr std::string_view kNames[] = {
      "accepted",  "fill",     "replaced",      "canceled",       "expired",    "rejected",      "request rejected", "pending",
      "duplicate", "late New", "after the end", "trades missing", "overfilled", "contradiction", "unknown request",  "unknown ExecType"};
  const auto i = static_cast<std::size_t>(kind);
  return i < std::size(kNames) ? kNames[i] : std::string_view("?");
}

}  // namespace marginfix
