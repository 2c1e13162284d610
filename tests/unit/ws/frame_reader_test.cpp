// Every frame of the specification, typed; and every bad one kept with its reason.
#include "marginfix/ws/frame_reader.hpp"

#include <gtest/gtest.h>

namespace marginfix::ws {
namespace {

Frame read(std::string_view text) { return FrameReader().read(text); }

TEST(WsFrameReader, ReadsADelta) {
  const Frame f = read(
      R"({"type":"orderbook_delta","sid":3,"seq":12,"sending_ts_ms":1790000000125,"msg":{"market_ticker":"BTC-PERP","price":"19.5000",)"
      R"("delta":"-2.50","side":"bid","last_update_reason":"HaltCancel","client_order_id":"c-1","subaccount":2,"ts_ms":1790000000123}})"
      "\n");
  const auto* m = f.as<MarginOrderbookDelta>();
  ASSERT_NE(m, nullptr);
  EXPECT_EQ(f.type, "orderbook_delta");
  EXPECT_EQ(f.sid, 3);
  EXPECT_EQ(f.seq, 12);
  EXPECT_EQ(f.sending_ts_ms->value, 1790000000125);
  EXPECT_EQ(m->market_ticker, "BTC-PERP");
  EXPECT_EQ(m->price.to_string(), "19.5000");
  EXPECT_EQ(m->delta.to_string(), "-2.50");
  EXPECT_TRUE(m->side == BookSide::bid);
  EXPECT_TRUE(*m->last_update_reason == rest::LastUpdateReason::HaltCancel);
  EXPECT_EQ(*m->client_order_id, "c-1");
  EXPECT_EQ(*m->subaccount, 2);
  EXPECT_EQ(m->ts_ms->value, 1790000000123);
  EXPECT_EQ(market_of(f), "BTC-PERP");
  EXPECT_EQ(f.raw.back(), '}');
}

TEST(WsFrameReader, ReadsASnapshotWithAnAbsentSide) {
  const Frame f =
      read(R"({"type":"orderbook_snapshot","id":4,"sid":1,"seq":1,"msg":{"market_ticker":"X","bid":[["0.1500","100.00"],["0.16","1"]]}})");
  const auto* m = f.as<MarginOrderbookSnapshot>();
  ASSERT_NE(m, nullptr);
  EXPECT_EQ(f.id, 4);
  ASSERT_EQ(m->bid.size(), 2U);
  EXPECT_EQ(m->bid[1].price.to_string(), "0.1600");
  EXPECT_TRUE(m->ask.empty());
}

// The text is the recorded one (REST, a market without asks): the rest of the frame is worth reading.
TEST(WsFrameReader, ATickerWithoutAsksIsReadAndItsAskIsNotANumber) {
  FrameReader reader;
  const Frame f =
      reader.read(R"({"type":"ticker","sid":2,"msg":{"market_ticker":"X","price":"6.2577","bid":"6.2576","ask":"922337203685477.5807",)"
                  R"("bid_size_fp":"10.00","ask_size_fp":"0.00","last_trade_size_fp":"3.00","volume":"5.00",)"
                  R"("volume_notional_value_dollars":"31.288500","volume_24h":"5.00","volume_24h_notional_value_dollars":"31.288500",)"
                  R"("open_interest":"7.00","open_interest_notional_value_dollars":"43.803900","ts_ms":6}})");
  const auto* m = f.as<MarginTicker>();
  ASSERT_NE(m, nullptr);
  EXPECT_FALSE(m->ask);
  ASSERT_NE(m->unknown.find("ask"), nullptr);
  EXPECT_EQ(*m->unknown.find("ask"), "\"922337203685477.5807\"");
  EXPECT_EQ(m->bid->to_string(), "6.2576");
  EXPECT_EQ(m->price->to_string(), "6.2577");
  EXPECT_EQ(m->open_interest->to_string(), "7.00");
  EXPECT_EQ(reader.report().beyond_type, 1U);
  // A price that is no decimal at all is still a bad frame.
  const Frame bad = reader.read(R"({"type":"ticker","sid":2,"msg":{"market_ticker":"X","ask":"many"}})");
  EXPECT_NE(bad.as<UnknownFrame>(), nullptr);
}

TEST(WsFrameReader, ReadsATickerWithEveryMember) {
  const Frame f = read(
      R"({"type":"ticker","sid":2,"msg":{"market_ticker":"X","price":"6.2577","bid":"6.2576","ask":"6.2578","bid_size_fp":"10.00",)"
      R"("ask_size_fp":"11.00","last_trade_size_fp":"3.00","volume":"4179467045.00","volume_notional_value_dollars":"14773192.800100",)"
      R"("volume_24h":"5.00","volume_24h_notional_value_dollars":"31.288500","open_interest":"7.00",)"
      R"("open_interest_notional_value_dollars":"43.803900","reference_price":{"price":"6.2570","ts_ms":1},)"
      R"("settlement_mark_price":{"price":"6.2571","ts_ms":2},"liquidation_mark_price":{"price":"6.2572","ts_ms":3},)"
      R"("funding_rate":{"rate":-0.0009593552948286,"next_funding_time_ms":4,"ts_ms":5},"ts_ms":6}})");
  const auto* m = f.as<MarginTicker>();
  ASSERT_NE(m, nullptr);
  EXPECT_EQ(m->volume->to_string(), "4179467045.00");
  EXPECT_EQ(m->volume_notional_value_dollars->to_string(6), "14773192.800100");
  EXPECT_EQ(m->liquidation_mark_price->price.to_string(), "6.2572");
  EXPECT_EQ(m->funding_rate->rate.to_string(), "-0.0009593552948286");
  EXPECT_EQ(m->ts_ms.value, 6);
}

TEST(WsFrameReader, ReadsTradeFillOrderGroupAndCorporateAction) {
  const Frame trade = read(
      R"({"type":"trade","sid":1,"seq":2,"msg":{"trade_id":"t","market_ticker":"X","price":"1.0000","count":"2.00","taker_side":"ask","ts_ms":9}})");
  ASSERT_NE(trade.as<MarginTrade>(), nullptr);
  EXPECT_TRUE(trade.as<MarginTrade>()->taker_side == BookSide::ask);
  const Frame fill = read(
      R"({"type":"fill","sid":1,"msg":{"trade_id":"t","order_id":"o","market_ticker":"X","is_taker":true,"side":"bid","ts_ms":9,"price":"1.0000",)"
      R"("count":"2.00","fee_cost":"0.0024","post_position":"-2.00","order_source":"system"}})");
  ASSERT_NE(fill.as<MarginFill>(), nullptr);
  EXPECT_EQ(fill.as<MarginFill>()->post_position->to_string(), "-2.00");
  EXPECT_TRUE(*fill.as<MarginFill>()->order_source == rest::OrderSource::system);
  const Frame order = read(
      R"({"type":"user_order","sid":1,"msg":{"order_id":"o","user_id":"u","client_order_id":"c","ticker":"X","side":"bid","price":"1.0000",)"
      R"("fill_count":"0.00","remaining_count":"1.00","self_trade_prevention_type":"maker","created_ts_ms":null,"order_source":"user"}})");
  ASSERT_NE(order.as<MarginUserOrder>(), nullptr);
  EXPECT_TRUE(order.as<MarginUserOrder>()->created_ts_ms.is_null());
  EXPECT_EQ(market_of(order), "X");
  const Frame group = read(
      R"({"type":"order_group_updates","sid":1,"seq":1,"msg":{"event_type":"limit_updated","order_group_id":"g","contracts_limit_fp":"5.00","ts_ms":1}})");
  ASSERT_NE(group.as<OrderGroupUpdates>(), nullptr);
  EXPECT_TRUE(group.as<OrderGroupUpdates>()->event_type == OrderGroupEvent::limit_updated);
  const Frame action = read(
      R"({"type":"corporate_actions_delta","sid":1,"seq":1,"msg":{"corporate_action":{"id":"a","market_id":"m","market_ticker":"X",)"
      R"("type":"stock_split","ts_ms":1,"split":{"ratio_old":"1","ratio_new":"4","pre_split_mark_price":"8.0000","post_split_mark_price":"2.0000"}}}})");
  ASSERT_NE(action.as<MarginCorporateActionsDelta>(), nullptr);
  EXPECT_EQ(action.as<MarginCorporateActionsDelta>()->corporate_action.split->ratio_new, "4");
}

TEST(WsFrameReader, ReadsAnswers) {
  EXPECT_EQ(read(R"({"type":"subscribed","id":1,"msg":{"channel":"fill","sid":2}})").as<Subscribed>()->sid, 2);
  const Frame gone = read(R"({"type":"unsubscribed","id":3,"sid":2,"seq":9})");
  ASSERT_NE(gone.as<Unsubscribed>(), nullptr);
  EXPECT_EQ(gone.sid, 2);
  EXPECT_EQ(gone.seq, 9);
  const Frame updated = read(R"({"type":"ok","id":4,"sid":1,"seq":7,"msg":{"market_tickers":["A","B"],"market_ids":["i"]}})");
  ASSERT_NE(updated.as<Updated>(), nullptr);
  EXPECT_EQ(updated.as<Updated>()->market_tickers.size(), 2U);
  EXPECT_EQ(updated.seq, 7);
  const Frame bare = read(R"({"type":"ok","id":5,"sid":1})");
  ASSERT_NE(bare.as<Updated>(), nullptr);
  EXPECT_EQ(bare.id, 5);
  const Frame list = read(R"({"type":"ok","id":6,"msg":[{"channel":"trade","sid":1},{"channel":"fill","sid":2}]})");
  ASSERT_NE(list.as<SubscriptionList>(), nullptr);
  EXPECT_EQ(list.as<SubscriptionList>()->subscriptions[1].channel, "fill");
  const Frame error = read(R"({"type":"error","id":7,"msg":{"code":14,"msg":"Market Ticker required","market_ticker":"Q"}})");
  ASSERT_NE(error.as<ErrorMessage>(), nullptr);
  EXPECT_EQ(error.as<ErrorMessage>()->code, 14);
  EXPECT_EQ(to_string(static_cast<ErrorCode>(14)), "market ticker required");
  EXPECT_EQ(to_string(static_cast<ErrorCode>(99)), "");
}

TEST(WsFrameReader, MembersMayComeInAnyOrderAndUnknownOnesAreKept) {
  const Frame f = read(
      R"({"new":1.50,"msg":{"ts_ms":1,"taker_side":"up","count":"1","price":"2","market_ticker":"X","trade_id":"t","venue":"v"},"seq":1,"sid":1,"type":"trade"})");
  const auto* m = f.as<MarginTrade>();
  ASSERT_NE(m, nullptr);
  EXPECT_FALSE(m->taker_side.known());
  EXPECT_EQ(m->taker_side.text(), "up");
  EXPECT_EQ(*m->unknown.find("venue"), "\"v\"");
  EXPECT_EQ(*f.unknown.find("new"), "1.50");
}

TEST(WsFrameReader, UnknownMembersOfAnOkAreKeptWhateverItAnswers) {
  for (const char* msg : {R"("msg":[{"channel":"trade","sid":1}],)", R"("msg":{"market_tickers":["A"]},)", R"("msg":null,)", ""}) {
    FrameReader reader;
    const Frame f = reader.read(R"({"type":"ok","id":6,)" + std::string(msg) + R"("new":1.50})");
    EXPECT_EQ(f.as<UnknownFrame>(), nullptr) << msg;
    EXPECT_EQ(f.id, 6);
    EXPECT_EQ(f.unknown.size(), 1U) << msg;
    ASSERT_NE(f.unknown.find("new"), nullptr) << msg;
    EXPECT_EQ(*f.unknown.find("new"), "1.50");
    EXPECT_EQ(reader.report().unknown_members, 1U) << msg;
  }
}

TEST(WsFrameReader, TheReportCountsAMemberOnce) {
  FrameReader reader;
  reader.read(
      R"({"msg":{"trade_id":"t","market_ticker":"X","price":"1","count":"2","taker_side":"ask","ts_ms":9},"sid":1,"seq":2,"type":"trade"})");
  EXPECT_EQ(reader.report().unknown_members, 0U) << "the type came last, nothing else is odd";
}

TEST(WsFrameReader, WhatItCannotReadIsKeptWithTheReason) {
  const auto problem = [](std::string_view text) {
    const Frame f = read(text);
    EXPECT_EQ(f.raw, text);
    const auto* u = f.as<UnknownFrame>();
    return u == nullptr ? std::string("(typed)") : u->problem;
  };
  EXPECT_EQ(problem(R"({"type":"weather","sid":1,"msg":{"rain":true}})"), "");
  EXPECT_EQ(read(R"({"type":"weather","sid":1,"msg":{"rain":true}})").sid, 1);
  EXPECT_EQ(problem(R"({"type":"trade","sid":1,"seq":1,"msg":{"trade_id":"t","market_ticker":"X","price":1.5}})")
                .find("msg.price: expected FixedPointDollars"),
            0U);
  EXPECT_EQ(problem("not json").find("not JSON"), 0U);
  EXPECT_EQ(problem("").find("not JSON"), 0U);
  EXPECT_EQ(problem("[]").find("frame: expected an object"), 0U);
  EXPECT_EQ(problem(R"({"type":"ticker"})").find("msg: the exchange requires it"), 0U);
  EXPECT_NE(problem(R"({"sid":1})"), "(typed)");
  EXPECT_NE(problem("{\"type\":\"trade\",\"msg\":\"\xff\"}"), "");
}

TEST(WsFrameReader, EveryCutOfAFrameIsKept) {
  const std::string text =
      R"({"type":"trade","sid":1,"seq":2,"msg":{"trade_id":"t","market_ticker":"X","price":"1.0000","count":"2.00","taker_side":"ask","ts_ms":9}})";
  FrameReader reader;
  Frame frame;
  for (std::size_t n = 0; n < text.size(); ++n) {
    reader.read(text.substr(0, n), frame);
    ASSERT_NE(frame.as<UnknownFrame>(), nullptr) << n;
    EXPECT_FALSE(frame.as<UnknownFrame>()->problem.empty());
    EXPECT_EQ(frame.raw, text.substr(0, n));
  }
  reader.read(text, frame);
  EXPECT_NE(frame.as<MarginTrade>(), nullptr);
}

// Whatever else a ticker or a fill lacks, it is one.
TEST(WsFrameReader, AFrameThatLacksADocumentedMemberIsStillTyped) {
  FrameReader reader;
  const Frame ticker = reader.read(R"({"type":"ticker","sid":3,"msg":{"market_ticker":"X","price":"1.0000","ts_ms":6}})");
  const auto* t = ticker.as<MarginTicker>();
  ASSERT_NE(t, nullptr);
  EXPECT_EQ(t->price->to_string(), "1.0000");
  EXPECT_FALSE(t->volume_notional_value_dollars || t->volume_24h_notional_value_dollars || t->open_interest_notional_value_dollars);
  EXPECT_FALSE(t->bid || t->ask || t->bid_size_fp || t->ask_size_fp || t->last_trade_size_fp || t->volume || t->volume_24h ||
               t->open_interest);
  const Frame fill = reader.read(
      R"({"type":"fill","sid":3,"msg":{"trade_id":"t","order_id":"o","market_ticker":"X","is_taker":true,"side":"bid","ts_ms":6,)"
      R"("price":"1.0000","count":"2.00"}})");
  ASSERT_NE(fill.as<MarginFill>(), nullptr);
  EXPECT_FALSE(fill.as<MarginFill>()->fee_cost || fill.as<MarginFill>()->post_position);
}

}  // namespace
}  // namespace marginfix::ws
