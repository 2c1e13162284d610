// A second ledger, in memory, made of a journal: what `verify` compares with and `replay` shows.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "services/reconcile/folder/applier.hpp"
#include "services/reconcile/journal/journal.hpp"
#include "services/reconcile/ledger/audit_file.hpp"
#include "services/reconcile/ledger/sqlite_storage.hpp"

namespace marginfix::reconcile {

class MemoryLedger {
 public:
  // `audit`: where its lines go.
  explicit MemoryLedger(AuditLines& audit);

  // The next record. After the one that ends at `stop`, the ledger is as one that stands there, and `then` is called. Throws what the
  // engine throws.
  void add(const Record& record, const JournalPosition& end);
  void call_at(const JournalPosition& stop, std::function<void()> then);
  // The outbox up to this event does not matter: it is not kept.
  void forget_outbox(std::int64_t through) { forget_through_ = through; }
  void commit();
  Storage& storage() noexcept { return *storage_; }

 private:
  std::unique_ptr<SqliteStorage> storage_;
  Applier applier_;
  JournalPosition stop_;
  std::function<void()> then_;
  int records_{0};
  std::int64_t forget_through_{0};
};

// An audit that is only counted and chained.
class AuditCount final : public AuditLines {
 public:
  void append(const AuditEntry& entry) override { chain_.line(entry); }
  const AuditPosition& position() const override { return chain_.position(); }
  void write_out() override {}
  void go_back(const AuditPosition& to) override { chain_.go_back(to); }

 private:
  AuditChain chain_;
};

}  // namespace marginfix::reconcile
