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

}  // namespace
}  // namespace marginfix_tests
