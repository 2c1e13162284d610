// The folder of a service (`--dir`): its files, its lock, and opening its ledger so that it has all that the journal has.
//   journal          what was told (journal/journal.hpp)
//   ledger.db        what it comes to (SQLite, WAL)
//   ledger.pages     SHA-256 of each page of ledger.db, written when a writer ends orderly (verify.hpp)
//   audit.jsonl      decisions (ledger/audit.hpp)
//   lock, pid        of the writer
//   token            for resolving breaks (0600); reconcile.json: where the page is, while it is served
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "marginfix/core/result.hpp"
#include "services/reconcile/journal/record.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

// Where a ledger is, with its journal and its audit: in a folder, or in PostgreSQL.
struct LedgerPlace {
  std::string dir;      // of a ledger in PostgreSQL: token and address of this instance's page
  std::string storage;  // postgresql://...; "" = in `dir`
  std::string service;  // in PostgreSQL, whose; "" = the only one there is

  LedgerPlace(std::string folder) : dir(std::move(folder)) {}  // NOLINT(google-explicit-constructor): a folder is a place
  LedgerPlace(const char* folder) : dir(folder) {}             // NOLINT(google-explicit-constructor)
  LedgerPlace(std::string folder, std::string in, std::string of)
      : dir(std::move(folder)), storage(std::move(in)), service(std::move(of)) {}
};

std::string journal_path(const std::string& dir);
std::string ledger_path(const std::string& dir);
std::string audit_path(const std::string& dir);
std::string pages_path(const std::string& dir);

bool holds_ledger(const std::string& dir);
// "DIR holds no ledger: run ... first", code "no_ledger".
Error no_ledger_error(const std::string& dir);

// Makes the folder, where it is missing, for its owner alone (0700). Error(store).
Result<void> make_service_folder(const std::string& dir);

// The one writer of a folder. Opening takes the lock, makes what is missing (the folder with mode 0700), migrates, and applies what the
// journal has beyond the ledger. One thread. A process killed at any moment leaves a
// folder that opens again with everything that a write() has returned from, each record once.
class LedgerWriter {
 public:
  // Error(store): another process writes to it (its pid in the text; code "locked"), a damaged journal, a ledger of a newer version, a full
  // disk (code "disk_full" where a file of ours met it).
  static Result<std::unique_ptr<LedgerWriter>> open(const std::string& dir);
  virtual ~LedgerWriter() = default;

  // Durable once it returns without an error: journal flushed to the disk, then applied and committed. An empty batch only makes up for
  // what an earlier error left behind. Error(store): the caller may write the same batch again, at once or later, or go on with another;
  // what is in the journal already is not put there twice. By code:
  //   kept        it is in the journal, durable, but the ledger could not follow (a full disk): what is read from the ledger is older. The
  //               next write(), or the next open(), applies it, whatever the batch of that write is.
  //   restart     the disk refused what it had taken: nothing of the batch counts, and only a new writer can go on.
  //   anything else (disk_full, ...): nothing of the batch counts. Works again when there is room.
  // As long as the ledger cannot follow, the journal takes nothing new.
  virtual Result<void> write(const std::vector<Record>& batch) = 0;
  virtual Storage& storage() noexcept = 0;
  // The stream has everything of the outbox up to `number` (stream/outbox.hpp): those rows go, in a transaction of their own. Error(store):
  // they stay, and may be told once more, which the stream refuses.
  virtual Result<void> published(std::int64_t number);
  // Checkpoints the WAL (TRUNCATE), as far as disk and readers let it: nothing is lost where they do not.
  virtual void checkpoint() = 0;
  // Ends orderly: checkpoint, page hashes, lock and pid given back. storage() is no more. Called by the destructor where it was not.
  // Error(store): nothing is lost, but there is no ledger.pages.
  virtual Result<void> close() = 0;
  virtual const std::string& dir() const noexcept = 0;
  // Of the journal's unfinished tail that open() cut: what a killed process was writing and nobody was told to be safe. 0 = none.
  virtual std::int64_t cut_bytes() const noexcept = 0;
};

// Reads a ledger, beside a writer or without one (then it first applies what the journal has beyond the ledger, if the lock is free).
// Error(store): no such folder, or no ledger in it (code "no_ledger"; the text says how to make one), of another version, damaged; in
// PostgreSQL: no ledger of that service, or several and none was named. Error(connect): no such server.
Result<std::unique_ptr<Storage>> open_ledger_for_reading(const LedgerPlace& place);
// Of a place in PostgreSQL: its service's name, or that of the only one there.
Result<std::string> service_of(const LedgerPlace& place);

}  // namespace marginfix::reconcile
