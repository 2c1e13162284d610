// What the service was told, one record each, as it came: the only input of the ledger. A ledger is what Engine makes of a journal's
// records in their order, so that the same journal gives the same ledger. Text formats of each body are below; nothing in them is made up
// here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "marginfix/core/time.hpp"
#include "services/reconcile/values.hpp"

namespace marginfix::reconcile {

// Numbers are on disk.
enum class RecordKind : std::uint8_t {
  begin = 1,       // a process began: JSON of accounts and rules {"version", "accounts": [...], "rules": {"grace_us": "20000000", ...}}
  fix = 2,         // one FIX message as it came (listener, drop_copy)
  rest = 3,        // one answer of REST: "OPERATION\nQUERY\n" and the body as it came. A list is all its pages in order, then poll_end
  poll_begin = 4,  // a list is being asked for: "WHAT\nMIN_TS" (fills, orders, positions, funding, balance; MIN_TS in microseconds or "")
  poll_end = 5,    // "WHAT\nok" or "WHAT\nERROR TEXT": only a list that came whole counts
  ws = 6,          // one frame of the WebSocket
  klear = 7,       // as `rest`
  firm_fix = 8,    // one FIX message of the firm's own log
  firm_row = 9,    // one row of the firm's CSV, as JSON with our names {"exec_id": ..., "price": ...}
  source_state = 10,     // "STATE\nWHY": up, unknown, off (listener: up = logged on)
  gap_opened = 11,       // "NUMBER\nSINCE\nWHY" (microseconds or "")
  gap_closed = 12,       // "NUMBER\nBY\nWHY": drop_copy, rest or nobody
  drop_copy_range = 13,  // an answered range: JSON {"asked": us, "after": [{"last_mkt", "exec_id"}], "to_latest": "true"|"false",
                         // "reports": n, "counts_agree": "true"|"false"}; `asked`: wall clock. Its reports came before it
  resume_points = 14,    // to_text(ResumePoints) of the feed: everything before is in the journal
  sweep = 15,            // compare now; "full" compares what is settled, too
  decision = 16,         // JSON {"break": id, "action": "resolve"|"explain"|"accept", "user", "reason"}
  day_cut = 17           // the clearing day ended: yyyymmdd
};
std::string_view to_string(RecordKind kind) noexcept;

struct Record {
  RecordKind kind{};
  Source source{};
  Timestamp received{};  // wall clock of this service; never runs backwards within a journal
  std::string account;   // name in the configuration; "" for those of no account
  std::string body;
};

}  // namespace marginfix::reconcile
