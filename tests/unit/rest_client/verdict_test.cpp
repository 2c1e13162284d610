// Retry-After, secrets in schemas, error bodies: the pieces of a verdict.
#include "rest/client/verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "marginfix/klear/balances.hpp"
#include "marginfix/klear/fcm.hpp"
#include "marginfix/klear/reports.hpp"
#include "marginfix/rest/margin.hpp"
#include "marginfix/rest/orders.hpp"
#include "rest/client/error_body.hpp"
#include "rest/client/unknown_outcome.hpp"

namespace marginfix::rest {
namespace {

using std::chrono::milliseconds;

const Timestamp kNow = parse_rfc3339("2026-11-22T18:32:01.250Z").value();

TEST(RetryAfter, isSecondsOrADate) {
  EXPECT_EQ(parse_retry_after("0", kNow), milliseconds(0));
  EXPECT_EQ(parse_retry_after("7", kNow), milliseconds(7'000));
  EXPECT_EQ(parse_retry_after("Sun, 22 Nov 2026 18:32:11 GMT", kNow), milliseconds(9'750));
  EXPECT_EQ(parse_retry_after("Sunday, 22-Nov-26 18:32:03 GMT", kNow), milliseconds(1'750));
}

TEST(RetryAfter, aPastDateIsNow) { EXPECT_EQ(parse_retry_after("Sun, 22 Nov 2026 18:00:00 GMT", kNow), milliseconds(0)); }

TEST(RetryAfter, aHugeNumberIsStillANumber) {
  EXPECT_GT(parse_retry_after("99999999999999999999999", kNow), milliseconds(1'000'000));
  EXPECT_GT(parse_retry_after("9223372036854775807", kNow), milliseconds(1'000'000));
}

TEST(RetryAfter, anythingElseIsNoWait) {
  for (const char* text : {"", "-1", "soon", "1.5", "7 s", "12:00"}) EXPECT_EQ(parse_retry_after(text, kNow), std::nullopt) << text;
}

TEST(Secrets, areFoundAtAnyDepth) {
  EXPECT_TRUE(holds_secret(json::type_of<klear::GenerateMarginFcmApiKeyResponse>()));
  EXPECT_TRUE(holds_secret(json::type_of<klear::GetMarginReportsResponse>())) << "presigned URLs, in a list";
  EXPECT_FALSE(holds_secret(json::type_of<GetMarginRiskResponse>()));
}

TEST(ErrorBody, nothingIsMadeUp) {
  for (const char* text : {"", "x", "17", "[]", "{}", "{\"other\":1}", "null", R"({"error":null})", R"({"error":{}})"}) {
    const auto body = read_error_body(text);
    EXPECT_EQ(body.code, "") << text;
    EXPECT_EQ(body.message, "") << text;
  }
}

TEST(ErrorBody, detailsStandAloneWhenThereIsNoMessage) {
  EXPECT_EQ(read_error_body(R"({"code":"c","details":"d"})").message, "d");
  EXPECT_EQ(read_error_body(R"({"code":"c","message":"m","details":"m"})").message, "m");
}

HttpAnswer answer_of(std::int32_t status, std::string body) {
  HttpAnswer answer;
  answer.end = HttpEnd::answered;
  answer.sent = true;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}
HttpAnswer no_answer_of(HttpEnd end, bool sent) {
  HttpAnswer answer;
  answer.end = end;
  answer.sent = sent;
  return answer;
}
Error error_of(const OperationInfo& info, HttpAnswer answer) { return judge(info, std::move(answer), "where", kNow).result.error(); }

TEST(UnknownOutcome, everyWriteThatChangesSomethingSaysHowToFindOut) {
  for (const auto operations : {perps_operations(), klear_operations()}) {
    for (const OperationInfo* info : operations) {
      const bool changes = !info->is_read() && info->name != "estimate_maintenance_margin";
      EXPECT_EQ(where_to_look(*info).empty(), !changes) << info->family << ' ' << info->name;
      const Error error = error_of(*info, answer_of(503, "{}"));
      EXPECT_EQ(error.message.find("outcome is unknown") != std::string::npos, changes) << error.message;
    }
  }
}

TEST(UnknownOutcome, isAnyEndWithoutAnAnswerAndAny5xx) {
  const OperationInfo& create = Operation<CreateMarginOrder>::info;
  for (const HttpEnd end : {HttpEnd::timed_out, HttpEnd::cut, HttpEnd::cancelled, HttpEnd::not_http, HttpEnd::too_big}) {
    const Error open = error_of(create, no_answer_of(end, true));
    EXPECT_TRUE(open.may_have_been_sent);
    EXPECT_THAT(open.message, testing::HasSubstr("client_order_id"));
  }
  for (const std::int32_t status : {408, 500, 502, 503, 504, 520}) EXPECT_TRUE(error_of(create, answer_of(status, "")).may_have_been_sent);
  const Error unreadable = error_of(create, answer_of(201, ""));
  EXPECT_TRUE(unreadable.may_have_been_sent);
  EXPECT_THAT(unreadable.message, testing::HasSubstr("outcome is unknown"));
  EXPECT_THAT(error_of(Operation<klear::WithdrawSettlementBalance>::info, no_answer_of(HttpEnd::timed_out, true)).message,
              testing::HasSubstr("settlement_balance_history"));
}

TEST(UnknownOutcome, isNotWhatWasRefusedOrNeverLeft) {
  const OperationInfo& create = Operation<CreateMarginOrder>::info;
  for (const std::int32_t status : {400, 401, 403, 404, 409, 429}) {
    const Error refused = error_of(create, answer_of(status, R"({"error":{"code":"x","message":"y"}})"));
    EXPECT_FALSE(refused.may_have_been_sent);
    EXPECT_THAT(refused.message, testing::Not(testing::HasSubstr("unknown")));
  }
  const Error unsent = error_of(create, no_answer_of(HttpEnd::no_connect, false));
  EXPECT_FALSE(unsent.may_have_been_sent);
  EXPECT_THAT(unsent.message, testing::Not(testing::HasSubstr("unknown")));
}

}  // namespace
}  // namespace marginfix::rest
