#include "services/gateway/service/client.hpp"

#include <algorithm>

#include "services/gateway/oms/symbols.hpp"

namespace marginfix::gateway {

Client::Client(const ClientConfig& the_config) : config(the_config), name(the_config.name()) {}

bool Client::send(const std::string& msg_type, std::string_view body) { return logged_on() && session->send(msg_type, body).has_value(); }

std::string Client::exchange_symbol(std::string_view symbol) const { return gateway::exchange_symbol(config, symbol); }
std::string Client::client_symbol(std::string_view symbol) const { return gateway::client_symbol(config, symbol); }

std::int64_t Client::confirm(std::chrono::nanoseconds now, std::chrono::nanoseconds age) {
  if (!logged_on() || now - logged_on_at < age || session->queued() != 0) return 0;
  std::int64_t had = 0;
  while (!unconfirmed.empty() && unconfirmed.front().seq != 0 && now - unconfirmed.front().sent >= age) {
    had = std::max(had, unconfirmed.front().seq);
    unconfirmed.pop_front();
  }
  return had;
}

std::chrono::milliseconds Client::age_of(std::optional<Timestamp> sending_time, std::optional<Timestamp> orig_sending_time, bool poss_dup,
                                         bool stalled, Timestamp now) {
  using std::chrono::milliseconds;
  if (!sending_time) return milliseconds{0};
  const std::chrono::microseconds late = now - *sending_time;
  if (!stalled) usual_ = late;
  std::chrono::microseconds age = stalled && usual_ && late > *usual_ ? late - *usual_ : std::chrono::microseconds{0};
  if (poss_dup && orig_sending_time && *orig_sending_time < *sending_time) age += *sending_time - *orig_sending_time;
  return std::chrono::duration_cast<milliseconds>(age);
}

}  // namespace marginfix::gateway
