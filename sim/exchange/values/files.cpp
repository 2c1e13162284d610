#include "sim/exchange/values/files.hpp"

#include <unistd.h>

#include <system_error>

namespace marginfix::sim {

FileHandle::~FileHandle() {
  if (fd_ >= 0) ::close(fd_);
}
FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.fd_;
    other.fd_ = -1;
  }
  return *this;
}

Result<std::vector<std::filesystem::path>> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    paths.push_back(entry->path());
  }
  if (error == std::errc::no_such_file_or_directory) return std::vector<std::filesystem::path>();
  if (error) return fail(ErrorCategory::store, folder.string() + ": cannot read the folder: " + error.message());
  return paths;
}

}  // namespace marginfix::sim
