// An append-only file of checked records, and whole checked files (snapshots). A record that write() took survives the death of the
// process. Damage at the end (an unfinished write) is cut off; damage before a good record is refused.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"

namespace marginfix::sim {

// A file descriptor that closes itself.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int fd) : fd_(fd) {}
  ~FileHandle();
  FileHandle(FileHandle&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileHandle& operator=(FileHandle&& other) noexcept;
  int get() const noexcept { return fd_; }
  bool valid() const noexcept { return fd_ >= 0; }

 private:
  int fd_{-1};
};

// Takes the lock file of a directory; fails while another process (or Exchange) holds it.
Result<FileHandle> lock_directory(const std::filesystem::path& dir);

class Journal {
 public:
  struct Reading {
    std::uint64_t records{0};
    std::uint64_t cut_bytes{0};
  };
  // Opens or creates the file; `identity` is the text every later open must bring again (seed, markets, version). Good records go to
  // `each` in order; an Error from it stops and is handed on.
  static Result<Journal> open(const std::filesystem::path& path, std::string_view identity,
                              const std::function<Result<void>(std::string_view)>& each, Reading& reading);

  // The same of a journal that nobody writes to any more: damage at its end is refused too.
  static Result<void> read(const std::filesystem::path& path, std::string_view identity,
                           const std::function<Result<void>(std::string_view)>& each, Reading& reading);

  // Takes the record into the buffer; flush() hands the buffer to the kernel. Throws marginfix::Exception (store).
  void append(std::string_view record);
  void flush();
  std::uint64_t size() const noexcept { return size_; }

 private:
  Journal(FileHandle file, std::filesystem::path path) : file_(std::move(file)), path_(std::move(path)) {}

  FileHandle file_;
  std::filesystem::path path_;
  std::string buffer_;
  std::optional<Error> failed_;
  std::uint64_t next_number_{0};
  std::uint64_t size_{0};
};

// Writes a file that is there whole or not at all (temporary file, fsync, rename, fsync of the directory).
Result<void> write_checked_file(const std::filesystem::path& path, std::string_view identity, std::string_view bytes);
Result<std::string> read_checked_file(const std::filesystem::path& path, std::string_view identity);
// Of a journal or a checked file; nothing where there is no such file, or none of ours.
std::optional<std::string> identity_of(const std::filesystem::path& path);

}  // namespace marginfix::sim
