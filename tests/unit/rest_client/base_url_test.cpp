// Base URLs: what is taken, what is refused, and what is signed of them.
#include "rest/config/base_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace marginfix::rest {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(BaseUrl, isTakenApart) {
  const auto url = parse_base_url("https://Example.org:8443/trade-api/v2/", "base_url").value();
  EXPECT_EQ(url.origin, "https://Example.org:8443");
  EXPECT_EQ(url.host, "Example.org");
  EXPECT_EQ(url.path, "/trade-api/v2");
  EXPECT_TRUE(url.tls);
  EXPECT_FALSE(url.loopback);
}

TEST(BaseUrl, percentEscapesAreSignedInUpperCase) { EXPECT_EQ(parse_base_url("https://h/a%2fb%c3/", "u").value().path, "/a%2Fb%C3"); }

TEST(BaseUrl, mayHaveNoPathAndAnAddress) {
  EXPECT_EQ(parse_base_url("https://10.0.0.1", "u").value().path, "");
  const auto six = parse_base_url("http://[::1]:80/x", "u").value();
  EXPECT_EQ(six.host, "::1");
  EXPECT_EQ(six.origin, "http://[::1]:80");
  EXPECT_TRUE(six.loopback);
}

TEST(BaseUrl, plainHttpIsForLoopbackOnly) {
  for (const char* good : {"http://127.0.0.1:1/x", "http://localhost/x", "http://[::1]/x"}) EXPECT_TRUE(parse_base_url(good, "u")) << good;
  for (const char* bad : {"http://example.org/x", "http://127.example.org/x", "http://10.0.0.1/x", "http://[::2]/x"}) {
    const auto url = parse_base_url(bad, "base_url");
    ASSERT_FALSE(url) << bad;
    EXPECT_EQ(url.error().category, ErrorCategory::config);
    EXPECT_THAT(url.error().message, HasSubstr("loopback"));
  }
}

TEST(BaseUrl, whatIsNoBaseUrlIsRefused) {
  for (const char* bad : {"", "example.org", "ftp://h/x", "wss://h/x", "https://", "https:///x", "https://h:0/x", "https://h:70000/x",
                          "https://h:/x", "https://h:8x/x", "https://[::1/x", "https://a b/x", "https://h/a b", "https://h/%2",
                          "https://h/%zz", "https://h/x?y=1", "https://h/x#y", "https://h\r\nX: y/x", "https://::1/x"})
    EXPECT_FALSE(parse_base_url(bad, "u")) << bad;
}

TEST(BaseUrl, credentialsAreRefusedAndNotRepeated) {
  const auto url = parse_base_url("https://user:hunter2@h/x", "base_url");
  ASSERT_FALSE(url);
  EXPECT_THAT(url.error().message, Not(HasSubstr("hunter2")));
}

TEST(BaseUrl, environmentsAreNotMixed) {
  EXPECT_TRUE(check_environment(Environment::demo, "external-api.demo.kalshi.co", "u"));
  EXPECT_TRUE(check_environment(Environment::demo, "localhost", "u"));
  EXPECT_TRUE(check_environment(std::nullopt, "external-api.kalshi.com", "u"));
  EXPECT_THAT(check_environment(Environment::demo, "external-api.kalshi.com", "base_url").error().message,
              HasSubstr("is the production exchange's, but the configuration says demo"));
}

}  // namespace
}  // namespace marginfix::rest
