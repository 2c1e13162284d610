// QuickFIX sessions made from .cfg text with the files of fix-spec/oms/, as a client of the gateway has them: the Logon goes out, a fill
// reaches the application, and a report wider than its version is answered with a Reject(3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "contract/dictionaries/quickfix_session_probe.hpp"
#include "contract/oms_dictionaries/oms_support.hpp"

namespace marginfix_tests {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

std::string client_cfg(const OmsVersion& version) {
  const std::string folder = std::string(MARGINFIX_SOURCE_DIR) + "/fix-spec/oms/";
  const bool fixt = version.session_file != version.application_file;
  const std::string files = fixt ? "TransportDataDictionary=" + folder + version.session_file + "\nAppDataDictionary=" + folder +
                                       version.application_file + "\nDefaultApplVerID=9\n"
                                 : "DataDictionary=" + folder + version.application_file + "\n";
  const std::string begin_string = oms_pipes(version, "logon").substr(2, oms_pipes(version, "logon").find('|') - 2);
  return "[DEFAULT]\nConnectionType=initiator\nHeartBtInt=30\nStartTime=00:00:00\nEndTime=00:00:00\nCheckLatency=N\nUseDataDictionary=Y\n" +
         files + "[SESSION]\nBeginString=" + begin_string + "\nSenderCompID=BUYSIDE\nTargetCompID=GATEWAY\n";
}

// The message with MsgSeqNum(34)=`number`.
std::string numbered(std::string pipes, int number) {
  const std::size_t at = pipes.find("|34=") + 4;
  return reframed(pipes.replace(at, pipes.find('|', at) - at, std::to_string(number)));
}

QuickFixSessionOutcome client_hears(const OmsVersion& version, const std::string& report) {
  const std::string answer = numbered(with(oms_pipes(version, "logon-answer"), "|141=Y|", "|"), 1);
  const auto outcome = feed_quickfix_cfg(client_cfg(version), answer, numbered(report, 2));
  EXPECT_THAT(to_pipes(outcome.logon), AllOf(HasSubstr("|35=A|"), HasSubstr("|49=BUYSIDE|")));
  return outcome.after;
}

TEST(OmsClient, HearsFillsCancelsAndMarketDataByteForByte) {
  for (const OmsVersion& version : oms_versions())
    for (const char* name : {"report-partial-fill", "report-unsolicited-cancel", "cancel-reject-too-late", "snapshot", "increments"}) {
      const std::string report = oms_pipes(version, name);
      const auto outcome = client_hears(version, report);
      EXPECT_THAT(outcome.from_app, ElementsAre(numbered(report, 2))) << version.prefix << name;
      EXPECT_THAT(outcome.sent, IsEmpty()) << version.prefix << name;
    }
}

TEST(OmsClient, RejectsAReportWiderThanItsVersion) {
  for (const OmsVersion& version : oms_versions()) {
    const bool old = version.prefix == "42-";
    const std::string report = with(oms_pipes(version, "report-partial-fill"), old ? "|150=1|" : "|150=F|", old ? "|150=F|" : "|150=1|");
    const auto outcome = client_hears(version, report);
    EXPECT_THAT(outcome.from_app, IsEmpty()) << version.prefix;
    ASSERT_THAT(outcome.sent, SizeIs(1)) << version.prefix;
    EXPECT_THAT(to_pipes(outcome.sent[0]), AllOf(StartsWith("8=FIX"), HasSubstr("|35=3|"), HasSubstr("|371=150|"), HasSubstr("|373=5|")));
    EXPECT_EQ(outcome.next_expected, 3) << "the number is used up";
  }
}

}  // namespace
}  // namespace marginfix_tests
