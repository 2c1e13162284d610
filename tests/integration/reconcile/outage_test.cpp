// The listener away for 10 minutes, 2 h 59 min and 4 h of the exchange's time, on both doors, with drop copy and without, because its
// line was cut or because the service was down: each hole is closed from the right source, and coverage says which.
#include <algorithm>
#include <tuple>

#include "integration/reconcile/cut_line.hpp"
#include "integration/reconcile/fixture.hpp"
#include "services/reconcile/web/coverage.hpp"

namespace marginfix::test {
namespace {

using ::testing::IsEmpty;

enum class Allowed : std::uint8_t { drop_copy, no_drop_copy };
enum class Away : std::uint8_t { line_is_cut, service_is_down };

class ReconcileOutage : public ReconcileTest, public testing::WithParamInterface<std::tuple<TargetSession, Allowed, Away>> {
 protected:
  ReconcileOutage() {
    if (!drop_copy()) options_.drop_copy_not_enabled = {"alice"};
  }
  void SetUp() override {
    ReconcileTest::SetUp();
    config_.listener = door();
    config_.rest_poll = 300ms;
    const std::string name = door() == TargetSession::RT ? "\"KalshiRT\":" : "\"KalshiNR\":";
    const std::uint16_t port = door() == TargetSession::RT ? sim().endpoints().ports.rt : sim().endpoints().ports.nr;
    line_ = std::make_unique<CutLine>(port);
    lead(name + std::to_string(port), name + std::to_string(line_->port()));
  }
  void TearDown() override {
    ReconcileTest::TearDown();
    line_.reset();
  }
  static TargetSession door() { return std::get<0>(GetParam()); }
  static bool drop_copy() { return std::get<1>(GetParam()) == Allowed::drop_copy; }
  static bool service_is_down() { return std::get<2>(GetParam()) == Away::service_is_down; }

  // KalshiRT tells a session that comes back what it missed; else drop copy does, which reaches three hours back; else REST.
  static std::string who_closes(std::chrono::minutes away) {
    if (door() == TargetSession::RT && !service_is_down()) return "listener";
    return drop_copy() && away < std::chrono::hours(3) ? "drop_copy" : "rest";
  }
  void leave() {
    if (service_is_down()) {
      ASSERT_TRUE(stop_service());
    } else {
      line_->cut();
      ASSERT_TRUE(eventually([&] { return source(rc::Source::listener).state == rc::SourceState::unknown; }));
    }
    ASSERT_FALSE(gaps().empty());
    EXPECT_FALSE(gaps().back().closed) << "the listener is away";
    EXPECT_EQ(shown_by(gaps().size()), "open");
  }
  void come_back() {
    if (service_is_down()) {
      start_service();
    } else {
      line_->mend();
    }
  }
  // Who the page's timeline says has proven the hole of this number.
  std::string shown_by(std::size_t number) const {
    const auto spans = rc::all<rc::SpanRow>(*ledger(), "WHERE account = 'alice' ORDER BY source, number");
    return rc::hole_of(gaps().at(number - 1), spans, system_clock().now()).by;
  }
  bool all_told(std::size_t count) const {
    const auto all = fills();
    return all.size() == count &&
           std::all_of(all.begin(), all.end(), [](const rc::FillRow& f) { return (f.sources & rc::bit(rc::Source::rest)) != 0; });
  }

  std::unique_ptr<CutLine> line_;
};

TEST_P(ReconcileOutage, IsClosedFromTheRightSource) {
  start_service();
  std::size_t made = 0;
  for (const auto away : {std::chrono::minutes(10), std::chrono::minutes(179), std::chrono::minutes(240)}) {
    SCOPED_TRACE(std::to_string(away.count()) + " minutes");
    trade(10);  // what drop copy goes on from
    ++made;
    ASSERT_TRUE(eventually([&] { return all_told(made) && (fills().back().sources & rc::bit(rc::Source::listener)) != 0; }));
    ASSERT_NO_FATAL_FAILURE(leave());
    trade(3);
    ++made;
    ASSERT_TRUE(sim().advance_clock(away));
    come_back();
    ASSERT_TRUE(eventually([&] { return all_told(made) && gaps().back().closed.has_value(); })) << gaps().back().why;
    EXPECT_EQ(gaps().back().closed_by, who_closes(away)) << gaps().back().why;
    EXPECT_EQ(shown_by(gaps().size()), who_closes(away));
    EXPECT_TRUE(eventually([&] { return source(rc::Source::listener).state == rc::SourceState::up; }));
    EXPECT_THAT(breaks(), IsEmpty()) << in_words(breaks());
  }
  EXPECT_EQ(source(rc::Source::drop_copy).state, drop_copy() ? rc::SourceState::up : rc::SourceState::off);
  for (const rc::GapRow& gap : gaps()) EXPECT_TRUE(gap.closed) << gap.number;
}

INSTANTIATE_TEST_SUITE_P(OfTheListener, ReconcileOutage,
                         testing::Combine(testing::Values(TargetSession::NR, TargetSession::RT),
                                          testing::Values(Allowed::drop_copy, Allowed::no_drop_copy),
                                          testing::Values(Away::line_is_cut, Away::service_is_down)),
                         [](const auto& of) {
                           return std::string(std::get<0>(of.param) == TargetSession::RT ? "KalshiRT" : "KalshiNR") +
                                  (std::get<1>(of.param) == Allowed::drop_copy ? "WithDropCopy" : "WithoutDropCopy") +
                                  (std::get<2>(of.param) == Away::line_is_cut ? "LineCut" : "ServiceDown");
                         });

class ReconcileAway : public ReconcileTest {};

// What an orderly end leaves open is one hole, which coverage shows until the next start closes it.
TEST_F(ReconcileAway, TheGapOfAnOrderlyEndStaysOpenUntilTheNextStart) {
  trade(10);
  start_service();
  ASSERT_TRUE(eventually([&] { return fills().size() == 1; }));
  ASSERT_TRUE(stop_service());
  const std::size_t left = gaps().size();
  ASSERT_GE(left, 1U);
  EXPECT_FALSE(gaps().back().closed);
  const auto of_listener = [&] { return rc::all<rc::SpanRow>(*ledger(), "WHERE account = 'alice' AND source = 0 ORDER BY number"); };
  ASSERT_FALSE(of_listener().empty());
  EXPECT_TRUE(of_listener().back().ended);
  const Timestamp later = system_clock().now() + std::chrono::hours(1);
  EXPECT_EQ(rc::hole_of(gaps().back(), of_listener(), later), (rc::Stretch{gaps().back().opened, later, "open"}));
  trade(4);
  start_service();
  ASSERT_TRUE(eventually([&] { return fills().size() == 2 && gaps().at(left - 1).closed.has_value(); }));
  EXPECT_EQ(gaps().at(left - 1).closed_by, "drop_copy");
  EXPECT_THAT(gaps(), ::testing::SizeIs(left)) << "one absence, one hole";
  const auto hole = rc::hole_of(gaps().at(left - 1), of_listener(), later);
  EXPECT_EQ(hole.by, "drop_copy");
  EXPECT_EQ(hole.to, of_listener().back().began);
}

}  // namespace
}  // namespace marginfix::test
