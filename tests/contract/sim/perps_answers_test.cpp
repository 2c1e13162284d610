// The simulator's REST answers against the official file: every operation, property by property.
#include "contract/sim/official/perps_door.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/fcm.hpp"
#include "sim/exchange/views/market.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

ExchangeOptions unlimited(bool past) {
  ExchangeOptions o;
  o.house = past;
  o.past = past;
  o.tier = RateTier::Unlimited;
  return o;
}

std::string unix(Timestamp t) { return std::to_string(to_epoch_seconds(t)); }

// Nobody else trades: every optional member can be brought about.
class PerpsAnswers : public OfficialPerpsTest {
 protected:
  PerpsAnswers() : OfficialPerpsTest(unlimited(false)) {}

  // An order of alice's, signed; `more` as for new_order().
  Answer order(std::string_view key, std::string_view id, std::string_view side, std::string_view count, std::string_view price,
               std::string_view more = "", std::string_view tif = "good_till_canceled") {
    return good(key, "POST", "/margin/orders", new_order(id, side, count, price, more, tif));
  }
  void orders() {
    const std::string day = unix(kStart + hours(24));
    const std::string group = good("a-key", "POST", "/margin/order_groups/create", R"({"contracts_limit":1000})")["order_group_id"];
    const std::string in_group = R"(,"order_group_id":")" + group + R"(","cancel_order_on_pause":true,"expiration_time":)" + day;
    const Answer resting = order("a-key", "o1", "bid", "50", "6.2000", in_group);
    order("b-key", "o2", "ask", "20", "6.2000", "", kIoc);
    order("a-key", "o3", "ask", "30", "6.3000");
    order("b-key", "o4", "bid", "10", "6.3000", "", kIoc);
    good("a-key", "POST", order_path(resting, "/decrease"), R"({"reduce_by":"5"})");
    order("b-key", "o5", "ask", "3", "6.2500");
    good("a-key", "POST", order_path(resting, "/amend"), R"({"ticker":"KXBTCPERP","side":"bid","price":"6.2500","count":"40"})");
    good("a-key", "GET", order_path(resting));
    good("a-key", "GET", "/margin/orders?limit=1");
    good("a-key", "DELETE", order_path(resting));
    EXPECT_EQ(ask("a-key", "DELETE", order_path(resting)).status, 404);
    groups(group);
    EXPECT_EQ(ask("a-key", "GET", "/margin/orders/a023e290-7ada-40d0-817a-189a24e944e2").status, 404);
    EXPECT_EQ(ask("a-key", "POST", "/margin/orders", new_order("o1", "bid", "1", "6.2000")).status, 409);
    EXPECT_EQ(ask("a-key", "POST", "/margin/orders", "{}").status, 400);
    good("a-key", "DELETE", "/margin/orders");
    good("f-key", "GET", "/margin/fcm/orders?subtrader_id=x");
  }
  void groups(const std::string& group) {
    const std::string path = "/margin/order_groups/" + group;
    good("a-key", "GET", "/margin/order_groups");
    good("a-key", "GET", path);
    good("a-key", "PUT", path + "/limit", R"({"contracts_limit":50})");
    good("a-key", "PUT", path + "/trigger");
    good("a-key", "PUT", path + "/reset");
    good("a-key", "DELETE", path);
    EXPECT_EQ(ask("a-key", "DELETE", path).status, 404);
    good("b-key", "GET", "/margin/order_groups");
  }
  void triggers() {
    const std::string cross = "/margin/cross/positions/KXBTCPERP/exit_trigger",
                      isolated = "/margin/isolated/positions/KXBTCPERP/exit_trigger";
    const Answer bracket = good("a-key", "PUT", cross, R"({"stop_loss_price":"5.0000","take_profit_price":"9.0000"})");
    const std::string one = cross + "/" + bracket["id"];
    good("a-key", "PUT", one, R"({"stop_loss_price":"5.1000"})");
    good("a-key", "GET", cross);
    good("a-key", "DELETE", one);
    EXPECT_EQ(ask("a-key", "DELETE", one).status, 404);
    good("a-key", "PUT", cross, R"({"kind":"trailing","trail_bps":900})");
    good("a-key", "PUT", cross, R"({"kind":"trailing","trail_amount":"0.5000"})");
    const std::string anchor = order("a-key", "anchor", "bid", "5", "6.0000")["order_id"];
    good("a-key", "PUT", cross, R"({"stop_loss_price":"5.0000","anchor_order_id":")" + anchor + R"(","client_trigger_id":"other"})");
    good("a-key", "GET", cross);
    good("a-key", "DELETE", cross);
    fire(cross);
    good("a-key", "GET", isolated);
    good("a-key", "DELETE", isolated);
    EXPECT_EQ(ask("a-key", "PUT", isolated, R"({"stop_loss_price":"5.0000"})").status, 404) << "there are no isolated positions";
  }
  // What a trigger that fired says of itself, and the order it sent.
  void fire(const std::string& cross) {
    const std::string stop = R"({"stop_loss_price":"6.2000","count":"1","client_trigger_id":"fires"})";
    order("b-key", "under", "bid", "10", "6.1500");
    good("a-key", "PUT", cross, stop);
    ASSERT_TRUE(exchange.run(commands::SetReference{market, usd("6.1500")}));
    exchange.advance(seconds(1));
    const Answer done = good("a-key", "PUT", cross, stop);
    EXPECT_EQ(done["status"], "filled");
    good("a-key", "GET", "/margin/orders/" + done["triggered_order_id"]);
    const std::string taken_back = R"({"stop_loss_price":"5.0000","count":"1","client_trigger_id":"back"})";
    good("a-key", "DELETE", cross + "/" + good("a-key", "PUT", cross, taken_back)["id"]);
    EXPECT_EQ(good("a-key", "PUT", cross, taken_back)["status_reason"], "user_canceled");
  }
  void money() {
    const std::string id = "a023e290-7ada-40d0-817a-189a24e944e2";
    good("a-key", "POST", "/portfolio/intra_exchange_instance_transfer",
         R"({"client_transfer_id":")" + id + R"(","source":"margined","destination":"event_contract","amount":100})");
    EXPECT_EQ(ask("a-key", "POST", "/portfolio/intra_exchange_instance_transfer",
                  R"({"client_transfer_id":")" + id + R"(","source":"margined","destination":"event_contract","amount":100})")
                  .status,
              409);
    const std::string made = good("a-key", "POST", "/portfolio/margin/subaccounts", "{}")["subaccount_number"];
    good("a-key", "POST", "/portfolio/margin/subaccounts/transfer",
         R"({"client_transfer_id":")" + id + R"(","from_subaccount":0,"to_subaccount":)" + made + R"(,"amount_cents":100})");
  }
  void fcms() {
    const std::string controls = "/margin/fcm/subtraders/risk_controls";
    const std::string id =
        good("f-key", "POST", "/margin/fcm/subtraders", R"({"subtrader_suffix":"desk1","require_category_cap":false})")["subtrader_id"];
    const std::string who = R"({"subtrader_id":")" + id + "\"";
    good("f-key", "PUT", controls, who + R"(,"im_cap":"1000"})");
    good("f-key", "PUT", controls, who + R"(,"market_ticker":"KXBTCPERP","im_cap":"500.5"})");
    good("f-key", "PUT", controls, who + R"(,"asset_class":"Crypto","im_cap":"750"})");
    exchange.run(commands::SetSubtraderLimit{fcm, id, market, usd("5000")});
    good("f-key", "GET", controls + "?subtrader_id=" + id);
    good("f-key", "DELETE", controls + "?subtrader_id=" + id);
    EXPECT_EQ(ask("f-key", "DELETE", controls + "?subtrader_id=" + id).status, 404);
    EXPECT_EQ(ask("b-key", "GET", controls + "?subtrader_id=" + id).status, 403);
    good("f-key", "PUT", "/margin/fcm/notional_risk_limit", R"({"notional_value_risk_limit":"100000"})");
    good("f-key", "GET", "/margin/notional_risk_limit");
    good("f-key", "DELETE", "/margin/fcm/notional_risk_limit");
  }
  void account(std::string_view key) {
    for (const char* target :
         {"/margin/enabled", "/margin/positions", "/margin/fills?limit=1", "/margin/balance",
          "/margin/balance?compute_available_balance=true", "/margin/risk", "/margin/notional_risk_limit", "/margin/fee_tiers",
          "/margin/fee_tier_rates", "/account/limits/perps", "/margin/funding_history?start_date=2026-11-20&end_date=2026-11-25"}) {
      good(key, "GET", target);
    }
    EXPECT_EQ(read(key, "/margin/funding_history").status, 400);
  }
  // Gives the action's id.
  std::string announce(CorporateActionType type, hours in, const std::function<void(CorporateAction&)>& terms) {
    CorporateAction a;
    a.market = views::find_market(exchange.state(), "KXLTCPERP").value();
    a.type = type;
    a.execution_time = exchange.now() + in;
    a.ex_date = eastern_date(a.execution_time);
    terms(a);
    const auto id = exchange.run(commands::ScheduleAction{a});
    EXPECT_TRUE(id) << id.error().message;
    return id ? std::string(id->view()) : "";
  }
  void corporate_actions() {
    const auto cash = [](CorporateAction& a) { a.cash_per_share = usd("0.2500"), a.cash_per_contract = usd("0.0250"); };
    const auto ratio = [](CorporateAction& a) { a.ratio_old = 1, a.ratio_new = 4; };
    announce(CorporateActionType::CashDividend, hours(48), cash);
    announce(CorporateActionType::SpecialDividend, hours(49), cash);
    announce(CorporateActionType::SpinOff, hours(50), cash);
    announce(CorporateActionType::StockSplit, hours(51), ratio);
    announce(CorporateActionType::TickerChange, hours(52), [](CorporateAction& a) { a.old_ticker = "LTC", a.new_ticker = "LTX"; });
    announce(CorporateActionType::FinalSettlement, hours(400), [](CorporateAction& a) {
      a.reason = "merger";
      a.settlement_price_per_share = usd("30.0000");
      a.settlement_price_per_contract = usd("3.0000");
    });
    EXPECT_TRUE(cancel_corporate_action(exchange, announce(CorporateActionType::StockSplit, hours(60), ratio)));
    good("", "GET", "/margin/corporate_actions");
  }
  void markets() {
    const std::string from = unix(kStart - hours(2)), until = unix(exchange.now() + seconds(1)), at = "/margin/markets/KXBTCPERP";
    for (const std::string& target : {
             std::string("/margin/exchange/status"),
             std::string("/margin/risk_parameters"),
             std::string("/margin/markets"),
             at,
             at + "/orderbook",
             at + "/orderbook?depth=1&aggregation_tick_size=0.1",
             std::string("/margin/markets/orderbooks?tickers=KXBTCPERP,KXETHPERP"),
             at + "/candlesticks?period_interval=60&include_latest_before_start=true&start_ts=" + from + "&end_ts=" + until,
             std::string("/margin/trades?limit=1"),
             std::string("/margin/funding_rates/estimate?ticker=KXBTCPERP"),
             "/margin/funding_rates/historical?ticker=KXBTCPERP&start_ts=" + from + "&end_ts=" + until,
             "/margin/funding_rates/premium_index?ticker=KXBTCPERP&start_ts=" + unix(exchange.now() - hours(1)) +
                 "&end_ts=" + unix(exchange.now()),
         }) {
      good("", "GET", target);
    }
    EXPECT_EQ(read("", "/margin/markets/NOPE").status, 404);
    EXPECT_EQ(read("", "/margin/markets/NOPE/orderbook").status, 404);
  }
};

