// Desk: what clients ask for.
#include <algorithm>

#include "marginfix/core/text.hpp"
#include "services/gateway/oms/reasons.hpp"
#include "services/gateway/oms/symbols.hpp"
#include "services/gateway/oms/write_messages.hpp"
#include "services/gateway/orders/desk.hpp"
#include "services/gateway/orders/order_json.hpp"
#include "services/gateway/orders/teller.hpp"
#include "services/gateway/orders/terms.hpp"

namespace marginfix::gateway {
namespace {

constexpr char kToCancel = '1', kToReplace = '2';  // 434
constexpr std::string_view kNotAvailable = "[N/A]";
constexpr std::string_view kNone = "NONE";

LimitRefusal duplicate(std::string_view cl_ord_id) {
  return {kRejDuplicate, "ClOrdID(11) " + std::string(cl_ord_id) + " has been used before"};
}

bool is_set(const std::optional<bool>& flag) { return flag.value_or(false); }

char response_to(const Replace&) { return kToReplace; }
char response_to(const Cancel&) { return kToCancel; }

// The operator of a request, which goes to the exchange for a customer's account alone (FCM access).
std::string operator_of(const ClientConfig& client, const fix::StandardHeader& header) {
  if (client.customer_account.empty()) return {};
  const std::string_view stated = header.sender_sub_id.value_or("");
  return stated.empty() ? client.operator_id : std::string(stated);
}

std::optional<ExecInst> exec_inst_of(const ClientConfig& client, const AskedTerms& terms) {
  const bool rests = terms.expiry.time_in_force != TimeInForce::IOC && terms.expiry.time_in_force != TimeInForce::FOK;
  if (!terms.exec_inst && client.post_only && rests) return ExecInst::PostOnly;
  return terms.exec_inst;
}

}  // namespace

// ---- what is known already ------------------------------------------------------------------------------------------------------
template <class Request>
bool Desk::answered_before(const ClientConfig& client, const Request& request, Timestamp now, Actions& out) {
  const ClientOrder* known = find_client_id(client.name(), request.cl_ord_id);
  return known != nullptr && answered_as_known(client, request, *known, now, out);
}

template <class Request>
bool Desk::answered_as_known(const ClientConfig& client, const Request& request, const ClientOrder& known, Timestamp now, Actions& out) {
  if (is_set(request.header.poss_dup_flag)) return true;
  if (!is_set(request.header.poss_resend)) return false;
  tell_status(client, &known, {}, now, out);
  return true;
}

// ---- D --------------------------------------------------------------------------------------------------------------------------
void Desk::take(const ClientConfig& client, const NewOrder& request, Timestamp now, Actions& out) {
  if (const ClientOrder* known = find_client_id(client.name(), request.cl_ord_id)) {
    if (!answered_as_known(client, request, *known, now, out)) reject(client, request, duplicate(request.cl_ord_id), now, out);
    return;
  }
  const auto terms = terms_of(request, now);
  if (!terms) return reject(client, request, {terms.error().status, terms.error().message}, now, out);
  ClientOrder order = order_asked(client, request, now);
  if (order.symbol.empty())
    return reject(client, request, {kRejUnknownSymbol, "Symbol(55) " + std::string(request.symbol) + " is not open to this client"}, now,
                  out);
  order.side = terms->side;
  order.order_qty = terms->order_qty;
  order.price = terms->price;
  order.expiry = terms->expiry;
  order.exec_inst = exec_inst_of(client, *terms);
  const OrderTerms asked{order.symbol, order.side, order.order_qty, order.price};
  if (const auto refused = around_.limits(client, asked, nullptr)) return reject(client, request, *refused, now, out);
  order.exchange_id = around_.make_exchange_id();
  out.facts.push_back({JournalKind::order, order.client, to_json(order), now});
  out.sends.push_back({Send::Kind::order, order.number, order.exchange_id});
  add(std::move(order), now);
}

ClientOrder Desk::order_asked(const ClientConfig& client, const NewOrder& request, Timestamp now) {
  ClientOrder order;
  order.number = ++last_number_;
  order.client = client.name();
  order.account = around_.account_of(client);
  order.symbol = exchange_symbol(client, request.symbol);
  order.client_symbol = request.symbol;
  order.client_account = request.account.value_or("");
  order.secondary_cl_ord_id = request.secondary_cl_ord_id ? std::string(*request.secondary_cl_ord_id) : client.order_group;
  order.operator_id = operator_of(client, request.header);
  order.subaccount = client.subaccount;
  order.customer_account = client.customer_account;
  order.self_trade_prevention_type = client.self_trade_prevention_type;
  if (request.self_trade_prevention_type)
    order.self_trade_prevention_type = static_cast<SelfTradePreventionType>(*request.self_trade_prevention_type);
  order.cancel_order_on_pause = request.cancel_order_on_pause ? request.cancel_order_on_pause : client.cancel_order_on_pause;
  order.cl_ord_id = order.first_cl_ord_id = request.cl_ord_id;
  order.entered = order.changed = now;
  return order;
}

void Desk::refuse(const ClientConfig& client, const NewOrder& request, const LimitRefusal& why, Timestamp now, Actions& out) {
  if (answered_before(client, request, now, out)) return;
  const bool known = find_client_id(client.name(), request.cl_ord_id) != nullptr;  // then the reason must not be taken for that order's
  reject(client, request, known ? duplicate(request.cl_ord_id) : why, now, out);
}

// A refused order is kept as one that ended: its ClOrdID is used, and a status request finds it. One under a known id changes nothing.
void Desk::reject(const ClientConfig& client, const NewOrder& request, const LimitRefusal& why, Timestamp now, Actions& out) {
  ClientOrder order = order_asked(client, request, now);
  order.order_qty = request.order_qty.value_or(FixedPointCount{});
  order.price = request.price.value_or(DollarDecimal{});
  order.side = request.side == '2' ? Side::Sell : Side::Buy;
  order.text = why.text;
  OrderTeller(*this, order, client, now, out).refused(why.ord_rej_reason, request.side);
  if (find_client_id(order.client, order.cl_ord_id) != nullptr) return;
  out.facts.push_back({JournalKind::order, order.client, to_json(order), now});
  add(std::move(order), now);
}

// ---- G and F --------------------------------------------------------------------------------------------------------------------
// The order whose ClOrdID this is or was, or the id of an amend of it that has not been refused.
ClientOrder* Desk::target_of(const ClientConfig& client, std::string_view orig_cl_ord_id) {
  return by_client_id(client.name(), orig_cl_ord_id);
}

// The exchange's side of a client's id. Of an id that the order has left, and of a cancel's: the order's present one.
std::string Desk::exchange_id_of(const ClientOrder& order, std::string_view cl_ord_id) const {
  const auto request = std::ranges::find_if(order.requests, [&](const OrderRequest& each) {
    return each.cl_ord_id == cl_ord_id && each.kind == OrderRequest::Kind::replace && !each.answered;
  });
  if (request != order.requests.end()) return request->exchange_id;
  const OrderState* state = state_of(order);
  return state == nullptr || state->own_id().empty() ? order.exchange_id : state->own_id();
}

void Desk::take(const ClientConfig& client, const Replace& request, Timestamp now, Actions& out) {
  if (answered_before(client, request, now, out)) return;
  ClientOrder* order = target_of(client, request.orig_cl_ord_id);
  if (const auto fault = request_fault(client, request, order)) return reject(client, request, order, *fault, now, out);
  if (!is_present_id(*order, request.orig_cl_ord_id))
    return reject(client, request, order,
                  {kCxlUnknownOrder,
                   "OrigClOrdID(41) " + std::string(request.orig_cl_ord_id) + " is not the order's any more; it is " + order->cl_ord_id},
                  now, out);
  const auto terms = terms_of(request, now);
  if (!terms) return reject(client, request, order, {kCxlOther, terms.error().message}, now, out);
  if (terms->side != order->side) return reject(client, request, order, {kCxlOther, "Side(54) is not the order's"}, now, out);
  const OrderTerms asked{order->symbol, order->side, terms->order_qty, terms->price};
  if (const auto refused = around_.limits(client, asked, order))
    return reject(client, request, order, {kCxlOption, refused->text}, now, out);
  OrderRequest made;
  made.kind = OrderRequest::Kind::replace;
  made.cl_ord_id = request.cl_ord_id;
  made.operator_id = operator_of(client, request.header);
  made.orig_exchange_id = exchange_id_of(*order, request.orig_cl_ord_id);
  made.order_qty = terms->order_qty;
  made.price = terms->price;
  made.expiry = terms->expiry;
  add_request(*order, std::move(made), now, out);
}

void Desk::take(const ClientConfig& client, const Cancel& request, Timestamp now, Actions& out) {
  if (answered_before(client, request, now, out)) return;
  ClientOrder* order = target_of(client, request.orig_cl_ord_id);
  if (const auto fault = request_fault(client, request, order)) return reject(client, request, order, *fault, now, out);
  OrderRequest made;
  made.kind = OrderRequest::Kind::cancel;
  made.cl_ord_id = request.cl_ord_id;
  made.operator_id = operator_of(client, request.header);
  made.orig_exchange_id = exchange_id_of(*order, request.orig_cl_ord_id);
  add_request(*order, std::move(made), now, out);
}

// What would have been refused anyway is refused for that.
void Desk::refuse(const ClientConfig& client, const Replace& request, const LimitRefusal& why, Timestamp now, Actions& out) {
  if (answered_before(client, request, now, out)) return;
  ClientOrder* order = target_of(client, request.orig_cl_ord_id);
  reject(client, request, order, request_fault(client, request, order).value_or(CancelRefusal{kCxlOption, why.text}), now, out);
}
void Desk::refuse(const ClientConfig& client, const Cancel& request, const LimitRefusal& why, Timestamp now, Actions& out) {
  if (answered_before(client, request, now, out)) return;
  ClientOrder* order = target_of(client, request.orig_cl_ord_id);
  reject(client, request, order, request_fault(client, request, order).value_or(CancelRefusal{kCxlOption, why.text}), now, out);
}

bool Desk::is_present_id(const ClientOrder& order, std::string_view cl_ord_id) {
  if (order.cl_ord_id == cl_ord_id) return true;
  return std::ranges::any_of(order.requests, [&](const OrderRequest& each) {
    return each.cl_ord_id == cl_ord_id && each.kind == OrderRequest::Kind::replace && !each.answered;
  });
}

// What G and F have in common: a new ClOrdID, an order of this client's that works, the same instrument.
template <class Request>
std::optional<Desk::CancelRefusal> Desk::request_fault(const ClientConfig& client, const Request& request, const ClientOrder* order) const {
  if (find_client_id(client.name(), request.cl_ord_id) != nullptr)
    return CancelRefusal{kCxlDuplicate, "ClOrdID(11) " + std::string(request.cl_ord_id) + " has been used before"};
  if (order == nullptr) return CancelRefusal{kCxlUnknownOrder, "no order " + std::string(request.orig_cl_ord_id) + " of this client"};
  const auto named = std::ranges::find(order->requests, request.orig_cl_ord_id, &OrderRequest::cl_ord_id);
  if (named != order->requests.end() && named->refused)
    return CancelRefusal{kCxlUnknownOrder, std::string(request.orig_cl_ord_id) + " was refused: the order is " + order->cl_ord_id};
  if (order->told_end) return CancelRefusal{kCxlTooLate, "the order has ended: " + to_string(order->end_status)};
  if (request.symbol != order->client_symbol) return CancelRefusal{kCxlOther, "Symbol(55) is not the order's"};
  return std::nullopt;
}

template <class Request>
void Desk::reject(const ClientConfig& client, const Request& request, ClientOrder* order, const CancelRefusal& why, Timestamp now,
                  Actions& out) {
  CancelReject reject;
  reject.cl_ord_id = request.cl_ord_id;
  reject.orig_cl_ord_id = request.orig_cl_ord_id;
  reject.order_id = order == nullptr || order->order_id.empty() ? kNone : std::string_view(order->order_id);
  reject.ord_status = order == nullptr ? static_cast<char>(OrdStatus::Rejected) : OrderTeller::status_of(*order);
  reject.cxl_rej_reason = why.cxl_rej_reason;
  reject.cxl_rej_response_to = response_to(request);
  const std::string text = visible(why.text);
  reject.text = text;
  reject.transact_time = now;
  out.tells.push_back({client.name(), "9", write_message(client.version, reject)});
  if (order == nullptr || find_client_id(client.name(), request.cl_ord_id) != nullptr) return;
  OrderRequest refused;
  refused.kind = response_to(request) == kToCancel ? OrderRequest::Kind::cancel : OrderRequest::Kind::replace;
  refused.cl_ord_id = request.cl_ord_id;
  refused.answered = refused.refused = true;
  out.facts.push_back({JournalKind::request, order->client, to_json(order->number, refused), now});
  add(*order, std::move(refused), now);
}

OrderRequest& Desk::add_request(ClientOrder& order, OrderRequest request, Timestamp now, Actions& out) {
  request.exchange_id = around_.make_exchange_id();
  out.facts.push_back({JournalKind::request, order.client, to_json(order.number, request), now});
  out.sends.push_back(
      {request.kind == OrderRequest::Kind::cancel ? Send::Kind::cancel : Send::Kind::replace, order.number, request.exchange_id});
  return add(order, std::move(request), now);
}

// ---- q and our own cancels --------------------------------------------------------------------------------------------------------
std::size_t Desk::cancel_all(OrderRequest::Cause cause, const std::function<bool(const ClientOrder&)>& which, Timestamp now, Actions& out) {
  std::size_t count = 0;
  for (const std::uint64_t number : NumberSet(open_)) {
    ClientOrder& order = orders_.at(number);
    if (!which(order)) continue;
    ++count;
    const bool asked = std::ranges::any_of(
        order.requests, [](const OrderRequest& each) { return each.kind == OrderRequest::Kind::cancel && !each.answered; });
    if (asked) continue;
    OrderRequest made;
    made.kind = OrderRequest::Kind::cancel;
    made.cause = cause;
    made.operator_id = order.operator_id;
    made.orig_exchange_id = exchange_id_of(order, order.cl_ord_id);
    add_request(order, std::move(made), now, out);
  }
  return count;
}

void Desk::refuse(const ClientConfig& client, const MassCancel& request, const std::string& why, Timestamp now, Actions& out) {
  constexpr char kAll = '7', kRejected = '0';
  MassCancelReport report;
  report.cl_ord_id = request.cl_ord_id;
  const std::string id = exec_ids_.next();
  report.order_id = id;
  report.mass_action_report_id = id;
  report.transact_time = now;
  report.mass_cancel_request_type = request.mass_cancel_request_type.value_or(kAll);
  report.mass_cancel_response = kRejected;
  report.text = why;
  out.tells.push_back({client.name(), "r", write_message(client.version, report)});
}

void Desk::take(const ClientConfig& client, const MassCancel& request, Timestamp now, Actions& out) {
  constexpr char kSecurity = '1', kAll = '7', kRejected = '0';
  const char asked = request.mass_cancel_request_type.value_or(kAll);
  MassCancelReport report;
  report.cl_ord_id = request.cl_ord_id;
  const std::string id = exec_ids_.next();
  report.order_id = id;
  report.mass_action_report_id = id;
  report.symbol = request.symbol;
  report.side = request.side;
  report.transact_time = now;
  report.mass_cancel_request_type = asked;
  const bool by_symbol = asked == kSecurity && request.symbol.has_value();
  if (!by_symbol && asked != kAll) {
    report.mass_cancel_response = kRejected;
    report.mass_cancel_reject_reason = 0;
    report.text = "MassCancelRequestType(530): 1 with Symbol(55), or 7";
    out.tells.push_back({client.name(), "r", write_message(client.version, report)});
    return;
  }
  const auto which = [&](const ClientOrder& order) {
    if (order.client != client.name()) return false;
    if (request.symbol && order.client_symbol != *request.symbol) return false;
    return !request.side || static_cast<char>(order.side) == *request.side;
  };
  report.mass_cancel_response = asked;
  report.total_affected_orders = static_cast<std::int32_t>(cancel_all(OrderRequest::Cause::mass_cancel, which, now, out));
  out.tells.push_back({client.name(), "r", write_message(client.version, report)});
}

// ---- H and AF -----------------------------------------------------------------------------------------------------------------------
void Desk::tell_status(const ClientConfig& client, const ClientOrder* order, const StatusAsked& asked, Timestamp now, Actions& out) {
  if (order != nullptr) {
    ClientOrder copy = *order;  // telling marks nothing
    OrderTeller(*this, copy, client, now, out).status(asked);
    return;
  }
  constexpr char kStatus = 'I', kUndisclosed = '7', kRejected = '8';
  Report report;
  const std::string exec_id = exec_ids_.next();
  report.exec_id = exec_id;
  report.order_id = kNone;
  report.exec_type = kStatus;
  report.ord_status = kRejected;
  report.side = asked.side.value_or(kUndisclosed);
  report.symbol = asked.symbol.empty() ? kNotAvailable : asked.symbol;
  if (!asked.cl_ord_id.empty()) report.cl_ord_id = asked.cl_ord_id;
  if (!asked.ord_status_req_id.empty()) report.ord_status_req_id = asked.ord_status_req_id;
  if (!asked.mass_status_req_id.empty()) report.mass_status_req_id = asked.mass_status_req_id;
  if (asked.total) report.tot_num_reports = *asked.total;
  if (asked.total) report.last_rpt_requested = true;
  report.ord_rej_reason = kRejUnknownOrder;
  report.text = asked.total ? "no open orders" : "unknown order";
  report.transact_time = now;
  out.tells.push_back({client.name(), "8", write_message(client.version, report), false});
}

void Desk::take(const ClientConfig& client, const StatusRequest& request, Timestamp now, Actions& out) {
  const ClientOrder* order = nullptr;
  if (request.cl_ord_id) order = find_client_id(client.name(), *request.cl_ord_id);
  if (order == nullptr && request.order_id) {
    const ClientOrder* known = by_order_id(*request.order_id);
    if (known != nullptr && known->client == client.name()) order = known;
  }
  StatusAsked asked;
  asked.cl_ord_id = request.cl_ord_id.value_or("");
  asked.ord_status_req_id = request.ord_status_req_id.value_or("");
  asked.symbol = request.symbol.value_or("");
  asked.side = request.side;
  tell_status(client, order, asked, now, out);
}

void Desk::take(const ClientConfig& client, const MassStatusRequest& request, Timestamp now, Actions& out) {
  std::vector<const ClientOrder*> found;
  for (const std::uint64_t number : open_) {
    const ClientOrder& order = orders_.at(number);
    if (order.client != client.name()) continue;
    if (request.symbol && order.client_symbol != *request.symbol) continue;
    if (request.side && static_cast<char>(order.side) != *request.side) continue;
    found.push_back(&order);
  }
  StatusAsked asked;
  asked.mass_status_req_id = request.mass_status_req_id;
  asked.symbol = request.symbol.value_or("");
  asked.side = request.side;
  asked.total = static_cast<std::int32_t>(found.size());
  if (found.empty()) return tell_status(client, nullptr, asked, now, out);
  for (const ClientOrder* order : found) {
    asked.last = order == found.back();
    tell_status(client, order, asked, now, out);
  }
}

}  // namespace marginfix::gateway
