// REST's lists as records: whole, or with the error that makes the source unknown. A server that a test plays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/klear_client.hpp"
#include "services/reconcile/feeds/read_only.hpp"
#include "services/reconcile/feeds/rest_feed.hpp"
#include "support/scripted_http_server.hpp"

namespace marginfix::reconcile {
namespace {

using test::http_answer;
using test::ScriptedAnswer;
using test::ScriptedHttpServer;
using test::SeenRequest;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// What an account without anything hears.
std::string_view empty_list(std::string_view target) {
  if (target.find("/margin/fills") != std::string_view::npos) return R"({"fills":[],"cursor":""})";
  if (target.find("/margin/orders") != std::string_view::npos) return R"({"orders":[],"cursor":""})";
  if (target.find("/margin/positions") != std::string_view::npos) return R"({"positions":[]})";
  if (target.find("/margin/funding_history") != std::string_view::npos) return R"({"funding_history":[]})";
  if (target.find("/margin/corporate_actions") != std::string_view::npos) return R"({"corporate_actions":[]})";
  return R"({"subaccount_balances":[]})";
}

constexpr const char* kKey =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

class RestLists : public ::testing::Test {
 protected:
  RestRound poll(const ScriptedHttpServer::Handler& handler, const RestPlan& plan = {}) {
    server_ = std::make_unique<ScriptedHttpServer>(handler);
    RestFeed feed({"alice", config(), {}, std::chrono::seconds(10)}, queue_);
    return feed.poll(plan);
  }
  PerpsConfig config() const {
    PerpsConfig config;
    config.base_url = server_->origin() + "/trade-api/v2";
    config.credentials.key_id = "11111111-1111-4111-8111-111111111111";
    config.credentials.private_key = SecretString(kKey);
    config.http.request_timeout = config.http.total_timeout = std::chrono::milliseconds(500);
    config.http.retry.more_tries = 0;
    return config;
  }
  // "poll_end fills ok", "rest GetMarginFills limit=1000", ... in their order.
  std::vector<std::string> told() {
    std::vector<std::string> all;
    for (const Record& record : queue_.take(std::chrono::milliseconds(0))) {
      std::string body = record.body;
      if (record.kind == RecordKind::rest) body = body.substr(0, body.find('\n', body.find('\n') + 1));
      std::ranges::replace(body, '\n', ' ');
      all.push_back(std::string(to_string(record.kind)) + " " + body);
    }
    return all;
  }
  // Everything is an empty list but what `target` holds, which is answered so.
  static ScriptedHttpServer::Handler all_but(std::string target, ScriptedAnswer answer) {
    return [target = std::move(target), answer = std::move(answer)](const SeenRequest& request) {
      return request.target.find(target) != std::string::npos ? answer : http_answer(200, empty_list(request.target));
    };
  }

