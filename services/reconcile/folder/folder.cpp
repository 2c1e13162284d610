#include "services/reconcile/folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "services/reconcile/folder/applier.hpp"
#include "services/reconcile/folder/lock.hpp"
#include "services/reconcile/folder/pages.hpp"
#include "services/reconcile/journal/journal_scan.hpp"
#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/postgres/postgres_storage.hpp"
#include "services/reconcile/stream/outbox.hpp"

namespace marginfix::reconcile {

namespace {

namespace fs = std::filesystem;

// A transaction of a replay: small enough for memory, big enough that committing costs nothing.
constexpr int kRecordsATransaction = 4096;
// Who ends waits so long for a reader's transaction before it ends without page hashes.
constexpr int kCheckpointWaitMs = 2'000;
constexpr std::chrono::seconds kWaitForLedger{5};
constexpr std::chrono::milliseconds kLookAgainForLedger{20};

bool is_there(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

// The version that the database's own head says; nothing where it has none.
std::optional<int> version_on_disk(const std::string& path) {
  const auto file = File::open(path, O_RDONLY);
  std::string head(64, '\0');
  if (!file) return std::nullopt;
  const auto read = file->read(head.data(), head.size(), 0);
  if (!read || *read < head.size()) return std::nullopt;
  int version = 0;
  for (std::size_t i = 60; i < 64; ++i) version = version * 256 + static_cast<unsigned char>(head[i]);
  return version;
}

bool same_record(const Record& a, const Record& b) {
  return a.kind == b.kind && a.source == b.source && a.received == b.received && a.account == b.account && a.body == b.body;
}

// What is in the journal and not in the ledger; `ends`: where each record ends in the journal.
struct KeptBatch {
  std::vector<Record> records;
  std::vector<JournalPosition> ends;
  bool is(const std::vector<Record>& batch) const {
    return std::equal(records.begin(), records.end(), batch.begin(), batch.end(), same_record);
  }
};

Error kept_error(Error error) {
  error.code = "kept";
  error.message = "the ledger is behind its journal, which has everything: " + error.message;
  return error;
}

class FolderWriter final : public LedgerWriter {
 public:
  FolderWriter(std::string dir, FolderLock lock) : dir_(std::move(dir)), lock_(std::move(lock)) {}
  ~FolderWriter() override { (void)close(); }

  Result<void> open();
  Result<void> write(const std::vector<Record>& batch) override;
  Storage& storage() noexcept override { return *storage_; }
  Result<void> published(std::int64_t number) override;
  void checkpoint() override;
  Result<void> close() override;
  const std::string& dir() const noexcept override { return dir_; }
  std::int64_t cut_bytes() const noexcept override { return journal_ ? journal_->cut_bytes() : 0; }

 private:
  Result<void> touch();
  Result<void> open_ledger();
  Result<void> open_journal();
  Result<std::vector<JournalPosition>> put_into_journal(const std::vector<Record>& batch);
  Result<void> apply(const std::vector<Record>& batch, const std::vector<JournalPosition>& ends);
  Result<void> make_up();
  bool checkpoint_all();

  std::string dir_;
  std::optional<FolderLock> lock_;
  std::unique_ptr<SqliteStorage> storage_;
  std::unique_ptr<AuditFile> audit_;
  std::unique_ptr<Applier> applier_;
  std::unique_ptr<JournalWriter> journal_;
  std::optional<KeptBatch> kept_;
  bool touched_{false};
};

// Before anything in the folder changes.
Result<void> FolderWriter::touch() {
  if (touched_) return {};
  auto removed = remove_pages(dir_);
  touched_ = static_cast<bool>(removed);
  return removed;
}

Result<void> FolderWriter::open() {
  try {
    if (auto opened = open_ledger(); !opened) return opened.error();
    return open_journal();
  } catch (const Exception& e) {
    return e.error();
  }
}

Result<void> FolderWriter::open_ledger() {
  const auto version = version_on_disk(ledger_path(dir_));
  if (version && *version >= SqliteStorage::kOldestVersion && *version < SqliteStorage::kVersion) {
    if (auto touched = touch(); !touched) return touched;
  }
  // SQLite would make it readable for everybody; its WAL is as the database is.
  if (const auto made = File::open(ledger_path(dir_), O_RDWR | O_CREAT, 0600); !made) return made.error();
  auto storage = SqliteStorage::open(ledger_path(dir_));
  if (!storage) return storage.error();
  storage_ = std::move(*storage);
  // Keys are random texts: of a big ledger more must be at hand than SQLite's 2 MB, and each page is copied out of the WAL less often.
  storage_->execute("PRAGMA cache_size = -32768");
  storage_->execute("PRAGMA wal_autocheckpoint = 4000");
  auto audit = AuditFile::open(audit_path(dir_), audit_position_of(*storage_));
  if (!audit) return audit.error();
  audit_ = std::move(*audit);
  applier_ = std::make_unique<Applier>(*storage_, *audit_);
  return {};
}

Result<void> FolderWriter::open_journal() {
  int records = 0;
  const auto replayed = [&](const Record& record, const JournalPosition& end) {
    touch().value();
    applier_->add(record, end);
    if (++records % kRecordsATransaction == 0) applier_->commit();
  };
  auto journal = JournalWriter::open(journal_path(dir_), applier_->committed(), replayed);
  if (!journal) return journal.error();
  applier_->commit();
  if (auto good = audit_->check_end(); !good) return good;
  journal_ = std::move(*journal);
  return {};
}

Result<void> FolderWriter::write(const std::vector<Record>& batch) {
  if (!journal_) return fail(ErrorCategory::closed, dir_ + ": the writer has been closed");
  if (kept_) {
    const bool same = kept_->is(batch);
    if (auto made_up = make_up(); !made_up) return same ? kept_error(made_up.error()) : made_up.error();
    if (same) return {};
  }
  if (batch.empty()) return {};
  if (auto touched = touch(); !touched) return touched;
  auto ends = put_into_journal(batch);
  if (!ends) return ends.error();
  if (auto applied = apply(batch, *ends); !applied) {
    kept_ = KeptBatch{batch, std::move(*ends)};
    return kept_error(applied.error());
  }
  return {};
}

Result<std::vector<JournalPosition>> FolderWriter::put_into_journal(const std::vector<Record>& batch) {
  std::vector<JournalPosition> ends;
  ends.reserve(batch.size());
  try {
    for (const Record& record : batch) ends.push_back(journal_->append(record));
  } catch (const Exception& e) {
    journal_->discard();
    return e.error();
  }
  if (auto flushed = journal_->flush(); !flushed) return flushed.error();
  return ends;
}

Result<void> FolderWriter::apply(const std::vector<Record>& batch, const std::vector<JournalPosition>& ends) {
  try {
    for (std::size_t i = 0; i < batch.size(); ++i) applier_->add(batch[i], ends[i]);
    applier_->commit();
    return {};
  } catch (const Exception& e) {
    applier_->roll_back();
    return e.error();
  } catch (const std::exception& e) {
    applier_->roll_back();
    return fail(ErrorCategory::internal, e.what());
  }
}

Result<void> FolderWriter::make_up() {
  if (auto applied = apply(kept_->records, kept_->ends); !applied) return applied;
  kept_.reset();
  return {};
}

Result<void> FolderWriter::published(std::int64_t number) {
  if (!storage_) return fail(ErrorCategory::closed, dir_ + ": the writer has been closed");
  if (auto touched = touch(); !touched) return touched;
  return LedgerWriter::published(number);
}

// What has no room in ledger.db stays in its WAL, where it is as safe; a later one, or the end, brings it over.
void FolderWriter::checkpoint() {
  try {
    storage_->checkpoint();
  } catch (const Exception&) {
    return;
  }
}

// Everything is in ledger.db, nothing in its WAL.
bool FolderWriter::checkpoint_all() {
  storage_->execute("PRAGMA busy_timeout = " + std::to_string(kCheckpointWaitMs));
  StatementGuard s(storage_->statement("PRAGMA wal_checkpoint(TRUNCATE)"));
  return s->step() && s->integer(0) == 0;
}

Result<void> FolderWriter::close() {
  if (!lock_) return {};
  Result<void> ended;
  try {
    if (kept_) ended = make_up();
    const PagesEnd end = applier_ && audit_ ? PagesEnd{applier_->committed(), audit_->position()} : PagesEnd{};
    const bool whole = ended && journal_ && checkpoint_all();
    applier_.reset();
    journal_.reset();
    audit_.reset();
    storage_.reset();
    if (whole && (touched_ || !is_there(pages_path(dir_)))) ended = write_pages(dir_, end);
  } catch (const Exception& e) {
    ended = e.error();
  }
  applier_.reset();
  journal_.reset();
  audit_.reset();
  storage_.reset();
  lock_.reset();
  return ended;
}

Result<std::unique_ptr<LedgerWriter>> open_with(const std::string& dir, FolderLock lock) {
  auto writer = std::make_unique<FolderWriter>(dir, std::move(lock));
  if (auto opened = writer->open(); !opened) return opened.error();
  return std::unique_ptr<LedgerWriter>(std::move(writer));
}

Result<std::unique_ptr<Storage>> open_as_it_is(const std::string& dir) {
  auto storage = SqliteStorage::open_for_reading(ledger_path(dir));
  if (!storage) return storage.error();
  return std::unique_ptr<Storage>(std::move(*storage));
}

// True where the ledger cannot be read, too: a process may have been killed before its first transaction.
bool is_behind(const std::string& dir) {
  const auto journal = File::open(journal_path(dir), O_RDONLY);
  const auto size = journal ? journal->size() : Result<std::int64_t>(0);
  auto storage = open_as_it_is(dir);
  if (!storage || !size) return true;
  try {
    return *size > std::max(kJournalBegin, journal_position_of(**storage).offset);
  } catch (const Exception&) {
    return true;
  }
}

// Only where no writer is at work: what the journal has beyond the ledger gets into it.
Result<void> catch_up(const std::string& dir) {
  if (!is_behind(dir)) return {};
  auto lock = FolderLock::try_take(dir);
  if (!lock || !*lock) return {};  // nobody may write here, or somebody else does
  auto writer = open_with(dir, std::move(**lock));
  if (!writer) return writer.error();
  return (*writer)->close();
}

}  // namespace

std::string journal_path(const std::string& dir) { return dir + "/journal"; }
std::string ledger_path(const std::string& dir) { return dir + "/ledger.db"; }
std::string audit_path(const std::string& dir) { return dir + "/audit.jsonl"; }
std::string pages_path(const std::string& dir) { return dir + "/ledger.pages"; }

bool holds_ledger(const std::string& dir) { return is_there(journal_path(dir)) || is_there(ledger_path(dir)); }

Error no_ledger_error(const std::string& dir) {
  Error error =
      fail(ErrorCategory::store, dir + " holds no ledger: run `marginfix reconcile run --dir " + dir + "` first, which makes one");
  error.code = "no_ledger";
  return error;
}

Result<void> make_service_folder(const std::string& dir) {
  if (is_there(dir)) return {};
  std::error_code fault;
  const fs::path parent = fs::path(dir).parent_path();
  if (!parent.empty()) fs::create_directories(parent, fault);
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) return file_error("cannot make the folder " + dir, errno);
  return {};
}

Result<void> LedgerWriter::published(std::int64_t number) {
  try {
    storage().begin();
    outbox_published(storage(), number, system_clock().now());
    storage().commit();
    return {};
  } catch (const Exception& e) {
    storage().rollback();
    return e.error();
  }
}

Result<std::unique_ptr<LedgerWriter>> LedgerWriter::open(const std::string& dir) {
  if (auto made = make_service_folder(dir); !made) return made.error();
  auto lock = FolderLock::take(dir);
  if (!lock) return lock.error();
  if (auto announced = lock->announce(); !announced) return announced.error();
  return open_with(dir, std::move(*lock));
}

Result<std::string> service_of(const LedgerPlace& place) {
  if (!place.service.empty()) return place.service;
  const auto address = PostgresAddress::parse(place.storage);
  if (!address) return address.error();
  const auto names = services_in(*address);
  if (!names) return names.error();
  if (names->size() == 1) return names->front();
  std::string all;
  for (const std::string& name : *names) all += (all.empty() ? "" : ", ") + name;
  Error error =
      fail(ErrorCategory::store, names->empty() ? address->shown() + " holds no ledger: `marginfix reconcile run --storage ...` makes one"
                                                : address->shown() + " holds ledgers of several services: --service " + all);
  error.code = names->empty() ? "no_ledger" : "";
  return error;
}

namespace {

Result<std::unique_ptr<Storage>> open_in_postgres(const LedgerPlace& place) {
  const auto address = PostgresAddress::parse(place.storage);
  if (!address) return address.error();
  const auto service = service_of(place);
  if (!service) return service.error();
  auto storage = PostgresStorage::open_for_reading(*address, *service);
  if (!storage) return storage.error();
  return std::unique_ptr<Storage>(std::move(*storage));
}

}  // namespace

Result<std::unique_ptr<Storage>> open_ledger_for_reading(const LedgerPlace& place) {
  if (!place.storage.empty()) return open_in_postgres(place);
  const std::string& dir = place.dir;
  if (!holds_ledger(dir)) return no_ledger_error(dir);
  if (::access(dir.c_str(), W_OK) != 0) {
    return fail(ErrorCategory::store, "this user may not write in " + dir +
                                          ", which reading its ledger needs too (SQLite keeps the index of its " +
                                          "log there): ask as the user that the service runs as");
  }
  if (auto caught_up = catch_up(dir); !caught_up) return caught_up.error();
  // A writer that is just beginning makes the ledger in a moment.
  const auto until = std::chrono::steady_clock::now() + kWaitForLedger;
  for (;;) {
    auto storage = open_as_it_is(dir);
    if (storage) return storage;
    auto lock = FolderLock::try_take(dir);
    if ((lock && *lock) || std::chrono::steady_clock::now() >= until) return storage.error();
    std::this_thread::sleep_for(kLookAgainForLedger);
  }
}

}  // namespace marginfix::reconcile
