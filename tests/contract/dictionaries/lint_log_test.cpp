// What the lint of a log says, fault by fault, and that the quick look at good messages never overlooks a bad one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "contract/dictionaries/support.hpp"
#include "marginfix/fix/lint.hpp"
#include "src/fix/lint_quick.hpp"
#include "unit/fix/log_samples.hpp"

namespace marginfix_tests {
namespace {

using marginfix::fix::DictionaryFinding;
using marginfix::fix::LogFinding;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::vector<std::string> findings_of(const std::string& log) {
  std::vector<std::string> out;
  for (const LogFinding& finding : marginfix::fix::lint_log(log, our_pair()).findings) out.push_back(to_string(finding));
  return out;
}

// A report with two parties, spelled `parties`.
std::string report_with(const std::string& parties) {
  return reframed(with(to_pipes(golden_named("report-new").wire), "|54=", "|" + parties + "|54="));
}

TEST(LogFindings, TakeCountersForNumbers) {
  EXPECT_THAT(findings_of(report_with("453=02|448=A|452=24|448=B|452=24")), IsEmpty());
  EXPECT_THAT(findings_of(report_with("453=3|448=A|452=24|448=B|452=24")),
              ElementsAre(HasSubstr("NoPartyIDs(453)=3, but 2 entries follow [373=16]")));
  EXPECT_THAT(findings_of(report_with("453=x|448=A|452=24")), ElementsAre(HasSubstr("NoPartyIDs(453)=x is no NUMINGROUP")));
}

TEST(LogFindings, AreOneForAFault) {
  EXPECT_THAT(findings_of(report_with("453=2|448=A|9999=x|452=24|448=B|9998=y|452=24")),
              ElementsAre(HasSubstr("tag 9999 is not declared"), HasSubstr("tag 9998 is not declared")));
  EXPECT_THAT(findings_of(report_with("453=2|448=A|263=1|452=24|448=B|452=24")),
              ElementsAre(HasSubstr("SubscriptionRequestType(263) is declared but not listed for this group")));
  EXPECT_THAT(findings_of(report_with("453=2|452=24|448=A|452=24|448=B")),
              ElementsAre(HasSubstr("entries of NoPartyIDs(453) start with PartyRole(452), the dictionary wants PartyID(448) [373=16]")));
}

TEST(LogFindings, SayWhyALogonIsDropped) {
  const std::string logon = to_pipes(golden_named("logon-nr").wire);
  const std::size_t at = logon.find("|95=");
  const std::string length = logon.substr(at + 4, logon.find('|', at + 1) - at - 4);
  const auto one_more = std::to_string(std::stoi(length) + 1);
  const auto one_less = std::to_string(std::stoi(length) - 1);
  for (const std::string& wrong : {one_more, one_less})
    EXPECT_THAT(findings_of(reframed(with(logon, "|95=" + length + "|", "|95=" + wrong + "|"))),
                ElementsAre(HasSubstr("RawDataLength(95) says " + wrong + ", RawData(96) has " + length + " bytes")));
  EXPECT_THAT(findings_of(reframed(with(logon, "|95=" + length + "|", "|"))),
              ElementsAre(HasSubstr("RawDataLength(95) is missing: RawData(96) has " + length + " bytes")));
  std::string behind = with(logon, "|95=" + length + "|", "|");
  behind = with(behind, "|98=0|", "|95=" + length + "|98=0|");
  EXPECT_THAT(findings_of(reframed(behind)), ElementsAre(HasSubstr("RawDataLength(95) stands elsewhere")));
  EXPECT_THAT(findings_of(golden_named("logon-nr").wire), IsEmpty());
}

TEST(LogFindings, NeverShowASecret) {
  const std::string log = "8=FIXT.1.1|9=5|35=A|34=1|554=hunter2|925=hunter3|95=9|96=hunter4|10=000|\n";
  const auto lint = marginfix::fix::lint_log(log, our_pair());
  ASSERT_FALSE(lint.findings.empty());
  for (const LogFinding& finding : lint.findings)
    EXPECT_THAT(to_string(finding) + finding.message + finding.finding.value, Not(HasSubstr("hunter")));
}

TEST(LogFindings, CountWhatWasNotRead) {
  const auto lint = marginfix::fix::lint_log("8=FIX.4.4~~9=5~~35=0\n" + golden_named("report-new").wire, our_pair());
  EXPECT_EQ(lint.messages, 1U);
  EXPECT_EQ(lint.refused, 0U);
  EXPECT_EQ(lint.not_read, 1U);
}

TEST(LogFindings, NameAMessageThatEndsWithoutCheckSum) {
  const std::string wire = golden_named("report-new").wire;
  EXPECT_THAT(findings_of(wire.substr(0, wire.rfind("10="))), ElementsAre(AllOf(HasSubstr("CheckSum(10)"), HasSubstr("missing"))));
}

TEST(LogFindings, AreBoundedForAMessageOfGarbage) {
  std::string pipes = "8=FIXT.1.1|9=5|35=8|";
  for (int i = 0; i < 20000; ++i) pipes += "9999=x|";
  const auto lint = marginfix::fix::lint_log(pipes + "10=000|", our_pair());
  EXPECT_LE(lint.findings.size(), 100U);
  EXPECT_THAT(to_string(lint.findings.back()), HasSubstr("more findings in this message"));
}

TEST(LogFindings, JudgeTimesAsTheCodecReadsThem) {
  const auto timed = [](const std::string& time) {
    const std::string pipes = to_pipes(golden_named("report-new").wire);
    const std::size_t at = pipes.find("|60=") + 4;
    std::string edited = pipes;
    return reframed(edited.replace(at, pipes.find('|', at) - at, time));
  };
  for (const char* good : {"20261104-15:30:00.1", "20261104-15:30:00.12", "20261104-15:30:00", "20261104-15:30:00.123456789"})
    EXPECT_THAT(findings_of(timed(good)), IsEmpty()) << good;
  for (const char* bad : {"20261104-15:30:60.000", "20261104-24:00:00", "20261131-15:30:00", "20261104-15:30"})
    EXPECT_THAT(findings_of(timed(bad)), ElementsAre(HasSubstr("is no UTCTIMESTAMP"))) << bad;
}

std::vector<DictionaryFinding> thorough(const std::string& wire) {
  marginfix::fix::ValidationOptions options;
  options.check_frame = false;
  return validate(wire, our_pair(), options);
}

TEST(QuickLint, KnowsNearlyAllGoodMessages) {
  marginfix::fix::detail::QuickLint quick(our_pair());
  std::size_t known = 0;
  for (const Golden& golden : load_goldens()) known += quick.clean(golden.wire) ? 1U : 0U;
  EXPECT_GT(known, load_goldens().size() * 8 / 10);
}

TEST(QuickLint, NeverCallsAMessageCleanThatIsNot) {
  marginfix::fix::detail::QuickLint quick(our_pair());
  const auto goldens = load_goldens();
  std::mt19937 random(7);
  const char* const kPieces[] = {
      "453=2|448=A|452=24|", "10=000|", "58=x|", "9999=1|", "448=B|", "452=24|", "34=2|", "44=1.5|", "60=x|", "58=|", "270=1|", "269=0|",
      "8=FIXT.1.1|",         "35=8|",   "1=a|",  "268=1|",  "55=K|",  "146=1|"};
  std::size_t clean = 0;
  for (int round = 0; round < 40000; ++round) {
    std::string wire = goldens[random() % goldens.size()].wire;
    std::vector<std::size_t> ends;
    for (std::size_t at = wire.find('\x01'); at != std::string::npos; at = wire.find('\x01', at + 1)) ends.push_back(at + 1);
    const std::size_t at = ends[random() % ends.size()];
    switch (random() % 4) {
      case 0:
        wire.insert(at, to_soh(kPieces[random() % std::size(kPieces)]));
        break;
      case 1:  // a field less
        wire.erase(at, wire.find('\x01', at) - at + 1);
        break;
      case 2:  // a field twice
        wire.insert(at, wire.substr(at, wire.find('\x01', at) - at + 1));
        break;
      default:
        wire[random() % wire.size()] = "0159=.|-zY\x01 "[random() % 12];
    }
    if (!quick.clean(wire)) continue;
    ++clean;
    for (const DictionaryFinding& finding : thorough(wire)) ADD_FAILURE() << to_string(finding) << "\n" << to_pipes(wire);
  }
  EXPECT_GT(clean, 1000U);
}

}  // namespace
}  // namespace marginfix_tests
