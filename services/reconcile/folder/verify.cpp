#include "services/reconcile/verify.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "services/reconcile/folder.hpp"
#include "services/reconcile/folder/audit_compare.hpp"
#include "services/reconcile/folder/lock.hpp"
#include "services/reconcile/folder/memory_ledger.hpp"
#include "services/reconcile/folder/pages.hpp"
#include "services/reconcile/folder/tables.hpp"
#include "services/reconcile/folder/wal.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/replay.hpp"
#include "services/reconcile/stream/outbox.hpp"

namespace marginfix::reconcile {

namespace {

constexpr std::size_t kFaultsShown = 8;

std::int64_t size_of(const std::string& path) {
  const auto file = File::open(path, O_RDONLY);
  const auto size = file ? file->size() : Result<std::int64_t>(0);
  return size ? *size : 0;
}

// One moment of a folder: the ledger in a read transaction, and how long journal and audit were then.
class Verification {
 public:
  explicit Verification(const std::string& dir) : dir_(dir) {}
  // A ledger in PostgreSQL, in a read transaction, whose journal and audit have been copied to `dir`.
  Verification(const std::string& dir, std::unique_ptr<Storage> ledger) : dir_(dir), ledger_(std::move(ledger)), in_postgres_(true) {}
  Result<VerifyReport> run();

 private:
  void hold_still();
  void check_pages_of_folder();
  void open_ledger();
  void read_ends();
  void replay_journal();
  void check_database(Storage& expected);
  void compare_ledger(Storage& expected);
  void check_ends(const JournalEnd& end);
  void check_audit_end();
  void check_orderly_end(const JournalEnd& end);
  template <class Check>
  void look(const char* what, Check&& check);
  void fault(std::string text);
  void note(std::string text) { report_.notes.push_back(std::move(text)); }

