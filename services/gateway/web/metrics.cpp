#include "services/gateway/web/metrics.hpp"

#include <algorithm>
#include <limits>

#include "services/gateway/web/api.hpp"

namespace marginfix::gateway {

namespace {

using services::MetricsWriter;

std::int64_t whole(std::uint64_t count) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(count, kMost));
}

std::int64_t seconds_between(Timestamp then, Timestamp now) {
  return std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(now - then).count());
}

void gateway_metrics(MetricsWriter& out, const GatewayStatus& status) {
  out.gauge("open", "1: clients are let in, the recovery is done.").sample(status.open ? 1 : 0);
  out.gauge("ready", "1: open, not killed, and every key is active.").sample(not_ready(status).empty() ? 1 : 0);
  out.gauge("killed", "1: the kill switch blocks new orders.").sample(status.kill.killed ? 1 : 0);
  out.gauge("killed_seconds", "Seconds since the kill switch was thrown; 0 while it is not.")
      .sample(status.kill.killed ? seconds_between(status.kill.since, status.now) : 0);
  out.gauge("arm_asked", "1: the first of the two steps to arm it again has been taken.").sample(status.kill.arm_asked ? 1 : 0);
  out.gauge("start_time_seconds", "When it started, in seconds since 1970.").sample(to_epoch_seconds(status.started));
  out.gauge("uptime_seconds", "Seconds since it started.").sample(seconds_between(status.started, status.now));
  out.counter("logons_refused_total", "Logons of clients that were refused.").sample(whole(status.logons_refused));
  out.counter("unreadable_total", "Messages that could not be read.").sample(whole(status.unreadable));
  out.counter("unknown_reports_total", "Reports of orders that are not the gateway's.").sample(whole(status.unknown_reports));
  out.gauge("journal_bytes", "Size of the journal.").sample(whole(status.journal_bytes));
  out.gauge("journal_files", "Files of the journal.").sample(whole(status.journal_files));
}

// ---- clients

// A family with one sample a client. `of` gives its value.
template <class Of>
void each_client(MetricsWriter& family, const GatewayStatus& status, Of of) {
  for (const ClientStatus& client : status.clients) {
    family.sample({{"client", client.comp_id}, {"begin_string", client.begin_string}}, of(client));
  }
}

void client_states(MetricsWriter& out, const GatewayStatus& status) {
  each_client(out.gauge("client_logged_on", "1: the client is logged on."), status, [](const auto& c) { return c.logged_on ? 1 : 0; });
  each_client(out.gauge("client_queued_bytes", "What the client has not read yet."), status,
              [](const auto& c) { return whole(c.queued_bytes); });
  each_client(out.gauge("client_open_orders", "Its orders that work, or may work, at the exchange."), status,
              [](const auto& c) { return whole(c.open_orders); });
  each_client(out.gauge("client_owed_reports", "Reports that it has not been sent on a live session."), status,
              [](const auto& c) { return whole(c.owed); });
  each_client(out.gauge("client_next_sender_seq", "MsgSeqNum(34) of the next message to it."), status,
              [](const auto& c) { return c.next_sender_seq; });
  each_client(out.gauge("client_next_target_seq", "MsgSeqNum(34) that is expected of it next."), status,
              [](const auto& c) { return c.next_target_seq; });
  out.gauge("client_last_message_age_seconds", "Seconds since it said anything. Clients that never did are left out.");
  for (const ClientStatus& client : status.clients) {
    if (client.last_message == Timestamp{}) continue;
    out.sample({{"client", client.comp_id}, {"begin_string", client.begin_string}}, seconds_between(client.last_message, status.now));
  }
}

void client_counts(MetricsWriter& out, const GatewayStatus& status) {
  each_client(out.counter("client_messages_in_total", "Application messages from it."), status,
              [](const auto& c) { return whole(c.messages_in); });
  each_client(out.counter("client_messages_out_total", "Application messages to it."), status,
              [](const auto& c) { return whole(c.messages_out); });
  each_client(out.counter("client_orders_total", "NewOrderSingle(D) taken."), status, [](const auto& c) { return whole(c.orders); });
  each_client(out.counter("client_refused_total", "Of D, G and F: refused by the gateway itself."), status,
              [](const auto& c) { return whole(c.refused); });
  each_client(out.counter("client_possible_resends_total", "Messages with 43=Y or 97=Y that were known already."), status,
              [](const auto& c) { return whole(c.possible_resends); });
}

void client_settings(MetricsWriter& out, const GatewayStatus& status) {
  out.gauge("client_info", "Always 1: the key that a client's orders go out on.");
  for (const ClientStatus& c : status.clients) {
    out.sample({{"client", c.comp_id}, {"begin_string", c.begin_string}, {"account", c.account}}, 1);
  }
  out.gauge("client_limits", "Always 1: a client's limits as they hold now; an empty one is none.");
  for (const ClientStatus& c : status.clients) {
    out.sample({{"client", c.comp_id},
                {"begin_string", c.begin_string},
                {"max_order_qty", c.max_order_qty},
                {"max_notional", c.max_notional},
                {"price_collar", c.price_collar},
                {"max_open_orders", c.max_open_orders},
                {"max_position", c.max_position},
                {"max_messages_per_second", c.max_messages_per_second}},
               1);
  }
}

// ---- keys

template <class Of>
void each_key(MetricsWriter& family, const GatewayStatus& status, Of of) {
  for (const KeyStatus& key : status.keys) family.sample({{"account", key.account}}, of(key));
}

void key_metrics(MetricsWriter& out, const GatewayStatus& status) {
  each_key(out.gauge("key_active", "1: orders of this key can go out."), status, [](const auto& k) { return key_active(k) ? 1 : 0; });
  out.gauge("key_session", "Always 1: where the orders of a key go now, and the state of that session.");
  for (const KeyStatus& key : status.keys) out.sample({{"account", key.account}, {"session", key.session}, {"state", key.state}}, 1);
  each_key(out.gauge("key_market_data", "1: KalshiMD is logged on."), status, [](const auto& k) { return k.market_data ? 1 : 0; });
  each_key(out.gauge("key_open_orders", "Open orders of all clients."), status, [](const auto& k) { return whole(k.open_orders); });
  each_key(out.gauge("key_outcome_unknown", "Orders and requests that nobody could say anything of yet."), status,
           [](const auto& k) { return whole(k.outcome_unknown); });
  each_key(out.gauge("key_waiting_messages", "Messages that wait for tokens."), status, [](const auto& k) { return whole(k.waiting); });
  each_key(out.gauge("key_write_tokens", "Tokens left in the default write bucket."), status, [](const auto& k) { return k.write_tokens; });
}

void hop(MetricsWriter& out, std::string_view name, std::string_view help, const LatencyHistogram& histogram) {
  out.histogram(name, help).buckets({}, kLatencyBounds, histogram.counts, histogram.sum_us);
}

}  // namespace

void write_gateway_metrics(MetricsWriter& out, const GatewayStatus& status) {
  gateway_metrics(out, status);
  client_states(out, status);
  client_counts(out, status);
  client_settings(out, status);
  key_metrics(out, status);
  hop(out, "latency_oms_to_exchange_microseconds", "From a client's request read until its message to the exchange has left.",
      status.oms_to_exchange);
  hop(out, "latency_exchange_microseconds", "From that until the exchange's first answer.", status.exchange);
  hop(out, "latency_exchange_to_oms_microseconds", "From a report read until the client's has been sent.", status.exchange_to_oms);
}

}  // namespace marginfix::gateway
