// Drop copy (KalshiDC): past ExecutionReports by ExecID(17), asked for range by range, at most 3 hours back. Not a live feed (that is a
// ListenerSession). Rejects and pending reports are not in it; resent reports carry new MsgSeqNums: ExecID is the key.
// Threads: fix_session.hpp. Source: fix-margin.md "Drop copy".
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "marginfix/core/time.hpp"
#include "marginfix/fix/messages.hpp"
#include "marginfix/sessions/fix_session.hpp"

namespace marginfix {

// How far back KalshiDC goes.
inline constexpr std::chrono::hours kDropCopyWindow{3};

struct DropCopyRange {
  std::string begin_exec_id;               // 21001, inclusive
  std::optional<std::string> end_exec_id;  // 21002, inclusive; absent: up to the latest
  // When the report with begin_exec_id was made, if you know: older than the window is refused here, with a clear word.
  std::optional<Timestamp> begin_time;
};

struct DropCopyResult {
  std::uint64_t request_id{0};
  std::uint64_t reports{0};    // handed to on_execution_report for this range, each ExecID once
  std::uint64_t announced{0};  // sum of ResentEventCount(21003)
  std::uint32_t requests{0};   // EventResendRequests(U1) it took: retries, splits, a reconnect in the middle
  bool counts_agree{false};    // every U2 announced exactly what had come; false: ask for the range again and compare by ExecID
  std::string last_exec_id;    // of the last report, empty if there was none: where to go on from
};

// On failure: reject (status = EventResendRejectReason(21004), code = Text(58)), timeout, closed.
using DropCopyCallback = std::function<void(Result<DropCopyResult>)>;

struct DropCopyHandlers : SessionHandlers {
  // One report of the range being served, in ExecID order.
  std::function<void(const fix::ExecutionReport&, const Inbound&)> on_execution_report;
};

// "too many requests" (21004=1): wait with full jitter, then ask again, from the last ExecID received; a range with both ends whose
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
