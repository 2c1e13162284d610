// The journal: a file to which records are appended, each with the SHA-256 of its bytes and of the record before, so that no byte of it can
// change unseen. One writer (the folder's lock), many readers beside it.
//
// Format, little endian: the file begins with "MFXRECJ1" and 32 bytes (SHA-256 of those 8). A record: u32 length of what follows up to the
// hash, u8 kind, u8 source, i64 received (microseconds), u16 length of account, account, body; then 32 bytes: SHA-256 of the hash before
// and all bytes of this record before its hash.
//
// A tail that a killed process left unfinished (a part of a batch, or zeros) is cut by the next writer, and told. A fault with a whole
// record behind it is an error with its offset: a writer cuts nothing that was once complete.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "marginfix/core/result.hpp"
#include "services/reconcile/journal/record.hpp"
#include "services/reconcile/journal/sha256.hpp"

namespace marginfix::reconcile {

// Where a record ends: what a ledger that has applied it writes down.
struct JournalPosition {
  std::int64_t offset{0};  // bytes from the start of the file; 0 = before everything
  Hash hash{};
  friend bool operator==(const JournalPosition&, const JournalPosition&) = default;
};

class JournalWriter {
 public:
  // Makes the file, or opens it and goes to its end. Reads every record from `from` on (checking it), and gives those to `replayed`.
  // Error(store): no journal, a fault in the middle (offset in the text), cannot be written, `from` is not a place in it.
  static Result<std::unique_ptr<JournalWriter>> open(const std::string& path, JournalPosition from,
                                                     const std::function<void(const Record&, JournalPosition)>& replayed);
  ~JournalWriter();
  // Into memory; gives the position behind it. Throws Exception(store): a body of more than 1 GiB, or an account of more than 65,535 bytes.
  JournalPosition append(const Record& record);
  // Forgets what was appended since the last flush.
  void discard();
  // To the file, and onto the disk (fdatasync). Error(store): what was appended since the last flush is cut off again, so that the journal
  // ends with a whole record. The caller may append it again later (code "disk_full": when there is room), unless the code is "restart":
  // then the disk did not take what it had been given, what it holds is not known, and only a new writer, which reads it again, may go on.
  Result<void> flush();
  JournalPosition end() const noexcept;
  std::int64_t cut_bytes() const noexcept;  // of an unfinished tail that open() removed

 private:
  struct Impl;
  explicit JournalWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Reads without a writer's rights, also beside one. An unfinished tail ends it without an error (told by `unfinished`).
struct JournalEnd {
  JournalPosition position{};
  std::int64_t unfinished_bytes{0};
  std::int64_t records{0};  // those read
};
// Error(store): no journal, a fault with whole records behind it, `from` is not a place in it. What `each` throws comes out.
Result<JournalEnd> read_journal(const std::string& path, JournalPosition from,
                                const std::function<void(const Record&, JournalPosition)>& each);

}  // namespace marginfix::reconcile
