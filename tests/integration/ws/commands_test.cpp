// Every command and every error the simulated exchange answers with, as a stranger's client sends them: texts over TLS.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "integration/ws/fixture.hpp"
#include "integration/ws/raw_client.hpp"

namespace marginfix::ws::test {
namespace {

namespace json_dom = boost::json;

class WsCommands : public WsTest {
 protected:
  void SetUp() override {
    start();
    raw_ = std::make_unique<RawClient>(config());
  }
  json_dom::object ask(const std::string& text) {
    raw_->send(text);
    return answer();
  }
  json_dom::object answer() { return json_dom::parse(raw_->read()).as_object(); }
  // The code of the error frame that answers; 0 when another frame does.
  std::int64_t refused(const std::string& text) {
    const auto frame = ask(text);
    if (frame.at("type").as_string() != "error") return 0;
    const auto& msg = frame.at("msg").as_object();
    EXPECT_FALSE(msg.at("msg").as_string().empty());
    return msg.at("code").as_int64();
  }
  std::int64_t subscribe_to(const std::string& channel, const std::string& more) {
    const auto frame = ask(R"({"id":1,"cmd":"subscribe","params":{"channels":[")" + channel + "\"]" + more + "}}");
    return frame.at("msg").as_object().at("sid").as_int64();
  }

