// Desk: what the exchange says.
#include <algorithm>

#include "marginfix/fix/domain_reports.hpp"
#include "services/gateway/oms/reasons.hpp"
#include "services/gateway/orders/desk.hpp"
#include "services/gateway/orders/order_json.hpp"
#include "services/gateway/orders/teller.hpp"

namespace marginfix::gateway {
namespace {

// Stands for a client that is in the configuration no more: what it is told nobody hears.
const ClientConfig& gone_client() {
  static const ClientConfig kGone;
  return kGone;
}

OrderRequest* request_with(ClientOrder& order, std::string_view exchange_id) {
  if (exchange_id.empty()) return nullptr;
  const auto found = std::ranges::find(order.requests, exchange_id, &OrderRequest::exchange_id);
  return found == order.requests.end() ? nullptr : &*found;
}

int rej_reason_of(const OrderReport* report, const std::string& text) {
  if (report != nullptr && report->ord_rej_reason) {
    const int stated = static_cast<int>(*report->ord_rej_reason);
    return stated == static_cast<int>(OrdRejReason::StaleOrder5) ? kRejStale : stated;
  }
  const TextReason* reason = find_text_reason(text);
  return reason != nullptr ? reason->ord_rej_reason : kRejOther;
}

// The request that the event is about, by name.
std::string named_request(const OrderEvent& event) {
  const auto name = []<class T>(const T& e) -> std::string {
    if constexpr (std::is_same_v<T, CancelRejected> || std::is_same_v<T, RequestRefused> || std::is_same_v<T, OutcomeUnknown> ||
                  std::is_same_v<T, OrderReport>)
      return e.cl_ord_id;
    else
      return {};
  };
  return std::visit(name, event);
}

bool is_about_request(OrderEffectKind kind) { return kind == OrderEffectKind::replaced || kind == OrderEffectKind::request_rejected; }

OrderRequest* unanswered_replace(ClientOrder& order, std::string_view exchange_id) {
  OrderRequest* request = request_with(order, exchange_id);
  return request != nullptr && request->kind == OrderRequest::Kind::replace && !request->answered ? request : nullptr;
}

// This replace with those without an answer that it came upon, oldest first: the exchange takes none that names a refused one, and what it
// gives as the order's id of before was taken.
std::vector<std::string> chain_of(ClientOrder& order, const OrderState& state, const std::string& exchange_id) {
  std::vector<std::string> chain;
  if (unanswered_replace(order, exchange_id) == nullptr) return chain;
  const auto add = [&](const std::string& id) {
    auto at = chain.end();
    for (OrderRequest* each = unanswered_replace(order, id); each != nullptr; each = unanswered_replace(order, each->orig_exchange_id)) {
      if (std::ranges::find(chain, each->exchange_id) != chain.end()) return;
      at = chain.insert(at, each->exchange_id);
    }
  };
  for (const std::string& id : state.past_ids) add(id);
  add(exchange_id);
  return chain;
}

bool is_pending(const OrderState& state, std::string_view id) {
  return std::ranges::find(state.pending, id, &PendingRequest::cl_ord_id) != state.pending.end();
}

// The request that each effect is about, by exchange-side id; "": none.
std::vector<std::string> subjects_of(const std::vector<OrderEffect>& effects, const OrderEvent& event, const OrderState& state,
                                     const std::string& id_before, const std::vector<PendingRequest>& answered) {
  std::vector<std::string> subjects;
  if (!std::holds_alternative<Baseline>(event)) {
    for (const OrderEffect& effect : effects) {
      const bool amended = effect.kind == OrderEffectKind::replaced || effect.kind == OrderEffectKind::amend_missing;
      subjects.push_back(amended ? state.cl_ord_id : named_request(event));
    }
    return subjects;
  }
  // A read answers first the replace whose id the order has now, then the others in the order in which they were asked; a cancel that holds
  // has no effect of its own (order_state.cpp).
  std::vector<std::string> in_turn;
  const auto has_its_id = [&](const PendingRequest& each) { return each.cl_ord_id == state.cl_ord_id && state.cl_ord_id != id_before; };
  for (const PendingRequest& each : answered) {
    if (has_its_id(each)) in_turn.push_back(each.cl_ord_id);
  }
  for (const PendingRequest& each : answered) {
    const bool holds = each.kind == PendingRequest::Kind::cancel && state.phase == OrderPhase::canceled;
    if (!has_its_id(each) && !holds) in_turn.push_back(each.cl_ord_id);
  }
  auto next = in_turn.begin();
  for (const OrderEffect& effect : effects)
    subjects.push_back(is_about_request(effect.kind) && next != in_turn.end() ? *next++ : std::string());
  return subjects;
}

}  // namespace

ClientOrder* Desk::order_of(std::string_view exchange_id, std::string_view other_exchange_id, std::string_view order_id) {
  if (ClientOrder* order = by_exchange_id(exchange_id)) return order;
  if (ClientOrder* order = by_exchange_id(other_exchange_id)) return order;
  return by_order_id(order_id);
}

bool Desk::on_report(const fix::ExecutionReport& message, Timestamp now, Actions& out) {
  ClientOrder* order = order_of(message.cl_ord_id, message.orig_cl_ord_id.value_or(""), message.order_id);
  if (order == nullptr) return false;
  const OrderEvent event = fix::to_order_report(message);
  apply(*order, event, std::get_if<OrderReport>(&event), now, out);
  return true;
}

bool Desk::on_cancel_reject(const fix::OrderCancelReject& message, Timestamp now, Actions& out) {
  ClientOrder* order = order_of(message.cl_ord_id, message.orig_cl_ord_id.value_or(""), message.order_id.value_or(""));
  if (order == nullptr) return false;
  stated_cxl_rej_reason_ = message.cxl_rej_reason ? std::optional<int>(static_cast<int>(*message.cxl_rej_reason)) : std::nullopt;
  apply(*order, fix::to_cancel_rejected(message), nullptr, now, out);
  stated_cxl_rej_reason_.reset();
  return true;
}

void Desk::on_not_taken(std::string_view exchange_id, const std::string& text, Timestamp now, Actions& out) {
  ClientOrder* order = order_of(exchange_id, {}, {});
  if (order == nullptr) return;
  out.facts.push_back({JournalKind::not_taken, order->client, std::string(exchange_id) + "\n" + text, now});
  apply(*order, RequestRefused{std::string(exchange_id), text}, nullptr, now, out);
}

void Desk::on_outcome_unknown(std::string_view exchange_id, UnknownCause cause, const std::string& text, Timestamp now, Actions& out) {
  ClientOrder* order = order_of(exchange_id, {}, {});
  if (order == nullptr) return;
  out.facts.push_back({JournalKind::outcome_unknown, order->client,
                       std::string(exchange_id) + "\n" + std::to_string(static_cast<int>(cause)) + "\n" + text, now});
  apply(*order, OutcomeUnknown{std::string(exchange_id), cause, text}, nullptr, now, out);
}

void Desk::on_baseline(const Baseline& baseline, Timestamp now, Actions& out) {
  ClientOrder* order = order_of(baseline.cl_ord_id, {}, baseline.order_id);
  if (order == nullptr) return;
  out.facts.push_back({JournalKind::baseline, order->client, to_json(baseline), now});
  apply(*order, baseline, nullptr, now, out);
}

void Desk::on_fill(const Fill& fill, Timestamp now, Actions& out) {
  ClientOrder* order = order_of(fill.cl_ord_id, {}, fill.order_id);
  if (order == nullptr) return;
  out.facts.push_back({JournalKind::fill, order->client, to_json(fill), now});
  apply(*order, fill, nullptr, now, out);
}

// ---- one event of one order ---------------------------------------------------------------------------------------------------------
void Desk::apply(ClientOrder& order, const OrderEvent& event, const OrderReport* report, Timestamp now, Actions& out) {
  const ClientConfig* client = around_.client_of(order.client);
  if (order.exchange_id.empty()) return;  // refused by us: the exchange knows nothing of it
  std::vector<PendingRequest> answered;
  std::string id_before;
  if (order.told_end || !order.requests.empty()) {
    const TrackedOrder* tracked = tracker_.find(order.exchange_id);
    if (tracked == nullptr) return;
    answered = tracked->state.pending;
    id_before = tracked->state.cl_ord_id;
  }
  const auto change = tracker_.apply(event, now);
  if (change.order == nullptr) return;
  const OrderState& state = change.order->state;
  if (order.order_id.empty() && !state.order_id.empty()) {
    order.order_id = state.order_id;
    index_order_id(order);
  }
  std::erase_if(answered, [&](const PendingRequest& each) { return is_pending(state, each.cl_ord_id); });
  const bool had_ended = order.told_end, was_refused = had_ended && order.end_status == OrdStatus::Rejected;
  Actions unheard;
  OrderTeller teller(*this, order, client != nullptr ? *client : gone_client(), now, client != nullptr ? out : unheard, report);
  if (report != nullptr && report->exec_type == ExecType::PendingNew) teller.pending_new({});
  const std::vector<OrderEffect> effects(change.effects.begin(), change.effects.end());
  std::vector<std::string> subjects;
  if (!order.requests.empty()) subjects = subjects_of(effects, event, state, id_before, answered);
  subjects.resize(effects.size());
  tell_effects(order, state, effects, subjects, std::holds_alternative<Baseline>(event), teller);
  finish(order, state, event, teller);
  answer_left_over(order, state, teller);
  if (order.told_end)
    note_end(order);
  else if (had_ended)
    note_open(order);  // it has come back
  note_state(order, &state);
  // The client has given it up, and may have sent another in its place.
  if (was_refused && order.open() && is_working(state.phase) && !restoring_) cancel_unwanted(order, now, out);
}

void Desk::cancel_unwanted(const ClientOrder& order, Timestamp now, Actions& out) {
  cancel_all(
      OrderRequest::Cause::unwanted, [&](const ClientOrder& each) { return each.number == order.number; }, now, out);
}

// What a taken replace came upon was taken, too, whatever its own terms say: it is told with that one.
void Desk::tell_effects(ClientOrder& order, const OrderState& state, const std::vector<OrderEffect>& effects,
                        const std::vector<std::string>& subjects, bool by_read, OrderTeller& teller) {
  std::vector<std::string> taken;
  for (std::size_t i = 0; i < effects.size(); ++i) {
    if (effects[i].kind == OrderEffectKind::replaced) std::ranges::copy(chain_of(order, state, subjects[i]), std::back_inserter(taken));
  }
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const bool is_taken = std::ranges::find(taken, subjects[i]) != taken.end();
    if (effects[i].kind == OrderEffectKind::request_rejected && is_taken) continue;
    on_effect(order, state, effects[i], subjects[i], by_read, teller);
  }
}

