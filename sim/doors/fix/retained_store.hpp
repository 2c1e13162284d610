// A KalshiRT session's memory: the message store with the retention of MessageRetentionPeriod(20200) on the trading clock, and a
// record of which event of the exchange became which message. After kill -9 the exchange replays its journal; the record says which
// of the replayed reports the client was already given, so that none is lost and none is sent twice.
// Throws std::runtime_error when the disk refuses, as every MessageStore.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "marginfix/core/time.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "sim/exchange/values/types.hpp"

namespace marginfix::sim {

// One append-only file of fixed records, written before the message it is about is stored.
class DeliveryRecord {
 public:
  // `first_event`: for a new file, the last event before the session existed.
  DeliveryRecord(const std::filesystem::path& file, EventNo first_event);
  ~DeliveryRecord();
  DeliveryRecord(const DeliveryRecord&) = delete;
  DeliveryRecord& operator=(const DeliveryRecord&) = delete;

  // The message numbered `seq` is about to be stored; it is about `event` (0: about none).
  void about_to_store(EventNo event, std::int64_t seq, Timestamp trading_time);
  // Both sides restarted at 1; nothing before `event` is owed any more.
  void restart(EventNo event);
  // Given what the store says it would send next: the last event whose message was stored.
  EventNo delivered(std::int64_t next_sender_seq) const;
  // Trading time at which message `seq` was stored; the epoch when not known.
  Timestamp stored_at(std::int64_t seq) const;

 private:
  struct Entry {
    std::uint64_t event;
    std::int64_t seq;  // 0: no message
    std::int64_t time_us;
  };
  void append(const Entry& entry);
  void load();
  int fd_{-1};
  std::filesystem::path file_;
  std::vector<Entry> entries_;
};

class RetainedStore final : public MessageStore {
 public:
  // `trading_now` and `retention_hours` are asked at every resend.
  RetainedStore(std::unique_ptr<MessageStore> inner, std::shared_ptr<const DeliveryRecord> record, std::function<Timestamp()> trading_now,
                std::function<int()> retention_hours);
  std::int64_t next_sender_seq() const override { return inner_->next_sender_seq(); }
  std::int64_t next_target_seq() const override { return inner_->next_target_seq(); }
  void set_next_sender_seq(std::int64_t seq) override { inner_->set_next_sender_seq(seq); }
  void set_next_target_seq(std::int64_t seq) override { inner_->set_next_target_seq(seq); }
  void append_sent(std::int64_t seq, const char* data, std::size_t size) override { inner_->append_sent(seq, data, size); }
  std::vector<StoredMessage> sent(std::int64_t begin, std::int64_t end) const override;
  void reset() override { inner_->reset(); }
  std::int64_t created_at() const override { return inner_->created_at(); }

 private:
  std::unique_ptr<MessageStore> inner_;
  std::shared_ptr<const DeliveryRecord> record_;
  std::function<Timestamp()> trading_now_;
  std::function<int()> retention_hours_;
};

}  // namespace marginfix::sim
