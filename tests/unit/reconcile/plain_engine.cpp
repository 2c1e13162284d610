#include "unit/reconcile/plain_engine.hpp"

#include "marginfix/core/result.hpp"
#include "services/reconcile/engine.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

struct Engine::Impl {
  Storage& storage;
  AuditSink& audit;
  // A memory beside the storage, as the real one has: wrong after a rollback.
  std::int64_t records;
  Impl(Storage& s, AuditSink& a) : storage(s), audit(a), records(meta_number(s, "records")) {}
};

Engine::Engine(Storage& storage, AuditSink& audit) : impl_(std::make_unique<Impl>(storage, audit)) {}
Engine::~Engine() = default;

void Engine::read_ahead(const std::vector<Record>&) {}
void Engine::finish_batch() {}
void Engine::forget_batch() {}

void Engine::apply(const Record& record, std::int64_t position) {
  Storage& storage = impl_->storage;
  set_meta(storage, "records", std::to_string(++impl_->records));
  if (test::failing_applies > 0) {
    --test::failing_applies;
    throw Exception(fail(ErrorCategory::store, "database or disk is full"));
  }
  ReportRow row;
  row.account = record.account;
  row.last_mkt = "13768";
  row.exec_id = record.body;
  row.source = record.source;
  row.transact_time = record.received;
  row.position = position;
  if (!insert(storage, row)) set_meta(storage, "told_again", std::to_string(meta_number(storage, "told_again") + 1));
  if (record.body.starts_with('\xff')) {
    UndecodableRow kept;
    kept.position = position;
    kept.account = record.account;
    kept.reason = "no FIX";
    kept.bytes.data = record.body;
    insert(storage, kept);
  }
  if (record.kind == RecordKind::decision)
    impl_->audit.append({record.received, impl_->records, record.account, "price", "resolved", "ann", record.body, "1.5 here, 1.6 there"});
}

}  // namespace marginfix::reconcile
