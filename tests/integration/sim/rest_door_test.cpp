// The REST door of a running simulator over real TLS: who may come in, routing, errors, compression, rate limits, reads from a delayed
// copy, restarts, and that REST and FIX are two doors of one exchange. What each operation answers is tested with the operations.
// Source: rest-perps.md; observed.md.
#include <boost/json/parse.hpp>

#include "integration/sim/fixture.hpp"
#include "integration/sim/http_client.hpp"
#include "marginfix/core/uuid.hpp"

namespace marginfix::sim::test {
namespace {

using namespace std::chrono_literals;

class SimRest : public SimTest {
 protected:
  static boost::json::object json(const HttpResponse& response) {
    boost::system::error_code error;
    const auto value = boost::json::parse(response.body, error);
    if (error || !value.is_object()) throw std::runtime_error("no JSON object: " + response.body);
    return value.get_object();
  }
  static std::string text(const boost::json::value& value) { return std::string(value.as_string()); }
  // Buys 10 at 5.0000 in the quiet market unless told otherwise.
  static std::string order(const std::string& id, const std::string& side = "bid", const std::string& price = "5.0000",
                           const std::string& more = "") {
    return R"({"ticker":"KXLTCPERP","client_order_id":")" + id + R"(","side":")" + side + R"(","count":"10","price":")" + price +
           R"(","time_in_force":"good_till_canceled","self_trade_prevention_type":"taker_at_cross")" + more + "}";
  }
  std::string create(RestClient& client, const std::string& body) {
    const HttpResponse response = client.post("/margin/orders", body);
    if (response.status != 201) throw std::runtime_error("not created: " + response.body);
    return text(json(response).at("order_id"));
  }
  static std::string error_code(const HttpResponse& response) {
    const auto body = json(response);
    return text(body.contains("error") ? body.at("error").as_object().at("code") : body.at("code"));
  }
  std::pair<int, std::string> control(const std::string& path, const std::string& body) { return test::control(sim(), "POST", path, body); }
  RestClient client(const std::string& key = "alice") { return RestClient(sim(), key); }
};

TEST_F(SimRest, EndpointsNameTheUrl) {
  start();
  const auto root = boost::json::parse(marginfix::test::TempFolder::read(sim().path("endpoints.json"))).as_object();
  EXPECT_EQ(text(root.at("rest")), "https://127.0.0.1:" + std::to_string(sim().endpoints().ports.rest) + "/trade-api/v2");
}

TEST_F(SimRest, PublicOperationsWorkWithAndWithoutAKey) {
  start();
  for (const char* key : {"", "alice", "alice-listener", "alice-dropcopy"}) {
    RestClient one = client(key);
    const HttpResponse response = one.get("/margin/exchange/status");
    EXPECT_EQ(response.status, 200) << key << response.body;
    EXPECT_EQ(response.header("Content-Type"), "application/json");
    EXPECT_EQ(response.header("X-Request-Id").size(), 36U);
    EXPECT_TRUE(json(response).at("exchange_active").as_bool());
  }
}

TEST_F(SimRest, KeyOperationsNeedARightSignatureInTime) {
  start();
  RestClient alice = client(), nobody = client("");
  const auto expect_401 = [&](const HttpResponse& response, const std::string& code) {
    EXPECT_EQ(response.status, 401) << response.body;
    EXPECT_EQ(error_code(response), code);
  };
  EXPECT_EQ(alice.get("/margin/orders").status, 200);
  EXPECT_EQ(alice.get("/margin/orders?limit=5").status, 200);
  for (const auto skew : {-5s, 5s, 30s}) EXPECT_EQ(alice.get("/margin/orders", {.clock_error = skew}).status, 200) << skew.count();
  for (const auto skew : {-30s, -300s, 300s}) expect_401(alice.get("/margin/orders", {.clock_error = skew}), "header_timestamp_expired");
  expect_401(nobody.get("/margin/orders"), "authentication_error");
  expect_401(alice.get("/margin/orders", {.signed_path = "/margin/orders"}), "authentication_error");
  expect_401(alice.get("/margin/orders", {.key_id = key_id("bob")}), "authentication_error");
  expect_401(alice.get("/margin/orders", {.key_id = random_uuid()}), "authentication_error");
  expect_401(alice.get("/margin/orders", {.timestamp = "yesterday"}), "authentication_error");
  for (const char* header : {"KALSHI-ACCESS-KEY", "KALSHI-ACCESS-TIMESTAMP", "KALSHI-ACCESS-SIGNATURE"}) {
    expect_401(alice.get("/margin/orders", {.leave_out = header}), "authentication_error");
  }
  expect_401(alice.get("/margin/exchange/status", {.signed_path = "/wrong"}), "authentication_error");
}