// What one effect means to the client. `subject`: exchange-side id of the request that it is about.
void Desk::on_effect(ClientOrder& order, const OrderState& state, const OrderEffect& effect, const std::string& subject, bool by_read,
                     OrderTeller& teller) {
  switch (effect.kind) {
    case OrderEffectKind::accepted:
      return teller.accepted();
    case OrderEffectKind::fill:
      return teller.trade(*effect.fill);
    case OrderEffectKind::replaced:
    case OrderEffectKind::amend_missing:
      return on_amended(order, state, subject, by_read, teller);
    case OrderEffectKind::request_rejected:
      if (OrderRequest* request = request_with(order, subject)) teller.request_rejected(*request, stated_cxl_rej_reason_, effect.text);
      return;
    case OrderEffectKind::pending:
      if (OrderRequest* request = request_with(order, subject)) teller.request_pending(*request, {});
      return;
    case OrderEffectKind::outcome_unknown:
      if (OrderRequest* request = request_with(order, subject)) return teller.request_pending(*request, effect.text);
      return teller.pending_new(effect.text);
    case OrderEffectKind::out_of_date:
      // Its report came when the order had left its terms for another replace's.
      if (OrderRequest* request = unanswered_replace(order, subject); request != nullptr && !is_pending(state, subject))
        teller.request_rejected(*request, std::nullopt, "replaced since: the order is " + order.cl_ord_id);
      return;
    default:
      return;  // ends are told when the order's trades are there: finish(). The rest is for the journal.
  }
}

