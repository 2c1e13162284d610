// The records of a store's file (file_format.hpp), written and read. FileStore goes on with what it reads here; store_file.cpp shows it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/sessions/store_file.hpp"
#include "sessions/store/file_format.hpp"

namespace marginfix::store {

// ---- writing ----------------------------------------------------------------------------------------------------------
std::string header_block(std::uint64_t epoch, std::int64_t created_at);
std::string target_block(std::uint64_t epoch, std::int64_t next_target);

// Starts a record in `out`; the payload follows, then seal().
void begin_record(std::string& out, RecordKind kind, std::size_t payload);
template <class Number>
void add(std::string& out, Number value) {
  char bytes[sizeof value];
  put(bytes, value);
  out.append(bytes, sizeof bytes);
}
void seal(std::string& out, std::size_t payload);

void add_number(std::string& out, RecordKind kind, std::int64_t number);
void add_sent(std::string& out, std::int64_t seq, std::int64_t at, std::string_view message);
void add_reset(std::string& out, std::uint64_t epoch, std::int64_t at);

// ---- reading ----------------------------------------------------------------------------------------------------------
// A file's bytes, mapped or read piece by piece.
class Bytes {
 public:
  virtual ~Bytes() = default;
  // As many of [offset, offset + size) as the file has. Valid until the next call.
  virtual std::string_view at(std::uint64_t offset, std::size_t size) = 0;
  // What was read before may have become more since.
  virtual void look_again() {}
};

struct Entry {
  std::int64_t seq, at;
  std::uint64_t offset;
  std::uint32_t payload;
  std::size_t record_size() const noexcept { return kRecordHead + payload + kRecordTail; }
};

// What the records come to.
struct State {
  std::uint64_t epoch{0};
  std::int64_t created_at{0};
  std::int64_t next_sender{1}, next_target{1};
  std::vector<Entry> index;     // messages, ascending by number
  std::size_t expired{0};       // the first so many of them are too old
  std::uint64_t live_bytes{0};  // of the records of the others

  void start_epoch(std::uint64_t number, std::int64_t at);
  void note_sent(const Entry& entry);
  // A number given again replaces what had it before, and what came after.
  void forget_from(std::int64_t seq);
  void expire_before(std::int64_t oldest);
};

struct Reading {
  std::uint32_t version{0};
  std::uint64_t header_epoch{0};
  std::int64_t header_created_at{0};
  State state;
  std::uint64_t end{0};             // behind the last whole record
  std::uint64_t unfinished_end{0};  // behind what a killed process left of another one; `end` where it left nothing
  std::optional<StoreFileDamage> damage;
};
// Everything up to the end or to the damage; throws what `file` throws.
Reading read_records(Bytes& file);

// The record of a message as `entry` says; false when it is not there, whole.
bool is_record_of(const Entry& entry, std::string_view record);
inline std::string_view message_of(std::string_view record) {
  return record.substr(kRecordHead + 16, record.size() - kRecordHead - 16 - kRecordTail);
}

}  // namespace marginfix::store
