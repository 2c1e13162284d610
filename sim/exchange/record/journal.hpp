// An append-only file of checked records, and whole checked files (snapshots). A record that was taken survives the death of the process.
// Damage at the end (an unfinished write) is cut off; damage before a good record is refused.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"
#include "sim/exchange/values/files.hpp"

namespace marginfix::sim {

// Takes the lock file of a directory; fails while another process (or Exchange) holds it.
Result<FileHandle> lock_directory(const std::filesystem::path& dir);

// How a record gets to the kernel.
enum class JournalWriting : std::uint8_t {
  Calls = 0,  // flush() writes what append() collected
  AtOnce,     // append() writes it
  Mapped      // append() copies it into the file's pages: no system call, and the disk's room is taken before
};

// Mapped where room that was taken on the disk is a promise, AtOnce elsewhere: on a file system that writes each change to another place
// (btrfs, ZFS, what stands on either) a page has no room for certain until it is written, and on a full disk the process gets SIGBUS
// for the copy into it. `file_system` is f_type of statfs(2).
JournalWriting writing_on(std::int64_t file_system) noexcept;
// Of the file system that holds `dir`; 0, which is none, where it does not say.
std::int64_t file_system_of(const std::filesystem::path& dir);

class MappedTail;

class Journal {
 public:
  struct Reading {
    std::uint64_t records{0};
    std::uint64_t cut_bytes{0};
  };
  // Opens or creates the file; `identity` is the text every later open must bring again (seed, markets, version). Good records go to
  // `each` in order; an Error from it stops and is handed on.
  static Result<Journal> open(const std::filesystem::path& path, std::string_view identity,
                              const std::function<Result<void>(std::string_view)>& each, Reading& reading,
                              JournalWriting writing = JournalWriting::Calls);

  // The same of a journal that nobody writes to any more: damage at its end is refused too.
  static Result<void> read(const std::filesystem::path& path, std::string_view identity,
                           const std::function<Result<void>(std::string_view)>& each, Reading& reading);

  ~Journal();
  Journal(Journal&& other) noexcept;
  Journal& operator=(Journal&&) = delete;

  // Takes the record; what was taken is in the kernel when flush() returns, AtOnce and Mapped: when append() does. Both throw
  // marginfix::Exception (store). AtOnce and Mapped: a record for which the disk has no room is not taken, and a later one may be.
  void append(std::string_view record);
  void flush();
  std::uint64_t size() const noexcept;  // of what was written

 private:
  void append_at_once(std::string_view record);
  Journal(FileHandle file, std::filesystem::path path);

  FileHandle file_;
  std::filesystem::path path_;
  std::string buffer_;
  std::optional<Error> failed_;
  std::uint64_t next_number_{0};
  std::uint64_t size_{0};
  bool at_once_{false};
  std::unique_ptr<MappedTail> tail_;  // Mapped only
};

// A checked file holds records that are never added to. It is there whole or not at all (temporary file, fsync, rename, fsync of the
// directory). `places`, if given, gets where in the file each record is, for read_record(). A record of more than `most` bytes is written
// in several pieces: none is too large. (read_record() reads no such record.)
inline constexpr std::size_t kMostInPiece = std::size_t{512} << 20;
Result<void> write_checked_file(const std::filesystem::path& path, std::string_view identity, std::span<const std::string_view> records,
                                std::vector<std::uint64_t>* places = nullptr, std::size_t most = kMostInPiece);
Result<std::vector<std::string>> read_checked_file(const std::filesystem::path& path, std::string_view identity);
// One record of `size` bytes.
Result<std::string> read_record(const std::filesystem::path& path, std::uint64_t place, std::size_t size);
// Of a journal or a checked file; nothing where there is no such file, or none of ours.
std::optional<std::string> identity_of(const std::filesystem::path& path);

}  // namespace marginfix::sim
