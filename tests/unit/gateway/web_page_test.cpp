// The gateway's page as bytes see it: who is answered, what is refused, what reaches the gateway and what does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>

#include "services/gateway/web/page.hpp"
#include "services/gateway/web/token.hpp"
#include "support/fake_gateway.hpp"
#include "support/raw_http_client.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::gateway {
namespace {

using test::RawAnswer;
using test::RawClient;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class GatewayPageTest : public testing::Test {
 protected:
  GatewayPageTest() {
    GatewayPageOptions options;
    options.dir = folder_.path();
    options.host_names = {"desk.example"};
    page_ = GatewayPage::start(std::move(options), gateway_).value();
    port_ = std::atoi(page_->url().substr(std::string("http://127.0.0.1:").size()).c_str());
    token_ = read_token(folder_.path()).value().reveal();
  }
  std::string head(const std::string& first_line, const std::string& more = "") {
    return first_line + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) + "\r\n" + more + "\r\n";
  }
  RawAnswer get(const std::string& target, const std::string& more = "") {
    RawClient client(port_);
    client.send(head("GET " + target, more));
    return client.answer();
  }
  RawAnswer post(const std::string& target, const std::string& body, const std::string& more) {
    RawClient client(port_);
    client.send(head("POST " + target, "Content-Length: " + std::to_string(body.size()) + "\r\n" + more) + body);
    return client.answer();
  }
  std::string bearer() const { return "Authorization: Bearer " + token_ + "\r\n"; }
  static std::string json() { return "Content-Type: application/json\r\n"; }

  test::TempFolder folder_;
  test::FakeGateway gateway_;
  std::unique_ptr<GatewayPage> page_;
  int port_{0};
  std::string token_;
};

