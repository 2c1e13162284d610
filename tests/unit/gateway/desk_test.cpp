// The desk's rules (services/gateway/orders/desk.hpp), event by event. Whole conversations: tests/integration/gateway.
#include "marginfix/core/time.hpp"
#include "unit/gateway/desk_fixture.hpp"

namespace marginfix::test {
namespace {

using gateway::JournalKind;
using gateway::OrderRequest;

class EachVersion : public DeskTest, public ::testing::WithParamInterface<const char*> {
 protected:
  std::string who() const { return GetParam(); }
  bool fix42() const { return who() == "OMS42"; }
  std::string trade() const { return fix42() ? "1" : "F"; }
  std::string last_trade() const { return fix42() ? "2" : "F"; }
};
INSTANTIATE_TEST_SUITE_P(Versions, EachVersion, ::testing::Values("OMS42", "OMS44", "OMS50"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(EachVersion, AnOrderGoesOutUnderAnIdOfOurOwnAndIsNotToldBeforeTheExchangeSpeaks) {
  EXPECT_TRUE(order(who(), "a1").empty());
  ASSERT_EQ(sends_.size(), 1u);
  EXPECT_EQ(last_sent(), "11=x1|38=10.00|40=2|44=19.5000|54=1|55=KXBTCPERP|59=0|");
  ASSERT_EQ(facts_.size(), 1u);
  EXPECT_EQ(facts_[0].kind, JournalKind::order);
}

TEST_P(EachVersion, NewThenTradesThenTheEnd) {
  order(who(), "a1");
  const auto accepted = report("11=x1|39=0|150=0|");
  ASSERT_EQ(accepted.size(), 1u);
  EXPECT_EQ(field(accepted[0], 150), "0");
  EXPECT_EQ(field(accepted[0], 39), "0");
  EXPECT_EQ(field(accepted[0], 11), "a1");
  EXPECT_EQ(field(accepted[0], 37), "O1");
  EXPECT_EQ(field(accepted[0], 20), fix42() ? "0" : "");
  EXPECT_EQ(field(accepted[0], 151), "10.00");
  const auto first = report("11=x1|14=4|31=19.4|32=4|39=1|150=F|151=6|880=t1|");
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(field(first[0], 150), trade());
  EXPECT_EQ(field(first[0], 39), "1");
  EXPECT_EQ(field(first[0], 14), "4.00");
  EXPECT_EQ(field(first[0], 151), "6.00");
  EXPECT_EQ(field(first[0], 6), "19.4000");
  const auto second = report("11=x1|14=10|31=19.5|32=6|39=2|150=F|151=0|880=t2|");
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(field(second[0], 150), last_trade());
  EXPECT_EQ(field(second[0], 39), "2");
  EXPECT_EQ(field(second[0], 6), "19.4600");
  EXPECT_EQ(field(second[0], 151), "0.00");
  EXPECT_TRUE(desk_.open_orders().empty());
  EXPECT_EQ(desk_.position_of(client(who()).name(), "KXBTCPERP").to_string(), "10.00");
}

TEST_P(EachVersion, ATradeThatComesFirstIsToldBehindANewOfOurOwn) {
  order(who(), "a1");
  const auto told = report("11=x1|14=10|17=9;9|31=19.5|32=10|39=2|150=F|151=0|");
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(field(told[0], 150), "0");
  EXPECT_NE(field(told[0], 17), "9;9");
  EXPECT_EQ(field(told[1], 150), last_trade());
  EXPECT_EQ(field(told[1], 17), "9;9");
}

TEST_P(EachVersion, ATradeToldTwiceIsToldOnce) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  EXPECT_EQ(report("11=x1|14=4|17=5;5|31=19.4|32=4|39=1|150=F|151=6|880=t1|").size(), 1u);
  EXPECT_TRUE(report("11=x1|14=4|17=5;5|31=19.4|32=4|39=1|150=F|151=6|880=t1|").empty());
}

TEST_P(EachVersion, ReplaceUpAndDownKeepsTheChain) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  EXPECT_TRUE(replace(who(), "a2", "a1", "15", "19.6").empty());
  EXPECT_EQ(last_sent(), "11=x2|38=15.00|40=2|41=x1|44=19.6000|54=1|55=KXBTCPERP|59=0|");
  const auto pending = report("11=x2|17=-1;-1|39=E|41=x1|150=E|");
  ASSERT_EQ(pending.size(), 1u);
  EXPECT_EQ(field(pending[0], 150), "E");
  EXPECT_EQ(field(pending[0], 39), "E");
  EXPECT_EQ(field(pending[0], 11), "a2");
  EXPECT_EQ(field(pending[0], 41), "a1");
  EXPECT_NE(field(pending[0], 17), "-1;-1");
  const auto replaced = report("11=x2|38=15|39=0|41=x1|44=19.6|150=5|151=15|");
  ASSERT_EQ(replaced.size(), 1u);
  EXPECT_EQ(field(replaced[0], 150), "5");
  EXPECT_EQ(field(replaced[0], 39), "0");
  EXPECT_EQ(field(replaced[0], 11), "a2");
  EXPECT_EQ(field(replaced[0], 41), "a1");
  EXPECT_EQ(field(replaced[0], 38), "15.00");
  EXPECT_EQ(field(replaced[0], 44), "19.6000");
  EXPECT_EQ(field(replaced[0], 151), "15.00");
}

TEST_P(EachVersion, AChainOfReplacesNamesTheOneThatIsOut) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  replace(who(), "a2", "a1", "12", "19.5");
  EXPECT_TRUE(replace(who(), "a3", "a2", "13", "19.5").empty());
  EXPECT_EQ(field("|" + last_sent(), 41), "x2");
  EXPECT_EQ(field(report("11=x2|38=12|39=0|41=x1|150=5|151=12|")[0], 11), "a2");
  const auto last = report("11=x3|38=13|39=0|41=x2|150=5|151=13|");
  EXPECT_EQ(field(last[0], 11), "a3");
  EXPECT_EQ(field(last[0], 41), "a2");
}

TEST_P(EachVersion, AReplaceOfAnIdThatTheOrderHasLeftIsRefused) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  replace(who(), "a2", "a1", "12", "19.5");
  report("11=x2|38=12|39=0|41=x1|150=5|151=12|");
  const auto refused = replace(who(), "a3", "a1", "14", "19.5");
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].substr(6, 4), "35=9");
  EXPECT_EQ(field(refused[0], 102), "1");
  EXPECT_EQ(field(refused[0], 434), "2");
  EXPECT_EQ(sends_.size(), 2u);
}

