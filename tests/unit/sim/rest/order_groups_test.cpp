// Order groups over REST. Source: rest-perps.md "Order groups"; observed.md.
#include "unit/sim/rest/trading_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::milliseconds;

class RestOrderGroups : public RestTradingTest {
 protected:
  Answer create(std::string_view body) { return post("a-key", "/margin/order_groups/create", body); }
  std::string made(int limit) { return create(R"({"contracts_limit":)" + std::to_string(limit) + "}")["order_group_id"]; }
  Answer put(const std::string& id, std::string_view what, std::string_view body = "") {
    return call("a-key", "PUT", "/margin/order_groups/" + id + "/" + std::string(what), body);
  }
  Answer in_group(std::string_view id, const std::string& group, std::string_view count = "1") {
    return place("a-key", id, "bid", count, "6.0000", R"(,"order_group_id":")" + group + "\"");
  }
};

TEST_F(RestOrderGroups, ListOfNoneHasNoKey) { EXPECT_EQ(get("a-key", "/margin/order_groups").text, "{}"); }

TEST_F(RestOrderGroups, CreateAnswersIdSubaccountAndShard) {
  const Answer a = create(R"({"contracts_limit":10})");
  EXPECT_EQ(a.status, 201);
  EXPECT_EQ(a.text, R"({"order_group_id":")" + a["order_group_id"] + R"(","subaccount":0,"exchange_index":0})");
  EXPECT_EQ(get("a-key", "/margin/order_groups").text,
            R"({"order_groups":[{"id":")" + a["order_group_id"] +
                R"(","is_auto_cancel_enabled":false,"contracts_limit_fp":"10.00","exchange_index":0}]})");
  const Answer one = get("a-key", "/margin/order_groups/" + a["order_group_id"]);
  EXPECT_EQ(one.text, R"({"is_auto_cancel_enabled":false,"contracts_limit_fp":"10.00","exchange_index":0,"orders":[]})");
}

TEST_F(RestOrderGroups, TheTwoLimitsMustAgree) {
  EXPECT_EQ(create(R"({"contracts_limit_fp":"7"})").status, 201);
  EXPECT_EQ(create(R"({"contracts_limit_fp":"7.00","contracts_limit":7})").status, 201);
  for (const char* body : {R"({})", R"({"contracts_limit":0})", R"({"contracts_limit":"5"})", R"({"contracts_limit":1000001})",
                           R"({"contracts_limit_fp":"7.50"})", R"({"contracts_limit_fp":"0"})", R"({"contracts_limit_fp":"-1"})",
                           R"({"contracts_limit":7,"contracts_limit_fp":"8"})", R"({"contracts_limit":9223372036854775807})"}) {
    EXPECT_EQ(create(body).code(), "400 invalid_parameters") << body;
  }
}

TEST_F(RestOrderGroups, SubaccountAndShardAreChecked) {
  const Answer a = create(R"({"contracts_limit":5,"subaccount":1})");
  EXPECT_EQ(a["subaccount"], "1");
  EXPECT_EQ(create(R"({"contracts_limit":5,"subaccount":9})").code(), "400 subaccount_not_found");
  EXPECT_EQ(create(R"({"contracts_limit":5,"exchange_index":3})").code(), "400 invalid_parameters");
  const std::string id = a["order_group_id"];
  EXPECT_EQ(get("a-key", "/margin/order_groups").size("order_groups"), 1U) << "reads: absent means all";
  EXPECT_EQ(get("a-key", "/margin/order_groups?subaccount=0").text, "{}");
  EXPECT_EQ(get("a-key", "/margin/order_groups/" + id).status, 200);
  EXPECT_EQ(get("a-key", "/margin/order_groups/" + id + "?subaccount=0").status, 404);
  EXPECT_EQ(put(id, "reset").code(), "404 not_found") << "writes: absent means 0";
  EXPECT_EQ(put(id, "reset?subaccount=1").status, 200);
}

