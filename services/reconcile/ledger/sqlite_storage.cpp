#include "services/reconcile/ledger/sqlite_storage.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <functional>
#include <unordered_map>

#include "marginfix/core/error.hpp"
#include "services/reconcile/ledger/schema.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

// A writer waits so long for another one's transaction, a reader for a checkpoint.
constexpr int kBusyMs = 10'000;

// SQLite calls only ENOSPC "full": a quota, and a limit on the size of files, are errors of the disk for it, and the number that says which
// is often lost by then. A write that a disk does not take is want of room until something else is known.
bool has_no_room(sqlite3* db) {
  const int number = sqlite3_system_errno(db), code = sqlite3_extended_errcode(db);
  if ((code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE || code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_TRUNCATE)
    return true;
  return (code & 0xff) == SQLITE_IOERR && (number == ENOSPC || number == EDQUOT || number == EFBIG);
}

Error sqlite_error(sqlite3* db, std::string_view what) {
  Error error;
  error.category = ErrorCategory::store;
  error.message = std::string(what) + ": " + (db != nullptr ? sqlite3_errmsg(db) : "out of memory");
  if (db != nullptr && has_no_room(db)) error.message += " (the disk is full: make room; nothing is lost)";
  return error;
}

class SqliteStatement final : public Statement {
 public:
  SqliteStatement(sqlite3* db, std::string_view sql) : db_(db) {
    if (sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK) {
      throw Exception(sqlite_error(db, sql));
    }
  }
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;
  ~SqliteStatement() override { sqlite3_finalize(statement_); }

  void bind(int index, std::int64_t value) override { check(sqlite3_bind_int64(statement_, index + 1, value)); }
  void bind(int index, std::string_view text) override {
    check(sqlite3_bind_text64(statement_, index + 1, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  void bind_blob(int index, std::string_view bytes) override {
    check(sqlite3_bind_blob64(statement_, index + 1, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_TRANSIENT));
  }
  void bind_null(int index) override { check(sqlite3_bind_null(statement_, index + 1)); }
  bool step() override {
    const int rc = sqlite3_step(statement_);
    if (rc == SQLITE_ROW) return true;
    if (rc == SQLITE_DONE) return false;
    throw Exception(sqlite_error(db_, sqlite3_sql(statement_)));
  }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view text(int column) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return bytes == nullptr ? std::string_view()
                            : std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
  }
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t changes() const override { return sqlite3_changes64(db_); }
  void reset() override { sqlite3_reset(statement_); }

 private:
  void check(int rc) const {
    if (rc != SQLITE_OK) throw Exception(sqlite_error(db_, sqlite3_sql(statement_)));
  }
  sqlite3* db_;
  sqlite3_stmt* statement_{nullptr};
};

}  // namespace

struct SqliteStorage::Impl {
  sqlite3* db{nullptr};
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::unique_ptr<SqliteStatement>, Hash, std::equal_to<>> statements;
  // Texts that stand at one place all the time, as most do, are found by it: to compare one costs less than to hash it.
  struct Placed {
    std::string_view sql{};  // the key in `statements`
    SqliteStatement* statement{nullptr};
  };
  std::unordered_map<const char*, Placed> by_place;
  static constexpr std::size_t kPlaces = 512;

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    statements.clear();
    sqlite3_close(db);
  }
};

SqliteStorage::SqliteStorage(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteStorage::~SqliteStorage() = default;

Result<std::unique_ptr<SqliteStorage>> SqliteStorage::open(const std::string& path, int flags) {
  auto impl = std::make_unique<Impl>();
  // A Storage is one thread's at a time.
  if (sqlite3_open_v2(path.c_str(), &impl->db, flags | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) return sqlite_error(impl->db, path);
  sqlite3_busy_timeout(impl->db, kBusyMs);
  return std::unique_ptr<SqliteStorage>(new SqliteStorage(std::move(impl)));
}

Result<std::unique_ptr<SqliteStorage>> SqliteStorage::open(const std::string& path) {
  auto storage = open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!storage) return storage;
  try {
    (*storage)->execute("PRAGMA journal_mode = WAL");
    (*storage)->execute("PRAGMA synchronous = NORMAL");
    migrate(**storage, path);
  } catch (const Exception& e) {
    return e.error();
  }
  return storage;
}

Result<std::unique_ptr<SqliteStorage>> SqliteStorage::open_for_reading(const std::string& path) {
  auto storage = open(path, SQLITE_OPEN_READWRITE);  // a reader of a WAL writes to its index
  if (!storage) return storage;
  try {
    (*storage)->execute("PRAGMA query_only = ON");
    check_version(**storage, path);
  } catch (const Exception& e) {
    return e.error();
  }
  return storage;
}

Result<std::unique_ptr<SqliteStorage>> SqliteStorage::in_memory() {
  auto storage = open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!storage) return storage;
  try {
    migrate(**storage, "memory");
  } catch (const Exception& e) {
    return e.error();
  }
  return storage;
}

Statement& SqliteStorage::statement(std::string_view sql) {
  if (impl_->by_place.size() > Impl::kPlaces) impl_->by_place.clear();  // texts made anew each time stand anywhere
  Impl::Placed& placed = impl_->by_place[sql.data()];
  if (placed.sql != sql || placed.statement == nullptr) {
    auto found = impl_->statements.find(sql);
    if (found == impl_->statements.end()) {
      found = impl_->statements.emplace(std::string(sql), std::make_unique<SqliteStatement>(impl_->db, sql)).first;
    }
    placed = {found->first, found->second.get()};
  }
  placed.statement->reset();
  return *placed.statement;
}

void SqliteStorage::execute(std::string_view sql) {
  const std::string text(sql);
  if (sqlite3_exec(impl_->db, text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) throw Exception(sqlite_error(impl_->db, text));
}

void SqliteStorage::begin() { execute("BEGIN IMMEDIATE"); }
void SqliteStorage::commit() { execute("COMMIT"); }
void SqliteStorage::rollback() noexcept {
  if (in_transaction()) sqlite3_exec(impl_->db, "ROLLBACK", nullptr, nullptr, nullptr);
}
bool SqliteStorage::in_transaction() const noexcept { return sqlite3_get_autocommit(impl_->db) == 0; }

void SqliteStorage::checkpoint() { execute("PRAGMA wal_checkpoint(TRUNCATE)"); }

void SqliteStorage::copy_to(const std::string& path) {
  StatementGuard s(statement("VACUUM INTO $1"));
  s->bind(0, path);
  s->step();
}

}  // namespace marginfix::reconcile
