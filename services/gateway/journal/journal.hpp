// The gateway's journal: files in DIR/journal to which batches of records are appended, each batch with its checksum, whole or not at all,
// before anything that follows from it leaves. It survives kill -9; with `sync` power loss too.
//
// Format, little endian: a file begins with "MFXGWJ01"; a batch is u32 size, u32 CRC-32 of its records, u32 CRC-32 of these two, and the
// records: u8 kind, u8 0, u16 length of `who`, u32 length of the body, i64 time in microseconds, who, body. The head has a checksum of its
// own, so that a damaged size is not taken for a batch that was never finished; one that was not has the size zero, which is written last
// (core/append_file.hpp), and is the last. Behind it is room: zeros. A later file begins with everything that its predecessors
// came to (orders, requests, ...; up to JournalKind::snapshot_end), so that only the newest whole one is read at a start; older ones are
// the audit trail.
//
// One writer (DIR is locked), readers beside it. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"
#include "services/gateway/journal/record.hpp"

namespace marginfix::gateway {

struct JournalOptions {
  std::string dir;                                   // made where it is missing
  bool sync{false};                                  // fdatasync at each commit
  std::int64_t file_bytes{std::int64_t{256} << 20};  // wants_new_file()
  std::int64_t keep_files{0};                        // ended files; 0: all
  bool mapped{true};                                 // false: each commit is a write(), on every file system (core/append_file.hpp)
};

class Journal {
 public:
  // Reads the newest whole file, each record in its order, and goes on at its end. An unfinished tail is cut (cut_bytes()).
  // Error(store): in use by another process, no journal, damage with whole batches behind it, cannot be read or written; `replayed`'s own.
  static Result<std::unique_ptr<Journal>> open(JournalOptions options, const std::function<Result<void>(const JournalRecord&)>& replayed);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Into the batch. `now` where the record has no time.
  void append(JournalKind kind, std::string_view who, std::string_view body, Timestamp time);
  void append(const JournalRecord& record, Timestamp now) {
    append(record.kind, record.who, record.body, record.time == Timestamp{} ? now : record.time);
  }
  // The batch to the file. Error(store), code "disk_full" where there is no room: the batch stays and goes with the next commit; the file
  // ends with a whole batch.
  Result<void> commit();
  bool failing() const noexcept;               // the latest commit failed
  std::size_t waiting_bytes() const noexcept;  // in the batch

  // It is longer than file_bytes, and than four times what it began with. What a file begins with takes a moment to write: so this waits
  // for a `quiet` one, until the file is four times as long.
  bool wants_new_file(bool quiet) const noexcept;
  // Commits, and begins a new file with what `snapshot` puts. Error(store): the old file goes on.
  using Put = std::function<void(const JournalRecord&)>;
  Result<void> begin_file(const std::function<void(const Put&)>& snapshot, Timestamp now);

  std::int64_t bytes() const noexcept;  // in the present file, without the room behind them
  std::int64_t files() const noexcept;
  std::int64_t cut_bytes() const noexcept;  // of a batch that an earlier process did not finish

 private:
  struct Impl;
  explicit Journal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Error(store): another process writes it. For whoever touches the folder before open() does.
Result<void> check_unused(const std::string& dir);
// Files of a journal, oldest first.
std::vector<std::string> journal_files(const std::string& dir);
// False: a crash left it before everything that it begins with was written; a later start removes it.
Result<bool> is_whole_journal_file(const std::string& path);
// The one that a start would read. Error(store): there is none, or it is damaged.
Result<std::string> newest_journal_file(const std::string& dir);
// Every record of one file; an unfinished tail ends it. Gives the bytes of whole batches. Error(store): no journal, or damage.
Result<std::int64_t> read_journal_file(const std::string& path, const std::function<Result<void>(const JournalRecord&)>& each);
// The same from a place that it gave before.
Result<std::int64_t> read_journal_file(const std::string& path, std::int64_t from,
                                       const std::function<Result<void>(const JournalRecord&)>& each);
// The whole audit trail, oldest first, without what later files repeat at their beginning; stops where `each` says false.
Result<void> read_audit(const std::string& dir, const std::function<bool(const JournalRecord&)>& each);

}  // namespace marginfix::gateway
