// The file of a message store (open_file_store) seen from outside: what it holds, whether it is whole, and a new one made of numbers and
// messages from elsewhere. Reading takes no lock and changes nothing: it works beside the session that has the file open.
// One thread at a time; nothing is shared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/core/result.hpp"

namespace marginfix {

// Where a file is not as it was written. Everything before it is as it was.
struct StoreFileDamage {
  std::uint64_t offset{0};
  std::string what;
};
// "damaged at offset 96: record checksum", and the two ways out.
std::string to_string(const StoreFileDamage& damage);

// With `damage` the numbers and messages are those of the records before it; with damage in front of the records (offset below 96) nothing
// is known.
struct StoreFileInfo {
  std::uint32_t version{0};
  std::uint64_t epoch{0};      // counts resets, from 1
  std::int64_t created_at{0};  // epoch seconds of the last reset, or of creation
  std::int64_t next_sender_seq{1}, next_target_seq{1};
  std::size_t messages{0};
  std::int64_t first_seq{0}, last_seq{0};  // of the messages, 0: none
  std::int64_t oldest{0}, newest{0};       // when they were stored, epoch seconds
  std::uint64_t used_bytes{0};             // of header and records
  std::uint64_t unfinished_bytes{0};       // of a record behind them that a killed process left half written: its message never left
  std::uint64_t room_bytes{0};             // zeros behind; with damage all that is behind it
  std::optional<StoreFileDamage> damage;
  bool in_use{false};  // a session holds its lock; as far as this machine tells (Linux, not from another container)
};

struct StoreFileMessage {
  std::int64_t seq{0};
  std::int64_t stored_at{0};  // epoch seconds
  std::string bytes;
};

class StoreFile {
 public:
  // Reads all of it: damage is part of the answer, an error is a file that cannot be read or is none of ours.
  static Result<StoreFile> read(const std::string& path);
  StoreFile(StoreFile&&) noexcept;
  StoreFile& operator=(StoreFile&&) noexcept;
  ~StoreFile();

  const StoreFileInfo& info() const noexcept;
  // The messages in [begin, end] (end 0: all), ascending, until `visit` gives false.
  Result<void> for_each(std::int64_t begin, std::int64_t end, const std::function<bool(const StoreFileMessage&)>& visit) const;

 private:
  struct Impl;
  explicit StoreFile(std::unique_ptr<Impl> impl);
  static Result<std::unique_ptr<Impl>> look(const std::string& path);
  std::unique_ptr<Impl> impl_;
};

struct NewStoreFile {
  std::int64_t created_at{0};
  std::int64_t next_sender_seq{1}, next_target_seq{1};
  std::vector<StoreFileMessage> messages;  // ascending, all below next_sender_seq
};
// All or nothing, also when the machine goes down: a temporary file beside it, brought onto the disk and then given its name. What is there
// is replaced only with `overwrite`, if it is a message store, and no session has it open.
Result<void> write_store_file(const std::string& path, const NewStoreFile& contents, bool overwrite = false);

}  // namespace marginfix
