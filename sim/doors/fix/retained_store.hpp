// A KalshiRT session's memory: the message store with the retention of MessageRetentionPeriod(20200) on the trading clock, and a
// record of which event of the exchange became which message. After kill -9 the exchange replays its journal; the record says which
// of the replayed reports the client was already given, so that none is lost and none is sent twice.
// Throws std::runtime_error when the disk refuses, as every MessageStore.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "marginfix/core/time.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "sim/doors/fix/session_options.hpp"
#include "sim/exchange/values/files.hpp"
#include "sim/exchange/values/types.hpp"

namespace marginfix::sim {

// One file of fixed records: a message's is appended before the message is stored. Messages that are older than any session retains are
// forgotten, so that neither the file nor memory grows with the past. Beside them the file says what must outlive the process:
//   reset owed   the numbers began at 1 again, and the exchange has not been told yet (commands::ResetRef)
//   lost         a message could be neither recorded nor stored: the session is not whole until its numbers begin at 1 again
class DeliveryRecord {
 public:
  // `first_event`: for a new file, the last event before the session existed.
  DeliveryRecord(const std::filesystem::path& file, EventNo first_event);
  DeliveryRecord(const DeliveryRecord&) = delete;
  DeliveryRecord& operator=(const DeliveryRecord&) = delete;

  // Once after opening, with the numbers of the store. A store that stands at 1 was reset, or is new: where the record has not heard of
  // it (the process died in between, or the store was lost), it begins anew too. Does not throw: the next opening would find the same.
  void align(std::int64_t next_sender_seq, std::int64_t next_target_seq) noexcept;
  // The message numbered `seq` is about to be stored; it is about `event` (0: about none).
  void about_to_store(EventNo event, std::int64_t seq, Timestamp trading_time);
  // The store's numbers began at 1 again; nothing up to `event` is owed any more, the exchange must be told (reset_owed), and what was
  // lost does not matter. Where this throws it holds all the same, and settle() writes it down.
  void restart(EventNo event);
  bool reset_owed() const noexcept { return reset_owed_; }
  void reset_told();
  bool lost() const noexcept { return lost_; }
  void note_lost() noexcept;
  // Writes down what could not be written when it happened. Before anything else of the session is stored.
  void settle();

  // Given what the store says it would send next: the last event whose message was stored.
  EventNo delivered(std::int64_t next_sender_seq) const;
  // Trading time at which message `seq` was stored; the epoch when not known. Of forgotten ones the newest's: they are no younger.
  Timestamp stored_at(std::int64_t seq) const;

 private:
  struct Entry {
    std::uint64_t event;
    std::int64_t seq;  // 0: no message; below 0: a mark
    std::int64_t time_us;
  };
  void load();
  void take(const Entry& entry);
  void append(const Entry& entry);
  void write_anew(const std::vector<Entry>& entries);
  void forget_old(Timestamp now);

  std::filesystem::path file_;
  FileHandle handle_;
  std::uint64_t size_{0};  // of the file
  // Ascending by number. The first is what everything before it has been reduced to.
  std::vector<Entry> entries_;
  std::size_t next_look_{0};  // so many entries bring the next look at what may be forgotten
  bool reset_owed_{false}, lost_{false};
  bool unwritten_{false};  // the file does not say what the members say
};

class RetainedStore final : public MessageStore {
 public:
  struct Exchange {
    std::function<Timestamp()> now;       // trading clock
    std::function<EventNo()> last_event;  // that happened
  };
  // `retention_hours` is asked at every resend.
  RetainedStore(std::unique_ptr<MessageStore> inner, std::shared_ptr<DeliveryRecord> record, Exchange exchange,
                std::function<int()> retention_hours);
  std::int64_t next_sender_seq() const override { return inner_->next_sender_seq(); }
  std::int64_t next_target_seq() const override { return inner_->next_target_seq(); }
  void set_next_sender_seq(std::int64_t seq) override;
  void set_next_target_seq(std::int64_t seq) override;
  void append_sent(std::int64_t seq, const char* data, std::size_t size) override;
  std::vector<StoredMessage> sent(std::int64_t begin, std::int64_t end) const override;
  void reset() override;
  std::int64_t created_at() const override { return inner_->created_at(); }

 private:
  std::unique_ptr<MessageStore> inner_;
  std::shared_ptr<DeliveryRecord> record_;
  Exchange exchange_;
  std::function<int()> retention_hours_;
};

}  // namespace marginfix::sim
