// Drop copy ranges on one session (KalshiDC, or order entry on KalshiNR): one on its way at a time, in parts where it was split, asked
// for again until each LastMkt(30)'s part of it is complete. I/O thread, but for request(). Source: fix-margin.md "Drop copy".
#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/core/backoff.hpp"
#include "marginfix/domain/ids.hpp"
#include "marginfix/fix/messages.hpp"
#include "marginfix/sessions/drop_copy_session.hpp"
#include "sessions/client/session_core.hpp"

namespace marginfix::sessions {

class DropCopyRanges {
 public:
  // `live_too`: the session carries live reports between the ones asked for.
  DropCopyRanges(SessionCore& core, bool live_too);

  void set_policy(DropCopyPolicy policy);
  Result<std::uint64_t> request(DropCopyRange range, DropCopyCallback done);  // any thread

  // What the session saw. on_report(): false for a report that has come before in this range, or that the caller has.
  bool on_report(const fix::ExecutionReport& report);
  void on_complete(const fix::EventResendComplete& complete);
  void on_reject(const fix::EventResendReject& reject);
  void on_refused(std::int64_t ref_seq, const Error& error);
  void on_transmitted(const SentMessage& sent);
  void on_dropped(const NotSent& what);
  void on_logged_on() { advance(); }
  void on_lost();
  void on_ended() { fail_all(); }

 private:
  enum class Stage : std::uint8_t { idle, submitted, sent, backing_off };
  struct Part {
    std::string begin;
    std::optional<std::string> end;
  };
  // What has come of one LastMkt(30): ExecIDs are ordered, and once only, within it.
  struct Market {
    struct Seen {
      ExecSequence id;
      std::uint32_t request;  // the latest one it came in
    };
    std::optional<ExecSequence> after;  // what the caller has already
    std::string last;                   // the highest that has come, or the caller's
    std::vector<Seen> seen;             // ascending
    bool ascending{true};               // each was higher than all before it, request by request
    std::optional<ExecSequence> latest;
  };
  struct Job {
    DropCopyResult result;
    DropCopyCallback done;
    std::deque<Part> parts;
    std::map<std::string, Market, std::less<>> markets;
    std::map<std::string, std::uint32_t, std::less<>> odd;  // ExecIDs of another form, by text
    std::size_t remembered{0};
    bool markets_known{false};    // the caller has named every LastMkt there is
    std::uint64_t in_request{0};  // different reports in the request now on its way
    std::uint32_t refusals{0}, splits{0};
    bool resumed{false};
  };

  void admit(std::uint64_t id, DropCopyRange range, DropCopyCallback done);
  void advance();
  static std::string resume_point(const Job& job);
  static bool note(Job& job, const fix::ExecutionReport& report);
  bool in_range(const Job& job, const fix::ExecutionReport& report) const;
  static std::vector<DropCopyMark> marks_of(const Job& job);
  static bool halve(const Part& whole, Part& first, Part& second);
  static std::string explain(EventResendRejectReason reason);
  void arm_timeout();
  void check_timeout();
  void forget_late(std::int64_t ref_seq);
  void split_when_refused_again(Job& job) const;
  void retry_or_finish(const Error& error, bool again);
  void finish(std::optional<Error> error);
  void fail_all();
  static Error with_marks(Error error, const Job& job);

  SessionCore& core_;
  const bool live_too_;
  DropCopyPolicy policy_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::uint64_t> next_range_{1};
  std::deque<Job> jobs_;
  Stage stage_{Stage::idle};
  std::uint64_t message_id_{0};
  std::int64_t seq_{0};
  std::chrono::steady_clock::time_point heard_{};
  boost::asio::steady_timer timer_;
  Backoff backoff_;
};

}  // namespace marginfix::sessions
