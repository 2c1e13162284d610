// Holes of the listener that nobody can vouch for: what FIX said before them is older than what REST says, and no later question about
// something else makes them proven.
#include <algorithm>

#include "integration/reconcile/cut_line.hpp"
#include "integration/reconcile/fixture.hpp"

namespace marginfix::test {
namespace {

class UnprovenHole : public ReconcileTest {
 protected:
  void SetUp() override {
    ReconcileTest::SetUp();
    config_.patience = 600ms;
    config_.rest_poll = 300ms;
    config_.drop_copy_check = 300ms;
  }
  // An order of alice's that rests, as the ledger has it from the listener.
  void rest_an_order() {
    trade(10);  // what drop copy goes on from
    alice_->send("D", sim::test::Order{.id = "resting", .side = '1', .quantity = "7", .price = "4.0000"}.body());
    alice_->expect_report('A');
    alice_->expect_report('0');
    ASSERT_TRUE(eventually([&] { return !order().ord_status.empty(); }));
    EXPECT_EQ(order().leaves_qty.to_string(), "7.00");
  }
  void cancel_it() {
    alice_->send("F", sim::test::cancel_of("cancel", "resting"));
    alice_->expect_report('6');
    alice_->expect_report('4');
  }
  rc::OrderRow order() const {
    const auto rows = rc::all<rc::OrderRow>(*ledger(), "WHERE account = 'alice' AND cl_ord_id = 'resting'");
    return rows.empty() ? rc::OrderRow{} : rows.front();
  }
  std::int64_t ranges_of_drop_copy() const {
    return rc::number(*ledger(), "SELECT COUNT(*) FROM spans WHERE account = 'alice' AND source = $1", rc::Source::drop_copy);
  }
  rc::GapRow gap(std::int64_t number) const { return rc::find<rc::GapRow>(*ledger(), "alice", number).value(); }
  // REST's word of the order is the ledger's, longer than the grace ago, and no break was ever seen.
  void expect_told_by_rest() {
    EXPECT_TRUE(eventually([&] { return order().leaves_qty.is_zero(); })) << in_words(breaks());
    EXPECT_TRUE(eventually([&] { return order().settled; }));
    EXPECT_THAT(breaks(), ::testing::IsEmpty()) << in_words(breaks());
  }
};

// Drop copy does not reach as far back, and the process ends before REST has answered. The next one asks drop copy from what it has been
// told since, which says nothing of the hole.
TEST_F(UnprovenHole, IsNotFilledByWhatDropCopyTellsBehindIt) {
  start_service();
  ASSERT_NO_FATAL_FAILURE(rest_an_order());
  ASSERT_TRUE(stop_service());
  const std::int64_t hole = gaps().back().number;
  ASSERT_FALSE(gap(hole).closed);
  cancel_it();
  ASSERT_TRUE(sim().advance_clock(std::chrono::hours(4)));
  proxy_->set_doctor([](const SeenRequest&, const sim::test::HttpResponse&) { return http_answer(500, "{}"); });
  const auto asked = ranges_of_drop_copy();
  start_service();
  ASSERT_TRUE(eventually([&] { return source(rc::Source::listener).state == rc::SourceState::up; }));
  trade(3);
  // Its own question about what came since; the hole is REST's by then.
  ASSERT_TRUE(eventually([&] { return fills().size() == 2 && ranges_of_drop_copy() > asked; }));
  ASSERT_TRUE(stop_service());
  ASSERT_FALSE(gap(hole).closed) << gap(hole).closed_by;
  proxy_->set_doctor({});
  start_service();
  ASSERT_TRUE(eventually([&] { return gap(hole).closed.has_value(); }));
  EXPECT_EQ(gap(hole).closed_by, "rest") << gap(hole).why;
  expect_told_by_rest();
}

// KalshiRT passes over what it retains no longer, as if there had been nothing.
class UnprovenHoleOnRT : public UnprovenHole {
 protected:
  void SetUp() override {
    UnprovenHole::SetUp();
    config_.listener = TargetSession::RT;
    const std::uint16_t port = sim().endpoints().ports.rt;
    line_ = std::make_unique<CutLine>(port);
    lead("\"KalshiRT\":" + std::to_string(port), "\"KalshiRT\":" + std::to_string(line_->port()));
  }
  void TearDown() override {
    UnprovenHole::TearDown();
    line_.reset();
  }
  std::unique_ptr<CutLine> line_;
};

TEST_F(UnprovenHoleOnRT, IsNotProvenByWhatWasSentAgain) {
  start_service();
  ASSERT_NO_FATAL_FAILURE(rest_an_order());
  line_->cut();
  ASSERT_TRUE(eventually([&] { return source(rc::Source::listener).state == rc::SourceState::unknown; }));
  cancel_it();
  ASSERT_TRUE(sim().advance_clock(std::chrono::hours(25)));
  line_->mend();
  ASSERT_TRUE(eventually([&] { return gaps().back().closed.has_value(); }));
  EXPECT_EQ(gaps().back().closed_by, "listener");
  expect_told_by_rest();
}

}  // namespace
}  // namespace marginfix::test
