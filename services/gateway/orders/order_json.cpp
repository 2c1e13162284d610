#include "services/gateway/orders/order_json.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <charconv>

#include "marginfix/json/writer.hpp"

namespace marginfix::gateway {
namespace {

namespace bj = boost::json;

// ---- writing ------------------------------------------------------------------------------------------------------------------------
// Members of their default value are left out.
class JsonOut {
 public:
  JsonOut() : json_(text_) {
    constexpr std::size_t kUsual = 512;
    text_.reserve(kUsual);
    json_.begin_object();
  }
  std::string take() {
    json_.end_object();
    return std::move(text_);
  }
  void put(std::string_view name, std::string_view value) {
    if (!value.empty()) json_.member(name, value);
  }
  // Left out where it is what another member says, too.
  void put_unless(std::string_view name, std::string_view value, std::string_view same) {
    if (value != same) json_.member(name, value);
  }
  void put(std::string_view name, bool value) {
    if (value) json_.member(name, value);
  }
  void number(std::string_view name, std::int64_t value) {
    if (value != 0) json_.member(name, std::to_string(value));
  }
  void put(std::string_view name, FixedPointCount value) {
    if (!value.is_zero()) json_.member(name, value);
  }
  void put(std::string_view name, DollarDecimal value) {
    if (!value.is_zero()) json_.member(name, value);
  }
  void put(std::string_view name, Timestamp value) { number(name, value.time_since_epoch().count()); }
  template <class T>
  void put(std::string_view name, const std::optional<T>& value) {
    if (!value) return;
    if constexpr (std::is_same_v<T, Timestamp>)
      json_.member(name, std::to_string(value->time_since_epoch().count()));
    else if constexpr (std::is_same_v<T, DollarDecimal> || std::is_same_v<T, FixedPointCount>)
      json_.member(name, *value);
    else
      json_.member(name, std::to_string(static_cast<int>(*value)));
  }
  template <class E>
  void code(std::string_view name, E value) {
    number(name, static_cast<int>(value));
  }
  json::Writer& writer() { return json_; }

 private:
  std::string text_;
  json::Writer json_;
};

void write_expiry(JsonOut& out, const Expiry& expiry) {
  out.code("tif", expiry.time_in_force);
  out.put("expire", expiry.expire_time);
}

void write_request(JsonOut& out, const OrderRequest& r) {
  out.code("kind", r.kind);
  out.code("cause", r.cause);
  out.put("cl_ord_id", r.cl_ord_id);
  out.put("operator", r.operator_id);
  out.put("orig", r.orig_exchange_id);
  out.put("exchange_id", r.exchange_id);
  out.put("order_qty", r.order_qty);
  out.put("price", r.price);
  write_expiry(out, r.expiry);
  out.put("answered", r.answered);
  out.put("refused", r.refused);
  out.put("told_pending", r.told_pending);
}

// ---- reading --------------------------------------------------------------------------------------------------------------------------
class JsonIn {
 public:
  static Result<JsonIn> of(std::string_view text) {
    boost::system::error_code error;
    bj::value value = bj::parse(text, error);
    if (error || !value.is_object()) return fail(ErrorCategory::decode, "the journal holds JSON that cannot be read");
    return JsonIn(std::move(value.as_object()));
  }
  explicit JsonIn(bj::object object) : object_(std::move(object)) {}

