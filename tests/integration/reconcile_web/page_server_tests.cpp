// The page's server as bytes see it: who is answered, what is refused, limits, time-outs, the live stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <chrono>

#include "integration/reconcile_web/served_page.hpp"
#include "services/http/http_server.hpp"
#include "support/raw_http_client.hpp"

namespace marginfix::reconcile {
namespace {

using services::HttpHandler;
using services::HttpLimits;
using services::HttpReply;
using services::HttpRequest;
using services::HttpServer;
using services::HttpServerOptions;
using test::RawAnswer;
using test::RawClient;
using test::ServedPage;
using testing::HasSubstr;
using testing::Not;

class Page : public testing::Test {
 protected:
  std::string head(const std::string& first_line, const std::string& more = "") {
    return first_line + " HTTP/1.1\r\nHost: " + served_.host() + "\r\n" + more + "\r\n";
  }
  RawAnswer get(const std::string& target, const std::string& more = "") {
    RawClient client(served_.port);
    client.send(head("GET " + target, more));
    return client.answer();
  }
  RawAnswer post(const std::string& target, const std::string& body, const std::string& more) {
    RawClient client(served_.port);
    client.send(head("POST " + target, "Content-Length: " + std::to_string(body.size()) + "\r\n" + more) + body);
    return client.answer();
  }
  static std::string bearer(const std::string& token) {
    return "Authorization: Bearer " + token + "\r\nContent-Type: application/json\r\n";
  }

