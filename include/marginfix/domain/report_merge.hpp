// Execution reports of one account from several sources, as one stream: each ExecID(17) of each LastMkt(30) once, and where the stream has
// a hole. The pure part of AccountFeed (account_feed.hpp), without sessions: one thread, no I/O, no clock.
//
// Nothing is inferred from jumps of ExecIDs: they need not be consecutive. The listener hears every report of the account in the order of
// their ids within one LastMkt, so the stream has no hole as long as its connection lasts; when that ends a hole opens, which a range of
// drop copy fills once the listener is back. One's own order entry sessions hear a part only: they may tell a report first, and never
// close a hole. Source: fix-margin.md, ExecutionReport, "Drop copy".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/ids.hpp"

namespace marginfix {

enum class ReportSource : std::uint8_t { listener, own_session, drop_copy };
std::string_view to_string(ReportSource source) noexcept;

// The last report of one LastMkt(30) that has no hole before it.
struct ResumePoint {
  ExecId exec_id{};  // 17
  Timestamp time{};  // 60, 0 = not told
  friend bool operator==(const ResumePoint&, const ResumePoint&) = default;
};
using ResumePoints = std::map<std::string, ResumePoint>;  // by LastMkt(30)
// As text, for a file of the application's own, and back. Error(decode): no such text.
std::string to_text(const ResumePoints& points);
Result<ResumePoints> parse_resume_points(std::string_view text);

struct ReportGap {
  std::uint64_t number{0};  // of the gap, from 1
  std::uint32_t breaks{1};  // how often the listener went away before it could be filled
  ResumePoints after{};     // what is missing comes behind these
  bool from_start{false};   // and is anything there is of a LastMkt that is not among them: its first word was yet to come
  Timestamp since{};        // TransactTime(60) of the latest of `after`; else when the listener was there first, by the caller's clock
  std::string why{};        // what opened it
};

class ReportMerge {
 public:
  // `remembered`: ids kept below the resume point of a LastMkt, by which a report that comes again late is known; older ones count as seen.
  explicit ReportMerge(const ResumePoints& resume = {}, std::size_t remembered = 65'536);

  // False for a report that has been taken, or is older than what is remembered. Reports without a number ("-1;-1": rejects, pending
  // reports) are always new: nobody can tell two of them apart.
  bool is_new(std::string_view last_mkt, const ExecId& exec_id) const;
  // To be called once it has been dealt with: a resume point never runs ahead of that.
  void take(ReportSource source, std::string_view last_mkt, const ExecId& exec_id, Timestamp transact_time);
  // In place of take(): it could not be dealt with. It stays new, and the resume point of its LastMkt stays where it is until somebody has
  // told it again and it was taken: the next gap is filled from there, and a later process begins there.
  void not_taken(std::string_view last_mkt, const ExecId& exec_id);

  // The listener is logged on. Gives the gap that is to be filled now: the one its absence, or the time before this process, left.
  std::optional<ReportGap> listener_on(Timestamp now);
  // It is not any more, or has lost reports though it is (KalshiRT's on_gap). Opens a gap, or breaks the filling of the one that is open.
  void listener_lost(std::string why);
  // Everything behind gap.after up to `last_by_mkt` has been taken. False: the listener has been away since the gap was given out, which is
  // still open: ask again when listener_on() gives it.
  bool filled(const ReportGap& gap, const std::map<std::string, ExecId>& last_by_mkt);
  // Nobody can fill it, or all of it: the stream goes on behind it, and behind `last_by_mkt`, the part that has been taken. False as above.
  bool given_up(const ReportGap& gap, const std::map<std::string, ExecId>& last_by_mkt = {});

  const std::optional<ReportGap>& gap() const noexcept { return gap_; }
  // What others than the listener have told of the gap, of every LastMkt, ascending: where to begin when what lies right behind gap.after
  // cannot be asked for.
  std::vector<ExecId> told_within(const ReportGap& gap) const;
  ResumePoints resume_points() const;

 private:
  struct Market {
    ResumePoint sound{};                   // no hole before it
    ResumePoint heard{};                   // the listener's latest since it is there
    ExecId first_heard{};                  // and its first
    std::optional<ExecId> floor{};         // up to here everything counts as seen
    std::set<ExecId> known{};              // above the floor
    std::map<ExecId, ResumePoint> owed{};  // not taken, each with what was sound then: the resume point may not pass it
    std::optional<ResumePoint> stuck{};    // more are owed than are remembered: the resume point stays here
  };
  static ResumePoint resume_point(const Market& market);
  void advance(Market& market, const ResumePoint& to) const;
  bool close(const ReportGap& gap, const std::map<std::string, ExecId>& last_by_mkt);

  std::map<std::string, Market, std::less<>> markets_;
  std::size_t remembered_;
  bool listening_{false};
  Timestamp first_told_{}, first_listened_{};
  std::optional<ReportGap> gap_;
  std::uint64_t gaps_{0};
};

}  // namespace marginfix
