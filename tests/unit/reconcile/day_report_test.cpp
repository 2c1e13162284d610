// A day's report: one file that needs nothing else, in which no text of the ledger is markup.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/report/day_report.hpp"
#include "services/reconcile/report/html.hpp"
#include "services/reconcile/report/plot.hpp"
#include "support/demo_ledger.hpp"

namespace marginfix::reconcile {
namespace {

using testing::HasSubstr;
using testing::Not;

Date day(unsigned d) { return Date(std::chrono::year(2026), std::chrono::month(11), std::chrono::day(d)); }

std::size_t occurrences(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

class DayReport : public testing::Test {
 protected:
  DayReport() { test::fill_demo_ledger(*storage_, 400); }
  std::unique_ptr<SqliteStorage> storage_ = SqliteStorage::in_memory().value();
};

TEST_F(DayReport, ItIsOneFileThatAsksForNothing) {
  const std::string html = day_report(*storage_, "", day(30));
  EXPECT_THAT(html, HasSubstr("default-src 'none'; style-src 'sha256-"));
  static const std::regex kAsks("<(script|link|img|iframe|object)|<[a-z][^<>]* (src|href|style|on[a-z]+)=|@import|url[(]");
  EXPECT_FALSE(std::regex_search(html, kAsks));
  EXPECT_EQ(occurrences(html, "<style>"), 1U);
  for (const char* tag : {"table", "tr", "td", "svg", "figure", "div", "main", "p"}) {
    EXPECT_EQ(occurrences(html, std::string("<") + tag + " ") + occurrences(html, std::string("<") + tag + ">"),
              occurrences(html, std::string("</") + tag + ">"))
        << tag;
  }
}

TEST_F(DayReport, NoTextOfTheLedgerIsMarkup) {
  BreakRow row;
  row.id = 31, row.account = "alice", row.category = BreakCategory::undecodable, row.state = BreakState::accepted,
  row.here_value = test::kHostileText;
  row.first_seen = test::demo_now(), row.closed = test::demo_now(), row.closed_by = test::kHostileClOrdId, row.reason = "<plaintext>";
  put(*storage_, row);
  const std::string html = day_report(*storage_, "", day(30));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, Not(HasSubstr("<svg/")));
  EXPECT_THAT(html, Not(HasSubstr("<plaintext")));
  EXPECT_THAT(html, HasSubstr("&lt;img src=x onerror=&quot;"));
  EXPECT_THAT(html, HasSubstr("\\u202e"));
}

TEST_F(DayReport, ItTellsTheDayInWordsTablesAndDrawings) {
  const std::string html = day_report(*storage_, "", day(30));
  for (const char* said :
       {"clearing day 2026-11-30", "20 breaks are open. 10 of this day closed.", "listener: 97250.50", "rest: 97205.50", "KXDOGEPERP",
        "-116.5448", "704 - 705", "not known", "from 2026-11-29 21:00:00 to 2026-11-30 21:00:00 UTC", "position 918273", "not yet"}) {
    EXPECT_THAT(html, HasSubstr(said));
  }
  EXPECT_EQ(occurrences(html, "<svg"), 5U) << "PnL, notional, margin of alice, coverage of two accounts";
}

TEST_F(DayReport, OneAccountAlone) {
  const std::string html = day_report(*storage_, "bob", day(30));
  EXPECT_THAT(html, HasSubstr("Account bob"));
  EXPECT_THAT(html, Not(HasSubstr("alice")));
}

TEST_F(DayReport, AnEmptyDayAndAnUnknownAccountAreSaidSo) {
  EXPECT_THAT(day_report(*storage_, "", day(2)), HasSubstr("No execution in this day."));
  EXPECT_THAT(day_report(*storage_, "nobody", day(30)), HasSubstr("The ledger knows no account of this name."));
  const auto empty = SqliteStorage::in_memory().value();
  EXPECT_THAT(day_report(*empty, "", day(30)), HasSubstr("No break is open."));
}

TEST_F(DayReport, TheSameLedgerGivesTheSameBytes) { EXPECT_EQ(day_report(*storage_, "", day(30)), day_report(*storage_, "", day(30))); }

TEST(ReportTexts, DecimalsAreGroupedAndNothingElseIs) {
  EXPECT_EQ(grouped("1234567.500000"), "1,234,567.50");
  EXPECT_EQ(grouped("-1234.000001"), "-1,234.000001");
  EXPECT_EQ(grouped("-999"), "-999");
  EXPECT_EQ(grouped("12000", 0), "12,000");
  EXPECT_EQ(grouped("3.00", 0), "3");
  for (const char* text : {"", "-", "abc", "1e5", "1.2.3", "--5", "12a4"}) EXPECT_EQ(grouped(text), text);
}

TEST(ReportPlots, AnyValuesGiveADrawingInsideItsFrame) {
  const DayRange range = day_range(day(30));
  const Wide huge = Wide(9'000'000'000'000'000'000) * 1'000'000;
  for (const std::vector<Wide>& values : {std::vector<Wide>{0}, {5}, {-5}, {huge, -huge}, {1, 2, 3}, {1'000'000, 1'000'001}}) {
    Plot plot{"a <plot>", PlotKind::columns, range, {}};
    for (std::size_t i = 0; i < values.size(); ++i) plot.points.emplace_back(range.from + std::chrono::hours(i), values[i]);
    for (const PlotKind kind : {PlotKind::columns, PlotKind::line}) {
      plot.kind = kind;
      const std::string svg = plot_svg(plot);
      EXPECT_THAT(svg, HasSubstr("a &lt;plot&gt;"));
      EXPECT_THAT(svg, Not(HasSubstr("y=\"-")));
      EXPECT_LT(occurrences(svg, "class=\"rule\""), 25U);
    }
  }
  EXPECT_EQ(plot_svg({"nothing", PlotKind::line, range, {}}), "");
}

}  // namespace
}  // namespace marginfix::reconcile
