// Desk: what the exchange says.
#include <algorithm>

#include "marginfix/fix/domain_reports.hpp"
#include "services/gateway/oms/reasons.hpp"
#include "services/gateway/orders/desk.hpp"
#include "services/gateway/orders/order_json.hpp"
#include "services/gateway/orders/teller.hpp"

namespace marginfix::gateway {
namespace {

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

}  // namespace

ClientOrder* Desk::order_of(std::string_view exchange_id, std::string_view other_exchange_id, std::string_view order_id) {
  const auto in = [&](const auto& index, std::string_view id) -> ClientOrder* {
    if (id.empty()) return nullptr;
    const auto known = index.find(std::string(id));
    return known == index.end() ? nullptr : &orders_.at(known->second);
  };
  if (ClientOrder* order = in(by_exchange_id_, exchange_id)) return order;
  if (ClientOrder* order = in(by_exchange_id_, other_exchange_id)) return order;
  return in(by_order_id_, order_id);
}

bool Desk::on_report(const fix::ExecutionReport& message, Timestamp now, Actions& out) {
  ClientOrder* order = order_of(message.cl_ord_id, message.orig_cl_ord_id.value_or(""), message.order_id);
  if (order == nullptr) return false;
  const OrderReport report = fix::to_order_report(message);
  apply(*order, report, &report, now, out);
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
  static const ClientConfig kGone;
  if (order.exchange_id.empty()) return;  // refused by us: the exchange knows nothing of it
  std::vector<std::string> pending;
  if (order.told_end || !order.requests.empty()) {
    const TrackedOrder* tracked = tracker_.find(order.exchange_id);
    if (tracked == nullptr) return;
    for (const PendingRequest& each : tracked->state.pending) pending.push_back(each.cl_ord_id);
  }
  const auto change = tracker_.apply(event, now);
  if (change.order == nullptr) return;
  const OrderState& state = change.order->state;
  if (order.order_id.empty() && !state.order_id.empty()) {
    order.order_id = state.order_id;
    by_order_id_.try_emplace(order.order_id, order.number);
  }
  std::erase_if(pending, [&](const std::string& id) {
    return std::ranges::find(state.pending, id, &PendingRequest::cl_ord_id) != state.pending.end();
  });
  const bool was_refused = order.told_end && order.end_status == OrdStatus::Rejected;
  Actions unheard;  // of a client that is in the configuration no more
  OrderTeller teller(*this, order, client != nullptr ? *client : kGone, now, client != nullptr ? out : unheard, report);
  if (report != nullptr && report->exec_type == ExecType::PendingNew) teller.pending_new({});
  const std::vector<OrderEffect> effects(change.effects.begin(), change.effects.end());
  for (const OrderEffect& effect : effects) on_effect(order, state, effect, event, pending, teller);
  finish(order, state, event, teller);
  answer_left_over(order, state, teller);
  if (order.told_end)
    note_end(order);
  else if (!open_.contains(order.number))
    index(order);  // it has come back
  note_state(order, &state);
  // The client has given it up, and may have sent another in its place.
  if (was_refused && order.open() && is_working(state.phase) && !restoring_) cancel_unwanted(order, now, out);
}

void Desk::cancel_unwanted(const ClientOrder& order, Timestamp now, Actions& out) {
  cancel_all(
      OrderRequest::Cause::unwanted, [&](const ClientOrder& each) { return each.number == order.number; }, now, out);
}

// What one effect means to the client. `answered`: exchange-side ids of the requests that the event has answered.
void Desk::on_effect(ClientOrder& order, const OrderState& state, const OrderEffect& effect, const OrderEvent& event,
                     const std::vector<std::string>& answered, OrderTeller& teller) {
  switch (effect.kind) {
    case OrderEffectKind::accepted:
      return teller.accepted();
    case OrderEffectKind::fill:
      return teller.trade(*effect.fill);
    case OrderEffectKind::replaced:
    case OrderEffectKind::amend_missing:
      return on_amended(order, state, answered, teller);
    case OrderEffectKind::request_rejected: {
      const auto reject = [&](std::string_view id) {
        if (OrderRequest* request = request_with(order, id)) teller.request_rejected(*request, stated_cxl_rej_reason_, effect.text);
      };
      const std::string named = named_request(event);
      if (!named.empty()) return reject(named);
      for (const std::string& id : answered) reject(id);
      return;
    }
    case OrderEffectKind::pending:
      if (OrderRequest* request = request_with(order, named_request(event))) teller.request_pending(*request, {});
      return;
    case OrderEffectKind::outcome_unknown:
      if (OrderRequest* request = request_with(order, named_request(event))) return teller.request_pending(*request, effect.text);
      return teller.pending_new(effect.text);
    default:
      return;  // ends are told when the order's trades are there: finish(). The rest is for the journal.
  }
}

// Which amend: the one whose id the order has now, or the one that a read has answered.
void Desk::on_amended(ClientOrder& order, const OrderState& state, const std::vector<std::string>& answered, OrderTeller& teller) {
  const auto taken = [&](std::string_view id) -> OrderRequest* {
    OrderRequest* request = request_with(order, id);
    return request != nullptr && request->kind == OrderRequest::Kind::replace && !request->answered ? request : nullptr;
  };
  OrderRequest* request = taken(state.cl_ord_id);
  for (const std::string& id : answered) {
    if (request == nullptr) request = taken(id);
  }
  if (request != nullptr) return teller.replaced(*request, state.order_qty, state.price);
  teller.restated(state.order_qty, state.price);
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

void Desk::give_up_trades(Timestamp before, Timestamp now, Actions& out) {
  for (const std::uint64_t number : incomplete()) {
    ClientOrder& order = orders_.at(number);
    const TrackedOrder* tracked = tracker_.find(order.exchange_id);
    const ClientConfig* client = around_.client_of(order.client);
    if (tracked == nullptr || client == nullptr || tracked->last_event >= before) continue;
    out.facts.push_back({JournalKind::trades_given_up, order.client, std::to_string(number), now});
    give_up_trades(order, *client, now, out);
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
