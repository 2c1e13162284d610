#include "services/reconcile/journal/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace marginfix::reconcile {

Error file_error(std::string_view what, int error_number) {
  Error error = fail(ErrorCategory::store, std::string(what) + ": " + std::strerror(error_number));
  if (error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG) {
    error.code = "disk_full";
    error.message += " (make room; nothing is lost)";
  }
  return error;
}

Result<File> File::open(const std::string& path, int flags, unsigned mode) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  if (descriptor < 0) return file_error("cannot open " + path, errno);
  return File(descriptor, path);
}

File::File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}
File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}
File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::int64_t> File::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return file_error("cannot look at " + path_, errno);
  return static_cast<std::int64_t>(status.st_size);
}

Result<std::size_t> File::read(char* into, std::size_t size, std::int64_t offset) const {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::pread(descriptor_, into + done, size - done, offset + static_cast<std::int64_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error("cannot read " + path_, errno);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

Result<void> File::write(std::string_view bytes, std::int64_t offset) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done, offset + static_cast<std::int64_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error("cannot write " + path_, errno);
    if (n == 0) return file_error("cannot write " + path_, ENOSPC);
    done += static_cast<std::size_t>(n);
  }
  return {};
}

Result<void> File::truncate(std::int64_t size) {
  while (::ftruncate(descriptor_, size) != 0) {
    if (errno != EINTR) return file_error("cannot shorten " + path_, errno);
  }
  return {};
}

Result<void> File::sync() {
  if (::fdatasync(descriptor_) != 0) return file_error("cannot bring " + path_ + " onto the disk", errno);
  return {};
}

Result<std::string> read_file(const std::string& path) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return file.error();
  const auto size = file->size();
  if (!size) return size.error();
  std::string content(static_cast<std::size_t>(*size), '\0');
  const auto read = file->read(content.data(), content.size(), 0);
  if (!read) return read.error();
  content.resize(*read);
  return content;
}

Result<void> replace_file(const std::string& path, std::string_view content, unsigned mode) {
  const std::string temporary = path + ".new";
  const auto make = [&]() -> Result<void> {
    auto file = File::open(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode);
    if (!file) return file.error();
    if (auto written = file->write(content, 0); !written) return written.error();
    return file->sync();
  };
  if (auto made = make(); !made) {
    ::unlink(temporary.c_str());
    return made.error();
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return file_error("cannot rename " + temporary, errno);
  const std::size_t slash = path.rfind('/');
  return sync_folder(slash == std::string::npos ? "." : path.substr(0, slash + 1));
}

Result<void> sync_folder(const std::string& folder) {
  auto opened = File::open(folder, O_RDONLY | O_DIRECTORY);
  if (!opened) return opened.error();
  if (::fsync(opened->descriptor()) != 0) return file_error("cannot bring " + folder + " onto the disk", errno);
  return {};
}

}  // namespace marginfix::reconcile
