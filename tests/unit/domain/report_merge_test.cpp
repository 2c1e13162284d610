// ReportMerge: each report once, and where the stream has a hole.
#include "marginfix/domain/report_merge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace marginfix::merging {
namespace {

constexpr auto kEar = ReportSource::listener;
constexpr auto kOwn = ReportSource::own_session;
constexpr auto kPast = ReportSource::drop_copy;

ExecId id(int n) { return ExecId("7;" + std::to_string(n)); }
Timestamp at(int n) { return Timestamp(std::chrono::seconds(1'790'000'000 + n)); }

// Takes a report as AccountFeed does; true when it is handed on.
bool tell(ReportMerge& merge, ReportSource source, int n, const char* last_mkt = "0") {
  const bool is_new = merge.is_new(last_mkt, id(n));
  merge.take(source, last_mkt, id(n), at(n));
  return is_new;
}
std::string resumes(const ReportMerge& merge, const char* last_mkt = "0") {
  const auto points = merge.resume_points();
  const auto found = points.find(last_mkt);
  return found == points.end() ? "" : found->second.exec_id.text();
}

TEST(ReportMerge, GivesEachReportOnceWhoeverTellsIt) {
  ReportMerge merge;
  EXPECT_FALSE(merge.listener_on(at(0)));
  EXPECT_TRUE(tell(merge, kEar, 1));
  EXPECT_TRUE(tell(merge, kOwn, 3)) << "ahead of the listener";
  EXPECT_EQ(resumes(merge), "7;1") << "the listener may have a 2";
  EXPECT_TRUE(tell(merge, kEar, 2));
  EXPECT_FALSE(tell(merge, kEar, 3));
  EXPECT_EQ(resumes(merge), "7;3");
  for (const ReportSource again : {kEar, kOwn, kPast}) EXPECT_FALSE(tell(merge, again, 2));
  EXPECT_TRUE(tell(merge, kEar, 2, "1")) << "another LastMkt";
  EXPECT_EQ(resumes(merge, "1"), "7;2");
}

TEST(ReportMerge, ReportsWithoutANumberAreAlwaysNewAndMoveNothing) {
  ReportMerge merge;
  merge.listener_on(at(0));
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(merge.is_new("0", ExecId("-1;-1")));
    merge.take(kEar, "0", ExecId("-1;-1"), at(1));
  }
  EXPECT_TRUE(merge.resume_points().empty());
}

TEST(ReportMerge, AHoleHoldsTheResumePointUntilItIsFilled) {
  ReportMerge merge;
  merge.listener_on(at(0));
  tell(merge, kEar, 1);
  tell(merge, kEar, 2);
  merge.listener_lost("the connection broke");
  ASSERT_TRUE(merge.gap());
  EXPECT_EQ(merge.gap()->after.at("0"), (ResumePoint{id(2), at(2)}));
  EXPECT_EQ(merge.gap()->since, at(2));
  EXPECT_EQ(merge.gap()->why, "the connection broke");
  EXPECT_TRUE(tell(merge, kOwn, 3));  // KalshiNR hears its own meanwhile
  const auto gap = merge.listener_on(at(9));
  ASSERT_TRUE(gap);
  EXPECT_TRUE(tell(merge, kEar, 6)) << "what is new comes at once";
  EXPECT_EQ(resumes(merge), "7;2");
  EXPECT_FALSE(tell(merge, kPast, 3));
  EXPECT_TRUE(tell(merge, kPast, 4));
  EXPECT_TRUE(tell(merge, kPast, 5));
  EXPECT_TRUE(merge.filled(*gap, {{"0", id(5)}}));
  EXPECT_EQ(resumes(merge), "7;6");
  EXPECT_FALSE(merge.gap());
  EXPECT_FALSE(merge.filled(*gap, {{"0", id(5)}})) << "once";
}

TEST(ReportMerge, AFilledHoleOfAQuietTimeEndsWhereDropCopyEnded) {
  ReportMerge merge;
  merge.listener_on(at(0));
  tell(merge, kEar, 1);
  merge.listener_lost("");
  const auto gap = merge.listener_on(at(9));
  tell(merge, kPast, 2);
  tell(merge, kPast, 5, "1");  // a LastMkt of which nothing had been heard
  EXPECT_TRUE(merge.filled(*gap, {{"0", id(2)}, {"1", id(5)}}));
  EXPECT_EQ(resumes(merge), "7;2");
  EXPECT_EQ(resumes(merge, "1"), "7;5");
}

TEST(ReportMerge, AHoleBeforeTheListenersFirstWordIsAskedForFromTheStart) {
  ReportMerge merge;
  merge.listener_on(at(3));
  tell(merge, kOwn, 5);
  merge.listener_lost("");
  EXPECT_TRUE(merge.gap()->from_start) << "the listener might have told a 4";
  EXPECT_EQ(merge.gap()->since, at(3));
  const auto gap = merge.listener_on(at(9));
  EXPECT_TRUE(tell(merge, kPast, 4));
  EXPECT_TRUE(merge.filled(*gap, {{"0", id(5)}}));
  tell(merge, kEar, 6);
  merge.listener_lost("");
  EXPECT_FALSE(merge.gap()->from_start);
  merge.filled(*merge.listener_on(at(12)), {});
  tell(merge, kOwn, 1, "1");
  merge.listener_lost("");
  EXPECT_TRUE(merge.gap()->from_start) << "of LastMkt 1";
}

TEST(ReportMerge, AHoleThatBreaksAgainWhileItIsFilledStaysOneHole) {
  ReportMerge merge;
  merge.listener_on(at(0));
  tell(merge, kEar, 1);
  merge.listener_lost("first");
  const auto first = merge.listener_on(at(5));
  tell(merge, kEar, 4);
  merge.listener_lost("second");
  EXPECT_FALSE(merge.filled(*first, {{"0", id(4)}})) << "nobody has heard what came since";
  const auto second = merge.listener_on(at(9));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->number, first->number);
  EXPECT_EQ(second->breaks, 2U);
  EXPECT_EQ(second->after, first->after);
  EXPECT_FALSE(merge.filled(*first, {{"0", id(4)}})) << "an answer to the question before";
  EXPECT_TRUE(merge.filled(*second, {{"0", id(7)}}));
  EXPECT_EQ(resumes(merge), "7;7");
}

TEST(ReportMerge, AHoleThatNobodyCanFillIsLeftBehind) {
  ReportMerge merge;
  merge.listener_on(at(0));
  tell(merge, kEar, 1);
  merge.listener_lost("");
  const auto gap = merge.listener_on(at(5));
  tell(merge, kEar, 9);
  EXPECT_TRUE(merge.given_up(*gap));
  EXPECT_EQ(resumes(merge), "7;9");
  EXPECT_TRUE(tell(merge, kPast, 5)) << "should one of them come after all, it is handed on";
  EXPECT_EQ(resumes(merge), "7;9");
}

TEST(ReportMerge, AReportThatWasNotTakenHoldsTheResumePoint) {
  ReportMerge merge;
  merge.listener_on(at(0));
  tell(merge, kEar, 1);
  ASSERT_TRUE(merge.is_new("0", id(2)));
  merge.not_taken("0", id(2));
  tell(merge, kEar, 3);
  EXPECT_EQ(resumes(merge), "7;1");
  EXPECT_TRUE(merge.is_new("0", id(2))) << "whoever tells it again is heard";
  // Again in vain, by another.
  merge.not_taken("0", id(2));
  tell(merge, kEar, 4);
  EXPECT_EQ(resumes(merge), "7;1");
  // A gap begins there too.
  merge.listener_lost("");
  EXPECT_EQ(merge.gap()->after.at("0"), (ResumePoint{id(1), at(1)}));
  const auto gap = merge.listener_on(at(9));
  EXPECT_TRUE(tell(merge, kPast, 2));
  EXPECT_FALSE(tell(merge, kPast, 3));
  EXPECT_TRUE(merge.filled(*gap, {{"0", id(4)}}));
  EXPECT_EQ(resumes(merge), "7;4");
}

TEST(ReportMerge, AReportThatWasNotTakenIsOfItsLastMktOnlyAndSurvivesForgetting) {
  ReportMerge merge({}, 2);
  merge.listener_on(at(0));
  tell(merge, kEar, 1);
  tell(merge, kEar, 1, "1");
  merge.not_taken("0", id(2));
  for (int n = 3; n < 9; ++n) tell(merge, kEar, n), tell(merge, kEar, n, "1");
  EXPECT_EQ(resumes(merge, "1"), "7;8");
  EXPECT_EQ(resumes(merge), "7;1");
  EXPECT_TRUE(merge.is_new("0", id(2))) << "though what is that old counts as seen";
  // More than are remembered: from the first that is not, the point stays.
  merge.not_taken("0", id(9));
  merge.not_taken("0", id(10));
  for (const int n : {2, 9, 10, 11}) tell(merge, kEar, n);
  EXPECT_EQ(resumes(merge), "7;1");
  EXPECT_EQ(resumes(merge, "1"), "7;8");
}

TEST(ReportMerge, SaysWhatOthersHaveToldOfAGap) {
  ReportMerge merge;
  merge.listener_on(at(0));
  tell(merge, kEar, 2);
  merge.listener_lost("");
  EXPECT_TRUE(merge.told_within(*merge.gap()).empty());
  tell(merge, kOwn, 5);
  tell(merge, kOwn, 3, "1");
  tell(merge, kOwn, 6);
  const auto gap = merge.listener_on(at(9));
  tell(merge, kEar, 9);
  tell(merge, kOwn, 10);
  EXPECT_EQ(merge.told_within(*gap), (std::vector<ExecId>{id(3), id(5), id(6)})) << "not what the listener tells again";
  EXPECT_TRUE(merge.given_up(*gap, {{"0", id(8)}, {"1", id(4)}}));
  EXPECT_EQ(resumes(merge), "7;9");
  EXPECT_EQ(resumes(merge, "1"), "7;4");
}

TEST(ReportMerge, ANewProcessBeginsWithTheHoleOfItsAbsence) {
  ReportMerge before;
  before.listener_on(at(0));
  tell(before, kEar, 1);
  tell(before, kEar, 2);
  tell(before, kEar, 8, "1");
  const std::string saved = to_text(before.resume_points());
  EXPECT_EQ(saved, "marginfix resume points 1\n1790000002000000 7;2 1:0\n1790000008000000 7;8 1:1\nend 2\n");
  ReportMerge merge(parse_resume_points(saved).value());
  EXPECT_FALSE(tell(merge, kPast, 2)) << "it had been dealt with";
  const auto gap = merge.listener_on(at(20));
  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->after, before.resume_points());
  EXPECT_EQ(gap->since, at(8));
  EXPECT_TRUE(tell(merge, kPast, 3));
  EXPECT_TRUE(merge.filled(*gap, {{"0", id(3)}}));
  EXPECT_EQ(resumes(merge), "7;3");
  EXPECT_EQ(resumes(merge, "1"), "7;8");
}

TEST(ReportMerge, ResumePointsThatCannotBeReadAreRefused) {
  const std::string good = "marginfix resume points 1\n1790000002000000 7;2 5:a b\nc\nend 1\n";
  EXPECT_EQ(to_text(parse_resume_points(good).value()), good) << "whatever a LastMkt holds";
  for (std::size_t n = 0; n + 1 < good.size(); ++n) {
    ASSERT_FALSE(parse_resume_points(good.substr(0, n))) << n;
    EXPECT_EQ(parse_resume_points(good.substr(0, n)).error().category, ErrorCategory::decode) << n;
  }
  EXPECT_FALSE(parse_resume_points("marginfix resume points 1\nend 1\n")) << "a line is gone";
  for (const char* bad : {"x 7;2 1:0\n", "1 -1;-1 1:0\n", "1 7;2 -1:0\n", "1 7;2 99999999999999:0\n", "1 7;2 2:0\n", "\n"})
    EXPECT_FALSE(parse_resume_points("marginfix resume points 1\n" + std::string(bad) + "end 1\n")) << bad;
}

TEST(ReportMerge, RemembersNoMoreThanItIsToldTo) {
  ReportMerge merge({}, 10);
  merge.listener_on(at(0));
  for (int n = 1; n <= 1'000; ++n) EXPECT_TRUE(tell(merge, kEar, n));
  for (const int n : {1, 500, 990, 995, 1'000}) EXPECT_FALSE(tell(merge, kOwn, n)) << n;
  // What is ahead of the resume point is never forgotten.
  merge.listener_lost("");
  for (int n = 2'000; n < 2'100; ++n) EXPECT_TRUE(tell(merge, kOwn, n));
  for (int n = 2'000; n < 2'100; ++n) EXPECT_FALSE(tell(merge, kOwn, n));
  EXPECT_TRUE(tell(merge, kPast, 1'500));

  ReportMerge few({}, 10);
  few.listener_on(at(0));
  for (int n = 2; n <= 1'000; n += 2) tell(few, kEar, n);
  EXPECT_FALSE(tell(few, kOwn, 501)) << "older than what is remembered: whether it was told cannot be known";
  EXPECT_TRUE(tell(few, kOwn, 999));
}

TEST(ReportMerge, WhatCameBeforeTheListenerListenedIsAGap) {
  ReportMerge merge;
  tell(merge, kOwn, 5);
  const auto gap = merge.listener_on(at(9));
  ASSERT_TRUE(gap) << "others may have traded meanwhile";
  EXPECT_TRUE(gap->from_start);
  EXPECT_EQ(gap->since, at(5));
}

// A day of reports with connections that break: every report is handed on exactly once, and whatever is behind a resume point has been.
TEST(ReportMerge, HandsOnEveryReportOnceAndAResumePointHasNoHoleBeforeIt) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint64_t n) { return static_cast<int>(random() % n); };
    ReportMerge merge;
    std::map<int, int> handed;
    int made = 0;
    bool listening = true;
    std::vector<int> own;  // on their way to one's own session
    merge.listener_on(at(0));
    const auto hear = [&](ReportSource source, int n) { handed[n] += tell(merge, source, n) ? 1 : 0; };
    const auto fill = [&](const ReportGap& gap) {
      const int from = gap.after.empty() ? 0 : static_cast<int>(gap.after.at("0").exec_id.part(1));
      const int last = made;
      for (int n = from + 1; n <= last; ++n) hear(kPast, n);
      if (below(4) == 0) {  // the listener goes away and comes back before drop copy has answered
        merge.listener_lost("again");
        ++made;
        merge.listener_on(at(made));
      }
      return merge.filled(gap, {{"0", id(last)}});
    };
    for (int step = 0; step < 300; ++step) {
      const int dice = below(20);
      if (dice < 14) {
        ++made;
        if (listening) hear(kEar, made);
        if (below(3) == 0) own.push_back(made);
      } else if (dice < 17 && !own.empty()) {
        hear(kOwn, own.back());
        own.pop_back();
      } else if (listening && made > 0) {
        merge.listener_lost("broke");
        listening = false;
      } else if (!listening) {
        listening = true;
        auto gap = merge.listener_on(at(made));
        while (gap && !fill(*gap)) gap = merge.gap();
      }
      const auto points = merge.resume_points();
      const int sound = points.empty() ? 0 : static_cast<int>(points.at("0").exec_id.part(1));
      for (int n = 1; n <= sound; ++n) ASSERT_EQ(handed[n], 1) << "report " << n << " of " << made;
    }
    for (const auto& [n, times] : handed) EXPECT_LE(times, 1) << n;
  }
}

}  // namespace
}  // namespace marginfix::merging