TEST_F(PerpsAnswers, AreWhatTheOfficialFileSays) {
  ASSERT_NO_FATAL_FAILURE(orders());
  order("a-key", "m1", "bid", "5", "6.2400");
  order("b-key", "m2", "ask", "5", "6.2700");
  ASSERT_TRUE(exchange.run(commands::SetReference{market, usd("6.2500")}));
  exchange.advance(hours(6));  // funding at 20:00 UTC, both settlements
  triggers();
  money();
  fcms();
  corporate_actions();
  for (const char* key : {"a-key", "b-key", "f-key"}) account(key);
  markets();
  refuse_everywhere();
  for (const std::string& finding : check_->findings()) ADD_FAILURE() << finding;
  EXPECT_EQ(check_->operations().size(), 54U);
  // No request of this API opens an isolated position, so none can get a trigger (the schema is the cross one's).
  EXPECT_EQ(check_->never_succeeded(), (std::vector<std::string>{"SetIsolatedMarginExitTrigger"}));
  EXPECT_EQ(check_->never_refused(), std::vector<std::string>{});
  // Never sent on perps, or while the exchange is down only (rest-perps.md).
  EXPECT_EQ(check_->never_written(),
            (std::vector<std::string>{"ExchangeStatus.exchange_estimated_resume_time", "ExchangeStatus.exchange_index_statuses",
                                      "ExchangeStatus.intra_exchange_transfers_active"}));
}

