#include "integration/gateway/exchange_side.hpp"

#include <algorithm>
#include <stdexcept>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/core/time.hpp"

namespace marginfix::gateway::script {
namespace {

FixedPointCount count_of(const std::string& text) { return FixedPointCount::parse(text).value(); }
DollarDecimal dollars_of(const std::string& text) { return DollarDecimal::parse(text).value(); }
std::string now_text() { return to_fix_utc(system_clock().now(), 6); }
FixedPointCount less(FixedPointCount a, FixedPointCount b) { return a > b ? a - b : FixedPointCount{}; }

Fields parse_pipes(const std::string& text) {
  std::string wire = text;
  std::ranges::replace(wire, '|', '\x01');
  return parse_wire(wire);
}

// To four decimals, as the exchange has it.
std::string average(DollarDecimal value, FixedPointCount quantity) {
  if (quantity.is_zero()) return "0";
  constexpr std::int64_t kStep = 100;
  const std::int64_t units = static_cast<std::int64_t>(value.units()) * FixedPointCount::kOne / quantity.units();
  return DollarDecimal::from_units(units / kStep * kStep).to_string();
}

bool is_pending(const std::string& exec_type) { return exec_type == "A" || exec_type == "6" || exec_type == "E"; }

}  // namespace

std::optional<Fields> ExchangeSide::next(std::chrono::milliseconds limit) {
  if (!session_->wait_sent(seen_ + 1, limit)) return std::nullopt;
  return pending();
}

std::optional<Fields> ExchangeSide::pending() {
  const auto sent = session_->sent();
  if (sent.size() <= seen_) return std::nullopt;
  const FakeExchange::Sent& each = sent[seen_++];
  Fields fields{{35, each.msg_type}, {34, std::to_string(each.seq)}};
  if (!each.sender_sub_id.empty()) fields.push_back({50, each.sender_sub_id});
  for (Field& field : parse_pipes(each.body)) fields.push_back(std::move(field));
  note_sent(fields);
  return fields;
}

void ExchangeSide::note_sent(const Fields& sent) {
  const std::string type = value_of(sent, 35), id = value_of(sent, 11);
  if (type == "D") {
    auto order = std::make_shared<Order>();
    order->symbol = value_of(sent, 55);
    order->side = value_of(sent, 54);
    order->qty = count_of(value_of(sent, 38));
    order->price = dollars_of(value_of(sent, 44));
    order->cl_ord_id = id;
    by_id_[id] = std::move(order);
  } else if (type == "G" || type == "F") {
    const auto found = by_id_.find(value_of(sent, 41));
    if (found != by_id_.end()) by_id_[id] = found->second;
    Request request{type, {}, {}};
    if (type == "G") request.qty = count_of(value_of(sent, 38));
    if (type == "G") request.price = dollars_of(value_of(sent, 44));
    requests_[id] = request;
  }
}

std::shared_ptr<ExchangeSide::Order> ExchangeSide::order_of(const Fields& fields) const {
  for (const int tag : {11, 41}) {
    const auto found = by_id_.find(value_of(fields, tag));
    if (found != by_id_.end()) return found->second;
  }
  for (const auto& [id, order] : by_id_) {
    if (!order->order_id.empty() && order->order_id == value_of(fields, 37)) return order;
  }
  return nullptr;
}

Fields ExchangeSide::filled(const std::string& msg_type, Fields given) {
  if (msg_type == "8") fill_report(given);
  if (msg_type == "9") fill_reject(given);
  return given;
}

void ExchangeSide::fill_report(Fields& report) {
  const auto order = order_of(report);
  if (!order) return;  // somebody else's: the script says it all
  const std::string type = value_of(report, 150), id = value_of(report, 11);
  const auto request = requests_.find(id);
  const bool names = !is_pending(type) && type != "8";
  if (names && order->order_id.empty())
    order->order_id = find(report, 37) != nullptr ? value_of(report, 37) : "e" + std::to_string(++orders_);
  set_default(report, 37, order->order_id.empty() ? "NONE" : order->order_id);
  set_default(report, 17, names ? std::to_string(++executions_ + 1000) + ";1" : "-1;-1");
  if (request != requests_.end()) set_default(report, 41, order->cl_ord_id);
  if (request != requests_.end() && type == "5") {
    order->qty = request->second.qty;
    order->price = request->second.price;
  }
  if (type == "F") {
    order->cum += count_of(value_of(report, 32));
    order->value += dollars_of(value_of(report, 31)) * count_of(value_of(report, 32));
    set_default(report, 880, "t" + std::to_string(++trades_));
    set_default(report, 1057, "Y");
    set_default(report, 704, order->cum.to_string());
    set_default(report, 705, "0.00");
    set_default(report, 715, to_fix_date(clearing_business_date(system_clock().now())));
  }
  const bool over = type == "4" || type == "C" || type == "8";
  set_default(report, 6, average(order->value, order->cum));
  set_default(report, 14, order->cum.to_string());
  set_default(report, 38, order->qty.to_string());
  set_default(report, 44, order->price.to_string());
  set_default(report, 151, over ? "0.00" : less(order->qty, order->cum).to_string());
  set_default(report, 39, type == "F" ? (count_of(value_of(report, 151)).is_zero() ? "2" : "1") : type);
  set_default(report, 54, order->side);
  set_default(report, 55, order->symbol);
  set_default(report, 60, now_text());
  set_default(report, 30, "0");
  apply(report, *order);
}

void ExchangeSide::apply(const Fields& report, Order& order) {
  const std::string type = value_of(report, 150);
  if (type == "5" || type == "4") order.cl_ord_id = value_of(report, 11);
  order.cum = count_of(value_of(report, 14));
  order.status = type == "5" ? (order.cum.is_zero() ? "0" : "1") : value_of(report, 39);
  if (type == "4" || type == "C" || type == "8") order.ended = true;
}

void ExchangeSide::fill_reject(Fields& reject) {
  const auto order = order_of(reject);
  if (!order) return;
  const auto request = requests_.find(value_of(reject, 11));
  set_default(reject, 37, order->order_id.empty() ? "NONE" : order->order_id);
  set_default(reject, 39, order->status);
  set_default(reject, 41, order->cl_ord_id);
  set_default(reject, 434, request != requests_.end() && request->second.msg_type == "F" ? "1" : "2");
  set_default(reject, 60, now_text());
}

// ---- REST -----------------------------------------------------------------------------------------------------------------------
void ExchangeSide::say(const std::vector<std::pair<std::string, Fields>>& lines) {
  const std::lock_guard lock(mutex_);
  for (const auto& [what, fields] : lines) {
    if (what == "none") {
      truth_ = {};
      down_ = false;
    } else if (what == "down" || what == "up") {
      down_ = what == "down";
    } else if (what == "order") {
      truth_.orders.push_back(baseline_of(fields));
    } else if (what == "fill") {
      truth_.fills.push_back(fill_of(fields));
    } else {
      throw std::runtime_error("rest " + what + " means nothing");
    }
  }
}

Result<Truth> ExchangeSide::truth() {
  const std::lock_guard lock(mutex_);
  ++questions_;
  if (down_) return fail(ErrorCategory::timeout, "REST is down");
  Truth answer = truth_;
  answer.began = monotonic_time();
  return answer;
}

int ExchangeSide::questions() const {
  const std::lock_guard lock(mutex_);
  return questions_;
}

Baseline ExchangeSide::baseline_of(const Fields& said) const {
  Fields fields = said;
  const auto order = order_of(fields);
  if (!order) throw std::runtime_error("rest order: no such order");
  set_default(fields, 37, order->order_id.empty() ? "e-rest" : order->order_id);
  set_default(fields, 38, order->qty.to_string());
  set_default(fields, 44, order->price.to_string());
  set_default(fields, 14, order->cum.to_string());
  set_default(fields, 151, less(count_of(value_of(fields, 38)), count_of(value_of(fields, 14))).to_string());
  Baseline out;
  out.cl_ord_id = value_of(fields, 11);
  out.order_id = value_of(fields, 37);
  out.symbol = order->symbol;
  out.side = static_cast<Side>(order->side.at(0));
  out.order_qty = count_of(value_of(fields, 38));
  out.cum_qty = count_of(value_of(fields, 14));
  out.leaves_qty = count_of(value_of(fields, 151));
  out.price = dollars_of(value_of(fields, 44));
  out.as_of = system_clock().now();
  out.canceled = value_of(fields, 39) == "4";
  return out;
}

Fill ExchangeSide::fill_of(const Fields& said) const {
  const auto order = order_of(said);
  if (!order) throw std::runtime_error("rest fill: no such order");
  Fields fields = said;
  set_default(fields, 37, order->order_id.empty() ? "e-rest" : order->order_id);
  Fill out;
  out.order_id = value_of(fields, 37);
  out.symbol = order->symbol;
  out.side = static_cast<Side>(order->side.at(0));
  out.price = dollars_of(value_of(fields, 31));
  out.quantity = count_of(value_of(fields, 32));
  out.trade_id = value_of(fields, 880);
  out.transact_time = system_clock().now();
  out.is_taker = true;
  return out;
}

}  // namespace marginfix::gateway::script
