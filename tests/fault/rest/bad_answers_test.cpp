// Everything a server, or something between it and us, can answer that is not what was promised: each a typed error with status, code,
// message and request id, and none that shows a secret.
#include <gmock/gmock.h>
#include <zlib.h>

#include "fault/rest/rest_fixture.hpp"
#include "marginfix/klear_client.hpp"
#include "marginfix/perps_client.hpp"

namespace marginfix::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string gzip(std::string_view text) {
  z_stream z{};
  if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::runtime_error("gzip");
  std::string out(deflateBound(&z, text.size()) + 32, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

// What the status operation makes of one answer. The client under test tries once.
Result<rest::ExchangeStatus> status_for(const ScriptedAnswer& answer, std::size_t most_body = 1 << 20) {
  ScriptedHttpServer server([&](const SeenRequest&) { return answer; });
  auto config = config_for(server.origin());
  config.http.retry.more_tries = 0;
  config.http.most_body = most_body;
  PerpsClient client(config);
  return client.exchange().status();
}

struct Body {
  const char* name;
  int status;
  const char* type;
  const char* body;
  const char* code;
  const char* message;  // a part of it
};
class ErrorBodies : public testing::TestWithParam<Body> {};
INSTANTIATE_TEST_SUITE_P(
    Shapes, ErrorBodies,
    testing::Values(
        Body{"Nested", 401, "application/json",
             R"({"error":{"code":"authentication_error","message":"authentication_error","details":"INCORRECT_API_KEY_SIGNATURE"}})",
             "authentication_error", "INCORRECT_API_KEY_SIGNATURE"},
        Body{"NestedWithService", 404, "application/json", R"({"error":{"code":"not_found","message":"not found","service":"exchange"}})",
             "not_found", "not found [exchange]"},
        Body{"Flat", 400, "application/json", R"({"code":"invalid_content_type","message":"content type is not JSON"})",
             "invalid_content_type", "400 invalid_content_type: content type is not JSON"},
        Body{"Bare", 400, "application/json", R"({"msg":"Query argument start_date is required, but not found"})", "",
             "400: Query argument start_date is required, but not found"},
        Body{"DynamicCode", 400, "application/json", R"({"error":{"code":"user_not_found:_1b2c","message":"user not found"}})",
             "user_not_found:_1b2c", "user not found"},
        Body{"ErrorIsAText", 403, "application/json", R"({"error":"forbidden \"here\""})", "", R"(forbidden "here")"},
        Body{"CodeIsANumber", 409, "application/json", R"({"code":17,"message":null})", "17", "409 17"},
        Body{"DetailsAreAnObject", 400, "application/json", R"({"code":"invalid","message":"bad","details":{"field":"price"}})", "invalid",
             R"(bad ({"field":"price"}))"},
        Body{"Empty", 500, "application/json", "", "", "500 with an empty body"},
        Body{"Html", 502, "text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>", "", "with a page instead of an answer"},
        Body{"TruncatedJson", 500, "application/json", R"({"error":{"code":"interna)", "", R"(500 {"error":{"code":"interna)"},
        Body{"AnArray", 400, "application/json", R"([1,2])", "", "400 [1,2]"},
        Body{"PlainText", 503, "text/plain", "upstream connect error\r\nreset", "", "503 upstream connect error  reset"},
        Body{"Teapot", 418, "application/json", R"({"code":"teapot"})", "teapot", "418 teapot"}),
    [](const auto& of) { return of.param.name; });

TEST_P(ErrorBodies, becomeErrorsWithEverythingInThem) {
  const Body& body = GetParam();
  const auto got = status_for(http_answer(body.status, body.body, body.type, "X-Request-Id: req-42\r\n"));
  ASSERT_FALSE(got);
  const Error& error = got.error();
  EXPECT_EQ(error.category, ErrorCategory::http);
  EXPECT_EQ(error.status, body.status);
  EXPECT_EQ(error.code, body.code);
  EXPECT_THAT(error.message, AllOf(HasSubstr("/trade-api/v2/margin/exchange/status: "), HasSubstr(body.message)));
  EXPECT_EQ(error.request_id, "req-42");
  EXPECT_EQ(error.context, body.body);
}

TEST(ErrorBodies, aVeryLongOneIsShortened) {
  const auto got = status_for(http_answer(400, std::string(100'000, 'x'), "text/plain"));
  EXPECT_LE(got.error().context.size(), 2'000U);
  EXPECT_LE(got.error().message.size(), 400U);
}

struct Success {
  const char* name;
  ScriptedAnswer answer;
  const char* message;
};
class BadSuccess : public testing::TestWithParam<Success> {};
INSTANTIATE_TEST_SUITE_P(
    Answers, BadSuccess,
    testing::Values(Success{"Html", http_answer(200, "<html>log in</html>", "text/html"), "content of type \"text/html\""},
                    Success{"JsonUnderAnotherName", http_answer(200, kStatus, "text/plain"), "content of type \"text/plain\""},
                    Success{"Empty", http_answer(200, ""), "empty body instead of ExchangeStatus"},
                    Success{"NoContent", http_answer(204, ""), "empty body instead of ExchangeStatus"},
                    Success{"TruncatedJson", http_answer(200, R"({"exchange_active":true,"trad)"), "not ExchangeStatus"},
                    Success{"AnotherTopLevel", http_answer(200, "[]"), "not ExchangeStatus"},
                    Success{"AnotherType", http_answer(200, R"({"exchange_active":"yes","trading_active":true})"), "exchange_active"},
                    Success{"MissingMember", http_answer(200, R"({"exchange_active":true})"), "trading_active"},
                    Success{"SomethingBehind", http_answer(200, std::string(kStatus) + "x"), "not ExchangeStatus"},
                    Success{"NotCompressedAsClaimed", http_answer(200, kStatus, "application/json", "Content-Encoding: gzip\r\n"),
                            "decompressed"},
                    Success{"NotHttp", {"220 smtp.example.org ready\r\n", ScriptedAnswer::After::close}, "not HTTP"}),
    [](const auto& of) { return of.param.name; });

TEST_P(BadSuccess, isADecodeError) {
  const auto got = status_for(GetParam().answer);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().category, ErrorCategory::decode) << got.error().message;
  EXPECT_THAT(got.error().message, HasSubstr(GetParam().message));
  EXPECT_TRUE(got.error().may_have_been_sent);
}

TEST(GoodSuccess, needsNoContentTypeAndTakesAnyJsonOne) {
  EXPECT_TRUE(status_for(http_answer(200, kStatus, "")));
  EXPECT_TRUE(status_for(http_answer(200, kStatus, "Application/JSON; charset=utf-8")));
  EXPECT_TRUE(status_for(http_answer(200, kStatus, "application/problem+json")));
  EXPECT_TRUE(status_for(http_answer(206, kStatus))) << "any 2xx is a success";
}

TEST(GoodSuccess, mayBeCompressed) {
  ScriptedHttpServer server(
      [](const SeenRequest&) { return http_answer(200, gzip(kStatus), "application/json", "Content-Encoding: gzip\r\n"); });
  PerpsClient client(config_for(server.origin()));
  EXPECT_TRUE(client.exchange().status());
  EXPECT_EQ(server.requests().at(0).header("accept-encoding"), "gzip");
}

TEST(BodyLimit, holdsForEveryWayABodyComes) {
  const std::string big = R"({"exchange_active":true,"trading_active":true,"padding":")" + std::string(5'000, ' ') + "\"}";
  EXPECT_TRUE(status_for(http_answer(200, big), big.size()));
  const auto plain = status_for(http_answer(200, big), big.size() - 1);
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().category, ErrorCategory::decode);
  EXPECT_THAT(plain.error().message, HasSubstr("most_body"));
  const auto bomb =
      status_for(http_answer(200, gzip(std::string(3'000'000, ' ')), "application/json", "Content-Encoding: gzip\r\n"), 4'000);
  EXPECT_THAT(bomb.error().message, HasSubstr("most_body"));
  std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 6; ++i) chunked += "3e8\r\n" + std::string(1'000, ' ') + "\r\n";
  EXPECT_THAT(status_for({chunked, ScriptedAnswer::After::close}, 4'000).error().message, HasSubstr("most_body"));
}

TEST(BodyLimit, countsHeadersToo) {
  std::string answer = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 40; ++i) answer += "X-" + std::to_string(i) + ": " + std::string(10'000, 'x') + "\r\n";
  const auto got = status_for({answer + "Content-Length: 2\r\n\r\n{}", ScriptedAnswer::After::close});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().category, ErrorCategory::decode) << got.error().message;
}

TEST(NoContent, isWhatItIs) {
  ScriptedHttpServer server([](const SeenRequest& request) { return http_answer(request.number == 1 ? 204 : 200, ""); });
  PerpsClient client(config_for(server.origin()));
  EXPECT_TRUE(client.orders().cancel_all());
  EXPECT_TRUE(client.orders().cancel_all()) << "an empty 200 is no content too";
}

TEST(RequestId, isFoundUnderItsOtherNames) {
  for (const char* name : {"Request-Id", "X-Amzn-RequestId", "X-Amz-Cf-Id", "CF-Ray"}) {
    const auto got = status_for(http_answer(400, "{}", "application/json", std::string(name) + ": r\r\n"));
    EXPECT_EQ(got.error().request_id, "r") << name;
  }
}

// ---- Klear: the token, and answers that hold secrets ----------------------------------------------------------------------------------

constexpr const char* kToken = "s3cr3t-t0ken-value";

KlearConfig klear_for(const std::string& origin) {
  KlearConfig config;
  config.base_url = origin + "/klear-api/v1";
  config.admin_user_id = " admin-1 ";
  config.access_token = SecretString(std::string(" ") + kToken + "\n");
  return config;
}

TEST(Klear, sendsTheTokenTrimmedAndNothingElse) {
  ScriptedHttpServer server([](const SeenRequest&) { return http_answer(500, "{}"); });
  auto config = klear_for(server.origin());
  config.http.retry.more_tries = 0;
  KlearClient client(config);
  EXPECT_FALSE(client.margin().settlement_balance());
  const auto seen = server.requests().at(0);
  EXPECT_EQ(seen.header("authorization"), std::string("Bearer admin-1:") + kToken);
  EXPECT_EQ(seen.header("kalshi-access-key"), "");
  EXPECT_EQ(seen.target, "/klear-api/v1/margin/settlement_balance");
}

TEST(Klear, theTokenIsInNoErrorNoLogAndNoPrintedConfig) {
  // A server that sends back what it was sent, in every way it can.
  ScriptedHttpServer server([](const SeenRequest& request) {
    const std::string echo = request.header("authorization");
    return http_answer(500, R"({"code":")" + echo + R"(","message":"you sent )" + echo + " and " + kToken + "\"}");
  });
  auto config = klear_for(server.origin());
  config.http.retry.backoff = {std::chrono::milliseconds(1), std::chrono::milliseconds(1), std::chrono::milliseconds(0)};
  auto log = std::make_shared<LineSink>();
  RestClientOptions options;
  options.log = log;
  KlearClient client(config, options);
  const auto got = client.margin().settlement_balance();
  ASSERT_FALSE(got);
  const Error& error = got.error();
  EXPECT_THAT(error.message + error.context + error.code + to_string(error), Not(HasSubstr(kToken)));
  EXPECT_THAT(log->all(), Not(HasSubstr(kToken)));
  EXPECT_GE(log->count("settlement_balance"), 4U);
  EXPECT_THAT(to_string(config), AllOf(Not(HasSubstr(kToken)), HasSubstr("admin-1")));
}

TEST(Klear, anAnswerThatHoldsASecretIsNotRepeatedInAnError) {
  ScriptedHttpServer server(
      [](const SeenRequest&) { return http_answer(201, R"({"private_key":"-----BEGIN RSA PRIVATE KEY-----\nMIIEvery)"); });
  KlearClient client(klear_for(server.origin()));
  const auto got = client.margin().generate_fcm_api_key({.body = {.name = "desk", .fcm_subtrader_id = "u_1"}});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().category, ErrorCategory::decode) << got.error().message;
  EXPECT_TRUE(got.error().may_have_been_sent);
  EXPECT_THAT(got.error().message + got.error().context, Not(HasSubstr("MIIE")));
  EXPECT_EQ(server.requests().size(), 1U);
}

}  // namespace
}  // namespace marginfix::test
