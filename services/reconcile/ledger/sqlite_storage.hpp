// The ledger in one SQLite file (WAL). STRICT tables, integers bound as 64 bits: nothing in it was ever a binary float.
#pragma once

#include <memory>
#include <string>

#include "marginfix/core/result.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

class SqliteStorage final : public Storage {
 public:
  // The schema's version: `user_version` of the file.
  static constexpr int kVersion = 3;
  // Older ones are refused: they were never released, and their journals make a ledger of this version.
  static constexpr int kOldestVersion = 2;

  // Makes the file where it is missing, and migrates an older one in one transaction. Error(store): of a newer version, no database, ...
  // A commit is safe from a killed process; what a power cut takes is in the journal (folder.hpp).
  static Result<std::unique_ptr<SqliteStorage>> open(const std::string& path);
  static Result<std::unique_ptr<SqliteStorage>> open_for_reading(const std::string& path);
  static Result<std::unique_ptr<SqliteStorage>> in_memory();
  ~SqliteStorage() override;

  Statement& statement(std::string_view sql) override;
  void execute(std::string_view sql) override;
  void begin() override;
  void commit() override;
  void rollback() noexcept override;
  bool in_transaction() const noexcept override;

  void checkpoint();                      // wal_checkpoint(TRUNCATE)
  void copy_to(const std::string& path);  // VACUUM INTO: a copy that holds up nobody

 private:
  struct Impl;
  explicit SqliteStorage(std::unique_ptr<Impl> impl);
  static Result<std::unique_ptr<SqliteStorage>> open(const std::string& path, int flags);
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::reconcile
