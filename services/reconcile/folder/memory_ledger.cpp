#include "services/reconcile/folder/memory_ledger.hpp"

namespace marginfix::reconcile {

namespace {

// What SQLite keeps for a rollback grows with the transaction.
constexpr int kRecordsBetweenCommits = 4096;

}  // namespace

MemoryLedger::MemoryLedger(AuditLines& audit) : storage_(SqliteStorage::in_memory().value()), applier_(*storage_, audit) {}

void MemoryLedger::add(const Record& record, const JournalPosition& end) {
  applier_.add(record, end);
  const bool stops = then_ && end == stop_;
  if (stops || ++records_ % kRecordsBetweenCommits == 0) commit();
  if (stops) then_();
}

void MemoryLedger::commit() {
  applier_.commit();
  if (forget_through_ == 0) return;
  StatementGuard s(storage_->statement("DELETE FROM outbox WHERE number <= $1"));
  s->bind(0, forget_through_);
  s->step();
}

void MemoryLedger::call_at(const JournalPosition& stop, std::function<void()> then) {
  stop_ = stop;
  then_ = std::move(then);
}

}  // namespace marginfix::reconcile
