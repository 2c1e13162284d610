// Brings the journal's records into a ledger: whole transactions of records, each with the places in journal and audit that the ledger
// then stands at (meta rows journal_offset, journal_hash, audit_*). The writer of a folder and every replay work through it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "services/reconcile/engine.hpp"
#include "services/reconcile/journal/journal.hpp"
#include "services/reconcile/ledger/audit_file.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

JournalPosition journal_position_of(Storage& storage);

// One thread.
class Applier {
 public:
  Applier(Storage& storage, AuditLines& audit);
  ~Applier();
  Applier(const Applier&) = delete;
  Applier& operator=(const Applier&) = delete;

  // Within a transaction, which the first one begins. Throws what the engine throws; then roll_back().
  void add(const Record& record, const JournalPosition& end);
  // Before they are added: what they will look for, where the ledger is slow to answer. Begins the transaction.
  void read_ahead(const std::vector<Record>& batch);
  // Throws Exception(store); then roll_back().
  void commit();
  // The ledger as after the last commit.
  void roll_back() noexcept;
  const JournalPosition& committed() const noexcept { return committed_; }

 private:
  void begin();

  Storage& storage_;
  AuditLines& audit_;
  std::unique_ptr<Engine> engine_;  // none: what it remembers belonged to a transaction that is no more
  AuditPosition audit_from_;
  JournalPosition committed_, applied_;
  bool open_{false};
};

}  // namespace marginfix::reconcile