TEST_F(SimRest, KeysThatDoNotTradeReadOnly) {
  start();
  RestClient alice = client();
  const std::string id = create(alice, order("a1"));
  for (const char* key : {"alice-listener", "alice-dropcopy", "alice-readonly"}) {
    RestClient reader = client(key);
    EXPECT_EQ(reader.get("/margin/orders/" + id).status, 200);
    EXPECT_EQ(reader.post("/margin/orders", order("x")).status, 403);
    EXPECT_EQ(reader.call("DELETE", "/margin/orders/" + id).status, 403);
    EXPECT_EQ(reader.call("PUT", "/margin/order_groups/" + random_uuid() + "/reset", "{}").status, 403);
  }
  EXPECT_EQ(alice.get("/margin/orders/" + id).status, 200);
}

TEST_F(SimRest, AKeyLockedToASubaccountTradesThereOnly) {
  start();
  RestClient alice = client(), locked = client("alice-sub1");
  const std::string mine = create(locked, order("s1"));
  const std::string other = create(alice, order("a0"));
  EXPECT_EQ(json(alice.get("/margin/orders?subaccount=1")).at("orders").as_array().size(), 1U);
  EXPECT_EQ(json(locked.get("/margin/orders")).at("orders").as_array().size(), 1U);
  EXPECT_EQ(locked.get("/margin/orders?subaccount=0").status, 403);
  EXPECT_EQ(locked.get("/margin/orders/" + mine).status, 200);
  EXPECT_EQ(locked.get("/margin/orders/" + other).status, 404);
  EXPECT_EQ(locked.post("/margin/orders", order("s2", "bid", "5.0000", R"(,"subaccount":0)")).status, 403);
  EXPECT_EQ(locked.call("DELETE", "/margin/orders/" + other).status, 404);
  EXPECT_EQ(locked.call("DELETE", "/margin/orders/" + mine + "?subaccount=1").status, 200);
  EXPECT_EQ(alice.get("/margin/orders/" + other).status, 200);
}

TEST_F(SimRest, RoutingAndBadRequests) {
  start();
  RestClient alice = client();
  EXPECT_EQ(alice.get("/margin/nothing").status, 404);
  EXPECT_EQ(alice.call("PATCH", "/margin/orders").status, 405);
  EXPECT_EQ(alice.call("PATCH", "/margin/orders").header("Allow").find("GET") == std::string::npos, false);
  EXPECT_EQ(alice.get("/margin/orders?color=red").status, 400);
  EXPECT_EQ(alice.get("/margin/orders?limit=5&limit=6").status, 400);
  EXPECT_EQ(alice.post("/margin/orders", order("a", "bid", "5.0000", R"(,"color":"red")")).status, 400);
  EXPECT_EQ(alice.post("/margin/orders", "{").status, 400);
  EXPECT_EQ(alice.post("/margin/orders", "[]").status, 400);
  const HttpResponse text_plain = alice.post("/margin/orders", order("a"), {.content_type = "text/plain"});
  EXPECT_EQ(text_plain.status, 400);
  EXPECT_EQ(text_plain.body, R"({"code":"invalid_content_type","message":"invalid_content_type"})");
  EXPECT_EQ(alice.get("/margin/markets/orderbooks?tickers=KXLTCPERP,KXBTCPERP").status, 200);
  EXPECT_EQ(alice.get("/margin/markets/KXLTC%50ERP").status, 200);
  EXPECT_EQ(alice.get("/margin/markets/%zz").status, 400);
  EXPECT_TRUE(json(alice.get("/margin/orders")).at("orders").as_array().empty());
}

