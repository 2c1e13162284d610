// Who may ask the page, and how a request's parts are read.
#include <gtest/gtest.h>

#include "services/http/http.hpp"

namespace marginfix::services {
namespace {

HttpRequest request_with(std::vector<std::pair<std::string, std::string>> headers) {
  HttpRequest request;
  request.method = "GET", request.path = "/";
  request.headers = std::move(headers);
  return request;
}

int refusal(std::vector<std::pair<std::string, std::string>> headers) {
  const HostNames names("127.0.0.1", 8080, {"desk.example", "ops.example:9999"});
  const auto reply = refused(request_with(std::move(headers)), names);
  return reply ? reply->status : 0;
}

TEST(WebHttp, OnlyItsOwnNamesAreAnswered) {
  for (const char* host :
       {"127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "[::1]:8080", "desk.example", "desk.example:8080", "ops.example:9999"}) {
    EXPECT_EQ(refusal({{"Host", host}}), 0) << host;
  }
  for (const char* host : {"evil.example", "127.0.0.1", "127.0.0.1:8081", "localhost:8080.evil.example", "ops.example:8080", "ops.example",
                           "", "127.0.0.1:8080 "}) {
    EXPECT_EQ(refusal({{"Host", host}}), 421) << host;
  }
  EXPECT_EQ(refusal({}), 400);
  EXPECT_EQ(refusal({{"Host", "localhost:8080"}, {"host", "localhost:8080"}}), 400);
}

TEST(WebHttp, APageOfAnotherSiteIsRefused) {
  EXPECT_EQ(refusal({{"Host", "localhost:8080"}, {"Origin", "http://localhost:8080"}}), 0);
  for (const char* origin : {"http://evil.example", "null", "http://localhost:8081", "file://", "http://localhost:8080@evil.example"}) {
    EXPECT_EQ(refusal({{"Host", "localhost:8080"}, {"Origin", origin}}), 403) << origin;
  }
}

TEST(WebHttp, TheTokenIsTheWholeTokenOnce) {
  const SecretString token("s3cret");
  EXPECT_TRUE(has_token(request_with({{"authorization", "Bearer s3cret"}}), token));
  for (const char* given : {"", "s3cret", "Bearer ", "Bearer s3cre", "Bearer s3crett", "bearer s3cret", "Basic s3cret"}) {
    EXPECT_FALSE(has_token(request_with({{"Authorization", given}}), token)) << given;
  }
  EXPECT_FALSE(has_token(request_with({{"Authorization", "Bearer s3cret"}, {"Authorization", "Bearer s3cret"}}), token));
  EXPECT_FALSE(has_token(request_with({{"Authorization", "Bearer "}}), SecretString()));
  EXPECT_FALSE(has_token(request_with({}), token));
}

TEST(WebHttp, ParametersAreDecoded) {
  HttpRequest request;
  request.query = "state=open&account=a%26b+c&empty=&bad=%4&state=all&flag";
  EXPECT_EQ(request.parameter("state"), "open");
  EXPECT_EQ(request.parameter("account"), "a&b c");
  EXPECT_EQ(request.parameter("empty"), "");
  EXPECT_EQ(request.parameter("bad"), "");
  EXPECT_EQ(request.parameter("flag"), "");
  EXPECT_EQ(request.parameter("none"), "");
}

TEST(WebHttp, AnErrorIsJsonWhateverItSays) {
  EXPECT_EQ(http_error(400, "bad", "a \"quote\"").body, R"({"error":{"code":"bad","message":"a \"quote\""}})");
}

}  // namespace
}  // namespace marginfix::services
