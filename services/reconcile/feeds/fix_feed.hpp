// The account's FIX sessions as records: a listener, and drop copy where the account has it, over AccountFeed, which knows holes and resume
// points. Every application message of both, and the listener's Logon(A) and Heartbeat(0), is written down raw, also one that comes again
// (AccountFeed drops it; the ledger compares it with the first) and one that cannot be read. Holes are told when they open and when
// somebody closed them: the listener itself (KalshiRT sends again what it has missed), drop copy, else REST (rest_covered()), else nobody.
// Beside AccountFeed's own questions drop copy is asked from the last sure ExecID(17) every few minutes: an independent view, which also
// keeps the mark inside KalshiDC's three hours.
//
// Threads: everything that makes records runs on the client's I/O thread; tick() and the other functions may be called from any thread.
// The feed sends session messages and EventResendRequest(U1), nothing else: it has no session that could send an order.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/account_feed.hpp"
#include "marginfix/core/log.hpp"
#include "marginfix/core/monotonic.hpp"
#include "services/reconcile/feeds/record_queue.hpp"

namespace marginfix::reconcile {

// A hole that an earlier process could not close.
struct OpenGap {
  std::int64_t number{0};
  std::optional<Timestamp> since{};  // by the exchange's clock
};

struct FixFeedOptions {
  std::string account;
  MarginFixConfig config;  // one listener, at most one drop copy session
  MarginFixClientOptions client;
  ResumePoints resume;          // the ledger's: everything up to there is in the journal
  std::int64_t gaps_before{0};  // the highest number of a gap in the ledger
  std::vector<OpenGap> inherited;
  std::optional<Timestamp> sure_before{};  // wall clock: when the last sure report was sure, in an earlier process
  bool went_before{false};  // the ledger has something of this account: without `resume` and `inherited` what lies between is a hole, too
  bool has_rest{true};      // somebody will call rest_covered()
  std::chrono::milliseconds drop_copy_check{300'000};
  std::chrono::milliseconds drop_copy_wait{120'000};
  const Clock* clock{nullptr};  // of intervals; null: monotonic_clock()
};

struct FixFeedHealth {
  bool listening{false};
  bool drop_copy_enabled{false};                      // there is a session, and no U3 with 21004=5 has come
  std::optional<std::chrono::microseconds> mark_age;  // since drop copy last answered, or the listener last told a report, in this
                                                      // process or before it
  std::size_t open_gaps{0};
};

class FixFeed {
 public:
  FixFeed(FixFeedOptions options, RecordQueue& queue, std::shared_ptr<LogSink> log);
  ~FixFeed();
  FixFeed(const FixFeed&) = delete;
  FixFeed& operator=(const FixFeed&) = delete;

  Result<void> start();
  void stop();

  // About once a second: resume points, drop copy's next question, a session that has ended for good is tried again, the warning of an old
  // mark.
  void tick();
  // Until the listener is logged on, no hole waits for drop copy, and drop copy has answered (or cannot). Error(timeout, closed): what is
  // missing.
  Result<void> wait_until_settled(std::chrono::milliseconds limit);

  // Drop copy's own view is asked for now, from its latest mark.
  void check_again();

  // Holes that only REST can close: the earliest begin of them, by the exchange's clock. The epoch: not known, everything.
  std::optional<Timestamp> rest_wanted_since() const;
  // REST's fills came whole from `from` on, asked for after `began` (of the options' clock): holes within are closed.
  void rest_covered(Timestamp from, Timestamp began);
  // Messages of ours had no room in the queue: they are asked for again.
  void left_out(Source source);

  // The exchange's time as the latest report says it; the epoch: none yet.
  Timestamp exchange_time() const;
  FixFeedHealth health() const;
  Timestamp now() const;

 private:
  struct Hole {
    std::int64_t number{0};
    std::optional<Timestamp> since{};
    std::string why;
    bool of_us{false};                    // the queue's, not AccountFeed's
    bool asked{false};                    // of_us: the question that is open, or the latest, is about it
    Timestamp opened{};                   // options' clock
    bool resent{false};                   // KalshiRT sends it again: nobody is asked
    bool inherited{false};                // of an earlier process, and nobody has taken it on
    std::optional<Timestamp> for_rest{};  // drop copy could not; since then (options' clock)
  };

  AccountFeedHandlers handlers();
  void journal(Source source, const Inbound& in);
  void state(Source source, SourceState state, std::string_view why);
  void on_session(Source source, const StateChange& change);
  void begin_without_points();
  void open(std::uint64_t feeds_number, std::optional<Timestamp> since, const std::string& why);
  void add(std::uint64_t feeds_number, Hole hole);
  void away_from_retained();
  void told_again();
  bool goes_on(std::uint64_t feeds_number) const;
  void close_all_of(std::uint64_t feeds_number, std::string_view by, std::string_view why);
  void close(std::uint64_t feeds_number, std::string_view by, std::string_view why);
  void closed(const Hole& hole, std::string_view by, std::string_view why);
  void leave_to_rest(std::uint64_t feeds_number, const Error& error);
  void not_enabled();
  void ask_drop_copy();
  void answered(const std::vector<DropCopyMark>& after, const Result<DropCopyResult>& result);
  void write_range(const std::vector<DropCopyMark>& after, const DropCopyResult& result, bool whole);
  ResumePoints sure_points() const;
  void write_resume_points();
  bool waits_for_drop_copy() const;
  void on_tick();
  void start_again();
  void warn_of_old_mark();
  void give_up_waiting();
  void listening_after_all();
  std::string what_is_missing() const;

  FixFeedOptions options_;
  RecordQueue& queue_;
  std::shared_ptr<LogSink> log_;
  const Clock& clock_;
  MarginFixClient client_;
  std::unique_ptr<AccountFeed> feed_;
  ListenerSession* listener_{nullptr};
  DropCopySession* drop_copy_{nullptr};

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  bool started_{false}, stopping_{false};
  bool listening_{false}, drop_copy_on_{false};
  bool enabled_{true};  // no U3 with 21004=5
  enum class Check : std::uint8_t { due, asked, done, failed } check_{Check::due};
  std::string check_failed_;
  Timestamp asked_at_{};                 // wall clock
  Timestamp check_at_{};                 // when the next question is due
  std::vector<DropCopyMark> marks_;      // everything up to here drop copy has told, or a ledger has
  bool marks_known_{false};              // false: drop copy is asked for everything it has
  std::string recorded_points_;          // the latest resume_points record
  std::map<std::uint64_t, Hole> holes_;  // by AccountFeed's number; inherited ones and ours have numbers of their own from the top down
  std::uint64_t own_number_{~std::uint64_t{0}};
  std::int64_t last_number_{0};
  std::optional<Timestamp> sure_at_{};  // options' clock
  Timestamp warned_at_{};
  Timestamp exchange_time_{};
  ResumePoints told_;  // by LastMkt, the latest report of any session with its time
  std::map<Source, Timestamp> restart_at_;
  std::map<Source, std::string> told_states_;
  std::set<Source> lost_;  // whose messages had no room, and left_out() has not been called for it
};

}  // namespace marginfix::reconcile
