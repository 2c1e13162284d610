// Every rule we check before sending, refused with the field's name and the rule; nothing of the request was sent.
#include <gtest/gtest.h>

#include "marginfix/core/text.hpp"
#include "marginfix/json/binding.hpp"
#include "marginfix/rest/exchange.hpp"
#include "marginfix/rest/fcm.hpp"
#include "marginfix/rest/funding.hpp"
#include "marginfix/rest/margin.hpp"
#include "marginfix/rest/markets.hpp"
#include "marginfix/rest/order_groups.hpp"
#include "marginfix/rest/orders.hpp"
#include "marginfix/rest/portfolio.hpp"
#include "marginfix/rest/transfers.hpp"
#include "support/odd_texts.hpp"
#include "unit/rest/examples.hpp"
#include "unit/rest/values.hpp"

namespace marginfix::rest {
namespace {

// The refusal; "sent" when there is none.
template <class Request>
std::string refusal(const Request& request) {
  const auto prepared = prepare(request);
  if (prepared) return "sent";
  EXPECT_EQ(prepared.error().category, ErrorCategory::codec);
  return prepared.error().message;
}

CreateMarginOrder order() {
  return {{.ticker = "A",
           .client_order_id = "c",
           .side = BookSide::bid,
           .count = contracts("1"),
           .price = dollars("1"),
           .time_in_force = OrderTimeInForce::good_till_canceled,
           .self_trade_prevention_type = SelfTradePreventionType::TakerAtCross}};
}
template <class Change>
std::string changed_order(Change change) {
  CreateMarginOrder request = order();
  change(request.body);
  return refusal(request);
}
using Order = CreateMarginOrderRequest;

TEST(RestRules, AnOrderNeedsWhatItCannotBeWithout) {
  EXPECT_EQ(refusal(order()), "sent");
  EXPECT_EQ(changed_order([](Order& o) { o.client_order_id.clear(); }), "client_order_id: is required");
  EXPECT_EQ(changed_order([](Order& o) { o.side = {}; }), "side: is required: one of bid, ask");
  EXPECT_EQ(changed_order([](Order& o) { o.count = {}; }), "count: must be greater than 0");
  EXPECT_EQ(changed_order([](Order& o) { o.count = contracts("-1"); }), "count: must be greater than 0");
  EXPECT_EQ(changed_order([](Order& o) { o.price = dollars("-0.0001"); }), "price: must not be negative");
  EXPECT_EQ(changed_order([](Order& o) { o.price = dollars("1.00001"); }), "price: at most 4 decimals");
  EXPECT_EQ(changed_order([](Order& o) { o.time_in_force = {}; }),
            "time_in_force: is required: one of fill_or_kill, good_till_canceled, immediate_or_cancel");
  EXPECT_EQ(changed_order([](Order& o) { o.time_in_force = Open<OrderTimeInForce>::from_text("day"); }),
            "time_in_force: must be one of fill_or_kill, good_till_canceled, immediate_or_cancel");
  EXPECT_EQ(changed_order([](Order& o) { o.self_trade_prevention_type = {}; }),
            "self_trade_prevention_type: is required: one of taker_at_cross, maker");
  EXPECT_EQ(changed_order([](Order& o) { o.ticker.reset(); }), "ticker: one of ticker and market_id is required");
  EXPECT_EQ(changed_order([](Order& o) { o.ticker = ""; }), "ticker: one of ticker and market_id is required");
  EXPECT_EQ(changed_order([](Order& o) { o.ticker.reset(), o.market_id = kUuid; }), "sent");
  EXPECT_EQ(changed_order([](Order& o) { o.market_id = "BTC"; }), "market_id: must match a UUID");
}

TEST(RestRules, FieldsOfAnOrderThatExcludeEachOther) {
  EXPECT_EQ(changed_order([](Order& o) { o.reduce_only = true; }), "reduce_only: only with immediate_or_cancel or fill_or_kill");
  EXPECT_EQ(changed_order([](Order& o) { o.reduce_only = true, o.time_in_force = OrderTimeInForce::immediate_or_cancel; }), "sent");
  EXPECT_EQ(changed_order([](Order& o) { o.reduce_only = true, o.time_in_force = OrderTimeInForce::fill_or_kill; }), "sent");
  EXPECT_EQ(changed_order([](Order& o) { o.post_only = true, o.time_in_force = OrderTimeInForce::fill_or_kill; }),
            "post_only: only with good_till_canceled");
  EXPECT_EQ(changed_order([](Order& o) { o.post_only = true, o.time_in_force = OrderTimeInForce::immediate_or_cancel; }),
            "post_only: only with good_till_canceled");
  EXPECT_EQ(changed_order([](Order& o) { o.expiration_time = EpochSeconds{9}, o.time_in_force = OrderTimeInForce::fill_or_kill; }),
            "expiration_time: only with good_till_canceled");
  EXPECT_EQ(changed_order([](Order& o) { o.expiration_time = EpochSeconds{0}; }), "expiration_time: must be at least 1");
  EXPECT_EQ(changed_order([](Order& o) { o.subaccount = 64; }), "subaccount: must be from 0 to 63");
  EXPECT_EQ(changed_order([](Order& o) { o.subaccount = -1; }), "subaccount: must be from 0 to 63");
  EXPECT_EQ(changed_order([](Order& o) { o.market_version = -1; }), "market_version: must be at least 0");
}

TEST(RestRules, DecreaseTakesExactlyOneQuantity) {
  const auto decrease = [](DecreaseMarginOrderRequest body) { return refusal(DecreaseMarginOrder{.order_id = "o", .body = body}); };
  EXPECT_EQ(decrease({}), "reduce_by: exactly one of reduce_by and reduce_to");
  EXPECT_EQ(decrease({.reduce_by = contracts("1"), .reduce_to = contracts("1")}), "reduce_by: exactly one of reduce_by and reduce_to");
  EXPECT_EQ(decrease({.reduce_by = FixedPointCount{}}), "reduce_by: must be greater than 0");
  EXPECT_EQ(decrease({.reduce_to = contracts("-1")}), "reduce_to: must not be negative");
  EXPECT_EQ(decrease({.reduce_to = FixedPointCount{}}), "sent");
  EXPECT_EQ(refusal(DecreaseMarginOrder{.body = {.reduce_by = contracts("1")}}), "order_id: is required");
}

TEST(RestRules, AmendKeepsTheRulesOfAnOrder) {
  const auto amend = [](auto change) {
    AmendMarginOrder request{.order_id = "o",
                             .body = {.ticker = "A", .side = BookSide::bid, .price = dollars("1"), .count = contracts("1")}};
    change(request.body);
    return refusal(request);
  };
  using Body = AmendMarginOrderRequest;
  EXPECT_EQ(amend([](Body&) {}), "sent");
  EXPECT_EQ(amend([](Body& b) { b.ticker.reset(); }), "ticker: one of ticker and market_id is required");
  EXPECT_EQ(amend([](Body& b) { b.side = {}; }), "side: is required: one of bid, ask");
  EXPECT_EQ(amend([](Body& b) { b.count = {}; }), "count: must be greater than 0");
  EXPECT_EQ(amend([](Body& b) { b.price = dollars("1.000001"); }), "price: at most 4 decimals");
  EXPECT_EQ(amend([](Body& b) { b.expiration_time = EpochSeconds{-1}; }), "expiration_time: must be at least 0");
}

TEST(RestRules, RangesOfTheReads) {
  EXPECT_EQ(refusal(GetMarginMarketOrderbook{.ticker = "A", .depth = -1}), "depth: must be at least 0");
  EXPECT_EQ(refusal(GetMarginMarketOrderbook{.ticker = "A", .aggregation_tick_size = DollarDecimal{}}),
            "aggregation_tick_size: must be greater than 0");
  EXPECT_EQ(refusal(GetMarginMarkets{.status = Open<MarginMarketStatus>::from_text("open")}),
            "status: must be one of inactive, active, closed");
  EXPECT_EQ(refusal(GetMarginTrades{.limit = 0}), "limit: must be from 1 to 1000");
  EXPECT_EQ(refusal(GetMarginTrades{.limit = 1001}), "limit: must be from 1 to 1000");
  EXPECT_EQ(refusal(GetMarginFills{.limit = 1001}), "limit: must be from 1 to 1000");
  EXPECT_EQ(refusal(GetMarginFills{.subaccount = 64}), "subaccount: must be from 0 to 63");
  EXPECT_EQ(refusal(GetMarginOrders{.limit = 10001}), "limit: must be from 1 to 10000");
  EXPECT_EQ(refusal(GetMarginOrders{.limit = 10000}), "sent");
  EXPECT_EQ(refusal(ListMarginFCMOrders{.subtrader_id = "u", .limit = 1001}), "limit: must be from 1 to 1000");
  EXPECT_EQ(refusal(ListMarginFCMOrders{}), "subtrader_id: is required");
  EXPECT_EQ(refusal(GetMarginCorporateActions{.market_id = "1"}), "market_id: must match a UUID");
  EXPECT_EQ(refusal(GetMarginFundingRateEstimate{}), "ticker: is required");
}

TEST(RestRules, TickersOfABulkRequest) {
  const auto bulk = [](std::vector<std::string> tickers) { return refusal(GetMarginMarketOrderbooks{.tickers = std::move(tickers)}); };
  EXPECT_EQ(bulk({}), "tickers: must have 1 to 100 items");
  EXPECT_EQ(bulk(std::vector<std::string>(101, "A")), "tickers: must have 1 to 100 items");
  EXPECT_EQ(bulk(std::vector<std::string>(100, "A")), "sent");
  EXPECT_EQ(bulk({"A", ""}), "tickers: each must have 1 to 200 characters");
  EXPECT_EQ(bulk({std::string(201, 'A')}), "tickers: each must have 1 to 200 characters");
  EXPECT_EQ(bulk({std::string(200, 'A')}), "sent");
  EXPECT_EQ(bulk({"A,B"}), "tickers: a ticker has no comma: give several as a list");
}

TEST(RestRules, CandlesticksAndTheirWindow) {
  const auto candles = [](std::int64_t start, std::int64_t end, std::int32_t period) {
    return refusal(GetMarginMarketCandlesticks{.ticker = "A", .start_ts = {start}, .end_ts = {end}, .period_interval = period});
  };
  for (const std::int32_t period : {1, 60, 1440}) EXPECT_EQ(candles(1, 2, period), "sent");
  for (const std::int32_t period : {0, 2, 1441}) EXPECT_EQ(candles(1, 2, period), "period_interval: must be 1, 60 or 1440 (minutes)");
  EXPECT_EQ(candles(2, 1, 60), "end_ts: must not lie before start_ts");
}

TEST(RestRules, PremiumIndexTakesAtMostAnHour) {
  const auto index = [](std::int64_t start, std::int64_t end) {
    return refusal(GetMarginPremiumIndex{.ticker = "A", .start_ts = {start}, .end_ts = {end}});
  };
  EXPECT_EQ(index(10, 3610), "sent");
  EXPECT_EQ(index(10, 3611), "end_ts: at most 3600 seconds after start_ts");
  EXPECT_EQ(index(10, 10), "end_ts: must lie after start_ts");
  EXPECT_EQ(index(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()),
            "end_ts: at most 3600 seconds after start_ts");
}

TEST(RestRules, DaysOfTheFundingHistory) {
  const auto history = [](Date start, Date end) { return refusal(GetMarginFundingHistory{.start_date = start, .end_date = end}); };
  EXPECT_EQ(history(day(2026, 6, 5), day(2026, 6, 5)), "sent");
  EXPECT_EQ(history(day(2026, 6, 6), day(2026, 6, 5)), "end_date: must not lie before start_date");
  EXPECT_EQ(history({}, day(2026, 6, 5)), "start_date: is required (YYYY-MM-DD)");
  EXPECT_EQ(history(day(2026, 6, 5), {}), "end_date: is required (YYYY-MM-DD)");
  EXPECT_EQ(history(day(2026, 2, 30), day(2026, 6, 5)), "start_date: is required (YYYY-MM-DD)");
}

TEST(RestRules, LimitsOfAnOrderGroup) {
  const auto create = [](CreateOrderGroupRequest body) { return refusal(CreateMarginOrderGroup{body}); };
  EXPECT_EQ(create({}), "contracts_limit: one of contracts_limit and contracts_limit_fp is required");
  EXPECT_EQ(create({.contracts_limit = 0}), "contracts_limit: must be at least 1");
  EXPECT_EQ(create({.contracts_limit_fp = FixedPointCount{}}), "contracts_limit_fp: must be greater than 0");
  EXPECT_EQ(create({.contracts_limit = 5, .contracts_limit_fp = contracts("5.01")}), "contracts_limit_fp: must agree with contracts_limit");
  EXPECT_EQ(create({.contracts_limit = 5, .contracts_limit_fp = contracts("5")}), "sent");
  EXPECT_EQ(create({.contracts_limit = std::numeric_limits<std::int64_t>::max(), .contracts_limit_fp = contracts("5")}),
            "contracts_limit_fp: must agree with contracts_limit");
  EXPECT_EQ(create({.contracts_limit = 5, .exchange_index = -1}), "exchange_index: must be at least 0");
  EXPECT_EQ(refusal(UpdateMarginOrderGroupLimit{.order_group_id = "g"}),
            "contracts_limit: one of contracts_limit and contracts_limit_fp is required");
  EXPECT_EQ(
      refusal(UpdateMarginOrderGroupLimit{.order_group_id = "g", .body = {.contracts_limit = 5, .contracts_limit_fp = contracts("6")}}),
      "contracts_limit_fp: must agree with contracts_limit");
}

std::string cross(SetCrossExitTriggerRequest body) { return refusal(SetCrossMarginExitTrigger{.ticker = "A", .body = std::move(body)}); }

TEST(RestRules, ABracketHasALegAndNothingOfATrailingStop) {
  EXPECT_EQ(cross({.stop_loss_price = dollars("1")}), "sent");
  EXPECT_EQ(cross({.take_profit_price = dollars("1")}), "sent");
  EXPECT_EQ(cross({}), "stop_loss_price: at least one of stop_loss_price and take_profit_price");
  EXPECT_EQ(cross({.kind = ExitTriggerKind::bracket}), "stop_loss_price: at least one of stop_loss_price and take_profit_price");
  EXPECT_EQ(cross({.stop_loss_price = dollars("1"), .trail_bps = 5}), "trail_bps: only with kind trailing");
  EXPECT_EQ(cross({.stop_loss_price = dollars("1"), .trail_amount = dollars("1")}), "trail_amount: only with kind trailing");
  EXPECT_EQ(cross({.stop_loss_price = DollarDecimal{}}), "stop_loss_price: must be greater than 0");
  EXPECT_EQ(cross({.take_profit_price = dollars("-1")}), "take_profit_price: must be greater than 0");
  EXPECT_EQ(cross({.take_profit_price = dollars("1.00001")}), "take_profit_price: at most 4 decimals");
  EXPECT_EQ(cross({.kind = Open<ExitTriggerKind>::from_text("oco"), .stop_loss_price = dollars("1")}),
            "kind: must be one of bracket, trailing");
}

TEST(RestRules, ATrailingStopHasExactlyOneDistance) {
  const auto kind = ExitTriggerKind::trailing;
  EXPECT_EQ(cross({.kind = kind}), "trail_amount: exactly one of trail_amount and trail_bps");
  EXPECT_EQ(cross({.kind = kind, .trail_amount = dollars("1"), .trail_bps = 1}), "trail_amount: exactly one of trail_amount and trail_bps");
  EXPECT_EQ(cross({.kind = kind, .stop_loss_price = dollars("1"), .trail_bps = 1}), "stop_loss_price: not with kind trailing");
  EXPECT_EQ(cross({.kind = kind, .take_profit_price = dollars("1"), .trail_bps = 1}), "take_profit_price: not with kind trailing");
  EXPECT_EQ(cross({.kind = kind, .trail_bps = 0}), "trail_bps: must be from 1 to 9999");
  EXPECT_EQ(cross({.kind = kind, .trail_bps = 10000}), "trail_bps: must be from 1 to 9999");
  EXPECT_EQ(cross({.kind = kind, .trail_amount = DollarDecimal{}}), "trail_amount: must be greater than 0");
  EXPECT_EQ(cross({.count = contracts("1"), .client_trigger_id = "t", .kind = kind, .trail_bps = 1}), "count: not with kind trailing");
  EXPECT_EQ(cross({.anchor_order_id = "o", .client_trigger_id = "t", .kind = kind, .trail_bps = 1}),
            "anchor_order_id: not with kind trailing");
}

TEST(RestRules, ATriggerOfItsOwnSizeNeedsItsKey) {
  const auto price = dollars("1");
  EXPECT_EQ(cross({.count = contracts("1"), .client_trigger_id = "t", .stop_loss_price = price}), "sent");
  EXPECT_EQ(cross({.count = contracts("1"), .stop_loss_price = price}), "client_trigger_id: is required with count or anchor_order_id");
  EXPECT_EQ(cross({.anchor_order_id = "o", .stop_loss_price = price}), "client_trigger_id: is required with count or anchor_order_id");
  EXPECT_EQ(cross({.client_trigger_id = "t", .stop_loss_price = price}), "client_trigger_id: only with count or anchor_order_id");
  EXPECT_EQ(cross({.count = contracts("1"), .anchor_order_id = "o", .client_trigger_id = "t", .stop_loss_price = price}),
            "anchor_order_id: not with count");
  EXPECT_EQ(cross({.count = contracts("1.5"), .client_trigger_id = "t", .stop_loss_price = price}), "count: whole contracts only");
  EXPECT_EQ(cross({.count = FixedPointCount{}, .client_trigger_id = "t", .stop_loss_price = price}), "count: must be greater than 0");
  EXPECT_EQ(cross({.count = contracts("1"), .client_trigger_id = std::string(64, 't'), .stop_loss_price = price}), "sent");
  EXPECT_EQ(cross({.count = contracts("1"), .client_trigger_id = std::string(65, 't'), .stop_loss_price = price}),
            "client_trigger_id: at most 64 characters");
  EXPECT_EQ(cross({.count = contracts("1"), .client_trigger_id = "", .stop_loss_price = price}),
            "client_trigger_id: at least 1 characters");
}

TEST(RestRules, IsolatedTriggersAndUpdates) {
  EXPECT_EQ(refusal(SetIsolatedMarginExitTrigger{.ticker = "A"}), "stop_loss_price: at least one of stop_loss_price and take_profit_price");
  EXPECT_EQ(refusal(SetIsolatedMarginExitTrigger{.ticker = "A", .body = {.kind = ExitTriggerKind::trailing}}),
            "trail_amount: exactly one of trail_amount and trail_bps");
  EXPECT_EQ(refusal(SetIsolatedMarginExitTrigger{.body = {.stop_loss_price = dollars("1")}}), "ticker: is required");
  EXPECT_EQ(refusal(UpdateCrossMarginExitTrigger{.ticker = "A", .trigger_id = "t"}),
            "stop_loss_price: at least one of stop_loss_price and take_profit_price");
  EXPECT_EQ(refusal(UpdateCrossMarginExitTrigger{.ticker = "A", .trigger_id = "t", .body = {.stop_loss_price = DollarDecimal{}}}),
            "stop_loss_price: must be greater than 0");
  EXPECT_EQ(refusal(DeleteCrossMarginExitTriggerById{.ticker = "A"}), "trigger_id: is required");
}

TEST(RestRules, TransfersBetweenInstances) {
  const auto transfer = [](auto change) {
    IntraExchangeInstanceTransfer request{
        {.source = ExchangeInstance::event_contract, .destination = ExchangeInstance::margined, .amount = {1}}};
    change(request.body);
    return refusal(request);
  };
  using Body = IntraExchangeInstanceTransferRequest;
  EXPECT_EQ(transfer([](Body&) {}), "sent");
  EXPECT_EQ(transfer([](Body& b) { b.amount = {0}; }), "amount: must be greater than 0");
  EXPECT_EQ(transfer([](Body& b) { b.amount = {-1}; }), "amount: must be greater than 0");
  EXPECT_EQ(transfer([](Body& b) { b.source = {}; }), "source: is required: one of event_contract, margined");
  EXPECT_EQ(transfer([](Body& b) { b.source = ExchangeInstance::margined; }), "destination: is where the money is already");
  EXPECT_EQ(transfer([](Body& b) { b.source = ExchangeInstance::margined, b.destination_exchange_shard = 1; }), "sent");
  EXPECT_EQ(transfer([](Body& b) { b.source_exchange_shard = 101; }), "source_exchange_shard: must be from 0 to 100");
  EXPECT_EQ(transfer([](Body& b) { b.client_transfer_id = "x"; }), "client_transfer_id: must match a UUID");
  EXPECT_EQ(transfer([](Body& b) { b.source_subaccount = 1; }), "source_subaccount: only from event_contract to event_contract");
  EXPECT_EQ(transfer([](Body& b) { b.destination_subaccount = 1; }), "destination_subaccount: only from event_contract to event_contract");
  EXPECT_EQ(transfer([](Body& b) { b.destination = ExchangeInstance::event_contract, b.destination_subaccount = 1; }), "sent");
  EXPECT_EQ(transfer([](Body& b) {
              b.destination = ExchangeInstance::event_contract, b.destination_subaccount = 1, b.client_transfer_id = kUuid;
            }),
            "client_transfer_id: for primary accounts only");
}

TEST(RestRules, TransfersBetweenSubaccounts) {
  const auto transfer = [](auto change) {
    ApplyMarginSubaccountTransfer request{{.client_transfer_id = kUuid, .from_subaccount = 0, .to_subaccount = 1, .amount_cents = {1}}};
    change(request.body);
    return refusal(request);
  };
  using Body = ApplySubaccountTransferRequest;
  EXPECT_EQ(transfer([](Body&) {}), "sent");
  EXPECT_EQ(transfer([](Body& b) { b.client_transfer_id.clear(); }), "client_transfer_id: is required");
  EXPECT_EQ(transfer([](Body& b) { b.client_transfer_id = "1"; }), "client_transfer_id: must match a UUID");
  EXPECT_EQ(transfer([](Body& b) { b.to_subaccount = 64; }), "to_subaccount: must be from 0 to 63");
  EXPECT_EQ(transfer([](Body& b) { b.to_subaccount = 0; }), "to_subaccount: is where the money is already");
  EXPECT_EQ(transfer([](Body& b) { b.amount_cents = {0}; }), "amount_cents: must be greater than 0");
}

TEST(RestRules, SubtradersAndTheirCaps) {
  const auto create = [](std::string suffix) { return refusal(CreateMarginFCMSubtrader{{.subtrader_suffix = std::move(suffix)}}); };
  EXPECT_EQ(create("Desk7"), "sent");
  EXPECT_EQ(create(""), "subtrader_suffix: is required");
  EXPECT_EQ(create("desk-7"), "subtrader_suffix: must match ^[A-Za-z0-9]{1,16}$");
  EXPECT_EQ(create(std::string(17, 'a')), "subtrader_suffix: at most 16 characters");
  const auto update = [](UpdateFCMSubtraderRiskControlsRequest body) { return refusal(UpdateFCMSubtraderRiskControls{std::move(body)}); };
  EXPECT_EQ(update({.subtrader_id = "u", .im_cap = DollarDecimal{}}), "sent");
  EXPECT_EQ(update({.im_cap = dollars("1")}), "subtrader_id: is required");
  EXPECT_EQ(update({.subtrader_id = "u", .im_cap = dollars("-1")}), "im_cap: must not be negative");
  EXPECT_EQ(update({.subtrader_id = "u", .im_cap = dollars("1.00001")}), "im_cap: at most 4 decimals");
  EXPECT_EQ(update({.subtrader_id = "u", .market_ticker = "A", .asset_class = AssetClass::Crypto, .im_cap = dollars("1")}),
            "asset_class: not with market_ticker");
  EXPECT_EQ(refusal(GetFCMSubtraderRiskControls{.market_ticker = "A", .asset_class = AssetClass::Metals}),
            "asset_class: not with market_ticker");
  EXPECT_EQ(refusal(GetFCMSubtraderRiskControls{}), "sent");
  EXPECT_EQ(refusal(DeleteFCMSubtraderRiskControls{}), "subtrader_id: is required");
  EXPECT_EQ(refusal(DeleteFCMSubtraderRiskControls{.subtrader_id = "u", .market_ticker = "A", .asset_class = AssetClass::Metals}),
            "asset_class: not with market_ticker");
  EXPECT_EQ(refusal(UpdateFCMNotionalRiskLimit{{.notional_value_risk_limit = dollars("-1")}}),
            "notional_value_risk_limit: must not be negative");
  EXPECT_EQ(refusal(UpdateFCMNotionalRiskLimit{{.notional_value_risk_limit = dollars("0.123456")}}),
            "notional_value_risk_limit: at most 4 decimals");
}

// ---- characters: every text of every request -------------------------------------------------------------------------------------

bool is_text(const json::TypeInfo& type) {
  return type.kind == json::Kind::string && type.known == nullptr && (type.name == "string" || type.name == "secret string");
}

// Tries the odd texts in each text of a request's schema, in lists and in objects inside it too; counts what was tried.
void try_texts(std::string_view operation, const json::TypeInfo& schema, int& tried) {
  for (const json::FieldInfo& field : schema.fields) {
    const json::TypeInfo& type = test::bare(*field.type);
    const json::TypeInfo* element = type.kind == json::Kind::array ? &test::bare(*type.element) : nullptr;
    if (type.kind == json::Kind::object) try_texts(operation, type, tried);
    if (element != nullptr && element->kind == json::Kind::object) try_texts(operation, *element, tried);
    if (!is_text(type) && (element == nullptr || !is_text(*element))) continue;
    json::TypeInfo alone = schema;  // with this one member, so that nothing else is complained of first
    alone.fields = {&field, 1};
    for (const auto& odd : marginfix_tests::odd_texts()) {
      json::AnyValue value(schema);
      const std::string text = odd.text;
      ASSERT_TRUE(json::read_text(*field.type, field.at(value.get()), text)) << operation << ' ' << field.name;
      const auto good = json::check_limits(alone, value.get());
      const json::Characters rule = field.limits.characters;
      const bool line_end = odd.name == "newline";
      if (rule != json::Characters::identifier && (odd.fit_for_text || (rule == json::Characters::lines && line_end))) continue;
      ++tried;
      ASSERT_FALSE(good) << operation << ' ' << field.name << " with " << odd.name;
      EXPECT_TRUE(good.error().message.starts_with(field.name)) << good.error().message;
      EXPECT_EQ(text_fault(good.error().message), nullptr) << good.error().message;
    }
  }
}

TEST(RestRules, NoTextOfAnyRequestHoldsWhatAnotherDoorCannotSay) {
  int tried = 0;
  for (const auto operations : {perps_operations(), klear_operations()}) {
    for (const OperationInfo* info : operations) {
      try_texts(info->operation_id, *info->request, tried);
      if (info->body != nullptr) try_texts(info->operation_id, *info->body, tried);
    }
  }
  EXPECT_GT(tried, 1'000);
  // And the check is what prepare() asks: nothing is sent.
  EXPECT_EQ(changed_order([](Order& o) {
              o.client_order_id =
                  "a\x01"
                  "44=9";
            }),
            "client_order_id: contains a control character");
  EXPECT_EQ(changed_order([](Order& o) { o.client_order_id = "caf\xc3\xa9"; }), "client_order_id: contains a character outside ASCII");
  EXPECT_EQ(refusal(GetMarginOrder{.order_id = "a\nb"}), "order_id: contains a control character");
}

}  // namespace
}  // namespace marginfix::rest
