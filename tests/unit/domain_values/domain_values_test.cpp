// A Trade and a Fill are one type, and one value, whatever brought them.
#include <gtest/gtest.h>

#include "marginfix/fix/domain_reports.hpp"
#include "marginfix/fix/reader.hpp"
#include "marginfix/json/binding.hpp"
#include "marginfix/rest/domain_values.hpp"
#include "marginfix/ws/domain_values.hpp"
#include "marginfix/ws/frame_reader.hpp"

namespace marginfix {
namespace {

template <class T>
T from_json(std::string_view text) {
  T out;
  json::Decoder().decode(json::type_of<T>(), &out, text).value();
  return out;
}

DollarDecimal usd(std::string_view text) { return DollarDecimal::parse(text).value(); }
FixedPointCount count(std::string_view text) { return FixedPointCount::parse(text).value(); }
// 2026-09-21 13:33:20.123456
const Timestamp kTime = from_epoch_ms(1'790'000'000'123) + std::chrono::microseconds(456);
const Timestamp kMillisecond = from_epoch_ms(1'790'000'000'123);

rest::MarginTrade rest_trade() {
  return from_json<rest::MarginTrade>(
      R"({"trade_id":"t-1","ticker":"KXBTCPERP","count":"12.50","price":"6.2577","created_time":"2026-09-21T14:13:20.123456Z","taker_side":"ask"})");
}
ws::Frame frame(std::string_view text) { return ws::FrameReader().read(text); }
ws::MarginTrade ws_trade() {
  return *frame(R"({"type":"trade","sid":1,"seq":1,"msg":{"trade_id":"t-1","market_ticker":"KXBTCPERP","price":"6.2577","count":"12.50",)"
                R"("taker_side":"ask","ts_ms":1790000000123}})")
              .as<ws::MarginTrade>();
}
fix::MDIncEntry fix_trade() {
  fix::MDIncEntry e;
  e.md_update_action = MDUpdateAction::New;
  e.md_entry_type = MDEntryType::Trade;
  e.symbol = "KXBTCPERP";
  e.md_entry_px = usd("6.2577");
  e.md_entry_size = count("12.50");
  e.md_entry_date = Date{std::chrono::year{2026} / 9 / 21};
  e.md_entry_time = std::chrono::hours{14} + std::chrono::minutes{13} + std::chrono::milliseconds{20'123};
  e.aggressor_side = AggressorSide::Sell;
  e.trade_id = "t-1";
  return e;
}

TEST(DomainValues, ATradeIsOneValueWhateverBroughtIt) {
  const Trade by_rest = rest::to_trade(rest_trade()).value();
  EXPECT_EQ(by_rest, (Trade{"t-1", "KXBTCPERP", usd("6.2577"), count("12.50"), Side::Sell, kTime}));
  Trade by_ws = ws::to_trade(ws_trade()).value();
  EXPECT_TRUE(agree(by_rest, by_ws));
  EXPECT_EQ(*by_ws.time, std::chrono::floor<std::chrono::milliseconds>(kTime));  // the only difference
  by_ws.time = by_rest.time;
  EXPECT_EQ(by_ws, by_rest);
  const Trade by_fix = fix::to_trade(fix_trade()).value();
  EXPECT_EQ(by_fix, (Trade{"t-1", "KXBTCPERP", usd("6.2577"), count("12.50"), Side::Sell, kMillisecond}));
  EXPECT_TRUE(agree(by_fix, by_rest));
  EXPECT_TRUE(agree(by_ws, by_fix));
  // An exchange of before August 2026 tells less, and what it tells still agrees.
  fix::MDIncEntry basic = fix_trade();
  basic.md_entry_date.reset();
  basic.trade_id.reset();
  EXPECT_EQ(fix::to_trade(basic), (Trade{"", "KXBTCPERP", usd("6.2577"), count("12.50"), Side::Sell, std::nullopt}))
      << "a time without its date is no instant";
  EXPECT_TRUE(agree(fix::to_trade(basic).value(), by_rest));
}

// Production's trade_ids have free version and variant digits, and nothing promises that they stay UUIDs.
TEST(DomainValues, ATradeIdIsTakenAsItComes) {
  for (const char* id : {"00000000-0000-0000-0000-000000000000", "b7d90000-5c1e-0f3a-1d2b-9a1c00000007", "7", "any text at all"}) {
    fix::MDIncEntry e = fix_trade();
    e.trade_id = id;
    EXPECT_EQ(fix::to_trade(e).value().trade_id, id);
    EXPECT_EQ(rest::to_trade(from_json<rest::MarginTrade>(
                                 R"({"trade_id":")" + std::string(id) +
                                 R"(","ticker":"KXBTCPERP","count":"12.50","price":"6.2577","created_time":"2026-09-21T14:13:20.123456Z",)"
                                 R"("taker_side":"ask"})"))
                  .value()
                  .trade_id,
              id);
  }
}

TEST(DomainValues, ABlockTradeAndAWithdrawnTradeAreToldApart) {
  fix::MDIncEntry block = fix_trade();
  EXPECT_FALSE(fix::to_trade(block).value().block);
  block.trd_type = TrdType::BlockTrade;
  EXPECT_TRUE(fix::to_trade(block).value().block);
  block.trd_type = static_cast<TrdType>(3);
  EXPECT_FALSE(fix::to_trade(block).value().block);
  for (const char action : {'1', '2', '5'}) {
    fix::MDIncEntry withdrawn = fix_trade();
    withdrawn.md_update_action = static_cast<MDUpdateAction>(action);
    EXPECT_FALSE(fix::to_trade(withdrawn)) << action;
  }
}

TEST(DomainValues, TradesThatDifferInAnythingBothSayDoNotAgree) {
  const Trade trade = rest::to_trade(rest_trade()).value();
  const auto differs = [&](auto change) {
    Trade other = trade;
    change(other);
    return !agree(trade, other) && !agree(other, trade);
  };
  EXPECT_TRUE(differs([](Trade& t) { t.trade_id = "t-2"; }));
  EXPECT_TRUE(differs([](Trade& t) { t.symbol = "KXETHPERP"; }));
  EXPECT_TRUE(differs([](Trade& t) { t.price = usd("6.2576"); }));
  EXPECT_TRUE(differs([](Trade& t) { t.quantity = count("12.51"); }));
  EXPECT_TRUE(differs([](Trade& t) { t.aggressor = Side::Buy; }));
  EXPECT_TRUE(differs([](Trade& t) { *t.time += std::chrono::milliseconds(1); }));
}

TEST(DomainValues, EntriesThatAreNoTradesAndUnknownSidesGiveNone) {
  fix::MDIncEntry level = fix_trade();
  level.md_entry_type = MDEntryType::Bid;
  EXPECT_FALSE(fix::to_trade(level));
  fix::MDIncEntry priceless = fix_trade();
  priceless.md_entry_px.reset();
  EXPECT_FALSE(fix::to_trade(priceless));
  fix::MDIncEntry taken_by_nobody = fix_trade();
  taken_by_nobody.aggressor_side = static_cast<AggressorSide>(3);
  EXPECT_FALSE(fix::to_trade(taken_by_nobody).value().aggressor) << "a value we do not know is neither side";
  auto strange = rest_trade();
  strange.taker_side = Open<BookSide>::from_text("both");
  EXPECT_EQ(rest::to_trade(strange).error().category, ErrorCategory::decode);
}

constexpr std::string_view kOrder = "6c4ee42a-8d2a-4b6a-9f0e-1a2b3c4d5e6f";

rest::MarginFill rest_fill() {
  return from_json<rest::MarginFill>(
      R"({"fill_id":"t-1","order_id":"6c4ee42a-8d2a-4b6a-9f0e-1a2b3c4d5e6f","is_taker":false,"side":"bid","count":"12.50",)"
      R"("created_time":"2026-09-21T14:13:20.123456Z","ticker":"KXBTCPERP","price":"6.2577","entry_price":"6.0000","fees":"0.039111",)"
      R"("realized_pnl":"0.0000","order_source":"user"})");
}
ws::MarginFill ws_fill() {
  return *frame(
              R"({"type":"fill","sid":1,"msg":{"trade_id":"t-1","order_id":"6c4ee42a-8d2a-4b6a-9f0e-1a2b3c4d5e6f","client_order_id":"mine",)"
              R"("market_ticker":"KXBTCPERP","is_taker":false,"side":"bid","ts_ms":1790000000123,"price":"6.2577","count":"12.50",)"
              R"("fee_cost":"0.039111","post_position":"-3.50","subaccount":2,"order_source":"user"}})")
              .as<ws::MarginFill>();
}
fix::ExecutionReport fix_fill() {
  fix::ExecutionReport r;
  r.exec_type = ExecType::Trade;
  r.exec_id = "7;3";
  r.last_mkt = "2";
  r.cl_ord_id = "mine";
  r.order_id = kOrder;
  r.symbol = "KXBTCPERP";
  r.side = Side::Buy;
  r.last_px = usd("6.2577");
  r.last_qty = count("12.50");
  r.transact_time = kTime;
  r.trd_match_id = "t-1";
  r.aggressor_indicator = false;
  r.alloc_account = 2;
  r.short_qty = count("3.50");
  r.long_qty = FixedPointCount{};
  fix::MiscFee fee;
  fee.misc_fee_amt = usd("0.039111");
  r.misc_fees.push_back(fee);
  return r;
}

TEST(DomainValues, AFillIsOneValueWhateverBroughtIt) {
  const Fill by_fix = fix::to_fill(fix_fill()).value();
  Fill expected;
  expected.exec_id = ExecId("7;3");
  expected.last_mkt = "2";
  expected.cl_ord_id = "mine";
  expected.order_id = kOrder;
  expected.symbol = "KXBTCPERP";
  expected.subaccount = 2;
  expected.side = Side::Buy;
  expected.price = usd("6.2577");
  expected.quantity = count("12.50");
  expected.transact_time = kTime;
  expected.trade_id = "t-1";
  expected.is_taker = false;
  expected.fee = usd("0.039111");
  expected.post_position = count("-3.50");
  EXPECT_EQ(by_fix, expected);
  const Fill by_ws = ws::to_fill(ws_fill()).value();
  const Fill by_rest = rest::to_fill(rest_fill()).value();
  EXPECT_TRUE(agree(by_fix, by_ws));
  EXPECT_TRUE(agree(by_fix, by_rest));
  EXPECT_TRUE(agree(by_rest, by_ws));
  // What is left out is left out for a reason: nothing else differs.
  Fill reduced = by_fix;
  reduced.exec_id = ExecId();
  reduced.last_mkt.clear();
  reduced.transact_time = by_ws.transact_time;
  EXPECT_EQ(reduced, by_ws);
  reduced.transact_time = kTime;
  reduced.cl_ord_id.clear();
  reduced.subaccount = 0;
  reduced.post_position.reset();
  EXPECT_EQ(reduced, by_rest);
}

TEST(DomainValues, FillsThatDifferInAnythingBothSayDoNotAgree) {
  const Fill fill = fix::to_fill(fix_fill()).value();
  const auto differs = [&](auto change) {
    Fill other = fill;
    change(other);
    return !agree(fill, other) && !agree(other, fill);
  };
  EXPECT_TRUE(differs([](Fill& f) { f.exec_id = ExecId("7;4"); }));
  EXPECT_TRUE(differs([](Fill& f) { f.order_id = "other"; }));
  EXPECT_TRUE(differs([](Fill& f) { f.cl_ord_id = "yours"; }));
  EXPECT_TRUE(differs([](Fill& f) { f.side = Side::Sell; }));
  EXPECT_TRUE(differs([](Fill& f) { f.quantity += count("0.01"); }));
  EXPECT_TRUE(differs([](Fill& f) { f.fee = usd("0.039112"); }));
  EXPECT_TRUE(differs([](Fill& f) { f.is_taker = true; }));
  EXPECT_TRUE(differs([](Fill& f) { f.post_position = count("3.50"); }));
  EXPECT_TRUE(differs([](Fill& f) { f.trade_id = "t-2"; }));
}

TEST(DomainValues, AReportThatIsNoTradeGivesNoFill) {
  fix::ExecutionReport r = fix_fill();
  r.exec_type = ExecType::Replaced;
  EXPECT_FALSE(fix::to_fill(r));
  r = fix_fill();
  r.last_qty.reset();
  EXPECT_FALSE(fix::to_fill(r));
}

TEST(DomainValues, AnOrderOfRestOrWebSocketIsABaseline) {
  rest::MarginOrder order;
  order.order_id = "O";
  order.client_order_id = "a";
  order.ticker = "KXBTCPERP";
  order.side = BookSide::bid;
  order.price = DollarDecimal::parse("6.25").value();
  order.fill_count = FixedPointCount::whole(4);
  order.remaining_count = FixedPointCount::whole(6);
  const Timestamp changed = Timestamp(std::chrono::seconds(1'700'000'000));
  order.last_update_time = changed;
  ws::MarginUserOrder frame;
  frame.order_id = "O";
  frame.client_order_id = "a";
  frame.ticker = "KXBTCPERP";
  frame.side = BookSide::bid;
  frame.price = order.price;
  frame.fill_count = order.fill_count;
  frame.remaining_count = order.remaining_count;
  frame.subaccount_number = 5;
  for (const Baseline& b : {rest::to_baseline(order, 5).value(), ws::to_baseline(frame).value()}) {
    const OrderState s = apply({}, b).state;
    EXPECT_EQ(s.phase, OrderPhase::partially_filled);
    EXPECT_EQ(s.order_id + s.cl_ord_id + s.symbol, "OaKXBTCPERP");
    EXPECT_EQ(s.side, Side::Buy);
    EXPECT_EQ(s.order_qty, FixedPointCount::whole(10));
    EXPECT_EQ(s.leaves_qty, FixedPointCount::whole(6));
    EXPECT_EQ(s.subaccount, 5);
  }
  EXPECT_EQ(rest::to_baseline(order).value().as_of, changed);
  order.remaining_count = {};
  order.last_update_reason = rest::LastUpdateReason::Trade;
  EXPECT_EQ(apply({}, rest::to_baseline(order).value()).state.phase, OrderPhase::filled);
  order.last_update_reason = rest::LastUpdateReason::ExpiryCancel;
  EXPECT_EQ(apply({}, rest::to_baseline(order).value()).state.phase, OrderPhase::canceled);
  order.side = Open<BookSide>();
  EXPECT_FALSE(rest::to_baseline(order)) << "a side that is neither bid nor ask is not guessed";
}

}  // namespace
}  // namespace marginfix
