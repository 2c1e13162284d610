// The audit: one line of JSON for each decision on a break, by the service or a person, each with the hash of the line before. It is made
// from the journal alone: a replay makes the same lines. Append only. File: audit.jsonl.
//   {"n":"7","time":"2026-11-30T18:00:00Z","break":"3","account":"alice","category":"price","event":"confirmed","by":"","reason":"","detail":"...","prev":"<hex>","hash":"<hex>"}
// `hash` is SHA-256 of the line up to and without `,"hash"`.
#pragma once

#include <cstdint>
#include <string>

#include "marginfix/core/time.hpp"
#include "services/reconcile/values.hpp"

namespace marginfix::reconcile {

struct AuditEntry {
  Timestamp time{};
  std::int64_t break_id{0};  // 0: about no break
  std::string account;
  std::string category;  // of the break; "" without one
  std::string event;     // opened, confirmed, resolved, explained, accepted, reopened; journal_cut, ...
  std::string by;        // the person; "" = the service
  std::string reason;
  std::string detail;  // both sides in words
};

class AuditSink {
 public:
  virtual ~AuditSink() = default;
  virtual void append(const AuditEntry& entry) = 0;
};

}  // namespace marginfix::reconcile
