// Desk: what it keeps, and the same desk again from a journal's records.
#include <algorithm>
#include <charconv>

#include "marginfix/fix/reader.hpp"
#include "services/gateway/orders/desk.hpp"
#include "services/gateway/orders/order_json.hpp"

namespace marginfix::gateway {

std::string_view to_string(OrderRequest::Cause cause) noexcept {
  switch (cause) {
    case OrderRequest::Cause::client:
      return "canceled by the client";
    case OrderRequest::Cause::mass_cancel:
      return "canceled by the client's mass cancel";
    case OrderRequest::Cause::kill:
      return "canceled by the gateway's kill switch";
    case OrderRequest::Cause::unwanted:
      return "canceled by the gateway: the order had been told as refused";
    case OrderRequest::Cause::disconnect:
      return "canceled because the client's connection ended";
  }
  return {};
}

Desk::Desk(Surroundings surroundings) : around_(std::move(surroundings)) {}

// ---- keeping --------------------------------------------------------------------------------------------------------------------------
void Desk::index(ClientOrder& order) {
  if (!order.exchange_id.empty()) by_exchange_id_.insert(id_hash(order.exchange_id), &order);
  if (!order.order_id.empty()) index_order_id(order);
  by_client_id_.insert(id_hash(order.client, order.first_cl_ord_id), &order);
  for (const OrderRequest& request : order.requests) index(order, request);
  note_open(order);
}

void Desk::index(ClientOrder& order, const OrderRequest& request) {
  if (!request.exchange_id.empty()) by_exchange_id_.insert(id_hash(request.exchange_id), &order);
  if (!request.cl_ord_id.empty()) by_client_id_.insert(id_hash(order.client, request.cl_ord_id), &order);
}

void Desk::index_order_id(ClientOrder& order) { by_order_id_.insert(id_hash(order.order_id), &order); }

void Desk::add(ClientOrder order, Timestamp now) {
  last_number_ = std::max(last_number_, order.number);
  const std::size_t before = orders_.size();
  ClientOrder& kept = orders_.try_emplace(orders_.end(), order.number)->second;
  const bool is_new = orders_.size() > before;
  open_sums_.remove(kept);
  kept = std::move(order);
  index(kept);
  const OrderState* state = nullptr;
  if (!kept.exchange_id.empty() && is_new) {
    const auto change =
        tracker_.apply(NewSent{kept.exchange_id, kept.symbol, kept.side, kept.order_qty, kept.price, kept.subaccount.value_or(0)}, now);
    if (change.order != nullptr) state = &change.order->state;
  }
  note_state(kept, state != nullptr ? state : state_of(kept));
}

OrderRequest& Desk::add(ClientOrder& order, OrderRequest request, Timestamp now) {
  order.requests.push_back(std::move(request));
  OrderRequest& kept = order.requests.back();
  index(order, kept);
  if (kept.exchange_id.empty()) return kept;
  if (kept.kind == OrderRequest::Kind::replace)
    tracker_.apply(ReplaceSent{kept.exchange_id, kept.order_qty, kept.price, kept.orig_exchange_id}, now);
  else
    tracker_.apply(CancelSent{kept.exchange_id, kept.orig_exchange_id}, now);
  note_state(order);
  return kept;
}

void Desk::note_state(ClientOrder& order, const OrderState* state) {
  const auto waits = [](const OrderRequest& each) { return !each.answered && !each.exchange_id.empty(); };
  const bool settled =
      state == nullptr || (order.open() ? state->phase >= OrderPhase::open && state->pending.empty() && !state->trades_missing()
                                        : std::ranges::none_of(order.requests, waits));
  const auto unknown = [](const PendingRequest& each) { return each.unknown.has_value(); };
  const bool doubted =
      !settled && order.open() &&
      (state->phase == OrderPhase::outcome_unknown || state->trades_missing() || std::ranges::any_of(state->pending, unknown));
  const auto keep = [&order](NumberSet& in, bool whether) { whether ? in.insert(order.number) : in.erase(order.number); };
  keep(unsettled_, !settled);
  keep(doubted_, doubted);
  open_sums_.update(order);
}

std::size_t Desk::forget(Timestamp before) {
  std::size_t dropped = 0;
  for (auto at = orders_.begin(); at != orders_.end();) {
    ClientOrder& order = at->second;
    if (order.open() || order.changed >= before) {
      ++at;
      continue;
    }
    by_client_id_.erase(id_hash(order.client, order.first_cl_ord_id), &order);
    by_exchange_id_.erase(id_hash(order.exchange_id), &order);
    by_order_id_.erase(id_hash(order.order_id), &order);
    for (const OrderRequest& request : order.requests) {
      by_client_id_.erase(id_hash(order.client, request.cl_ord_id), &order);
      by_exchange_id_.erase(id_hash(request.exchange_id), &order);
    }
    unsettled_.erase(order.number);
    doubted_.erase(order.number);
    at = orders_.erase(at);
    ++dropped;
  }
  tracker_.forget_all_ended(before);
  return dropped;
}

// ---- asking -----------------------------------------------------------------------------------------------------------------------------
const ClientOrder* Desk::find(std::uint64_t number) const {
  const auto at = orders_.find(number);
  return at == orders_.end() ? nullptr : &at->second;
}
namespace {

// The newest first: it is asked about most.
bool has_request(const ClientOrder& order, std::string_view id, std::string OrderRequest::*of) {
  return std::any_of(order.requests.rbegin(), order.requests.rend(), [&](const OrderRequest& each) { return each.*of == id; });
}

}  // namespace

ClientOrder* Desk::by_exchange_id(std::string_view exchange_id) const {
  if (exchange_id.empty()) return nullptr;
  return by_exchange_id_.find(id_hash(exchange_id), [&](const ClientOrder* order) {
    return order->exchange_id == exchange_id || has_request(*order, exchange_id, &OrderRequest::exchange_id);
  });
}
ClientOrder* Desk::by_client_id(std::string_view client, std::string_view cl_ord_id) const {
  if (cl_ord_id.empty()) return nullptr;
  return by_client_id_.find(id_hash(client, cl_ord_id), [&](const ClientOrder* order) {
    return order->client == client && (order->first_cl_ord_id == cl_ord_id || has_request(*order, cl_ord_id, &OrderRequest::cl_ord_id));
  });
}
ClientOrder* Desk::by_order_id(std::string_view order_id) const {
  if (order_id.empty()) return nullptr;
  return by_order_id_.find(id_hash(order_id), [&](const ClientOrder* order) { return order->order_id == order_id; });
}
const ClientOrder* Desk::find_exchange_id(std::string_view exchange_id) const { return by_exchange_id(exchange_id); }
const ClientOrder* Desk::find_client_id(std::string_view client, std::string_view cl_ord_id) const {
  return by_client_id(client, cl_ord_id);
}
const TrackedOrder* Desk::tracked(const ClientOrder& order) const {
  return order.exchange_id.empty() ? nullptr : tracker_.find(order.exchange_id);
}
const OrderState* Desk::state_of(const ClientOrder& order) const {
  const TrackedOrder* known = tracked(order);
  return known == nullptr ? nullptr : &known->state;
}
bool Desk::has_trade(const ClientOrder& order, std::string_view trade_id) const {
  const OrderState* state = state_of(order);
  return state != nullptr && std::ranges::find(state->booked, trade_id, &BookedTrade::trade_id) != state->booked.end();
}
FixedPointCount Desk::position_of(std::string_view client, std::string_view symbol) const {
  const auto of_client = positions_.find(std::string(client));
  if (of_client == positions_.end()) return {};
  const auto net = of_client->second.find(std::string(symbol));
  return net == of_client->second.end() ? FixedPointCount{} : net->second;
}

std::vector<std::string> Desk::unknown_outcomes() const {
  std::vector<std::string> ids;
  for (const std::uint64_t number : doubted_) {
    const ClientOrder& order = orders_.at(number);
    const OrderState* state = order.open() ? state_of(order) : nullptr;
    if (state == nullptr) continue;
    if (state->phase == OrderPhase::outcome_unknown) ids.push_back(order.exchange_id);
    for (const PendingRequest& each : state->pending) {
      if (each.unknown) ids.push_back(each.cl_ord_id);
    }
  }
  return ids;
}
std::vector<std::string> Desk::unanswered(Timestamp before) const {
  std::vector<std::string> ids;
  for (const std::uint64_t number : unsettled_) {
    const ClientOrder& order = orders_.at(number);
    if (order.changed > before) continue;
    const OrderState* state = state_of(order);
    if (state == nullptr) continue;
    if (state->phase == OrderPhase::sent || state->phase == OrderPhase::pending_new) ids.push_back(order.exchange_id);
    for (const PendingRequest& each : state->pending) {
      if (!each.unknown) ids.push_back(each.cl_ord_id);
    }
  }
  return ids;
}
std::vector<std::uint64_t> Desk::incomplete() const {
  std::vector<std::uint64_t> numbers;
  for (const std::uint64_t number : doubted_) {
    const ClientOrder& order = orders_.at(number);
    const OrderState* state = order.open() ? state_of(order) : nullptr;
    if (state != nullptr && state->trades_missing()) numbers.push_back(number);
  }
  return numbers;
}

// ---- to the exchange
// ----------------------------------------------------------------------------------------------------------------------
namespace {

template <class Message>
void put_account(Message& message, const ClientOrder& order, const std::string& operator_id) {
  if (order.subaccount) message.alloc_account = *order.subaccount;
  if (!order.customer_account.empty()) message.parties.push_back({order.customer_account, std::nullopt, PartyRole::CustomerAccount});
  if (!operator_id.empty()) message.header.sender_sub_id = operator_id;
}

}  // namespace

fix::NewOrderSingle Desk::new_order_of(const ClientOrder& order) const {
  fix::NewOrderSingle message;
  message.cl_ord_id = order.exchange_id;
  message.exec_inst = order.exec_inst;
  message.order_qty = order.order_qty;
  message.price = order.price;
  message.side = order.side;
  message.symbol = order.symbol;
  message.time_in_force = order.expiry.time_in_force;
  message.expire_time = order.expiry.expire_time;
  if (!order.secondary_cl_ord_id.empty()) message.secondary_cl_ord_id = order.secondary_cl_ord_id;
  message.self_trade_prevention_type = order.self_trade_prevention_type;
  message.cancel_order_on_pause = order.cancel_order_on_pause;
  put_account(message, order, order.operator_id);
  return message;
}

fix::OrderCancelReplaceRequest Desk::replace_of(const ClientOrder& order, const OrderRequest& request) const {
  fix::OrderCancelReplaceRequest message;
  message.cl_ord_id = request.exchange_id;
  message.orig_cl_ord_id = request.orig_exchange_id;
  message.order_qty = request.order_qty;
  message.price = request.price;
  message.side = order.side;
  message.symbol = order.symbol;
  message.time_in_force = request.expiry.time_in_force;
  message.expire_time = request.expiry.expire_time;
  put_account(message, order, request.operator_id);
  return message;
}

fix::OrderCancelRequest Desk::cancel_of(const ClientOrder& order, const OrderRequest& request) const {
  fix::OrderCancelRequest message;
  message.cl_ord_id = request.exchange_id;
  message.orig_cl_ord_id = request.orig_exchange_id;
  message.side = order.side;
  message.symbol = order.symbol;
  put_account(message, order, request.operator_id);
  return message;
}

// ---- again
// ------------------------------------------------------------------------------------------------------------------------------------
Result<void> Desk::restore(const JournalRecord& record) {
  restoring_ = true;
  Result<void> done;
  try {
    done = restore_record(record);
  } catch (const Exception&) {
    // It could not be applied when it came, either.
  }
  restoring_ = false;
  stated_cxl_rej_reason_.reset();
  return done;
}

Result<void> Desk::restore_record(const JournalRecord& record) {
  switch (record.kind) {
    case JournalKind::begin:
      exec_ids_.begin(record.time);
      return {};
    case JournalKind::order:
      return restore_order(record);
    case JournalKind::request:
      return restore_request(record);
    case JournalKind::exchange_in:
      return restore_message(record);
    case JournalKind::not_taken:
    case JournalKind::outcome_unknown:
    case JournalKind::baseline:
    case JournalKind::fill:
    case JournalKind::trades_given_up:
    case JournalKind::tracker:
    case JournalKind::positions:
      return restore_words(record);
    default:
      return {};
  }
}

Result<void> Desk::restore_order(const JournalRecord& record) {
  auto order = order_of_json(record.body);
  if (!order) return order.error();
  add(*std::move(order), record.time);
  return {};
}

Result<void> Desk::restore_request(const JournalRecord& record) {
  auto request = request_of_json(record.body);
  if (!request) return request.error();
  const auto at = orders_.find(request->first);
  if (at == orders_.end()) return fail(ErrorCategory::decode, "the journal holds a request of an order that it does not hold");
  add(at->second, std::move(request->second), record.time);
  return {};
}

// Reports and cancel rejects; every other message says nothing of orders. One that cannot be read said nothing when it came, either.
Result<void> Desk::restore_message(const JournalRecord& record) {
  Actions told;
  fix::Findings findings;
  const auto frame = fix::peek(record.body);
  if (!frame) return {};
  if (frame->msg_type == "8") {
    fix::ExecutionReport report;
    if (fix::decode(record.body, report, findings)) on_report(report, record.time, told);
  } else if (frame->msg_type == "9") {
    fix::OrderCancelReject reject;
    if (fix::decode(record.body, reject, findings)) on_cancel_reject(reject, record.time, told);
  }
  return {};
}

Result<void> Desk::restore_words(const JournalRecord& record) {
  Actions told;
  const std::string_view body = record.body;
  const std::size_t line = std::min(body.find('\n'), body.size());
  const std::string_view first = body.substr(0, line);
  const std::string_view rest = line < body.size() ? body.substr(line + 1) : std::string_view();
  switch (record.kind) {
    case JournalKind::not_taken:
      on_not_taken(first, std::string(rest), record.time, told);
      return {};
    case JournalKind::outcome_unknown: {
      const std::size_t second = std::min(rest.find('\n'), rest.size());
      const int cause = second == 1 ? rest[0] - '0' : 0;
      on_outcome_unknown(first, static_cast<UnknownCause>(cause), std::string(rest.substr(std::min(second + 1, rest.size()))), record.time,
                         told);
      return {};
    }
    case JournalKind::baseline: {
      const auto baseline = baseline_of_json(body);
      if (!baseline) return baseline.error();
      on_baseline(*baseline, record.time, told);
      return {};
    }
    case JournalKind::fill: {
      const auto fill = fill_of_json(body);
      if (!fill) return fill.error();
      on_fill(*fill, record.time, told);
      return {};
    }
    case JournalKind::trades_given_up: {
      std::uint64_t number = 0;
      std::from_chars(first.data(), first.data() + first.size(), number);
      const auto at = orders_.find(number);
      if (at == orders_.end()) return {};
      static const ClientConfig kGone;  // of a client that is in the configuration no more
      const ClientConfig* client = around_.client_of(at->second.client);
      give_up_trades(at->second, client != nullptr ? *client : kGone, record.time, told);
      return {};
    }
    case JournalKind::tracker: {
      auto tracker = OrderTracker::restore(body);
      if (!tracker) return tracker.error();
      tracker_ = *std::move(tracker);
      for (auto& [number, order] : orders_) note_state(order);
      return {};
    }
    default: {
      auto positions = positions_of_json(body);
      if (!positions) return positions.error();
      positions_ = *std::move(positions);
      return {};
    }
  }
}

void Desk::snapshot(const std::function<void(const JournalRecord&)>& put) const {
  for (const auto& [number, order] : orders_) put({JournalKind::order, order.client, to_json(order)});
  put({JournalKind::tracker, "", tracker_.snapshot()});
  put({JournalKind::positions, "", to_json(positions_)});
}

}  // namespace marginfix::gateway
