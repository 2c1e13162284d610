// Klear's view of a clearing member: obligations with their settlements, funding payments, the settlement balance, report files. Lists of
// bodies that came as they came, but for the list of reports, whose presigned links are secrets: it is written without them. Reads only.
// poll() blocks and is for one thread at a time; run() polls on a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "marginfix/klear_client.hpp"
#include "services/reconcile/feeds/read_only.hpp"
#include "services/reconcile/feeds/record_queue.hpp"

namespace marginfix::reconcile {

// Times by the exchange's clock.
struct KlearPlan {
  Timestamp from{}, to{};          // fundings of this stretch, reports of its Eastern days
  std::optional<Timestamp> until;  // by the steady clock: what has not ended then has failed
};

struct KlearFeedOptions {
  std::string account;
  KlearConfig config;
  RestClientOptions client;
  std::chrono::milliseconds interval{300'000};
};

class KlearFeed {
 public:
  using Plan = std::function<KlearPlan()>;
  KlearFeed(KlearFeedOptions options, RecordQueue& queue);
  ~KlearFeed();
  KlearFeed(const KlearFeed&) = delete;
  KlearFeed& operator=(const KlearFeed&) = delete;

  // Error: the first that a list had; then the source is unknown.
  Result<void> poll(const KlearPlan& plan);
  void run(Plan plan);
  void poll_soon();
  // Answers found no room in the queue: they are asked for again. Any thread.
  void left_out();
  void stop();

 private:
  template <class Op, class Each>
  Result<void> pages(Op request, const std::string& about, Each&& each);
  template <class F>
  Result<void> list(std::string_view what, F&& pages);
  Result<void> obligations();
  Result<void> rest_of(const klear::ObligationEntry& obligation);
  Result<void> funding(const KlearPlan& plan);
  Result<void> reports(const KlearPlan& plan);
  Result<void> file(const klear::MarginReport& report);
  Result<void> balance();
  bool record(std::string_view operation, std::string_view query, std::string_view body);  // false: no room
  void rounds();

  KlearFeedOptions options_;
  RecordQueue& queue_;
  ReadOnly<KlearClient> client_;
  std::set<std::string> files_;          // read already
  std::set<Timestamp> fundings_;         // complete and told
  std::string told_;                     // the source's latest state
  std::atomic<bool> tell_again_{false};  // the queue has said "unknown" of it
  std::optional<Timestamp> until_;       // of the round under way
  Plan plan_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_{false};  // changed under the mutex
  bool soon_{false};
  std::thread thread_;
};

}  // namespace marginfix::reconcile
