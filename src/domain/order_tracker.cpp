// OrderTracker: which order an event is about. Snapshots: order_snapshot.cpp.
#include "marginfix/domain/order_tracker.hpp"

#include <algorithm>
#include <utility>

namespace marginfix {

// What an event says of whose it is; "" where it says nothing.
struct OrderTracker::Names {
  std::string_view order_id, cl_ord_id, orig_cl_ord_id;
};

namespace {

bool any(const OrderState&) { return true; }
bool lives(const OrderState& state) { return !is_final(state.phase); }
// The exchange has not named it yet, so that the first report with an OrderID(37) may be about it. A rejected order never gets one: whoever
// has its ClOrdID now is another order.
bool is_unnamed(const OrderState& state) { return state.order_id.empty() && state.phase != OrderPhase::rejected; }
// A D with its id has no answer.
bool waits(const OrderState& state) {
  return state.phase == OrderPhase::sent || state.phase == OrderPhase::pending_new || state.phase == OrderPhase::outcome_unknown;
}

bool has_ended(const TrackedOrder& order) { return is_final(order.state.phase); }
bool is_done_with(const TrackedOrder& order) { return has_ended(order) && order.state.pending.empty() && !order.state.trades_missing(); }

// An id under which the order is found.
bool holds(const OrderState& state, std::string_view id) {
  return state.knows(id) || std::ranges::find(state.refused_ids, id) != state.refused_ids.end();
}

template <class... T>
bool is_one_of(const OrderEvent& event) {
  return (std::holds_alternative<T>(event) || ...);
}
bool is_request(const OrderEvent& event) { return is_one_of<NewSent, ReplaceSent, CancelSent>(event); }
// Its OrderID(37) is an order's, of which this may be the first word.
bool names_an_order(const OrderEvent& event) {
  if (const auto* report = std::get_if<OrderReport>(&event)) return names_the_order(*report);
  return is_one_of<Baseline, Fill>(event);
}
bool begins_an_order(const OrderEvent& event) { return is_one_of<NewSent, Baseline, OrderReport>(event); }

}  // namespace

OrderTracker::Names OrderTracker::names_of(const OrderEvent& event) {
  const auto names = []<class T>(const T& e) -> Names {
    if constexpr (std::is_same_v<T, OrderReport>)
      return {e.order_id, e.cl_ord_id, e.orig_cl_ord_id ? std::string_view(*e.orig_cl_ord_id) : std::string_view()};
    else if constexpr (std::is_same_v<T, Baseline> || std::is_same_v<T, Fill>)
      return {e.order_id, e.cl_ord_id, {}};
    else if constexpr (std::is_same_v<T, CancelRejected>)
      return {e.order_id, e.cl_ord_id, e.orig_cl_ord_id};
    else if constexpr (std::is_same_v<T, ReplaceSent> || std::is_same_v<T, CancelSent>)
      return {{}, e.cl_ord_id, e.orig_cl_ord_id};
    else
      return {{}, e.cl_ord_id, {}};
  };
  return std::visit(names, event);
}

// The order with this id that fits: one that lives before one that has ended, the latest of several.
OrderTracker::Number OrderTracker::by_id(std::string_view cl_ord_id, bool (*fits)(const OrderState&)) const {
  const auto numbers = cl_ord_id.empty() ? by_cl_ord_id_.end() : by_cl_ord_id_.find(cl_ord_id);
  if (numbers == by_cl_ord_id_.end()) return 0;
  std::pair<bool, Number> best{false, 0};
  for (const Number number : numbers->second) {
    const OrderState& state = orders_.at(number).state;
    if (fits(state)) best = std::max(best, {lives(state), number});
  }
  return best.second;
}

OrderTracker::Number OrderTracker::place(const OrderEvent& event, const Names& names) const {
  const auto either_id = [&](bool (*fits)(const OrderState&)) {
    const Number number = by_id(names.cl_ord_id, fits);
    return number != 0 ? number : by_id(names.orig_cl_ord_id, fits);
  };
  if (std::holds_alternative<NewSent>(event)) {
    const Number living = by_id(names.cl_ord_id, lives);
    return living != 0 && orders_.at(living).state.cl_ord_id == names.cl_ord_id ? living : 0;  // an id that was left is free again
  }
  if (is_request(event)) return by_id(names.orig_cl_ord_id, any);  // its own id is new
  if (!names.order_id.empty()) {
    if (const auto known = by_order_id_.find(names.order_id); known != by_order_id_.end()) return known->second;
    if (names_an_order(event)) return either_id(is_unnamed);
  }
  if (const Number waiting = by_id(names.cl_ord_id, waits)) return waiting;  // what a Rejected is about
  return either_id(any);
}

OrderTracker::Number OrderTracker::begin(const OrderEvent& event, Timestamp now) {
  if (!begins_an_order(event)) return 0;
  orders_[++last_].first_event = now;
  return last_;
}

OrderTracker::Change OrderTracker::apply(const OrderEvent& event, Timestamp now) {
  const Names names = names_of(event);
  Number number = place(event, names);
  if (number == 0) number = begin(event, now);
  if (number == 0) return unplaced(event, names);
  TrackedOrder& order = orders_.at(number);
  order.last_event = now;
  if (is_request(event)) order.last_sent = now;
  // A read may answer requests that it does not name.
  std::vector<std::string> asked;
  for (const PendingRequest& p : order.state.pending) asked.push_back(p.cl_ord_id);
  const bool knew = holds(order.state, names.cl_ord_id), knew_orig = holds(order.state, names.orig_cl_ord_id);
  effects_ = apply_to(order.state, event);
  index(number, names.cl_ord_id);
  index(number, names.orig_cl_ord_id);
  for (const std::string& id : asked) index(number, id);
  if (names_an_order(event)) {
    if (!knew) absorb(number, names.cl_ord_id);
    if (!knew_orig) absorb(number, names.orig_cl_ord_id);
  }
  if (!order.state.order_id.empty()) by_order_id_.try_emplace(order.state.order_id, number);
  return {&order, effects_};
}

OrderTracker::Change OrderTracker::unplaced(const OrderEvent& event, const Names& names) {
  if (const auto* fill = std::get_if<Fill>(&event))
    effects_ = {{OrderEffectKind::contradiction, *fill, "a trade of an order that is not known"}};
  else
    effects_ = {{OrderEffectKind::unknown_request, std::nullopt, std::string(names.cl_ord_id)}};
  return {nullptr, effects_};
}

// What is found is a function of the states alone, so that a restored tracker finds the same.
void OrderTracker::index(Number number, std::string_view cl_ord_id) {
  if (cl_ord_id.empty()) return;
  const bool held = holds(orders_.at(number).state, cl_ord_id);
  auto numbers = by_cl_ord_id_.find(cl_ord_id);
  if (numbers == by_cl_ord_id_.end()) {
    if (held) by_cl_ord_id_.emplace(cl_ord_id, std::vector<Number>{number});
    return;
  }
  std::erase(numbers->second, number);
  if (held) numbers->second.push_back(number);
  if (numbers->second.empty()) by_cl_ord_id_.erase(numbers);
}

// The order is told to have had this id: a D with it that still waits for the exchange's word on it was this one.
void OrderTracker::absorb(Number number, std::string_view learnt_id) {
  const auto same = [&](const OrderState& s) { return s.order_id.empty() && waits(s) && s.cl_ord_id == learnt_id; };
  const auto numbers = by_cl_ord_id_.find(learnt_id);
  if (numbers == by_cl_ord_id_.end() || !holds(orders_.at(number).state, learnt_id)) return;
  const auto other = std::ranges::find_if(numbers->second, [&](Number n) { return n != number && same(orders_.at(n).state); });
  if (other == numbers->second.end()) return;
  const auto from = orders_.find(*other);
  TrackedOrder& order = orders_.at(number);
  order.first_event = std::min(order.first_event, from->second.first_event);
  order.last_sent = std::max(order.last_sent, from->second.last_sent);
  const std::vector<PendingRequest> asked = from->second.state.pending;
  drop(from);
  for (const PendingRequest& p : asked) {
    if (order.state.knows(p.cl_ord_id)) continue;
    order.state.pending.push_back(p);
    index(number, p.cl_ord_id);
  }
}

void OrderTracker::index_all(Number number, const OrderState& ids_of) {
  index(number, ids_of.cl_ord_id);
  for (const std::string& id : ids_of.past_ids) index(number, id);
  for (const std::string& id : ids_of.refused_ids) index(number, id);
  for (const PendingRequest& p : ids_of.pending) index(number, p.cl_ord_id);
  if (!orders_.at(number).state.order_id.empty()) by_order_id_.try_emplace(ids_of.order_id, number);
}

const TrackedOrder* OrderTracker::find(std::string_view cl_ord_id) const {
  const Number number = by_id(cl_ord_id, any);
  return number == 0 ? nullptr : &orders_.at(number);
}

const TrackedOrder* OrderTracker::find_by_order_id(std::string_view order_id) const {
  const auto known = by_order_id_.find(order_id);
  return known == by_order_id_.end() ? nullptr : &orders_.at(known->second);
}

std::vector<const TrackedOrder*> OrderTracker::all() const {
  std::vector<const TrackedOrder*> out;
  out.reserve(orders_.size());
  for (const auto& [number, order] : orders_) out.push_back(&order);
  return out;
}

std::vector<const TrackedOrder*> OrderTracker::in_hand() const {
  std::vector<const TrackedOrder*> out;
  for (const auto& [number, order] : orders_) {
    if (!is_done_with(order)) out.push_back(&order);
  }
  return out;
}

std::size_t OrderTracker::forget(Timestamp before) { return forget(before, is_done_with); }
std::size_t OrderTracker::forget_all_ended(Timestamp before) { return forget(before, has_ended); }

std::size_t OrderTracker::forget(Timestamp before, bool (*done)(const TrackedOrder&)) {
  const std::size_t had = orders_.size();
  for (auto order = orders_.begin(); order != orders_.end();) {
    const auto next = std::next(order);
    if (order->second.last_event < before && done(order->second)) drop(order);
    order = next;
  }
  return had - orders_.size();
}

void OrderTracker::drop(std::map<Number, TrackedOrder>::iterator order) {
  const OrderState state = std::exchange(order->second.state, {});  // it holds no id any more: index() takes it out
  index_all(order->first, state);
  if (!state.order_id.empty()) by_order_id_.erase(state.order_id);
  orders_.erase(order);
}

}  // namespace marginfix
