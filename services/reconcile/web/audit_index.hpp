// The history of a break out of audit.jsonl, which only grows: where each break's lines are is kept, so that a line is looked at once.
// One thread. A file that is missing, or became shorter (another folder's), is none: no history, no error.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

class AuditIndex {
 public:
  explicit AuditIndex(std::string path) : path_(std::move(path)) {}
  // Its lines as they stand in the file (JSON objects, audit.hpp), oldest first.
  std::vector<std::string> of(std::int64_t break_id);

 private:
  struct Place {
    std::int64_t offset;
    std::uint32_t size;
  };
  void read_on();
  void take(std::string_view line, std::int64_t offset);

  std::string path_;
  std::int64_t seen_{0};  // bytes of whole lines
  std::unordered_map<std::int64_t, std::vector<Place>> places_;
};

// The same of a ledger that holds its audit itself (Storage::holds_journal).
std::vector<std::string> audit_lines_in(Storage& storage, std::int64_t break_id);

}  // namespace marginfix::reconcile
