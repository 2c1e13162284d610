// What the simulator answers to orders, groups and questions about an account, read by the client's tables: nothing required is missing,
// nothing is unknown, and every member of a schema is written at least once.
#include <map>
#include <set>

#include "marginfix/rest/operation.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/fcm.hpp"
#include "sim/exchange/commands/members.hpp"
#include "unit/sim/rest/trading_fixture.hpp"

namespace marginfix::sim {
namespace {

using Names = std::set<std::string>;

// The members that `value` has, by schema, and those that its schema knows.
struct Coverage {
  std::map<std::string, Names> known, seen;

  void add(const json::TypeInfo& type, const boost::json::value& value) {
    const json::TypeInfo& t = type.bare != nullptr ? *type.bare : type;
    if (t.kind == json::Kind::array && value.is_array()) {
      for (const auto& item : value.get_array()) add(*t.element, item);
    } else if (t.kind == json::Kind::object && value.is_object()) {
      const std::string name(t.name);
      for (const json::FieldInfo& f : t.fields) {
        known[name].insert(std::string(f.name));
        const boost::json::value* member = value.get_object().if_contains(f.name);
        if (member == nullptr) continue;
        seen[name].insert(std::string(f.name));
        add(*f.type, *member);
      }
    }
  }
  // "Schema.member" of what was never written.
  Names never() const {
    Names out;
    for (const auto& [schema, names] : known) {
      const auto it = seen.find(schema);
      for (const auto& name : names) {
        if (it == seen.end() || !it->second.contains(name)) out.insert(schema + "." + name);
      }
    }
    return out;
  }
};

class TradingAnswers : public RestTradingTest {
 protected:
  Answer check(Answer answer) {
    const rest::OperationInfo* info = nullptr;
    for (const auto* i : rest::perps_operations()) {
      if (to_string(i->method) == answer.endpoint->method && i->path == answer.endpoint->path) info = i;
    }
    if (info == nullptr) {
      ADD_FAILURE() << answer.endpoint->path;
      return answer;
    }
    SCOPED_TRACE(std::string(info->operation_id) + " " + answer.text);
    EXPECT_EQ(answer.status, info->success);
    EXPECT_EQ(answer.text.empty(), info->response == nullptr);
    if (info->response == nullptr) return answer;
    json::AnyValue value(*info->response);
    json::DecodeReport report;
    const auto read = json::decode(*info->response, value.get(), answer.text, {}, &report);
    EXPECT_TRUE(read) << (read ? "" : read.error().message);
    EXPECT_EQ(report.missing, std::vector<std::string>{});
    EXPECT_EQ(report.unknown_members + report.unknown_words + report.beyond_type, 0U);
    coverage.add(*info->response, answer.json);
    operations.insert(std::string(info->operation_id));
    return answer;
  }
  void orders() {
    const std::string day = std::to_string(to_epoch_seconds(kStart) + 86'400);
    const Answer group = check(post("a-key", "/margin/order_groups/create", R"({"contracts_limit":100})"));
    const std::string id = group["order_group_id"], in_group = R"(,"order_group_id":")" + id + "\"";
    const Answer order =
        check(place("a-key", "o1", "bid", "5", "6.0000", in_group + R"(,"cancel_order_on_pause":true,"expiration_time":)" + day));
    check(place("b-key", "o2", "ask", "2", "6.0000", "", kIoc));
    check(get("a-key", order_path(order)));
    check(get("a-key", "/margin/orders"));
    check(post("a-key", order_path(order, "/decrease"), R"({"reduce_by":"1"})"));
    place("b-key", "o3", "ask", "1", "6.1000");
    check(post("a-key", order_path(order, "/amend"), R"({"ticker":"KXBTCPERP","side":"bid","price":"6.1000","count":"4"})"));
    const std::string path = "/margin/order_groups/" + id;
    check(get("a-key", "/margin/order_groups"));
    check(get("a-key", path));
    check(call("a-key", "DELETE", order_path(order)));
    check(call("a-key", "DELETE", "/margin/orders"));
    check(call("a-key", "PUT", path + "/limit", R"({"contracts_limit":5})"));
    check(call("a-key", "PUT", path + "/trigger"));
    check(call("a-key", "PUT", path + "/reset"));
    check(call("a-key", "DELETE", path));
  }
  void exit_trigger() {
    place("b-key", "m2", "bid", "9", "5.9000");
    SetExitTrigger stop;
    stop.position = {market, 0};
    stop.stop_loss = usd("5.9500");
    ASSERT_EQ(exchange.run(commands::SetExitTrigger{from("a-key", Door::Rest), stop}).refusal, TriggerRefusal::None);
    ASSERT_TRUE(exchange.run(commands::SetReference{market, usd("5.9000")}));
    exchange.advance(std::chrono::seconds(5));
    check(get("a-key", "/margin/orders"));
  }
  void account() {
    check(get("a-key", "/margin/enabled"));
    check(get("b-key", "/margin/positions"));
    check(get("a-key", "/margin/fills"));
    check(get("b-key", "/margin/balance?compute_available_balance=true"));
    check(get("b-key", "/margin/risk"));
    check(get("a-key", "/margin/risk"));
    check(get("a-key", "/margin/fee_tiers"));
    check(get("a-key", "/margin/fee_tier_rates"));
    check(get("a-key", "/account/limits/perps"));
    exchange.run(commands::SetMemberLimit{fcm, usd("1000000")});
    check(get("f-key", "/margin/notional_risk_limit"));
    check(get("f-key", "/margin/fcm/orders?subtrader_id=x"));
  }
  Coverage coverage;
  Names operations;
};

TEST_F(TradingAnswers, AreWholeByTheClientsTables) {
  orders();
  exit_trigger();
  account();
  EXPECT_EQ(operations.size(), 23U) << "and cancel-all, which has no body";
  // Nobody has been granted anything.
  EXPECT_EQ(coverage.never(), (Names{}));
}

}  // namespace
}  // namespace marginfix::sim
