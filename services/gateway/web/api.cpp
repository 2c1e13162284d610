#include "services/gateway/web/api.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>
#include <limits>

#include "marginfix/core/text.hpp"
#include "marginfix/json/writer.hpp"

namespace marginfix::gateway {

namespace {

using json::Writer;

constexpr std::string_view kActive = "active";  // SessionState of a key that trades

void count_member(Writer& out, std::string_view name, std::uint64_t count) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  out.member(name, static_cast<std::int64_t>(std::min(count, kMost)));
}

void time_member(Writer& out, std::string_view name, Timestamp time) {
  out.key(name);
  time == Timestamp{} ? out.null() : out.string(to_rfc3339(time));
}

void write_kill(Writer& out, const KillStatus& kill) {
  out.key("kill").begin_object().member("killed", kill.killed);
  time_member(out, "since", kill.since);
  out.member("by", kill.by).member("reason", kill.reason).member("arm_asked", kill.arm_asked).end_object();
}

void write_client(Writer& out, const ClientStatus& client) {
  out.begin_object().member("comp_id", client.comp_id).member("begin_string", client.begin_string).member("account", client.account);
  out.member("logged_on", client.logged_on).member("address", client.address);
  out.member("next_sender_seq", client.next_sender_seq).member("next_target_seq", client.next_target_seq);
  count_member(out, "queued_bytes", client.queued_bytes);
  count_member(out, "open_orders", client.open_orders);
  count_member(out, "messages_in", client.messages_in);
  count_member(out, "messages_out", client.messages_out);
  count_member(out, "orders", client.orders);
  count_member(out, "refused", client.refused);
  count_member(out, "possible_resends", client.possible_resends);
  count_member(out, "owed", client.owed);
  time_member(out, "last_message", client.last_message);
  out.key("limits").begin_object().member("max_order_qty", client.max_order_qty).member("max_notional", client.max_notional);
  out.member("price_collar", client.price_collar).member("max_open_orders", client.max_open_orders);
  out.member("max_position", client.max_position).member("max_messages_per_second", client.max_messages_per_second);
  out.end_object().end_object();
}

void write_key(Writer& out, const KeyStatus& key) {
  out.begin_object().member("account", key.account).member("session", key.session).member("state", key.state).member("why", key.why);
  out.member("market_data", key.market_data);
  count_member(out, "open_orders", key.open_orders);
  count_member(out, "outcome_unknown", key.outcome_unknown);
  count_member(out, "waiting", key.waiting);
  out.member("write_tokens", key.write_tokens).end_object();
}

void write_bound(Writer& out, std::string_view name, const std::optional<std::int64_t>& bound) {
  out.key(name);
  bound ? out.integer(*bound) : out.null();
}

void write_hop(Writer& out, std::string_view name, const LatencyHistogram& histogram) {
  out.key(name).begin_object();
  count_member(out, "count", histogram.count);
  out.member("sum_us", histogram.sum_us);
  write_bound(out, "p50_us", at_most(histogram, 500));
  write_bound(out, "p99_us", at_most(histogram, 990));
  out.key("buckets").begin_array();
  for (const std::uint64_t count : histogram.counts) out.integer(static_cast<std::int64_t>(count));
  out.end_array().end_object();
}

void write_latency(Writer& out, const GatewayStatus& status) {
  out.key("latency").begin_object().key("bounds_us").begin_array();
  for (const std::int64_t bound : kLatencyBounds) out.integer(bound);
  out.end_array();
  write_hop(out, "oms_to_exchange", status.oms_to_exchange);
  write_hop(out, "exchange", status.exchange);
  write_hop(out, "exchange_to_oms", status.exchange_to_oms);
  out.end_object();
}

void write_order(Writer& out, const OrderRow& order) {
  out.begin_object().member("client", order.client).member("account", order.account).member("cl_ord_id", order.cl_ord_id);
  out.member("exchange_cl_ord_id", order.exchange_cl_ord_id).member("order_id", order.order_id).member("symbol", order.symbol);
  out.member("side", order.side).member("order_qty", order.order_qty).member("cum_qty", order.cum_qty);
  out.member("leaves_qty", order.leaves_qty).member("price", order.price).member("ord_status", order.ord_status);
  out.member("text", order.text);
  time_member(out, "entered", order.entered);
  time_member(out, "changed", order.changed);
  out.member("open", order.open).end_object();
}

Error unreadable_request(const std::string& message) { return fail(ErrorCategory::decode, message); }

// A member that is a text or absent.
Result<std::string> text_member(const boost::json::object& object, std::string_view name, std::string otherwise) {
  const auto* const found = object.if_contains(name);
  if (found == nullptr) return otherwise;
  if (!found->is_string()) return unreadable_request("`" + std::string(name) + "` is a text");
  return std::string(found->get_string());
}

}  // namespace

