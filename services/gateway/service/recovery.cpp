// GatewayService: what became of orders, asked at REST where the exchange's sessions do not say, and when clients are let in.
#include <fmt/format.h>

#include <algorithm>

#include "marginfix/core/monotonic.hpp"
#include "services/gateway/service/gateway_service.hpp"

namespace marginfix::gateway {
namespace {

constexpr std::chrono::seconds kAskAgain{1};
constexpr std::chrono::seconds kRoom{60};        // the exchange's clock and ours may differ
constexpr std::chrono::seconds kTradesWait{30};  // for trades that an order's end came before
constexpr int kMostFailures = 5;                 // then clients are let in, and REST is asked on

}  // namespace

bool GatewayService::needs_truth(const Line& line) const {
  if (line.hole || !line.recovered) return true;
  const auto ours = [&](const ClientOrder* order) { return order != nullptr && order->account == line.key->name(); };
  for (const std::string& id : desk_->unknown_outcomes()) {
    if (ours(desk_->find_exchange_id(id))) return true;
  }
  return std::ranges::any_of(desk_->incomplete(), [&](std::uint64_t number) { return ours(desk_->find(number)); });
}

// From the oldest order that is open; there is nothing to ask about others.
TruthQuestion GatewayService::question_of(const Line& line) const {
  TruthQuestion question;
  Timestamp since = now();
  for (const std::uint64_t number : desk_->open_orders()) {
    const ClientOrder* order = desk_->find(number);
    if (order == nullptr || order->account != line.key->name()) continue;
    since = std::min(since, order->entered);
    if (!order->order_id.empty()) question.order_ids.push_back(order->order_id);
  }
  question.since = since - kRoom;
  return question;
}

void GatewayService::ask_where_needed() {
  const std::chrono::nanoseconds clock = monotonic_time();
  for (auto& [name, line] : lines_) {
    if (!line.key->caught_up() || clock < line.next_question || !needs_truth(line)) continue;
    if (!line.key->can_ask() || desk_->open_orders().empty()) {
      line.hole = false;
      if (!line.recovered) let_in(line);
      if (!line.key->can_ask()) continue;
    }
    if (desk_->open_orders().empty()) continue;
    line.next_question = clock + kAskAgain;
    line.key->ask(question_of(line), [this, &line = line](const Result<Truth>& truth) { take_truth(line, truth); });
  }
  Actions actions;
  desk_->give_up_trades(now() - kTradesWait, now(), actions);
  if (!actions.facts.empty()) perform(actions);
}

void GatewayService::take_truth(Line& line, const Result<Truth>& truth) {
  if (stopping_) return;
  if (!truth) {
    note(LogLevel::warning, fmt::format("{}: REST cannot say what became of orders: {}", line.key->name(), truth.error().message));
    if (++line.failures >= kMostFailures && !line.recovered && line.key->caught_up()) let_in(line);
    return;
  }
  line.failures = 0;
  if (!line.key->caught_up()) return;  // what it missed meanwhile is asked for when it is back
  Actions actions;
  try {
    std::vector<std::uint64_t> open(desk_->open_orders().begin(), desk_->open_orders().end());
    bool young = false;
    for (const std::uint64_t number : open) {
      const ClientOrder* order = desk_->find(number);
      if (order == nullptr || order->account != line.key->name()) continue;
      if (!is_old_enough(line, *order, truth->began)) {
        young = true;
        continue;
      }
      const auto told = std::ranges::find_if(truth->orders, [&](const Baseline& each) {
        if (!each.order_id.empty() && each.order_id == order->order_id) return true;
        return !each.cl_ord_id.empty() && desk_->find_exchange_id(each.cl_ord_id) == order;
      });
      take_order(*truth, *order, told == truth->orders.end() ? nullptr : &*told, actions);
    }
    line.hole = young;
  } catch (const std::exception& fault) {
    note(LogLevel::error, fmt::format("what REST says could not be applied: {}", fault.what()));
  }
  perform(actions);
  if (!line.recovered) let_in(line);
}

// A request may still be under way, a message sent again by KalshiRT's own asking, and REST's lists are a moment behind: what was sent or
// heard just before the reading began is looked at in the next one.
bool GatewayService::is_old_enough(const Line& line, const ClientOrder& order, std::chrono::nanoseconds read_began) const {
  const TrackedOrder* tracked = desk_->tracked(order);
  if (tracked == nullptr) return false;
  const std::chrono::microseconds read_ago = std::chrono::duration_cast<std::chrono::microseconds>(monotonic_time() - read_began);
  const Timestamp began = now() - read_ago;
  if (tracked->last_event > began - options_.settle / 2) return false;
  const bool in_doubt = tracked->state.phase == OrderPhase::outcome_unknown ||
                        std::ranges::any_of(tracked->state.pending, [](const PendingRequest& each) { return each.unknown.has_value(); });
  if (!in_doubt) return true;
  const auto wait = options_.settle + (line.key->resends() ? line.key->resend_age_limit() : std::chrono::seconds{0});
  return tracked->last_sent < began - wait &&
         line.key->up_for_us() > std::chrono::duration_cast<std::chrono::microseconds>(options_.settle).count();
}

// `told`: what REST says of the order; null: it knows none.
void GatewayService::take_order(const Truth& truth, const ClientOrder& order, const Baseline* told, Actions& out) {
  const OrderState* state = desk_->state_of(order);
  if (state == nullptr) return;
  if (told == nullptr) {
    if (state->phase == OrderPhase::outcome_unknown && state->cum_qty.is_zero())
      desk_->on_not_taken(order.exchange_id, "the exchange does not have the order", now(), out);
    return;
  }
  const bool in_doubt = state->phase < OrderPhase::open ||
                        std::ranges::any_of(state->pending, [](const PendingRequest& each) { return each.unknown.has_value(); });
  const bool differs = told->cum_qty > state->booked_qty || (told->leaves_qty.is_zero() && !is_final(state->phase));
  if (!in_doubt && !differs) return;
  const std::string order_id = told->order_id;
  for (const Fill& fill : truth.fills) {
    if (fill.order_id != order_id || desk_->has_trade(order, fill.trade_id)) continue;
    Fill named = fill;
    named.cl_ord_id = order.exchange_id;
    desk_->on_fill(named, now(), out);
  }
  desk_->on_baseline(*told, now(), out);
}

void GatewayService::let_in(Line& line) {
  line.recovered = true;
  note(LogLevel::info, line.key->name() + ": caught up, clients are let in");
  release_waiting(line);
  open_ = std::ranges::all_of(lines_, [](const auto& each) { return each.second.recovered; });
}

}  // namespace marginfix::gateway
