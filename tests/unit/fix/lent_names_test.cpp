// Names that a data dictionary lends to the printer, and data fields shown whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "marginfix/fix/dictionary.hpp"
#include "marginfix/fix/printer.hpp"
#include "unit/fix/log_samples.hpp"

namespace marginfix_tests {
namespace {

using marginfix::fix::Dictionary;
using marginfix::fix::DictionaryPair;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const char* const kFix44 =
    "<fix type='FIX' major='4' minor='4'><header/><trailer/><messages><message name='Tra\x1b[2Kde' msgtype='AE' msgcat='app'>"
    "<field name='Rule80A' required='N'/></message></messages><components/><fields>"
    "<field number='47' name='Rule80A' type='CHAR'><value enum='A' description='AGENCY &quot;x&quot;'/></field>"
    "<field number='54' name='TheirSide' type='CHAR'><value enum='1' description='THEIR_BUY'/></field></fields></fix>";

class LentNames : public testing::Test {
 protected:
  Dictionary dictionary_ = Dictionary::parse(kFix44, "FIX44.xml").value();
  DictionaryPair pair_ = as_pair(dictionary_);
};

TEST_F(LentNames, AreUsedInMessagesOfOtherVersions) {
  const std::string wire = framed("8=FIX.4.4|35=AE|47=A|54=1|");
  const std::string block = print_block(wire, &pair_);
  EXPECT_THAT(block, AllOf(HasSubstr("Rule80A(47)"), HasSubstr("AGENCY \"x\""), HasSubstr("TheirSide(54)"), HasSubstr("THEIR_BUY")));
  EXPECT_THAT(block, AllOf(HasSubstr("Tra\\x1b[2Kde (35=AE)"), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(print_line(wire, &pair_), HasSubstr("Rule80A=AGENCY \"x\""));
  EXPECT_THAT(to_json(wire, &pair_), HasSubstr(R"("name":"Rule80A","value":"A","value_name":"AGENCY \"x\"")"));
  EXPECT_THAT(marginfix::fix::print_block(wire), Not(HasSubstr("Rule80A")));
}

TEST_F(LentNames, OnlyFillGapsInOurOwnMessages) {
  const std::string block = print_block(framed("8=FIXT.1.1|35=8|47=A|54=1|"), &pair_);
  EXPECT_THAT(block, AllOf(HasSubstr("Rule80A(47)"), HasSubstr("Side(54)"), Not(HasSubstr("TheirSide"))));
}

TEST(PrintedData, IsShownWholeAndSecretsNever) {
  const std::string wire = to_soh("8=FIXT.1.1|9=5|35=8|354=5|355=a|0=b|212=3|213=x|y|95=9|96=se|cret=1|1402=hidden|10=000|");
  const std::string shown = marginfix::fix::print_block(wire);
  EXPECT_THAT(shown, AllOf(HasSubstr("a\\x010=b"), HasSubstr("x\\x01y"), Not(HasSubstr("cret")), Not(HasSubstr("hidden"))));
}

TEST(PrintedData, IsNoSecretWhereItWasCutOff) {
  const std::string cut = marginfix::fix::print_block(to_soh("8=FIXT.1.1|9=5|35=A|95=90|96=se|cret=1|more"));
  EXPECT_THAT(cut, AllOf(HasSubstr("***"), Not(HasSubstr("cret")), Not(HasSubstr("more"))));
  const std::string masked = marginfix::fix::print_block(to_soh("8=FIXT.1.1|9=5|35=A|95=90|96=***|98=0|"));
  EXPECT_THAT(masked, HasSubstr("EncryptMethod")) << "a secret that a log has masked keeps its length field";
  const std::string wrong = marginfix::fix::print_block(to_soh("8=FIXT.1.1|9=5|35=A|95=90|96=se|98=0|10=000|"));
  EXPECT_THAT(wrong, AllOf(HasSubstr("EncryptMethod"), HasSubstr("CheckSum")));
}

// "58=" and two separators: what is no field is shown as it stands, without a tag made up for it.
TEST(PrintedLine, InventsNoTag) {
  EXPECT_THAT(marginfix::fix::print_line(to_soh("8=FIXT.1.1|9=5|35=8|58=||broken|11=a|10=000|")),
              testing::EndsWith("Text=||broken|ClOrdID=a"));
}

}  // namespace
}  // namespace marginfix_tests