TEST_P(EachVersion, DownToWhatIsFilledIsReplacedAndFilled) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  report("11=x1|14=4|31=19.5|32=4|39=1|150=F|151=6|880=t1|");
  replace(who(), "a2", "a1", "4", "19.5");
  // changes-2026-11.md D8: the exchange calls it a cancel.
  const auto told = report("11=x2|14=4|38=10|39=4|41=x1|150=4|151=0|");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(field(told[0], 150), "5");
  EXPECT_EQ(field(told[0], 39), "2");
  EXPECT_EQ(field(told[0], 38), "4.00");
  EXPECT_EQ(field(told[0], 151), "0.00");
  EXPECT_TRUE(desk_.open_orders().empty());
}

TEST_P(EachVersion, CancelTakesTheRequestsId) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  cancel(who(), "c1", "a1");
  EXPECT_EQ(last_sent(), "11=x2|41=x1|54=1|55=KXBTCPERP|");
  const auto told = report("11=x2|39=4|41=x1|150=4|151=0|");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(field(told[0], 150), "4");
  EXPECT_EQ(field(told[0], 39), "4");
  EXPECT_EQ(field(told[0], 11), "c1");
  EXPECT_EQ(field(told[0], 41), "a1");
  EXPECT_EQ(field(told[0], 38), "10.00");
  EXPECT_EQ(field(told[0], 378), "");
}

TEST_P(EachVersion, AFillWhileACancelIsPendingShowsPendingCancelAndTooLateIsTold) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  cancel(who(), "c1", "a1");
  report("11=x2|17=-1;-1|39=6|41=x1|150=6|");
  const auto filled = report("11=x1|14=10|31=19.5|32=10|39=2|150=F|151=0|880=t1|");
  ASSERT_EQ(filled.size(), 1u);
  EXPECT_EQ(field(filled[0], 39), "6") << "FIX 4.4 volume 4, B.1.c: the pending cancel goes before Filled";
  EXPECT_EQ(field(filled[0], 151), "0.00");
  const auto late = cancel_reject("11=x2|37=O1|39=2|41=x1|102=0|434=1|58=CANNOT_UPDATE_FILLED_ORDER|");
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(field(late[0], 102), "0");
  EXPECT_EQ(field(late[0], 39), "2");
  EXPECT_EQ(field(late[0], 58), "CANNOT_UPDATE_FILLED_ORDER");
}

