// The premium index: a value a second kept as changes only, its mean over a funding period, the smoothing the marks take up; and the
// pieces candlesticks and trade pages are made of.
#include <gtest/gtest.h>

#include "sim/exchange/market/premium.hpp"
#include "sim/exchange/market/quotes.hpp"
#include "sim/exchange/market/tape.hpp"
#include "sim/exchange/values/archive.hpp"
#include "sim/exchange/values/random.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::int64_t second_at(std::int64_t after_start) { return to_epoch_seconds(kStart) + after_start; }

std::string values(const PremiumIndex& index, std::int64_t from, std::int64_t to, Timestamp now) {
  std::string all;
  for (const auto& s : index.samples(second_at(from), second_at(to), now)) all += (s.measured ? std::to_string(s.value) : "-") + " ";
  return all;
}

TEST(SimPremium, IsTheMiddleAgainstTheReferenceRoundedToTheNearest) {
  EXPECT_EQ(premium_of(62'540, 62'740, 62'577), 100'676);
  EXPECT_EQ(premium_of(9'999, 10'001, 10'000), 0);
  EXPECT_EQ(premium_of(9'998, 10'001, 10'000), -5'000);
  EXPECT_EQ(premium_of(10'000, 10'001, 30'000), -66'665'000);
  EXPECT_EQ(premium_of(1, 2, 30'000), -99'995'000);
  EXPECT_EQ(premium_of(100'000, 100'000, 3), kPremiumOne) << "at most one";
  EXPECT_EQ(premium_of(10'000, 10'000, 30'001), -66'667'778) << "two thirds and a bit, away from zero at the half";
}

TEST(SimPremium, AValueHoldsFromTheNextWholeSecondUntilItChanges) {
  PremiumIndex index;
  index.change(kStart, 100);
  index.change(kStart + milliseconds(2'500), 200);
  index.change(kStart + milliseconds(2'900), 300);  // the last word of a second counts
  index.change(kStart + seconds(5), std::nullopt);  // at the second itself: that second's sample already
  EXPECT_EQ(values(index, -5, 100, kStart + milliseconds(7'100)), "100 100 100 300 300 - - - ");
  EXPECT_EQ(values(index, 3, 5, kStart + seconds(60)), "300 300 ");
  EXPECT_EQ(values(index, 8, 8, kStart + seconds(60)), "");
  EXPECT_EQ(values(index, 0, 100, kStart), "") << "the running second is not over";
}

TEST(SimPremium, ThePeriodIsTimeWeightedAndStartsAnew) {
  PremiumIndex index;
  index.change(kStart, 100);
  index.change(kStart + seconds(10), 400);
  index.change(kStart + seconds(20), std::nullopt);
  const auto mean = index.period(kStart + seconds(40));
  EXPECT_EQ(mean.seconds, 40);
  EXPECT_EQ(mean.measured, 20);
  EXPECT_EQ(mean.sum, 100 * 10 + 400 * 10);
  index.next_period(kStart + seconds(15));
  const auto later = index.period(kStart + seconds(40));
  EXPECT_EQ(later.seconds, 20) << "from the last change on; funding asks at the very second, when nothing lies between";
  PremiumIndex steady;
  steady.change(kStart, 7);
  steady.next_period(kStart + seconds(100));
  EXPECT_EQ(steady.period(kStart + seconds(100)).seconds, 0);
  EXPECT_EQ(steady.period(kStart + seconds(130)).sum, 7 * 30);
  EXPECT_FALSE(steady.last_sample(kStart + seconds(100)));
  EXPECT_EQ(steady.last_sample(kStart + seconds(101))->second, second_at(100));
}

// However often somebody asks, and wherever changes fall, the smoothed premium is the one of the seconds' samples.
TEST(SimPremium, SmoothingDependsOnTheSamplesAlone) {
  Random random(7);
  PremiumIndex asked, left_alone;
  std::vector<std::int64_t> samples;
  Timestamp t = kStart;
  std::optional<Premium> value;
  for (int i = 0; i < 300; ++i) {
    value = random.below(10) == 0 ? std::nullopt : std::optional(static_cast<Premium>(random.between(-200'000, 200'000)));
    asked.change(t, value);
    left_alone.change(t, value);
    t += milliseconds(random.between(1, 4'000));
    asked.smoothed(t);
  }
  std::int64_t fast = 0, slow = 0;
  for (const auto& s : left_alone.samples(0, INT64_MAX, t)) {
    if (s.second >= to_epoch_seconds(t)) break;
    const std::int64_t goal = s.measured ? s.value * 10'000LL : 0;
    fast += (goal - fast) / 30;
    slow += (goal - slow) / 600;
  }
  for (const PremiumIndex* index : {&asked, &left_alone}) {
    EXPECT_EQ(index->smoothed(t).fast, fast);
    EXPECT_EQ(index->smoothed(t).slow, slow);
  }
  asked.change(t, 0);
  EXPECT_LT(asked.smoothed(t + hours(24 * 365)).fast, 30) << "a year in no time";
}

TEST(SimPremium, KeepsThreeDaysAndSurvivesASnapshot) {
  PremiumIndex index;
  for (int i = 0; i < 4'000; ++i) index.change(kStart + std::chrono::minutes(2 * i), i % 2 == 0 ? std::optional<Premium>(i) : std::nullopt);
  const Timestamp now = kStart + std::chrono::minutes(8'000);
  const auto kept = index.samples(0, INT64_MAX, now);
  EXPECT_GE(kept.size(), 72U * 3'600 - 240);
  EXPECT_LE(kept.size(), 72U * 3'600 + 240);
  std::string bytes;
  ArchiveOut out(bytes);
  out(index);
  EXPECT_LT(bytes.size(), 2'200U * 7);
  PremiumIndex again;
  ArchiveIn in(bytes);
  in(again);
  EXPECT_TRUE(in.ok() && in.rest().empty());
  EXPECT_EQ(again.samples(0, INT64_MAX, now).size(), kept.size());
  EXPECT_EQ(again.period(now).sum, index.period(now).sum);
  EXPECT_EQ(again.smoothed(now).slow, index.smoothed(now).slow);
}

TEST(SimTape, CountsAnySpanAndMergesTheSeededTrades) {
  TradeTape tape;
  tape.push({kStart + seconds(1), kPastNumbers + 1, 50'000, 100, Side::Buy});
  tape.push({kStart + seconds(3), kPastNumbers + 2, 60'000, 200, Side::Buy});
  tape.merge_seeded({{kStart, 1, 10'000, 300, Side::Sell}, {kStart + seconds(1), 2, 20'000, 400, Side::Sell}});
  std::string order;
  for (const PublicTrade& t : tape.all()) order += std::to_string(t.no % kPastNumbers) + (t.no > kPastNumbers ? "l " : "s ");
  EXPECT_EQ(order, "1s 2s 1l 2l ") << "of one moment the seeded go first";
  EXPECT_EQ(tape.totals().quantity, 1'000);
  EXPECT_EQ(tape.totals().notional, 50'000 * 100 + 60'000 * 200 + 10'000 * 300 + 20'000 * 400);
  EXPECT_EQ(tape.totals(kStart + seconds(1), kStart + seconds(3)).quantity, 500);
  EXPECT_EQ(tape.totals(kStart + seconds(4), kStart + seconds(9)), TradeTape::Totals{});
  std::string bytes;
  ArchiveOut out(bytes);
  out(tape);
  TradeTape again;
  ArchiveIn in(bytes);
  in(again);
  EXPECT_EQ(again.all().size(), 2U) << "the seeded ones are made again, not stored";
  EXPECT_EQ(again.totals().quantity, 300);
}

TEST(SimQuotes, PeriodsEndInclusively) {
  EXPECT_EQ(period_end(kStart, 60), to_epoch_seconds(kStart));
  EXPECT_EQ(period_end(kStart + microseconds(1), 60), to_epoch_seconds(kStart) + 60);
  EXPECT_EQ(period_end(kStart + seconds(60), 60), to_epoch_seconds(kStart) + 60);
}

}  // namespace
}  // namespace marginfix::sim
