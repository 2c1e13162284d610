// Our own model of a QuickFIX data dictionary: what loads, what is an error, what a message breaks.
#include "marginfix/fix/dictionary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "contract/dictionaries/support.hpp"

namespace marginfix_tests {
namespace {

using marginfix::fix::Dictionary;
using marginfix::fix::DictionaryFinding;
using marginfix::fix::DictionaryPair;
using marginfix::fix::DictionaryRule;
using marginfix::fix::ValidationOptions;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string small(const std::string& messages, const std::string& fields, const std::string& components = "") {
  return "<fix type='FIX' major='5' minor='0'><messages>" + messages + "</messages><components>" + components + "</components><fields>" +
         fields + "</fields></fix>";
}
const std::string kSymbol = "<field number='55' name='Symbol' type='STRING'/>";
const std::string kMessage = "<message name='M' msgtype='M' msgcat='app'><field name='Symbol' required='Y'/></message>";

std::string load_error(const std::string& xml) {
  const auto result = Dictionary::parse(xml, "some.xml");
  return result ? "loaded" : result.error().message;
}

// "tag:rule" of each finding.
std::vector<std::string> broken(const std::string& wire, const DictionaryPair& pair, const ValidationOptions& options = {}) {
  std::vector<std::string> out;
  for (const DictionaryFinding& finding : marginfix::fix::validate(wire, pair, options))
    out.push_back(std::to_string(finding.tag) + ":" + std::string(to_string(finding.rule)));
  return out;
}
std::vector<std::string> broken(const std::string& wire) { return broken(wire, our_pair()); }

TEST(EmbeddedDictionaries, AreTheFilesOfFixSpecByteForByte) {
  EXPECT_EQ(marginfix::fix::embedded_session_dictionary(), spec_file("FIXT11-margin.xml"));
  EXPECT_EQ(marginfix::fix::embedded_application_dictionary(), spec_file("FIX50SP2-margin.xml"));
}

TEST(DictionaryLoading, KnowsKindVersionAndServicePack) {
  EXPECT_TRUE(our_pair().session.is_transport());
  EXPECT_EQ(our_pair().session.version(), "FIXT.1.1");
  EXPECT_FALSE(our_pair().application.is_transport());
  EXPECT_EQ(our_pair().application.version(), "FIX.5.0");
  EXPECT_EQ(our_pair().application.service_pack(), 2);
}

TEST(DictionaryLoading, ResolvesComponentsIntoGroupsInFileOrder) {
  const auto* message = our_pair().application.message("X");
  ASSERT_NE(message, nullptr);
  const auto* entries = find_member(message->members, 268);
  ASSERT_NE(entries, nullptr);
  EXPECT_TRUE(entries->is_group);
  std::vector<int> tags;
  for (const auto& member : entries->members) tags.push_back(member.tag);
  tags.resize(12);
  EXPECT_THAT(tags, ElementsAre(279, 55, 269, 270, 271, 272, 273, 2446, 828, 1003, 11, 79));
}

TEST(DictionaryLoading, NamesSourceLineAndReasonOfBrokenXml) {
  EXPECT_THAT(load_error("<fix>\n<messages>\n</fix>"), testing::AllOf(HasSubstr("some.xml"), HasSubstr("line 3")));
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

// A chain of components, the last with `end` in it.
std::string chained(int components, const std::string& end) {
  std::string chain;
  for (int i = 0; i < components; ++i) {
    const std::string next = i + 1 == components ? end : "<component name='C" + std::to_string(i + 1) + "' required='N'/>";
    chain += "<component name='C" + std::to_string(i) + "'>" + next + "</component>";
  }
  return small("<message name='M' msgtype='M' msgcat='app'><component name='C0' required='N'/></message>", kSymbol, chain);
}
const std::string kPlain = "<field name='Symbol' required='N'/>";

TEST(DictionaryLoading, RefusesElementsNestedWithoutEnd) {
  for (const std::string& open : {std::string("<a>"), std::string("<a b='/>'>"), std::string("<a b = \"</a>\">"), std::string("<a'>"),
                                  std::string("<!--</a>--><a>"), std::string("<![CDATA[</a>]]><a>"), std::string("<?x </a>?><a>"),
                                  std::string("<!x </a><a>"), std::string("<group name='G' required='N'>")})
    EXPECT_THAT(load_error("<fix>\n" + repeated(open, 150)), HasSubstr("some.xml: line 2: elements are nested more than 100 deep")) << open;
  EXPECT_THAT(load_error(repeated("<a/>", 40000)), HasSubstr("no <fix> element"));
  EXPECT_THAT(load_error(repeated("<a></a>", 40000)), HasSubstr("no <fix> element"));
}

TEST(DictionaryLoading, TellsDepthFromACircle) {
  EXPECT_EQ(load_error(chained(17, kPlain)), "loaded");
  EXPECT_EQ(load_error(chained(64, kPlain)), "loaded");
  EXPECT_THAT(load_error(chained(65, kPlain)), HasSubstr("components are nested more than 64 deep: C0 > C1 > C2 > ... > C61 > C62 > C63"));
  EXPECT_THAT(load_error(chained(3, "<component name='C1' required='N'/>")), HasSubstr("component C1 contains itself: C0 > C1 > C2 > C1"));
}

TEST(DictionaryLoading, RefusesComponentsThatGrowWithoutMeasure) {
  std::string doubling;
  for (int i = 0; i < 40; ++i) {
    const std::string next = "<component name='C" + std::to_string(i + 1) + "' required='N'/>";
    doubling += "<component name='C" + std::to_string(i) + "'>" + next + next + "</component>";
  }
  const std::string message = "<message name='M' msgtype='M' msgcat='app'><component name='C0' required='N'/></message>";
  EXPECT_THAT(load_error(small(message, kSymbol, doubling + "<component name='C40'/>")), HasSubstr("components are written out"));
  EXPECT_THAT(load_error(small(message, kSymbol, doubling + "<component name='C40'>" + kPlain + "</component>")),
              HasSubstr("more than 5000 members"));
}

TEST(DictionaryLoading, TakesAnEmptyHeaderTrailerAndComponents) {
  const std::string fixt = "<fix type='FIXT' major='1' minor='1'><header>\n</header><messages>" + kMessage +
                           "</messages><trailer/><components/><fields>" + kSymbol + "</fields></fix>";
  const auto loaded = Dictionary::parse(fixt, "some.xml");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_THAT(loaded->header(), IsEmpty());
  for (std::size_t i = 0; i < 2; ++i) EXPECT_THAT(loaded->oddities().at(i).text, HasSubstr("has no fields"));
}

TEST(DictionaryLoading, RefusesWhatNoEngineCouldLoad) {
  EXPECT_THAT(load_error("<html/>"), HasSubstr("no <fix> element"));
  EXPECT_THAT(load_error("<fix type='FIX'><messages/></fix>"), HasSubstr("major and minor"));
  EXPECT_THAT(load_error("<fix type='XML' major='1' minor='1'/>"), HasSubstr("must be FIX or FIXT"));
  EXPECT_THAT(load_error(small(kMessage, "")), HasSubstr("<fields>"));
  EXPECT_THAT(load_error(small("", kSymbol)), HasSubstr("<messages>"));
  EXPECT_THAT(load_error(small(kMessage, "<field number='44' name='Price' type='PRICE'/>")),
              HasSubstr("field 'Symbol' in M is not declared"));
  EXPECT_THAT(load_error(small(kMessage, "<field number='x' name='Symbol' type='STRING'/>")), HasSubstr("has no tag number"));
  EXPECT_THAT(load_error(small(kMessage, "<field number='55' name='Symbol'/>")), HasSubstr("has no type"));
  EXPECT_THAT(load_error(small(kMessage, kSymbol + kSymbol)), HasSubstr("declared twice"));
  EXPECT_THAT(load_error(small("<message name='M' msgtype='M'><component name='C'/></message>", kSymbol)),
              HasSubstr("component 'C' in M is not defined"));
  EXPECT_THAT(load_error(small("<message name='M' msgtype='M'><component name='C'/></message>", kSymbol,
                               "<component name='C'><component name='C'/></component>")),
              HasSubstr("contains itself"));
  EXPECT_THAT(
      load_error("<fix type='FIXT' major='1' minor='1'><messages>" + kMessage + "</messages><fields>" + kSymbol + "</fields></fix>"),
      HasSubstr("needs a <header>"));
}

TEST(DictionaryLoading, ReportsAMissingFileByName) {
  const auto result = Dictionary::load("no/such/dictionary.xml");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("no/such/dictionary.xml"));
}

TEST(DictionaryLoading, ToleratesOddThingsAndListsThem) {
  const Dictionary odd =
      parsed(small("<message name='M' msgtype='M'><field name='Symbol' required='C'/><field name='NoX' required='N'/></message>",
                   kSymbol + "<field number='9000' name='NoX' type='NUMINGROUP'/><field number='9001' name='Y' type='DECIMAL'/>"),
             "odd.xml");
  ASSERT_THAT(odd.oddities(), SizeIs(3));
  EXPECT_THAT(odd.oddities()[0].text, HasSubstr("type DECIMAL"));
  EXPECT_THAT(odd.oddities()[1].text, HasSubstr("required='C'"));
  EXPECT_THAT(odd.oddities()[2].text, HasSubstr("counter of a repeating group"));
}

TEST(Validation, FindsNothingInAnyGoldenMessage) {
  for (const Golden& golden : load_goldens()) EXPECT_THAT(broken(golden.wire), IsEmpty()) << golden.name;
}

TEST(Validation, NamesEachBrokenRule) {
  EXPECT_THAT(broken(edited("report-new", "|150=0|", "|")), ElementsAre("150:required_missing"));
  EXPECT_THAT(broken(edited("report-new", "|49=KalshiNR|", "|")), ElementsAre("49:required_missing"));
  EXPECT_THAT(broken(edited("report-new", "|150=0|", "|150=|")), ElementsAre("150:empty_value"));
  EXPECT_THAT(broken(edited("report-new", "|150=0|", "|150=z|")), ElementsAre("150:value_not_listed"));
  EXPECT_THAT(broken(edited("report-new", "|44=6.2577|", "|44=6,2577|")), ElementsAre("44:bad_format"));
  EXPECT_THAT(broken(edited("report-new", "|44=6.2577|", "|44=6.2577|4711=x|")), ElementsAre("4711:tag_not_declared"));
  EXPECT_THAT(broken(edited("report-new", "|44=6.2577|", "|44=6.2577|262=x|")), ElementsAre("262:tag_not_in_message"));
  EXPECT_THAT(broken(edited("report-new", "|44=6.2577|", "|44=6.2577|44=6.2577|")), ElementsAre("44:tag_repeated"));
  EXPECT_THAT(broken(edited("report-new", "|35=8|", "|35=zz|")), ElementsAre("35:unknown_message_type"));
  EXPECT_THAT(broken(edited("report-fill-two-parties", "|453=2|", "|453=3|")), ElementsAre("453:group_count"));
  EXPECT_THAT(broken(edited("report-new", "|44=6.2577|", "|44=6.2577|57=x|")), ElementsAre("57:tag_out_of_order"));
  EXPECT_THAT(broken(edited("report-new", "8=FIXT.1.1|", "8=FIX.4.4|")), ElementsAre("8:wrong_version"));
}

TEST(Validation, SaysWhatAnEngineWouldAnswer) {
  const auto findings = marginfix::fix::validate(edited("report-new", "|44=6.2577|", "|44=6.2577|262=x|"), our_pair());
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(to_string(findings[0]), "ExecutionReport(8): MDReqID(262) is declared but not listed for this message [373=2]");
}

TEST(Validation, LooksInsideGroupsUnlessToldNotTo) {
  const std::string wire = edited("report-fill-two-parties", "|452=12|", "|452=777|");
  EXPECT_THAT(broken(wire), ElementsAre("452:value_not_listed"));
  ValidationOptions like_cpp;
  like_cpp.look_inside_groups = false;
  EXPECT_THAT(broken(wire, our_pair(), like_cpp), IsEmpty());
}

TEST(Validation, FollowsAllowUnknownMsgFieldsAndValidateUserDefinedFields) {
  ValidationOptions options;
  options.allow_unknown_message_fields = true;
  EXPECT_THAT(broken(edited("report-new", "|44=6.2577|", "|44=6.2577|262=x|"), our_pair(), options), IsEmpty());
  EXPECT_THAT(broken(edited("report-new", "|44=6.2577|", "|44=6.2577|9999=x|"), our_pair(), options), ElementsAre("9999:tag_not_declared"));
  EXPECT_THAT(broken(edited("report-new", "|39=0|", "|39=z|"), our_pair(), options), ElementsAre("39:value_not_listed"));
  options = {};
  options.validate_user_defined_fields = false;
  EXPECT_THAT(broken(edited("report-new", "|44=6.2577|", "|44=6.2577|9999=x|"), our_pair(), options), IsEmpty());
}

TEST(Validation, ChecksTheFrameFirst) {
  const std::string good = golden_named("report-new").wire;
  EXPECT_THAT(broken(good.substr(0, good.size() - 4) + "999\x01"), ElementsAre("10:malformed"));
  EXPECT_THAT(broken("no message at all"), ElementsAre("0:malformed"));
  EXPECT_THAT(broken(""), ElementsAre("0:malformed"));
}

TEST(Validation, NeverShowsASecret) {
  const auto findings = marginfix::fix::validate(edited("logon-nr", "|98=0|", "|98=0|96=hunter2|"), our_pair());
  for (const DictionaryFinding& finding : findings) EXPECT_THAT(to_string(finding) + finding.value, testing::Not(HasSubstr("hunter2")));
  EXPECT_THAT(findings, Contains(testing::Field(&DictionaryFinding::rule, DictionaryRule::tag_repeated)));
}

TEST(Validation, SurvivesEveryPrefixOfEveryGoldenMessage) {
  ValidationOptions loose;
  loose.check_frame = false;
  for (const Golden& golden : load_goldens())
    for (std::size_t size = 0; size < golden.wire.size(); size += 3)
      EXPECT_FALSE(broken(golden.wire.substr(0, size), our_pair(), loose).empty()) << golden.name << " cut at " << size;
}

}  // namespace
}  // namespace marginfix_tests
