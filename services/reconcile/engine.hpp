// The ledger as a fold: apply() takes one record of the journal and changes tables, coverage and breaks. No I/O but Storage and AuditSink,
// no clock: times come with the records. The same records give the same tables and the same audit, byte for byte.
//
// One record is one step; the caller puts many into one transaction:
//   storage.begin(); for (...) engine.apply(record, position); engine.finish_batch(); storage.commit();
// After a rollback: forget_batch(). Throws Exception(store) where the storage fails (nothing of the transaction counts then); nothing that
// a record holds is an error: what cannot be read becomes a row of `undecodable` and a break.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "services/reconcile/journal/record.hpp"
#include "services/reconcile/ledger/audit.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

class Engine {
 public:
  // Both outlive it.
  Engine(Storage& storage, AuditSink& audit);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // What apply() will look for in these records, read at once where the storage is slow to answer. Changes nothing.
  void read_ahead(const std::vector<Record>& batch);
  // `position`: where the record ends in the journal, kept with what was made of it.
  void apply(const Record& record, std::int64_t position);
  void finish_batch();
  void forget_batch();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::reconcile
