// Retry-After, secrets in schemas, error bodies: the pieces of a verdict.
#include "rest/client/verdict.hpp"

#include <gtest/gtest.h>

#include "marginfix/klear/fcm.hpp"
#include "marginfix/klear/reports.hpp"
#include "marginfix/rest/margin.hpp"
#include "rest/client/error_body.hpp"

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

}  // namespace
}  // namespace marginfix::rest