std::string status_json(const GatewayStatus& status) {
  std::string text;
  Writer out(text);
  out.begin_object();
  time_member(out, "now", status.now);
  time_member(out, "started", status.started);
  out.member("uptime_seconds", std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(status.now - status.started).count()));
  out.member("open", status.open).member("waits_for", status.waits_for).member("ready", not_ready(status).empty());
  write_kill(out, status.kill);
  out.key("clients").begin_array();
  for (const ClientStatus& client : status.clients) write_client(out, client);
  out.end_array().key("keys").begin_array();
  for (const KeyStatus& key : status.keys) write_key(out, key);
  out.end_array();
  write_latency(out, status);
  count_member(out, "logons_refused", status.logons_refused);
  count_member(out, "unreadable", status.unreadable);
  count_member(out, "unknown_reports", status.unknown_reports);
  count_member(out, "journal_bytes", status.journal_bytes);
  count_member(out, "journal_files", status.journal_files);
  out.end_object();
  return text;
}

std::string orders_json(const std::vector<OrderRow>& orders, bool more) {
  std::string text;
  Writer out(text);
  out.begin_object().key("orders").begin_array();
  for (const OrderRow& order : orders) write_order(out, order);
  out.end_array().member("more", more).end_object();
  return text;
}

bool key_active(const KeyStatus& key) { return !key.session.empty() && key.state == kActive; }

std::string not_ready(const GatewayStatus& status) {
  std::string why;
  if (!status.open) why += "not open yet: " + (status.waits_for.empty() ? std::string("recovering") : visible(status.waits_for)) + "\n";
  if (status.kill.killed) why += "killed: new orders are refused until it is armed again\n";
  if (status.keys.empty()) why += "no key is configured\n";
  for (const KeyStatus& key : status.keys) {
    if (key_active(key)) continue;
    why += "key " + visible(key.account) + ": " + visible(key.state) + (key.why.empty() ? "" : ", " + visible(key.why)) + "\n";
  }
  return why;
}

std::optional<std::int64_t> at_most(const LatencyHistogram& histogram, std::uint64_t of_thousand) {
  // Whole thousands and the rest for themselves: the product of a count and 1,000 could run over.
  const std::uint64_t whole = histogram.count / 1'000 * of_thousand;
  const std::uint64_t wanted = whole + (histogram.count % 1'000 * of_thousand + 999) / 1'000;
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < kLatencyBounds.size(); ++i) {
    so_far += histogram.counts[i];
    if (so_far > 0 && so_far >= wanted) return kLatencyBounds[i];
  }
  return std::nullopt;
}

Result<OrdersQuery> orders_query(const services::HttpRequest& request) {
  OrdersQuery query;
  query.client = request.parameter("client");
  const std::string open = request.parameter("open");
  if (open != "" && open != "0" && open != "1") return unreadable_request("open is 1 or 0, not '" + visible(open) + "'");
  query.open_only = open == "1";
  const std::string most = request.parameter("most");
  if (most.empty()) return query;
  const char* const end = most.data() + most.size();
  const auto [last, fault] = std::from_chars(most.data(), end, query.most);
  if (fault != std::errc() || last != end || query.most == 0) {
    return unreadable_request("most is a whole number from 1 on, not '" + visible(most) + "'");
  }
  query.most = std::min(query.most, OrdersQuery::kMost);
  return query;
}

Result<Command> command_of(std::string_view body) {
  Command command;
  if (body.empty()) return command;
  boost::system::error_code fault;
  const auto value = boost::json::parse(boost::json::string_view(body.data(), body.size()), fault);
  if (fault || !value.is_object()) return unreadable_request("the body is no JSON object");
  auto by = text_member(value.get_object(), "by", command.by);
  if (!by) return by.error();
  if (*by != "http" && *by != "command") return unreadable_request("`by` is http or command");
  auto reason = text_member(value.get_object(), "reason", "");
  if (!reason) return reason.error();
  if (reason->size() > Command::kReasonBytes) {
    return unreadable_request("`reason` has more than " + std::to_string(Command::kReasonBytes) + " bytes");
  }
  if (const char* const wrong = text_fault(*reason)) return unreadable_request("`reason` " + std::string(wrong));
  command.by = *std::move(by);
  command.reason = *std::move(reason);
  return command;
}

}  // namespace marginfix::gateway
