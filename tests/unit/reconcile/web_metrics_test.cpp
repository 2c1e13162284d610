// /metrics by a strict reader of the text format 0.0.4: what it does not take, Prometheus might not either.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/web/metrics.hpp"
#include "support/demo_ledger.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::reconcile {
namespace {

// Series ("name{labels}") to value. Reports each line that is none of the format through GoogleTest.
class MetricsReader {
 public:
  explicit MetricsReader(const std::string& text) {
    EXPECT_TRUE(text.ends_with('\n'));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) take(line);
  }
  std::map<std::string, std::int64_t> values;

 private:
  void take(const std::string& line) {
    static const std::regex kHelp("# HELP ([a-z_]+) ([ -~]+)"), kType("# TYPE ([a-z_]+) (gauge|counter)");
    static const std::regex kSample(
        R"re(([a-z_]+)(\{((account|symbol|source|category|state)="(\\["\\]|[^"\\\n])*",?)+\})? (-?(0|[1-9][0-9]*)))re");
    std::smatch match;
    if (std::regex_match(line, match, kHelp)) {
      EXPECT_TRUE(families_.insert(match[1]).second) << "twice: " << line;
      family_ = match[1];
    } else if (std::regex_match(line, match, kType)) {
      EXPECT_EQ(match[1], family_) << line;
      EXPECT_EQ(match[2] == "counter", family_.ends_with("_total")) << line;
    } else if (std::regex_match(line, match, kSample)) {
      EXPECT_EQ(match[1], family_) << line;
      EXPECT_TRUE(values.emplace(match[1].str() + match[2].str(), std::stoll(match[6])).second) << "twice: " << line;
    } else {
      ADD_FAILURE() << "not of the format: " << line;
    }
  }
  std::set<std::string> families_;
  std::string family_;
};

class WebMetrics : public testing::Test {
 protected:
  WebMetrics() { test::fill_demo_ledger(*storage_, 200); }
  std::map<std::string, std::int64_t> metrics() {
    std::string text;
    services::MetricsWriter out(text, kMetricsPrefix);
    write_ledger_metrics(out, *storage_, folder_.path(), test::demo_now());
    return MetricsReader(text).values;
  }
  static std::string name(const std::string& rest) { return "marginfix_reconcile_" + rest; }

  test::TempFolder folder_;
  std::unique_ptr<SqliteStorage> storage_ = SqliteStorage::in_memory().value();
};

TEST_F(WebMetrics, TheyTellWhatTheLedgerHas) {
  folder_.write("journal", std::string(777, 'x'));
  folder_.write("ledger.db-wal", std::string(99, 'x'));
  auto m = metrics();
  EXPECT_EQ(m.at(name(R"(breaks_open{category="price",state="confirmed"})")), 1);
  EXPECT_EQ(m.at(name(R"(breaks_open{category="duplicate",state="pending"})")), 1);
  EXPECT_EQ(m.at(name(R"(breaks_open{category="side",state="pending"})")), 0);
  EXPECT_EQ(m.at(name(R"(source_up{account="alice",source="listener"})")), 1);
  EXPECT_EQ(m.at(name(R"(source_up{account="alice",source="klear"})")), 0);
  EXPECT_FALSE(m.contains(name(R"(source_up{account="bob",source="drop_copy"})"))) << "off is not down";
  EXPECT_EQ(m.at(name(R"(source_last_message_age_seconds{account="alice",source="listener"})")), 2);
  EXPECT_EQ(m.at(name(R"(listener_outages_total{account="alice"})")), 3);
  EXPECT_EQ(m.at(name(R"(gaps_open{account="alice"})")), 0);
  EXPECT_EQ(m.at(name(R"(gaps_open{account="bob"})")), 1);
  EXPECT_EQ(m.at(name(R"(drop_copy_watermark_age_seconds{account="alice"})")), 0);
  EXPECT_EQ(m.at(name(R"(drop_copy_watermark_age_seconds{account="bob"})")), (13 * 60 + 20) * 60 + 11)
      << "from the last report before the open hole";
  EXPECT_EQ(m.at(name("fills_total")), 200);
  EXPECT_EQ(m.at(name("undecodable_total")), 0);
  EXPECT_EQ(m.at(name(R"(position_hundredths{account="alice",symbol="KXSOLPERP"})")), 31050);
  EXPECT_EQ(m.at(name("ledger_position_bytes")), 918273);
  EXPECT_EQ(m.at(name("journal_bytes")), 777);
  EXPECT_EQ(m.at(name("ledger_wal_bytes")), 99);
}

TEST_F(WebMetrics, AHostileNameStaysALabel) {
  PositionRow row;
  row.account = "a\"b\\c\nd", row.symbol = "} 1\n# HELP x";
  row.traded = FixedPointCount::from_units(5);
  put(*storage_, row);
  std::int64_t found = 0;
  for (const auto& [series, value] : metrics()) found += series.find("a\\\"b\\\\c") != std::string::npos ? value : 0;
  EXPECT_EQ(found, 5);
}

TEST_F(WebMetrics, ManySymbolsEndInOther) {
  for (int i = 0; i < 700; ++i) {
    PositionRow row;
    row.account = "zoe", row.symbol = "S" + std::to_string(1000 + i), row.traded = FixedPointCount::from_units(1);
    put(*storage_, row);
  }
  const auto m = metrics();
  EXPECT_LT(std::ranges::count_if(m, [](const auto& item) { return item.first.find("position_hundredths") != std::string::npos; }), 510);
  EXPECT_GT(m.at(name(R"(position_hundredths{account="zoe",symbol="other"})")), 200);
}

TEST_F(WebMetrics, AnEmptyLedgerIsOfTheFormatToo) {
  storage_ = SqliteStorage::in_memory().value();
  const auto m = metrics();
  EXPECT_EQ(m.at(name("fills_total")), 0);
  EXPECT_EQ(m.at(name("journal_bytes")), 0);
}

}  // namespace
}  // namespace marginfix::reconcile
