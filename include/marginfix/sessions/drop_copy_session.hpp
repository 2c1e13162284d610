// Drop copy (KalshiDC): past ExecutionReports by ExecID(17), asked for range by range, at most 3 hours back. Not a live feed (that is a
// ListenerSession). Rejects and pending reports are not in it; resent reports carry new MsgSeqNums: ExecID is the key.
// The exchange opens it to accounts on an allow list only; others get EventResendReject(U3) with 21004=5, see drop_copy_not_enabled():
// read fills and orders by REST then (rest/missed.hpp). Being allowed later does not bring earlier events.
// Threads: fix_session.hpp. Source: fix-margin.md "Drop copy".
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/core/time.hpp"
#include "marginfix/fix/messages.hpp"
#include "marginfix/sessions/fix_session.hpp"

namespace marginfix {

// How far back KalshiDC goes.
inline constexpr std::chrono::hours kDropCopyWindow{3};

// The last report you have of one exchange index, LastMkt(30). ExecIDs are ordered within one LastMkt only.
struct DropCopyMark {
  std::string last_mkt{}, exec_id{};
  friend bool operator==(const DropCopyMark&, const DropCopyMark&) = default;
};

struct DropCopyRange {
  std::string begin_exec_id{};               // 21001, inclusive; may be empty when `after` names every LastMkt you have reports of
  std::optional<std::string> end_exec_id{};  // 21002, inclusive; absent: up to the latest
  // When the report with begin_exec_id was made, if you know: older than the window is refused here.
  std::optional<Timestamp> begin_time{};
  // What you have already, LastMkt by LastMkt (DropCopyResult::last_by_mkt of the range before): reports up to and including these are
  // not handed over again. Without begin_exec_id the request begins with the earliest of them, and goes on LastMkt by LastMkt when it
  // has to be repeated; with it a repeated request begins at begin_exec_id, because a LastMkt may not have been heard of yet.
  std::vector<DropCopyMark> after{};
};

struct DropCopyResult {
  std::uint64_t request_id{0};
  std::uint64_t reports{0};    // handed to on_execution_report for this range, each ExecID once
  std::uint64_t announced{0};  // sum of ResentEventCount(21003)
  std::uint32_t requests{0};   // EventResendRequests(U1) it took: retries, splits, a reconnect in the middle
  bool counts_agree{false};    // every U2 announced exactly as many different reports as had come; false: something is missing or too
                               // many: ask for the range again and compare by ExecID
  std::string last_exec_id{};  // of the last report, empty if there was none; where to go on from if all is on one LastMkt
  std::vector<DropCopyMark> last_by_mkt{};  // the highest of each LastMkt: `after` of the next range
};

// A request was refused because the account is not on the allow list for drop copy (U3 with 21004=5).
inline bool drop_copy_not_enabled(const Error& error) noexcept {
  return error.category == ErrorCategory::reject && error.tag == 21004 &&
         error.status == static_cast<std::int32_t>(EventResendRejectReason::NotEnabled);
}

// On failure: reject (status = EventResendRejectReason(21004), code = Text(58)), timeout, closed.
using DropCopyCallback = std::function<void(Result<DropCopyResult>)>;

struct DropCopyHandlers : SessionHandlers {
  // One report of the range being served, in ExecID order within its LastMkt.
  std::function<void(const fix::ExecutionReport&, const Inbound&)> on_execution_report{};
};

// "too many requests" (21004=1): wait with full jitter, then ask again, as DropCopyRange::after says; a range with both ends whose
// ids are number pairs is halved from the second refusal on.
struct DropCopyPolicy {
  std::uint32_t max_requests{20};  // U1 messages for one range, splits not counted
  BackoffOptions backoff{std::chrono::milliseconds{500}, std::chrono::milliseconds{10'000}, std::chrono::milliseconds{200}};
  bool split{true};
  bool resume_after_reconnect{true};  // reading again is safe; false: a reconnect ends the range with Error(closed)
};

class DropCopySession final : public FixSession {
 public:
  ~DropCopySession() override;
  void set_handlers(DropCopyHandlers handlers);
  void set_policy(DropCopyPolicy policy);  // before start()

  // One range at a time is on its way; further ones wait in order (at most 1000). Any thread; `done` runs on the I/O thread, once.
  // Gives the request id. Errors: closed (not logged on), reject with status 3 (begin_time outside the window), codec, rate_limit.
  Result<std::uint64_t> request(DropCopyRange range, DropCopyCallback done);

 private:
  friend class MarginFixClient;
  friend struct SessionFactory;
  class Core;
  explicit DropCopySession(std::unique_ptr<Core> core);
};

}  // namespace marginfix
