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

// ---- copies ---------------------------------------------------------------------------------------------------------------
OrderTracker::OrderTracker(const OrderTracker& other) : orders_(other.orders_), last_(other.last_), effects_(other.effects_) {
  index_everything();
}

OrderTracker& OrderTracker::operator=(const OrderTracker& other) {
  if (this != &other) *this = OrderTracker(other);
  return *this;
}

// ---- which order ----------------------------------------------------------------------------------------------------------
// The order with this id that fits: one that lives before one that has ended, the latest of several.
OrderTracker::Entry* OrderTracker::by_id(std::string_view cl_ord_id, bool (*fits)(const OrderState&)) const {
  Entry* best = nullptr;
  if (cl_ord_id.empty()) return best;
  const auto rank = [](const Entry& order) { return std::pair(lives(order.second.state), order.first); };
  by_cl_ord_id_.for_each(id_hash(cl_ord_id), [&](Entry* order) {
    const OrderState& state = order->second.state;
    if (!holds(state, cl_ord_id) || !fits(state)) return;
    if (best == nullptr || rank(*best) < rank(*order)) best = order;
  });
  return best;
}

OrderTracker::Entry* OrderTracker::by_order_id(std::string_view order_id) const {
  return by_order_id_.find(id_hash(order_id), [&](const Entry* order) { return order->second.state.order_id == order_id; });
}

OrderTracker::Entry* OrderTracker::place(const OrderEvent& event, const Names& names) const {
  const auto either_id = [&](bool (*fits)(const OrderState&)) {
    Entry* const order = by_id(names.cl_ord_id, fits);
    return order != nullptr ? order : by_id(names.orig_cl_ord_id, fits);
  };
  if (std::holds_alternative<NewSent>(event)) {
    Entry* const living = by_id(names.cl_ord_id, lives);
    return living != nullptr && living->second.state.cl_ord_id == names.cl_ord_id ? living : nullptr;  // an id that was left is free again
  }
  if (is_request(event)) return by_id(names.orig_cl_ord_id, any);  // its own id is new
  if (!names.order_id.empty()) {
    if (Entry* const known = by_order_id(names.order_id)) return known;
    if (names_an_order(event)) return either_id(is_unnamed);
  }
  if (Entry* const waiting = by_id(names.cl_ord_id, waits)) return waiting;  // what a Rejected is about
  return either_id(any);
}

OrderTracker::Entry* OrderTracker::begin(const OrderEvent& event, Timestamp now) {
  if (!begins_an_order(event)) return nullptr;
  const auto order = orders_.try_emplace(orders_.end(), ++last_);
  order->second.first_event = now;
  return &*order;
}

OrderTracker::Change OrderTracker::apply(const OrderEvent& event, Timestamp now) {
  const Names names = names_of(event);
  Entry* entry = place(event, names);
  if (entry == nullptr) entry = begin(event, now);
  if (entry == nullptr) return unplaced(event, names);
  TrackedOrder& order = entry->second;
  order.last_event = now;
  if (is_request(event)) order.last_sent = now;
  // A read may answer requests that it does not name.
  std::vector<std::string> asked;
  for (const PendingRequest& p : order.state.pending) asked.push_back(p.cl_ord_id);
  const bool knew = holds(order.state, names.cl_ord_id), knew_orig = holds(order.state, names.orig_cl_ord_id);
  effects_ = apply_to(order.state, event);
  index(*entry, names.cl_ord_id);
  index(*entry, names.orig_cl_ord_id);
  for (const std::string& id : asked) index(*entry, id);
  if (names_an_order(event)) {
    if (!knew) absorb(*entry, names.cl_ord_id);
    if (!knew_orig) absorb(*entry, names.orig_cl_ord_id);
  }
  index_order_id(*entry);
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
void OrderTracker::index(Entry& order, std::string_view cl_ord_id) {
  if (cl_ord_id.empty()) return;
  if (holds(order.second.state, cl_ord_id))
    by_cl_ord_id_.insert(id_hash(cl_ord_id), &order);
  else
    by_cl_ord_id_.erase(id_hash(cl_ord_id), &order);
}

// The first that was told to have it keeps it.
void OrderTracker::index_order_id(Entry& order) {
  const std::string& order_id = order.second.state.order_id;
  if (!order_id.empty() && by_order_id(order_id) == nullptr) by_order_id_.insert(id_hash(order_id), &order);
}

// The order is told to have had this id: a D with it that still waits for the exchange's word on it was this one.
void OrderTracker::absorb(Entry& order, std::string_view learnt_id) {
  if (!holds(order.second.state, learnt_id)) return;
  const auto same = [&](const OrderState& s) { return s.order_id.empty() && waits(s) && s.cl_ord_id == learnt_id; };
  Entry* const other =
      by_cl_ord_id_.find(id_hash(learnt_id), [&](const Entry* each) { return each != &order && same(each->second.state); });
  if (other == nullptr) return;
  TrackedOrder& kept = order.second;
  kept.first_event = std::min(kept.first_event, other->second.first_event);
  kept.last_sent = std::max(kept.last_sent, other->second.last_sent);
  const std::vector<PendingRequest> asked = other->second.state.pending;
  drop(*other);
  for (const PendingRequest& p : asked) {
    if (kept.state.knows(p.cl_ord_id)) continue;
    kept.state.pending.push_back(p);
    index(order, p.cl_ord_id);
  }
}

void OrderTracker::index_all(Entry& order, const OrderState& ids_of) {
  index(order, ids_of.cl_ord_id);
  for (const std::string& id : ids_of.past_ids) index(order, id);
  for (const std::string& id : ids_of.refused_ids) index(order, id);
  for (const PendingRequest& p : ids_of.pending) index(order, p.cl_ord_id);
  index_order_id(order);
}

void OrderTracker::index_everything() {
  for (Entry& order : orders_) index_all(order, order.second.state);
}

const TrackedOrder* OrderTracker::find(std::string_view cl_ord_id) const {
  const Entry* const order = by_id(cl_ord_id, any);
  return order == nullptr ? nullptr : &order->second;
}

const TrackedOrder* OrderTracker::find_by_order_id(std::string_view order_id) const {
  const Entry* const order = by_order_id(order_id);
  return order == nullptr ? nullptr : &order->second;
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
    Entry& each = *order++;
    if (each.second.last_event < before && done(each.second)) drop(each);
  }
  return had - orders_.size();
}

void OrderTracker::drop(Entry& order) {
  const OrderState state = std::exchange(order.second.state, {});  // it holds no id any more: index() takes it out
  by_order_id_.erase(id_hash(state.order_id), &order);
  index_all(order, state);
  orders_.erase(order.first);
}

}  // namespace marginfix