TEST_F(SimRest, LargeAnswersComePacked) {
  start();
  RestClient anyone = client("");
  const HttpResponse plain = anyone.get("/margin/markets");
  const HttpResponse packed = anyone.get("/margin/markets", {.extra = "Accept-Encoding: gzip, deflate\r\n"});
  EXPECT_EQ(packed.header("Content-Encoding"), "gzip");
  EXPECT_LT(packed.body.size(), plain.body.size() / 2);
  EXPECT_EQ(boost::json::parse(gunzip(packed.body)).as_object().size(), json(plain).size());
}

TEST_F(SimRest, BucketsRunDryAfterAHundredCancelsAndSayNoMoreThanThat) {
  options_.tier = "basic";
  start();
  RestClient alice = client(), bob = client("bob");
  HttpResponse last;
  int accepted = 0;
  while ((last = alice.call("DELETE", "/margin/orders/" + random_uuid())).status == 404 && accepted < 100'000) ++accepted;
  EXPECT_GE(accepted, 100) << "a cancel costs one token";
  EXPECT_EQ(last.status, 429);
  EXPECT_EQ(last.body, R"({"error":"too many requests"})");
  EXPECT_EQ(last.header("Retry-After"), "");
  EXPECT_EQ(alice.get("/margin/orders").status, 200);
  EXPECT_EQ(bob.call("DELETE", "/margin/orders/" + random_uuid()).status, 404);
}

TEST_F(SimRest, ReadsComeFromADelayedCopyWhenAsked) {
  options_.read_lag = 10s;
  start();
  RestClient alice = client();
  const std::string id = create(alice, order("a1"));
  const HttpResponse early = alice.get("/margin/orders/" + id);
  EXPECT_EQ(early.status, 404);
  EXPECT_EQ(early.body, R"({"error":{"code":"not_found","message":"not found"}})");
  EXPECT_TRUE(json(alice.get("/margin/orders")).at("orders").as_array().empty());
  EXPECT_EQ(control("/clock", R"({"advance_ms":10000})").first, 200);
  EXPECT_EQ(alice.get("/margin/orders/" + id).status, 200);
  EXPECT_EQ(json(alice.get("/margin/orders")).at("orders").as_array().size(), 1U);
  // Writes see everything at once.
  EXPECT_EQ(alice.call("DELETE", "/margin/orders/" + id).status, 200);
  EXPECT_EQ(alice.get("/margin/orders/" + id).status, 404);
}

TEST_F(SimRest, ARestOrderIsReportedOnFix) {
  start();
  Client listener(sim(), "KalshiNR", "alice-listener");
  LogonTweaks tweaks;
  tweaks.extra = "20126=Y|21011=Y|";
  listener.logon(tweaks);
  RestClient alice = client();
  const std::string id = create(alice, order("rest-1"));
  const Message report = listener.expect_report('0');
  EXPECT_EQ(report.get(11), "rest-1");
  EXPECT_EQ(report.get(37), id);
  EXPECT_EQ(alice.call("DELETE", "/margin/orders/" + id).status, 200);
  EXPECT_EQ(listener.expect_report('4').get(37), id);
  Client copy(sim(), "KalshiDC", "alice-dropcopy");
  copy.logon();
  copy.send("U1", "21001=" + report.get(17) + "|");
  EXPECT_NE(copy.next().pipes().find(id), std::string::npos);
}

TEST_F(SimRest, AFixOrderIsSeenAndCanceledOnRest) {
  start();
  Client fix(sim(), "KalshiNR", "alice");
  fix.logon();
  fix.send("D", Order{.id = "fix-1"}.body());
  fix.expect_report('A');
  const std::string id = fix.expect_report('0').get(37);
  RestClient alice = client();
  const auto seen = json(alice.get("/margin/orders/" + id)).at("order").as_object();
  EXPECT_EQ(text(seen.at("client_order_id")), "fix-1");
  EXPECT_EQ(text(seen.at("remaining_count")), "10.00");
  EXPECT_EQ(alice.call("DELETE", "/margin/orders/" + id).status, 200);
  const Message canceled = fix.expect("8");
  EXPECT_EQ(canceled.get(37), id);
  EXPECT_EQ(client("bob").get("/margin/orders/" + id).status, 404);
}

TEST_F(SimRest, WhatWasAnsweredSurvivesAKill) {
  start();
  std::string id;
  {
    RestClient alice = client(), bob = client("bob");
    id = create(alice, order("a1"));
    create(bob, order("b1", "ask", "5.0000", R"(,"post_only":false)"));
    create(alice, order("a2", "bid", "4.9000"));
    kill_and_restart();
  }
  RestClient alice = client();
  const auto first = json(alice.get("/margin/orders/" + id)).at("order").as_object();
  EXPECT_EQ(text(first.at("fill_count")), "10.00");
  EXPECT_EQ(json(alice.get("/margin/orders?status=resting")).at("orders").as_array().size(), 1U);
  const auto fills = json(alice.get("/margin/fills?limit=1")).at("fills").as_array();
  ASSERT_EQ(fills.size(), 1U);
  EXPECT_EQ(text(fills[0].as_object().at("order_id")), id);
  // GET /state lists the same fills under the same ids.
  EXPECT_NE(sim().state_json().find(text(fills[0].as_object().at("fill_id"))), std::string::npos);
  const HttpResponse again = alice.post("/margin/orders", order("a1"));
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(error_code(again), "order_already_exists");
}

TEST_F(SimRest, FaultsAreInjectedByTheControlPort) {
  start();
  RestClient alice = client();
  EXPECT_EQ(
      control("/fault", R"({"status":503,"body":{"code":"service_unavailable"},"headers":{"Retry-After":"0"},"count":2,"method":"GET"})")
          .first,
      200);
  for (int i = 0; i < 2; ++i) {
    const HttpResponse refused = alice.get("/margin/exchange/status");
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.header("Retry-After"), "0");
    EXPECT_EQ(refused.body, R"({"code":"service_unavailable"})");
  }
  EXPECT_EQ(alice.get("/margin/exchange/status").status, 200);

  EXPECT_EQ(control("/fault", R"({"delay_ms":200})").first, 200);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(alice.get("/margin/exchange/status").status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 190ms);

  EXPECT_EQ(control("/fault", R"({"close":"after","method":"POST","path":"/margin/orders"})").first, 200);
  EXPECT_THROW(alice.post("/margin/orders", order("done")), std::runtime_error);
  alice.hang_up();
  EXPECT_EQ(control("/fault", R"({"close":"before","method":"POST","path":"/margin/orders"})").first, 200);
  EXPECT_THROW(alice.post("/margin/orders", order("not-done")), std::runtime_error);
  alice.hang_up();
  const auto orders = json(alice.get("/margin/orders")).at("orders").as_array();
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(text(orders[0].as_object().at("client_order_id")), "done");

  EXPECT_EQ(control("/fault", R"({"cut":true})").first, 200);
  EXPECT_THROW(alice.get("/margin/orders"), std::runtime_error);
  alice.hang_up();
  EXPECT_EQ(control("/fault", R"({"status":500,"count":100})").first, 200);
  EXPECT_EQ(control("/fault", R"({"clear":true})").first, 200);
  EXPECT_EQ(alice.get("/margin/orders").status, 200);
  EXPECT_EQ(control("/fault", R"({"door":"side","cut":true})").first, 404);
  EXPECT_EQ(control("/fault", R"({"cut":1})").first, 400);
}

TEST_F(SimRest, PlainHttpOnLoopback) {
  options_.plain = true;
  start();
  EXPECT_TRUE(sim().endpoints().rest_url.starts_with("http://127.0.0.1:"));
  EXPECT_EQ(client().get("/margin/orders").status, 200);
}

TEST_F(SimRest, StopLetsGoOfConnections) {
  start();
  RestClient alice = client();
  EXPECT_EQ(alice.get("/margin/exchange/status").status, 200);
  sim().stop();
  EXPECT_TRUE(alice.connection().ended());
}

}  // namespace
}  // namespace marginfix::sim::test