// `subject`: the amend that holds. A read of an order that has ended does not say what was asked for.
void Desk::on_amended(ClientOrder& order, const OrderState& state, const std::string& subject, bool by_read, OrderTeller& teller) {
  const std::vector<std::string> chain = chain_of(order, state, subject);
  if (chain.empty()) {
    const OrderRequest* request = request_with(order, subject);
    if (!by_read || request == nullptr) teller.restated(state.order_qty, state.price);
    return;
  }
  for (const std::string& id : chain) {
    OrderRequest& request = *request_with(order, id);
    const bool own_terms = id != subject || (by_read && is_final(state.phase));
    teller.replaced(request, own_terms ? request.order_qty : state.order_qty, own_terms ? request.price : state.price);
  }
}

// Ends come last, behind every trade of the order; one whose trades are still missing waits for them (give_up_trades()).
void Desk::finish(ClientOrder& order, const OrderState& state, const OrderEvent& event, OrderTeller& teller) {
  if (order.told_end || !is_final(state.phase)) return;
  if (state.trades_missing()) return;
  tell_end(order, state, std::get_if<OrderReport>(&event), teller);
}

void Desk::tell_end(ClientOrder& order, const OrderState& state, const OrderReport* report, OrderTeller& teller) {
  switch (state.phase) {
    case OrderPhase::rejected:
    case OrderPhase::not_sent:
      return teller.rejected(rej_reason_of(report, state.text), state.text);
    case OrderPhase::filled:
      order.told_end = true;  // the last trade said so, or a replace did
      order.end_status = OrdStatus::Filled;
      return;
    default:
      break;
  }
  OrderRequest* request = request_with(order, state.cl_ord_id);
  if (request == nullptr || request->answered) request = canceled_by(order, state, report);
  if (request != nullptr && request->kind == OrderRequest::Kind::replace && request->order_qty <= order.told_qty)
    return teller.replaced(*request, order.told_qty, request->price);  // down to what is filled: the exchange calls it a cancel
  teller.ended(state.phase == OrderPhase::expired ? OrdStatus::Expired : OrdStatus::Canceled, request, state.text);
}

