// Times and their texts, and United States Eastern time by rule.
#include "marginfix/core/time.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "marginfix/core/fast_text.hpp"
#include "marginfix/core/trimmed.hpp"

namespace marginfix {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::sys_days;

class SystemClock final : public Clock {
 public:
  Timestamp now() const override { return floor<microseconds>(std::chrono::system_clock::now()); }
};

Error time_error(int fault, std::string_view text, const char* form) {
  std::string message = fmt::format("'{}' is no time of the form {}", text.substr(0, 40), form);
  if (fault == detail::kTextOutOfRange) message += ": a part is out of range";
  if (fault == detail::kTextBadCharacter) message += ": a character where a digit belongs";
  return fail(ErrorCategory::decode, std::move(message));
}

// Two digits at a time in 32 bits: SendingTime(52) is written into every message.
char* put_2(char* out, std::uint32_t value) noexcept {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
  return out + 2;
}

char* put_4(char* out, std::uint32_t value) noexcept { return put_2(put_2(out, value / 100), value % 100); }

char* put_clock(char* out, std::uint32_t second_of_day) noexcept {
  const std::uint32_t minutes = second_of_day / 60;
  out = put_2(out, minutes / 60);
  *out++ = ':';
  out = put_2(out, minutes % 60);
  *out++ = ':';
  return put_2(out, second_of_day % 60);
}

// ".mmm" or ".uuuuuu"; nothing for no digits.
char* put_fraction(char* out, std::uint32_t micros, int digits) noexcept {
  if (digits <= 0) return out;
  *out++ = '.';
  const std::uint32_t millis = micros / 1000;
  *out++ = static_cast<char>('0' + millis / 100);
  out = put_2(out, millis % 100);
  if (digits <= 3) return out;
  const std::uint32_t rest = micros % 1000;
  *out++ = static_cast<char>('0' + rest / 100);
  return put_2(out, rest % 100);
}

struct Split {
  std::uint32_t year, month, day, second_of_day, micros;
};

// Four-digit years only: texts of this library carry no others, so anything beyond is held at the edge.
Split split(Timestamp t) noexcept {
  constexpr Timestamp kFirst{seconds{-62'167'219'200}};                         // 0000-01-01
  constexpr Timestamp kLast{seconds{253'402'300'799} + microseconds{999'999}};  // 9999-12-31
  t = std::clamp(t, kFirst, kLast);
  const auto day = floor<days>(t);
  const std::chrono::year_month_day date{day};
  const auto rest = static_cast<std::uint64_t>((t - day).count());
  return {static_cast<std::uint32_t>(static_cast<int>(date.year())), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
          static_cast<std::uint32_t>(rest / 1'000'000), static_cast<std::uint32_t>(rest % 1'000'000)};
}

// Summer time of a year in UTC: second Sunday of March 02:00 EST to first Sunday of November 02:00 EDT.
bool in_summer_time(Timestamp t) noexcept {
  using namespace std::chrono_literals;
  const auto year = std::chrono::year_month_day{floor<days>(t)}.year();
  const Timestamp begin = sys_days{year / std::chrono::March / std::chrono::Sunday[2]} + 7h;
  const Timestamp end = sys_days{year / std::chrono::November / std::chrono::Sunday[1]} + 6h;
  return t >= begin && t < end;
}

// Reads "+hh:mm", "+hhmm", "+hh", the same with '-', or "Z" at the very end; false when it is none of them.
bool parse_offset(std::string_view text, std::int64_t& minutes) noexcept {
  minutes = 0;
  if (text == "Z" || text == "z") return true;
  const bool colon = text.size() == 6 && text[3] == ':';
  if ((!colon && text.size() != 5 && text.size() != 3) || (text[0] != '+' && text[0] != '-')) return false;
  const unsigned hour = detail::two_digits(text.data() + 1);
  const unsigned minute = text.size() == 3 ? 0 : detail::two_digits(text.data() + (colon ? 4 : 3));
  if (hour > 23 || minute > 59) return false;
  minutes = static_cast<std::int64_t>(hour * 60 + minute) * (text[0] == '-' ? -1 : 1);
  return true;
}

// Fraction digits after the point, cut to microseconds; advances `text`. No digit at all is no fraction.
void parse_fraction(std::string_view& text, std::int64_t& micros) noexcept {
  int digits = 0;
  while (!text.empty() && detail::digit_of(text.front()) <= 9) {
    if (digits < 6) micros = micros * 10 + static_cast<std::int64_t>(detail::digit_of(text.front()));
    ++digits;
    text.remove_prefix(1);
  }
  for (int i = digits; i < 6; ++i) micros *= 10;
}

int parse_rfc3339_text(std::string_view text, Timestamp& out) noexcept {
  text = trimmed(text, " ");
  if (text.size() < 20) return detail::kTextBadForm;
  const char* p = text.data();
  const bool separators = p[4] == '-' && p[7] == '-' && (p[10] == 'T' || p[10] == 't' || p[10] == ' ') && p[13] == ':' && p[16] == ':';
  if (!separators) return detail::kTextBadForm;
  const char date[8] = {p[0], p[1], p[2], p[3], p[5], p[6], p[8], p[9]};
  std::int64_t day{};
  if (const int fault = detail::parse_fix_date_fast(date, day)) return fault;
  const unsigned hour = detail::two_digits(p + 11);
  const unsigned minute = detail::two_digits(p + 14);
  const unsigned second = detail::two_digits(p + 17);
  if (hour > 23 || minute > 59 || second > 60) return (hour | minute | second) > 127 ? detail::kTextBadCharacter : detail::kTextOutOfRange;
  text.remove_prefix(19);
  std::int64_t micros = 0;
  if (text.front() == '.') {
    text.remove_prefix(1);
    parse_fraction(text, micros);
  }
  std::int64_t offset{};
  if (!parse_offset(text, offset)) return detail::kTextBadForm;
  const std::int64_t utc = day * 86'400 + static_cast<std::int64_t>(hour * 3600 + minute * 60 + second) - offset * 60;
  if (second == 60 && utc % 86'400 != 0) return detail::kTextOutOfRange;  // leap seconds end a UTC day
  out = Timestamp{seconds{utc} + microseconds{micros}};
  return detail::kTextOk;
}

}  // namespace

namespace detail {

int parse_fix_utc_odd(const char* b, const char* e, Timestamp& out) noexcept {
  std::string_view text = trimmed({b, static_cast<std::size_t>(e - b)}, " ");
  constexpr std::size_t kWithoutFraction = 17;
  if (text.size() < kWithoutFraction) return text.empty() ? kTextEmpty : kTextBadForm;
  Timestamp whole{};
  const std::string_view seconds_text = text.substr(0, kWithoutFraction);
  std::int64_t day{};
  if (const int fault = parse_fix_date_fast(seconds_text.data(), day)) return fault;
  if (const int fault = parse_fix_utc_fast(seconds_text.data(), seconds_text.data() + seconds_text.size(), whole)) return fault;
  text.remove_prefix(kWithoutFraction);
  std::int64_t micros = 0;
  if (!text.empty()) {
    if (text.front() != '.') return kTextBadForm;
    text.remove_prefix(1);
    parse_fraction(text, micros);
    if (!text.empty()) return kTextBadCharacter;
  }
  out = whole + microseconds{micros};
  return kTextOk;
}

}  // namespace detail

const Clock& system_clock() noexcept {
  static const SystemClock kClock;
  return kClock;
}

Result<Timestamp> parse_fix_utc(std::string_view text) {
  Timestamp t{};
  if (const int fault = detail::parse_fix_utc_fast(text.data(), text.data() + text.size(), t)) {
    return time_error(fault, text, "YYYYMMDD-HH:MM:SS[.fraction]");
  }
  return t;
}

char* format_fix_utc(char* out, Timestamp t, int digits) noexcept {
  const Split s = split(t);
  out = put_2(put_2(put_4(out, s.year), s.month), s.day);
  *out++ = '-';
  return put_fraction(put_clock(out, s.second_of_day), s.micros, digits);
}

std::string to_fix_utc(Timestamp t, int digits) {
  char buffer[24];
  return std::string(buffer, format_fix_utc(buffer, t, digits));
}

Result<Date> parse_fix_date(std::string_view text) {
  std::int64_t day{};
  const int fault = text.size() == 8 ? detail::parse_fix_date_fast(text.data(), day) : static_cast<int>(detail::kTextBadForm);
  if (fault != detail::kTextOk) return time_error(fault, text, "YYYYMMDD");
  return Date{sys_days{days{day}}};
}

char* format_fix_date(char* out, Date date) noexcept {
  const int year = std::clamp(static_cast<int>(date.year()), 0, 9999);
  // Two digits each, whatever an invalid date holds.
  return put_2(put_2(put_4(out, static_cast<std::uint32_t>(year)), static_cast<unsigned>(date.month()) % 100),
               static_cast<unsigned>(date.day()) % 100);
}

std::string to_fix_date(Date date) {
  char buffer[8];
  return std::string(buffer, format_fix_date(buffer, date));
}

Result<Timestamp> parse_rfc3339(std::string_view text) {
  Timestamp t{};
  if (const int fault = parse_rfc3339_text(text, t)) return time_error(fault, text, "YYYY-MM-DDTHH:MM:SS[.fraction](Z|+hh:mm)");
  return t;
}

std::string to_rfc3339(Timestamp t) {
  const Split s = split(t);
  char buffer[32];
  char* out = put_4(buffer, s.year);
  *out++ = '-';
  out = put_2(out, s.month);
  *out++ = '-';
  out = put_2(out, s.day);
  *out++ = 'T';
  out = put_fraction(put_clock(out, s.second_of_day), s.micros, s.micros == 0 ? 0 : (s.micros % 1000 == 0 ? 3 : 6));
  *out++ = 'Z';
  return std::string(buffer, out);
}

std::int64_t to_epoch_seconds(Timestamp t) noexcept { return floor<seconds>(t.time_since_epoch()).count(); }
std::int64_t to_epoch_ms(Timestamp t) noexcept { return floor<milliseconds>(t.time_since_epoch()).count(); }
Timestamp from_epoch_seconds(std::int64_t s) noexcept { return Timestamp{seconds{s}}; }
Timestamp from_epoch_ms(std::int64_t ms) noexcept { return Timestamp{milliseconds{ms}}; }

hours eastern_offset(Timestamp t) noexcept { return hours{in_summer_time(t) ? -4 : -5}; }

Timestamp from_eastern(Date date, microseconds time_of_day) noexcept {
  const Timestamp local = sys_days{date} + time_of_day;
  const Timestamp summer = local + hours{4};
  return in_summer_time(summer) ? summer : local + hours{5};
}

Date eastern_date(Timestamp t) noexcept { return Date{floor<days>(t + eastern_offset(t))}; }

Timestamp end_of_eastern_day(Timestamp t) noexcept { return from_eastern(eastern_date(t), hours{24} - milliseconds{1}); }

Date clearing_business_date(Timestamp t) noexcept {
  const Timestamp local = t + eastern_offset(t);
  const auto day = floor<days>(local);
  return Date{local - day >= hours{16} ? day + days{1} : day};
}

bool in_scheduled_maintenance(Timestamp t) noexcept {
  const Timestamp local = t + eastern_offset(t);
  const auto day = floor<days>(local);
  return std::chrono::weekday{day} == std::chrono::Thursday && local - day >= hours{3} && local - day < hours{5};
}

}  // namespace marginfix
