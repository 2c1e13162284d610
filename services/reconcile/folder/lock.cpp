#include "services/reconcile/folder/lock.hpp"

#include <fcntl.h>
#include <signal.h>
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

// Of a writer that lives; 0: none.
pid_t writer_of(const std::string& dir) {
  const auto text = read_file(pid_path(dir));
  pid_t pid = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), pid);
  return pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM) ? pid : 0;
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
  announced_ = true;
  auto file = File::open(pid_path(dir_), O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return file.error();
  return file->write(std::to_string(::getpid()) + "\n", 0);
}

FolderLock::~FolderLock() {
  if (announced_ && file_.descriptor() >= 0) ::unlink(pid_path(dir_).c_str());
}

}  // namespace marginfix::reconcile
