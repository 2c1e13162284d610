// Several requests for one order that have no answer yet: whatever word of the exchange comes, each gets exactly one answer, and its own.
#include <fmt/format.h>

#include <random>

#include "unit/gateway/desk_fixture.hpp"

namespace marginfix::test {
namespace {

class SeveralRequests : public DeskTest {
 protected:
  SeveralRequests() {
    order("OMS44", "a1");  // x1
    report("11=x1|39=0|150=0|");
  }
  void doubt(const std::string& exchange_id) {
    with([&](gateway::Desk& desk, Actions& out) {
      desk.on_outcome_unknown(exchange_id, UnknownCause::connection_ended, "the connection ended", now_, out);
    });
  }
  // What REST says: the order under this id, with so much of it asked for.
  std::vector<std::string> read(const std::string& exchange_id, int qty, bool canceled = false, const std::string& order_id = "O1") {
    Baseline baseline;
    baseline.cl_ord_id = exchange_id;
    baseline.order_id = order_id;
    baseline.symbol = "KXBTCPERP";
    baseline.side = Side::Buy;
    baseline.price = DollarDecimal::parse("19.5").value();
    baseline.order_qty = FixedPointCount::whole(qty);
    baseline.leaves_qty = canceled ? FixedPointCount{} : baseline.order_qty;
    baseline.canceled = canceled;
    baseline.as_of = now_ + std::chrono::hours(24);
    return answers(with([&](gateway::Desk& desk, Actions& out) { desk.on_baseline(baseline, now_, out); }));
  }
  // "replaced a2 12.00", "canceled c1", "refused a3".
  static std::string answer(const std::string& told) {
    const std::string id = field(told, 11), exec_type = field(told, 150);
    if (told.find("35=9|") != std::string::npos) return "refused " + id;
    if (exec_type == "5") return "replaced " + id + " " + FixedPointCount::parse(field(told, 38)).value().to_string();
    if (exec_type == "4") return "canceled " + id;
    return exec_type + " " + id;
  }
  static std::vector<std::string> answers(const std::vector<std::string>& told) {
    std::vector<std::string> all;
    for (const std::string& each : told) all.push_back(answer(each));
    return all;
  }
  using Answers = std::vector<std::string>;
};

TEST_F(SeveralRequests, AReadWithTheTermsOfTheLaterOfTwoReplacesAnswersBoth) {
  replace("OMS44", "a2", "a1", "12", "19.5");  // x2
  replace("OMS44", "a3", "a2", "15", "19.5");  // x3, which comes upon x2
  doubt("x2");
  doubt("x3");
  EXPECT_EQ(read("x1", 15), (Answers{"replaced a2 12.00", "replaced a3 15.00"}));
}

TEST_F(SeveralRequests, AReadUnderTheIdOfTheLaterOfTwoReplacesAnswersBoth) {
  replace("OMS44", "a2", "a1", "12", "19.5");
  replace("OMS44", "a3", "a2", "15", "19.5");
  doubt("x2");
  doubt("x3");
  EXPECT_EQ(read("x3", 15), (Answers{"replaced a2 12.00", "replaced a3 15.00"}));
}

TEST_F(SeveralRequests, OfTwoReplacesOfTheSameIdOneIsTaken) {
  replace("OMS44", "a2", "a1", "12", "19.5");
  replace("OMS44", "a3", "a1", "15", "19.5");
  doubt("x2");
  doubt("x3");
  EXPECT_EQ(read("x3", 15), (Answers{"replaced a3 15.00", "refused a2"}));
}

TEST_F(SeveralRequests, TheFirstOfTwoReplacesIsTakenAndTheOtherNot) {
  replace("OMS44", "a2", "a1", "12", "19.5");
  replace("OMS44", "a3", "a2", "15", "19.5");
  doubt("x2");
  doubt("x3");
  EXPECT_EQ(read("x1", 12), (Answers{"replaced a2 12.00", "refused a3"}));
  EXPECT_EQ(desk_.find_client_id(client("OMS44").name(), "a1")->cl_ord_id, "a2");
}

TEST_F(SeveralRequests, NoneOfThemIsTaken) {
  replace("OMS44", "a2", "a1", "12", "19.5");
  replace("OMS44", "a3", "a2", "15", "19.5");
  cancel("OMS44", "c1", "a1");
  for (const char* id : {"x2", "x3", "x4"}) doubt(id);
  EXPECT_EQ(read("x1", 10), (Answers{"refused a2", "refused a3", "refused c1"}));
  EXPECT_TRUE(desk_.unsettled_orders().empty());
}

TEST_F(SeveralRequests, OneThatIsUnderWayStillIsLeftAlone) {
  replace("OMS44", "a2", "a1", "12", "19.5");
  doubt("x2");
  replace("OMS44", "a3", "a1", "15", "19.5");
  EXPECT_EQ(read("x1", 10), (Answers{"refused a2"}));
  EXPECT_EQ(answers(report("11=x3|38=15|39=0|41=x1|60=20261202-12:00:00.000|150=5|151=15|")), (Answers{"replaced a3 15.00"}));
}

TEST_F(SeveralRequests, AReplaceIsTakenAndTheCancelNot) {
  replace("OMS44", "a2", "a1", "12", "19.5");
  cancel("OMS44", "c1", "a1");
  doubt("x2");
  doubt("x3");
  EXPECT_EQ(read("x2", 12), (Answers{"replaced a2 12.00", "refused c1"}));
}

TEST_F(SeveralRequests, TheCancelIsTakenAndTheReplaceNot) {
  replace("OMS44", "a2", "a1", "12", "19.5");
  cancel("OMS44", "c1", "a1");
  doubt("x2");
  doubt("x3");
  EXPECT_EQ(read("x1", 10, true), (Answers{"refused a2", "canceled c1"}));
}

TEST_F(SeveralRequests, ReplaceAndCancelAreTaken) {
  replace("OMS44", "a2", "a1", "12", "19.5");
  cancel("OMS44", "c1", "a2");
  doubt("x2");
  doubt("x3");
  EXPECT_EQ(read("x2", 12, true), (Answers{"replaced a2 12.00", "canceled c1"}));
}

// What REST says of an order that has ended is what was filled of it; what was asked for the client knows.
TEST_F(SeveralRequests, AReplaceDownOfAnOrderThatHasEndedHasItsOwnTerms) {
  replace("OMS44", "a2", "a1", "7", "19.5");
  cancel("OMS44", "c1", "a2");
  doubt("x2");
  doubt("x3");
  EXPECT_EQ(read("x2", 0, true), (Answers{"replaced a2 7.00", "canceled c1"}));
}

TEST_F(SeveralRequests, OfTwoCancelsOneEndedTheOrder) {
  cancel("OMS44", "c1", "a1");
  cancel("OMS44", "c2", "a1");
  doubt("x2");
  doubt("x3");
  EXPECT_EQ(read("x1", 10, true), (Answers{"canceled c1", "refused c2"}));
}

TEST_F(SeveralRequests, TheReportOfTheLaterReplaceSaysThatTheEarlierWasTaken) {
  replace("OMS44", "a2", "a1", "12", "19.5");
  replace("OMS44", "a3", "a2", "15", "19.5");
  EXPECT_EQ(answers(report("11=x3|17=9;9|38=15|39=0|41=x2|150=5|151=15|")), (Answers{"replaced a2 12.00", "replaced a3 15.00"}));
  EXPECT_TRUE(report("11=x2|17=8;9|38=12|39=0|41=x1|150=5|151=12|").empty()) << "late: it has been told";
}

TEST_F(SeveralRequests, ATradeUnderTheIdOfTheLaterReplaceSaysSoToo) {
  replace("OMS44", "a2", "a1", "12", "19.5");
  replace("OMS44", "a3", "a2", "15", "19.5");
  const auto told = answers(report("11=x3|14=3|17=9;9|31=19.5|32=3|38=15|39=1|150=F|151=12|880=t1|"));
  EXPECT_EQ(told, (Answers{"replaced a2 12.00", "replaced a3 15.00", "F a3"}));
}

TEST_F(SeveralRequests, AReplaceThatWasTakenAndReplacedAtOnceIsNotLeftOpen) {
  replace("OMS44", "a2", "a1", "12", "19.5");
  replace("OMS44", "a3", "a1", "15", "19.5");
  EXPECT_EQ(answers(report("11=x3|17=9;9|38=15|39=0|41=x1|150=5|151=15|")), (Answers{"replaced a3 15.00"}));
  EXPECT_EQ(answers(report("11=x2|17=8;9|38=12|39=0|41=x1|150=5|151=12|")), (Answers{"refused a2"}));
  EXPECT_EQ(desk_.find_client_id(client("OMS44").name(), "a1")->cl_ord_id, "a3");
  EXPECT_TRUE(desk_.unsettled_orders().empty());
}

TEST_F(SeveralRequests, ARejectIsThatOfTheRequestItNames) {
  replace("OMS44", "a2", "a1", "12", "19.5");
  replace("OMS44", "a3", "a1", "15", "19.5");
  cancel("OMS44", "c1", "a1");
  EXPECT_EQ(answers(cancel_reject("11=x3|37=O1|39=0|41=x1|102=99|434=2|58=INVALID_PRICE|")), (Answers{"refused a3"}));
  EXPECT_EQ(answers(report("11=x2|38=12|39=0|41=x1|150=5|151=12|")), (Answers{"replaced a2 12.00"}));
  EXPECT_EQ(answers(report("11=x4|38=12|39=4|41=x2|150=4|151=0|")), (Answers{"canceled c1"}));
}

// An order with requests upon requests, of which some come to the exchange; no answer comes back.
class RandomRequests : public SeveralRequests {
 protected:
  struct Chain {
    std::string first, order_id, present;  // the client's id of the D; at the exchange: 37, and the id that the order has
    int qty{10};
    bool canceled{false};
    std::vector<std::string> ids;                 // that a request may name
    std::map<std::string, std::string> expected;  // by the client's id
  };
  Chain begin(unsigned seed) {
    Chain chain;
    chain.first = fmt::format("r{}", seed);
    chain.order_id = fmt::format("R{}", seed);
    chain.ids = {chain.first};
    order("OMS44", chain.first);
    chain.present = sends_.back().exchange_id;
    report("11=" + chain.present + "|37=" + chain.order_id + "|39=0|150=0|");
    return chain;
  }
  // The exchange takes a replace that names the order's present id, and any cancel.
  void ask(Chain& chain, int number, const std::string& orig, bool is_cancel, bool arrives) {
    const std::string id = fmt::format("{}-{}", chain.first, number);
    const int asked = 11 + number;
    const std::size_t sends_before = sends_.size();
    if (is_cancel)
      cancel("OMS44", id, orig);
    else
      replace("OMS44", id, orig, std::to_string(asked), "19.5");
    if (sends_.size() == sends_before) return;  // the gateway has refused it
    const gateway::OrderRequest sent = desk_.find_client_id(client("OMS44").name(), chain.first)->requests.back();
    doubted_.push_back(sent.exchange_id);
    if (!is_cancel) chain.ids.push_back(id);
    const bool taken = arrives && !chain.canceled && (is_cancel || sent.orig_exchange_id == chain.present);
    chain.expected[id] = !taken ? "refused " + id : is_cancel ? "canceled " + id : fmt::format("replaced {} {}.00", id, asked);
    if (!taken) return;
    chain.canceled = is_cancel;
    if (is_cancel) return;
    chain.present = sent.exchange_id;
    chain.qty = asked;
  }
  static std::multiset<std::string> kinds(const std::vector<std::string>& all) {
    std::multiset<std::string> kinds;
    for (const std::string& each : all) kinds.insert(each.starts_with("replaced") ? each : each.substr(0, each.find(' ')));
    return kinds;
  }
  std::vector<std::string> doubted_;
};

TEST_F(RandomRequests, EachHasOneAnswerAndItsOwn) {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto one_of = [&random](std::size_t count) { return random() % count; };
    Chain chain = begin(seed);
    const int count = 2 + static_cast<int>(one_of(4));
    for (int i = 0; i < count; ++i) ask(chain, i, chain.ids[one_of(chain.ids.size())], one_of(4) == 0, one_of(3) > 0);
    for (const std::string& id : std::exchange(doubted_, {})) doubt(id);
    const auto told = read(chain.present, chain.qty, chain.canceled, chain.order_id);
    std::vector<std::string> expected;
    for (const auto& [id, text] : chain.expected) expected.push_back(text);
    EXPECT_EQ(kinds(told), kinds(expected)) << "which of several cancels it was REST does not say";
    EXPECT_EQ(std::set<std::string>(told.begin(), told.end()).size(), chain.expected.size());
    EXPECT_FALSE(desk_.unsettled_orders().contains(desk_.find_client_id(client("OMS44").name(), chain.first)->number));
  }
}

TEST_F(DeskTest, TradesOfAClientThatIsNotConfiguredAnyMoreAreGivenUpAsWell) {
  order("OMS44", "a1");
  report("11=x1|39=0|150=0|");
  report("11=x1|14=5|39=4|150=4|151=0|");
  ASSERT_EQ(desk_.incomplete().size(), 1u);
  clients_.erase(client("OMS44").name());
  EXPECT_TRUE(with([&](gateway::Desk& desk, Actions& out) {
                desk.give_up_trades([](const auto&, const auto&) { return true; }, now_, out);
              }).empty());
  EXPECT_EQ(facts_.back().kind, gateway::JournalKind::trades_given_up);
  EXPECT_TRUE(desk_.incomplete().empty());
  EXPECT_TRUE(desk_.open_orders().empty());
}

}  // namespace
}  // namespace marginfix::test
