// The audit that a journal gives, beside the one that is there.
#pragma once

#include <cstdint>
#include <string>

#include "services/reconcile/journal/file.hpp"
#include "services/reconcile/ledger/audit_file.hpp"

namespace marginfix::reconcile {

class AuditCompare final : public AuditLines {
 public:
  // The file's first `size` bytes; no file: none.
  AuditCompare(const std::string& path, std::int64_t size);

  void append(const AuditEntry& entry) override;
  const AuditPosition& position() const override { return chain_.position(); }
  void write_out() override {}
  void go_back(const AuditPosition& to) override { chain_.go_back(to); }

  // The first line that differs, and how; "" = none.
  const std::string& fault() const noexcept { return fault_; }
  // Lines of the file that were found equal; behind the last of them `left_bytes()` of the file were not asked for.
  std::int64_t equal_lines() const noexcept { return equal_; }
  std::int64_t left_bytes() const noexcept { return size_ - compared_; }
  // They have no line break: what a killed process was writing.
  bool unfinished() const;

 private:
  std::string there(std::int64_t at, std::size_t size);

  std::string path_;
  std::int64_t size_;
  std::int64_t compared_{0}, equal_{0};
  AuditChain chain_;
  std::string fault_, window_;
  std::int64_t window_at_{0};
};

}  // namespace marginfix::reconcile
