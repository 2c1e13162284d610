// The rules that judge every scenario see what they are there for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/gateway/oms_rules.hpp"

namespace marginfix::gateway::script {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A FIX.4.4 report with these fields behind the header.
std::string report(const std::string& fields, int seq = 2) {
  Fields all{{35, "8"}, {34, std::to_string(seq)}, {49, "MARGINFIX"}, {52, "20261201-14:30:00.000"}, {56, "OMS"}};
  std::string text = fields;
  for (char& c : text) c = c == '|' ? '\x01' : c;
  for (Field& field : parse_wire(text)) all.push_back(std::move(field));
  return compose("FIX.4.4", all);
}

std::string joined(const std::vector<std::string>& faults) {
  std::string text;
  for (const std::string& each : faults) text += each + "\n";
  return text;
}

constexpr const char* kNew = "6=0|11=c1|14=0|17=1;1|37=e1|38=10|39=0|54=1|55=BTC-PERP|150=0|151=10|";

TEST(OmsRules, LetWhatIsRightPass) {
  OmsRules rules(FixVersion::fix44);
  EXPECT_THAT(joined(rules.check(report(kNew))), IsEmpty());
  EXPECT_THAT(joined(rules.check(report("6=6.25|11=c1|14=4|17=2;1|31=6.25|32=4|37=e1|38=10|39=1|54=1|55=BTC-PERP|150=F|151=6|"))),
              IsEmpty());
  EXPECT_THAT(joined(rules.check(report("6=6.25|11=c2|14=4|17=3;1|37=e1|38=10|39=4|41=c1|54=1|55=BTC-PERP|150=4|151=0|"))), IsEmpty());
}

// After New, each of these is wrong in one way.
TEST(OmsRules, SeeWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"6=6.25|11=c1|14=4|17=1;1|31=6.25|32=4|37=e1|38=10|39=1|54=1|55=BTC-PERP|150=F|151=6|", "has been used before"},
      {"6=6.25|11=c1|14=5|17=2;1|31=6.25|32=4|37=e1|38=10|39=1|54=1|55=BTC-PERP|150=F|151=5|", "CumQty(14)"},
      {"6=6.25|11=c1|14=4|17=2;1|31=6.25|32=4|37=e1|38=10|39=1|54=1|55=BTC-PERP|150=F|151=7|", "LeavesQty(151)"},
      {"6=6.24|11=c1|14=4|17=2;1|31=6.25|32=4|37=e1|38=10|39=1|54=1|55=BTC-PERP|150=F|151=6|", "AvgPx(6)"},
      {"6=6.25|11=c2|14=4|17=2;1|31=6.25|32=4|37=e1|38=10|39=1|54=1|55=BTC-PERP|150=F|151=6|", "ClOrdID(11)"},
      {"6=6.25|11=c1|14=4|17=2;1|31=6.25|32=4|37=e2|38=10|39=1|54=1|55=BTC-PERP|150=F|151=6|", "OrderID(37)"},
      {"6=.25|11=c1|14=4|17=2;1|31=.25|32=4|37=e1|38=10|39=1|54=1|55=BTC-PERP|150=F|151=6|", "no number"},
      {"6=6.25|11=c1|14=4|17=2;1|31=6.25|32=4|37=e1|38=10|39=1|54=1|55=BTC-PERP|60=20261201-14:30:60.000|150=F|151=6|", "no time"},
      {"6=6.25|11=c1|14=4|17=2;1|31=6.25|32=4|37=e1|38=10|39=2|54=1|55=BTC-PERP|150=F|151=0|", "not all is"},
      {"6=0|11=c2|14=0|17=2;1|37=e1|38=20|39=5|41=c1|54=1|55=BTC-PERP|150=5|151=20|", "OrdStatus(39)=5"},
      {"6=0|11=c2|14=0|17=2;1|37=e1|38=20|39=0|41=c0|54=1|55=BTC-PERP|150=5|151=20|", "OrigClOrdID(41)=c0"},
      {"6=0|11=c1|14=0|17=-1;-1|37=e1|38=10|39=8|54=1|55=BTC-PERP|150=8|151=0|", "word for none"},
      {"6=0|11=c1|14=0|17=2;1|37=e1|38=10|39=0|54=1|55=BTC-PERP|150=1|151=10|", "ExecType(150)=1"},
      {"6=0|11=c1|14=0|17=2;1|20=0|37=e1|38=10|39=0|54=1|55=BTC-PERP|150=D|151=10|", "ExecTransType(20)"},
      {"6=0|11=c1|14=0|17=2;1|37=e1|38=10|39=0|54=1|55=BTC-PERP|150=D|151=10|715=20261201|", "dictionary: "},
  };
  for (const auto& [fields, fault] : wrong) {
    OmsRules rules(FixVersion::fix44);
    ASSERT_THAT(joined(rules.check(report(kNew))), IsEmpty());
    EXPECT_THAT(joined(rules.check(report(fields, 3))), HasSubstr(fault)) << fields;
  }
}

TEST(OmsRules, LetAReportComeAgainAsItWas) {
  OmsRules rules(FixVersion::fix44);
  (void)rules.check(report(kNew));
  const std::string again = std::string("97=Y|") + kNew;
  EXPECT_THAT(joined(rules.check(report(again, 3))), IsEmpty());
  const std::string changed = std::string("97=Y|44=7|") + kNew;
  EXPECT_THAT(joined(rules.check(report(changed, 4))), HasSubstr("something else"));
}

}  // namespace
}  // namespace marginfix::gateway::script