TEST_P(EachVersion, APartialFillWhileACancelIsPendingKeepsThePendingStatus) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  cancel(who(), "c1", "a1");
  report("11=x2|17=-1;-1|39=6|41=x1|150=6|");
  const auto part = report("11=x1|14=3|31=19.5|32=3|39=6|150=F|151=7|880=t1|");
  EXPECT_EQ(field(part[0], 39), "6");
  EXPECT_EQ(field(part[0], 151), "7.00");
}

TEST_P(EachVersion, CancelsThatNobodyAskedForKeepTheOrdersIdAndSayWhy) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  const auto told = report("11=x1|39=4|58=MAKER_CANCEL_FOR_SELF_TRADE_PREVENTION|150=4|151=0|");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(field(told[0], 11), "a1");
  EXPECT_EQ(field(told[0], 41), "");
  EXPECT_EQ(field(told[0], 378), fix42() ? "4" : "8");
  EXPECT_EQ(field(told[0], 58), "MAKER_CANCEL_FOR_SELF_TRADE_PREVENTION");
  EXPECT_EQ(field(told[0], 39), "4");
}

TEST_P(EachVersion, AnIocThatIsPartlyFilledEndsWithACanceled) {
  order(who(), "a1", "59=3|");
  EXPECT_EQ(field("|" + last_sent(), 59), "3");
  report("11=x1|39=0|150=0|");
  const auto told = report("11=x1|14=4|31=19.5|32=4|39=4|58=IMMEDIATE_OR_CANCELLED|150=F|151=0|880=t1|");
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(field(told[0], 150), trade());
  EXPECT_EQ(field(told[0], 39), "1");
  EXPECT_EQ(field(told[1], 150), "4");
  EXPECT_EQ(field(told[1], 39), "4");
  EXPECT_EQ(field(told[1], 14), "4.00");
  EXPECT_EQ(field(told[1], 151), "0.00");
  EXPECT_NE(field(told[0], 17), field(told[1], 17));
}

TEST_P(EachVersion, ALateTradeBehindTheEndIsToldOnce) {
  order(who(), "a1");
  report("11=x1|39=0|17=1;1|150=0|");
  report("11=x1|39=4|17=5;1|150=4|151=0|");
  const auto late = report("11=x1|14=3|17=3;1|31=19.5|32=3|39=1|150=F|151=7|880=t1|");
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(field(late[0], 39), "4");
  EXPECT_EQ(field(late[0], 14), "3.00");
  EXPECT_EQ(field(late[0], 151), "0.00");
}

TEST_P(EachVersion, AnEndWaitsForTradesThatAreMissing) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  EXPECT_TRUE(report("11=x1|14=5|39=4|150=4|151=0|").empty());
  ASSERT_EQ(desk_.incomplete().size(), 1u);
  const auto told = report("11=x1|14=5|17=2;5|31=19.5|32=5|39=1|150=F|151=5|880=t1|");
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(field(told[0], 150), trade());
  EXPECT_EQ(field(told[1], 150), "4");
  EXPECT_EQ(field(told[1], 14), "5.00");
}

TEST_P(EachVersion, RefusalsOfTheExchangeKeepItsWord) {
  order(who(), "a1", "18=6|");
  EXPECT_EQ(field("|" + last_sent(), 18), "6");
  const auto told = report("11=x1|17=-1;-1|39=8|58=POST_ONLY_CROSS|103=99|150=8|151=0|");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(field(told[0], 150), "8");
  EXPECT_EQ(field(told[0], 39), "8");
  EXPECT_EQ(field(told[0], 58), "POST_ONLY_CROSS");
  EXPECT_EQ(field(told[0], 103), fix42() ? "0" : "99");
  EXPECT_EQ(field(told[0], 151), "0.00");
  EXPECT_NE(field(told[0], 17), "-1;-1");
}

TEST_P(EachVersion, ADuplicateIsRefusedAndTheOrderUntouched) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  const auto told = order(who(), "a1");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(field(told[0], 150), "8");
  EXPECT_EQ(field(told[0], 103), "6");
  EXPECT_EQ(sends_.size(), 1u);
  EXPECT_EQ(desk_.open_orders().size(), 1u);
}

