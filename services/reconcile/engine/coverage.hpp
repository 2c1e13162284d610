// What each source has told completely, and therefore must have told: spans of the listener, answered ranges of drop copy, whole lists of
// REST, the reach of the firm's record. Where nothing is known, nothing is demanded.
//
// Wall clock and the exchange's clock are never compared with each other: the exchange's may run ahead (a simulator's does). A fill is
// placed by ExecID(17) within one LastMkt(30), by the exchange's times against each other, or by when this service was told against when it
// was listening.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "marginfix/domain/ids.hpp"
#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/ledger/storage.hpp"
#include "services/reconcile/match/fills.hpp"

namespace marginfix::reconcile {

class Coverage {
 public:
  explicit Coverage(Storage& storage);

  // ---- facts --------------------------------------------------------------------------------------------------------------
  void source_state(const std::string& account, Source source, SourceState state, const std::string& why, Timestamp now);
  void heard(const std::string& account, Source source, Timestamp now);  // anything at all
  // A message of the listener's connection, by the exchange's own clock: SendingTime(52).
  void heard_at(const std::string& account, Timestamp sending_time, bool is_logon);
  // A report with a number, of the listener or drop copy. `transact_time` only where it can be what it says: what a span covers, and what
  // is demanded because of it, hangs on it.
  void report(const std::string& account, Source source, const std::string& last_mkt, const std::string& exec_id,
              std::optional<Timestamp> transact_time, Timestamp now);
  struct Range {
    Timestamp asked{};
    bool to_latest{false};
    bool complete{false};
    std::vector<std::pair<std::string, std::string>> after;  // LastMkt, ExecID
  };
  void drop_copy_range(const std::string& account, const Range& range, Timestamp now);
  void gap_opened(const std::string& account, std::int64_t number, std::optional<Timestamp> since, const std::string& why, Timestamp now);
  void gap_closed(const std::string& account, std::int64_t number, const std::string& by, const std::string& why, Timestamp now);
  // A list of REST (or Klear, or the firm's file read to its end): what is asked for begins at min_ts.
  void poll_begun(const std::string& account, Source source, const std::string& what, std::optional<Timestamp> min_ts, Timestamp now);
  // The list that is being read ends at this time of the exchange. It is not whole where the exchange is known to be further by its end.
  void poll_reaches_to(const std::string& account, Source source, const std::string& what, Timestamp max_ts);
  void poll_ended(const std::string& account, Source source, const std::string& what, bool ok);
  // When the list that is being read was begun; 0: none is.
  Timestamp running_since(const std::string& account, Source source, const std::string& what) const;
  // The firm's record holds something of this time.
  void firm_reaches(const std::string& account, Timestamp time, Timestamp now);
  // A process began: nothing of what was running before goes on.
  void restarted(Timestamp now);

  // ---- questions ----------------------------------------------------------------------------------------------------------
  // When the last whole list of `what` was begun; 0: never.
  Timestamp last_whole(const std::string& account, Source source, const std::string& what) const;
  // When the list before it was begun, which did not have what the last one told first.
  Timestamp whole_before(const std::string& account, Source source, const std::string& what) const;
  // The whole lists of `what` have everything from this time of the exchange on.
  bool reaches(const std::string& account, Source source, const std::string& what, Timestamp time) const;
  SourceState state(const std::string& account, Source source) const;
  // Who must have this fill, each with its reason.
  Musts musts(const Tellings& tellings, Timestamp now) const;
  // The listener's connection was there when the exchange made it, and may be about to tell it.
  bool may_still_be_told(const std::string& account, std::optional<Timestamp> transact_time) const;
  // The listener was there when the exchange made it (as far as is known).
  bool listened_at(const std::string& account, std::optional<Timestamp> transact_time) const;
  Timestamp exchange_now() const noexcept { return exchange_now_; }
  void exchange_time(Timestamp time) noexcept;

  void write();         // before the commit
  void forget_batch();  // after a rollback

 private:
  struct Market {
    ExecId first, last;
  };
  struct Span {
    SpanRow row;
    std::map<std::string, Market> markets;
    bool changed{false};
  };
  struct Poll {
    Timestamp running{}, last_whole{}, whole_before{};
    std::optional<Timestamp> running_min, running_max, min_ts;
    bool is_running{false};
  };
  struct PerSource {
    SourceRow row;
    std::vector<Span> spans;  // ascending
    std::map<std::string, Poll> polls;
    bool changed{false};
    // What drop copy has told since the last answered range.
    Span told;
  };
  using Key = std::pair<std::string, Source>;

  PerSource& of(const std::string& account, Source source);
  const PerSource* find(const std::string& account, Source source) const;
  static Span* current(PerSource& s);
  void begin_span(PerSource& s, const std::string& account, Source source, Timestamp now);
  void add_span(PerSource& s, Span span);
  void write_span(Span& span);
  void end_span(PerSource& s, const std::string& why, Timestamp now);
  static void extend(Span& span, const std::string& last_mkt, const std::string& exec_id, std::optional<Timestamp> time);
  std::string must_fix(const PerSource& s, const SourceFillRow& told, Timestamp now) const;
  std::string must_rest(const PerSource& s, Timestamp first_seen, const SourceFillRow& told) const;
  std::string must_firm(const PerSource& s, const SourceFillRow& told) const;
  void unsettle(const std::string& account, Source source, Timestamp from, Timestamp to);
  void load();
  // What has begun and not ended: lists being read, drop copy's reports since its last range. A record's effect must not depend on whether
  // the process that applied the one before it still runs.
  std::string unfinished() const;
  void load_unfinished(std::string_view text);

  Storage& storage_;
  std::string saved_unfinished_;
  std::map<Key, PerSource> sources_;
  Timestamp exchange_now_{};
};

}  // namespace marginfix::reconcile
