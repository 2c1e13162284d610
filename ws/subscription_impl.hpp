// The inside of a Subscription: what is wanted, what the exchange gave, the books, and where events go. Wire-side members are touched on
// the I/O thread only; what handles read or write is under `mutex`, held for a moment and never around a handler.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "ws/event_queue.hpp"
#include "ws/sequence.hpp"

namespace marginfix::ws {

class Subscriptions;

// A market of an orderbook_delta subscription.
struct BookState {
  std::shared_ptr<SharedOrderBook> book;
  bool has_snapshot{false};              // on this connection, since the last fault
  bool asked{false};                     // a snapshot is on its way because we asked: deltas until then are nobody's fault
  std::optional<EpochMillis> crossed{};  // the delta after which the book was crossed
};

class SubscriptionImpl : public std::enable_shared_from_this<SubscriptionImpl> {
 public:
  SubscriptionImpl(std::uint64_t number, SubscribeRequest request, boost::asio::any_io_executor executor,
                   std::weak_ptr<Subscriptions> owner);

  // ---- what a handle sees, any thread
  std::vector<std::string> market_tickers() const;
  SubscriptionState state() const;
  std::optional<std::int64_t> sid() const;
  SubscriptionStatistics statistics() const;
  std::shared_ptr<const SharedOrderBook> book(std::string_view market_ticker) const;
  void set_handler(Subscription::Handler handler);
  void start_next(boost::asio::any_completion_handler<Subscription::NextSignature> handler);
  std::optional<Event> try_next();

  // ---- the I/O thread's side
  // Hands the event to the handler, to a waiting reader, or to the queue. False: the queue overflowed (policy fail).
  bool deliver(Event event);
  bool wants_pause() const;  // policy wait, and no room
  template <class Change>
  void update(Change change) {  // of what handles see
    const std::lock_guard lock(mutex_);
    change(*this);
  }
  bool wants(std::string_view market_ticker) const;

  const std::uint64_t number;  // ours, for logs and tests; sids come and go
  const SubscribeRequest request;
  const boost::asio::any_io_executor executor;
  const std::weak_ptr<Subscriptions> owner;

  // under mutex_ (update())
  std::set<std::string, std::less<>> wanted;
  SubscriptionState state_now{SubscriptionState::pending};
  std::optional<std::int64_t> sid_now;
  SubscriptionStatistics stats;
  std::map<std::string, BookState, std::less<>> books;

  // I/O thread only
  SequenceTracker sequence;
  std::optional<Timestamp> outage_since;
  int resync_attempts{0};

 private:
  using Reader = boost::asio::any_completion_handler<Subscription::NextSignature>;
  void complete(Reader reader, Result<Event> result);
  void let_go_of_handler();
  void resume_if_room();

  mutable std::mutex mutex_;
  EventQueue queue_;
  std::shared_ptr<Subscription::Handler> handler_;  // shared with the delivery under way: never copied, it may keep state
  Reader reader_;
  bool end_taken_{false};  // the reader has had the `ended` event
  bool end_queued_{false};
};

}  // namespace marginfix::ws
