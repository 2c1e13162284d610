// Klear through the whole service: settlements, funding payments and corporate actions of the clearing member, held against what FIX and
// REST say. A wrong value there is a break; Klear that fails is 1, and nothing is concluded.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "integration/reconcile/fixture.hpp"

namespace marginfix::test {
namespace {

namespace bj = boost::json;
using ::testing::Each;
using ::testing::Field;
using ::testing::IsEmpty;

class ReconcileKlear : public ReconcileTest {
 protected:
  void SetUp() override {
    ReconcileTest::SetUp();
    klear_ = std::make_unique<DoctoringProxy>(sim().endpoints().ports.klear, "/klear-api/v1");
    lead(sim().endpoints().klear.url, klear_->url());
  }
  void TearDown() override {
    ReconcileTest::TearDown();
    klear_.reset();
  }
  // The ledger begins, then a day passes with a position of alice's: three fundings and a settlement.
  void pass_a_day() {
    trade(10);
    ASSERT_EQ(once().exit_code(), 0) << in_words(breaks());
    ASSERT_TRUE(sim().advance_clock(26h));
  }
  void split(const char* ratio_new) {
    const auto [status, answer] = sim::test::control(
        sim(), "POST", "/corporate_action",
        R"({"ticker":"KXLTCPERP","type":"stock_split","ratio_old":"1","ratio_new":")" + std::string(ratio_new) + R"(","in_ms":0})");
    ASSERT_EQ(status, 200) << answer;
    ASSERT_TRUE(sim().advance_clock(1s));
  }
  // Each object in the list `name` of the obligations (or of a list of funding payments), as `change` leaves it.
  void alter(const std::string& name, std::function<void(bj::object&)> change) {
    klear_->set_doctor([name, change = std::move(change)](const SeenRequest&, const sim::test::HttpResponse& told) {
      boost::system::error_code no_json;
      bj::value body = bj::parse(told.body, no_json);
      if (no_json || !body.is_object()) return http_answer(told.status, told.body);
      const auto each = [&](bj::object& in) {
        if (bj::value* rows = in.if_contains(name); rows != nullptr && rows->is_array()) {
          for (bj::value& row : rows->as_array()) change(row.as_object());
        }
      };
      each(body.as_object());
      if (bj::value* obligations = body.as_object().if_contains("obligations")) {
        for (bj::value& one : obligations->as_array()) each(one.as_object());
      }
      return http_answer(told.status, bj::serialize(body));
    });
  }
  rc::PositionRow position() const { return rc::find<rc::PositionRow>(*ledger(), "alice", 0, sim::test::kMarket).value(); }
  std::vector<rc::BreakCategory> open_categories() const {
    std::vector<rc::BreakCategory> found;
    for (const rc::BreakRow& row : open_breaks()) found.push_back(row.category);
    return found;
  }

  std::unique_ptr<DoctoringProxy> klear_;
};

TEST_F(ReconcileKlear, SettlementsThatAgreeAreNoBreak) {
  ASSERT_NO_FATAL_FAILURE(pass_a_day());
  const auto pass = once();
  EXPECT_EQ(pass.exit_code(), 0) << in_words(pass) << in_words(breaks());
  EXPECT_THAT(breaks(), IsEmpty()) << in_words(breaks());
  ASSERT_TRUE(position().klear_net);
  EXPECT_EQ(position().klear_net->to_string(), "10.00");
  EXPECT_EQ(position().klear_compared, position().klear_time);
  for (const SeenRequest& request : klear_->requests()) EXPECT_EQ(request.method, "GET") << request.target;
}

TEST_F(ReconcileKlear, ASettlementOfAnotherPositionIsABreak) {
  ASSERT_NO_FATAL_FAILURE(pass_a_day());
  const auto other = [](bj::object& row) { row["position_quantity_fp"] = "11.00"; };
  alter("settlement_details", other);
  EXPECT_EQ(once().exit_code(), 2) << in_words(breaks());
  EXPECT_THAT(open_categories(), Each(rc::BreakCategory::position)) << in_words(open_breaks());
  klear_->set_doctor({});
  EXPECT_EQ(once().exit_code(), 0) << in_words(open_breaks());
  alter("settlement_details", other);
  EXPECT_EQ(once().exit_code(), 2) << "a settlement that has been compared, told anew";
}

TEST_F(ReconcileKlear, OneThatFailsIsUnknownAndConcludesNothing) {
  ASSERT_NO_FATAL_FAILURE(pass_a_day());
  ASSERT_EQ(once().exit_code(), 0) << in_words(breaks());
  const auto known = position().klear_net;
  for (const ScriptedAnswer& answer : {http_answer(500, "{}"), http_answer(401, "{}"), http_answer(200, "<html></html>", "text/html"),
                                       ScriptedAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", ScriptedAnswer::After::reset}}) {
    klear_->set_doctor([answer](const SeenRequest&, const sim::test::HttpResponse&) { return answer; });
    const auto pass = once();
    EXPECT_EQ(pass.exit_code(), 1) << in_words(pass);
    EXPECT_EQ(source(rc::Source::klear).state, rc::SourceState::unknown);
    EXPECT_THAT(breaks(), IsEmpty()) << in_words(breaks());
    EXPECT_EQ(position().klear_net, known);
  }
}

TEST_F(ReconcileKlear, ASplitThatBothTellIsExplained) {
  trade(10);
  ASSERT_EQ(once().exit_code(), 0) << in_words(breaks());
  ASSERT_NO_FATAL_FAILURE(split("2"));
  const auto pass = once();
  EXPECT_EQ(pass.exit_code(), 0) << in_words(pass) << in_words(breaks());
  EXPECT_THAT(breaks(), Each(Field(&rc::BreakRow::state, rc::BreakState::explained))) << in_words(breaks());
  EXPECT_THAT(breaks(), Each(Field(&rc::BreakRow::category, rc::BreakCategory::corporate_action))) << in_words(breaks());
  EXPECT_EQ(position().traded.to_string(), "20.00");
}

// Two in a row, with settlements before, between and behind them, and nobody there meanwhile.
TEST_F(ReconcileKlear, SettlementsBeforeAndAfterSplitsAreNoBreak) {
  ASSERT_NO_FATAL_FAILURE(pass_a_day());
  for (const char* ratio : {"2", "3"}) {
    ASSERT_NO_FATAL_FAILURE(split(ratio));
    ASSERT_EQ(once().exit_code(), 0) << in_words(breaks());
    ASSERT_TRUE(sim().advance_clock(25h));
  }
  const auto pass = once();
  EXPECT_EQ(pass.exit_code(), 0) << in_words(pass) << in_words(breaks());
  EXPECT_THAT(breaks(), Each(Field(&rc::BreakRow::state, rc::BreakState::explained))) << in_words(breaks());
  EXPECT_EQ(position().traded.to_string(), "60.00");
}

TEST_F(ReconcileKlear, ACorporateActionThatDoesNotExplainThePositionIsABreak) {
  trade(10);
  ASSERT_EQ(once().exit_code(), 0) << in_words(breaks());
  alter("corporate_action_payments", [](bj::object& row) { row["post_position_quantity_fp"] = "30.00"; });
  ASSERT_NO_FATAL_FAILURE(split("2"));
  ASSERT_TRUE(sim().advance_clock(26h));  // it comes with the obligation of that day
  EXPECT_EQ(once().exit_code(), 2) << in_words(breaks());
  EXPECT_THAT(open_categories(), testing::Contains(rc::BreakCategory::corporate_action)) << in_words(open_breaks());
}

}  // namespace
}  // namespace marginfix::test
