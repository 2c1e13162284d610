#include "services/gateway/service/client.hpp"

#include <algorithm>
#include <utility>

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

std::int64_t Client::had_before(std::int64_t seq) {
  std::int64_t had = 0;
  while (!unconfirmed.empty() && unconfirmed.front().seq != 0 && unconfirmed.front().seq < seq) {
    had = std::max(had, unconfirmed.front().seq);
    unconfirmed.pop_front();
  }
  return had;
}

bool Client::waits(std::string_view cl_ord_id) const {
  return std::ranges::any_of(waiting, [&](const QueuedRequest& each) {
    return (each.msg_type == "D" || each.msg_type == "G" || each.msg_type == "F") && each.cl_ord_id == cl_ord_id;
  });
}

bool Client::orders_wait() const { return std::ranges::find(waiting, "D", &QueuedRequest::msg_type) != waiting.end(); }

std::size_t Client::waiting_count(bool questions) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(waiting, [questions](const QueuedRequest& each) { return each.is_question() == questions; }));
}

std::deque<QueuedRequest> Client::take_settled_questions() {
  std::deque<QueuedRequest> settled;
  for (QueuedRequest& each : std::exchange(waiting, {})) {  // what a question waits for stands before it
    const bool open = !each.is_question() || (each.msg_type == "AF" ? orders_wait() : waits(each.cl_ord_id));
    (open ? waiting : settled).push_back(std::move(each));
  }
  return settled;
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