TEST_F(GatewayPageTest, ThePageIsThereAndForbidsWhatItDoesNotNeed) {
  EXPECT_THAT(get("/").body, HasSubstr("<script src=\"/page.js\""));
  EXPECT_EQ(get("/page.js").header("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(get("/base.css").header("Content-Type"), "text/css; charset=utf-8");
  for (const char* target : {"/", "/base.js", "/page.js", "/base.css", "/page.css", "/icon.svg", "/api/status", "/api/orders", "/metrics",
                             "/healthz", "/readyz"}) {
    const RawAnswer answer = get(target);
    EXPECT_EQ(answer.status, 200) << target;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << target;
    EXPECT_EQ(answer.header("Cache-Control"), "no-store") << target;
    EXPECT_THAT(answer.header("Content-Security-Policy"), HasSubstr("default-src 'none'")) << target;
    EXPECT_THAT(answer.header("Content-Security-Policy"), Not(HasSubstr("unsafe"))) << target;
    EXPECT_THAT(answer.body, Not(HasSubstr(token_))) << target;
  }
}

TEST_F(GatewayPageTest, TheTokenIsMadeOnceForItsOwnerAlone) {
  struct stat made {};
  ASSERT_EQ(::stat(token_path(folder_.path()).c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 0777U, 0600U);
  EXPECT_GE(token_.size(), 64U);
  EXPECT_EQ(keep_token(folder_.path()).value().reveal(), token_) << "the one of before";
  folder_.write("empty/token", "\n");
  EXPECT_FALSE(keep_token(folder_.path("empty")));
  EXPECT_FALSE(keep_token(folder_.path("no-such-folder")));
}

TEST_F(GatewayPageTest, AForeignHostOrOriginIsRefused) {
  RawClient client(port_);
  client.send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(client.answer().status, 421);
  client.send("GET /api/status HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.answer().status, 400);
  client.send("GET /healthz HTTP/1.1\r\nHost: desk.example\r\n\r\n");
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(get("/api/status", "Origin: http://evil.example\r\n").status, 403);
  EXPECT_EQ(post("/kill", "", bearer() + "Origin: http://evil.example\r\n").status, 403);
  EXPECT_THAT(gateway_.told(), IsEmpty());
  EXPECT_EQ(gateway_.asked(), 0);
}

TEST_F(GatewayPageTest, StatusAndOrdersAreTheGateways) {
  EXPECT_EQ(boost::json::parse(get("/api/status").body).at("clients").as_array().size(), 3U);
  const auto all = boost::json::parse(get("/api/orders").body);
  EXPECT_EQ(all.at("orders").as_array().size(), 6U);
  EXPECT_EQ(all.at("more"), false);
  EXPECT_EQ(boost::json::parse(get("/api/orders?open=1").body).at("orders").as_array().size(), 3U);
  const auto one = boost::json::parse(get("/api/orders?client=DESK-B&most=1").body);
  EXPECT_EQ(one.at("orders").as_array().size(), 1U);
  EXPECT_EQ(one.at("more"), true);
  EXPECT_EQ(get("/api/orders?most=none").status, 400);
}

TEST_F(GatewayPageTest, HealthIsThisProcessAndReadinessTheGateways) {
  EXPECT_EQ(get("/healthz").body, "alive\n");
  EXPECT_EQ(gateway_.asked(), 0) << "health asks nobody who might be busy";
  EXPECT_EQ(get("/readyz").status, 200);
  gateway_.change([](GatewayStatus& status, auto&) { status.keys[1].state = "connecting"; });
  const RawAnswer no = get("/readyz");
  EXPECT_EQ(no.status, 503);
  EXPECT_THAT(no.body, HasSubstr("key second: connecting"));
  gateway_.change(
      [](GatewayStatus& status, auto&) { status = test::demo_status(), status.open = false, status.waits_for = "the listener"; });
  EXPECT_THAT(get("/readyz").body, HasSubstr("the listener"));
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(GatewayPageTest, MetricsAreServedAsText) {
  const RawAnswer answer = get("/metrics");
  EXPECT_EQ(answer.header("Content-Type"), "text/plain; version=0.0.4");
  EXPECT_THAT(answer.body, HasSubstr("marginfix_gateway_open 1\n"));
  EXPECT_THAT(answer.body, HasSubstr("# TYPE marginfix_gateway_latency_oms_to_exchange_microseconds histogram\n"));
  EXPECT_EQ(page_->metrics_url(), page_->url() + "metrics");
}

TEST_F(GatewayPageTest, KillArmAndReloadNeedTheToken) {
  const std::string reason = R"({"reason":"fat finger"})";
  for (const char* target : {"/kill", "/arm", "/reload"}) {
    EXPECT_EQ(post(target, "", "").status, 401) << target;
    EXPECT_EQ(post(target, "", "Authorization: Bearer wrong\r\n").status, 401) << target;
    EXPECT_EQ(post(std::string(target) + "?token=" + token_, "", "").status, 401) << target;
  }
  EXPECT_EQ(post("/kill", reason, bearer() + "Content-Type: text/plain\r\n").status, 415);
  EXPECT_EQ(post("/kill", "{", bearer() + json()).status, 400);
  EXPECT_THAT(gateway_.told(), IsEmpty());
  const RawAnswer killed = post("/kill", reason, bearer() + json());
  EXPECT_EQ(killed.status, 200);
  EXPECT_EQ(boost::json::parse(killed.body).at("done"), "killed: 12 orders are being cancelled");
  EXPECT_EQ(get("/readyz").status, 503);
  EXPECT_EQ(boost::json::parse(get("/api/status").body).at("kill").at("reason"), "fat finger");
  EXPECT_THAT(post("/arm", "", bearer()).body, HasSubstr("once more"));
  EXPECT_THAT(post("/arm", R"({"by":"command"})", bearer() + json()).body, HasSubstr("\"armed\""));
  EXPECT_EQ(post("/reload", "", bearer()).status, 200);
  EXPECT_EQ(post("/kill", "", bearer()).status, 200) << "in a hurry without a reason";
  EXPECT_THAT(gateway_.told(), ElementsAre("kill http fat finger", "arm http", "arm command", "reload", "kill http "));
}

TEST_F(GatewayPageTest, WhatTheGatewayRefusesIsTold) {
  Error no = fail(ErrorCategory::closed, "it is not killed");
  no.code = "not_killed";
  gateway_.refuse(no);
  const RawAnswer answer = post("/arm", "", bearer());
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.body, R"({"error":{"code":"not_killed","message":"it is not killed"}})");
}

TEST_F(GatewayPageTest, WhatIsNotThereAndWhatIsNotDone) {
  for (const char* target : {"/none", "/api/none", "/../etc/passwd", "/api/status/"}) EXPECT_EQ(get(target).status, 404) << target;
  const RawAnswer kill = get("/kill");
  EXPECT_EQ(kill.status, 405);
  EXPECT_EQ(kill.header("Allow"), "POST");
  const RawAnswer no = post("/api/status", "", bearer());
  EXPECT_EQ(no.status, 405);
  EXPECT_EQ(no.header("Allow"), "GET, HEAD");
  RawClient client(port_);
  client.send(head("DELETE /api/orders"));
  EXPECT_EQ(client.answer().status, 405);
  client.send(head("HEAD /metrics"));
  const RawAnswer head_only = client.answer(true);
  EXPECT_EQ(head_only.status, 200);
  EXPECT_GT(std::atoi(head_only.header("Content-Length").c_str()), 1000);
  EXPECT_THAT(gateway_.told(), IsEmpty());
}

TEST_F(GatewayPageTest, WhatOthersWroteStaysJson) {
  gateway_.change([](GatewayStatus&, std::vector<OrderRow>& rows) { rows[0].cl_ord_id = "<img src=x>\"\n", rows[0].text = "\xff\x01"; });
  const auto json = boost::json::parse(get("/api/orders?most=1").body);
  EXPECT_EQ(json.at("orders").at(0).at("cl_ord_id"), "<img src=x>\"\n");
}

TEST_F(GatewayPageTest, StoppingClosesConnections) {
  RawClient idle(port_);
  idle.send(head("GET /healthz"));
  ASSERT_EQ(idle.answer().status, 200);
  page_->stop();
  EXPECT_TRUE(idle.at_end());
  page_->stop();
}

TEST(GatewayPageStart, OnlyLoopbackUnlessSaidOtherwise) {
  test::FakeGateway gateway;
  const auto start = [&](const std::string& listen, bool remote) {
    GatewayPageOptions options;
    options.listen = listen, options.allow_remote = remote, options.token = SecretString("t"), options.remote_setting = "HttpRemote=Y";
    return GatewayPage::start(std::move(options), gateway);
  };
  const auto refused = start("0.0.0.0:0", false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().category, ErrorCategory::config);
  EXPECT_THAT(refused.error().message, HasSubstr("only where HttpRemote=Y says so"));
  EXPECT_TRUE(start("0.0.0.0:0", true));
  EXPECT_FALSE(start("127.0.0.1", false));
  GatewayPageOptions nowhere;
  nowhere.dir = "/no/such/folder";
  EXPECT_EQ(GatewayPage::start(std::move(nowhere), gateway).error().category, ErrorCategory::store);
}

}  // namespace
}  // namespace marginfix::gateway