  std::unique_ptr<RawClient> raw_;
};

TEST_F(WsCommands, WhatIsWrongHasTheCodeOfTheSpecification) {
  const std::int64_t book = subscribe_to("orderbook_delta", R"(,"market_ticker":"KXLTCPERP")");
  answer();  // its snapshot
  const std::int64_t groups = subscribe_to("order_group_updates", "");
  const auto update = [](std::int64_t sid, const std::string& more) {
    return R"({"id":5,"cmd":"update_subscription","params":{"sids":[)" + std::to_string(sid) + "]" + more + "}}";
  };
  const std::pair<std::string, std::int64_t> cases[] = {
      {"{not json", 1},
      {"[]", 1},
      {R"({"id":2,"cmd":"subscribe"})", 2},
      {R"({"id":2,"cmd":"unsubscribe"})", 2},
      {R"({"id":2,"cmd":"update_subscription"})", 2},
      {R"({"id":2,"cmd":"subscribe","params":{}})", 3},
      {R"({"id":2,"cmd":"subscribe","params":{"channels":[]}})", 3},
      {R"({"id":2,"cmd":"unsubscribe","params":{}})", 4},
      {R"({"id":2,"cmd":"unsubscribe","params":{"sids":[]}})", 4},
      {R"({"id":2,"cmd":"dance","params":{}})", 5},
      {R"({"id":2})", 5},
      {R"({"id":2,"cmd":"unsubscribe","params":{"sids":[77]}})", 7},
      {update(77, R"(,"action":"add_markets","market_ticker":"KXBTCPERP")"), 7},
      {R"({"id":2,"cmd":"subscribe","params":{"channels":["weather"]}})", 8},
      {R"({"id":-1,"cmd":"list_subscriptions"})", 11},
      {R"({"id":2,"cmd":"subscribe","params":7})", 11},
      {R"({"id":2,"cmd":"subscribe","params":{"channels":["trade"],"market_tickers":"KXBTCPERP"}})", 11},
      {R"({"id":2,"cmd":"subscribe","params":{"channels":["trade"],"market_tickers":["NOSUCH"]}})", 11},
      {R"({"id":2,"cmd":"update_subscription","params":{"action":"add_markets","market_ticker":"KXBTCPERP"}})", 12},
      {R"({"id":2,"cmd":"update_subscription","params":{"sids":[1,2],"action":"add_markets","market_ticker":"KXBTCPERP"}})", 12},
      {update(book, R"(,"action":"turn","market_ticker":"KXBTCPERP")"), 13},
      {update(groups, R"(,"action":"add_markets","market_ticker":"KXBTCPERP")"), 13},
      {R"({"id":2,"cmd":"subscribe","params":{"channels":["orderbook_delta"]}})", 14},
      {update(book, R"(,"action":"add_markets")"), 14},
      {update(book, R"(,"market_ticker":"KXBTCPERP")"), 15},
  };
  for (const auto& [text, code] : cases) EXPECT_EQ(refused(text), code) << text;
  // Nothing of all that ended or made a subscription.
  EXPECT_EQ(ask(R"({"id":9,"cmd":"list_subscriptions"})").at("msg").as_array().size(), 2U);
}

TEST_F(WsCommands, TooManyCommandsInASecondAreRefusedAndTheConnectionGoesOn) {
  for (int i = 0; i < 400; ++i) raw_->send(R"({"id":1,"cmd":"list_subscriptions"})");
  int refused = 0;
  for (int i = 0; i < 400; ++i) {
    const auto frame = answer();
    if (frame.at("type").as_string() != "error") continue;
    EXPECT_EQ(frame.at("msg").as_object().at("code").as_int64(), 27);
    ++refused;
  }
  EXPECT_GT(refused, 0);
}

TEST_F(WsCommands, OneSidMayBeNamedAsANumberOrAsAList) {
  const std::int64_t sid = subscribe_to("trade", R"(,"market_ticker":"KXLTCPERP")");
  const std::string one = R"({"id":3,"cmd":"update_subscription","params":{"sid":)" + std::to_string(sid);
  auto frame = ask(one + R"(,"action":"add_markets","market_tickers":["KXBTCPERP"]}})");
  EXPECT_EQ(frame.at("type").as_string(), "ok");
  EXPECT_EQ(frame.at("id").as_int64(), 3);
  EXPECT_EQ(frame.at("sid").as_int64(), sid);
  EXPECT_EQ(frame.at("msg").as_object().at("market_tickers").as_array().size(), 2U);
  frame = ask(one + R"(,"action":"delete_markets","market_ticker":"KXLTCPERP"}})");
  EXPECT_EQ(json_dom::serialize(frame.at("msg").as_object().at("market_tickers")), R"(["KXBTCPERP"])");
  // Both at once name two.
  EXPECT_EQ(refused(one + R"(,"sids":[1],"action":"add_markets","market_ticker":"KXLTCPERP"}})"), 12);
}

TEST_F(WsCommands, ListSubscriptionsIsAnArrayEvenWhenEmpty) {
  const auto none = ask(R"({"id":4,"cmd":"list_subscriptions"})");
  EXPECT_EQ(none.at("type").as_string(), "ok");
  EXPECT_TRUE(none.at("msg").as_array().empty());
  subscribe_to("fill", "");
  const auto some = ask(R"({"id":5,"cmd":"list_subscriptions"})");
  EXPECT_EQ(json_dom::serialize(some.at("msg")), R"([{"channel":"fill","sid":1}])");
}

TEST_F(WsCommands, TakingAwayTheLastMarketEndsTheSubscriptionAndSaysSo) {
  const std::int64_t sid = subscribe_to("trade", R"(,"market_ticker":"KXLTCPERP")");
  const std::string update = R"({"id":6,"cmd":"update_subscription","params":{"sids":[)" + std::to_string(sid);
  EXPECT_EQ(ask(update + R"(],"action":"delete_markets","market_ticker":"KXLTCPERP"}})").at("type").as_string(), "ok");
  const auto ended = answer();
  EXPECT_EQ(ended.at("type").as_string(), "unsubscribed");
  EXPECT_EQ(ended.at("sid").as_int64(), sid);
  EXPECT_FALSE(ended.contains("id"));
  // Of all markets none can be taken away: there is no way to say "all but this".
  const std::int64_t all = subscribe_to("trade", "");
  EXPECT_EQ(refused(R"({"id":7,"cmd":"update_subscription","params":{"sids":[)" + std::to_string(all) +
                    R"(],"action":"delete_markets","market_ticker":"KXLTCPERP"}})"),
            11);
}

TEST_F(WsCommands, SeveralSidsEndWithOneCommand) {
  raw_->send(R"({"id":1,"cmd":"subscribe","params":{"channels":["trade","fill","ticker"]}})");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(answer().at("id").as_int64(), 1);
  raw_->send(R"({"id":2,"cmd":"unsubscribe","params":{"sids":[1,3]}})");
  for (const std::int64_t sid : {1, 3}) {
    const auto frame = answer();
    EXPECT_EQ(frame.at("type").as_string(), "unsubscribed");
    EXPECT_EQ(frame.at("sid").as_int64(), sid);
    EXPECT_EQ(frame.at("seq").as_int64(), 1);
  }
  EXPECT_EQ(ask(R"({"id":3,"cmd":"list_subscriptions"})").at("msg").as_array().size(), 1U);
}

}  // namespace
}  // namespace marginfix::ws::test
