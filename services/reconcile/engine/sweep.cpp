#include "services/reconcile/engine/sweep.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "services/reconcile/engine/sweep_fills.hpp"
#include "services/reconcile/engine/sweep_money.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/match/orders.hpp"

namespace marginfix::reconcile {

namespace {

// A list of REST may be a moment behind the engine.
constexpr auto kOrderSettle = std::chrono::seconds(3);
constexpr std::size_t kChunkOfOrders = 10'000;

// OrdStatus(39) of a report after which none comes: filled, done for the day, canceled, rejected, expired.
bool has_ended(const OrderRow& order) {
  return order.ord_status.size() == 1 && std::string_view("2348C").find(order.ord_status[0]) != std::string_view::npos;
}

// The listener was away since FIX last told of the order, or while it did, and drop copy did not fill the hole: what FIX said of its
// CumQty, LeavesQty and AvgPx is older than what became of it, which REST alone knows. That KalshiRT has sent again what it had proves
// nothing: it passes over what it retains no longer, without a word. A fill that is missing then is found by its coverage.
bool told_by_rest_alone(EngineState& state, const OrderRow& order) {
  if (has_ended(order)) return false;  // FIX's last word of it cannot be overtaken
  return order.fix_seen != Timestamp{} &&
         number(state.storage,
                "SELECT COUNT(*) FROM gaps WHERE account = $1 AND (closed IS NULL OR closed >= $2) AND closed_by <> 'drop_copy'",
                order.account, order.fix_seen) > 0;
}

// REST's word for FIX's, and that of the fills where REST does not tell of the order any more. REST has no AvgPx.
void adopt_rest(OrderRow& order) {
  order.leaves_qty = *order.rest_leaves_qty;
  const FixedPointCount cum_qty = order.rest_cum_qty.value_or(order.booked_qty);
  if (cum_qty <= order.cum_qty) return;
  order.cum_qty = cum_qty;
  order.avg_px.clear();  // of fewer fills
}

// What is the same for all orders of an account in one sweep.
struct OrderSweep {
  const std::string& account;
  Timestamp whole;  // when REST's last whole list of orders was begun
  bool missing;     // a hole of the listener is open
};

// True: the row has changed.
bool sweep_order(EngineState& state, const OrderSweep& sweep, OrderRow& order) {
  bool changed = false;
  const bool rest_is_later = sweep.whole != Timestamp{} && sweep.whole >= order.changed + kOrderSettle && order.rest_seen != Timestamp{};
  auto found = compare_order(order, rest_is_later, sweep.missing);
  if (!found.empty() && told_by_rest_alone(state, order)) {
    found.clear();  // until a list of REST says what became of it
    if (rest_is_later && order.rest_leaves_qty) {
      const OrderRow before = order;
      adopt_rest(order);
      state.outbox.order(before, order);
      found = compare_order(order, rest_is_later, sweep.missing);
      changed = true;
    }
  }
  for (const Difference& d : found) state.breaks.observe(d, state.now, state.coverage.exchange_now(), state.rules);
  const std::string subject = order_subject(order.order_id);
  if (!sweep.missing) {
    state.breaks.evaluated(sweep.account, subject, state.now);
  } else if (found.empty()) {
    for (const char* side : {"", " fills", " rest"}) state.breaks.forget_pending(sweep.account, subject + side);
  }
  const bool settles =
      found.empty() && !order.settled && is_done(order) && state.now >= order.changed + std::chrono::microseconds(state.rules.grace_us);
  if (settles) order.settled = true;
  return changed || settles;
}

void sweep_orders(EngineState& state, SweepReach reach, const std::string& account) {
  const OrderSweep sweep{account, state.coverage.last_whole(account, Source::rest, "orders"), has_open_gap(state, account)};
  const char* which = reach == SweepReach::everything
                          ? "WHERE account = $1 AND order_id > $2 ORDER BY order_id LIMIT 10000"
                          : "WHERE account = $1 AND order_id > $2 AND settled = 0 ORDER BY order_id LIMIT 10000";
  std::string behind;
  for (bool more = true; more;) {
    auto chunk = all<OrderRow>(state.storage, which, account, behind);
    more = chunk.size() == kChunkOfOrders;
    for (OrderRow& order : chunk) {
      if (sweep_order(state, sweep, order)) put(state.storage, order);
    }
    if (more) behind = chunk.back().order_id;
  }
}

// What the firm sent and nobody answered.
void sweep_sent(EngineState& state, const std::string& account) {
  for (SentRow& sent : all<SentRow>(state.storage, "WHERE account = $1 AND answer = '' ORDER BY cl_ord_id", account)) {
    const std::string subject = "sent " + sent.cl_ord_id;
    if (const auto order = state.book.order_of(account, sent.cl_ord_id)) {
      sent.answer = "order " + *order;
      put(state.storage, sent);
    } else {
      Difference d;
      d.category = BreakCategory::outcome_unknown;
      d.account = account;
      d.subject = subject;
      d.cl_ord_id = sent.cl_ord_id;
      d.symbol = sent.symbol;
      d.here_source = sent.unavailable ? "fix" : "firm";
      d.here_value = sent.unavailable ? "EXCHANGE_UNAVAILABLE" : sent.msg_type + " sent";
      d.there_source = "exchange";
      d.explanation = sent.unavailable ? "the exchange could not say what became of it: look for it by ClOrdID, send nothing again"
                                       : "nobody has said what became of it: look for it by ClOrdID, send nothing again";
      state.breaks.observe(d, state.now, state.coverage.exchange_now(), state.rules);
    }
    state.breaks.evaluated(account, subject, state.now);
  }
}

std::vector<std::string> accounts_of(Storage& storage) {
  std::vector<std::string> accounts;
  StatementGuard s(storage.statement("SELECT DISTINCT account FROM sources ORDER BY account"));
  while (s->step()) {
    if (!s->text(0).empty()) accounts.emplace_back(s->text(0));
  }
  return accounts;
}

}  // namespace

void sweep(EngineState& state, SweepReach reach) {
  state.book.write();
  state.coverage.write();
  state.breaks.begin_sweep();
  for (const std::string& account : accounts_of(state.storage)) {
    complete_firm_rows(state, account);
    state.book.put_in_order(account);
    sweep_fills(state, reach, account);
    sweep_orders(state, reach, account);
    sweep_positions(state, reach, account);
    sweep_funding(state, account);
    sweep_sent(state, account);
  }
  state.breaks.grow_older(state.now, state.rules);
  state.book.forget_batch();  // what was settled here was written past it
}

}  // namespace marginfix::reconcile
