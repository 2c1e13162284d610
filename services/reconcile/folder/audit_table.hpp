// The audit's lines as a table of a ledger in PostgreSQL: the same lines with the same hashes as in a file, in the transaction of what they
// say.
#pragma once

#include <vector>

#include "services/reconcile/ledger/audit_file.hpp"
#include "services/reconcile/postgres/row_shape.hpp"

namespace marginfix::reconcile {

class AuditTable final : public AuditLines {
 public:
  explicit AuditTable(Storage& storage) : storage_(storage), chain_(audit_position_of(storage)) {}

  void append(const AuditEntry& entry) override {
    pending_.push_back({chain_.position().lines + 1, entry.break_id, {}});
    pending_.back().line = chain_.line(entry);
  }
  const AuditPosition& position() const override { return chain_.position(); }
  void write_out() override {
    for (AuditLineRow& row : pending_) put(storage_, row);
    pending_.clear();
  }
  void go_back(const AuditPosition& to) override {
    chain_.go_back(to);
    pending_.clear();
  }

 private:
  Storage& storage_;
  AuditChain chain_;
  std::vector<AuditLineRow> pending_;
};

}  // namespace marginfix::reconcile
