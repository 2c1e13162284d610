// What is proven complete of a stretch of time, and by whom: the listener while it was logged on, else who closed the gap, else an answered
// range of drop copy or a complete list of REST. Pure functions but for those that read the ledger.
#pragma once

#include <string>
#include <vector>

#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

// A clearing day: 16:00 to 16:00 Eastern.
struct DayRange {
  Timestamp from, to;
};
DayRange day_range(Date date) noexcept;

// Of one account and source: the span that had begun before the range and reaches into it, and those that begin in it, ascending.
std::vector<SpanRow> spans_in(Storage& storage, const std::string& account, Source source, const DayRange& range);
// Open in the range or before it and not closed before it; newest first.
std::vector<GapRow> gaps_in(Storage& storage, const std::string& account, const DayRange& range);

struct Stretch {
  Timestamp from{}, to{};
  std::string by;  // listener, drop_copy, rest; nobody = no source could close it; open = not closed yet
  friend bool operator==(const Stretch&, const Stretch&) = default;
};

// Where the listener was away for a gap: from its opening to its next connection (`listener`: its spans, ascending), else to `now`.
Stretch hole_of(const GapRow& gap, const std::vector<SpanRow>& listener, Timestamp now);
// Ascending, without overlaps, cut to [from, to] and not beyond `now`. What no stretch holds is proven by nobody: before the service.
std::vector<Stretch> proven(const std::vector<SpanRow>& spans, const std::vector<GapRow>& gaps, Timestamp from, Timestamp to,
                            Timestamp now);

}  // namespace marginfix::reconcile
