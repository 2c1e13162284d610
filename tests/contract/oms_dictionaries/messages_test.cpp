// What clients and the gateway say to each other, through the dictionaries of fix-spec/oms/: QuickFIX at its defaults and our own model
// take every good message and refuse every bad one for the reason and the tag that the golden table names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "contract/oms_dictionaries/oms_support.hpp"

namespace marginfix_tests {
namespace {

using marginfix::fix::DictionaryFinding;
using marginfix::fix::DictionaryRule;

std::string msg_type_of(const std::string& wire) {
  const std::string pipes = to_pipes(wire);
  const std::size_t at = pipes.find("|35=") + 4;
  return pipes.substr(at, pipes.find('|', at) - at);
}

TEST(OmsGoldens, HaveRightBodyLengthAndCheckSumAndNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const OmsVersion& version : oms_versions())
    for (const auto& [golden, why, tag] : oms_goldens(version)) {
      EXPECT_EQ(to_pipes(reframed(to_pipes(golden.wire))), to_pipes(golden.wire)) << golden.name;
      EXPECT_TRUE(names.insert(golden.name).second) << golden.name << " stands twice";
      EXPECT_TRUE(golden.direction == "client" || golden.direction == "gateway") << golden.name;
    }
}

TEST(OmsMessages, PassOrFailQuickFixAtItsDefaultsAsTheTableSays) {
  for (const OmsVersion& version : oms_versions()) {
    const QuickFixDictionaries engine(version.session_xml(), version.application_xml());
    for (const auto& [golden, why, tag] : oms_goldens(version)) {
      const QuickFixVerdict verdict = engine.check(golden.wire);
      EXPECT_EQ(verdict.why, why) << golden.name << ": " << verdict.text << "\n" << to_pipes(golden.wire);
      EXPECT_EQ(verdict.tag, tag) << golden.name << ": " << verdict.text;
      EXPECT_EQ(verdict.accepted, why.empty()) << golden.name;
    }
  }
}

TEST(OmsMessages, SurviveTheQuickFixRoundTripByteForByte) {
  for (const OmsVersion& version : oms_versions()) {
    const QuickFixDictionaries engine(version.session_xml(), version.application_xml());
    for (const auto& [golden, why, tag] : oms_goldens(version))
      if (why.empty()) {
        EXPECT_EQ(to_pipes(engine.check(golden.wire).round_trip), to_pipes(golden.wire)) << golden.name;
      }
  }
}

DictionaryRule rule_of(const std::string& quickfix_word) {
  static const std::map<std::string, DictionaryRule> rules{
      {"RequiredTagMissing", DictionaryRule::required_missing},
      {"IncorrectTagValue", DictionaryRule::value_not_listed},
      {"IncorrectDataFormat", DictionaryRule::bad_format},
      {"NoTagValue", DictionaryRule::empty_value},
      {"InvalidTagNumber", DictionaryRule::tag_not_declared},
      {"TagNotDefinedForMessage", DictionaryRule::tag_not_in_message},
      {"RepeatedTag", DictionaryRule::tag_repeated},
      {"InvalidMessageType", DictionaryRule::unknown_message_type},
      {"RepeatingGroupCountMismatch", DictionaryRule::group_count},
  };
  return rules.at(quickfix_word);
}

TEST(OmsMessages, PassOrFailOurOwnModelLikewiseInsideGroupsToo) {
  for (const OmsVersion& version : oms_versions()) {
    const OmsDictionaries ours(version);
    for (const auto& [golden, why, tag] : oms_goldens(version)) {
      const std::vector<DictionaryFinding> findings = marginfix::fix::validate(golden.wire, ours.pair());
      EXPECT_EQ(findings.empty(), why.empty()) << golden.name << ": " << (findings.empty() ? "" : to_string(findings.front()));
      if (findings.empty() || why.empty()) continue;
      EXPECT_EQ(findings.front().rule, rule_of(why)) << golden.name << ": " << to_string(findings.front());
      EXPECT_EQ(findings.front().tag, tag) << golden.name;
    }
  }
}

// The types that a sender of the version uses in good messages.
std::set<std::string> spoken(const OmsVersion& version, const std::string& sender) {
  std::set<std::string> types;
  for (const auto& [golden, why, tag] : oms_goldens(version))
    if (why.empty() && golden.direction == sender) types.insert(msg_type_of(golden.wire));
  return types;
}

TEST(OmsMessages, AreShownOfEveryTypeInItsDirection) {
  using Types = std::set<std::string>;
  const auto& [fix42, fix44, fix50] = oms_versions();
  EXPECT_EQ(spoken(fix42, "client"), (Types{"0", "1", "2", "3", "4", "5", "A", "D", "F", "G", "H", "V", "c", "j"}));
  EXPECT_EQ(spoken(fix42, "gateway"), (Types{"0", "1", "2", "3", "4", "5", "8", "9", "A", "W", "X", "Y", "d", "j"}));
  for (const OmsVersion& version : {fix44, fix50}) {
    EXPECT_EQ(spoken(version, "client"), (Types{"0", "1", "2", "3", "4", "5", "A", "AF", "AN", "D", "F", "G", "H", "V", "j", "q", "x"}));
    EXPECT_EQ(spoken(version, "gateway"), (Types{"0", "1", "2", "3", "4", "5", "8", "9", "A", "AO", "AP", "W", "X", "Y", "j", "r", "y"}));
  }
}

// A golden with one edit through QuickFIX: "" when accepted, else its reason.
std::string quickfix_says(const OmsVersion& version, const std::string& name, const std::string& what, const std::string& instead) {
  const QuickFixDictionaries engine(version.session_xml(), version.application_xml());
  return engine.check(reframed(with(oms_pipes(version, name), what, instead))).why;
}

TEST(OmsMessages, TakeTextWithASeparatorInsideByItsLength) {
  for (const OmsVersion& version : oms_versions())
    EXPECT_EQ(quickfix_says(version, "order-encoded-text", "|355=ok!!|", "|355=a|7b|"), "") << version.prefix;
}

TEST(OmsMessages, TakeSeveralInstructionsInOneField) {
  for (const OmsVersion& version : oms_versions())
    EXPECT_EQ(quickfix_says(version, "order-post-only", "|18=6|", "|18=6 E|"), "") << version.prefix;
}

TEST(OmsMessages, AreRefusedForAValueInsideAGroupByAnEngineThatLooksThere) {
  for (const OmsVersion& version : oms_versions()) {
    if (version.prefix == "42-") continue;  // has no parties
    const OmsDictionaries ours(version);
    const std::string strange = with(oms_pipes(version, "order-parties"), "|452=24|", "|452=999|");
    const std::vector<DictionaryFinding> findings = marginfix::fix::validate(reframed(strange), ours.pair());
    ASSERT_EQ(findings.size(), 1U) << version.prefix;
    EXPECT_EQ(to_string(findings.front().rule), "value_not_listed");
    EXPECT_EQ(findings.front().tag, 452);
  }
}

}  // namespace
}  // namespace marginfix_tests