  std::string text(std::string_view name) const {
    const bj::value* value = object_.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
  }
  bool flag(std::string_view name) const {
    const bj::value* value = object_.if_contains(name);
    return value != nullptr && value->is_bool() && value->as_bool();
  }
  bool has(std::string_view name) const { return object_.contains(name); }
  std::int64_t number(std::string_view name) const {
    const std::string digits = text(name);
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
  FixedPointCount count(std::string_view name) const {
    const auto value = FixedPointCount::parse(text(name));
    return value ? *value : FixedPointCount{};
  }
  DollarDecimal dollars(std::string_view name) const {
    const auto value = DollarDecimal::parse(text(name));
    return value ? *value : DollarDecimal{};
  }
  Timestamp time(std::string_view name) const { return Timestamp{std::chrono::microseconds{number(name)}}; }
  template <class E>
  E code(std::string_view name) const {
    return static_cast<E>(number(name));
  }
  template <class E>
  std::optional<E> maybe(std::string_view name) const {
    return has(name) ? std::optional<E>(static_cast<E>(number(name))) : std::nullopt;
  }
  std::optional<Timestamp> maybe_time(std::string_view name) const {
    return has(name) ? std::optional<Timestamp>(time(name)) : std::nullopt;
  }
  const bj::object& object() const { return object_; }

 private:
  bj::object object_;
};

Expiry read_expiry(const JsonIn& in) { return {in.code<TimeInForce>("tif"), in.maybe_time("expire")}; }

OrderRequest read_request(const JsonIn& in) {
  OrderRequest r;
  r.kind = in.code<OrderRequest::Kind>("kind");
  r.cause = in.code<OrderRequest::Cause>("cause");
  r.cl_ord_id = in.text("cl_ord_id");
  r.operator_id = in.text("operator");
  r.orig_exchange_id = in.text("orig");
  r.exchange_id = in.text("exchange_id");
  r.order_qty = in.count("order_qty");
  r.price = in.dollars("price");
  r.expiry = read_expiry(in);
  r.answered = in.flag("answered");
  r.refused = in.flag("refused");
  r.told_pending = in.flag("told_pending");
  return r;
}

}  // namespace

std::string to_json(const ClientOrder& o) {
  JsonOut out;
  out.number("number", static_cast<std::int64_t>(o.number));
  out.put("client", o.client);
  out.put("account", o.account);
  out.put("symbol", o.symbol);
  out.put_unless("client_symbol", o.client_symbol, o.symbol);
  out.code("side", o.side);
  out.put("order_qty", o.order_qty);
  out.put("price", o.price);
  write_expiry(out, o.expiry);
  out.put("client_account", o.client_account);
  out.put("secondary_cl_ord_id", o.secondary_cl_ord_id);
  out.put("operator", o.operator_id);
  out.put("exec_inst", o.exec_inst);
  out.put("subaccount", o.subaccount);
  out.put("customer_account", o.customer_account);
  out.put("stp", o.self_trade_prevention_type);
  out.put("cancel_on_pause", o.cancel_order_on_pause);
  out.put("exchange_id", o.exchange_id);
  out.put("cl_ord_id", o.cl_ord_id);
  out.put_unless("first_cl_ord_id", o.first_cl_ord_id, o.cl_ord_id);
  out.put("order_id", o.order_id);
  out.put("told_pending", o.told_pending);
  out.put("told_new", o.told_new);
  out.put("told_end", o.told_end);
  out.code("end_status", o.end_status);
  out.put("told_qty", o.told_qty);
  out.put("told_value", o.told_value);
  out.put("text", o.text);
  out.put("entered", o.entered);
  if (o.changed != o.entered) out.writer().member("changed", std::to_string(o.changed.time_since_epoch().count()));
  if (!o.requests.empty()) {
    out.writer().key("requests").begin_array();
    for (const OrderRequest& request : o.requests) {
      JsonOut one;
      write_request(one, request);
      out.writer().raw(one.take());
    }
    out.writer().end_array();
  }
  return out.take();
}

Result<ClientOrder> order_of_json(std::string_view json) {
  const auto read = JsonIn::of(json);
  if (!read) return read.error();
  const JsonIn& in = *read;
  ClientOrder o;
  o.number = static_cast<std::uint64_t>(in.number("number"));
  o.client = in.text("client");
  o.account = in.text("account");
  o.symbol = in.text("symbol");
  o.client_symbol = in.text(in.has("client_symbol") ? "client_symbol" : "symbol");
  o.side = in.code<Side>("side");
  o.order_qty = in.count("order_qty");
  o.price = in.dollars("price");
  o.expiry = read_expiry(in);
  o.client_account = in.text("client_account");
  o.secondary_cl_ord_id = in.text("secondary_cl_ord_id");
  o.operator_id = in.text("operator");
  o.exec_inst = in.maybe<ExecInst>("exec_inst");
  o.subaccount = in.maybe<std::int32_t>("subaccount");
  o.customer_account = in.text("customer_account");
  o.self_trade_prevention_type = in.maybe<SelfTradePreventionType>("stp");
  if (in.has("cancel_on_pause")) o.cancel_order_on_pause = in.number("cancel_on_pause") != 0;
  o.exchange_id = in.text("exchange_id");
  o.cl_ord_id = in.text("cl_ord_id");
  o.first_cl_ord_id = in.text(in.has("first_cl_ord_id") ? "first_cl_ord_id" : "cl_ord_id");
  o.order_id = in.text("order_id");
  o.told_pending = in.flag("told_pending");
  o.told_new = in.flag("told_new");
  o.told_end = in.flag("told_end");
  o.end_status = in.code<OrdStatus>("end_status");
  o.told_qty = in.count("told_qty");
  o.told_value = in.dollars("told_value");
  o.text = in.text("text");
  o.entered = in.time("entered");
  o.changed = in.time(in.has("changed") ? "changed" : "entered");
  const bj::value* requests = in.object().if_contains("requests");
  if (requests != nullptr && requests->is_array()) {
    for (const bj::value& each : requests->as_array()) {
      if (each.is_object()) o.requests.push_back(read_request(JsonIn(each.as_object())));
    }
  }
  if (o.number == 0 || o.client.empty()) return fail(ErrorCategory::decode, "the journal holds an order without a number or a client");
  return o;
}

std::string to_json(std::uint64_t order, const OrderRequest& request) {
  JsonOut out;
  out.number("order", static_cast<std::int64_t>(order));
  write_request(out, request);
  return out.take();
}

Result<std::pair<std::uint64_t, OrderRequest>> request_of_json(std::string_view json) {
  const auto in = JsonIn::of(json);
  if (!in) return in.error();
  return std::pair{static_cast<std::uint64_t>(in->number("order")), read_request(*in)};
}

std::string to_json(const Baseline& b) {
  JsonOut out;
  out.put("cl_ord_id", b.cl_ord_id);
  out.put("order_id", b.order_id);
  out.put("symbol", b.symbol);
  out.code("side", b.side);
  out.put("order_qty", b.order_qty);
  out.put("cum_qty", b.cum_qty);
  out.put("leaves_qty", b.leaves_qty);
  out.put("price", b.price);
  out.number("subaccount", b.subaccount);
  out.put("as_of", b.as_of);
  out.put("canceled", b.canceled);
  if (!b.trade_ids.empty()) {
    out.writer().key("trade_ids").begin_array();
    for (const std::string& id : b.trade_ids) out.writer().value(id);
    out.writer().end_array();
  }
  return out.take();
}

Result<Baseline> baseline_of_json(std::string_view json) {
  const auto in = JsonIn::of(json);
  if (!in) return in.error();
  Baseline b;
  b.cl_ord_id = in->text("cl_ord_id");
  b.order_id = in->text("order_id");
  b.symbol = in->text("symbol");
  b.side = in->code<Side>("side");
  b.order_qty = in->count("order_qty");
  b.cum_qty = in->count("cum_qty");
  b.leaves_qty = in->count("leaves_qty");
  b.price = in->dollars("price");
  b.subaccount = static_cast<std::int32_t>(in->number("subaccount"));
  b.as_of = in->time("as_of");
  b.canceled = in->flag("canceled");
  const bj::value* ids = in->object().if_contains("trade_ids");
  if (ids != nullptr && ids->is_array()) {
    for (const bj::value& id : ids->as_array()) {
      if (id.is_string()) b.trade_ids.emplace_back(id.as_string());
    }
  }
  return b;
}

std::string to_json(const Fill& f) {
  JsonOut out;
  out.put("exec_id", f.exec_id.text());
  out.put("last_mkt", f.last_mkt);
  out.put("cl_ord_id", f.cl_ord_id);
  out.put("order_id", f.order_id);
  out.put("symbol", f.symbol);
  out.number("subaccount", f.subaccount);
  out.code("side", f.side);
  out.put("price", f.price);
  out.put("quantity", f.quantity);
  out.put("time", f.transact_time);
  out.put("trade_id", f.trade_id);
  out.put("is_taker", f.is_taker);
  out.put("fee", f.fee);
  out.put("post_position", f.post_position);
  return out.take();
}

Result<Fill> fill_of_json(std::string_view json) {
  const auto in = JsonIn::of(json);
  if (!in) return in.error();
  Fill f;
  f.exec_id = ExecId(in->text("exec_id"));
  f.last_mkt = in->text("last_mkt");
  f.cl_ord_id = in->text("cl_ord_id");
  f.order_id = in->text("order_id");
  f.symbol = in->text("symbol");
  f.subaccount = static_cast<std::int32_t>(in->number("subaccount"));
  f.side = in->code<Side>("side");
  f.price = in->dollars("price");
  f.quantity = in->count("quantity");
  f.transact_time = in->maybe_time("time");
  f.trade_id = in->text("trade_id");
  if (in->has("is_taker")) f.is_taker = in->number("is_taker") != 0;
  if (in->has("fee")) f.fee = in->dollars("fee");
  if (in->has("post_position")) f.post_position = in->count("post_position");
  return f;
}

std::string to_json(const NetPositions& positions) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  for (const auto& [client, of_symbols] : positions) {
    out.key(client).begin_object();
    for (const auto& [symbol, net] : of_symbols) out.member(symbol, net);
    out.end_object();
  }
  out.end_object();
  return text;
}

Result<NetPositions> positions_of_json(std::string_view json) {
  const auto in = JsonIn::of(json);
  if (!in) return in.error();
  NetPositions out;
  for (const auto& each : in->object()) {
    if (!each.value().is_object()) continue;
    const JsonIn of_symbols(each.value().as_object());
    for (const auto& one : of_symbols.object()) out[std::string(each.key())][std::string(one.key())] = of_symbols.count(one.key());
  }
  return out;
}

}  // namespace marginfix::gateway
