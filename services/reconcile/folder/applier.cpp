#include "services/reconcile/folder/applier.hpp"

#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

JournalPosition journal_position_of(Storage& storage) {
  return {meta_number(storage, "journal_offset"), hash_of_hex(meta(storage, "journal_hash").value_or("")).value_or(Hash{})};
}

Applier::Applier(Storage& storage, AuditLines& audit)
    : storage_(storage), audit_(audit), committed_(journal_position_of(storage)), applied_(committed_) {}
Applier::~Applier() { roll_back(); }

void Applier::begin() {
  if (!open_) {
    storage_.begin();
    open_ = true;
    audit_from_ = audit_.position();
  }
  if (!engine_) engine_ = std::make_unique<Engine>(storage_, audit_);
}

void Applier::read_ahead(const std::vector<Record>& batch) {
  begin();
  engine_->read_ahead(batch);
}

void Applier::add(const Record& record, const JournalPosition& end) {
  begin();
  engine_->apply(record, end.offset);
  applied_ = end;
}

void Applier::commit() {
  if (!open_) return;
  engine_->finish_batch();
  audit_.write_out();
  set_audit_position(storage_, audit_.position());
  set_meta(storage_, "journal_offset", std::to_string(applied_.offset));
  set_meta(storage_, "journal_hash", to_hex(applied_.hash));
  storage_.commit();
  open_ = false;
  committed_ = applied_;
}

void Applier::roll_back() noexcept {
  if (!open_) return;
  engine_.reset();
  storage_.rollback();
  audit_.go_back(audit_from_);
  applied_ = committed_;
  open_ = false;
}

}  // namespace marginfix::reconcile
