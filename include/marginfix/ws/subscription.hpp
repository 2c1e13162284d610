// One channel's subscription on the margin WebSocket: what it delivers, and the handle a program keeps.
//
//   auto sub = socket.subscribe({.channel = Channel::trade, .market_tickers = {"KXBTCPERP"}});
//   sub.set_handler([](const Event& event) { ... });          // on the I/O thread, in wire order
//   // or, on the same object, as a stream:
//   Result<Event> event = co_await sub.next(boost::asio::use_awaitable);
//
// A subscription outlives connections: after an outage it comes back by itself, with a new `sid`; its handle stays the same.
// Threads: every method may be called from any thread. Handlers run on the I/O thread, one at a time, never under a lock.
// Source: websocket.md "Commands", "Channels", "Sequence"; observed.md "WebSocket behaviour".
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/overflow_policy.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/order_book.hpp"
#include "marginfix/ws/frames.hpp"

namespace marginfix::ws {

// When a stream's reader is slower than the exchange. Subscriptions with a handler have no queue.
//   wait         stop reading the socket until there is room: nothing is lost here, the exchange may cut us off (code 25)
//   drop_oldest  the oldest data event goes; Event::dropped and the statistics count it
//   drop_newest  the data event that has just come goes, counted likewise
//   conflate     channel `ticker` only: a newer frame of a market takes the place of an older one
//   fail         the subscription ends with Error(closed)
using marginfix::OverflowPolicy;

struct SubscribeRequest {
  Channel channel{Channel::orderbook_delta};
  std::vector<std::string> market_tickers{};  // required for orderbook_delta; empty elsewhere = all markets
  bool send_initial_snapshot{false};          // `ticker` only: one frame a market at once
  OverflowPolicy overflow{OverflowPolicy::wait};
  std::size_t queue_size{4096};  // events a stream may hold
};

enum class EventKind : std::uint8_t {
  data,        // `frame` is a data frame of the channel: each that comes, once (a repeated seq is dropped), read or not
  subscribed,  // the exchange confirmed it (again, after an outage): `sid` is new
  gap,         // frames are missing: `expected`, `received`. On orderbook_delta books are stale until their next snapshot
  book_fault,  // a book cannot be right (`error` says why): it is stale and a snapshot has been asked for; the frame itself follows as data
  outage,      // the connection is gone since `at`; books are empty and stale
  ended        // the last event: refused, ended by the exchange (10, 25, unsubscribed), unsubscribed, failed by its policy
};
std::string_view to_string(EventKind kind) noexcept;

struct Event {
  EventKind kind{EventKind::data};
  Frame frame{};                     // data; a copy of the frame behind a fault or an end where there was one
  Timestamp at{};                    // when it came (our clock); outage: when the connection ended
  std::optional<Timestamp> since{};  // subscribed after an outage: when that began
  std::int64_t expected{0}, received{0};
  // data of orderbook_delta: false when the frame changed no book, because its book waits for a snapshot or cannot be right. Recorders get
  // every frame; who keeps a book of their own leaves these out and takes the next snapshot.
  bool applied{true};
  std::uint64_t dropped{0};  // data events of this subscription that its queue dropped just before this one
  std::optional<Error> error{};
};

enum class SubscriptionState : std::uint8_t { pending, active, ended };
std::string_view to_string(SubscriptionState state) noexcept;

struct SubscriptionStatistics {
  std::uint64_t frames{0};      // data frames received
  std::uint64_t duplicates{0};  // dropped: the same seq again
  std::uint64_t gaps{0};
  std::uint64_t faults{0};   // book_fault
  std::uint64_t resyncs{0};  // snapshots asked for
  std::uint64_t dropped{0};  // by drop_oldest
  std::uint64_t conflated{0};
  std::uint64_t outages{0};
};

class SubscriptionImpl;

// A handle: cheap to copy, empty when default-constructed. The last handle may go while the subscription goes on (with its handler);
// unsubscribe() ends it.
class Subscription {
 public:
  using Handler = std::function<void(const Event&)>;
  using NextSignature = void(Result<Event>);

  Subscription() = default;
  explicit Subscription(std::shared_ptr<SubscriptionImpl> impl) : impl_(std::move(impl)) {}
  explicit operator bool() const noexcept { return impl_ != nullptr; }

  Channel channel() const;
  std::vector<std::string> market_tickers() const;  // as wanted now; empty = all
  SubscriptionState state() const;
  std::optional<std::int64_t> sid() const;  // of the present connection
  SubscriptionStatistics statistics() const;

  // From now on events go to `handler`; what a stream had queued is delivered to it first. An empty handler: a stream again.
  void set_handler(Handler handler);
  // The next event, in order; waits for one. Error(closed) after the `ended` event was taken. One outstanding call at a time.
  template <class CompletionToken>
  auto next(CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, NextSignature>(
        [this](auto handler) { start_next(boost::asio::any_completion_handler<NextSignature>(std::move(handler))); }, token);
  }
  // What is queued now; nothing when there is nothing.
  std::optional<Event> try_next();

  // Changes the markets (update_subscription); `done` (may be empty) gets what the exchange answered, on the I/O thread. A market that the
  // exchange refuses is not asked for again after an outage. Deleting the last market unsubscribes.
  using Done = std::function<void(Result<void>)>;
  void add_markets(std::vector<std::string> market_tickers, bool send_initial_snapshot = false, Done done = {});
  void delete_markets(std::vector<std::string> market_tickers, Done done = {});
  // Fresh orderbook_snapshot frames of these markets (empty: all of the subscription).
  void get_snapshot(std::vector<std::string> market_tickers = {}, Done done = {});
  void unsubscribe(Done done = {});

  // orderbook_delta: the market's book, kept by the subscription whatever becomes of its events; null for a market that is not
  // subscribed. Readable from any thread, stale() while it cannot be trusted.
  std::shared_ptr<const SharedOrderBook> book(std::string_view market_ticker) const;

 private:
  void start_next(boost::asio::any_completion_handler<NextSignature> handler);
  std::shared_ptr<SubscriptionImpl> impl_;
};

}  // namespace marginfix::ws