// Nothing happens, one side is empty, prices go where nobody expects them: what a market tells is in the file's form all the same.
class PerpsAnswersOfOddMarkets : public OfficialPerpsTest {
 protected:
  PerpsAnswersOfOddMarkets() : OfficialPerpsTest(unlimited(false)) {}

  // Candles of every period over ranges that begin before there was anything, at a boundary, between two, and in the future.
  void candles(const std::string& path) {
    const std::int64_t now = to_epoch_seconds(exchange.now());
    for (const int minutes : {1, 60, 1440}) {
      const std::int64_t length = minutes * 60, boundary = now / length * length;
      for (const std::int64_t start : {now - 7 * length, boundary - 2 * length, boundary - length - 1, boundary, now, now + 5 * length}) {
        for (const char* latest : {"", "&include_latest_before_start=true"}) {
          const Answer answer = good("", "GET",
                                     path + "/candlesticks?period_interval=" + std::to_string(minutes) +
                                         "&start_ts=" + std::to_string(start) + "&end_ts=" + std::to_string(start + 4 * length) + latest);
          std::int64_t before = 0;
          for (std::size_t i = 0; i < answer.size("candlesticks"); ++i) {
            const std::int64_t end = std::stoll(answer["candlesticks." + std::to_string(i) + ".end_period_ts"]);
            EXPECT_GT(end, before) << "each candle has its own time: " << answer.text;
            EXPECT_EQ(end % length, 0);
            before = end;
          }
        }
      }
    }
  }
  void everything() {
    const Answer markets = good("", "GET", "/margin/markets");
    const std::string from = unix(exchange.now() - hours(9)), until = unix(exchange.now() + seconds(1));
    for (std::size_t i = 0; i < markets.size("markets"); ++i) {
      const std::string ticker = markets["markets." + std::to_string(i) + ".ticker"], path = "/margin/markets/" + ticker;
      good("", "GET", path);
      good("", "GET", path + "/orderbook");
      good("", "GET", path + "/orderbook?depth=1&aggregation_tick_size=0.1");
      good("", "GET", "/margin/trades?limit=10&ticker=" + ticker);
      good("", "GET", "/margin/funding_rates/historical?ticker=" + ticker + "&start_ts=" + from + "&end_ts=" + until);
      if (ticker == kMarket) candles(path);
    }
    for (const char* key : {"a-key", "b-key"}) {
      for (const char* target :
           {"/margin/positions", "/margin/balance?compute_available_balance=true", "/margin/risk", "/margin/fills", "/margin/orders",
            "/margin/order_groups", "/margin/funding_history?start_date=2026-11-20&end_date=2026-11-25"}) {
        good(key, "GET", target);
      }
    }
    good("", "GET", "/margin/risk_parameters");
    good("", "GET", "/margin/exchange/status");
    good("", "GET", "/margin/corporate_actions");
  }
  void TearDown() override {
    if (!check_) return;
    for (const std::string& finding : check_->findings()) {
      if (finding.find("excuse no longer needed") == std::string::npos) ADD_FAILURE() << finding;
    }
  }
  void order(std::string_view key, std::string_view id, std::string_view side, std::string_view count, std::string_view price) {
    good(key, "POST", "/margin/orders", new_order(id, side, count, price));
  }
};

