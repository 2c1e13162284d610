// Files as the engine and the doors hold them: a descriptor that is never forgotten, and what stands in a folder, found without exceptions:
// reading a folder may fail at any entry, and whoever tidies up has nothing to undo.
#pragma once

#include <filesystem>
#include <vector>

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

// All that stands in it, or an Error (store). A folder that is not there holds nothing.
Result<std::vector<std::filesystem::path>> files_in(const std::filesystem::path& folder);

}  // namespace marginfix::sim
