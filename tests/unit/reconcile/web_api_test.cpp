// The page's JSON over a ledger with something of everything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/web/api.hpp"
#include "support/demo_ledger.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::reconcile {
namespace {

namespace bj = boost::json;
using services::HttpReply;
using services::HttpRequest;
using testing::HasSubstr;

class WebApi : public testing::Test {
 protected:
  WebApi() {
    test::make_demo_folder(folder_.path(), 300);
    storage_ = SqliteStorage::open(folder_.path("ledger.db")).value();
    while (series_.follow(*storage_, 1000)) continue;
  }
  HttpReply get(const std::string& target) {
    HttpRequest request;
    request.method = "GET";
    request.path = target.substr(0, target.find('?'));
    if (target.find('?') != std::string::npos) request.query = target.substr(target.find('?') + 1);
    return api_reply({*storage_, audit_, series_, test::demo_now()}, request);
  }
  bj::object json(const std::string& target) {
    const HttpReply reply = get(target);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return bj::parse(reply.body).as_object();
  }
  static std::string text(const bj::value& value) { return std::string(value.as_string()); }

  test::TempFolder folder_;
  std::unique_ptr<SqliteStorage> storage_;
  AuditIndex audit_{folder_.path("audit.jsonl")};
  Series series_;
};

// Prices, quantities, amounts and ids are strings: a JSON number is a count, a flag or an age.
void expect_no_money_in_numbers(const bj::value& value, const std::string& name) {
  static const std::set<std::string> kCounts{"age_seconds", "messages",  "count",      "pending", "confirmed",
                                             "open",        "gaps_open", "subaccount", "fills",   "times_told"};
  if (value.is_number()) {
    EXPECT_TRUE(value.is_int64()) << name;
    EXPECT_TRUE(kCounts.contains(name)) << name;
  } else if (value.is_object()) {
    for (const auto& member : value.as_object()) expect_no_money_in_numbers(member.value(), std::string(member.key()));
  } else if (value.is_array()) {
    for (const auto& item : value.as_array()) expect_no_money_in_numbers(item, name);
  }
}

TEST_F(WebApi, MoneyAndIdsAreStringsEverywhere) {
  for (const char* path : {"/api/summary", "/api/sources", "/api/coverage", "/api/breaks?state=all", "/api/breaks/30", "/api/positions",
                           "/api/days", "/api/executions", "/api/series?account=alice"}) {
    SCOPED_TRACE(path);
    expect_no_money_in_numbers(bj::value(json(path)), path);
  }
}

TEST_F(WebApi, TheSummarySaysHowThingsStand) {
  const bj::object summary = json("/api/summary");
  EXPECT_EQ(text(summary.at("position")), "918273");
  EXPECT_EQ(text(summary.at("clearing_date")), "2026-11-30");
  EXPECT_THAT(text(summary.at("cut")), HasSubstr("2026-11-30T21:00:00"));
  EXPECT_EQ(text(summary.at("fills")), "300");
  const bj::object& breaks = summary.at("breaks").as_object();
  EXPECT_EQ(breaks.at("confirmed").as_int64() + breaks.at("pending").as_int64(), 20);
  EXPECT_EQ(breaks.at("pending").as_int64(), 4);
  std::int64_t counted = 0;
  for (const auto& row : breaks.at("by_category").as_array()) counted += row.at("count").as_int64();
  EXPECT_EQ(counted, 20);
  EXPECT_EQ(summary.at("gaps_open").as_int64(), 1);
  EXPECT_EQ(summary.at("today").at("fills").as_int64(), 300);
  ASSERT_EQ(summary.at("cash").as_array().size(), 1U);
  EXPECT_EQ(text(summary.at("cash").at(0).at("account")), "alice");
}

TEST_F(WebApi, ClearingDaysAreThoseOfTheExchangesClock) {
  set_meta(*storage_, "exchange_now", std::to_string((test::demo_now() + std::chrono::hours(4)).time_since_epoch().count()));
  EXPECT_EQ(text(json("/api/summary").at("clearing_date")), "2026-12-01");
}

TEST_F(WebApi, ASourceTellsItsStateAndAge) {
  const bj::array sources = json("/api/sources").at("sources").as_array();
  ASSERT_EQ(sources.size(), 10U);
  EXPECT_EQ(text(sources[0].at("state")), "up");
  EXPECT_EQ(sources[0].at("age_seconds").as_int64(), 2);
  EXPECT_EQ(text(sources[4].at("state")), "unknown");
  EXPECT_THAT(text(sources[4].at("why")), HasSubstr("401"));
  EXPECT_TRUE(sources[7].at("last_message").is_null());
  EXPECT_TRUE(sources[7].at("age_seconds").is_null());
}

TEST_F(WebApi, CoverageShowsHolesAndWhoClosedThem) {
  const bj::object coverage = json("/api/coverage?date=20261130");
  EXPECT_EQ(text(coverage.at("date")), "2026-11-30");
  const bj::object alice = coverage.at("accounts").at(0).as_object();
  ASSERT_EQ(alice.at("gaps").as_array().size(), 3U);
  const bj::object newest = alice.at("gaps").at(0).as_object();
  EXPECT_EQ(text(newest.at("closed_by")), "drop_copy");
  EXPECT_THAT(text(newest.at("to")), HasSubstr("2026-11-30T16:12:20"));
  std::vector<std::string> by;
  for (const auto& stretch : alice.at("proven").as_array()) by.push_back(text(stretch.at("by")));
  EXPECT_THAT(by, testing::ElementsAre("listener", "drop_copy", "listener", "rest", "listener", "drop_copy", "listener"));
  const bj::object bob = coverage.at("accounts").at(1).as_object();
  EXPECT_EQ(text(bob.at("gaps").at(0).at("state")), "open");
  EXPECT_TRUE(json("/api/coverage?date=2026-11-01").at("accounts").at(0).at("proven").as_array().empty());
}

TEST_F(WebApi, ASpanThatBeganTheDayBeforeReachesIn) {
  const bj::object alice = json("/api/coverage").at("accounts").at(0).as_object();
  for (const auto& source : alice.at("sources").as_array()) {
    if (text(source.at("source")) != "listener") continue;
    ASSERT_EQ(source.at("spans").as_array().size(), 4U);
    EXPECT_THAT(text(source.at("spans").at(0).at("began")), HasSubstr("2026-11-29T18:00:00"));
    return;
  }
  FAIL() << "no listener";
}

TEST_F(WebApi, BreaksAreListedNewestFirstByStateAndCategory) {
  const bj::object open = json("/api/breaks?state=open&limit=5");
  ASSERT_EQ(open.at("breaks").as_array().size(), 5U);
  EXPECT_EQ(text(open.at("breaks").at(0).at("id")), "30");
  EXPECT_EQ(text(open.at("breaks").at(4).at("id")), "26");
  EXPECT_EQ(text(open.at("next")), "26");
  const bj::object next = json("/api/breaks?state=open&limit=100&after=26");
  EXPECT_EQ(text(next.at("breaks").at(0).at("id")), "25");
  EXPECT_EQ(next.at("breaks").as_array().size(), 15U);
  EXPECT_TRUE(next.at("next").is_null());
  const bj::array fees = json("/api/breaks?category=fee").at("breaks").as_array();
  ASSERT_EQ(fees.size(), 2U);
  EXPECT_EQ(text(fees[0].at("category")), "fee");
  EXPECT_EQ(json("/api/breaks?state=accepted").at("breaks").as_array().size(), 2U);
  EXPECT_EQ(json("/api/breaks?state=all").at("breaks").as_array().size(), 30U);
  EXPECT_EQ(json("/api/breaks?account=bob&state=all").at("breaks").as_array().size(), 5U);
  EXPECT_TRUE(json("/api/breaks?account=nobody").at("breaks").as_array().empty());
}

TEST_F(WebApi, ABreakHasBothSidesItsSourcesAndItsHistory) {
  const bj::object row = json("/api/breaks/30");
  EXPECT_EQ(text(row.at("category")), "price");
  EXPECT_EQ(text(row.at("here_value")), "97250.50");
  EXPECT_EQ(text(row.at("there_value")), "97205.50");
  EXPECT_EQ(text(row.at("fill_id")), "trade-1000030");
  ASSERT_EQ(row.at("source_fills").as_array().size(), 4U);
  EXPECT_EQ(text(row.at("source_fills").at(1).at("source")), "rest");
  EXPECT_EQ(text(row.at("source_fills").at(1).at("price")), "97205.5000");
  EXPECT_TRUE(row.at("source_fills").at(3).at("fee").is_null());
  EXPECT_EQ(text(row.at("order").at("leaves_qty")), "3.00");
  ASSERT_EQ(row.at("history").as_array().size(), 2U);
  EXPECT_EQ(text(row.at("history").at(1).at("event")), "confirmed");
}

TEST_F(WebApi, HistoryGrowsWithTheFileAndALineThatIsNoJsonIsAText) {
  EXPECT_EQ(json("/api/breaks/1").at("history").as_array().size(), 3U);
  std::ofstream audit(folder_.path("audit.jsonl"), std::ios::app | std::ios::binary);
  audit << "{\"n\":\"900\",\"break\":\"1\",<changed>\n{\"n\":\"901\",\"break\":\"1\"," << std::flush;
  const bj::array history = json("/api/breaks/1").at("history").as_array();
  ASSERT_EQ(history.size(), 4U);  // the last one is still being written
  EXPECT_TRUE(history[3].is_string());
  audit << "\"event\":\"reopened\"}\n" << std::flush;
  EXPECT_EQ(text(json("/api/breaks/1").at("history").at(4).at("event")), "reopened");
}

TEST_F(WebApi, AHostileTextComesThroughAsItIs) {
  const bj::object row = json("/api/breaks/28");
  EXPECT_EQ(text(row.at("cl_ord_id")), test::kHostileClOrdId);
  EXPECT_EQ(text(row.at("order").at("text")), test::kHostileText);
}

TEST_F(WebApi, PositionsStandBySource) {
  const bj::array positions = json("/api/positions").at("positions").as_array();
  ASSERT_EQ(positions.size(), 6U);
  EXPECT_EQ(text(positions[0].at("fills")), "12.00");
  EXPECT_TRUE(positions[0].at("agree").as_bool());
  EXPECT_EQ(text(positions[2].at("rest")), "311.50");
  EXPECT_FALSE(positions[2].at("agree").as_bool());
  EXPECT_TRUE(positions[2].at("klear").is_null()) << "not said is not flat";
}

TEST_F(WebApi, DaysHaveTotals) {
  const bj::object days = json("/api/days");
  ASSERT_EQ(days.at("totals").as_array().size(), 15U);
  EXPECT_EQ(text(days.at("totals").at(0).at("clearing_date")), "2026-11-30");
  EXPECT_EQ(days.at("totals").at(0).at("fills").as_int64(), 300);
  EXPECT_EQ(json("/api/days?account=bob").at("totals").as_array().size(), 1U);
  EXPECT_EQ(text(json("/api/days?before=20261130").at("totals").at(0).at("clearing_date")), "2026-11-29");
}

TEST_F(WebApi, ExecutionsComeInPages) {
  const bj::object newest = json("/api/executions?limit=10");
  EXPECT_EQ(text(newest.at("executions").at(0).at("number")), "300");
  EXPECT_EQ(text(newest.at("next")), "291");
  EXPECT_EQ(text(json("/api/executions?before=291").at("executions").at(0).at("number")), "290");
  const bj::object first = json("/api/executions?after=0&limit=299");
  EXPECT_EQ(text(first.at("executions").at(0).at("number")), "1");
  EXPECT_EQ(text(first.at("next")), "299");
  EXPECT_TRUE(json("/api/executions?after=299").at("next").is_null());
  EXPECT_EQ(first.at("executions").at(0).at("sources").as_array().size(), 2U);
}

TEST_F(WebApi, SeriesSumUpToTheDay) {
  const bj::object series = json("/api/series");
  EXPECT_TRUE(series.at("complete").as_bool());
  std::int64_t fills = 0;
  for (const auto& point : series.at("points").as_array()) fills += point.at("fills").as_int64();
  EXPECT_EQ(fills, 300);
  EXPECT_GT(series.at("cash").as_array().size(), 100U);
  EXPECT_TRUE(json("/api/series?account=bob").at("cash").as_array().empty());
}

TEST_F(WebApi, WhatCannotBeReadIsSaidSo) {
  for (const char* path : {"/api/breaks?state=odd", "/api/breaks?category=none", "/api/breaks?limit=x", "/api/executions?after=-1",
                           "/api/coverage?date=2026-13-01", "/api/coverage?date=yesterday", "/api/breaks?after=9999999999999999999"}) {
    EXPECT_EQ(get(path).status, 400) << path;
  }
  for (const char* path : {"/api/", "/api/none", "/api/breaks/", "/api/breaks/31", "/api/breaks/1x", "/api/breaks/-1"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST_F(WebApi, NothingOfTheSummaryScansTheExecutions) {
  for (const char* sql :
       {"SELECT MAX(number) FROM fills", "SELECT state, category, COUNT(*) FROM breaks WHERE state < 2 GROUP BY state, category",
        "SELECT id FROM breaks WHERE state = 1 AND category = 2 AND id < 9 ORDER BY id DESC LIMIT 5",
        "SELECT number FROM spans WHERE account = 'a' AND source = 0 AND began >= 1 AND began < 2 ORDER BY began, number LIMIT 5",
        "SELECT number FROM fills WHERE number < 9 ORDER BY number DESC LIMIT 5"}) {
    StatementGuard plan(storage_->statement(std::string("EXPLAIN QUERY PLAN ") + sql));
    while (plan->step()) {
      EXPECT_THAT(std::string(plan->text(3)),
                  testing::AllOf(testing::Not(testing::MatchesRegex("SCAN (fills|spans|breaks)")), testing::Not(HasSubstr("TEMP B-TREE"))))
          << sql;
    }
  }
}

TEST(WebDecision, ItNeedsAnActionAUserAndAReason) {
  const auto good = decision_of("/api/breaks/7", R"({"action":"explain","user":" Ana ","reason":"bust told by phone"})");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->break_id, 7);
  EXPECT_EQ(good->user, "Ana");
  for (const char* body :
       {"", "[]", "{", R"({"action":"explain","user":"a"})", R"({"action":"explain","user":" ","reason":"b"})",
        R"({"action":"delete","user":"a","reason":"b"})", R"({"action":"resolve","user":"a","reason":1})",
        R"({"action":"resolve","user":"a\u0000","reason":"b"})", R"({"action":"resolve","user":"a","reason":"b\u202e"})"}) {
    EXPECT_FALSE(decision_of("/api/breaks/7", body)) << body;
  }
  EXPECT_FALSE(decision_of("/api/breaks/7x", R"({"action":"resolve","user":"a","reason":"b"})"));
  EXPECT_FALSE(decision_of("/api/breaks/", R"({"action":"resolve","user":"a","reason":"b"})"));
  EXPECT_FALSE(decision_of("/api/breaks/7", R"({"action":"resolve","user":"a","reason":")" + std::string(2001, 'x') + "\"}"));
}

}  // namespace
}  // namespace marginfix::reconcile
