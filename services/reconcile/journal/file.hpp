// A file written and read at known offsets, and what can go wrong with it in words. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"

namespace marginfix::reconcile {

// What errno says about `what`, category store; code "disk_full" where there is no room (or a limit on the size of files is reached).
Error file_error(std::string_view what, int error_number);

class File {
 public:
  // Error(store). Descriptors are not inherited by programs that are started.
  static Result<File> open(const std::string& path, int flags, unsigned mode = 0600);
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  Result<std::int64_t> size() const;
  // At most `size` bytes, fewer only at the end of the file.
  Result<std::size_t> read(char* into, std::size_t size, std::int64_t offset) const;
  // All of it, or an error.
  Result<void> write(std::string_view bytes, std::int64_t offset);
  Result<void> truncate(std::int64_t size);
  Result<void> sync();  // fdatasync
  int descriptor() const noexcept { return descriptor_; }
  const std::string& path() const noexcept { return path_; }

 private:
  File(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  int descriptor_{-1};
  std::string path_;
};

// The whole of a file. Error(store).
Result<std::string> read_file(const std::string& path);
// A new file under a temporary name, on the disk, then under its own: the old one or the whole new one, never a part. Error(store).
Result<void> replace_file(const std::string& path, std::string_view content, unsigned mode = 0600);
// Makes names in a folder last (a new file, a renamed one).
Result<void> sync_folder(const std::string& folder);

}  // namespace marginfix::reconcile
