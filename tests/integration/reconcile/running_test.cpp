// `run`: the service all day, as far as a test lasts.
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <filesystem>

#include "integration/reconcile/fixture.hpp"
#include "services/reconcile/decide.hpp"

namespace marginfix::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ReconcileRun : public ReconcileTest {};

TEST_F(ReconcileRun, SaysWhereItIsKeepsItsTokenAndEndsWhenAsked) {
  start_service();
  const auto where = boost::json::parse(TempFolder::read(dir() + "/reconcile.json")).as_object();
  EXPECT_EQ(std::string(where.at("page").as_string()), page_);
  EXPECT_THAT(std::string(where.at("metrics").as_string()), HasSubstr("/metrics"));
  const std::string token = dir() + "/" + std::string(where.at("token_file").as_string());
  struct stat of {};
  ASSERT_EQ(::stat(token.c_str(), &of), 0);
  EXPECT_EQ(of.st_mode & 0777, 0600U);
  EXPECT_TRUE(eventually([&] { return source(rc::Source::listener).state == rc::SourceState::up; }));  // it is on; the ledger says so next
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(stop_service());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
  EXPECT_FALSE(std::filesystem::exists(dir() + "/reconcile.json"));
}

TEST_F(ReconcileRun, WhatIsTradedIsInTheLedgerFromEverySource) {
  start_service();
  trade(10);
  const auto all = rc::bit(rc::Source::listener) | rc::bit(rc::Source::rest) | rc::bit(rc::Source::websocket);
  EXPECT_TRUE(eventually([&] { return fills().size() == 1 && (fills()[0].sources & all) == all; }));
  EXPECT_THAT(open_breaks(), IsEmpty()) << in_words(open_breaks());
}

TEST_F(ReconcileRun, AListenerThatIsLostComesBackAndDropCopyFillsTheHole) {
  start_service();
  trade(10);
  ASSERT_TRUE(eventually([&] { return fills().size() == 1; }));
  ASSERT_TRUE(sim().disconnect("KalshiNR", key_id("alice-listener")));
  trade(4);
  EXPECT_TRUE(eventually([&] {
    const auto holes = gaps();
    return !holes.empty() && holes.back().closed && holes.back().closed_by == "drop_copy";
  }));
  EXPECT_TRUE(eventually([&] { return source(rc::Source::listener).state == rc::SourceState::up; }));
  EXPECT_THAT(fills(), SizeIs(2));
  EXPECT_THAT(open_breaks(), IsEmpty()) << in_words(open_breaks());
}

TEST_F(ReconcileRun, ConfirmsABreakByItselfAndAPersonClosesItByThePage) {
  proxy_->set_doctor([](const SeenRequest& request, const sim::test::HttpResponse& told) {
    std::string body = told.body;
    const auto at = body.find("\"price\":\"5.0000\"");
    if (request.target.find("/margin/fills") != std::string::npos && at != std::string::npos) body.replace(at, 16, "\"price\":\"7.0000\"");
    return http_answer(told.status, body);
  });
  start_service();
  trade(10);
  std::int64_t id = 0;
  ASSERT_TRUE(eventually([&] {
    for (const rc::BreakRow& row : open_breaks()) {
      if (row.category == rc::BreakCategory::price && row.state == rc::BreakState::confirmed) id = row.id;
    }
    return id != 0;
  })) << in_words(breaks());
  EXPECT_FALSE(rc::decide(dir(), {id, "accept", "", "no name"}));
  EXPECT_FALSE(rc::decide(dir(), {id + 99, "accept", "ann", "no such break"}));
  const auto decided = rc::decide(dir(), {id, "accept", "ann", "the exchange corrects it tomorrow"});
  ASSERT_TRUE(decided) << decided.error().message;
  const auto row = rc::find<rc::BreakRow>(*ledger(), id).value();
  EXPECT_EQ(row.state, rc::BreakState::accepted);
  EXPECT_EQ(row.closed_by, "ann");
  EXPECT_EQ(rc::decide(dir(), {id, "accept", "ann", "again"}).error().code, "gone");
}

TEST_F(ReconcileRun, ABreakIsClosedWithoutAServiceToo) {
  trade(10);
  proxy_->set_doctor([](const SeenRequest& request, const sim::test::HttpResponse& told) {
    if (request.target.find("/margin/fills") == std::string::npos) return http_answer(told.status, told.body);
    return http_answer(200, R"({"fills":[],"cursor":""})");
  });
  ASSERT_EQ(once().exit_code(), 2) << in_words(breaks());
  for (const rc::BreakRow& row : open_breaks()) {
    const auto decided = rc::decide(dir(), {row.id, "resolve", "ann", "asked the exchange"});
    EXPECT_TRUE(decided) << decided.error().message;
  }
  EXPECT_THAT(open_breaks(), IsEmpty());
}

// A slip in --dir makes no ledger.
TEST_F(ReconcileRun, ClosingABreakWhereThereIsNoLedgerMakesNone) {
  const auto decided = rc::decide(dir(), {1, "resolve", "ann", "asked the exchange"});
  ASSERT_FALSE(decided);
  EXPECT_EQ(decided.error().code, "no_ledger");
  EXPECT_FALSE(std::filesystem::exists(rc::journal_path(dir())));
}

TEST_F(ReconcileRun, AMuteWebSocketIsNoBreak) {
  start_service();
  ASSERT_TRUE(eventually([&] { return source(rc::Source::websocket).state == rc::SourceState::up; }));
  ASSERT_TRUE(sim().silence("WS", key_id("alice")));
  trade(10);
  ASSERT_TRUE(eventually([&] { return fills().size() == 1 && fills()[0].settled; }));
  EXPECT_THAT(breaks(), IsEmpty()) << in_words(breaks());
}

}  // namespace
}  // namespace marginfix::test