  static constexpr const char* kDecision = R"({"action":"accept","user":"Ana","reason":"known"})";
  ServedPage served_{300};
};

TEST_F(Page, EachAnswerForbidsWhatAPageDoesNotNeed) {
  for (const char* target :
       {"/", "/base.js", "/page.js", "/base.css", "/page.css", "/icon.svg", "/api/summary", "/metrics", "/healthz", "/readyz", "/none"}) {
    const RawAnswer answer = get(target);
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << target;
    EXPECT_EQ(answer.header("Cache-Control"), "no-store") << target;
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer") << target;
    const std::string policy = answer.header("Content-Security-Policy");
    for (const char* part : {"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'",
                             "base-uri 'none'"}) {
      EXPECT_THAT(policy, HasSubstr(part)) << target;
    }
    EXPECT_THAT(policy, Not(HasSubstr("unsafe"))) << target;
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "") << target;
  }
}

TEST_F(Page, ThePageIsThereAndTheTokenIsNowhere) {
  EXPECT_THAT(get("/").body, HasSubstr("<script src=\"/page.js\""));
  EXPECT_EQ(get("/page.js").header("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(get("/page.css").header("Content-Type"), "text/css; charset=utf-8");
  for (const char* target : {"/", "/page.js", "/api/summary", "/api/breaks?state=all", "/metrics", "/readyz"}) {
    EXPECT_THAT(get(target).body, Not(HasSubstr(ServedPage::kToken))) << target;
  }
}

TEST_F(Page, AForeignHostOrOriginIsRefused) {
  RawClient client(served_.port);
  client.send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(client.answer().status, 421);
  client.send("GET /api/summary HTTP/1.1\r\nHost: evil.example:" + std::to_string(served_.port) + "\r\n\r\n");
  EXPECT_EQ(client.answer().status, 421);
  client.send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.answer().status, 400);
  client.send("GET http://evil.example/ HTTP/1.1\r\nHost: " + served_.host() + "\r\n\r\n");
  EXPECT_EQ(client.answer().status, 404);
  client.send("GET / HTTP/1.1\r\nHost: localhost:" + std::to_string(served_.port) + "\r\n\r\n");
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(get("/api/summary", "Origin: http://evil.example\r\n").status, 403);
  EXPECT_EQ(post("/api/breaks/30", kDecision, bearer(ServedPage::kToken) + "Origin: http://evil.example\r\n").status, 403);
  EXPECT_EQ(served_.decisions, 0);
}

TEST_F(Page, ClosingABreakNeedsTheToken) {
  EXPECT_EQ(post("/api/breaks/30", kDecision, "Content-Type: application/json\r\n").status, 401);
  EXPECT_EQ(post("/api/breaks/30", kDecision, bearer("wrong")).status, 401);
  EXPECT_EQ(post("/api/breaks/30?token=" + std::string(ServedPage::kToken), kDecision, "Content-Type: application/json\r\n").status, 401);
  EXPECT_EQ(served_.decisions, 0);
  EXPECT_EQ(
      post("/api/breaks/30", kDecision, "Authorization: Bearer " + std::string(ServedPage::kToken) + "\r\nContent-Type: text/plain\r\n")
          .status,
      415);
  EXPECT_EQ(post("/api/breaks/30", "{}", bearer(ServedPage::kToken)).status, 400);
  EXPECT_EQ(post("/api/breaks/31", kDecision, bearer(ServedPage::kToken)).status, 404);
  EXPECT_EQ(served_.decisions, 0);
  EXPECT_EQ(post("/api/breaks/30", kDecision, bearer(ServedPage::kToken)).status, 200);
  EXPECT_EQ(served_.decisions, 1);
  EXPECT_THAT(get("/api/breaks/30").body, HasSubstr(R"("state":"accepted")"));
  const RawAnswer again = post("/api/breaks/30", kDecision, bearer(ServedPage::kToken));
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, HasSubstr("\"gone\""));
}

TEST_F(Page, AConnectionServesManyRequests) {
  RawClient client(served_.port);
  client.send(head("GET /healthz") + head("GET /readyz") + head("HEAD /"));  // pipelined
  EXPECT_EQ(client.answer().body, "alive\n");
  EXPECT_EQ(client.answer().status, 503);  // bob's WebSocket has not answered yet
  const RawAnswer head_only = client.answer(true);
  EXPECT_EQ(head_only.status, 200);
  EXPECT_GT(std::atoi(head_only.header("Content-Length").c_str()), 500);
  client.send(head("GET /healthz", "Connection: close\r\n"));
  EXPECT_EQ(client.answer().body, "alive\n");
  EXPECT_TRUE(client.at_end());
}

TEST_F(Page, WhatIsNotThereAndWhatIsNotDone) {
  EXPECT_EQ(get("/none").status, 404);
  EXPECT_EQ(get("/api/breaks/999").status, 404);
  EXPECT_EQ(get("/../etc/passwd").status, 404);
  const RawAnswer no = post("/api/summary", "", "");
  EXPECT_EQ(no.status, 405);
  EXPECT_EQ(no.header("Allow"), "GET, HEAD");
  RawClient client(served_.port);
  client.send(head("DELETE /api/breaks/30"));
  const RawAnswer other = client.answer();
  EXPECT_EQ(other.status, 405);
  EXPECT_EQ(other.header("Allow"), "GET, HEAD, POST");
  client.send(head("BREW /"));
  EXPECT_EQ(client.answer().status, 405);
}

TEST_F(Page, TooMuchIsRefusedAndTheServerLives) {
  EXPECT_EQ(get("/", "X-Long: " + std::string(20'000, 'x') + "\r\n").status, 431);
  EXPECT_EQ(post("/api/breaks/30", std::string(70'000, ' '), bearer(ServedPage::kToken)).status, 413);
  for (const char* bytes : {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"}) {
    RawClient client(served_.port);
    client.send(bytes);
    EXPECT_EQ(client.answer().status, 400) << bytes;
    EXPECT_TRUE(client.at_end());
  }
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Page, ReadyIsWhenEachSourceHasAnswered) {
  EXPECT_THAT(get("/readyz").body, HasSubstr("bob websocket"));
  auto row = find<SourceRow>(*served_.ledger, "bob", Source::websocket);
  row->state = SourceState::unknown;  // an answer, too: it is known that it does not answer
  put(*served_.ledger, *row);
  EXPECT_EQ(get("/readyz").status, 200);
  served_.ledger->execute("DELETE FROM sources");
  EXPECT_EQ(get("/readyz").status, 503);
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Page, MetricsAreOfTheTextFormat) {
  const RawAnswer answer = get("/metrics");
  EXPECT_EQ(answer.header("Content-Type"), "text/plain; version=0.0.4");
  EXPECT_THAT(answer.body, HasSubstr("marginfix_reconcile_fills_total 300\n"));
  EXPECT_THAT(answer.body, HasSubstr("marginfix_reconcile_of_the_service 42\n"));
}

TEST_F(Page, TheStreamTellsEachMove) {
  RawClient client(served_.port);
  client.send(head("GET /api/stream"));
  ASSERT_TRUE(client.until("retry: 3000\n\n"));
  EXPECT_THAT(client.received(), HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(client.received(), HasSubstr("HTTP/1.1 200"));
  ASSERT_TRUE(client.until("id: 918273\nevent: moved\ndata: {\"position\":\"918273\"}\n\n"));
  served_.move_to(920'000);
  EXPECT_TRUE(client.until("id: 920000\n"));
  served_.move_to(930'000);
  EXPECT_TRUE(client.until("id: 930000\n"));
}

TEST_F(Page, AStreamGoesOnWhereTheBrowserWas) {
  RawClient same(served_.port), behind(served_.port);
  same.send(head("GET /api/stream", "Last-Event-ID: 918273\r\n"));
  behind.send(head("GET /api/stream", "Last-Event-ID: 13768;1\r\n"));
  ASSERT_TRUE(behind.until("id: 918273\n"));
  ASSERT_TRUE(same.until("retry: 3000\n\n"));
  served_.move_to(918'300);
  ASSERT_TRUE(same.until("id: 918300\n"));
  EXPECT_THAT(same.received(), Not(HasSubstr("id: 918273\n"))) << "it had that one";
}

TEST_F(Page, TheStreamOpensAlsoWithoutALedger) {
  served_.ledger->execute("PRAGMA user_version = 99");  // of a newer program: cannot be read by this one once it is opened again
  served_.ledger->execute("DROP TABLE meta");
  EXPECT_EQ(get("/api/summary").status, 500);
  RawClient client(served_.port);
  client.send(head("GET /api/stream"));
  ASSERT_TRUE(client.until("retry: 3000\n\n"));
  EXPECT_THAT(client.received(), HasSubstr("HTTP/1.1 200")) << "an error status would end it in the browser for good";
  EXPECT_EQ(get("/readyz").status, 503);
}

TEST_F(Page, StoppingEndsStreamsAndConnections) {
  RawClient stream(served_.port), idle(served_.port);
  stream.send(head("GET /api/stream"));
  idle.send(head("GET /healthz"));
  ASSERT_TRUE(stream.until("retry"));
  ASSERT_EQ(idle.answer().status, 200);
  served_.page->stop();
  stream.forget();
  EXPECT_TRUE(idle.at_end());
  while (!stream.at_end()) stream.forget();
}

// ---- limits of the server under it, made small --------------------------------------------------------------------------

class Echo : public HttpHandler {
 public:
  HttpReply on_request(const HttpRequest& request) override {
    if (request.path == "/throw") throw std::runtime_error("something broke");
    HttpReply reply;
    reply.body = request.method + " " + request.path + " " + request.body;
    if (request.path == "/stream") reply.stream = true, reply.content_type = "text/event-stream", reply.body = "begin\n\n";
    return reply;
  }
  std::string on_wake() override { return "data: woken\n\n"; }
};

struct Served {
  explicit Served(const HttpLimits& limits) {
    HttpServerOptions options;
    options.limits = limits;
    server = HttpServer::start(std::move(options), echo).value();
    port = std::atoi(server->address().substr(std::string("127.0.0.1:").size()).c_str());
    host = "Host: " + server->address() + "\r\n";
  }
  Echo echo;
  std::unique_ptr<HttpServer> server;
  int port{0};
  std::string host;
};

TEST(WebServer, OnlyLoopbackUnlessSaidOtherwise) {
  Echo echo;
  HttpServerOptions options;
  options.listen = "0.0.0.0:0";
  options.remote_setting = "`remote = true` under [page]";
  const auto refused = HttpServer::start(options, echo);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().category, ErrorCategory::config);
  EXPECT_THAT(refused.error().message, HasSubstr("remote = true"));
  options.allow_remote = true;
  EXPECT_TRUE(HttpServer::start(options, echo));
  for (const char* listen : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "nobody.example:1", ":80", "127.0.0.1:1x"}) {
    options.listen = listen;
    EXPECT_FALSE(HttpServer::start(options, echo)) << listen;
  }
  options.listen = "localhost:0";
  EXPECT_TRUE(HttpServer::start(options, echo));
}

TEST(WebServer, ATakenPortIsSaidSo) {
  Echo echo;
  const Served served({});
  HttpServerOptions options;
  options.listen = served.server->address();
  const auto second = HttpServer::start(options, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().category, ErrorCategory::connect);
}

TEST(WebServer, ASlowRequestIsToldSoAndHoldsUpNobody) {
  HttpLimits limits;
  limits.request = std::chrono::milliseconds(150);
  const Served served(limits);
  RawClient slow(served.port), quick(served.port);
  slow.send("POST / HTTP/1.1\r\n" + served.host + "Content-Length: 100\r\n\r\nhalf of i");
  quick.send("GET /quick HTTP/1.1\r\n" + served.host + "\r\n");
  EXPECT_EQ(quick.answer().body, "GET /quick ");
  EXPECT_EQ(slow.answer().status, 408);
  EXPECT_TRUE(slow.at_end());
  RawClient silent(served.port);
  EXPECT_TRUE(silent.at_end()) << "who says nothing is closed without a word";
}

TEST(WebServer, AnIdleConnectionMakesRoomForANewOne) {
  HttpLimits limits;
  limits.connections = 2;
  const Served served(limits);
  RawClient first(served.port), second(served.port);
  for (RawClient* client : {&first, &second}) {
    client->send("GET /a HTTP/1.1\r\n" + served.host + "\r\n");
    EXPECT_EQ(client->answer().status, 200);
  }
  RawClient third(served.port);
  third.send("GET /c HTTP/1.1\r\n" + served.host + "\r\n");
  EXPECT_EQ(third.answer().status, 200);
  EXPECT_TRUE(first.at_end());
  second.send("GET /b HTTP/1.1\r\n" + served.host + "\r\n");
  EXPECT_EQ(second.answer().status, 200);
}

TEST(WebServer, TheOldestStreamGoesWhenThereAreTooMany) {
  HttpLimits limits;
  limits.streams = 2;
  const Served served(limits);
  RawClient a(served.port), b(served.port), c(served.port);
  for (RawClient* client : {&a, &b, &c}) {
    client->send("GET /stream HTTP/1.1\r\n" + served.host + "\r\n");
    ASSERT_TRUE(client->until("begin\n\n"));
  }
  a.forget();
  EXPECT_TRUE(a.at_end());
  served.server->wake();
  EXPECT_TRUE(b.until("data: woken\n\n"));
  EXPECT_TRUE(c.until("data: woken\n\n"));
}

TEST(WebServer, AStreamIsHeardToBeAlive) {
  HttpLimits limits;
  limits.heartbeat = std::chrono::milliseconds(30);
  const Served served(limits);
  RawClient client(served.port);
  client.send("GET /stream HTTP/1.1\r\n" + served.host + "\r\n");
  ASSERT_TRUE(client.until("begin\n\n"));
  EXPECT_TRUE(client.until(":\n\n"));
}

TEST(WebServer, AHandlerThatThrowsIsA500) {
  const Served served({});
  RawClient client(served.port);
  client.send("GET /throw HTTP/1.1\r\n" + served.host + "\r\n");
  EXPECT_EQ(client.answer().status, 500);
  client.send("GET /next HTTP/1.1\r\n" + served.host + "\r\n");
  EXPECT_EQ(client.answer().status, 200);
}

TEST(WebServer, ABodyIsAskedForWhereTheClientWaits) {
  const Served served({});
  RawClient client(served.port);
  client.send("POST /p HTTP/1.1\r\n" + served.host + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  ASSERT_TRUE(client.until("100 Continue\r\n\r\n"));
  client.forget();
  client.send("body");
  EXPECT_EQ(client.answer().body, "POST /p body");
}

}  // namespace
}  // namespace marginfix::reconcile
