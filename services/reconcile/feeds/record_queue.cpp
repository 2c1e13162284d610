#include "services/reconcile/feeds/record_queue.hpp"

#include <algorithm>
#include <iterator>

namespace marginfix::reconcile {
namespace {

constexpr std::chrono::milliseconds kLookWhetherToGiveUp{50};

std::size_t size_of(const Record& record) { return sizeof(Record) + record.account.size() + record.body.size(); }

}  // namespace

RecordQueue::RecordQueue(RecordQueueOptions options)
    : options_(options), clock_(options.clock != nullptr ? *options.clock : system_clock()) {}

Record RecordQueue::stamped(RecordKind kind, Source source, std::string account, std::string body) {
  latest_ = std::max(latest_, clock_.now());
  return {kind, source, latest_, std::move(account), std::move(body)};
}

bool RecordQueue::put(RecordKind kind, Source source, std::string account, std::string body) {
  bool kept = true;
  {
    const std::lock_guard lock(mutex_);
    Record record = stamped(kind, source, std::move(account), std::move(body));
    // States, gaps and decisions are few and small, and say what is wrong: they always find room.
    const bool bulky = kind == RecordKind::fix || kind == RecordKind::rest || kind == RecordKind::ws || kind == RecordKind::klear ||
                       kind == RecordKind::firm_fix || kind == RecordKind::firm_row;
    if (bulky && (records_.size() >= options_.records || bytes_ + size_of(record) > options_.bytes)) {
      kept = false;
      ++dropped_;
      if (++missing_[{record.account, source}] == 1) {
        record.kind = RecordKind::source_state;
        record.body = "unknown\nthis service could not write as fast as it was told: messages are missing here";
      }
    }
    if (kept || record.kind == RecordKind::source_state) keep(std::move(record));
  }
  come_.notify_one();
  return kept;
}

void RecordQueue::keep(Record record) {
  bytes_ += size_of(record);
  records_.push_back(std::move(record));
}

bool RecordQueue::put_patiently(RecordKind kind, Source source, std::string account, std::string body,
                                const std::function<bool()>& give_up) {
  {
    std::unique_lock lock(mutex_);
    const auto half_is_free = [this] { return records_.size() * 2 <= options_.records && bytes_ * 2 <= options_.bytes; };
    while (!gone_.wait_for(lock, kLookWhetherToGiveUp, half_is_free)) {
      if (give_up()) return false;
    }
    keep(stamped(kind, source, std::move(account), std::move(body)));
  }
  come_.notify_one();
  return true;
}

std::vector<Record> RecordQueue::take(std::chrono::milliseconds wait, std::size_t most) {
  std::unique_lock lock(mutex_);
  come_.wait_for(lock, wait, [this] { return !records_.empty(); });
  const auto end = records_.begin() + static_cast<std::ptrdiff_t>(std::min(most, records_.size()));
  std::vector<Record> batch(std::make_move_iterator(records_.begin()), std::make_move_iterator(end));
  records_.erase(records_.begin(), end);
  for (const Record& record : batch) bytes_ -= size_of(record);
  lock.unlock();
  gone_.notify_all();
  return batch;
}

void RecordQueue::give_back(std::vector<Record> batch) {
  const std::lock_guard lock(mutex_);
  for (const Record& record : batch) bytes_ += size_of(record);
  records_.insert(records_.begin(), std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end()));
}

std::vector<LeftOut> RecordQueue::left_out() {
  const std::lock_guard lock(mutex_);
  std::vector<LeftOut> all;
  for (const auto& [whose, records] : std::exchange(missing_, {})) all.push_back({whose.first, whose.second, records});
  return all;
}

std::size_t RecordQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return records_.size();
}

std::uint64_t RecordQueue::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace marginfix::reconcile
