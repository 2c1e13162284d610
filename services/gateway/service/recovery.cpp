// GatewayService: what became of orders, asked at REST where the exchange's sessions do not say, and when clients are let in.
#include <fmt/format.h>

#include <algorithm>

#include "marginfix/core/monotonic.hpp"
#include "services/gateway/service/gateway_service.hpp"

namespace marginfix::gateway {
namespace {

constexpr std::chrono::seconds kAskAgain{1}, kLookEvery{1};
constexpr std::chrono::seconds kRoom{60};        // the exchange's clock and ours may differ
constexpr std::chrono::seconds kTradesWait{30};  // for trades that an order's end came before
constexpr int kMostFailures = 5;                 // then clients are let in, and REST is asked on

}  // namespace

// Orders of the line's account of which something is not certain.
std::set<std::uint64_t> GatewayService::doubtful(const Line& line) const {
  std::set<std::uint64_t> numbers;
  for (const std::uint64_t number : desk_->unsettled_orders()) {
    const ClientOrder& order = *desk_->find(number);
    if (order.open() && order.account == line.key->name()) numbers.insert(number);
  }
  for (const std::uint64_t number : line.suspects) {
    const ClientOrder* order = desk_->find(number);
    if (order != nullptr && order->open()) numbers.insert(number);
  }
  return numbers;
}

bool GatewayService::needs_truth(const Line& line) const {
  if (!line.suspects.empty()) return true;
  const auto ours = [&](const ClientOrder* order) { return order != nullptr && order->account == line.key->name(); };
  for (const std::string& id : desk_->unknown_outcomes()) {
    if (ours(desk_->find_exchange_id(id))) return true;
  }
  return std::ranges::any_of(desk_->incomplete(), [&](std::uint64_t number) { return ours(desk_->find(number)); });
}

// From the oldest of them.
TruthQuestion GatewayService::question_of(const std::set<std::uint64_t>& orders) const {
  TruthQuestion question;
  Timestamp since = now();
  for (const std::uint64_t number : orders) {
    const ClientOrder* order = desk_->find(number);
    since = std::min(since, order->entered);
    if (!order->order_id.empty()) question.order_ids.push_back(order->order_id);
  }
  question.since = since - kRoom;
  return question;
}

// What has left and finds no word, though the session lives, is found out as well.
void GatewayService::doubt_unanswered() {
  Actions actions;
  for (const std::string& id : desk_->unanswered(now() - options_.answer_wait)) {
    const ClientOrder* order = desk_->find_exchange_id(id);
    const TrackedOrder* tracked = order == nullptr ? nullptr : desk_->tracked(*order);
    if (tracked == nullptr || std::max(tracked->last_event, tracked->last_sent) > now() - options_.answer_wait) continue;
    const std::chrono::nanoseconds clock = monotonic_time();  // which nobody sets
    const auto sent = sent_at_.find(id_hash(id));
    if (sent != sent_at_.end() && clock - sent->second < options_.answer_wait) continue;
    if (!has_left_before(*order, id, clock - options_.answer_wait)) continue;
    desk_->on_outcome_unknown(id, UnknownCause::unanswered, "the exchange has not answered", now(), actions);
  }
  if (!actions.facts.empty()) perform(actions);
}

// What waits for tokens, or for the exchange to read, is no older than the moment at which it leaves.
bool GatewayService::has_left_before(const ClientOrder& order, std::string_view exchange_id, std::chrono::nanoseconds before) const {
  const auto line = lines_.find(order.account);
  return line == lines_.end() || line->second.key->late_one_left(exchange_id, before);
}

void GatewayService::ask_where_needed() {
  const std::chrono::nanoseconds clock = monotonic_time();
  const bool looks = clock >= next_look_;  // at what may take seconds
  if (looks) {
    next_look_ = clock + kLookEvery;
    doubt_unanswered();
  }
  for (auto& [name, line] : lines_) {
    if (!line.key->caught_up() || clock < line.next_question || (line.recovered && !needs_truth(line))) continue;
    const std::set<std::uint64_t> doubts = doubtful(line);
    if (doubts.empty() || !line.key->can_ask()) {
      line.suspects.clear();
      if (!line.recovered) let_in(line);
      continue;
    }
    line.next_question = clock + kAskAgain;
    line.key->ask(question_of(doubts), [this, &line = line](const Result<Truth>& truth) { take_truth(line, truth); });
  }
  if (!looks) return;
  give_up_trades();
}

// Not before REST has been read for so long without them, again and again, and has been there to be read: a client must not lose a trade
// because the exchange was away.
void GatewayService::give_up_trades() {
  const std::chrono::nanoseconds clock = monotonic_time();
  Actions actions;
  const auto gone = [&](const ClientOrder& order, const TrackedOrder& tracked) {
    const auto line = lines_.find(order.account);
    if (line == lines_.end() || !line->second.key->can_ask()) return tracked.last_event < now() - kTradesWait;
    const auto looked_for = trades_looked_for_.find(order.number);
    return looked_for != trades_looked_for_.end() && clock - looked_for->second > kTradesWait;
  };
  desk_->give_up_trades(gone, now(), actions);
  if (!actions.facts.empty()) perform(actions);
}

// Trades that the exchange has stated and nobody has told of are true whenever they are read, however young the rest of the reading is.
void GatewayService::take_missing_trades(const Line& line, const Truth& truth) {
  const std::vector<std::uint64_t> missing = desk_->incomplete();
  const std::chrono::nanoseconds clock = monotonic_time();
  const Timestamp began = now() - std::chrono::duration_cast<std::chrono::microseconds>(clock - truth.began);
  Actions actions;
  try {
    for (const std::uint64_t number : missing) {
      const ClientOrder& order = *desk_->find(number);
      const OrderState* state = desk_->state_of(order);
      if (order.account != line.key->name() || state == nullptr) continue;
      for (const Fill& fill : truth.fills) {
        if (fill.order_id != order.order_id || desk_->has_trade(order, fill.trade_id)) continue;
        if (state->booked_qty + fill.quantity > state->cum_qty) continue;  // later than what was stated: with the rest of the reading
        Fill named = fill;
        named.cl_ord_id = order.exchange_id;
        desk_->on_fill(named, now(), actions);
      }
      if (state->trades_missing() && desk_->tracked(order)->last_event < began) trades_looked_for_.try_emplace(number, clock);
    }
  } catch (const std::exception& fault) {
    note(LogLevel::error, fmt::format("a trade that REST tells could not be applied: {}", fault.what()));
  }
  perform(actions);
  const std::vector<std::uint64_t> still = desk_->incomplete();
  std::erase_if(trades_looked_for_, [&](const auto& each) { return std::ranges::find(still, each.first) == still.end(); });
}

void GatewayService::take_truth(Line& line, const Result<Truth>& truth) {
  if (stopping_) return;
  if (!truth) {
    note(LogLevel::warning, fmt::format("{}: REST cannot say what became of orders: {}", line.key->name(), truth.error().message));
    if (++line.failures >= kMostFailures && !line.recovered && line.key->caught_up()) let_in(line);
    return;
  }
  line.failures = 0;
  take_missing_trades(line, *truth);
  if (!line.key->caught_up()) return;  // what it missed meanwhile is asked for when it is back
  Actions actions;
  try {
    for (const std::uint64_t number : doubtful(line)) {
      const ClientOrder& order = *desk_->find(number);
      if (!is_old_enough(line, order, *truth)) continue;
      if (truth->began > line.suspected_at) line.suspects.erase(number);  // else it was read before the hole
      take_order(*truth, order, actions);
    }
  } catch (const std::exception& fault) {
    note(LogLevel::error, fmt::format("what REST says could not be applied: {}", fault.what()));
  }
  std::erase_if(line.suspects, [&](std::uint64_t number) {
    const ClientOrder* order = desk_->find(number);
    return order == nullptr || !order->open();
  });
  perform(actions);
  if (!line.recovered) let_in(line);
}

// What REST says of an order; null: it knows none.
const Baseline* GatewayService::told_of(const Truth& truth, const ClientOrder& order) const {
  const auto told = std::ranges::find_if(truth.orders, [&](const Baseline& each) {
    if (!each.order_id.empty() && each.order_id == order.order_id) return true;
    return !each.cl_ord_id.empty() && desk_->find_exchange_id(each.cl_ord_id) == &order;
  });
  return told == truth.orders.end() ? nullptr : &*told;
}

// A request may still be under way, a message sent again by KalshiRT's own asking, and REST's lists are a moment behind: what was sent or
// heard just before the reading began is looked at in the next one. But a client that goes on asking for something holds nothing up: of an
// order that the exchange has said nothing of the D alone counts, and trades or an end that went lost some time ago are true whenever they
// are read.
bool GatewayService::is_old_enough(const Line& line, const ClientOrder& order, const Truth& truth) const {
  const TrackedOrder* tracked = desk_->tracked(order);
  if (tracked == nullptr) return false;
  const OrderState& state = tracked->state;
  const std::chrono::microseconds read_ago = std::chrono::duration_cast<std::chrono::microseconds>(monotonic_time() - truth.began);
  const Timestamp began = now() - read_ago;
  const bool unheard = state.phase == OrderPhase::outcome_unknown;
  const bool in_doubt = unheard || std::ranges::any_of(state.pending, [](const PendingRequest& each) { return each.unknown.has_value(); });
  if (line.suspects.contains(order.number) && truth.began - line.suspected_at > options_.settle) {
    const Baseline* told = told_of(truth, order);
    if (!in_doubt || (told != nullptr && (told->leaves_qty.is_zero() || told->cum_qty > state.booked_qty))) return true;
  }
  if (!unheard && tracked->last_event > began - options_.settle / 2) return false;
  if (!in_doubt) return true;
  const auto wait = options_.settle + (line.key->resends() ? line.key->resend_age_limit() : std::chrono::seconds{0});
  const auto left_late = [&](const PendingRequest& each) {
    return each.unknown && !has_left_before(order, each.cl_ord_id, truth.began - wait);
  };
  if (unheard ? !has_left_before(order, order.exchange_id, truth.began - wait) : std::ranges::any_of(state.pending, left_late))
    return false;
  return (unheard ? order.entered : tracked->last_sent) < began - wait &&
         line.key->up_for_us() > std::chrono::duration_cast<std::chrono::microseconds>(options_.settle).count();
}

void GatewayService::take_order(const Truth& truth, const ClientOrder& order, Actions& out) {
  const OrderState* state = desk_->state_of(order);
  if (state == nullptr) return;
  const Baseline* told = told_of(truth, order);
  if (told == nullptr) {
    if (state->phase == OrderPhase::outcome_unknown && state->cum_qty.is_zero())
      desk_->on_not_taken(order.exchange_id, "the exchange does not have the order", now(), out);
    return;
  }
  const bool in_doubt = state->phase < OrderPhase::open ||
                        std::ranges::any_of(state->pending, [](const PendingRequest& each) { return each.unknown.has_value(); });
  const bool differs = told->cum_qty > state->booked_qty || (told->leaves_qty.is_zero() && !is_final(state->phase));
  if (!in_doubt && !differs) return;
  tell_amend(*told, *state, out);
  const std::string order_id = told->order_id;
  for (const Fill& fill : truth.fills) {
    if (fill.order_id != order_id || desk_->has_trade(order, fill.trade_id)) continue;
    Fill named = fill;
    named.cl_ord_id = order.exchange_id;
    desk_->on_fill(named, now(), out);
  }
  desk_->on_baseline(*told, now(), out);
}

// A replace that was taken is told before the trades: some of them may need its quantity.
void GatewayService::tell_amend(const Baseline& told, const OrderState& state, Actions& out) {
  auto amend = std::ranges::find(state.pending, told.cl_ord_id, &PendingRequest::cl_ord_id);
  if (amend == state.pending.end())
    amend = std::ranges::find_if(state.pending, [&](const PendingRequest& each) {
      return each.unknown && each.order_qty == told.order_qty && each.price == told.price;
    });
  if (amend == state.pending.end() || !amend->order_qty || *amend->order_qty <= state.cum_qty) return;
  const bool cancel_in_doubt = std::ranges::any_of(
      state.pending, [](const PendingRequest& each) { return each.kind == PendingRequest::Kind::cancel && each.unknown.has_value(); });
  const bool ended_early = told.leaves_qty.is_zero() && told.cum_qty < *amend->order_qty;
  Baseline terms = told;
  // An end that a cancel in doubt may have brought about answers that, too; it is told behind the trades all the same.
  if (!cancel_in_doubt || !ended_early) {
    terms.order_qty = *amend->order_qty;
    terms.cum_qty = state.cum_qty;
    terms.leaves_qty = terms.order_qty - terms.cum_qty;
    terms.canceled = false;
  }
  desk_->on_baseline(terms, now(), out);
}

void GatewayService::let_in(Line& line) {
  line.recovered = true;
  note(LogLevel::info, line.key->name() + ": caught up, clients are let in");
  release_waiting(line);
  open_ = std::ranges::all_of(lines_, [](const auto& each) { return each.second.recovered; });
}

}  // namespace marginfix::gateway
