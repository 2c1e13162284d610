// From the feeds' threads to the one that writes: records in the order in which they were given. Bounded by count and bytes, and nobody who
// puts a record ever waits: what has no room is left out, and that is told. The first record of a source that finds no room makes one of
// its own, source_state "unknown", which stands where it would have stood (room for those is always there); left_out() says of whom how
// many are missing, so that their feed can open a gap and ask again. What can be read at any pace (a file) waits for room instead.
// Any thread puts; one takes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "services/reconcile/journal/record.hpp"

namespace marginfix::reconcile {

struct RecordQueueOptions {
  std::size_t records{200'000};
  std::size_t bytes{std::size_t{256} << 20};
  // What Record::received says; it never runs backwards. Null: the system's.
  const Clock* clock{nullptr};
};

// Records of a source that had no room, by account.
struct LeftOut {
  std::string account;
  Source source{};
  std::uint64_t records{0};
};

class RecordQueue {
 public:
  explicit RecordQueue(RecordQueueOptions options = {});

  // Stamps and keeps it. False: no room; it is counted, and its source is unknown from here on.
  bool put(RecordKind kind, Source source, std::string account, std::string body);
  // As put(), for what can be read at any pace: waits until half of the room is free, so that those who cannot wait always find some.
  // False: `give_up` said so meanwhile, and nothing was kept or counted.
  bool put_patiently(RecordKind kind, Source source, std::string account, std::string body, const std::function<bool()>& give_up);

  // What has come, in order; waits for the first at most so long. `most`: of one batch.
  std::vector<Record> take(std::chrono::milliseconds wait, std::size_t most = 10'000);
  // Gives a batch back that could not be written: it comes first again.
  void give_back(std::vector<Record> batch);

  // What had no room since the last call: the service tells the feeds, which ask again for what they can.
  std::vector<LeftOut> left_out();
  std::size_t waiting() const;
  std::uint64_t dropped() const;  // since it was made

 private:
  Record stamped(RecordKind kind, Source source, std::string account, std::string body);
  void keep(Record record);

  RecordQueueOptions options_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable come_, gone_;
  std::deque<Record> records_;
  std::size_t bytes_{0};
  Timestamp latest_{};
  std::map<std::pair<std::string, Source>, std::uint64_t> missing_;  // since left_out()
  std::uint64_t dropped_{0};
};

}  // namespace marginfix::reconcile
