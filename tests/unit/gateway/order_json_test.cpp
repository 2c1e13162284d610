// Orders and words of REST as the journal's JSON: every member comes back, an older gateway passes over what it does not know.
#include "services/gateway/orders/order_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace marginfix::gateway {
namespace {

using ::testing::HasSubstr;

constexpr Timestamp kJsonTime{std::chrono::microseconds{1'796'000'000'123'456}};
const std::string kOddText = "a \"quote\", a \\ and \x01 \t \n, and é";

OrderRequest full_request() {
  OrderRequest r;
  r.kind = OrderRequest::Kind::replace;
  r.cause = OrderRequest::Cause::kill;
  r.cl_ord_id = kOddText;
  r.operator_id = "op";
  r.orig_exchange_id = "8d8ac610-566d-4ef0-9c22-186b2a5ed101";
  r.exchange_id = "8d8ac610-566d-4ef0-9c22-186b2a5ed102";
  r.order_qty = FixedPointCount::parse("12.34").value();
  r.price = DollarDecimal::parse("0.000001").value();
  r.expiry = {TimeInForce::GTD, kJsonTime};
  r.answered = r.refused = r.told_pending = true;
  return r;
}

ClientOrder full_order() {
  ClientOrder o;
  o.number = 9'007'199'254'740'993;  // no double
  o.client = "FIX.4.4:OMS44->MARGINFIX";
  o.account = "alice";
  o.symbol = "KXBTCPERP";
  o.client_symbol = "BTC-PERP";
  o.side = Side::Sell;
  o.order_qty = FixedPointCount::parse("92233720368547758.07").value();
  o.price = DollarDecimal::parse("9223372036854.775807").value();
  o.expiry = {TimeInForce::GTD, kJsonTime};
  o.client_account = "ACC";
  o.secondary_cl_ord_id = "group";
  o.operator_id = "op";
  o.exec_inst = ExecInst::ReduceOnly;
  o.subaccount = 0;
  o.customer_account = "user_1";
  o.self_trade_prevention_type = SelfTradePreventionType::Maker;
  o.cancel_order_on_pause = false;
  o.exchange_id = "x";
  o.cl_ord_id = "c2";
  o.first_cl_ord_id = kOddText;
  o.order_id = "O1";
  o.requests = {full_request(), OrderRequest{}};
  o.told_pending = o.told_new = o.told_end = true;
  o.end_status = OrdStatus::Canceled;
  o.told_qty = FixedPointCount::parse("0.01").value();
  o.told_value = DollarDecimal::parse("-1").value();
  o.text = "POST_ONLY_CROSS";
  o.entered = kJsonTime;
  o.changed = kJsonTime + std::chrono::microseconds(1);
  return o;
}

TEST(GatewayOrderJson, EveryMemberOfAnOrderComesBack) {
  const ClientOrder order = full_order();
  const auto back = order_of_json(to_json(order));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, order) << to_json(order);
}

TEST(GatewayOrderJson, AnOrderWithNothingInItToo) {
  ClientOrder order;
  order.number = 1;
  order.client = "c";
  const auto back = order_of_json(to_json(order));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, order) << to_json(order);
  for (const bool pause : {false, true}) {
    order.cancel_order_on_pause = pause;
    EXPECT_EQ(order_of_json(to_json(order)).value(), order);
  }
}

TEST(GatewayOrderJson, WhatIsTheSameIsWrittenOnce) {
  ClientOrder order = full_order();
  order.client_symbol = order.symbol;
  order.first_cl_ord_id = order.cl_ord_id;
  order.changed = order.entered;
  EXPECT_EQ(order_of_json(to_json(order)).value(), order);
  EXPECT_LT(to_json(order).size(), to_json(full_order()).size());
  order.client_symbol = order.first_cl_ord_id = "";
  order.changed = {};
  EXPECT_EQ(order_of_json(to_json(order)).value(), order) << to_json(order);
}

TEST(GatewayOrderJson, EveryMemberOfARequestComesBack) {
  for (const OrderRequest& request : {full_request(), OrderRequest{}}) {
    const auto back = request_of_json(to_json(77, request));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->first, 77U);
    EXPECT_EQ(back->second, request);
  }
}

TEST(GatewayOrderJson, EveryMemberOfABaselineComesBack) {
  Baseline b;
  b.cl_ord_id = "x";
  b.order_id = "O1";
  b.symbol = "KXBTCPERP";
  b.side = Side::Sell;
  b.order_qty = FixedPointCount::whole(10);
  b.cum_qty = FixedPointCount::whole(3);
  b.leaves_qty = FixedPointCount::whole(7);
  b.price = DollarDecimal::parse("19.5").value();
  b.subaccount = 63;
  b.as_of = kJsonTime;
  b.canceled = true;
  b.trade_ids = {"t1", "t2"};
  const auto back = baseline_of_json(to_json(b));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(to_json(*back), to_json(b));
  EXPECT_EQ(back->trade_ids, b.trade_ids);
  EXPECT_EQ(back->as_of, b.as_of);
  EXPECT_EQ(back->side, b.side);
  EXPECT_EQ(back->leaves_qty, b.leaves_qty);
  EXPECT_EQ(back->subaccount, 63);
  EXPECT_TRUE(back->canceled);
}

TEST(GatewayOrderJson, EveryMemberOfAFillComesBack) {
  Fill f;
  f.exec_id = ExecId("13768;1");
  f.last_mkt = "2";
  f.cl_ord_id = "x";
  f.order_id = "O1";
  f.symbol = "KXBTCPERP";
  f.subaccount = 4;
  f.side = Side::Sell;
  f.price = DollarDecimal::parse("19.5").value();
  f.quantity = FixedPointCount::whole(3);
  f.transact_time = kJsonTime;
  f.trade_id = "t1";
  f.is_taker = false;
  f.fee = DollarDecimal{};
  f.post_position = FixedPointCount::whole(-3);
  const auto back = fill_of_json(to_json(f));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, f) << to_json(f);
  EXPECT_EQ(fill_of_json(to_json(Fill{})).value(), Fill{});
}

TEST(GatewayOrderJson, PositionsComeBack) {
  const NetPositions positions{{"FIX.4.2:A->B", {{"KXBTCPERP", FixedPointCount::whole(-3)}, {"KXETHPERP", {}}}}};
  EXPECT_EQ(positions_of_json(to_json(positions)).value(), positions);
  EXPECT_EQ(positions_of_json("{}").value(), NetPositions{});
}

TEST(GatewayOrderJson, NumbersAreStringsAndMembersOfTomorrowAreNoErrors) {
  const std::string json = to_json(full_order());
  EXPECT_THAT(json, HasSubstr(R"("number":"9007199254740993")"));
  EXPECT_THAT(json, HasSubstr(R"("price":"9223372036854.775807")"));
  std::string newer = json;
  newer.insert(1, R"("of_tomorrow":{"x":[1,2.5,null]},)");
  EXPECT_EQ(order_of_json(newer).value(), full_order());
}

TEST(GatewayOrderJson, WhatIsNoneIsAnError) {
  for (const char* odd : {"", "{", "[]", "7", R"({"number":"1"})", R"({"client":"c"})"}) EXPECT_FALSE(order_of_json(odd)) << odd;
  for (const char* odd : {"", "[]", "{\"a\""}) {
    EXPECT_FALSE(request_of_json(odd)) << odd;
    EXPECT_FALSE(baseline_of_json(odd)) << odd;
    EXPECT_FALSE(fill_of_json(odd)) << odd;
    EXPECT_FALSE(positions_of_json(odd)) << odd;
  }
}

}  // namespace
}  // namespace marginfix::gateway
