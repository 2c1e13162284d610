// The breaks and their life: a difference is pending until it is older than the grace, then confirmed; it resolves by itself when the two
// sides agree again. What a person closed stays closed as long as the two values are those the person saw.
//
//   differences of a sweep ──► observe() ──► rows of `breaks`, lines of the audit
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "services/reconcile/ledger/audit.hpp"
#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/ledger/storage.hpp"
#include "services/reconcile/match/difference.hpp"
#include "services/reconcile/stream/outbox.hpp"

namespace marginfix::reconcile {

// What a break's next state is. Pure: `seen` = the difference is there at `now`, `age_us` = how long it has been, by either clock.
BreakState next_state(BreakState state, bool seen, bool explained, std::int64_t age_us, const Rules& rules) noexcept;

class Breaks {
 public:
  // All three outlive it.
  Breaks(Storage& storage, AuditSink& audit, Outbox& outbox);

  // Something is different at `now`; `exchange_now` is the exchange's latest known time.
  void observe(const Difference& difference, Timestamp now, Timestamp exchange_now, const Rules& rules);
  // Every difference there is about `subject` (a fill, an order, ...) and its sides has been observed since begin_subjects(): open breaks
  // about it that were not observed have resolved.
  void begin_sweep();
  void evaluated(const std::string& account, const std::string& subject, Timestamp now);
  // Something open or closed by a person is known about this subject: it is worth evaluating.
  bool has_open(const std::string& account, const std::string& subject) const;
  // Nothing can be said of it at present: a pending one goes, and comes again if it is still there.
  void forget_pending(const std::string& account, const std::string& subject);
  // Open breaks confirm by age alone, also where nothing was evaluated: a source that failed does not keep a break pending for ever.
  void grow_older(Timestamp now, const Rules& rules);

  struct Decision {
    std::int64_t break_id{0};
    BreakState to{};
    std::string user, reason;
  };
  // False: there is no such break, or it is closed already.
  bool decide(const Decision& decision, Timestamp now);

  void forget_batch();  // the transaction was undone: read again

 private:
  struct Open {
    std::int64_t id{0};
    std::uint64_t observed_in{0};  // sweep
  };
  using Key = std::tuple<std::string, std::string, BreakCategory>;  // account, subject, category
  void load();
  void set_state(BreakRow& row, BreakState to, Timestamp now, const std::string& by, const std::string& reason);
  std::int64_t next_id();

  Storage& storage_;
  AuditSink& audit_;
  Outbox& outbox_;
  std::map<Key, Open> known_;  // open ones, and those a person closed
  std::uint64_t sweep_{0};
};

}  // namespace marginfix::reconcile
