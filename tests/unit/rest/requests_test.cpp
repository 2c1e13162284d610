// What every operation puts on the wire: method, path, query and body, exactly.
#include <gtest/gtest.h>

#include <set>

#include "marginfix/rest/account.hpp"
#include "marginfix/rest/exchange.hpp"
#include "marginfix/rest/fcm.hpp"
#include "marginfix/rest/funding.hpp"
#include "marginfix/rest/margin.hpp"
#include "marginfix/rest/markets.hpp"
#include "marginfix/rest/order_groups.hpp"
#include "marginfix/rest/orders.hpp"
#include "marginfix/rest/portfolio.hpp"
#include "marginfix/rest/transfers.hpp"
#include "unit/rest/values.hpp"

namespace marginfix::rest {
namespace {

// "GET /path?query body", or the error.
std::string line_of(const Result<PreparedRequest>& prepared) {
  if (!prepared) return prepared.error().message;
  std::string out = std::string(to_string(prepared->method)) + ' ' + prepared->path;
  if (!prepared->query.empty()) out += '?' + prepared->query;
  if (!prepared->body.empty()) out += ' ' + prepared->body;
  return out;
}

struct Case {
  std::string_view operation;
  std::string sent;
  std::string expected;
};
template <class Request>
Case sends(const Request& request, std::string expected) {
  return {Operation<Request>::info.operation_id, line_of(prepare(request)), std::move(expected)};
}

std::vector<Case> of_exchange_and_markets() {
  return {
      sends(GetMarginExchangeStatus{}, "GET /margin/exchange/status"),
      sends(GetMarginEnabled{}, "GET /margin/enabled"),
      sends(GetMarginRiskParameters{}, "GET /margin/risk_parameters"),
      sends(GetMarginMarkets{}, "GET /margin/markets"),
      sends(GetMarginMarkets{.status = MarginMarketStatus::active}, "GET /margin/markets?status=active"),
      sends(GetMarginMarket{.ticker = "KXBTCPERP"}, "GET /margin/markets/KXBTCPERP"),
      sends(GetMarginMarket{.ticker = "A/B? C%~\""}, "GET /margin/markets/A%2FB%3F%20C%25~%22"),
      sends(GetMarginMarketOrderbook{.ticker = "A"}, "GET /margin/markets/A/orderbook"),
      sends(GetMarginMarketOrderbook{.ticker = "A", .depth = 0, .aggregation_tick_size = dollars("0.1")},
            "GET /margin/markets/A/orderbook?depth=0&aggregation_tick_size=0.1000"),
      sends(GetMarginMarketOrderbooks{.tickers = {"A", "B&C", "D"}}, "GET /margin/markets/orderbooks?tickers=A,B%26C,D"),
      sends(GetMarginMarketCandlesticks{.ticker = "A", .start_ts = {1}, .end_ts = {2}, .period_interval = 60},
            "GET /margin/markets/A/candlesticks?start_ts=1&end_ts=2&period_interval=60"),
      sends(
          GetMarginMarketCandlesticks{
              .ticker = "A", .start_ts = {1}, .end_ts = {1}, .period_interval = 1440, .include_latest_before_start = true},
          "GET /margin/markets/A/candlesticks?start_ts=1&end_ts=1&period_interval=1440&include_latest_before_start=true"),
      sends(GetMarginTrades{}, "GET /margin/trades"),
      sends(GetMarginTrades{.ticker = "A", .limit = 1000, .cursor = "x=/+", .min_ts = EpochSeconds{5}, .max_ts = EpochSeconds{6}},
            "GET /margin/trades?ticker=A&limit=1000&cursor=x%3D%2F%2B&min_ts=5&max_ts=6"),
      sends(GetMarginCorporateActions{.ticker = "A", .market_id = kUuid},
            std::string("GET /margin/corporate_actions?ticker=A&market_id=") + kUuid),
  };
}

std::vector<Case> of_orders() {
  const CreateMarginOrderRequest least{.ticker = "BTC-PERP",
                                       .client_order_id = "c-1",
                                       .side = BookSide::bid,
                                       .count = contracts("10"),
                                       .price = dollars("19.5"),
                                       .time_in_force = OrderTimeInForce::good_till_canceled,
                                       .self_trade_prevention_type = SelfTradePreventionType::TakerAtCross};
  CreateMarginOrderRequest full = least;
  full.market_id = kUuid;
  full.side = BookSide::ask;
  full.expiration_time = EpochSeconds{1'800'000'000};
  full.post_only = true;
  full.self_trade_prevention_type = SelfTradePreventionType::Maker;
  full.cancel_order_on_pause = true;
  full.reduce_only = false;
  full.subaccount = 63;
  full.order_group_id = "g";
  full.market_version = 2;
  return {
      sends(CreateMarginOrder{least}, R"(POST /margin/orders {"ticker":"BTC-PERP","client_order_id":"c-1","side":"bid","count":"10.00",)"
                                      R"("price":"19.5000","time_in_force":"good_till_canceled",)"
                                      R"("self_trade_prevention_type":"taker_at_cross"})"),
      sends(CreateMarginOrder{full},
            std::string(R"(POST /margin/orders {"ticker":"BTC-PERP","market_id":")") + kUuid +
                R"(","client_order_id":"c-1","side":"ask","count":"10.00","price":"19.5000","expiration_time":1800000000,)"
                R"("time_in_force":"good_till_canceled","post_only":true,"self_trade_prevention_type":"maker",)"
                R"("cancel_order_on_pause":true,"reduce_only":false,"subaccount":63,"order_group_id":"g","market_version":2})"),
      sends(GetMarginOrders{}, "GET /margin/orders"),
      sends(GetMarginOrders{.ticker = "A",
                            .min_ts = EpochSeconds{1},
                            .max_ts = EpochSeconds{2},
                            .status = "resting",
                            .limit = 10000,
                            .cursor = "c",
                            .subaccount = 0},
            "GET /margin/orders?ticker=A&min_ts=1&max_ts=2&status=resting&limit=10000&cursor=c&subaccount=0"),
      sends(GetMarginOrder{.order_id = "o"}, "GET /margin/orders/o"),
      sends(CancelMarginOrder{.order_id = "o", .subaccount = 1}, "DELETE /margin/orders/o?subaccount=1"),
      sends(CancelAllMarginOrders{}, "DELETE /margin/orders"),
      sends(CancelAllMarginOrders{.subaccount = 2}, "DELETE /margin/orders?subaccount=2"),
      sends(DecreaseMarginOrder{.order_id = "o", .subaccount = 1, .body = {.reduce_by = contracts("0.01")}},
            R"(POST /margin/orders/o/decrease?subaccount=1 {"reduce_by":"0.01"})"),
      sends(DecreaseMarginOrder{.order_id = "o", .body = {.reduce_to = FixedPointCount{}}},
            R"(POST /margin/orders/o/decrease {"reduce_to":"0.00"})"),
      sends(AmendMarginOrder{.order_id = "o",
                             .subaccount = 3,
                             .body = {.ticker = "A",
                                      .side = BookSide::ask,
                                      .price = dollars("0.0001"),
                                      .count = contracts("2.5"),
                                      .client_order_id = "c",
                                      .updated_client_order_id = "d",
                                      .expiration_time = EpochSeconds{0}}},
            R"(POST /margin/orders/o/amend?subaccount=3 {"ticker":"A","side":"ask","price":"0.0001","count":"2.50",)"
            R"("client_order_id":"c","updated_client_order_id":"d","expiration_time":0})"),
      sends(ListMarginFCMOrders{.subtrader_id = "u_1",
                                .ticker = "A",
                                .status = "resting",
                                .min_ts = EpochSeconds{1},
                                .max_ts = EpochSeconds{2},
                                .limit = 3,
                                .cursor = "c"},
            "GET /margin/fcm/orders?subtrader_id=u_1&ticker=A&status=resting&min_ts=1&max_ts=2&limit=3&cursor=c"),
  };
}

std::vector<Case> of_groups() {
  return {
      sends(GetMarginOrderGroups{.subaccount = 1}, "GET /margin/order_groups?subaccount=1"),
      sends(GetMarginOrderGroup{.order_group_id = "g", .subaccount = 1}, "GET /margin/order_groups/g?subaccount=1"),
      sends(CreateMarginOrderGroup{{.subaccount = 1, .contracts_limit = 5, .contracts_limit_fp = contracts("5"), .exchange_index = 0}},
            R"(POST /margin/order_groups/create {"subaccount":1,"contracts_limit":5,"contracts_limit_fp":"5.00","exchange_index":0})"),
      sends(DeleteMarginOrderGroup{.order_group_id = "g", .subaccount = 1}, "DELETE /margin/order_groups/g?subaccount=1"),
      sends(ResetMarginOrderGroup{.order_group_id = "g"}, "PUT /margin/order_groups/g/reset {}"),
      sends(TriggerMarginOrderGroup{.order_group_id = "g", .subaccount = 1}, "PUT /margin/order_groups/g/trigger?subaccount=1 {}"),
      sends(UpdateMarginOrderGroupLimit{.order_group_id = "g", .body = {.contracts_limit_fp = contracts("0.5")}},
            R"(PUT /margin/order_groups/g/limit {"contracts_limit_fp":"0.50"})"),
  };
}

std::vector<Case> of_portfolio_and_margin() {
  return {
      sends(GetMarginPositions{.subaccount = 0, .ticker = "A"}, "GET /margin/positions?subaccount=0&ticker=A"),
      sends(GetMarginFills{.subaccount = 1, .limit = 1, .cursor = "c", .min_ts = EpochSeconds{1}, .max_ts = EpochSeconds{2}},
            "GET /margin/fills?subaccount=1&limit=1&cursor=c&min_ts=1&max_ts=2"),
      sends(GetMarginBalance{}, "GET /margin/balance"),
      sends(GetMarginBalance{.compute_available_balance = true}, "GET /margin/balance?compute_available_balance=true"),
      sends(GetMarginRisk{}, "GET /margin/risk"),
      sends(GetMarginNotionalRiskLimit{}, "GET /margin/notional_risk_limit"),
      sends(GetMarginFeeTiers{}, "GET /margin/fee_tiers"),
      sends(GetMarginFeeTierRates{}, "GET /margin/fee_tier_rates"),
      sends(GetPerpsAccountApiLimits{}, "GET /account/limits/perps"),
      sends(GetAccountEndpointCosts{}, "GET /account/endpoint_costs"),
      sends(GetMarginFundingRateEstimate{.ticker = "A"}, "GET /margin/funding_rates/estimate?ticker=A"),
      sends(GetMarginHistoricalFundingRates{}, "GET /margin/funding_rates/historical"),
      sends(GetMarginHistoricalFundingRates{.ticker = "A", .start_ts = EpochSeconds{1}, .end_ts = EpochSeconds{2}},
            "GET /margin/funding_rates/historical?ticker=A&start_ts=1&end_ts=2"),
      sends(GetMarginPremiumIndex{.ticker = "A", .start_ts = {1}, .end_ts = {3601}},
            "GET /margin/funding_rates/premium_index?ticker=A&start_ts=1&end_ts=3601"),
      sends(GetMarginFundingHistory{.ticker = "A", .start_date = day(2026, 6, 5), .end_date = day(2026, 6, 13), .subaccount = 4},
            "GET /margin/funding_history?ticker=A&start_date=2026-06-05&end_date=2026-06-13&subaccount=4"),
  };
}

std::vector<Case> of_exit_triggers() {
  return {
      sends(SetCrossMarginExitTrigger{.ticker = "A",
                                      .subaccount = 1,
                                      .body = {.count = contracts("3"),
                                               .client_trigger_id = "t",
                                               .kind = ExitTriggerKind::bracket,
                                               .stop_loss_price = dollars("1.5"),
                                               .take_profit_price = dollars("2.0001")}},
            R"(PUT /margin/cross/positions/A/exit_trigger?subaccount=1 {"count":"3.00","client_trigger_id":"t","kind":"bracket",)"
            R"("stop_loss_price":"1.5000","take_profit_price":"2.0001"})"),
      sends(SetCrossMarginExitTrigger{.ticker = "A",
                                      .body = {.anchor_order_id = "o", .client_trigger_id = "t", .stop_loss_price = dollars("1")}},
            R"(PUT /margin/cross/positions/A/exit_trigger {"anchor_order_id":"o","client_trigger_id":"t","stop_loss_price":"1.0000"})"),
      sends(SetCrossMarginExitTrigger{.ticker = "A", .body = {.kind = ExitTriggerKind::trailing, .trail_bps = 9999}},
            R"(PUT /margin/cross/positions/A/exit_trigger {"kind":"trailing","trail_bps":9999})"),
      sends(GetCrossMarginExitTriggers{.ticker = "A", .subaccount = 1, .kind = ExitTriggerKind::trailing},
            "GET /margin/cross/positions/A/exit_trigger?subaccount=1&kind=trailing"),
      sends(DeleteCrossMarginExitTrigger{.ticker = "A", .kind = ExitTriggerKind::bracket},
            "DELETE /margin/cross/positions/A/exit_trigger?kind=bracket"),
      sends(UpdateCrossMarginExitTrigger{.ticker = "A", .trigger_id = "t/1", .subaccount = 1, .body = {.take_profit_price = dollars("2")}},
            R"(PUT /margin/cross/positions/A/exit_trigger/t%2F1?subaccount=1 {"take_profit_price":"2.0000"})"),
      sends(DeleteCrossMarginExitTriggerById{.ticker = "A", .trigger_id = "t", .subaccount = 1},
            "DELETE /margin/cross/positions/A/exit_trigger/t?subaccount=1"),
      sends(SetIsolatedMarginExitTrigger{.ticker = "A", .body = {.kind = ExitTriggerKind::trailing, .trail_amount = dollars("0.25")}},
            R"(PUT /margin/isolated/positions/A/exit_trigger {"kind":"trailing","trail_amount":"0.2500"})"),
      sends(GetIsolatedMarginExitTriggers{.ticker = "A", .kind = ExitTriggerKind::bracket},
            "GET /margin/isolated/positions/A/exit_trigger?kind=bracket"),
      sends(DeleteIsolatedMarginExitTrigger{.ticker = "A"}, "DELETE /margin/isolated/positions/A/exit_trigger"),
  };
}

std::vector<Case> of_transfers_and_fcm() {
  return {
      sends(IntraExchangeInstanceTransfer{{.client_transfer_id = kUuid,
                                           .source = ExchangeInstance::event_contract,
                                           .destination = ExchangeInstance::margined,
                                           .amount = {10'000},
                                           .source_exchange_shard = 0,
                                           .destination_exchange_shard = 100}},
            std::string(R"(POST /portfolio/intra_exchange_instance_transfer {"client_transfer_id":")") + kUuid +
                R"(","source":"event_contract","destination":"margined","amount":10000,"source_exchange_shard":0,)"
                R"("destination_exchange_shard":100})"),
      sends(IntraExchangeInstanceTransfer{{.source = ExchangeInstance::event_contract,
                                           .destination = ExchangeInstance::event_contract,
                                           .amount = {1},
                                           .source_subaccount = 1,
                                           .destination_subaccount = 2}},
            R"(POST /portfolio/intra_exchange_instance_transfer {"source":"event_contract","destination":"event_contract","amount":1,)"
            R"("source_subaccount":1,"destination_subaccount":2})"),
      sends(CreateMarginSubaccount{}, "POST /portfolio/margin/subaccounts {}"),
      sends(
          ApplyMarginSubaccountTransfer{
              {.client_transfer_id = kUuid, .from_subaccount = 0, .to_subaccount = 7, .amount_cents = {125}, .exchange_index = 0}},
          std::string(R"(POST /portfolio/margin/subaccounts/transfer {"client_transfer_id":")") + kUuid +
              R"(","from_subaccount":0,"to_subaccount":7,"amount_cents":125,"exchange_index":0})"),
      sends(CreateMarginFCMSubtrader{{.subtrader_suffix = "Desk7", .require_category_cap = true}},
            R"(POST /margin/fcm/subtraders {"subtrader_suffix":"Desk7","require_category_cap":true})"),
      sends(GetFCMSubtraderRiskControls{.subtrader_id = "u_1", .asset_class = AssetClass::Crypto},
            "GET /margin/fcm/subtraders/risk_controls?subtrader_id=u_1&asset_class=Crypto"),
      sends(UpdateFCMSubtraderRiskControls{{.subtrader_id = "u_1", .market_ticker = "A", .im_cap = dollars("100000.5")}},
            R"(PUT /margin/fcm/subtraders/risk_controls {"subtrader_id":"u_1","market_ticker":"A","im_cap":"100000.5000"})"),
      sends(DeleteFCMSubtraderRiskControls{.subtrader_id = "u_1", .market_ticker = "A"},
            "DELETE /margin/fcm/subtraders/risk_controls?subtrader_id=u_1&market_ticker=A"),
      sends(UpdateFCMNotionalRiskLimit{{.notional_value_risk_limit = DollarDecimal{}}},
            R"(PUT /margin/fcm/notional_risk_limit {"notional_value_risk_limit":"0.0000"})"),
      sends(DeleteFCMNotionalRiskLimit{}, "DELETE /margin/fcm/notional_risk_limit"),
  };
}

TEST(RestRequests, EveryOperationIsSentAsDocumented) {
  std::set<std::string_view> seen;
  for (const auto& family :
       {of_exchange_and_markets(), of_orders(), of_groups(), of_portfolio_and_margin(), of_exit_triggers(), of_transfers_and_fcm()}) {
    for (const Case& c : family) {
      EXPECT_EQ(c.sent, c.expected) << c.operation;
      seen.insert(c.operation);
    }
  }
  for (const OperationInfo* info : perps_operations())
    EXPECT_TRUE(seen.contains(info->operation_id)) << info->operation_id << " is not tested";
}

TEST(RestRequests, TheCostDependsOnTheBalanceAsked) {
  EXPECT_EQ(prepare(GetMarginBalance{})->cost, 5);
  EXPECT_EQ(prepare(GetMarginBalance{.compute_available_balance = false})->cost, 5);
  EXPECT_EQ(prepare(GetMarginBalance{.compute_available_balance = true})->cost, 50);
  EXPECT_EQ(prepare(GetMarginRisk{})->cost, 10);
  EXPECT_EQ(prepare(CancelAllMarginOrders{})->cost, 1);
  EXPECT_EQ(prepare(CancelMarginOrder{.order_id = "o"})->cost, 1);
  EXPECT_EQ(prepare(DecreaseMarginOrder{.order_id = "o", .body = {.reduce_to = FixedPointCount::whole(1)}})->cost, 1);
}

// An empty optional text is as good as none; an identifier that would change the path is refused.
TEST(RestRequests, EmptyAndTreacherousIdentifiers) {
  EXPECT_EQ(line_of(prepare(GetMarginTrades{.ticker = "", .cursor = ""})), "GET /margin/trades");
  EXPECT_EQ(line_of(prepare(GetMarginMarket{})), "ticker: is required");
  EXPECT_EQ(line_of(prepare(GetMarginOrder{.order_id = ".."})), "order_id: \"..\" is not an identifier");
  EXPECT_EQ(line_of(prepare(GetMarginOrder{.order_id = "."})), "order_id: \".\" is not an identifier");
  EXPECT_EQ(line_of(prepare(GetMarginOrder{.order_id = "../balance?x"})), "GET /margin/orders/..%2Fbalance%3Fx");
  EXPECT_EQ(line_of(prepare(GetMarginMarket{.ticker = "{ticker}"})), "GET /margin/markets/%7Bticker%7D");
  EXPECT_EQ(line_of(prepare(
                UpdateCrossMarginExitTrigger{.ticker = "{trigger_id}", .trigger_id = "t", .body = {.stop_loss_price = dollars("1")}})),
            R"(PUT /margin/cross/positions/%7Btrigger_id%7D/exit_trigger/t {"stop_loss_price":"1.0000"})");
}

}  // namespace
}  // namespace marginfix::rest
