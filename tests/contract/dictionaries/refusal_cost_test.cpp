// What a refusal costs a QuickFIX user: the fill is answered with Reject(3), its number is used up, the application never hears of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "contract/dictionaries/quickfix_session_probe.hpp"
#include "contract/dictionaries/support.hpp"

namespace marginfix_tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string logon_answer() { return edited("logon-answer-nr", "|141=Y|", "|"); }

std::string second(const std::string& golden) {
  const std::string pipes = to_pipes(golden_named(golden).wire);
  const std::size_t at = pipes.find("|34=") + 4;
  return reframed(std::string(pipes).replace(at, pipes.find('|', at) - at, "2"));
}

TEST(RefusedReport, IsRejectedLosesItsNumberAndNeverReachesTheApplication) {
  const std::string spoiled = with(spec_file("FIX50SP2-margin.xml"), "      <field name=\"ClearingBusinessDate\" required=\"N\"/>\n", "");
  const auto outcome = feed_quickfix_session(spec_file("FIXT11-margin.xml"), spoiled, logon_answer(), second("report-final-fill"));
  EXPECT_THAT(outcome.from_app, IsEmpty());
  ASSERT_THAT(outcome.sent, SizeIs(1));
  EXPECT_THAT(to_pipes(outcome.sent[0]),
              testing::AllOf(HasSubstr("|35=3|"), HasSubstr("|45=2|"), HasSubstr("|371=715|"), HasSubstr("|373=2|")));
  EXPECT_EQ(outcome.next_expected, 3) << "the number is used up: no resend brings the report back";
}

TEST(AcceptedReport, ReachesTheApplicationByteForByteWithOurDictionaries) {
  const auto outcome =
      feed_quickfix_session(spec_file("FIXT11-margin.xml"), spec_file("FIX50SP2-margin.xml"), logon_answer(), second("report-final-fill"));
  EXPECT_THAT(outcome.from_app, ElementsAre(second("report-final-fill")));
  EXPECT_THAT(outcome.sent, IsEmpty());
  EXPECT_EQ(outcome.next_expected, 3);
}

TEST(PublishedDictionary, LosesAFillInARunningSession) {
  const std::string published = read_file(published_path());
  if (published.empty()) GTEST_SKIP() << "the published v1.03 is not beside the checkout (../shared/spec/official)";
  const auto outcome = feed_quickfix_session(published, published, logon_answer(), second("report-partial-fill"));
  EXPECT_THAT(outcome.from_app, IsEmpty());
  ASSERT_THAT(outcome.sent, SizeIs(1));
  EXPECT_THAT(to_pipes(outcome.sent[0]), testing::AllOf(HasSubstr("|35=3|"), HasSubstr("|371=30|"), HasSubstr("|373=0|")));
}

// The keys docs/dictionaries.md tells a QuickFIX user to write.
std::string cfg_with(const std::string& appl_ver_id) {
  const std::string spec = std::string(MARGINFIX_SOURCE_DIR) + "/fix-spec/";
  return "[DEFAULT]\nConnectionType=initiator\nHeartBtInt=30\nStartTime=00:00:00\nEndTime=00:00:00\nCheckLatency=N\nUseDataDictionary=Y\n"
         "TransportDataDictionary=" +
         spec + "FIXT11-margin.xml\nAppDataDictionary=" + spec +
         "FIX50SP2-margin.xml\n"
         "DefaultApplVerID=" +
         appl_ver_id +
         "\n"
         "[SESSION]\nBeginString=FIXT.1.1\nSenderCompID=8f1c6a52-3e0d-4b7a-9c11-5d2f0a7be901\nTargetCompID=KalshiNR\n";
}

TEST(QuickFixCfg, TakesOurFilesWithDefaultApplVerIdInEitherOfItsTwoSpellings) {
  for (const char* spelling : {"9", "FIX.5.0SP2"}) {
    const auto outcome = feed_quickfix_cfg(cfg_with(spelling), logon_answer(), second("report-fill-two-parties"));
    EXPECT_THAT(to_pipes(outcome.logon), HasSubstr("|1137=9|")) << spelling;
    EXPECT_THAT(outcome.after.from_app, ElementsAre(second("report-fill-two-parties"))) << spelling;
  }
}

// A trap: QuickFIX sends the text as it stands (the exchange wants 1137=9), and finds no dictionary under the 9 the answer carries.
TEST(QuickFixCfg, SendsTheTextItselfAndChecksNothingWhenDefaultApplVerIdIsSpelledFIX50SP2) {
  const std::string strange = with(to_pipes(second("report-new")), "|39=0|", "|39=z|");
  const auto trapped = feed_quickfix_cfg(cfg_with("FIX50SP2"), logon_answer(), reframed(strange));
  EXPECT_THAT(to_pipes(trapped.logon), HasSubstr("|1137=FIX50SP2|"));
  EXPECT_THAT(trapped.after.from_app, SizeIs(1));
  EXPECT_THAT(feed_quickfix_cfg(cfg_with("9"), logon_answer(), reframed(strange)).after.from_app, IsEmpty());
}

// Without dictionaries nothing is refused for its values, but groups are gone: the same report is refused as a message with repeated tags.
TEST(QuickFixCfg, LosesGroupsWithoutDictionaries) {
  const auto outcome = feed_quickfix_cfg(with(cfg_with("9"), "UseDataDictionary=Y", "UseDataDictionary=N"), logon_answer(),
                                         second("report-fill-two-parties"));
  EXPECT_THAT(outcome.after.from_app, IsEmpty());
  ASSERT_THAT(outcome.after.sent, SizeIs(1));
  EXPECT_THAT(to_pipes(outcome.after.sent[0]), testing::AllOf(HasSubstr("|35=3|"), HasSubstr("|373=13|")));
}

}  // namespace
}  // namespace marginfix_tests
