// The JSON that control's GET /state gives.
#include <boost/json.hpp>

#include "sim/exchange/views/truth.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

namespace json = boost::json;
class SimTruth : public ExchangeTest {
 protected:
  json::object account(std::string_view name) {
    truth = json::parse(views::truth_json(exchange.state())).as_object();
    for (const auto& a : truth.at("accounts").as_array()) {
      if (a.at("name").as_string() == name) return a.as_object();
    }
    throw std::runtime_error("no such account");
  }
  json::object truth;
};

TEST_F(SimTruth, ListsOrdersPositionsBalancesAndExecIds) {
  buy("a-key", "a1", 10, "6.0000");
  sell("b-key", "b1", 4, "6.0000");
  const auto a = account("alice");
  const auto& order = a.at("orders").as_array().at(0).as_object();
  EXPECT_EQ(order.at("client_order_id").as_string(), "a1");
  EXPECT_EQ(order.at("remaining_count").as_string(), "6.00");
  EXPECT_EQ(order.at("fill_count").as_string(), "4.00");
  EXPECT_EQ(order.at("price").as_string(), "6.0000");
  EXPECT_EQ(order.at("session").as_string(), "KalshiNR");
  EXPECT_EQ(order.at("key_id").as_string(), "a-key");
  EXPECT_EQ(a.at("positions").as_array().at(0).at("position").as_string(), "4.00");
  EXPECT_EQ(a.at("positions").as_array().at(0).at("ticker").as_string(), kMarket);
  EXPECT_EQ(a.at("exec_ids").as_array().size(), 2U);
  EXPECT_EQ(a.at("last_exec_id").as_string(), a.at("exec_ids").as_array().back().as_string());
  EXPECT_EQ(a.at("balances").as_array().size(), 2U);
  EXPECT_EQ(a.at("balances").as_array().at(0).at("cash").as_string(), "99999.9880");
  EXPECT_TRUE(account("fcm").at("last_exec_id").is_null());
}

// What docs/getting-started.md promises a stranger.
TEST_F(SimTruth, MoneyAddsUpFromOutside) {
  buy("a-key", "a1", 10, "6.0000");
  sell("b-key", "b1", 7, "6.0000");
  buy("b-key", "b2", 2, "6.1000");
  sell("a-key", "a2", 2, "6.1000");
  exchange.advance(std::chrono::hours(9));  // a funding lies in it
  const auto a = account("alice");
  EXPECT_EQ(a.at("positions").as_array().at(0).at("cost").as_string(), "30.0000") << "five that are left, at 6 dollars";
  const auto dollars = [](const json::value& text) { return usd(std::string_view(text.as_string())); };
  DollarDecimal have, deposits;
  FixedPointCount net;
  for (const auto& each : truth.at("accounts").as_array()) {
    deposits += dollars(each.at("deposits"));
    for (const auto& b : each.at("balances").as_array()) have += dollars(b.at("cash"));
    for (const auto& p : each.at("positions").as_array()) {
      have -= dollars(p.at("cost"));
      net += FixedPointCount::parse(std::string_view(p.at("position").as_string())).value();
    }
  }
  EXPECT_EQ(have + dollars(truth.at("fees_collected")) + dollars(truth.at("residual")), deposits + dollars(truth.at("insurance_paid")));
  EXPECT_EQ(net, FixedPointCount{});
  EXPECT_GT(dollars(truth.at("fees_collected")), DollarDecimal{});
}

TEST_F(SimTruth, ListsGroupsAndBooks) {
  const std::string g = make_group("a-key", 10);
  buy("a-key", "a1", 10, "6.0000");
  account("alice");
  EXPECT_EQ(truth.at("groups").as_array().at(0).at("order_group_id").as_string(), g);
  EXPECT_EQ(truth.at("groups").as_array().at(0).at("contracts_limit").as_int64(), 10);
  const auto& m = truth.at("markets").as_array().at(market);
  EXPECT_EQ(m.at("bids").as_array().at(0).as_array().at(0).as_string(), "6.0000");
  EXPECT_EQ(m.at("bids").as_array().at(0).as_array().at(1).as_string(), "10.00");
  EXPECT_EQ(truth.at("now").as_string(), "2026-11-23T15:00:00Z");
}

// Every list that is cut has a way to the rest.
TEST_F(SimTruth, EachListCanBeReadPageByPage) {
  for (int i = 0; i < 7; ++i) buy("a-key", "open" + std::to_string(i), 1, "5.0000");
  for (int i = 0; i < 1'005; ++i) {
    buy("a-key", "a" + std::to_string(i), 1, "6.0000");
    sell("b-key", "b" + std::to_string(i), 1, "6.0000");
  }
  for (int i = 0; i < 5; ++i) make_group("a-key", 10 + i);
  const auto told = [&](const TruthQuery& query) {
    truth = json::parse(views::truth_json(exchange.state(), query)).as_object();
    return truth.at("accounts").as_array().at(0).as_object();
  };
  TruthQuery query;
  query.account = "alice";
  const auto all = told(query);
  EXPECT_EQ(all.at("fill_list").as_array().size(), 1'000U);
  EXPECT_EQ(all.at("left_out").at("fill_list").as_int64(), 5);
  query.fills_before = std::string(all.at("fill_list").as_array().back().at("fill_id").as_string());
  EXPECT_EQ(told(query).at("fill_list").as_array().size(), 5U);
  query.fills_before = std::string(told(query).at("fill_list").as_array().back().at("fill_id").as_string());
  EXPECT_TRUE(told(query).at("fill_list").as_array().empty());

  query = {"alice", 3, {}, {}, {}, {}};
  std::vector<std::string> orders, groups;
  for (int page = 0; page < 4; ++page) {
    const auto some = told(query);
    for (const auto& order : some.at("orders").as_array()) orders.emplace_back(order.at("client_order_id").as_string());
    if (!some.at("orders").as_array().empty()) query.orders_before = std::string(some.at("orders").at(0).at("order_id").as_string());
    const auto listed = truth.at("groups").as_array();
    for (const auto& group : listed) groups.push_back(std::to_string(group.at("contracts_limit").as_int64()));
    if (!listed.empty()) query.groups_before = std::string(listed.at(0).at("order_group_id").as_string());
  }
  EXPECT_EQ(orders, (std::vector<std::string>{"open4", "open5", "open6", "open1", "open2", "open3", "open0"}));
  EXPECT_EQ(groups, (std::vector<std::string>{"12", "13", "14", "10", "11"}));
}

}  // namespace
}  // namespace marginfix::sim
