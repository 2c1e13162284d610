// What is proven of a day and by whom; sums and series behind the plots.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/web/coverage.hpp"
#include "services/reconcile/web/series.hpp"
#include "support/demo_ledger.hpp"

namespace marginfix::reconcile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Timestamp minute(int m) { return from_epoch_seconds(1'800'000'000) + std::chrono::minutes(m); }

SpanRow span(Source source, int from, std::optional<int> to) {
  SpanRow row;
  row.account = "alice", row.source = source, row.began = minute(from);
  if (to) row.ended = minute(*to);
  row.covers_from = minute(from), row.covers_to = minute(to.value_or(from));
  return row;
}
GapRow gap(int opened, std::optional<int> closed, const char* by) {
  GapRow row;
  row.account = "alice", row.opened = minute(opened), row.closed_by = by;
  if (closed) row.closed = minute(*closed);
  return row;
}

TEST(WebCoverage, AHoleIsWhatTheListenerMissedAndIsProvenByWhoClosedIt) {
  const std::vector spans{span(Source::listener, 10, 20), span(Source::listener, 30, std::nullopt), span(Source::rest, 0, 40)};
  const std::vector gaps{gap(20, 32, "drop_copy")};
  EXPECT_THAT(proven(spans, gaps, minute(0), minute(100), minute(50)),
              ElementsAre(Stretch{minute(0), minute(10), "rest"}, Stretch{minute(10), minute(20), "listener"},
                          Stretch{minute(20), minute(30), "drop_copy"}, Stretch{minute(30), minute(50), "listener"}));
}

TEST(WebCoverage, AnOpenHoleIsNotProvenByALesserSource) {
  const std::vector spans{span(Source::listener, 0, 20), span(Source::rest, 0, 40)};
  EXPECT_THAT(proven(spans, {gap(20, std::nullopt, "")}, minute(5), minute(100), minute(50)),
              ElementsAre(Stretch{minute(5), minute(20), "listener"}, Stretch{minute(20), minute(50), "open"}));
}

TEST(WebCoverage, WhatNobodyCouldCloseStaysSo) {
  const std::vector spans{span(Source::listener, 0, 10), span(Source::listener, 20, 30)};
  EXPECT_THAT(proven(spans, {gap(10, 21, "nobody")}, minute(0), minute(30), minute(50)),
              ElementsAre(Stretch{minute(0), minute(10), "listener"}, Stretch{minute(10), minute(20), "nobody"},
                          Stretch{minute(20), minute(30), "listener"}));
}

TEST(WebCoverage, NothingIsProvenBeforeTheServiceOrInTheFuture) {
  EXPECT_THAT(proven({}, {}, minute(0), minute(10), minute(5)), IsEmpty());
  EXPECT_THAT(proven({span(Source::listener, 0, std::nullopt)}, {}, minute(10), minute(20), minute(5)), IsEmpty());
  EXPECT_THAT(proven({span(Source::websocket, 0, 10), span(Source::firm, 0, 10)}, {}, minute(0), minute(10), minute(10)), IsEmpty());
}

TEST(WebCoverage, ADayIsFromFourToFourEastern) {
  const DayRange range = day_range(Date(std::chrono::year(2026), std::chrono::month(11), std::chrono::day(30)));
  EXPECT_EQ(to_rfc3339(range.from).substr(0, 19), "2026-11-29T21:00:00");
  EXPECT_EQ(to_rfc3339(range.to).substr(0, 19), "2026-11-30T21:00:00");
}

TEST(WebSums, NoSumOverflows) {
  const auto most = DollarDecimal::from_units(9'223'372'036'854'775'807);
  DollarSum sum;
  for (int i = 0; i < 10; ++i) sum += most;
  EXPECT_EQ(sum.to_string(), "92233720368547.75807");
  DollarSum less;
  for (int i = 0; i < 10; ++i) less -= most;
  EXPECT_EQ(less.to_string(), "-92233720368547.75807");
  EXPECT_EQ(DollarSum().to_string(), "0.0000");
  DollarSum small;
  small -= DollarDecimal::from_units(1);
  EXPECT_EQ(small.to_string(), "-0.000001");
}

TEST(WebSeries, AverageCostRealisesWhatReducesThePosition) {
  AverageCost cost;
  const auto price = [](const char* text) { return DollarDecimal::parse(text).value(); };
  const auto count = [](const char* text) { return FixedPointCount::parse(text).value(); };
  EXPECT_EQ(cost.book(true, price("100"), count("1")).to_string(), "0.0000");
  EXPECT_EQ(cost.book(true, price("110"), count("1")).to_string(), "0.0000");
  EXPECT_EQ(cost.book(false, price("120"), count("1")).to_string(), "15.0000");  // average 105
  EXPECT_EQ(cost.book(false, price("100"), count("3")).to_string(), "-5.0000");  // closes one, opens two short at 100
  EXPECT_EQ(cost.book(true, price("90"), count("2")).to_string(), "20.0000");
  EXPECT_EQ(cost.book(true, price("90"), count("0.01")).to_string(), "0.0000");
}

TEST(WebSeries, ItFollowsTheLedgerAPieceAtATime) {
  const auto storage = SqliteStorage::in_memory().value();
  test::fill_demo_ledger(*storage, 500);
  Series series;
  int turns = 0;
  while (series.follow(*storage, 90)) {
    EXPECT_FALSE(series.complete());
    ++turns;
  }
  EXPECT_EQ(turns, 5);
  EXPECT_TRUE(series.complete());
  const DayRange day = day_range(clearing_business_date(test::demo_now()));
  std::int64_t fills = 0;
  DollarSum notional;
  for (const SeriesPoint& point : series.points("", day.from, day.to)) fills += point.fills, notional += point.notional;
  EXPECT_EQ(fills, 500);
  DollarSum of_days;
  each<DayRow>(*storage, "WHERE clearing_date = 20261130", [&](const DayRow& row) { of_days += row.notional; });
  EXPECT_EQ(notional.to_string(), of_days.to_string());
  std::int64_t of_accounts = 0;
  for (const char* account : {"alice", "bob", "nobody"}) {
    for (const SeriesPoint& point : series.points(account, day.from, day.to)) of_accounts += point.fills;
  }
  EXPECT_EQ(of_accounts, 500);
}

}  // namespace
}  // namespace marginfix::reconcile
