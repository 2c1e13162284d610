#include "services/reconcile/stream/tail.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "services/reconcile/stream/events.hpp"

namespace marginfix::reconcile {

namespace {

constexpr std::size_t kRememberedIds = 200'000;
constexpr std::chrono::milliseconds kBetweenTries{200};

}  // namespace

std::string stream_filter(std::string_view subject, std::string_view kind, std::string_view account, std::string_view symbol) {
  const auto token = [](std::string_view text) { return text.empty() ? std::string("*") : subject_token(text); };
  return std::string(subject) + '.' + (kind.empty() ? "*" : std::string(kind)) + '.' + token(account) + '.' + token(symbol);
}

StreamTail::StreamTail(ConnectStream connect, std::string stream, std::string filter, StreamConnection::From from,
                       std::function<void(const std::string&)> trouble)
    : connect_(std::move(connect)), stream_(std::move(stream)), filter_(std::move(filter)), from_(from), trouble_(std::move(trouble)) {}

Result<void> StreamTail::connect() {
  auto made = connect_();
  if (!made) return made.error();
  const auto found = (*made)->look(stream_);
  if (!found) return found.error();
  if (!*found) return fail(ErrorCategory::config, "there is no stream " + stream_);
  // Once something was followed "from now on", now is when that was.
  if (!from_.sequence && !from_.time) from_.sequence = (*found)->last_sequence + 1;
  if (auto followed = (*made)->follow(stream_, filter_, from_); !followed) return followed;
  connection_ = std::move(*made);
  if (!std::exchange(told_, "").empty() && trouble_) trouble_("");
  return {};
}

void StreamTail::cut(const Error& error) {
  connection_.reset();
  if (std::exchange(told_, error.message) != error.message && trouble_) trouble_(error.message);
}

Result<std::optional<StreamMessage>> StreamTail::next(std::chrono::milliseconds wait) {
  if (!connection_) {
    if (auto connected = connect(); !connected) {
      if (is_lasting(connected.error())) return connected.error();
      cut(connected.error());
      std::this_thread::sleep_for(std::min(wait, kBetweenTries));
      return std::optional<StreamMessage>();
    }
  }
  auto next = connection_->next_message(wait);
  if (!next) {
    cut(next.error());
    return std::optional<StreamMessage>();
  }
  if (!*next) return next;
  from_.sequence = (*next)->sequence + 1;
  from_.time.reset();
  if (!is_new((*next)->id)) return std::optional<StreamMessage>();
  return next;
}

bool StreamTail::is_new(const std::string& id) {
  if (id.empty()) return true;
  if (!seen_.insert(id).second) return false;
  order_.push_back(id);
  if (order_.size() > kRememberedIds) {
    seen_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

}  // namespace marginfix::reconcile
