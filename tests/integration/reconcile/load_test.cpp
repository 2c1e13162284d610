// More than one machine can write at once, and a hundred times the usual: nothing is lost, nothing is taken for a break.
// MARGINFIX_TIMES makes it longer (scripts/campaign: a hundred times).
#include <algorithm>
#include <cstdlib>

#include "integration/reconcile/fixture.hpp"

namespace marginfix::test {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReconcileLoad : public ReconcileTest {
 protected:
  static int times() {
    const char* text = std::getenv("MARGINFIX_TIMES");
    return text == nullptr ? 1 : std::max(1, std::atoi(text));
  }
  // Everybody knows everything: each fill from FIX and from REST, every hole closed, every source up.
  bool is_whole(std::size_t count) const {
    const auto all = fills();
    constexpr auto kFix = rc::bit(rc::Source::listener) | rc::bit(rc::Source::drop_copy);
    const auto told = [](const rc::FillRow& f) { return (f.sources & kFix) != 0 && (f.sources & rc::bit(rc::Source::rest)) != 0; };
    const auto holes = gaps();
    const auto closed = [](const rc::GapRow& gap) { return gap.closed.has_value(); };
    const auto up = [&](rc::Source s) { return source(s).state == rc::SourceState::up; };
    return all.size() == count && std::all_of(all.begin(), all.end(), told) && std::all_of(holes.begin(), holes.end(), closed) &&
           up(rc::Source::listener) && up(rc::Source::rest) && up(rc::Source::websocket) &&
           (up(rc::Source::drop_copy) || !options_.drop_copy_not_enabled.empty());
  }
  std::string where_it_stands() const {
    std::string text;
    for (const rc::Source s : {rc::Source::listener, rc::Source::drop_copy, rc::Source::rest, rc::Source::websocket})
      text += std::string(to_string(s)) + ' ' + std::string(to_string(source(s).state)) + ' ' + source(s).why + '\n';
    for (const rc::GapRow& gap : gaps())
      text += "gap " + std::to_string(gap.number) + ' ' + gap.why + ": " + (gap.closed ? "closed by " + gap.closed_by : "open") + '\n';
    for (const rc::FillRow& fill : fills()) text += fill.sources == 7 ? "" : fill.trade_id + ' ' + std::to_string(fill.sources) + '\n';
    return text;
  }
};

TEST_F(ReconcileLoad, AHundredTimesTheUsualLeavesNothingOut) {
  start_service();
  const int trades = 40 * times();
  for (int i = 0; i < trades; ++i) trade(1 + i % 7, "5.0" + std::to_string(i % 10) + "00");
  EXPECT_TRUE(eventually([&] { return is_whole(static_cast<std::size_t>(trades)); }, 60s * times())) << fills().size() << " of " << trades;
  EXPECT_THAT(open_breaks(), IsEmpty()) << in_words(open_breaks());
  EXPECT_TRUE(stop_service());
  EXPECT_EQ(once().exit_code(), 0) << in_words(open_breaks());
  EXPECT_THAT(breaks(), IsEmpty()) << in_words(breaks());
}

class ReconcileOverflow : public ReconcileLoad {
 protected:
  ReconcileOverflow() {
    options_.drop_copy_not_enabled = {"alice"};
    queue_.records = 2;
    config_.rules.grace_us = 20'000'000;  // as shipped: a burst heals within it
  }
};

// Two records of room: what a burst brings mostly finds none. It is asked for again, from REST.
TEST_F(ReconcileOverflow, WhatFindsNoRoomIsHealed) {
  start_service();
  std::size_t made = 0;
  // As many bursts as it takes for one to find no room.
  const auto dropped = [&] {
    const auto all = gaps();
    return std::any_of(all.begin(), all.end(), [](const rc::GapRow& gap) { return gap.why.find("could not write") != std::string::npos; });
  };
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (!dropped() && std::chrono::steady_clock::now() < until) {
    for (int i = 0; i < 10; ++i, ++made) trade(1 + i, "5.0" + std::to_string(i % 10) + "00");
  }
  ASSERT_TRUE(dropped());
  EXPECT_TRUE(eventually([&] { return fills().size() == made; })) << fills().size() << " of " << made;
  EXPECT_TRUE(eventually([&] { return source(rc::Source::listener).state == rc::SourceState::up; }));
  EXPECT_TRUE(eventually([&] { return open_breaks().empty(); })) << in_words(open_breaks());
  EXPECT_TRUE(stop_service());
  queue_ = {};
  EXPECT_EQ(once().exit_code(), 0) << in_words(open_breaks());
  EXPECT_THAT(breaks(), IsEmpty()) << in_words(breaks());
  const auto all = gaps();
  EXPECT_TRUE(std::all_of(all.begin(), all.end() - 1, [](const rc::GapRow& gap) { return gap.closed.has_value(); }));
  EXPECT_THAT(all, Contains(Field(&rc::GapRow::closed_by, HasSubstr("rest"))));
}

}  // namespace
}  // namespace marginfix::test
