// ReportMerge, and resume points as text.
#include "marginfix/domain/report_merge.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace marginfix {
namespace {

constexpr std::string_view kPointsTitle = "marginfix resume points 1\n";
constexpr std::string_view kEnd = "end ";

Error unreadable(const std::string& why) { return fail(ErrorCategory::decode, "these are not resume points: " + why); }

// Takes the text before `end` off `in`, and `end`; nothing when there is none.
std::optional<std::string_view> cut(std::string_view& in, char end) {
  const std::size_t at = in.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view text = in.substr(0, at);
  in.remove_prefix(at + 1);
  return text;
}

std::optional<std::int64_t> number(std::optional<std::string_view> text) {
  std::int64_t value{};
  if (!text || text->empty()) return std::nullopt;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (fault != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return value;
}

}  // namespace

std::string_view to_string(ReportSource source) noexcept {
  constexpr std::string_view kNames[] = {"listener", "own session", "drop copy"};
  const auto i = static_cast<std::size_t>(source);
  return i < std::size(kNames) ? kNames[i] : std::string_view("?");
}

// A line each: microseconds, ExecID, LastMkt behind its length. Last, how many there are: a file that was cut at a line is no whole one.
std::string to_text(const ResumePoints& points) {
  std::string out(kPointsTitle);
  for (const auto& [last_mkt, point] : points) {
    out += std::to_string(point.time.time_since_epoch().count()) + ' ' + point.exec_id.text() + ' ';
    out += std::to_string(last_mkt.size()) + ':' + last_mkt + '\n';
  }
  return out + "end " + std::to_string(points.size()) + '\n';
}

Result<ResumePoints> parse_resume_points(std::string_view text) {
  if (!text.starts_with(kPointsTitle))
    return unreadable("they do not begin with \"" + std::string(kPointsTitle.substr(0, kPointsTitle.size() - 1)) + '"');
  text.remove_prefix(kPointsTitle.size());
  ResumePoints points;
  while (!text.starts_with(kEnd)) {
    const auto time = number(cut(text, ' '));
    const ExecId exec_id(cut(text, ' ').value_or(std::string_view()));
    const auto size = number(cut(text, ':'));
    if (!time || !exec_id.is_sequenced() || !size || *size < 0) return unreadable("a line is cut short or damaged");
    const auto length = static_cast<std::size_t>(*size);
    if (length >= text.size() || text[length] != '\n') return unreadable("a line is cut short or damaged");
    points[std::string(text.substr(0, length))] = {exec_id, Timestamp{Timestamp::duration{*time}}};
    text.remove_prefix(length + 1);
  }
  if (text.substr(kEnd.size()) != std::to_string(points.size()) + '\n') return unreadable("lines are missing");
  return points;
}

ReportMerge::ReportMerge(const ResumePoints& resume, std::size_t remembered) : remembered_(remembered) {
  for (const auto& [last_mkt, point] : resume) {
    Market& market = markets_[last_mkt];
    market.sound = point;
    market.floor = point.exec_id;
  }
  if (!resume.empty()) listener_lost("this process was not running");
}

bool ReportMerge::is_new(std::string_view last_mkt, const ExecId& exec_id) const {
  if (!exec_id.is_sequenced()) return true;
  const auto market = markets_.find(last_mkt);
  if (market == markets_.end() || market->second.owed.contains(exec_id)) return true;
  const bool below = market->second.floor && exec_id <= *market->second.floor;
  return !below && !market->second.known.contains(exec_id);
}

void ReportMerge::take(ReportSource source, std::string_view last_mkt, const ExecId& exec_id, Timestamp transact_time) {
  if (!exec_id.is_sequenced()) return;
  if (first_told_ == Timestamp{}) first_told_ = transact_time;
  auto found = markets_.find(last_mkt);
  if (found == markets_.end()) found = markets_.emplace(last_mkt, Market()).first;
  Market& market = found->second;
  if (!market.floor || exec_id > *market.floor) market.known.insert(exec_id);
  market.owed.erase(exec_id);
  if (source != ReportSource::listener || !listening_) return;
  if (market.first_heard.empty()) market.first_heard = exec_id;
  if (exec_id > market.heard.exec_id) market.heard = {exec_id, transact_time};
  if (!gap_) advance(market, market.heard);
}

void ReportMerge::not_taken(std::string_view last_mkt, const ExecId& exec_id) {
  if (!exec_id.is_sequenced()) return;
  Market& market = markets_[std::string(last_mkt)];
  if (market.owed.size() < remembered_)
    market.owed.try_emplace(exec_id, market.sound);  // where it was when it failed first
  else if (!market.stuck)
    market.stuck = resume_point(market);
}

ResumePoint ReportMerge::resume_point(const Market& market) {
  ResumePoint point = market.stuck.value_or(market.sound);
  for (const auto& [exec_id, before] : market.owed) {
    if (before.exec_id < point.exec_id) point = before;
  }
  return point;
}

void ReportMerge::advance(Market& market, const ResumePoint& to) const {
  if (to.exec_id > market.sound.exec_id) market.sound = to;
  while (market.known.size() > remembered_ && *market.known.begin() <= market.sound.exec_id) {
    market.floor = *market.known.begin();
    market.known.erase(market.known.begin());
  }
}

std::optional<ReportGap> ReportMerge::listener_on(Timestamp now) {
  if (first_listened_ == Timestamp{}) {
    first_listened_ = now;
    if (!gap_ && !markets_.empty()) listener_lost("reports came before the listener was logged on");
  }
  listening_ = true;
  return gap_;
}

void ReportMerge::listener_lost(std::string why) {
  listening_ = false;
  for (auto& [last_mkt, market] : markets_) market.heard = {}, market.first_heard = {};
  if (gap_) {
    ++gap_->breaks;
    return;
  }
  ReportGap gap{++gaps_, 1, resume_points(), false, {}, std::move(why)};
  // One's own session may have told of a LastMkt before the listener did.
  gap.from_start = gap.after.empty() || gap.after.size() < markets_.size();
  for (const auto& [last_mkt, point] : gap.after) gap.since = std::max(gap.since, point.time);
  if (gap.since == Timestamp{}) gap.since = first_told_ == Timestamp{} ? first_listened_ : std::min(first_told_, first_listened_);
  gap_ = std::move(gap);
}

bool ReportMerge::close(const ReportGap& gap, const std::map<std::string, ExecId>& last_by_mkt) {
  if (!gap_ || gap.number != gap_->number || gap.breaks != gap_->breaks || !listening_) return false;
  gap_.reset();
  for (auto& [last_mkt, market] : markets_) advance(market, market.heard);
  for (const auto& [last_mkt, exec_id] : last_by_mkt) {
    Market& market = markets_[last_mkt];
    advance(market, {exec_id, market.sound.time});
  }
  return true;
}

bool ReportMerge::filled(const ReportGap& gap, const std::map<std::string, ExecId>& last_by_mkt) { return close(gap, last_by_mkt); }
bool ReportMerge::given_up(const ReportGap& gap, const std::map<std::string, ExecId>& last_by_mkt) { return close(gap, last_by_mkt); }

std::vector<ExecId> ReportMerge::told_within(const ReportGap& gap) const {
  std::vector<ExecId> told;
  for (const auto& [last_mkt, market] : markets_) {
    const auto after = gap.after.find(last_mkt);
    const auto first = after == gap.after.end() ? market.known.begin() : market.known.upper_bound(after->second.exec_id);
    const auto end = market.first_heard.empty() ? market.known.end() : market.known.lower_bound(market.first_heard);
    for (auto id = first; id != market.known.end() && id != end; ++id) told.push_back(*id);
  }
  std::ranges::sort(told);
  return told;
}

ResumePoints ReportMerge::resume_points() const {
  ResumePoints points;
  for (const auto& [last_mkt, market] : markets_) {
    const ResumePoint point = resume_point(market);
    if (!point.exec_id.empty()) points.emplace(last_mkt, point);
  }
  return points;
}

}  // namespace marginfix