  std::string dir_;
  VerifyReport report_;
  std::vector<std::string> faults_;
  std::optional<PagesEnd> ended_;  // what ledger.pages says
  std::unique_ptr<Storage> ledger_;
  JournalPosition ledger_at_;
  AuditPosition ledger_audit_;
  std::int64_t published_{0};  // of the outbox
  std::unique_ptr<AuditCompare> audit_;
  bool ledger_reached_{false};
  bool in_postgres_{false};
};

void Verification::fault(std::string text) {
  // The names of files are those of a folder.
  for (const std::string_view file : {"ledger.db", "audit.jsonl"}) {
    if (in_postgres_ && text.starts_with(file)) text.erase(file.find('.'), file.size() - file.find('.'));
  }
  faults_.push_back(std::move(text));
}

// What SQLite or the engine throws is a fault of what is being looked at.
template <class Check>
void Verification::look(const char* what, Check&& check) {
  try {
    check();
  } catch (const Exception& e) {
    fault(std::string(what) + ": " + e.error().message);
  } catch (const std::exception& e) {
    fault(std::string(what) + ": " + e.what());
  }
}

Result<VerifyReport> Verification::run() {
  if (in_postgres_) {
    look("ledger.db", [&] { read_ends(); });
  } else {
    if (!holds_ledger(dir_)) return no_ledger_error(dir_);
    hold_still();
  }
  audit_ = std::make_unique<AuditCompare>(audit_path(dir_), size_of(audit_path(dir_)));
  replay_journal();
  if (faults_.empty()) return report_;
  Error error = fail(ErrorCategory::store, "", dir_);
  for (std::size_t i = 0; i < std::min(faults_.size(), kFaultsShown); ++i) error.message += (i == 0 ? "" : "; ") + faults_[i];
  if (faults_.size() > kFaultsShown) error.message += "; and " + std::to_string(faults_.size() - kFaultsShown) + " more";
  return error;
}

// With the lock, where it is free, so that nobody begins to write between looking at one file and the next. It is given back at once: all
// three only grow, and the ledger's transaction stays at its moment.
void Verification::hold_still() {
  auto lock = FolderLock::try_take(dir_);
  report_.beside_writer = lock && !*lock;
  if (!report_.beside_writer) {
    check_pages_of_folder();
    if (const auto wal = check_wal(ledger_path(dir_)); !wal) fault(wal.error().message);
  }
  look("ledger.db", [&] { open_ledger(); });
}

void Verification::check_pages_of_folder() {
  const auto checked = check_pages(dir_);
  if (!checked) {
    fault(checked.error().message);
  } else if (*checked) {
    ended_ = **checked;
    report_.pages_checked = true;
  } else {
    note(
        "there is no ledger.pages (its writer was killed, or has not ended): the rows of ledger.db are proven, bytes that belong to no row "
        "are not");
  }
}

void Verification::open_ledger() {
  if (::access(ledger_path(dir_).c_str(), F_OK) != 0) return fault("ledger.db: it is missing; the next run makes it again");
  ledger_ = SqliteStorage::open_for_reading(ledger_path(dir_)).value();
  ledger_->execute("BEGIN");
  read_ends();
}

void Verification::read_ends() {
  ledger_at_ = journal_position_of(*ledger_);
  ledger_audit_ = audit_position_of(*ledger_);
  published_ = outbox_state(*ledger_).published;
}

void Verification::replay_journal() {
  MemoryLedger expected(*audit_);
  if (ledger_) expected.forget_outbox(published_);
  const auto compare = [&] {
    ledger_reached_ = true;
    look("ledger.db", [&] { compare_ledger(expected.storage()); });
  };
  if (ledger_ && ledger_at_.offset > 0) expected.call_at(ledger_at_, compare);
  if (ledger_ && ledger_at_.offset == 0) compare();
  look("journal", [&] {
    const auto end = read_journal(journal_path(dir_), {}, [&](const Record& record, const JournalPosition& at) {
      expected.add(record, at);
      ++report_.records;
    });
    if (!end) return fault((end.error().message.starts_with("journal") ? "" : "journal: ") + end.error().message);
    expected.commit();
    report_.journal_bytes = end->position.offset;
    check_ends(*end);
  });
}

void Verification::check_database(Storage& expected) {
  {
    StatementGuard s(ledger_->statement("PRAGMA integrity_check(5)"));
    while (s->step()) {
      if (s->text(0) != "ok") fault("ledger.db: " + std::string(s->text(0)));
    }
  }
  for (std::string& text : compare_schemas(*ledger_, expected)) fault(std::move(text));
}

void Verification::compare_ledger(Storage& expected) {
  if (!in_postgres_) check_database(expected);
  TablesCompared compared = compare_tables(*ledger_, expected);
  report_.rows = compared.rows;
  for (std::string& text : compared.faults) fault(std::move(text));
  TablesCompared waiting = compare_outboxes(*ledger_, expected, outbox_state(*ledger_).published);
  report_.rows += waiting.rows;
  for (std::string& text : waiting.faults) fault(std::move(text));
  report_.digest = digest_of(*ledger_);
}

void Verification::check_ends(const JournalEnd& end) {
  if (ledger_ && !ledger_reached_) {
    fault(ledger_at_.offset > end.position.offset
              ? "journal: byte " + std::to_string(end.position.offset) +
                    ": its whole records end here, and the ledger has what it said up to byte " + std::to_string(ledger_at_.offset)
              : "ledger.db: it stands at byte " + std::to_string(ledger_at_.offset) +
                    " of the journal, where no record ends with its hash");
  }
  check_audit_end();
  if (report_.beside_writer || in_postgres_) return;
  check_orderly_end(end);
  if (ended_) return;
  if (end.unfinished_bytes > 0)
    note("the journal ends with " + std::to_string(end.unfinished_bytes) + " bytes of an unfinished record; the next run cuts them");
  if (ledger_reached_ && end.position.offset > ledger_at_.offset)
    note("the journal is " + std::to_string(end.position.offset - ledger_at_.offset) +
         " bytes beyond the ledger; the next run applies them");
}

void Verification::check_audit_end() {
  report_.audit_lines = audit_->equal_lines();
  if (!audit_->fault().empty()) return fault(audit_->fault());
  if (ledger_ && audit_->equal_lines() < ledger_audit_.lines)
    fault("audit.jsonl: line " + std::to_string(audit_->equal_lines() + 1) + ": it is missing or unfinished, and the ledger stands for " +
          std::to_string(ledger_audit_.lines) + " lines");
  if (audit_->left_bytes() == 0 || faults_.size() > 0) return;
  if (audit_->unfinished()) return note("audit.jsonl ends with an unfinished line; the next run cuts it");
  fault("audit.jsonl: line " + std::to_string(audit_->equal_lines() + 1) + ": the journal does not give it");
}

// Who ended orderly left nothing unfinished, and nobody has written since.
void Verification::check_orderly_end(const JournalEnd& end) {
  if (!ended_) return;
  const bool nothing_was_told = ended_->journal.offset == 0 && report_.records == 0;  // it has its head, and no record
  const std::int64_t journal = nothing_was_told ? 0 : end.position.offset + end.unfinished_bytes;
  if (journal != ended_->journal.offset || (!nothing_was_told && end.position.hash != ended_->journal.hash))
    fault("journal: byte " + std::to_string(std::min(journal, ended_->journal.offset)) + ": its writer ended at byte " +
          std::to_string(ended_->journal.offset) + ", and it has " + std::to_string(journal));
  if (ledger_reached_ && !(ledger_at_ == ended_->journal && ledger_audit_ == ended_->audit))
    fault("ledger.db: it stands at another place of journal or audit than where its writer ended");
  if (audit_->left_bytes() > 0) fault("audit.jsonl: byte " + std::to_string(ended_->audit.bytes) + ": more than its writer left");
}

}  // namespace

namespace {

// A folder that is gone when this is.
class CopiesFolder {
 public:
  explicit CopiesFolder(const std::string& beside) : path_(beside + "/verify-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) throw Exception(file_error("cannot make a folder like " + path_, errno));
  }
  CopiesFolder(const CopiesFolder&) = delete;
  CopiesFolder& operator=(const CopiesFolder&) = delete;
  ~CopiesFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

void copy_column(Storage& ledger, const std::string& sql, const std::string& path) {
  auto file = File::open(path, O_WRONLY | O_CREAT).value();
  std::int64_t at = 0;
  StatementGuard s(ledger.statement(sql));
  while (s->step()) {
    const std::string_view bytes = s->text(0);
    file.write(bytes, at).value();
    at += static_cast<std::int64_t>(bytes.size());
  }
}

Result<VerifyReport> verify_in_postgres(const LedgerPlace& place) {
  auto ledger = open_ledger_for_reading(place);
  if (!ledger) return ledger.error();
  if (auto made = make_service_folder(place.dir); !made) return made.error();
  const CopiesFolder copies(place.dir);
  (*ledger)->execute("BEGIN");
  copy_column(**ledger, "SELECT bytes FROM journal ORDER BY begins", journal_path(copies.path()));
  copy_column(**ledger, "SELECT line FROM audit ORDER BY number", audit_path(copies.path()));
  return Verification(copies.path(), *std::move(ledger)).run();
}

}  // namespace

Result<VerifyReport> verify(const LedgerPlace& place) {
  try {
    return place.storage.empty() ? Verification(place.dir).run() : verify_in_postgres(place);
  } catch (const Exception& e) {
    return e.error();
  }
}

}  // namespace marginfix::reconcile
