// All subscriptions of one socket: makes the commands, matches answers, checks sequences, keeps the books, and says what to subscribe to
// again after an outage. No socket and no clock of its own: time and frames come in, texts to send go out through Wire. I/O thread only,
// except where a method says otherwise. Source: websocket.md "Commands", "Answers", "Sequence", "Book rules".
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/ws/subscription.hpp"
#include "ws/subscription_impl.hpp"

namespace marginfix::ws {

// What the socket does for them.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual bool open() const = 0;
  virtual void send(std::string text) = 0;
  virtual void pause_reading(bool paused) = 0;
  virtual void deadline_changed() = 0;                               // next_deadline() may be earlier than before
  virtual void on_unclaimed(Frame frame, std::string_view why) = 0;  // a frame of no subscription of ours, or unknown: kept, not lost
};

struct SubscriptionsOptions {
  std::chrono::milliseconds command_timeout{10'000};
  std::chrono::milliseconds resync_wait{1'000};  // before a refused snapshot request is repeated
  std::size_t most_held{10'000};                 // frames that came before their subscription's answer
  const Clock* interval_clock{nullptr};          // of deadlines; null: the times that methods are given
};

inline Event event_of(EventKind kind, Timestamp at) {
  Event e;
  e.kind = kind;
  e.at = at;
  return e;
}

class Subscriptions : public std::enable_shared_from_this<Subscriptions> {
 public:
  Subscriptions(Wire& wire, boost::asio::any_io_executor executor, SubscriptionsOptions options);

  // ---- asked for by the program
  // Made at once (any thread); start() sends the command, one for all of them.
  std::vector<std::shared_ptr<SubscriptionImpl>> make(const std::vector<SubscribeRequest>& requests);
  void start(const std::vector<std::shared_ptr<SubscriptionImpl>>& subscriptions, Timestamp now);
  // For a socket that has ended: each ends at once. So does an orderbook_delta subscription without markets (start() sees to it).
  void refuse(const std::vector<std::shared_ptr<SubscriptionImpl>>& subscriptions, Timestamp now);
  void add_markets(const std::shared_ptr<SubscriptionImpl>& s, std::vector<std::string> tickers, bool snapshot, Subscription::Done done,
                   Timestamp now);
  void delete_markets(const std::shared_ptr<SubscriptionImpl>& s, std::vector<std::string> tickers, Subscription::Done done, Timestamp now);
  void get_snapshot(const std::shared_ptr<SubscriptionImpl>& s, std::vector<std::string> tickers, Subscription::Done done, Timestamp now);
  void unsubscribe(const std::shared_ptr<SubscriptionImpl>& s, Subscription::Done done, Timestamp now);
  using Listed = std::function<void(Result<std::vector<Subscribed>>)>;
  void list(Listed done, Timestamp now);

  // ---- told by the socket
  void on_open(Timestamp now);
  void on_frame(Frame&& frame, Timestamp now);
  void on_closed(Timestamp now);
  // The socket will not come back: every subscription ends with this, or without an error when the program wanted it so.
  void on_end(const std::optional<Error>& error, Timestamp now);
  std::optional<Timestamp> next_deadline() const;  // by the interval clock
  void on_deadline(Timestamp now);
  // A stream has room again: reading may go on when no other holds it up.
  void room_again();

 private:
  using Impl = std::shared_ptr<SubscriptionImpl>;
  enum class CommandKind : std::uint8_t { subscribe, unsubscribe, update, list };
  struct Command {
    CommandKind kind{CommandKind::subscribe};
    std::vector<Impl> subscriptions;  // subscribe: those not confirmed yet
    Timestamp deadline{};
    Subscription::Done done;
    Listed listed;
    bool resync{false};                // our own request for a snapshot
    std::vector<std::string> added{};  // add_markets: taken back when the exchange refuses them
  };
  struct Held {
    Frame frame;
    Timestamp at{};
  };

  // Deadlines do not follow the wall clock, which the times given are read from.
  Timestamp interval_now(Timestamp now) const { return options_.interval_clock != nullptr ? options_.interval_clock->now() : now; }
  std::int64_t add_command(Command command, Timestamp now);
  void send_subscribe(const std::vector<Impl>& group, Timestamp now);
  void send_update(const Impl& s, std::string_view action, const std::vector<std::string>& tickers, bool snapshot, Command command,
                   Timestamp now);
  void drop_commands(Timestamp now);
  void forget_markets(const Impl& s, const std::vector<std::string>& tickers, Timestamp now);
  void finish(Command& command, const Result<void>& result, Timestamp now);

  void take(Frame&& frame, Timestamp now);
  void on_subscribed(const Frame& frame, Timestamp now);
  void on_unsubscribed(const Frame& frame, Timestamp now);
  void on_ok(Frame& frame, Timestamp now);
  void on_error(const Frame& frame, Timestamp now);
  void on_data(const Impl& s, Frame&& frame, Timestamp now);
  void follow_ticker_change(const Impl& s, const Frame& frame);
  bool in_sequence(const Impl& s, const Frame& frame, Timestamp now, bool control);
  void hold(Frame&& frame, Timestamp now);
  void release(std::int64_t sid);
  void hand_out_held();
  bool subscribing() const;
  void let_go(std::int64_t sid, Timestamp now);  // unsubscribes from what no subscription of ours is

  bool keep_book(const Impl& s, const Frame& frame, Timestamp now);
  bool apply_snapshot(const Impl& s, const Frame& frame, const MarginOrderbookSnapshot& snapshot, Timestamp now);
  bool apply_delta(const Impl& s, const Frame& frame, const MarginOrderbookDelta& delta, Timestamp now);
  void fault(const Impl& s, const Frame& frame, StaleReason reason, std::string text, Timestamp now);
  void stale_books(const Impl& s, StaleReason reason, Timestamp now);
  void resync(const Impl& s, const std::vector<std::string>& tickers, Timestamp now);
  void resubscribe(const Impl& s, Timestamp now);

  void deliver(const Impl& s, Event event, Timestamp now);
  void end(const Impl& s, std::optional<Error> error, Frame frame, Timestamp now);
  Impl by_sid(std::int64_t sid) const;
  void drop_sid(const Impl& s);
  void forget(const Impl& s);
  void balance_reading();

  Wire& wire_;
  const boost::asio::any_io_executor executor_;
  const SubscriptionsOptions options_;
  std::vector<Impl> all_;  // not ended, in the order they were made
  std::map<std::int64_t, Impl> by_sid_;
  std::map<std::int64_t, Command> commands_;
  std::map<std::int64_t, std::vector<Held>> held_;
  std::size_t held_count_{0};
  std::vector<std::pair<Timestamp, std::pair<Impl, std::vector<std::string>>>> resyncs_;  // to be sent at that time
  std::int64_t last_command_{0};
  std::atomic<std::uint64_t> last_number_{0};
  bool paused_{false};
};

}  // namespace marginfix::ws
