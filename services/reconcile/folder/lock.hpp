// Who writes to a folder: a lock that the kernel gives back when its process ends, however it ends, and a file with the process's number
// for people.
#pragma once

#include <optional>
#include <string>

#include "marginfix/core/result.hpp"
#include "services/reconcile/journal/file.hpp"

namespace marginfix::reconcile {

class FolderLock {
 public:
  // Nothing: another process (or another part of this one) has it. Error(store): the folder cannot be written to.
  static Result<std::optional<FolderLock>> try_take(const std::string& dir);
  // Waits for a reader that brings the ledger up to date; Error(store, code "locked") where a writer has it, or the wait was in vain.
  static Result<FolderLock> take(const std::string& dir);

  // Writes DIR/pid: from now on who wants the lock is told at once. Error(store).
  Result<void> announce();
  FolderLock(FolderLock&&) = default;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  FolderLock(File file, std::string dir) : file_(std::move(file)), dir_(std::move(dir)) {}
  File file_;
  std::string dir_;
  std::optional<File> pid_;  // locked for as long as this is
};

}  // namespace marginfix::reconcile
