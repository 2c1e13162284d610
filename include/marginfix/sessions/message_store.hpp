// Where KalshiRT keeps sequence numbers and sent messages over restarts. Implement it to use a store of your own.
// Clean in C++14 and C++20 (the QuickFIX wall includes it). One session owns one store; all calls come from the client's I/O thread.
// Throw std::runtime_error when reading or writing fails: the session then stops with EndReason::store_failed, nothing leaves unstored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace marginfix {

struct StoredMessage {
  std::int64_t seq{};
  std::string bytes{};  // the whole message as it was sent
};

class MessageStore {
 public:
  virtual ~MessageStore() = default;

  virtual std::int64_t next_sender_seq() const = 0;
  virtual std::int64_t next_target_seq() const = 0;
  virtual void set_next_sender_seq(std::int64_t seq) = 0;
  virtual void set_next_target_seq(std::int64_t seq) = 0;

  // Keeps a sent message; called before its bytes leave, and before commit(). next_sender_seq() becomes seq + 1 in the same atomic step.
  virtual void append_sent(std::int64_t seq, const char* data, std::size_t size) = 0;
  // Messages kept in [begin, end] (end 0 = all), ascending; numbers of messages that were not kept are simply missing.
  virtual std::vector<StoredMessage> sent(std::int64_t begin, std::int64_t end) const = 0;

  // Called when what was appended is about to leave, once for everything that leaves in one write: a store that brings it onto a disk does
  // so here, once for all of it.
  virtual void commit() {}
  // Both numbers back to 1, messages dropped.
  virtual void reset() = 0;
  // Epoch seconds of the last reset (or of creation).
  virtual std::int64_t created_at() const = 0;
};

struct MemoryStoreOptions {
  // Bytes of sent messages that are kept; the oldest make room, and a gap fill stands for them when they are asked for. The newest one
  // stays, however large. In memory a message takes some 100 bytes more.
  std::size_t most_bytes{std::size_t{64} << 20};
};
// In memory: NR, DC and MD, which start at 1 with every Logon, acceptors whose numbers need not outlive the process, and tests.
std::unique_ptr<MessageStore> make_memory_store(const MemoryStoreOptions& options = {});

struct FileStoreOptions {
  std::string path{};                    // one file; its folder must exist and is locked against a second process
  bool sync_every_append{false};         // fdatasync in commit(), before messages leave: survives power loss, not only kill -9
  std::int64_t keep_seconds{72 * 3600};  // older sent messages are dropped at compaction (the exchange retains at most 72 h)
  bool mapped{true};                     // false: each append is a write(), on every file system (core/append_file.hpp)
};
// Append-only, checksummed records; survives kill -9 at any instant; a torn tail is cut at open, damage elsewhere throws
// std::runtime_error naming file, offset and the two ways out.
std::unique_ptr<MessageStore> open_file_store(const FileStoreOptions& options);

}  // namespace marginfix
