// Every execution report of an account as one stream: a listener, drop copy where the account may use it (else REST fills), and one's own
// order entry sessions. Each ExecID(17) of each LastMkt(30) comes once. Where the listener was away there is a gap: it is told, filled
// from drop copy when the listener is back, or declared unfillable with what to ask instead. What is new comes at once, also while a gap is
// being filled, so that older reports come behind newer ones: OrderTracker and PositionLedger take them in any order.
//
//   AccountFeed feed(client, options, handlers);   // before client.start(); lives longer than the client runs
//   entry.on_execution_report = [&](const auto& report, const Inbound& in) { feed.hear(report, in); ... };
//   client.start().value();
//
// Threads: handlers run on the client's I/O thread (sessions/fix_session.hpp). resume_points() may be called from any thread.
// The merging itself, without sessions: domain/report_merge.hpp. Guide: docs/fix.md, "One stream of reports".
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "marginfix/domain/execution.hpp"
#include "marginfix/domain/report_merge.hpp"
#include "marginfix/margin_fix_client.hpp"

namespace marginfix {

struct FeedReport {
  const fix::ExecutionReport& report;
  const Inbound& in;  // with its bytes; both live as long as the call
  ReportSource source{};
};

// What to do about a gap that drop copy cannot fill.
struct UnfillableGap {
  const ReportGap& gap;
  const Error& error;      // why, and in its message what to ask instead
  bool fills_told{false};  // its fills came by REST, through on_fill; amends, cancels and expiries in it are not known: read the orders
};

// Each may be empty.
struct AccountFeedHandlers {
  // Reports without a number ("-1;-1": rejects, pending reports) come as often as they are told.
  std::function<void(const FeedReport&)> on_report{};
  // Of a gap that drop copy could not fill: by its trade_id it may be one that is known.
  std::function<void(const Fill&)> on_fill{};
  // A gap is there; the stream goes on. Then one of the two, once the listener is logged on again and the drop copy session, where there is
  // one, has answered, or has not been logged on for too long (drop_copy_wait). A gap that reaches beyond drop copy's 3 hours is filled as
  // far as they go, from one of the points it begins behind or from what one's own sessions have told of it, and is then unfillable.
  std::function<void(const ReportGap&)> on_gap{};
  std::function<void(const ReportGap&)> on_filled{};
  std::function<void(const UnfillableGap&)> on_unfillable{};
  // The feed has the sessions' handlers: these are called too, but for on_execution_report. Neither set_handlers() nor
  // set_common_handlers() of these sessions may be called beside it.
  ListenerHandlers listener{};
  DropCopyHandlers drop_copy{};
};

struct AccountFeedOptions {
  // resume_points() of an earlier process. What came behind them until the listener is logged on is the first gap. Empty: the stream begins
  // with the first report that is heard; a gap before the listener's first word brings whatever drop copy has.
  ResumePoints resume{};
  // Gives the account's fills since gap.since (less some seconds: rest::missed() does it) to `done`, on any thread and at any time: an
  // answer after the first, and one that comes when the client is gone, does nothing. Asked once for each gap, and once more where the
  // listener went away meanwhile. Called on the I/O thread and must not block it. Empty: a gap that drop copy cannot fill stays as it is.
  using FillsDone = std::function<void(Result<std::vector<Fill>>)>;
  std::function<void(const ReportGap& gap, FillsDone done)> fills_by_rest{};
  std::size_t remembered{65'536};  // see ReportMerge
  // So long in all, while the listener is back, the drop copy session may be without a Logon before the gap goes to REST.
  std::chrono::milliseconds drop_copy_wait{120'000};
  // What that, and KalshiRT's MessageRetentionPeriod(20200), are measured by; it outlives the feed. Null: monotonic_clock().
  const Clock* clock{nullptr};
};

class AccountFeed {
 public:
  // Throws Exception(config) when the client has no listener. A drop copy session is used where there is one.
  AccountFeed(MarginFixClient& client, AccountFeedOptions options, AccountFeedHandlers handlers);
  AccountFeed(const AccountFeed&) = delete;
  AccountFeed& operator=(const AccountFeed&) = delete;
  ~AccountFeed();

  // A report of an order entry session of the same client, from its handler.
  void hear(const fix::ExecutionReport& report, const Inbound& in);

  // Where a later process goes on: by LastMkt, the last report that has no hole before it and whose handler has returned. One whose
  // handler threw holds it up until the report is told again, by another session or with the next gap, and handled. Write it down after
  // the work of the handlers is safe (to_text()).
  ResumePoints resume_points() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace marginfix