TEST_P(EachVersion, APossibleResendOfAKnownOrderIsAnsweredWithItsStatus) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  const auto told = order(who(), "a1", "", "97=Y|");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(field(told[0], 150), fix42() ? "0" : "I");
  EXPECT_EQ(field(told[0], 20), fix42() ? "3" : "");
  EXPECT_EQ(field(told[0], 39), "0");
  EXPECT_EQ(sends_.size(), 1u);
  EXPECT_TRUE(order(who(), "a1", "", "43=Y|").empty());
  EXPECT_TRUE(order(who(), "a9", "", "97=Y|").empty()) << "an unknown one is a new order";
  EXPECT_EQ(sends_.size(), 2u);
}

TEST_P(EachVersion, AnOrderOfAnotherClientIsUnknown) {
  order(who() == "OMS44" ? "OMS42" : "OMS44", "a1");
  report("11=x1|39=0|150=0|");
  const auto told = cancel(who(), "c1", "a1");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(field(told[0], 102), "1");
  EXPECT_EQ(field(told[0], 37), "NONE");
  EXPECT_EQ(sends_.size(), 1u);
}

TEST_P(EachVersion, WhatTheExchangeHasNotIsRefusedInWords) {
  struct Asked {
    const char* fields;
    const char* word;
  };
  int n = 0;
  for (const Asked& each : {Asked{"40=1|", "OrdType(40)=1"},
                            {"40=3|99=20|", "StopPx(99)"},
                            {"111=5|", "MaxFloor(111)"},
                            {"110=5|", "MinQty(110)"},
                            {"59=2|", "TimeInForce(59)=2"},
                            {"18=G|", "ExecInst(18)=G"},
                            {"54=5|", "Side(54)=5"},
                            {"15=EUR|", "Currency(15)"},
                            {"38=1.5|", "OrderQty(38)"},
                            {"44=0|", "Price(44)"},
                            {"59=6|", "ExpireTime(126)"},
                            {"59=1|126=20271130-12:00:00|", "ExpireTime(126)"}}) {
    const auto told = order(who(), "u" + std::to_string(++n), each.fields);
    ASSERT_EQ(told.size(), 1u) << each.fields;
    EXPECT_EQ(field(told[0], 150), "8") << each.fields;
    EXPECT_EQ(field(told[0], 39), "8") << each.fields;
    EXPECT_NE(field(told[0], 58).find(each.word), std::string::npos) << told[0];
  }
  EXPECT_TRUE(sends_.empty());
}

TEST_P(EachVersion, ExpiryFollowsTheClientsFix) {
  order(who(), "a1");
  EXPECT_EQ(field("|" + last_sent(), 59), "0") << "absent is Day";
  report("11=x1|39=0|150=0|");
  replace(who(), "a2", "a1", "10", "19.6");
  EXPECT_EQ(field("|" + last_sent(), 59), "0") << "absent on G is Day, too: not 'keep'";
  replace(who(), "a3", "a2", "10", "19.7", "59=1|");
  EXPECT_EQ(field("|" + last_sent(), 59), "1");
  EXPECT_EQ(field("|" + last_sent(), 126), "");
  replace(who(), "a4", "a3", "10", "19.8", "59=6|432=20271231|");
  EXPECT_EQ(field("|" + last_sent(), 126), "20280101-04:59:59.999") << "the end of the day in New York";
}

TEST_P(EachVersion, AnUnknownOutcomeIsPendingUntilItIsFoundOut) {
  order(who(), "a1");
  const auto told = report("11=x1|17=-1;-1|39=8|58=EXCHANGE_UNAVAILABLE|103=99|150=8|151=0|");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(field(told[0], 150), "A");
  EXPECT_EQ(field(told[0], 39), "A");
  EXPECT_EQ(desk_.unknown_outcomes(), std::vector<std::string>{"x1"});
  const auto never =
      with([&](gateway::Desk& desk, Actions& out) { desk.on_not_taken("x1", "the exchange does not have the order", now_, out); });
  ASSERT_EQ(never.size(), 1u);
  EXPECT_EQ(field(never[0], 150), "8");
  const auto after_all = report("11=x1|39=0|150=0|");
  ASSERT_EQ(after_all.size(), 1u) << "what the exchange says wins";
  EXPECT_EQ(field(after_all[0], 150), "0");
  EXPECT_EQ(field(after_all[0], 39), "0");
  EXPECT_EQ(desk_.open_orders().size(), 1u);
}