TEST_F(PerpsAnswersOfOddMarkets, NothingEverHappened) {
  everything();
  exchange.advance(hours(9));  // a funding without anybody
  everything();
}

TEST_F(PerpsAnswersOfOddMarkets, OneSideIsEmpty) {
  order("a-key", "bid", "bid", "1", "6.2000");
  exchange.step(kStart + seconds(70));
  everything();
  good("a-key", "DELETE", "/margin/orders");
  exchange.step(kStart + seconds(200));
  order("a-key", "ask", "ask", "1", "6.3000");
  exchange.step(kStart + seconds(400));
  everything();
  exchange.advance(hours(9));
  everything();
}

TEST_F(PerpsAnswersOfOddMarkets, TradedOnceAndThenLeftAlone) {
  order("a-key", "m", "bid", "3", "6.2000");
  order("b-key", "t", "ask", "3", "6.2000");
  everything();
  exchange.advance(hours(60));
  everything();
}

TEST_F(PerpsAnswersOfOddMarkets, PricesGoToTheirEnds) {
  for (const char* price : {"0.0001", "0.0010", "9999.9999", "900000.0000"}) {
    if (!exchange.run(commands::SetReference{market, usd(price)})) continue;
    ask("a-key", "POST", "/margin/orders", new_order("m" + std::string(price), "bid", "1", price));
    ask("b-key", "POST", "/margin/orders", new_order("t" + std::string(price), "ask", "1", price));
    exchange.advance(hours(9));
    everything();
  }
}

