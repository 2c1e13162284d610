// The page's JSON: what each member says, and what of it is a string.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "services/gateway/web/api.hpp"
#include "support/fake_gateway.hpp"

namespace marginfix::gateway {
namespace {

using testing::AllOf;
using testing::HasSubstr;

boost::json::value parsed(const std::string& text) { return boost::json::parse(text); }

services::HttpRequest asking(const std::string& query) {
  services::HttpRequest request;
  request.method = "GET", request.path = "/api/orders", request.query = query;
  return request;
}

TEST(GatewayWebJson, TheStatusHasEverything) {
  GatewayStatus status = test::demo_status();
  const auto json = parsed(status_json(status));
  EXPECT_EQ(json.at("now"), "2026-11-30T18:32:01.500Z");
  EXPECT_EQ(json.at("uptime_seconds"), 7384);
  EXPECT_EQ(json.at("open"), true);
  EXPECT_EQ(json.at("ready"), true);
  const auto& kill = json.at("kill");
  EXPECT_EQ(kill.at("killed"), false);
  EXPECT_TRUE(kill.at("since").is_null());
  const auto& client = json.at("clients").at(0);
  EXPECT_EQ(client.at("comp_id"), "FUND-A");
  EXPECT_EQ(client.at("begin_string"), "FIX.4.2");
  EXPECT_EQ(client.at("account"), "main");
  EXPECT_EQ(client.at("logged_on"), true);
  EXPECT_EQ(client.at("next_sender_seq"), 1204);
  EXPECT_EQ(client.at("queued_bytes"), 4096);
  EXPECT_EQ(client.at("orders"), 420);
  EXPECT_EQ(client.at("possible_resends"), 2);
  EXPECT_EQ(client.at("last_message"), "2026-11-30T18:31:59Z");
  EXPECT_EQ(client.at("limits").at("max_order_qty"), "500.00") << "a quantity is a string";
  EXPECT_EQ(client.at("limits").at("max_position"), "") << "no limit";
  EXPECT_TRUE(json.at("clients").at(1).at("last_message").is_null());
  EXPECT_EQ(json.at("clients").at(1).at("owed"), 4);
  const auto& key = json.at("keys").at(1);
  EXPECT_EQ(key.at("session"), "KalshiNR");
  EXPECT_EQ(key.at("state"), "active");
  EXPECT_EQ(key.at("waiting"), 3);
  EXPECT_EQ(key.at("write_tokens"), 20);
  EXPECT_EQ(json.at("journal_bytes"), 5'000'000);
}

TEST(GatewayWebJson, LatencyIsToldByBuckets) {
  const auto json = parsed(status_json(test::demo_status()));
  const auto& latency = json.at("latency");
  EXPECT_EQ(latency.at("bounds_us").as_array().size(), kLatencyBounds.size());
  const auto& hop = latency.at("oms_to_exchange");
  EXPECT_EQ(hop.at("count"), 7);
  EXPECT_EQ(hop.at("sum_us"), 8 + 45 + 120 + 130 + 180 + 950 + 2'000'000);
  EXPECT_EQ(hop.at("buckets").as_array().size(), kLatencyBounds.size() + 1);
  EXPECT_EQ(hop.at("p50_us"), 200);
  EXPECT_TRUE(hop.at("p99_us").is_null()) << "beyond the last bound";
  EXPECT_TRUE(latency.at("exchange_to_oms").at("p50_us").is_null()) << "nothing was measured";
}

TEST(GatewayWebJson, AQuantileIsTheBoundOfItsBucket) {
  LatencyHistogram one;
  EXPECT_EQ(at_most(one, 500), std::nullopt);
  one.add(10);
  EXPECT_EQ(at_most(one, 1), 10);
  EXPECT_EQ(at_most(one, 1000), 10);
  LatencyHistogram many;
  for (int i = 0; i < 990; ++i) many.add(60);
  for (int i = 0; i < 10; ++i) many.add(70'000);
  EXPECT_EQ(at_most(many, 500), 100);
  EXPECT_EQ(at_most(many, 990), 100);
  EXPECT_EQ(at_most(many, 991), 100'000);
}

TEST(GatewayWebJson, AnOrdersNumbersAreTexts) {
  OrderRow row = test::demo_order("FUND-A", 2, true);
  row.text = "a \"quote\"\x01";
  const auto json = parsed(orders_json({row}, true));
  EXPECT_EQ(json.at("more"), true);
  const auto& order = json.at("orders").at(0);
  EXPECT_EQ(order.at("cl_ord_id"), "FUND-A-2");
  EXPECT_EQ(order.at("exchange_cl_ord_id"), "8d8ac610-566d-4ef0-9c22-186b2a5ed102");
  EXPECT_EQ(order.at("order_id"), "ord-2");
  EXPECT_EQ(order.at("order_qty"), "10.00");
  EXPECT_EQ(order.at("cum_qty"), "2.50");
  EXPECT_EQ(order.at("leaves_qty"), "7.50");
  EXPECT_EQ(order.at("price"), "6.4231");
  EXPECT_EQ(order.at("ord_status"), "PartiallyFilled");
  EXPECT_EQ(order.at("text"), "a \"quote\"\x01") << "what others wrote is carried as it is, escaped";
  EXPECT_EQ(order.at("open"), true);
  row.entered = {};
  EXPECT_TRUE(parsed(orders_json({row}, false)).at("orders").at(0).at("entered").is_null());
  EXPECT_TRUE(parsed(orders_json({}, false)).at("orders").as_array().empty());
}

TEST(GatewayWebJson, ReadyIsOpenNotKilledAndEveryKeyActive) {
  GatewayStatus status = test::demo_status();
  EXPECT_EQ(not_ready(status), "");
  status.kill.killed = true;
  EXPECT_THAT(not_ready(status), HasSubstr("killed"));
  status = test::demo_status();
  status.open = false, status.waits_for = "drop copy of main";
  EXPECT_THAT(not_ready(status), HasSubstr("drop copy of main"));
  status = test::demo_status();
  status.keys[1].state = "waiting", status.keys[1].why = "rate limited";
  EXPECT_THAT(not_ready(status), AllOf(HasSubstr("key second: waiting"), HasSubstr("rate limited")));
  status = test::demo_status();
  status.keys[0].session.clear();
  EXPECT_THAT(not_ready(status), HasSubstr("key main"));
  status.keys.clear();
  EXPECT_THAT(not_ready(status), HasSubstr("no key"));
}

TEST(GatewayWebJson, WhatIsAskedOfTheOrders) {
  EXPECT_EQ(orders_query(asking("")).value().most, OrdersQuery::kUsual);
  const auto query = orders_query(asking("client=FUND%2DA&open=1&most=7")).value();
  EXPECT_EQ(query.client, "FUND-A");
  EXPECT_TRUE(query.open_only);
  EXPECT_EQ(query.most, 7U);
  EXPECT_EQ(orders_query(asking("most=99999999")).value().most, OrdersQuery::kMost);
  for (const char* wrong : {"open=yes", "most=0", "most=-1", "most=x", "most=1x", "most=99999999999999999999999"}) {
    EXPECT_FALSE(orders_query(asking(wrong))) << wrong;
  }
}

TEST(GatewayWebJson, WhatComesWithAKill) {
  EXPECT_EQ(command_of("").value().by, "http");
  const auto command = command_of(R"({"reason": "fat finger", "by": "command"})").value();
  EXPECT_EQ(command.reason, "fat finger");
  EXPECT_EQ(command.by, "command");
  for (const std::string wrong : {"x", "[]", R"({"reason": 5})", R"({"by": "me"})", R"({"reason": "a\nb"})", R"({"reason": "a\u202eb"})"}) {
    EXPECT_FALSE(command_of(wrong)) << wrong;
  }
  EXPECT_FALSE(command_of(R"({"reason": ")" + std::string(Command::kReasonBytes + 1, 'x') + R"("})"));
}

}  // namespace
}  // namespace marginfix::gateway
