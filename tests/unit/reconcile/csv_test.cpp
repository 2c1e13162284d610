// RFC 4180 as OMSes write it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/reconcile/feeds/csv.hpp"

namespace marginfix::reconcile {
namespace {

using ::testing::ElementsAre;

struct Rows {
  std::vector<CsvRow> rows;
  std::vector<std::size_t> lines;
};
Rows rows_of(std::string_view text, std::size_t piece, char separator = ',') {
  Rows all;
  CsvReader reader(
      [&](const CsvRow& row, std::size_t line) {
        all.rows.push_back(row);
        all.lines.push_back(line);
      },
      separator);
  for (std::size_t at = 0; at < text.size(); at += piece) reader.feed(text.substr(at, piece));
  reader.finish();
  return all;
}

TEST(Csv, CutsTheSameRowsWhateverThePieces) {
  constexpr std::string_view kText = "\xEF\xBB\xBFid,text\r\n\"13768;4\",\"a \"\"quoted\"\", one\"\r\n007,\"two\nlines\"\r\n\r\n1E5,";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, kText.size()}) {
    const Rows all = rows_of(kText, piece);
    EXPECT_THAT(all.rows,
                ElementsAre(CsvRow{"id", "text"}, CsvRow{"13768;4", "a \"quoted\", one"}, CsvRow{"007", "two\nlines"}, CsvRow{"1E5", ""}));
    EXPECT_THAT(all.lines, ElementsAre(1U, 2U, 3U, 6U));
  }
}

TEST(Csv, TakesOtherSeparatorsAndLineEnds) {
  EXPECT_THAT(rows_of("a;b\nc;d\n", 100, ';').rows, ElementsAre(CsvRow{"a", "b"}, CsvRow{"c", "d"}));
  EXPECT_THAT(rows_of("a,b\rc,d\r", 1).rows, ElementsAre(CsvRow{"a", "b"}, CsvRow{"c", "d"}));
  EXPECT_THAT(rows_of("\"\",x\n", 1).rows, ElementsAre(CsvRow{"", "x"}));
}

TEST(Csv, AnUnfinishedRowWaits) {
  std::vector<CsvRow> rows;
  CsvReader reader([&](const CsvRow& row, std::size_t) { rows.push_back(row); });
  reader.feed("a,b\nc,");
  EXPECT_THAT(rows, ElementsAre(CsvRow{"a", "b"}));
  reader.feed("\"d");
  EXPECT_TRUE(reader.within_quotes());
  reader.feed("\"\n");
  EXPECT_THAT(rows, ElementsAre(CsvRow{"a", "b"}, CsvRow{"c", "d"}));
}

TEST(Csv, AFileWithoutAMarkLosesNothingThatBeginsLikeOne) {
  EXPECT_THAT(rows_of("\xEF\xBBx,b\n", 1).rows, ElementsAre(CsvRow{"\xEF\xBBx", "b"}));
}

}  // namespace
}  // namespace marginfix::reconcile
