// Corporate actions that `control` makes, seen on their channel: split, ticker change, final settlement; cash never comes here.
#include "integration/ws/fixture.hpp"

namespace marginfix::ws::test {
namespace {

class WsCorporateActions : public WsTest {
 protected:
  void act(const std::string& body) {
    const auto [status, answer] = sim::test::control(sim(), "POST", "/corporate_action", body);
    ASSERT_EQ(status, 200) << answer;
  }
};

TEST_F(WsCorporateActions, EachKindComesWithItsTermsWhenItIsApplied) {
  open();
  auto all = subscribe({.channel = Channel::corporate_actions});
  auto of_the_market = subscribe({.channel = Channel::corporate_actions, .market_tickers = {"KXETHPERP"}});

  act(R"({"ticker":"KXETHPERP","type":"cash_dividend","cash_per_contract":"0.0100"})");
  act(R"({"ticker":"KXLTCPERP","type":"stock_split","ratio_old":"1","ratio_new":"4"})");
  const auto split = next<MarginCorporateActionsDelta>(all).corporate_action;  // nothing of the dividend
  EXPECT_TRUE(split.type == AppliedCorporateAction::stock_split) << split.type.text();
  EXPECT_EQ(split.market_ticker, kMarket);
  EXPECT_FALSE(split.id.empty());
  EXPECT_FALSE(split.market_id.empty());
  EXPECT_GT(split.ts_ms.value, 0);
  ASSERT_TRUE(split.split);
  EXPECT_EQ(split.split->ratio_old, "1");
  EXPECT_EQ(split.split->ratio_new, "4");
  ASSERT_TRUE(split.split->pre_split_mark_price && split.split->post_split_mark_price);
  EXPECT_GT(*split.split->pre_split_mark_price, *split.split->post_split_mark_price);
  EXPECT_FALSE(split.final_settlement || split.ticker_change);

  act(R"({"ticker":"KXETHPERP","type":"ticker_change","old_ticker":"ETH","new_ticker":"ETX","new_market_ticker":"KXETXPERP"})");
  for (Subscription* s : {&all, &of_the_market}) {
    const auto change = next<MarginCorporateActionsDelta>(*s).corporate_action;
    EXPECT_TRUE(change.type == AppliedCorporateAction::ticker_change) << change.type.text();
    EXPECT_EQ(change.market_ticker, "KXETXPERP");  // the new one
    ASSERT_TRUE(change.ticker_change);
    EXPECT_EQ(change.ticker_change->old_ticker, "KXETHPERP");
    EXPECT_EQ(change.ticker_change->new_ticker, "KXETXPERP");
  }
  EXPECT_EQ(of_the_market.market_tickers(), (std::vector<std::string>{"KXETXPERP"}));

  // The filter follows the market through an outage.
  ASSERT_TRUE(sim().disconnect("WS", key_id("alice")));
  next(of_the_market, EventKind::subscribed);
  next(all, EventKind::subscribed);
  act(R"({"ticker":"KXETXPERP","type":"final_settlement","settlement_price_per_contract":"2.5000"})");
  const auto final = next<MarginCorporateActionsDelta>(of_the_market).corporate_action;
  EXPECT_TRUE(final.type == AppliedCorporateAction::final_settlement) << final.type.text();
  ASSERT_TRUE(final.final_settlement);
  EXPECT_EQ(final.final_settlement->settlement_price_per_contract.to_string(), "2.5000");
  EXPECT_EQ(all.statistics().gaps, 0U);
}

}  // namespace
}  // namespace marginfix::ws::test
