// Who may use the control port: programs of this machine that can read endpoints.json, nobody's web page.
#include <gtest/gtest.h>

#include "sim/doors/control/control.hpp"

namespace marginfix::sim {
namespace {

const std::string kToken(64, 'a');

int status(HttpHeaders headers, const std::string& token = kToken) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/state";
  request.headers = std::move(headers);
  const auto refusal = check_control_access(request, SecretString(token));
  if (!refusal) return 200;
  EXPECT_NE(refusal->body.find("{\"error\":\""), std::string::npos);
  EXPECT_EQ(refusal->body.find(kToken), std::string::npos);
  return refusal->status;
}

TEST(ControlAccess, TheTokenOpens) {
  for (const char* host : {"127.0.0.1", "127.0.0.1:40020", "localhost:1", "LOCALHOST", "[::1]:80", "[::1]"}) {
    EXPECT_EQ(status({{"Host", host}, {"Authorization", "Bearer " + kToken}}), 200) << host;
  }
  EXPECT_EQ(status({{"Host", "localhost"}, {"Authorization", "bearer  " + kToken + " "}}), 200) << "the scheme's case does not matter";
  EXPECT_EQ(status({{"Host", "localhost"}, {"Origin", "http://127.0.0.1:3000"}, {"Authorization", "Bearer " + kToken}}), 200);
}

TEST(ControlAccess, NothingElseDoes) {
  EXPECT_EQ(status({{"Host", "localhost"}}), 401);
  EXPECT_EQ(status({{"Host", "localhost"}, {"Authorization", kToken}}), 401);
  EXPECT_EQ(status({{"Host", "localhost"}, {"Authorization", "Basic " + kToken}}), 401);
  EXPECT_EQ(status({{"Host", "localhost"}, {"Authorization", "Bearer "}}), 401);
  EXPECT_EQ(status({{"Host", "localhost"}, {"Authorization", "Bearer " + kToken.substr(1)}}), 401);
  EXPECT_EQ(status({{"Host", "localhost"}, {"Authorization", "Bearer " + kToken + "a"}}), 401);
  EXPECT_EQ(status({{"Host", "localhost"}, {"Authorization", "Bearer "}}, ""), 401) << "no token opens nothing";
}

TEST(ControlAccess, NoOtherHostAndNoOtherOriginWithTheRightTokenEither) {
  const std::string bearer = "Bearer " + kToken;
  for (const char* host : {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "127.0.0.1:80@evil.example", "127.0.0.11",
                           "localhosts", "", "[::1]x", "0.0.0.0:1"}) {
    EXPECT_EQ(status({{"Host", host}, {"Authorization", bearer}}), 403) << host;
  }
  EXPECT_EQ(status({{"Authorization", bearer}}), 403);
  for (const char* origin : {"http://evil.example", "null", "https://127.0.0.1.evil.example", "file://", "localhost"}) {
    EXPECT_EQ(status({{"Host", "localhost"}, {"Origin", origin}, {"Authorization", bearer}}), 403) << origin;
  }
}

}  // namespace
}  // namespace marginfix::sim
