// REST's view of an account: positions, fills, positions again, orders, funding history and balance, as lists of bodies that came as they
// came. A list that fails ends with its error and so makes its source unknown, never empty. Reads only: the feed's client refuses every
// operation that is no GET before anything leaves.
//
// poll() blocks (HttpOptions' limits) and is for one thread at a time; run() polls on a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "marginfix/perps_client.hpp"
#include "services/reconcile/feeds/read_only.hpp"
#include "services/reconcile/feeds/record_queue.hpp"

namespace marginfix::reconcile {

// What a round asks for: the service reads it from the ledger.
struct RestPlan {
  std::optional<Timestamp> fills_since;    // by the exchange's clock; absent: everything there is
  std::optional<Timestamp> ended_since;    // orders that ended are listed too, from here on; absent: they are not
  std::vector<std::string> open_orders;    // OrderID(37) that somebody believes open: those that rest no more are looked up
  Timestamp funding_from{}, funding_to{};  // UTC days, both inclusive
  std::optional<Timestamp> until;          // by the steady clock: what has not ended then has failed
};

struct RestRound {
  bool complete{false};                    // every list came whole
  std::optional<Timestamp> fills_covered;  // the fills list came whole from here on; the epoch: all of it
  Timestamp latest{};                      // of everything told, by the exchange's clock
  std::string why;                         // the first error
};

struct RestFeedOptions {
  std::string account;
  PerpsConfig config;
  RestClientOptions client;
  std::chrono::milliseconds interval{10'000};
};

class RestFeed {
 public:
  using Plan = std::function<RestPlan()>;
  using Done = std::function<void(const RestRound&)>;
  RestFeed(RestFeedOptions options, RecordQueue& queue);
  ~RestFeed();
  RestFeed(const RestFeed&) = delete;
  RestFeed& operator=(const RestFeed&) = delete;

  RestRound poll(const RestPlan& plan);

  // Polls at once and then at each interval until stop(); `done` runs on the feed's thread.
  void run(Plan plan, Done done);
  // The next round begins now.
  void poll_soon();
  // Answers found no room in the queue: they are asked for again. Any thread.
  void left_out();
  // Waits for the answer under way.
  void stop();

 private:
  template <class Op, class Each>
  Result<void> list(std::string_view what, std::string_view min_ts, std::vector<Op> requests, Each&& each);
  Result<void> positions();
  Result<void> fills(const RestPlan& plan, RestRound& round);
  Result<void> orders(const RestPlan& plan);
  Result<void> look_up(const RestPlan& plan, const std::set<std::string>& told);
  Result<void> funding(const RestPlan& plan);
  Result<void> balance();
  Result<void> corporate_actions();
  bool record(std::string_view operation, std::string_view query, std::string_view body);  // false: no room
  void state(SourceState state, std::string_view why);
  void rounds();

  RestFeedOptions options_;
  RecordQueue& queue_;
  ReadOnly<PerpsClient> client_;
  std::string told_;                            // the source's latest state
  std::atomic<bool> tell_again_{false};         // the queue has said "unknown" of it
  std::set<std::int32_t> subaccounts_;          // that balances have named
  std::optional<Timestamp> until_;              // of the round under way
  std::map<std::string, Timestamp> looked_up_;  // OrderID(37), by the steady clock

  Plan plan_;
  Done done_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_{false};  // changed under the mutex
  bool soon_{false};
  std::thread thread_;
};

}  // namespace marginfix::reconcile
