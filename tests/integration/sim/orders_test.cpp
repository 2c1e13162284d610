// Order entry over FIX as a client sees it: D, G, F, q, UOG and the reports about them. Source: fix-margin.md "Order entry".
#include <boost/json/parse.hpp>

#include "integration/sim/fixture.hpp"
#include "integration/sim/http_client.hpp"
#include "marginfix/core/uuid.hpp"

namespace marginfix::sim::test {
namespace {

class SimOrders : public SimTest {
 protected:
  void SetUp() override {
    start();
    alice_ = log_on("KalshiNR", "alice", "21011=Y|");
    bob_ = log_on("KalshiNR", "bob", "21011=Y|");
  }
  std::unique_ptr<Client> log_on(const std::string& session, const std::string& key, const std::string& extra) {
    auto client = std::make_unique<Client>(sim(), session, key);
    LogonTweaks tweaks;
    tweaks.extra = extra;
    client->logon(tweaks);
    return client;
  }
  // Alice again, with other options.
  void alice_with(const std::string& extra) {
    alice_->close();
    alice_->expect_end();
    alice_ = log_on("KalshiNR", "alice", extra);
  }
  std::unique_ptr<Client> alice_, bob_;
};

TEST_F(SimOrders, ARestingOrderIsReportedNewWithEveryAlwaysField) {
  alice_->send("D", Order{.id = "a1"}.body());
  const Message report = alice_->expect_report('0');
  EXPECT_EQ(report.get(6), "0.0000");
  EXPECT_EQ(report.get(11), "a1");
  EXPECT_EQ(report.get(14), "0.00");
  EXPECT_NE(report.get(17).find(';'), std::string::npos);
  EXPECT_NE(report.get(17), "-1;-1");
  EXPECT_EQ(report.get(30), "0");
  EXPECT_EQ(report.get(37).size(), 36U);
  EXPECT_EQ(report.get(38), "10.00");
  EXPECT_EQ(report.get(39), "0");
  EXPECT_EQ(report.get(44), "5.0000");
  EXPECT_EQ(report.get(54), "1");
  EXPECT_EQ(report.get(55), kMarket);
  EXPECT_TRUE(report.has(60));
  EXPECT_EQ(report.get(151), "10.00");
  EXPECT_FALSE(report.has(31));
  EXPECT_TRUE(alice_->quiet());
}

TEST_F(SimOrders, PendingReportsComeFirstUnlessSkipped) {
  alice_with("");
  alice_->send("D", Order{.id = "a1"}.body());
  const Message pending = alice_->expect_report('A');
  EXPECT_EQ(pending.get(39), "A");
  EXPECT_EQ(pending.get(17), "-1;-1");
  alice_->expect_report('0');
  alice_->send("G", amend_of("a2", "a1", "12", "5.0000"));
  EXPECT_EQ(alice_->expect_report('E').get(39), "E");
  const Message replaced = alice_->expect_report('5');
  EXPECT_EQ(replaced.get(11), "a2");
  EXPECT_EQ(replaced.get(41), "a1");
  alice_->send("F", cancel_of("a3", "a2"));
  EXPECT_EQ(alice_->expect_report('6').get(17), "-1;-1");
  const Message canceled = alice_->expect_report('4');
  EXPECT_EQ(canceled.get(39), "4");
  EXPECT_EQ(canceled.get(11), "a3");
  EXPECT_EQ(canceled.get(41), "a2");
  EXPECT_EQ(canceled.get(38), "0.00");
  EXPECT_EQ(canceled.get(151), "0.00");
}

TEST_F(SimOrders, ATradeIsReportedToBothSidesWithFeesPositionAndMatch) {
  alice_->send("D", Order{.id = "a1"}.body());
  alice_->expect_report('0');
  bob_->send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  const Message taker = bob_->expect_report('F');
  const Message maker = alice_->expect_report('F');
  EXPECT_EQ(maker.get(39), "1");
  EXPECT_EQ(maker.get(31), "5.0000");
  EXPECT_EQ(maker.get(32), "4.00");
  EXPECT_EQ(maker.get(14), "4.00");
  EXPECT_EQ(maker.get(151), "6.00");
  EXPECT_EQ(maker.get(38), "10.00");
  EXPECT_EQ(maker.get(6), "5.0000");
  EXPECT_EQ(maker.get(704), "4.00");
  EXPECT_EQ(maker.get(705), "0.00");
  EXPECT_EQ(maker.get(1057), "N");
  EXPECT_EQ(taker.get(39), "2");
  EXPECT_EQ(taker.get(704), "0.00");
  EXPECT_EQ(taker.get(705), "4.00");
  EXPECT_EQ(taker.get(1057), "Y");
  EXPECT_EQ(taker.get(880), maker.get(880));
  EXPECT_EQ(taker.get(715).size(), 8U);
  for (const Message* side : {&maker, &taker}) {
    EXPECT_EQ(side->get(136), "1");
    EXPECT_TRUE(side->has(137));
    EXPECT_EQ(side->get(138), "USD");
    EXPECT_EQ(side->get(139), "4");
    EXPECT_EQ(side->get(891), "0");
    EXPECT_EQ(side->get(1705), "BALANCE");
    EXPECT_EQ(side->get(1704).front(), '-');
  }
  EXPECT_TRUE(bob_->quiet());  // no New: it traded at once
}

TEST_F(SimOrders, NewBeforeTradeWhenAskedFor) {
  bob_->send("D", Order{.id = "b1", .side = '2'}.body());
  bob_->expect_report('0');
  alice_with("21011=Y|21026=Y|");
  alice_->send("D", Order{.id = "a1"}.body());
  EXPECT_EQ(alice_->expect_report('0').get(39), "0");
  EXPECT_EQ(alice_->expect_report('F').get(39), "2");
}

TEST_F(SimOrders, AmendKeepsTheCumulativeQuantityAndNamesTheNewTotal) {
  alice_->send("D", Order{.id = "a1"}.body());
  alice_->expect_report('0');
  bob_->send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  alice_->expect_report('F');
  alice_->send("G", amend_of("a2", "a1", "8", "4.9000"));
  const Message replaced = alice_->expect_report('5');
  EXPECT_EQ(replaced.get(14), "4.00");
  EXPECT_EQ(replaced.get(151), "4.00");
  EXPECT_EQ(replaced.get(38), "8.00");
  EXPECT_EQ(replaced.get(44), "4.9000");
  EXPECT_EQ(replaced.get(59), "1");
  EXPECT_FALSE(replaced.has(126));
}

TEST_F(SimOrders, ReplacedReportsShowAnyExpiryAsGtd) {
  alice_->send("D", Order{.id = "day", .extra = "59=0|"}.body());
  alice_->expect_report('0');
  alice_->send("G", amend_of("day2", "day", "9", "5.0000"));
  const Message day = alice_->expect_report('5');
  EXPECT_EQ(day.get(59), "6");
  EXPECT_TRUE(day.has(126));
  alice_->send("G", amend_of("day3", "day2", "9", "5.0000", '1', "59=1|"));
  EXPECT_EQ(alice_->expect_report('5').get(59), "1");
}

TEST_F(SimOrders, PreservedQuantityStaysTheOriginal) {
  alice_with("21008=Y|21011=Y|");
  alice_->send("D", Order{.id = "a1"}.body());
  alice_->expect_report('0');
  bob_->send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  EXPECT_EQ(alice_->expect_report('F').get(38), "10.00");
  alice_->send("F", cancel_of("a2", "a1"));
  EXPECT_EQ(alice_->expect_report('4').get(38), "10.00");
}

TEST_F(SimOrders, APartlyFilledIocIsOverWithItsTrade) {
  bob_->send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  bob_->expect_report('0');
  alice_->send("D", Order{.id = "a1", .extra = "59=3|"}.body());
  const Message trade = alice_->expect_report('F');
  EXPECT_EQ(trade.get(39), "4") << "nothing is left of it, and it is not filled";
  EXPECT_EQ(trade.get(151), "0.00");
  EXPECT_EQ(trade.get(38), "4.00");
  EXPECT_TRUE(alice_->quiet());
}

TEST_F(SimOrders, APartlyFilledIocYieldsACancelReportWhenAskedFor) {
  bob_->send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  bob_->expect_report('0');
  alice_with("21007=Y|21011=Y|");
  alice_->send("D", Order{.id = "a1", .extra = "59=3|"}.body());
  const Message trade = alice_->expect_report('F');
  EXPECT_EQ(trade.get(39), "1");
  EXPECT_EQ(trade.get(151), "6.00");
  const Message canceled = alice_->expect_report('4');
  EXPECT_EQ(canceled.get(14), "4.00");
  EXPECT_EQ(canceled.get(151), "0.00");
}

TEST_F(SimOrders, FokIsFilledWholeOrNotAtAll) {
  bob_->send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  bob_->expect_report('0');
  alice_->send("D", Order{.id = "a1", .quantity = "5", .extra = "59=4|"}.body());
  const Message refused = alice_->next();
  EXPECT_EQ(refused.get(58), "FOK_INSUFFICIENT_VOLUME") << refused.pipes();
  alice_->send("D", Order{.id = "a2", .quantity = "4", .extra = "59=4|"}.body());
  EXPECT_EQ(alice_->expect_report('F').get(39), "2");
}

TEST_F(SimOrders, PostOnlyDoesNotCross) {
  bob_->send("D", Order{.id = "b1", .side = '2'}.body());
  bob_->expect_report('0');
  alice_->send("D", Order{.id = "a1", .extra = "18=6|59=1|"}.body());
  const Message refused = alice_->next();
  EXPECT_EQ(refused.get(58), "POST_ONLY_CROSS") << refused.pipes();
}

TEST_F(SimOrders, AGtdOrderExpiresWithTheTradingClock) {
  const auto soon = to_fix_utc(system_clock().now() + std::chrono::hours(1), 3);
  alice_->send("D", Order{.id = "a1", .extra = "59=6|126=" + soon + "|"}.body());
  EXPECT_TRUE(alice_->expect_report('0').has(126));
  ASSERT_TRUE(sim().advance_clock(std::chrono::hours(2)));
  const Message expired = alice_->expect_report('4');
  EXPECT_EQ(expired.get(39), "4");
  alice_with("21011=Y|21012=Y|");
  const auto later = to_fix_utc(system_clock().now() + std::chrono::hours(3), 3);
  alice_->send("D", Order{.id = "a2", .extra = "59=6|126=" + later + "|"}.body());
  alice_->expect_report('0');
  ASSERT_TRUE(sim().advance_clock(std::chrono::hours(2)));
  EXPECT_EQ(alice_->expect_report('C').get(39), "C");
}

TEST_F(SimOrders, OperatorAndCustomerStandInTheParties) {
  alice_->send("D", Order{.id = "a1", .extra = "59=1|453=1|448=CUST-1|452=24|"}.body(), "50=TRADER7|");
  const Message report = alice_->expect_report('0');
  EXPECT_EQ(report.all(448), (std::vector<std::string>{"CUST-1", "TRADER7"}));
  EXPECT_EQ(report.all(452), (std::vector<std::string>{"24", "12"}));
  alice_->send("F", cancel_of("a2", "a1"), "50=OTHER|");
  EXPECT_EQ(alice_->expect_report('4').all(448), (std::vector<std::string>{"CUST-1", "OTHER"}));
}

TEST_F(SimOrders, SubaccountsHavePositionsOfTheirOwn) {
  alice_->send("D", Order{.id = "a1", .extra = "59=1|79=1|"}.body());
  EXPECT_EQ(alice_->expect_report('0').get(79), "1");
  bob_->send("D", Order{.id = "b1", .side = '2'}.body());
  EXPECT_EQ(alice_->expect_report('F').get(704), "10.00");
  alice_->send("D", Order{.id = "a2"}.body());
  alice_->expect_report('0');
  bob_->expect_report('F');
  bob_->send("D", Order{.id = "b2", .side = '2', .quantity = "3"}.body());
  EXPECT_EQ(alice_->expect_report('F').get(704), "3.00");
}

TEST_F(SimOrders, MassCancelCancelsTheSessionsOrdersAndIsLimitedToOneASecond) {
  for (const std::string id : {"a1", "a2", "a3"}) {
    alice_->send("D", Order{.id = id}.body());
    alice_->expect_report('0');
  }
  bob_->send("D", Order{.id = "b1", .price = "4.0000"}.body());
  bob_->expect_report('0');
  alice_->send("q", "11=mass|530=6|");
  alice_->send("q", "11=again|530=6|");
  const Message report = alice_->expect("r");
  EXPECT_EQ(report.get(11), "mass");
  EXPECT_EQ(report.get(531), "6");
  EXPECT_EQ(report.get(37).size(), 36U);
  for (int i = 0; i < 3; ++i) alice_->expect_report('4');
  const Message limited = alice_->expect("j");
  EXPECT_EQ(limited.get(380), "8");
  EXPECT_EQ(limited.get(379), "again");
  EXPECT_TRUE(bob_->quiet());
}

TEST_F(SimOrders, GroupsLimitWhatMatchesWithinTheWindow) {
  alice_->send("UOG", "20131=1|20132=5|");
  const Message created = alice_->expect("UOH");
  const std::string group = created.get(20130);
  EXPECT_EQ(group.size(), 36U);
  EXPECT_EQ(created.get(20132), "5");
  alice_->send("D", Order{.id = "a1", .extra = "59=1|526=" + group + "|"}.body());
  alice_->expect_report('0');
  alice_->send("D", Order{.id = "a2", .price = "4.9000", .extra = "59=1|526=" + group + "|"}.body());
  alice_->expect_report('0');
  bob_->send("D", Order{.id = "b1", .side = '2', .quantity = "6"}.body());
  alice_->expect_report('F');
  for (int i = 0; i < 2; ++i) EXPECT_EQ(alice_->expect_report('4').get(58), "ORDER_GROUP_CANCEL");
  alice_->send("D", Order{.id = "a3", .extra = "59=1|526=" + group + "|"}.body());
  EXPECT_EQ(alice_->expect_report('8').get(58), "EXCEEDED_ORDER_GROUP_RISK_LIMIT");
  alice_->send("UOG", "20130=" + group + "|20131=2|");
  alice_->expect("UOH");
  alice_->send("D", Order{.id = "a4", .extra = "59=1|526=" + group + "|"}.body());
  alice_->expect_report('0');
  alice_->send("UOG", "20130=" + group + "|20131=5|20132=50|");
  EXPECT_EQ(alice_->expect("UOH").get(20132), "50");
  alice_->send("UOG", "20130=" + group + "|20131=4|");
  alice_->expect("UOH");
  EXPECT_EQ(alice_->expect_report('4').get(58), "ORDER_GROUP_CANCEL");
  alice_->send("UOG", "20130=" + group + "|20131=3|");
  alice_->expect("UOH");
  alice_->send("UOG", "20130=" + group + "|20131=2|");
  const Message gone = alice_->expect("j");
  EXPECT_EQ(gone.get(372), "UOG");
  EXPECT_EQ(gone.get(380), "1");
  EXPECT_EQ(gone.get(45), std::to_string(alice_->next_out() - 1));
}

TEST_F(SimOrders, CancelOnDisconnectCancelsOnAnyEnd) {
  alice_with("8013=Y|21011=Y|");
  auto listener = log_on("KalshiNR", "alice-listener", "20126=Y|21011=Y|");
  alice_->send("D", Order{.id = "a1"}.body());
  alice_->expect_report('0');
  listener->expect_report('0');
  alice_->reset();
  EXPECT_EQ(listener->expect_report('4').get(11), "a1");
  alice_ = log_on("KalshiNR", "alice", "8013=Y|21011=Y|");
  alice_->send("D", Order{.id = "a2"}.body());
  listener->expect_report('0');
  alice_->expect_report('0');
  alice_->send("5", "");
  EXPECT_EQ(listener->expect_report('4').get(11), "a2");
}

TEST_F(SimOrders, OrdersOutliveADisconnectWithoutTheOption) {
  alice_->send("D", Order{.id = "a1"}.body());
  alice_->expect_report('0');
  alice_with("21011=Y|");
  alice_->send("F", cancel_of("a2", "a1"));
  alice_->expect_report('4');
}

TEST_F(SimOrders, SelfTradePreventionCancelsTheTakerOrTheMaker) {
  alice_->send("D", Order{.id = "a1"}.body());
  alice_->expect_report('0');
  alice_->send("D", Order{.id = "a2", .side = '2'}.body());
  alice_->expect_report('0');
  const Message taker = alice_->expect_report('4');
  EXPECT_EQ(taker.get(11), "a2");
  EXPECT_EQ(taker.get(58), "TAKER_CANCEL_FOR_SELF_TRADE_PREVENTION");
  alice_->send("D", Order{.id = "a3", .side = '2', .extra = "59=1|2964=2|"}.body());
  alice_->expect_report('0');
  const Message maker = alice_->expect_report('4');
  EXPECT_EQ(maker.get(11), "a1");
  EXPECT_EQ(maker.get(58), "MAKER_CANCEL_FOR_SELF_TRADE_PREVENTION");
  EXPECT_TRUE(alice_->quiet());
}

TEST_F(SimOrders, ACustomerAccountOfFullLengthComesBackUnchangedAndMustBeOnesOwn) {
  RestClient rest(sim(), "alice");
  const auto made = rest.post("/margin/fcm/subtraders", R"({"subtrader_suffix":"Customer12345678","require_category_cap":false})");
  const std::string id(boost::json::parse(made.body).at("subtrader_id").as_string());
  ASSERT_EQ(id.size(), 53U);
  const auto order = [](const std::string& cl_ord_id, const std::string& party) {
    return Order{.id = cl_ord_id, .extra = "59=1|453=1|448=" + party + "|452=24|"}.body();
  };
  alice_->send("D", order("a1", id));
  EXPECT_EQ(alice_->expect_report('0').all(448), (std::vector<std::string>{id}));
  alice_->send("D", order("a2", id.substr(0, 37) + "nobody"));
  const Message unknown = alice_->expect_report('8');
  EXPECT_EQ(unknown.get(103), "15");
  EXPECT_EQ(unknown.get(58), "CUSTOMER_ACCOUNT_NOT_FOUND");
  alice_->send("D", order("a3", random_uuid() + "_Customer12345678"));
  const Message foreign = alice_->expect_report('8');
  EXPECT_EQ(foreign.get(103), "15");
  EXPECT_EQ(foreign.get(58), "PERMISSION_DENIED_FOR_CUSTOMER_ACCOUNT");
  alice_->send("D", order("a4", id + "9"));
  EXPECT_EQ(alice_->expect("3").get(371), "448");
}

TEST_F(SimOrders, AnAmendToTheFilledQuantityCancels) {
  alice_->send("D", Order{.id = "a1"}.body());
  alice_->expect_report('0');
  bob_->send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  alice_->expect_report('F');
  alice_->send("G", amend_of("a2", "a1", "3", "5.0000"));
  const Message less = alice_->expect("9");
  EXPECT_EQ(less.get(102), "2");
  EXPECT_EQ(less.get(58), "INVALID_AMEND_QTY_FOR_ORDER");
  alice_->send("G", amend_of("a3", "a1", "4", "5.0000"));
  const Message over = alice_->expect_report('4');
  EXPECT_EQ(over.get(39), "4");
  EXPECT_EQ(over.get(11), "a3");
  EXPECT_EQ(over.get(41), "a1");
  EXPECT_EQ(over.get(14), "4.00");
  EXPECT_EQ(over.get(151), "0.00");
}

}  // namespace
}  // namespace marginfix::sim::test
