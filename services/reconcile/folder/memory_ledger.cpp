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
  if (stops || ++records_ % kRecordsBetweenCommits == 0) applier_.commit();
  if (stops) then_();
}

void MemoryLedger::call_at(const JournalPosition& stop, std::function<void()> then) {
  stop_ = stop;
  then_ = std::move(then);
}

}  // namespace marginfix::reconcile
