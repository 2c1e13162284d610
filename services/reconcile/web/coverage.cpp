#include "services/reconcile/web/coverage.hpp"

#include <algorithm>
#include <optional>

#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

constexpr std::int64_t kMostSpans = 2000, kMostGaps = 1000;  // of one source and day

// Adds what of `more` is not covered yet. `painted` is ascending and stays so.
void paint(std::vector<Stretch>& painted, const Stretch& more) {
  std::vector<Stretch> out;
  Timestamp at = more.from;
  for (const Stretch& there : painted) {
    if (at < more.to && at < there.from) out.push_back({at, std::min(there.from, more.to), more.by});
    at = std::max(at, there.to);
    out.push_back(there);
  }
  if (at < more.to) out.push_back({std::max(at, more.from), more.to, more.by});
  std::ranges::sort(out, {}, &Stretch::from);
  painted = std::move(out);
}

// Neighbours of one kind become one.
std::vector<Stretch> joined(std::vector<Stretch> stretches) {
  std::ranges::sort(stretches, {}, &Stretch::from);
  std::vector<Stretch> out;
  for (Stretch& next : stretches) {
    if (!out.empty() && out.back().by == next.by && next.from <= out.back().to) {
      out.back().to = std::max(out.back().to, next.to);
    } else {
      out.push_back(std::move(next));
    }
  }
  return out;
}

std::optional<Stretch> stretch_of(const SpanRow& span, Timestamp now) {
  if (span.source == Source::listener) return Stretch{span.began, span.ended.value_or(now), "listener"};
  if (span.source != Source::drop_copy && span.source != Source::rest) return std::nullopt;
  if (!span.covers_from) return std::nullopt;
  return Stretch{*span.covers_from, span.covers_to.value_or(span.ended.value_or(now)), std::string(to_string(span.source))};
}

}  // namespace

DayRange day_range(Date date) noexcept {
  const Date before = std::chrono::sys_days(date) - std::chrono::days(1);
  return {from_eastern(before, std::chrono::hours(16)), from_eastern(date, std::chrono::hours(16))};
}

std::vector<SpanRow> spans_in(Storage& storage, const std::string& account, Source source, const DayRange& range) {
  std::vector<SpanRow> spans = all<SpanRow>(
      storage, "WHERE account = $1 AND source = $2 AND began < $3 ORDER BY began DESC, number DESC LIMIT 1", account, source, range.from);
  if (!spans.empty() && spans.front().ended && *spans.front().ended < range.from) spans.clear();
  auto rest = all<SpanRow>(storage, "WHERE account = $1 AND source = $2 AND began >= $3 AND began < $4 ORDER BY began, number LIMIT $5",
                           account, source, range.from, range.to, kMostSpans);
  std::ranges::move(rest, std::back_inserter(spans));
  return spans;
}

std::vector<GapRow> gaps_in(Storage& storage, const std::string& account, const DayRange& range) {
  return all<GapRow>(storage, "WHERE account = $1 AND opened < $2 AND (closed IS NULL OR closed >= $3) ORDER BY number DESC LIMIT $4",
                     account, range.to, range.from, kMostGaps);
}

Stretch hole_of(const GapRow& gap, const std::vector<SpanRow>& listener, Timestamp now) {
  Stretch hole{gap.opened, now, gap.closed ? gap.closed_by : "open"};
  const auto next =
      std::ranges::find_if(listener, [&](const SpanRow& span) { return span.source == Source::listener && span.began > gap.opened; });
  if (next != listener.end()) {
    hole.to = next->began;
  } else if (gap.closed) {
    hole.to = *gap.closed;
  }
  return hole;
}

std::vector<Stretch> proven(const std::vector<SpanRow>& spans, const std::vector<GapRow>& gaps, Timestamp from, Timestamp to,
                            Timestamp now) {
  const Timestamp end = std::min(to, now);
  std::vector<Stretch> layers[3];
  for (const SpanRow& span : spans) {
    const auto stretch = stretch_of(span, now);
    if (stretch) layers[span.source == Source::listener ? 0 : span.source == Source::drop_copy ? 1 : 2].push_back(*stretch);
  }
  std::vector<Stretch> holes;
  holes.reserve(gaps.size());
  for (const GapRow& gap : gaps) holes.push_back(hole_of(gap, spans, now));
  std::vector<Stretch> painted;
  for (auto* const layer : {&layers[0], &holes, &layers[1], &layers[2]}) {
    for (Stretch stretch : joined(std::move(*layer))) {
      stretch.from = std::max(stretch.from, from), stretch.to = std::min(stretch.to, end);
      if (stretch.from < stretch.to) paint(painted, stretch);
    }
  }
  return joined(std::move(painted));
}

}  // namespace marginfix::reconcile