  RecordQueue queue_;
  std::unique_ptr<ScriptedHttpServer> server_;
};

TEST_F(RestLists, PositionsStandAroundTheFillsAndEachListIsWhole) {
  RestPlan plan;
  plan.fills_since = from_epoch_seconds(1'790'000'000);
  plan.funding_from = plan.funding_to = from_epoch_seconds(1'790'000'000);
  const RestRound round = poll([](const SeenRequest& r) { return http_answer(200, empty_list(r.target)); }, plan);
  EXPECT_TRUE(round.complete) << round.why;
  EXPECT_EQ(round.fills_covered, plan.fills_since);
  EXPECT_THAT(
      told(),
      ElementsAre("poll_begin balance ", "rest GetMarginBalance ", "poll_end balance ok", "poll_begin positions ",
                  "rest GetMarginPositions ", "poll_end positions ok", "poll_begin fills 1790000000000000",
                  "rest GetMarginFills limit=1000&min_ts=1790000000", "poll_end fills ok", "poll_begin positions ",
                  "rest GetMarginPositions ", "poll_end positions ok", "poll_begin orders ",
                  "rest GetMarginOrders status=resting&limit=1000", "poll_end orders ok", "poll_begin funding 1789948800000000",
                  "rest GetMarginFundingHistory start_date=2026-09-21&end_date=2026-09-21", "poll_end funding ok",
                  "poll_begin corporate_actions ", "rest GetMarginCorporateActions ", "poll_end corporate_actions ok", "source_state up "));
  for (const SeenRequest& request : server_->requests()) EXPECT_EQ(request.method, "GET");
}

TEST_F(RestLists, PagesComeInTheirOrder) {
  const RestRound round = poll([](const SeenRequest& r) {
    if (r.target.find("fills") == std::string::npos) return http_answer(200, empty_list(r.target));
    const bool second = r.target.find("cursor=next") != std::string::npos;
    return http_answer(200, second ? R"({"fills":[],"cursor":""})" : R"({"fills":[],"cursor":"next"})");
  });
  EXPECT_TRUE(round.complete);
  EXPECT_EQ(round.fills_covered, Timestamp{}) << "everything there is";
  EXPECT_THAT(told(), Contains("rest GetMarginFills limit=1000&cursor=next"));
}

TEST_F(RestLists, ACursorThatGoesRoundIsAnError) {
  const RestRound round = poll(all_but("fills", http_answer(200, R"({"fills":[],"cursor":"again"})")));
  EXPECT_FALSE(round.complete);
  EXPECT_FALSE(round.fills_covered.has_value());
  const auto records = told();
  EXPECT_THAT(records, Contains(StartsWith("poll_end fills decode: the list goes round")));
  EXPECT_THAT(records, Contains(StartsWith("source_state unknown")));
  EXPECT_LE(std::ranges::count_if(server_->requests(), [](const SeenRequest& r) { return r.target.find("fills") != std::string::npos; }),
            3);
}

TEST_F(RestLists, AFailureIsNeverAnEmptyList) {
  struct Case {
    const char* name;
    ScriptedAnswer answer;
  };
  for (const Case& c : {Case{"500", http_answer(500, R"({"code":"internal_error"})")}, Case{"401", http_answer(401, "{}")},
                        Case{"no JSON", http_answer(200, "<html>maintenance</html>", "text/html")},
                        Case{"half", {"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"fills\":[", ScriptedAnswer::After::reset}},
                        Case{"nothing", {"", ScriptedAnswer::After::close}}}) {
    const RestRound round = poll(all_but("fills", c.answer));
    EXPECT_FALSE(round.complete) << c.name;
    EXPECT_FALSE(round.why.empty()) << c.name;
    const auto records = told();
    EXPECT_THAT(records, Contains(StartsWith("poll_end fills "))) << c.name;
    EXPECT_THAT(records, Not(Contains("poll_end fills ok"))) << c.name;
    EXPECT_THAT(records.back(), StartsWith("source_state unknown")) << c.name;
  }
}

// A 200 under which something else came than the list that was asked for.
TEST_F(RestLists, AnAnswerWithoutItsListIsNoEmptyList) {
  for (const char* list : {"fills", "orders", "positions", "funding_history", "balance"}) {
    for (const char* body : {"{}", R"({"error":{"code":"oops"}})", R"({"cursor":""})", "[]", "null"}) {
      const RestRound round = poll(all_but(std::string("/margin/") + list, http_answer(200, body)));
      EXPECT_FALSE(round.complete) << list << ' ' << body;
      EXPECT_THAT(told().back(), StartsWith("source_state unknown")) << list << ' ' << body;
    }
  }
  // Null is an empty list, and a last page may be without its cursor.
  EXPECT_TRUE(poll(all_but("/margin/fills", http_answer(200, R"({"fills":null})"))).complete);
  // A position without its size says nothing; it is no position of 0.
  EXPECT_FALSE(
      poll(all_but("/margin/positions", http_answer(200, R"({"positions":[{"subaccount":0,"market_ticker":"KXBTCPERP"}]})"))).complete);
}

TEST_F(RestLists, AnOrderThatWasLookedUpAndIsNoneFailsTheSource) {
  RestPlan plan;
  plan.open_orders = {"o-1"};
  const RestRound round = poll(all_but("/margin/orders/o-1", http_answer(200, "{}")), plan);
  EXPECT_FALSE(round.complete);
  EXPECT_THAT(round.why, HasSubstr("GetMarginOrder: the answer has no"));
}

// A fill does not say whose it is.
TEST_F(RestLists, FillsOfEachSubaccountAreAskedForFirst) {
  const RestRound round = poll(all_but("/margin/balance", http_answer(200, R"({"subaccount_balances":[
      {"subaccount":0,"position_value":"0","account_equity":"10.0000"},{"subaccount":3,"position_value":"0","account_equity":"1.0000"}]})")));
  EXPECT_TRUE(round.complete) << round.why;
  const auto records = told();
  const auto of_three = std::ranges::find(records, "rest GetMarginFills subaccount=3&limit=1000");
  const auto of_all = std::ranges::find(records, "rest GetMarginFills limit=1000");
  ASSERT_NE(of_three, records.end());
  ASSERT_NE(of_all, records.end());
  EXPECT_LT(of_three - records.begin(), of_all - records.begin());
}

TEST_F(RestLists, ASilentExchangeCostsOneTimeOut) {
  std::promise<void> asked_enough;
  const auto silence = [until = asked_enough.get_future().share()](const SeenRequest&) {
    until.wait_for(std::chrono::seconds(10));
    return ScriptedAnswer{"", ScriptedAnswer::After::close};
  };
  const auto began = std::chrono::steady_clock::now();
  const RestRound round = poll(silence);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(2'500)) << "one time-out, not six";
  asked_enough.set_value();
  EXPECT_FALSE(round.complete);
  EXPECT_THAT(told(), Contains(StartsWith("poll_end balance timeout")));
}

TEST_F(RestLists, OrdersThatRestNoMoreAreLookedUp) {
  RestPlan plan;
  plan.open_orders = {"o-1", "o-2"};
  const RestRound round = poll(
      [](const SeenRequest& r) {
        if (r.target.ends_with("/margin/orders/o-1")) return http_answer(200, R"({"order":{"order_id":"o-1"}})");
        if (r.target.ends_with("/margin/orders/o-2")) return http_answer(404, R"({"code":"not_found"})");
        return http_answer(200, empty_list(r.target));
      },
      plan);
  EXPECT_TRUE(round.complete) << round.why;
  EXPECT_THAT(told(), Contains("rest GetMarginOrder order_id=o-1"));
}

TEST_F(RestLists, NothingCanBeWritten) {
  server_ = std::make_unique<ScriptedHttpServer>([](const SeenRequest& r) { return http_answer(200, empty_list(r.target)); });
  ReadOnly<PerpsClient> client(config(), {});
  for (const rest::OperationInfo* const info : rest::perps_operations()) {
    if (info->is_read()) continue;
    const auto refused = client.get(*info, nullptr);
    ASSERT_FALSE(refused) << info->operation_id;
    EXPECT_EQ(refused.error().category, ErrorCategory::internal);
  }
  EXPECT_TRUE(server_->requests().empty());
}

TEST_F(RestLists, NothingCanBeWrittenToKlear) {
  KlearConfig klear;
  klear.base_url = "http://127.0.0.1:1/klear-api/v1";
  ReadOnly<KlearClient> client(klear, {});
  for (const rest::OperationInfo* const info : rest::klear_operations()) {
    if (info->is_read()) continue;
    EXPECT_EQ(client.get(*info, nullptr).error().category, ErrorCategory::internal) << info->operation_id;
  }
}

// A page that found no room is not there: the list is not whole, and nothing is missing in it.
TEST_F(RestLists, AListOfWhichAPageFoundNoRoomIsNotWhole) {
  RecordQueueOptions small;
  small.records = 0;
  RecordQueue full(small);
  server_ = std::make_unique<ScriptedHttpServer>([](const SeenRequest& r) { return http_answer(200, empty_list(r.target)); });
  RestFeed feed({"alice", config(), {}, std::chrono::seconds(10)}, full);
  const RestRound round = feed.poll({});
  EXPECT_FALSE(round.complete);
  EXPECT_FALSE(round.fills_covered.has_value());
  EXPECT_THAT(round.why, HasSubstr("could not write"));
  for (const Record& record : full.take(std::chrono::milliseconds(0))) {
    if (record.kind == RecordKind::poll_end) {
      EXPECT_THAT(record.body, Not(HasSubstr("\nok")));
    }
  }
}

TEST_F(RestLists, AListThatDoesNotEndEndsWithTheRoundsTime) {
  RestPlan plan;
  plan.until = monotonic_clock().now() + std::chrono::milliseconds(300);
  const RestRound round = poll(
      [page = std::make_shared<std::atomic<int>>(0)](const SeenRequest& r) {
        if (r.target.find("fills") == std::string::npos) return http_answer(200, empty_list(r.target));
        return http_answer(200, R"({"fills":[],"cursor":"page)" + std::to_string(++*page) + "\"}");
      },
      plan);
  EXPECT_FALSE(round.complete);
  EXPECT_FALSE(round.fills_covered.has_value());
  EXPECT_THAT(told(), Contains(StartsWith("poll_end fills timeout")));
}

}  // namespace
}  // namespace marginfix::reconcile
