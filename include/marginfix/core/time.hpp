// Points in time, with the unit in the type, and their four texts: FIX UTC, RFC 3339, epoch seconds, epoch milliseconds.
// Everything is UTC unless a name says Eastern. Source: design decision 4; FIX 5.0 SP2 UTCTimestamp; spec fix-margin.md (ET rules).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"

namespace marginfix {

// Microseconds since the epoch: FIX timestamps of this exchange have at most 6 fraction digits.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;
using Date = std::chrono::year_month_day;

// Where the time comes from. Protocol cores take a Timestamp as an argument; only the edges ask a Clock.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};
const Clock& system_clock() noexcept;

// FIX UTCTimestamp "20261122-18:32:01.123456": `digits` (0, 3 or 6) fraction digits out. In: any number of them, cut to 6, and blanks
// around the text, as some engines write; an error where the instant is not certain (second 60 anywhere but at the end of a UTC day).
Result<Timestamp> parse_fix_utc(std::string_view text);
char* format_fix_utc(char* out, Timestamp t, int digits = 3) noexcept;  // needs 24 bytes, returns the end
std::string to_fix_utc(Timestamp t, int digits = 3);
// FIX LocalMktDate / UTCDateOnly "20261122".
Result<Date> parse_fix_date(std::string_view text);
char* format_fix_date(char* out, Date date) noexcept;  // needs 8 bytes
std::string to_fix_date(Date date);

// RFC 3339 "2026-11-22T18:32:01.123456Z". In: offsets (also +hhmm and +hh) are turned into UTC, any number of fraction digits is cut to
// 6, blanks around the text are passed over; a text without an offset is an error, its instant is not known.
Result<Timestamp> parse_rfc3339(std::string_view text);
std::string to_rfc3339(Timestamp t);

std::int64_t to_epoch_seconds(Timestamp t) noexcept;
std::int64_t to_epoch_ms(Timestamp t) noexcept;
Timestamp from_epoch_seconds(std::int64_t s) noexcept;
Timestamp from_epoch_ms(std::int64_t ms) noexcept;

// United States Eastern time without a tz database: offset from UTC (-5 h, or -4 h in summer time, rules of 2007).
std::chrono::hours eastern_offset(Timestamp t) noexcept;
// A wall-clock time of Eastern `date` as UTC (hours may exceed 24 to reach the next day).
Timestamp from_eastern(Date date, std::chrono::microseconds time_of_day) noexcept;
Date eastern_date(Timestamp t) noexcept;
// Day orders end at 11:59:59.999 pm Eastern of the day `t` falls on (fix-margin.md, tag 59).
Timestamp end_of_eastern_day(Timestamp t) noexcept;
// ClearingBusinessDate(715): a day runs from 4:00 pm Eastern of the day before to 4:00 pm Eastern, weekends included.
Date clearing_business_date(Timestamp t) noexcept;
// Thursday 03:00-05:00 Eastern: disconnects in it are announced maintenance, not errors (observed.md).
bool in_scheduled_maintenance(Timestamp t) noexcept;

}  // namespace marginfix
