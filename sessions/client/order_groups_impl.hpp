// Matches order group requests with the answers of the exchange, which do not name what they answer. I/O thread, but for request().
#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <list>
#include <optional>
#include <string>

#include "marginfix/fix/messages.hpp"
#include "marginfix/sessions/order_groups.hpp"
#include "sessions/client/session_core.hpp"

namespace marginfix::sessions {

class OrderGroupsImpl {
 public:
  explicit OrderGroupsImpl(SessionCore& core);

  struct Request {
    OrderGroupAction action{};
    std::string group_id;
    std::optional<std::int64_t> limit;
    std::optional<std::int32_t> alloc_account;
  };
  // Any thread.
  Result<void> request(Request request, OrderGroupCallback done);
  std::size_t pending() const noexcept { return pending_count_.load(std::memory_order_relaxed); }

  // What the session saw.
  void on_response(const fix::OrderGroupResponse& response);
  void on_refused(std::int64_t ref_seq, const Error& error, bool reference_missing);
  void on_transmitted(const SentMessage& sent);
  void on_dropped(const NotSent& what);
  void on_lost();

 private:
  enum class Stage : std::uint8_t { held, submitted, sent, abandoned };
  struct Entry {
    Request request;
    OrderGroupCallback done;
    Stage stage{Stage::held};
    std::uint64_t message_id{0};
    std::int64_t seq{0};
    Timestamp deadline{};
  };
  using Entries = std::list<Entry>;

  void admit(Request request, OrderGroupCallback done);
  void submit(Entries::iterator entry);
  void submit_held();
  bool create_on_its_way(const Request& request) const;
  Entries::iterator find_answered(const fix::OrderGroupResponse& response);
  void finish(Entries::iterator entry, Result<OrderGroupResult> outcome);
  void arm_timeout();
  void expire();

  SessionCore& core_;
  Entries entries_;
  std::atomic<std::size_t> pending_count_{0};
  Entry* submitting_{nullptr};
  boost::asio::steady_timer timer_;
};

}  // namespace marginfix::sessions