TEST_F(RestOrderGroups, TriggerCancelsAndShutsUntilReset) {
  const std::string group = made(10);
  const Answer order = in_group("g1", group);
  EXPECT_EQ(get("a-key", "/margin/order_groups/" + group)["orders.0"], order["order_id"]);
  const Answer done = put(group, "trigger", "{}");
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.text, "{}");
  EXPECT_EQ(get("a-key", order_path(order))["order.remaining_count"], "0.00");
  EXPECT_EQ(get("a-key", "/margin/order_groups/" + group)["is_auto_cancel_enabled"], "true");
  EXPECT_EQ(get("a-key", "/margin/order_groups/" + group)["orders"], "[]");
  EXPECT_EQ(in_group("g2", group).code(), "400 exceeded_order_group_risk_limit");
  EXPECT_EQ(put(group, "reset").text, "{}");
  EXPECT_EQ(get("a-key", "/margin/order_groups/" + group)["is_auto_cancel_enabled"], "false");
  EXPECT_EQ(in_group("g3", group).status, 201);
}

TEST_F(RestOrderGroups, MatchesBeyondTheLimitTrigger) {
  const std::string group = made(2);
  const Answer order = in_group("g1", group, "5");
  sell("b-key", "h1", 2, "6.0000");
  EXPECT_EQ(get("a-key", order_path(order))["order.remaining_count"], "3.00");
  sell("b-key", "h2", 1, "6.0000");
  EXPECT_EQ(get("a-key", order_path(order))["order.remaining_count"], "0.00");
}

TEST_F(RestOrderGroups, ALowerLimitTriggersAtOnce) {
  const std::string group = made(5);
  const Answer order = in_group("g1", group, "5");
  sell("b-key", "h1", 2, "6.0000");
  EXPECT_EQ(put(group, "limit", R"({"contracts_limit":4})").text, "{}");
  EXPECT_EQ(get("a-key", "/margin/order_groups/" + group)["contracts_limit_fp"], "4.00");
  EXPECT_EQ(put(group, "limit", R"({"contracts_limit_fp":"1.00"})").status, 200);
  EXPECT_EQ(get("a-key", order_path(order))["order.remaining_count"], "0.00");
  EXPECT_EQ(put(group, "limit", R"({})").code(), "400 invalid_parameters");
}

TEST_F(RestOrderGroups, DeleteCancelsAndForgets) {
  const std::string group = made(5);
  const Answer order = in_group("g1", group);
  EXPECT_EQ(call("a-key", "DELETE", "/margin/order_groups/" + group).text, "{}");
  EXPECT_EQ(get("a-key", order_path(order))["order.remaining_count"], "0.00");
  EXPECT_EQ(get("a-key", "/margin/order_groups/" + group).text, R"({"error":{"code":"not_found","message":"not found"}})");
  EXPECT_EQ(call("a-key", "DELETE", "/margin/order_groups/" + group).text, R"({"error":{"code":"not_found","message":"not found"}})");
  EXPECT_EQ(in_group("g2", group).code(), "404 not_found");
}

TEST_F(RestOrderGroups, AnotherAccountsGroupIsNotThere) {
  const std::string group = made(5);
  EXPECT_EQ(get("b-key", "/margin/order_groups/" + group).status, 404);
  EXPECT_EQ(get("b-key", "/margin/order_groups").text, "{}");
  EXPECT_EQ(call("b-key", "PUT", "/margin/order_groups/" + group + "/trigger").code(), "404 not_found");
  EXPECT_EQ(place("b-key", "b1", "bid", "1", "6.0000", R"(,"order_group_id":")" + group + "\"").code(), "404 not_found");
}

TEST_F(RestOrderGroups, ReadsFromAnOlderCopyMissWhatIsYoung) {
  door.read_lag = milliseconds(100);
  const std::string group = made(5);
  EXPECT_EQ(get("a-key", "/margin/order_groups/" + group).status, 404);
  EXPECT_EQ(get("a-key", "/margin/order_groups").text, "{}");
  exchange.advance(milliseconds(100));
  EXPECT_EQ(get("a-key", "/margin/order_groups/" + group).status, 200);
  in_group("g1", group);
  EXPECT_EQ(get("a-key", "/margin/order_groups/" + group)["orders"], "[]");
  put(group, "reset");
  EXPECT_EQ(get("a-key", "/margin/order_groups/" + group).status, 404) << "as recorded after a reset";
}

}  // namespace
}  // namespace marginfix::sim
