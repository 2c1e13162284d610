// The journal's format (journal.hpp), and going through the records of a file one after the other, each checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/reconcile/journal/file.hpp"
#include "services/reconcile/journal/journal.hpp"

namespace marginfix::reconcile {

inline constexpr std::string_view kJournalMagic = "MFXRECJ1";
inline constexpr std::int64_t kJournalBegin = 8 + 32;  // where the first record is
// The 40 bytes that a journal begins with.
std::string journal_header();

// Appends the record's bytes without the hash. Throws Exception(store) where it is too long for the format.
void encode_record(const Record& record, std::string& out);

// Goes through a file that may grow meanwhile: only what it held at open() is read.
class JournalScan {
 public:
  // Error(store): no journal, or `from` is not a place in it. Holds on to `file`.
  static Result<JournalScan> open(const File& file, JournalPosition from);

  // The next record; nothing at the end, or where an unfinished tail begins (unfinished()). Error(store): a fault with whole records
  // behind.
  Result<std::optional<Record>> next();
  JournalPosition position() const noexcept { return position_; }  // behind the last record given
  std::int64_t records() const noexcept { return records_; }
  // Bytes behind position(), once next() gave nothing.
  std::int64_t unfinished() const noexcept { return size_ > position_.offset ? size_ - position_.offset : 0; }

 private:
  // A record's place in the file: its bytes up to the hash, and the hash.
  struct Frame {
    std::string_view bytes;
    std::string_view hash;
  };
  JournalScan(const File& file, JournalPosition from, std::int64_t size);
  // Fewer where the file has become shorter meanwhile. Valid until the next call.
  Result<std::string_view> bytes(std::int64_t offset, std::int64_t size);
  // What could be a record at `offset` by its lengths; nothing: there is none.
  Result<std::optional<Frame>> frame(std::int64_t offset);
  bool follows(const Frame& frame, std::string_view hash_before);
  // Where behind `offset` a whole record is; nothing: nowhere.
  Result<std::optional<std::int64_t>> whole_record_behind(std::int64_t offset);
  Result<std::optional<Record>> unfinished_or_fault();
  Error fault(std::int64_t whole) const;

  const File* file_;
  std::int64_t size_;
  JournalPosition from_, position_;
  std::int64_t records_{0};
  std::string window_;
  std::int64_t window_at_{0};
  std::unique_ptr<Sha256> sha_ = std::make_unique<Sha256>();
};

}  // namespace marginfix::reconcile