TEST_F(PerpsAnswersOfOddMarkets, HaltedClosedAndPaused) {
  order("a-key", "m", "bid", "3", "6.2000");
  exchange.run(commands::Halt{market, true});
  everything();
  exchange.run(commands::SetStatus{views::find_market(exchange.state(), "KXETHPERP").value(), MarketStatus::Closed});
  exchange.run(commands::SetStatus{views::find_market(exchange.state(), "KXSOLPERP").value(), MarketStatus::Inactive});
  everything();
  exchange.run(commands::SetPaused{true});
  everything();
}

// The house trades: long lists, every market.
class PerpsAnswersOfThePast : public OfficialPerpsTest {
 protected:
  PerpsAnswersOfThePast() : OfficialPerpsTest(unlimited(true)) {}
};

TEST_F(PerpsAnswersOfThePast, AreWhatTheOfficialFileSays) {
  const std::string from = unix(kStart - hours(72)), until = unix(kStart), span = "&start_ts=" + from + "&end_ts=" + until;
  const Answer markets = good("", "GET", "/margin/markets");
  for (std::size_t i = 0; i < markets.size("markets"); ++i) {
    const std::string ticker = markets["markets." + std::to_string(i) + ".ticker"], path = "/margin/markets/" + ticker;
    good("", "GET", path);
    good("", "GET", path + "/orderbook");
    good("", "GET", path + "/candlesticks?period_interval=60&include_latest_before_start=true" + span);
    good("", "GET", "/margin/trades?limit=1000&ticker=" + ticker);
    good("", "GET", "/margin/funding_rates/historical?ticker=" + ticker + span);
    good("", "GET", "/margin/funding_rates/estimate?ticker=" + ticker);
  }
  for (const std::string& finding : check_->findings()) {
    if (finding.find("excuse no longer needed") == std::string::npos) ADD_FAILURE() << finding;
  }
  EXPECT_GT(check_->values(), 10'000U);
}

}  // namespace
}  // namespace marginfix::sim
