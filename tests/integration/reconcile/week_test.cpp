// A simulated week in half a minute: random trading, funding, cuts, a split, connections that end. Everything agrees in the end, and
// nothing was ever taken for a break. Outages of the service, short and long: each hole is closed, from the source that can.
#include <algorithm>
#include <cstdlib>
#include <random>

#include "integration/reconcile/fixture.hpp"

namespace marginfix::test {
namespace {

using ::testing::IsEmpty;

enum class DropCopy : std::uint8_t { allowed, not_allowed };

class ReconcileWeek : public ReconcileTest, public testing::WithParamInterface<DropCopy> {
 protected:
  ReconcileWeek() {
    if (GetParam() == DropCopy::not_allowed) options_.drop_copy_not_enabled = {"alice"};
  }
  void advance(std::chrono::milliseconds time) { ASSERT_TRUE(sim().advance_clock(time)); }
  // Every fill that was made is here, and REST has told it.
  void wait_for_fills(std::size_t count) {
    ASSERT_TRUE(eventually(
        [&] {
          const auto all = fills();
          return all.size() == count &&
                 std::all_of(all.begin(), all.end(), [](const rc::FillRow& f) { return (f.sources & rc::bit(rc::Source::rest)) != 0; });
        },
        20s))
        << fills().size() << " of " << count << " fills; REST: " << source(rc::Source::rest).why
        << "; listener: " << source(rc::Source::listener).why << '\n'
        << in_words(breaks());
  }
  // No difference was ever confirmed; what was explained is no break.
  void expect_no_break() {
    for (const rc::BreakRow& row : breaks()) EXPECT_EQ(row.state, rc::BreakState::explained) << in_words({row});
  }
};

// Three days, or as many as asked (the campaign asks for a week).
int days_asked() {
  const char* text = std::getenv("MARGINFIX_DAYS");
  return text == nullptr ? 3 : std::max(1, std::atoi(text));
}

TEST_P(ReconcileWeek, OfRandomTradingHasNoBreak) {
  std::mt19937 random(20261130);
  const auto dice = [&](int sides) { return static_cast<int>(random() % static_cast<unsigned>(sides)); };
  trade(10);
  start_service();
  std::size_t made = 1;
  for (int day = 0; day < days_asked(); ++day) {
    for (int hours = 0; hours < 24; hours += 8) {
      for (int n = dice(4); n > 0; --n) {
        trade(1 + dice(20), "5.0" + std::to_string(dice(10)) + "00");
        ++made;
      }
      ASSERT_NO_FATAL_FAILURE(wait_for_fills(made));
      if (dice(2) == 0) sim().disconnect("KalshiNR", key_id("alice-listener"));
      advance(std::chrono::hours(8));
    }
  }
  ASSERT_NO_FATAL_FAILURE(wait_for_fills(made));
  ASSERT_TRUE(eventually([&] { return source(rc::Source::listener).state == rc::SourceState::up; }));
  EXPECT_TRUE(stop_service());
  EXPECT_EQ(once().exit_code(), 0);
  expect_no_break();
}

TEST_P(ReconcileWeek, OutagesAreClosedFromTheSourceThatCan) {
  start_service();
  std::size_t made = 0;
  for (const auto away : {std::chrono::minutes(10), std::chrono::minutes(179), std::chrono::minutes(240)}) {
    trade(10);  // what drop copy goes on from
    ASSERT_NO_FATAL_FAILURE(wait_for_fills(++made));
    ASSERT_TRUE(eventually([&] { return (fills().back().sources & rc::bit(rc::Source::listener)) != 0; }));
    ASSERT_TRUE(stop_service());
    trade(3);
    ++made;
    advance(away);
    start_service();
    ASSERT_NO_FATAL_FAILURE(wait_for_fills(made));
    ASSERT_TRUE(eventually([&] {
      const auto all = gaps();
      return !all.empty() && all.back().closed.has_value();
    })) << "after "
        << away.count() << " minutes";
    const bool by_drop_copy = GetParam() == DropCopy::allowed && away < std::chrono::hours(3);
    EXPECT_EQ(gaps().back().closed_by, by_drop_copy ? "drop_copy" : "rest") << away.count() << " minutes: " << gaps().back().why;
    expect_no_break();
  }
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutDropCopy, ReconcileWeek, testing::Values(DropCopy::allowed, DropCopy::not_allowed),
                         [](const auto& of) { return of.param == DropCopy::allowed ? std::string("Allowed") : std::string("NotAllowed"); });

}  // namespace
}  // namespace marginfix::test