TEST_P(EachVersion, RestResolvesAnUnknownOutcome) {
  order(who(), "a1");
  with([&](gateway::Desk& desk, Actions& out) { desk.on_outcome_unknown("x1", UnknownCause::connection_ended, "gone", now_, out); });
  Fill fill;
  fill.order_id = "O7";
  fill.symbol = "KXBTCPERP";
  fill.side = Side::Buy;
  fill.price = DollarDecimal::parse("19.4").value();
  fill.quantity = FixedPointCount::whole(4);
  fill.trade_id = "t1";
  fill.cl_ord_id = "x1";
  const auto traded = with([&](gateway::Desk& desk, Actions& out) { desk.on_fill(fill, now_, out); });
  ASSERT_EQ(traded.size(), 2u);
  EXPECT_EQ(field(traded[0], 150), "0");
  EXPECT_EQ(field(traded[1], 150), trade());
  Baseline baseline;
  baseline.cl_ord_id = "x1";
  baseline.order_id = "O7";
  baseline.symbol = "KXBTCPERP";
  baseline.side = Side::Buy;
  baseline.price = DollarDecimal::parse("19.5").value();
  baseline.order_qty = FixedPointCount::whole(4);
  baseline.cum_qty = FixedPointCount::whole(4);
  baseline.canceled = true;
  baseline.as_of = now_;
  const auto ended = with([&](gateway::Desk& desk, Actions& out) { desk.on_baseline(baseline, now_, out); });
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(field(ended[0], 150), "4");
  EXPECT_TRUE(report("11=x1|14=4|37=O7|31=19.4|32=4|39=1|150=F|151=6|880=t1|").empty()) << "the same trade by FIX, later";
}

TEST_P(EachVersion, StatusOfAKnownAndAnUnknownOrder) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  const auto known = take<gateway::StatusRequest>(who(), "11=a1|54=1|55=KXBTCPERP|");
  ASSERT_EQ(known.size(), 1u);
  EXPECT_EQ(field(known[0], 150), fix42() ? "0" : "I");
  EXPECT_EQ(field(known[0], 151), "10.00");
  const auto unknown = take<gateway::StatusRequest>(who(), "11=zz|54=1|55=KXBTCPERP|");
  ASSERT_EQ(unknown.size(), 1u);
  EXPECT_EQ(field(unknown[0], 39), "8");
  EXPECT_EQ(field(unknown[0], 37), "NONE");
}

TEST_P(EachVersion, AMassCancelReachesTheClientsOwnOrdersAlone) {
  if (fix42()) GTEST_SKIP() << "FIX.4.2 has no OrderMassCancelRequest(q)";
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  order("OMS42", "a1");
  const auto told = take<gateway::MassCancel>(who(), "11=m1|530=7|");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(field(told[0], 531), "7");
  EXPECT_EQ(field(told[0], 533), "1");
  EXPECT_EQ(field(told[0], 1369).empty(), who() == "OMS44");
  EXPECT_EQ(sends_.size(), 3u);
  const auto canceled = report("11=x3|39=4|41=x1|150=4|151=0|");
  ASSERT_EQ(canceled.size(), 1u);
  EXPECT_EQ(field(canceled[0], 11), "a1");
}

TEST_P(EachVersion, ToldAgainTheJournalMakesTheSameDeskAndTellsNothingTwice) {
  order(who(), "a1");
  report("11=x1|39=0|150=0|");
  report("11=x1|14=4|31=19.4|32=4|39=1|150=F|151=6|880=t1|");
  replace(who(), "a2", "a1", "15", "19.6");
  report("11=x2|14=4|38=15|39=1|41=x1|44=19.6|150=5|151=11|");
  cancel(who(), "c1", "a2");
  order(who(), "b1", "40=1|");
  gateway::Desk again = make_desk();
  for (const gateway::JournalRecord& fact : facts_) ASSERT_TRUE(again.restore(fact)) << to_string(fact.kind);
  EXPECT_EQ(again.orders(), desk_.orders());
  EXPECT_EQ(again.open_orders(), desk_.open_orders());
  EXPECT_EQ(again.position_of(client(who()).name(), "KXBTCPERP"), desk_.position_of(client(who()).name(), "KXBTCPERP"));
  // And from what a file begins with.
  gateway::Desk later = make_desk();
  desk_.snapshot([&](const gateway::JournalRecord& record) { ASSERT_TRUE(later.restore(record)) << to_string(record.kind); });
  EXPECT_EQ(later.orders(), desk_.orders());
  EXPECT_EQ(later.unanswered(), desk_.unanswered());
  EXPECT_EQ(later.open_sums().of_client(client(who()).name()).count(), 1);
}

