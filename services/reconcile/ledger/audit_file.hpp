// audit.jsonl (audit.hpp): the lines a ledger stands for, and behind them those that a killed process wrote and whose transaction never
// came to its end. They come again when the journal is applied again: then they are compared, not written.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"
#include "services/reconcile/journal/file.hpp"
#include "services/reconcile/journal/sha256.hpp"
#include "services/reconcile/ledger/audit.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

// Behind a line: what a ledger writes down (meta rows audit_lines, audit_bytes, audit_hash).
struct AuditPosition {
  std::int64_t lines{0};
  std::int64_t bytes{0};
  Hash hash{};  // of the last line; zeros before the first
  friend bool operator==(const AuditPosition&, const AuditPosition&) = default;
};
AuditPosition audit_position_of(Storage& storage);
void set_audit_position(Storage& storage, const AuditPosition& position);

// Makes the lines of a chain, for whoever keeps or compares them. One thread.
class AuditChain {
 public:
  explicit AuditChain(AuditPosition at = {}) : at_(at) {}
  // The next line, with its line break.
  std::string line(const AuditEntry& entry);
  void go_back(const AuditPosition& to) { at_ = to; }
  const AuditPosition& position() const noexcept { return at_; }

 private:
  AuditPosition at_;
  Sha256 sha_;
};

// An audit that goes along with a ledger's transactions.
class AuditLines : public AuditSink {
 public:
  virtual const AuditPosition& position() const = 0;
  // Before the transaction is committed: what was appended is to last. Throws Exception(store).
  virtual void write_out() = 0;
  // The transaction is rolled back: forgets what was appended since `to`, which was position() when it began.
  virtual void go_back(const AuditPosition& to) = 0;
};

// Appends to the file. One thread.
class AuditFile final : public AuditLines {
 public:
  // Makes the file where it is missing. Cuts an unfinished last line behind `from`. Error(store): `from` is not a place in it.
  static Result<std::unique_ptr<AuditFile>> open(const std::string& path, AuditPosition from);

  // Into memory. Throws Exception(store) where the file has another line in its place, which was there before this process.
  void append(const AuditEntry& entry) override;
  // What was appended, to the file and onto the disk. Throws Exception(store): some of it may be there; it is compared when it comes again.
  void write_out() override;
  void go_back(const AuditPosition& to) override;
  const AuditPosition& position() const override { return chain_.position(); }
  // Error(store): the file has lines that did not come again, though everything has been applied.
  Result<void> check_end() const;

 private:
  AuditFile(File file, AuditPosition from, std::int64_t size);
  void compare(std::string_view line, AuditPosition at);

  File file_;
  AuditChain chain_;
  std::int64_t size_;    // of the file
  std::string pending_;  // what belongs behind size_
};

}  // namespace marginfix::reconcile
