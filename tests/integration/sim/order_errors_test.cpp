// Every way an order-entry message can go wrong, and the answer it gets. Source: fix-margin.md "Errors", tables of 58, 102, 103.
#include "integration/sim/fixture.hpp"
#include "marginfix/core/text.hpp"
#include "support/odd_texts.hpp"

namespace marginfix::sim::test {
namespace {

class SimOrderErrors : public SimTest {
 protected:
  void SetUp() override {
    if (manual_start()) return;
    begin();
  }
  virtual bool manual_start() const { return false; }
  void begin(const std::string& session = "KalshiNR", const std::string& extra = "21011=Y|") {
    if (!simulator_) start();
    client_ = std::make_unique<Client>(sim(), session, "alice");
    LogonTweaks tweaks;
    tweaks.extra = extra;
    client_->logon(tweaks);
  }
  void expect_reject(const std::string& type, const std::string& body, const std::string& reason, const std::string& tag,
                     const std::string& header = "") {
    client_->send(type, body, header);
    const Message reject = client_->expect("3");
    EXPECT_EQ(reject.get(373), reason) << body << "\n" << reject.pipes();
    EXPECT_EQ(reject.get(371), tag) << body << "\n" << reject.pipes();
    EXPECT_EQ(reject.get(372), type);
    EXPECT_EQ(reject.get(45), std::to_string(client_->next_out() - 1));
  }
  void expect_business(const std::string& type, const std::string& body, const std::string& reason, const std::string& header = "") {
    client_->send(type, body, header);
    const Message reject = client_->expect("j");
    EXPECT_EQ(reject.get(380), reason) << body << "\n" << reject.pipes();
    EXPECT_EQ(reject.get(372), type);
    EXPECT_EQ(reject.get(45), std::to_string(client_->next_out() - 1));
    EXPECT_TRUE(reject.has(58));
  }
  void expect_refused(const Order& order, const std::string& reason, const std::string& text) {
    client_->send("D", order.body());
    const Message report = client_->expect_report('8');
    EXPECT_EQ(report.get(39), "8");
    EXPECT_EQ(report.get(103), reason) << report.pipes();
    EXPECT_EQ(report.get(58), text) << report.pipes();
    EXPECT_EQ(report.get(17), "-1;-1");
    EXPECT_EQ(report.get(11), order.id);
    EXPECT_EQ(report.get(151), "0.00");
    EXPECT_EQ(report.get(37).size(), 36U);
  }
  void expect_cancel_reject(const std::string& type, const std::string& body, const std::string& reason) {
    client_->send(type, body);
    const Message reject = client_->expect("9");
    EXPECT_EQ(reject.get(102), reason) << reject.pipes();
    EXPECT_EQ(reject.get(434), type == "F" ? "1" : "2");
    EXPECT_TRUE(reject.has(37));
    EXPECT_TRUE(reject.has(39));
    EXPECT_TRUE(reject.has(41));
  }
  std::unique_ptr<Client> client_;
};

TEST_F(SimOrderErrors, MalformedMessagesAreRejectedNamingTagAndReason) {
  expect_reject("D", "11=a|38=1|40=2|44=5.0000|55=KXLTCPERP|", "1", "54");
  expect_reject("D", Order{.id = "a", .extra = "59=1|9999=x|"}.body(), "0", "9999");
  expect_reject("D", Order{.id = "a", .extra = "59=1|41=b|"}.body(), "2", "41");
  expect_reject("D", Order{.id = "a", .extra = "59=|"}.body(), "4", "59");
  expect_reject("D", Order{.id = "a", .side = 'x'}.body(), "5", "54");
  expect_reject("D", Order{.id = "a", .quantity = "ten"}.body(), "6", "38");
  expect_reject("D", Order{.id = "a", .price = "cheap"}.body(), "6", "44");
  expect_reject("D", Order{.id = "a", .extra = "59=6|126=tomorrow|"}.body(), "6", "126");
  expect_reject("D", Order{.id = std::string(65, 'a')}.body(), "5", "11");
  expect_reject("D", Order{.id = "a", .extra = "59=1|526=no-uuid|"}.body(), "6", "526");
  expect_reject("ZZ", "11=a|", "11", "35");
  EXPECT_TRUE(client_->quiet());
}

TEST_F(SimOrderErrors, TextsThatAnotherDoorCannotSayAreRejectedAndTheSessionGoesOn) {
  for (const auto& odd : marginfix_tests::odd_texts()) {
    if (odd.text.find('\x01') != std::string::npos) continue;
    client_->send("D", Order{.id = odd.text}.body());
    const Message reject = client_->expect("3");
    EXPECT_EQ(reject.get(373), "5") << odd.name << reject.pipes();
    EXPECT_EQ(reject.get(371), "11") << odd.name << reject.pipes();
    EXPECT_EQ(text_fault(reject.pipes()), nullptr) << odd.name << reject.pipes();
  }
  client_->send("D", Order{.id = "good"}.body());
  EXPECT_EQ(client_->expect_report('0').get(11), "good");
}

TEST_F(SimOrderErrors, ABrokenMessageIsRejectedWithoutItsBytes) {
  for (const char* tail : {"|", "novalue|", "abc=1|", "=5|"}) {
    client_->send("D", Order{.id = "a"}.body() + tail);
    const Message reject = client_->expect("3");
    EXPECT_EQ(text_fault(reject.pipes()), nullptr) << reject.pipes();
    EXPECT_EQ(reject.pipes().find("||"), std::string::npos) << reject.pipes();
    EXPECT_EQ(reject.get(372), "D");
    EXPECT_TRUE(reject.has(58));
  }
  EXPECT_TRUE(client_->quiet());
}

TEST_F(SimOrderErrors, GroupRequestsRejectMalformedIdsAndAnswerTheRestWithJ) {
  expect_reject("UOG", "20130=not-a-uuid|20131=2|", "6", "20130");
  expect_reject("UOG", "20131=9|", "5", "20131");
  expect_reject("UOG", "20130=0b5d1f0e-6a1c-4b0e-9d5a-7f3f1c2a0000|20131=1|20132=5|", "5", "20130");
  expect_business("UOG", "20130=0b5d1f0e-6a1c-4b0e-9d5a-7f3f1c2a0000|20131=2|", "1");
  expect_business("UOG", "20131=2|", "5");
  expect_business("UOG", "20131=1|", "5");
  expect_business("UOG", "20131=1|20132=0|", "0");
  expect_business("UOG", "20131=1|20132=1000001|", "0");
}

TEST_F(SimOrderErrors, UnsupportedMessagesGiveJ3) {
  expect_business("V", "263=1|146=1|55=KXLTCPERP|", "3");
  expect_business("r", "37=x|531=6|", "3");
}

TEST_F(SimOrderErrors, AConditionallyRequiredFieldGivesJ5) { expect_business("D", Order{.id = "a", .extra = "59=6|"}.body(), "5"); }

TEST_F(SimOrderErrors, OrdersTheExchangeRefusesAreExecutionReports) {
  expect_refused({.id = "a1", .symbol = "KXNOSUCHPERP"}, "1", "MARKET_NOT_FOUND");
  client_->send("D", "11=a2|38=10|40=1|44=5.0000|54=1|55=KXLTCPERP|59=1|");
  EXPECT_EQ(client_->expect_report('8').get(103), "11");
  client_->send("D", Order{.id = "a3", .extra = "59=7|"}.body());
  EXPECT_EQ(client_->expect_report('8').get(103), "11");
  client_->send("D", Order{.id = "a4", .quantity = "1.5"}.body());
  EXPECT_EQ(client_->expect_report('8').get(103), "13");
  client_->send("D", Order{.id = "a5", .quantity = "0"}.body());
  EXPECT_EQ(client_->expect_report('8').get(103), "13");
  client_->send("D", Order{.id = "a6", .price = "5.00005"}.body());
  EXPECT_EQ(client_->expect_report('8').get(39), "8");
  client_->send("D", Order{.id = "a7", .extra = "59=1|79=9|"}.body());
  EXPECT_EQ(client_->expect_report('8').get(103), "15");
  client_->send("D", Order{.id = "a8"}.body());
  client_->expect_report('0');
  expect_refused({.id = "a8"}, "6", "ORDER_ALREADY_EXISTS");
  expect_refused({.id = "a9", .extra = "59=1|526=0b5d1f0e-6a1c-4b0e-9d5a-7f3f1c2a0000|"}, "11", "ORDER_GROUP_NOT_FOUND");
  client_->send("D", Order{.id = "a10", .extra = "18=E|59=1|"}.body());
  EXPECT_EQ(client_->expect_report('8').get(39), "8");
  client_->send("D", Order{.id = "a11", .quantity = "9000000"}.body());
  EXPECT_EQ(client_->expect_report('8').get(103), "3");
}

TEST_F(SimOrderErrors, APriceOutsideTheBandIsRefused) {
  client_->send("D", Order{.id = "a1"}.body());
  client_->expect_report('0');
  client_->send("D", Order{.id = "a2", .price = "3.9000"}.body());
  EXPECT_EQ(client_->expect_report('8').get(39), "8");
  client_->send("D", Order{.id = "a3", .price = "4.0000"}.body());
  client_->expect_report('0');
}

TEST_F(SimOrderErrors, AHaltedMarketRefusesOrders) {
  ASSERT_TRUE(sim().halt(kMarket));
  client_->send("D", Order{.id = "a1"}.body());
  EXPECT_EQ(client_->expect_report('8').get(103), "2");
  ASSERT_TRUE(sim().halt(kMarket, false));
  client_->send("D", Order{.id = "a2"}.body());
  client_->expect_report('0');
}

TEST_F(SimOrderErrors, FailedAmendsAndCancelsGiveCancelRejects) {
  expect_cancel_reject("F", cancel_of("c1", "nothing"), "1");
  expect_cancel_reject("G", amend_of("c2", "nothing", "1", "5.0000"), "1");
  client_->send("D", Order{.id = "a1"}.body());
  client_->expect_report('0');
  Client bob(sim(), "KalshiNR", "bob");
  bob.logon();
  bob.send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  client_->expect_report('F');
  expect_cancel_reject("G", amend_of("c3", "a1", "3", "5.0000"), "2");
  bob.send("D", Order{.id = "b2", .side = '2', .quantity = "6"}.body());
  client_->expect_report('F');
  expect_cancel_reject("F", cancel_of("c4", "a1"), "0");
  expect_cancel_reject("G", amend_of("c5", "a1", "20", "5.0000"), "2");
}

TEST_F(SimOrderErrors, MassCancelTakesOnlyTheWholeSession) {
  client_->send("q", "11=m|530=7|");
  const Message report = client_->expect("r");
  EXPECT_EQ(report.get(531), "0");
  EXPECT_EQ(report.get(532), "0");
  EXPECT_TRUE(report.has(58));
}

TEST_F(SimOrderErrors, OperatorMustBeShortPrintableAscii) {
  expect_reject("D", Order{.id = "a"}.body(), "5", "50", "50=ABCDEFGHIJKLMNOPQ|");
  expect_reject("D", Order{.id = "a"}.body(), "5", "50", "50=\x07|");
}

TEST_F(SimOrderErrors, PartiesMustBeOneCustomer) {
  expect_reject("D", Order{.id = "a", .extra = "59=1|453=1|448=X|452=12|"}.body(), "5", "452");
  expect_reject("D", Order{.id = "a", .extra = "59=1|453=2|448=X|452=24|448=Y|452=24|"}.body(), "5", "453");
  expect_reject("D", Order{.id = "a", .extra = "59=1|79=1|453=1|448=X|452=24|"}.body(), "5", "79");
}

TEST_F(SimOrderErrors, MassCancelIsNotForKalshiRT) {
  begin("KalshiRT");
  expect_business("q", "11=m|530=6|", "3");
}

class SimRateLimits : public SimOrderErrors {
 protected:
  bool manual_start() const override { return true; }
};

TEST_F(SimRateLimits, AnEmptyBucketGivesJ8AndFillsAgain) {
  options_.tier = "basic";
  begin();
  // In one burst, so that little flows back: 100 tokens are a hundred cancels and a few more.
  constexpr int kBurst = 400;
  for (int i = 0; i < kBurst; ++i) client_->send("F", cancel_of("c" + std::to_string(i), "nothing"));
  int first_refused = -1;
  for (int i = 0; i < kBurst; ++i) {
    const Message answer = client_->next();
    if (answer.type() != "j") continue;
    EXPECT_EQ(answer.get(380), "8");
    EXPECT_EQ(answer.get(379), "c" + std::to_string(i));
    if (first_refused < 0) first_refused = i;
  }
  EXPECT_GE(first_refused, 90) << "the Logon took ten tokens, a cancel takes one";
  bool again = false;
  for (int i = 0; i < 100'000 && !again; ++i) {
    client_->send("F", cancel_of("d" + std::to_string(i), "nothing"));
    again = client_->next().type() == "9";
  }
  EXPECT_TRUE(again);
}

TEST_F(SimRateLimits, UnlimitedMeansUnlimited) {
  options_.tier = "unlimited";
  begin();
  for (int i = 0; i < 1000; ++i) client_->send("F", cancel_of("c" + std::to_string(i), "nothing"));
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(client_->next().type(), "9");
}

// ---- what the pages of October 2026 say (changes-2026-11.md D8) ------------------------------------------------------------------

TEST_F(SimOrderErrors, ADateThatHasPassedMakesAnImmediateOrder) {
  client_->send("D", Order{.id = "g1", .extra = "59=6|126=20200101-00:00:00|"}.body());
  client_->expect_report('0');
  const Message over = client_->expect_report('4');
  EXPECT_EQ(over.get(58), "IMMEDIATE_OR_CANCELLED");
  EXPECT_EQ(over.get(14), "0.00");
}

TEST_F(SimOrderErrors, ExDestinationIsIgnored) {
  client_->send("D", Order{.id = "x1", .extra = "59=1|100=7|"}.body());
  client_->expect_report('0');
  client_->send("F", cancel_of("x2", "x1") + "100=7|");
  client_->expect_report('4');
}

TEST_F(SimOrderErrors, FailedAmendsCarryTheirDocumentedCodes) {
  client_->send("D", Order{.id = "a1"}.body());
  client_->expect_report('0');
  client_->send("D", Order{.id = "a2"}.body());
  client_->expect_report('0');
  const auto amend = [](const std::string& id, const std::string& price) {
    return "11=" + id + "|41=a1|38=12|40=2|44=" + price + "|54=1|55=KXLTCPERP|";
  };
  client_->send("G", amend("a2", "5.0000"));
  const Message exists = client_->expect("9");
  EXPECT_EQ(exists.get(102), "6");
  EXPECT_EQ(exists.get(58), "ORDER_ALREADY_EXISTS");
  for (const char* price : {"5.00005", "0.5000"}) {
    client_->send("G", amend("a3", price));
    const Message bad = client_->expect("9");
    EXPECT_EQ(bad.get(102), "99") << price;
    EXPECT_EQ(bad.get(58), "INVALID_PRICE") << price;
  }
}

}  // namespace
}  // namespace marginfix::sim::test
