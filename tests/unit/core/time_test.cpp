// Times: the four texts, and Eastern time by the rules of 2007.
#include "marginfix/core/time.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "marginfix/core/fast_text.hpp"

namespace marginfix {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::sys_days;

Timestamp utc(std::string_view rfc3339) { return parse_rfc3339(rfc3339).value(); }
Date date(int y, unsigned m, unsigned d) { return {std::chrono::year{y}, std::chrono::month{m}, std::chrono::day{d}}; }

TEST(FixUtc, readsSecondsMillisMicrosAndNanos) {
  const auto seconds = utc("2026-11-22T18:32:01Z");
  EXPECT_EQ(parse_fix_utc("20261122-18:32:01").value(), seconds);
  EXPECT_EQ(parse_fix_utc("20261122-18:32:01.123").value(), seconds + 123ms);
  EXPECT_EQ(parse_fix_utc("20261122-18:32:01.123456").value(), seconds + 123'456us);
  EXPECT_EQ(parse_fix_utc("20261122-18:32:01.123456999").value(), seconds + 123'456us);
  EXPECT_EQ(parse_fix_utc("19700101-00:00:00").value(), Timestamp{});
  EXPECT_EQ(parse_fix_utc("19691231-23:59:59.999999").value(), Timestamp{-1us});
  EXPECT_EQ(parse_fix_utc("20240229-12:00:00").value(), utc("2024-02-29T12:00:00Z"));
}

TEST(FixUtc, readsALeapSecondAsTheNextSecondAndOnlyWhereOneCanBe) {
  EXPECT_EQ(parse_fix_utc("20261231-23:59:60.500").value(), utc("2027-01-01T00:00:00.5Z"));
  EXPECT_FALSE(parse_fix_utc("20261231-12:00:60"));
}

// Engines that cut trailing zeros, or leave blanks where the fraction would be, still name one instant.
TEST(FixUtc, readsOddFormsOfACertainInstant) {
  const auto seconds = utc("2026-11-22T18:32:01Z");
  for (const char* text : {"20261122-18:32:01.", "20261122-18:32:01    ", "20261122-18:32:01.  ", " 20261122-18:32:01",
                           "20261122-18:32:01.0", "20261122-18:32:01.000    ", "  20261122-18:32:01.000000000000  "}) {
    ASSERT_TRUE(parse_fix_utc(text)) << '\'' << text << '\'';
    EXPECT_EQ(parse_fix_utc(text).value(), seconds) << '\'' << text << '\'';
  }
  EXPECT_EQ(parse_fix_utc("20261122-18:32:01.1").value(), seconds + 100ms);
  EXPECT_EQ(parse_fix_utc("20261122-18:32:01.12").value(), seconds + 120ms);
  EXPECT_EQ(parse_fix_utc("20261122-18:32:01.12 ").value(), seconds + 120ms);
  EXPECT_EQ(parse_fix_utc("20261122-18:32:01.1234").value(), seconds + 123'400us);
  EXPECT_EQ(parse_fix_utc("20261122-18:32:01.12345678901234").value(), seconds + 123'456us);
  EXPECT_EQ(parse_fix_utc("20261231-23:59:60.5").value(), utc("2027-01-01T00:00:00.5Z"));
}

TEST(FixUtc, refusesEverythingElse) {
  for (const char* text : {"",
                           "20261122",
                           "20261122-18:32",
                           "   ",
                           "20261122-18:32:01.12345x",
                           "20261122-18:32:01,123",
                           "20261122 18:32:01",
                           "2026-11-22-18:32:01",
                           "20261322-18:32:01",
                           "20261100-18:32:01",
                           "20260229-18:32:01",
                           "20261122-24:00:00",
                           "20261122-18:60:00",
                           "20261122-18:32:61",
                           "2026x122-18:32:01",
                           "20261122-1x:32:01",
                           "20261122-18:32:01.12 456",
                           "20261122-18:32:01. 5",
                           "20261122-18:32: 1",
                           "20261122-15:30:60.000",
                           "20261122-18:32:-1"}) {
    const auto result = parse_fix_utc(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().category, ErrorCategory::decode);
  }
  EXPECT_EQ(parse_fix_utc("20260229-18:32:01").error().message,
            "'20260229-18:32:01' is no time of the form YYYYMMDD-HH:MM:SS[.fraction]: a part is out of range");
}

TEST(FixUtc, writesTheAskedDigits) {
  const auto t = utc("2026-01-02T03:04:05.006007Z");
  EXPECT_EQ(to_fix_utc(t), "20260102-03:04:05.006");
  EXPECT_EQ(to_fix_utc(t, 0), "20260102-03:04:05");
  EXPECT_EQ(to_fix_utc(t, 6), "20260102-03:04:05.006007");
  EXPECT_EQ(to_fix_utc(Timestamp{-1us}, 6), "19691231-23:59:59.999999");
  EXPECT_EQ(to_fix_utc(Timestamp::max()), "99991231-23:59:59.999");
  EXPECT_EQ(to_fix_utc(Timestamp::min()), "00000101-00:00:00.000");
}

TEST(FixUtc, comesBackAsItWent) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const Timestamp t{microseconds{static_cast<std::int64_t>(random() % 253'402'300'799'999'999ULL)}};
    ASSERT_EQ(parse_fix_utc(to_fix_utc(t, 6)).value(), t);
    ASSERT_EQ(parse_rfc3339(to_rfc3339(t)).value(), t);
    ASSERT_EQ(parse_fix_utc(to_fix_utc(t, 3)).value(), std::chrono::floor<std::chrono::milliseconds>(t));
  }
}

TEST(FixDate, goesBothWays) {
  EXPECT_EQ(parse_fix_date("20261122").value(), date(2026, 11, 22));
  EXPECT_EQ(to_fix_date(date(2026, 1, 2)), "20260102");
  for (const char* text : {"", "2026112", "202611222", "20261131", "20260229", "2026-1-1", "abcdefgh"})
    EXPECT_FALSE(parse_fix_date(text)) << text;
}

// The era arithmetic against the standard library, every day from 1600 to 2400.
TEST(FixDate, dayNumbersAgreeWithTheStandardLibrary) {
  for (sys_days day = sys_days{date(1600, 1, 1)}; day < sys_days{date(2400, 1, 1)}; day += std::chrono::days{1}) {
    const Date d{day};
    ASSERT_EQ(detail::days_from_civil(static_cast<int>(d.year()), static_cast<unsigned>(d.month()), static_cast<unsigned>(d.day())),
              day.time_since_epoch().count());
    ASSERT_EQ(detail::days_in_month(static_cast<int>(d.year()), static_cast<unsigned>(d.month())),
              static_cast<unsigned>((d.year() / d.month() / std::chrono::last).day()));
  }
}

TEST(Rfc3339, turnsOffsetsIntoUtc) {
  const auto t = parse_fix_utc("20261122-18:32:01.123456").value();
  EXPECT_EQ(parse_rfc3339("2026-11-22T18:32:01.123456Z").value(), t);
  EXPECT_EQ(parse_rfc3339("2026-11-22T13:32:01.123456-05:00").value(), t);
  EXPECT_EQ(parse_rfc3339("2026-11-23T00:02:01.123456+05:30").value(), t);
  EXPECT_EQ(parse_rfc3339("2026-11-22t18:32:01.123456789z").value(), t);
  EXPECT_EQ(parse_rfc3339("2026-11-22 18:32:01.1Z").value(), parse_fix_utc("20261122-18:32:01.100").value());
  EXPECT_EQ(parse_rfc3339("2026-11-22T13:32:01.123456-0500").value(), t);
  EXPECT_EQ(parse_rfc3339("2026-11-22T13:32:01.123456-05").value(), t);
  EXPECT_EQ(parse_rfc3339(" 2026-11-22T18:32:01.123456Z ").value(), t);
  EXPECT_EQ(parse_rfc3339("2026-11-22T18:32:01.Z").value(), parse_fix_utc("20261122-18:32:01").value());
  EXPECT_EQ(parse_rfc3339("2026-12-31T18:59:60-05:00").value(), parse_fix_utc("20270101-00:00:00").value());
}

TEST(Rfc3339, refusesEverythingElse) {
  for (const char* text : {"", "2026-11-22", "2026-11-22T18:32:01", "2026-11-22T18:32Z", "2026-11-22T18:32:01+530", "2026-11-22T18:32:01 Z",
                           "2026-11-22T18:32:01+24:00", "2026-11-22T18:32:01+05:60", "2026-02-30T00:00:00Z", "2026-11-22T25:00:00Z",
                           "2026-11-22T18:32:60Z", "2026-11-22T18:32:01ZZ", "2026-11-22X18:32:01Z", "20261122-18:32:01Z..."}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Rfc3339, writesAsManyDigitsAsNeeded) {
  EXPECT_EQ(to_rfc3339(utc("2026-11-22T18:32:01Z")), "2026-11-22T18:32:01Z");
  EXPECT_EQ(to_rfc3339(utc("2026-11-22T18:32:01.120Z")), "2026-11-22T18:32:01.120Z");
  EXPECT_EQ(to_rfc3339(utc("2026-11-22T18:32:01.000001Z")), "2026-11-22T18:32:01.000001Z");
}

TEST(Epoch, roundsDownAlsoBeforeItBegan) {
  EXPECT_EQ(to_epoch_seconds(Timestamp{-1us}), -1);
  EXPECT_EQ(to_epoch_ms(Timestamp{-1us}), -1);
  EXPECT_EQ(to_epoch_ms(Timestamp{1'999us}), 1);
  EXPECT_EQ(from_epoch_seconds(1'795'372'321), from_epoch_ms(1'795'372'321'000));
  EXPECT_EQ(to_rfc3339(from_epoch_seconds(1'795'372'321)), "2026-11-22T18:32:01Z");
}

TEST(Eastern, changesAtTwoOnTheSecondSundayOfMarchAndTheFirstOfNovember) {
  struct Case {
    const char* before;
    const char* after;
    int hours_before, hours_after;
  };
  for (const auto& c : {Case{"2026-03-08T06:59:59.999999Z", "2026-03-08T07:00:00Z", -5, -4},
                        Case{"2026-11-01T05:59:59.999999Z", "2026-11-01T06:00:00Z", -4, -5},
                        Case{"2027-03-14T06:59:59.999999Z", "2027-03-14T07:00:00Z", -5, -4},
                        Case{"2027-11-07T05:59:59.999999Z", "2027-11-07T06:00:00Z", -4, -5},
                        Case{"2037-03-08T06:59:59.999999Z", "2037-03-08T07:00:00Z", -5, -4}}) {
    EXPECT_EQ(eastern_offset(utc(c.before)).count(), c.hours_before) << c.before;
    EXPECT_EQ(eastern_offset(utc(c.after)).count(), c.hours_after) << c.after;
  }
  EXPECT_EQ(eastern_offset(utc("2027-01-01T00:00:00Z")).count(), -5);
  EXPECT_EQ(eastern_offset(utc("2026-07-01T00:00:00Z")).count(), -4);
}

TEST(Eastern, wallClockTimesBecomeUtc) {
  EXPECT_EQ(from_eastern(date(2026, 1, 15), 16h), utc("2026-01-15T21:00:00Z"));
  EXPECT_EQ(from_eastern(date(2026, 7, 15), 16h), utc("2026-07-15T20:00:00Z"));
  EXPECT_EQ(from_eastern(date(2026, 7, 15), 25h), utc("2026-07-16T05:00:00Z"));
  EXPECT_EQ(from_eastern(date(2026, 3, 8), 1h + 59min), utc("2026-03-08T06:59:00Z"));
  EXPECT_EQ(from_eastern(date(2026, 3, 8), 2h + 30min), utc("2026-03-08T07:30:00Z"));  // the hour that does not exist
  EXPECT_EQ(from_eastern(date(2026, 3, 8), 3h), utc("2026-03-08T07:00:00Z"));
  EXPECT_EQ(from_eastern(date(2026, 11, 1), 1h + 30min), utc("2026-11-01T05:30:00Z"));  // the hour that comes twice: the first
  EXPECT_EQ(from_eastern(date(2026, 11, 1), 2h), utc("2026-11-01T07:00:00Z"));
}

TEST(Eastern, knowsTheDateAndTheEndOfTheDay) {
  EXPECT_EQ(eastern_date(utc("2026-11-22T04:59:59.999Z")), date(2026, 11, 21));
  EXPECT_EQ(eastern_date(utc("2026-11-22T05:00:00Z")), date(2026, 11, 22));
  EXPECT_EQ(to_rfc3339(end_of_eastern_day(utc("2026-11-22T18:00:00Z"))), "2026-11-23T04:59:59.999Z");
  EXPECT_EQ(to_rfc3339(end_of_eastern_day(utc("2026-07-01T03:59:59Z"))), "2026-07-01T03:59:59.999Z");
  // Days of 23 and of 25 hours end at 11:59:59.999 pm of the offset that holds then.
  EXPECT_EQ(to_rfc3339(end_of_eastern_day(utc("2026-03-08T05:00:00Z"))), "2026-03-09T03:59:59.999Z");
  EXPECT_EQ(to_rfc3339(end_of_eastern_day(utc("2026-11-01T04:00:00Z"))), "2026-11-02T04:59:59.999Z");
}

TEST(Eastern, clearingDayBeginsAtFourInTheAfternoonOfTheDayBefore) {
  EXPECT_EQ(clearing_business_date(utc("2026-11-20T20:59:59.999999Z")), date(2026, 11, 20));
  EXPECT_EQ(clearing_business_date(utc("2026-11-20T21:00:00Z")), date(2026, 11, 21));  // a Saturday: weekends included
  EXPECT_EQ(clearing_business_date(utc("2026-07-01T19:59:59Z")), date(2026, 7, 1));
  EXPECT_EQ(clearing_business_date(utc("2026-07-01T20:00:00Z")), date(2026, 7, 2));
  EXPECT_EQ(clearing_business_date(utc("2026-12-31T22:00:00Z")), date(2027, 1, 1));
}

TEST(Eastern, maintenanceIsThursdayFromThreeToFive) {
  EXPECT_FALSE(in_scheduled_maintenance(utc("2026-11-19T07:59:59.999Z")));
  EXPECT_TRUE(in_scheduled_maintenance(utc("2026-11-19T08:00:00Z")));
  EXPECT_TRUE(in_scheduled_maintenance(utc("2026-11-19T09:59:59.999Z")));
  EXPECT_FALSE(in_scheduled_maintenance(utc("2026-11-19T10:00:00Z")));
  EXPECT_FALSE(in_scheduled_maintenance(utc("2026-11-18T08:30:00Z")));
  EXPECT_TRUE(in_scheduled_maintenance(utc("2026-07-02T07:00:00Z")));  // summer time
  EXPECT_FALSE(in_scheduled_maintenance(utc("2026-07-02T09:00:00Z")));
}

TEST(SystemClock, tellsTheTimeOfTheSystem) {
  const auto before = std::chrono::floor<microseconds>(std::chrono::system_clock::now());
  const auto now = system_clock().now();
  EXPECT_GE(now, before);
  EXPECT_LE(now - before, 1min);
}

}  // namespace
}  // namespace marginfix
