#include "services/reconcile/folder/lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <thread>
#include <utility>

namespace marginfix::reconcile {

namespace {

constexpr std::chrono::seconds kWaitForReaders{10};
constexpr std::chrono::milliseconds kLookAgain{20};

std::string pid_path(const std::string& dir) { return dir + "/pid"; }

// Of a writer that lives; 0: none. It holds a lock on the file, too: the number alone may be another process's by now, after a kill.
pid_t writer_of(const std::string& dir) {
  const auto file = File::open(pid_path(dir), O_RDONLY);
  if (!file || ::flock(file->descriptor(), LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK) return 0;
  const auto text = read_file(pid_path(dir));
  pid_t pid = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), pid);
  return pid;
}

Error locked_error(const std::string& dir, pid_t pid) {
  Error error =
      fail(ErrorCategory::store, dir + " is written to by another process" + (pid == 0 ? "" : " (pid " + std::to_string(pid) + ")") +
                                     ": end that one first, or give another --dir");
  error.code = "locked";
  return error;
}

}  // namespace

Result<std::optional<FolderLock>> FolderLock::try_take(const std::string& dir) {
  auto file = File::open(dir + "/lock", O_RDWR | O_CREAT);
  if (!file) return file.error();
  while (::flock(file->descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<FolderLock>{};
    if (errno != EINTR) return file_error("cannot lock " + file->path(), errno);
  }
  return std::optional(FolderLock(std::move(*file), dir));
}

Result<FolderLock> FolderLock::take(const std::string& dir) {
  const auto until = std::chrono::steady_clock::now() + kWaitForReaders;
  for (;;) {
    auto lock = try_take(dir);
    if (!lock) return lock.error();
    if (*lock) return std::move(**lock);
    const pid_t pid = writer_of(dir);
    if (pid != 0 || std::chrono::steady_clock::now() >= until) return locked_error(dir, pid);
    std::this_thread::sleep_for(kLookAgain);
  }
}

Result<void> FolderLock::announce() {
  auto file = File::open(pid_path(dir_), O_RDWR | O_CREAT);
  if (!file) return file.error();
  if (::flock(file->descriptor(), LOCK_EX) != 0) return file_error("cannot lock " + file->path(), errno);
  pid_.emplace(std::move(*file));
  if (auto emptied = pid_->truncate(0); !emptied) return emptied;
  return pid_->write(std::to_string(::getpid()) + "\n", 0);
}

FolderLock::~FolderLock() {
  if (pid_ && pid_->descriptor() >= 0) ::unlink(pid_path(dir_).c_str());
}

}  // namespace marginfix::reconcile