// A read says that the order was canceled, not by which request: by a cancel of ours that is out.
OrderRequest* Desk::canceled_by(ClientOrder& order, const OrderState& state, const OrderReport* report) {
  if (report != nullptr || state.phase != OrderPhase::canceled) return nullptr;
  const auto found = std::ranges::find_if(
      order.requests, [](const OrderRequest& each) { return each.kind == OrderRequest::Kind::cancel && !each.answered; });
  return found == order.requests.end() ? nullptr : &*found;
}

// What was asked for an order that has ended, and may never have come to the exchange, comes too late whatever became of it.
void Desk::answer_left_over(ClientOrder& order, const OrderState& state, OrderTeller& teller) {
  if (!order.told_end) return;
  for (OrderRequest& request : order.requests) {
    if (request.answered || request.exchange_id.empty()) continue;
    const auto pending = std::ranges::find(state.pending, request.exchange_id, &PendingRequest::cl_ord_id);
    if (pending == state.pending.end() || pending->unknown) teller.request_rejected(request, std::nullopt, "the order has ended");
  }
}

void Desk::give_up_trades(const std::function<bool(const ClientOrder&, const TrackedOrder&)>& which, Timestamp now, Actions& out) {
  for (const std::uint64_t number : incomplete()) {
    ClientOrder& order = orders_.at(number);
    const TrackedOrder* tracked = tracker_.find(order.exchange_id);
    if (tracked == nullptr || !which(order, *tracked)) continue;
    out.facts.push_back({JournalKind::trades_given_up, order.client, std::to_string(number), now});
    const ClientConfig* client = around_.client_of(order.client);
    Actions unheard;
    give_up_trades(order, client != nullptr ? *client : gone_client(), now, client != nullptr ? out : unheard);
  }
}

void Desk::give_up_trades(ClientOrder& order, const ClientConfig& client, Timestamp now, Actions& out) {
  const OrderState* state = state_of(order);
  if (state == nullptr || order.told_end) return;
  OrderTeller teller(*this, order, client, now, out);
  tell_end(order, *state, nullptr, teller);
  answer_left_over(order, *state, teller);
  if (order.told_end) note_end(order);
  note_state(order);
}

}  // namespace marginfix::gateway