TEST_P(EachVersion, ALimitRefusesBeforeAnythingIsSent) {
  limit_ = gateway::LimitRefusal{3, "too big"};
  const auto told = order(who(), "a1");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(field(told[0], 103), "3");
  EXPECT_EQ(field(told[0], 58), "too big");
  EXPECT_TRUE(sends_.empty());
  EXPECT_TRUE(order(who(), "a1", "", "43=Y|").empty()) << "sent again, it is no new order";
}

TEST_F(DeskTest, ARejectOfAReplaceLeavesTheOrderAsItWas) {
  order("OMS44", "a1");
  report("11=x1|39=0|150=0|");
  replace("OMS44", "a2", "a1", "15", "19.6");
  report("11=x2|17=-1;-1|39=E|41=x1|150=E|");
  const auto told = cancel_reject("11=x2|37=O1|39=0|41=x1|102=99|434=2|58=INVALID_PRICE|");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(field(told[0], 11), "a2");
  EXPECT_EQ(field(told[0], 41), "a1");
  EXPECT_EQ(field(told[0], 39), "0");
  EXPECT_EQ(field(told[0], 58), "INVALID_PRICE");
  EXPECT_TRUE(cancel("OMS44", "c1", "a1").empty());
  EXPECT_EQ(field("|" + last_sent(), 41), "x1");
}

TEST_F(DeskTest, AnAmendThatATradeShowsIsToldBeforeIt) {
  order("OMS44", "a1");
  report("11=x1|39=0|150=0|");
  replace("OMS44", "a2", "a1", "15", "19.6");
  const auto told = report("11=x2|14=3|31=19.6|32=3|38=15|39=1|44=19.6|150=F|151=12|880=t1|");
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(field(told[0], 150), "5");
  EXPECT_EQ(field(told[0], 11), "a2");
  EXPECT_EQ(field(told[1], 150), "F");
  EXPECT_EQ(field(told[1], 151), "12.00");
}

TEST_F(DeskTest, SubaccountCustomerAndOptionsOfTheClientGoWithItsOrders) {
  ClientConfig& oms = client("OMS44");
  oms.subaccount = 3;
  oms.self_trade_prevention_type = SelfTradePreventionType::Maker;
  oms.post_only = true;
  oms.cancel_order_on_pause = true;
  oms.order_group = "g-1";
  order("OMS44", "a1");
  EXPECT_EQ(last_sent(), "11=x1|18=6|38=10.00|40=2|44=19.5000|54=1|55=KXBTCPERP|59=0|79=3|526=g-1|2964=2|21006=Y|");
  order("OMS44", "a2", "59=3|526=g-2|2964=1|21006=N|");
  EXPECT_EQ(last_sent(), "11=x2|38=10.00|40=2|44=19.5000|54=1|55=KXBTCPERP|59=3|79=3|526=g-2|2964=1|21006=N|");
}

TEST_F(DeskTest, SymbolsAreMappedBothWaysAndWhatIsNotOpenIsRefused) {
  ClientConfig& oms = client("OMS44");
  oms.symbol_map = {{"BTC-PERP", "KXBTCPERP"}, {"*-PERP", "KX*PERP"}};
  oms.symbols = {"KXBTC*", "KXETHPERP"};
  order("OMS44", "a1", "55=ETH-PERP|");
  EXPECT_EQ(field("|" + last_sent(), 55), "KXETHPERP");
  const auto told = report("11=x1|39=0|55=KXETHPERP|150=0|");
  EXPECT_EQ(field(told[0], 55), "ETH-PERP");
  const auto refused = order("OMS44", "a2", "55=SOL-PERP|");
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(field(refused[0], 103), "1");
}

TEST_F(DeskTest, AReportOfNobodysOrderIsTold) {
  report("11=zzz|39=0|150=0|");
  EXPECT_FALSE(known_);
}

TEST_F(DeskTest, WhatEndedLongAgoIsForgotten) {
  order("OMS44", "a1");
  report("11=x1|39=4|150=4|151=0|");
  EXPECT_EQ(desk_.forget(now_), 0u);
  EXPECT_EQ(desk_.forget(now_ + std::chrono::hours(1)), 1u);
  EXPECT_EQ(desk_.find_client_id(client("OMS44").name(), "a1"), nullptr);
}

}  // namespace
}  // namespace marginfix::test
