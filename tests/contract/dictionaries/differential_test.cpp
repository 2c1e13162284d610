// Our validation beside QuickFIX's own: what QuickFIX refuses we list with the same tag and reason, and what QuickFIX C++ takes we take
// (looking as little into groups as it does).
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "contract/dictionaries/quickfix_probe.hpp"
#include "contract/dictionaries/support.hpp"

namespace marginfix_tests {
namespace {

using marginfix::fix::Dictionary;
using marginfix::fix::DictionaryFinding;
using marginfix::fix::DictionaryPair;
using marginfix::fix::DictionaryRule;
using marginfix::fix::ValidationOptions;

DictionaryRule rule_of(const std::string& exception) {
  static const std::map<std::string, DictionaryRule> rules{
      {"InvalidMessage", DictionaryRule::malformed},
      {"UnsupportedVersion", DictionaryRule::wrong_version},
      {"InvalidMessageType", DictionaryRule::unknown_message_type},
      {"RequiredTagMissing", DictionaryRule::required_missing},
      {"InvalidTagNumber", DictionaryRule::tag_not_declared},
      {"TagNotDefinedForMessage", DictionaryRule::tag_not_in_message},
      {"NoTagValue", DictionaryRule::empty_value},
      {"IncorrectTagValue", DictionaryRule::value_not_listed},
      {"IncorrectDataFormat", DictionaryRule::bad_format},
      {"TagOutOfOrder", DictionaryRule::tag_out_of_order},
      {"RepeatedTag", DictionaryRule::tag_repeated},
      {"RepeatingGroupCountMismatch", DictionaryRule::group_count},
  };
  return rules.at(exception);
}

class Comparison {
 public:
  Comparison(DictionaryPair pair, const QuickFixDictionaries& quickfix) : pair_(pair), quickfix_(quickfix) {}

  void check(const std::string& wire, const std::string& what) {
    ValidationOptions like_cpp;
    like_cpp.look_inside_groups = false;
    const auto findings = marginfix::fix::validate(wire, pair_, like_cpp);
    const QuickFixVerdict verdict = quickfix_.check(wire);
    ++messages;
    if (verdict.accepted) {
      EXPECT_TRUE(findings.empty()) << what << "\nonly we refuse: " << to_string(findings.front()) << "\n" << to_pipes(wire);
      return;
    }
    ++refused;
    const auto same = [&verdict](const DictionaryFinding& f) {
      return f.rule == rule_of(verdict.why) && (f.tag == verdict.tag || f.rule == DictionaryRule::malformed);
    };
    EXPECT_TRUE(std::ranges::any_of(findings, same))
        << what << "\nonly QuickFIX says: " << verdict.why << " tag " << verdict.tag << " " << verdict.text
        << "\nwe say: " << (findings.empty() ? "nothing" : to_string(findings.front())) << "\n"
        << to_pipes(wire);
  }

  int messages = 0;
  int refused = 0;

 private:
  DictionaryPair pair_;  // two references: the dictionaries live longer
  const QuickFixDictionaries& quickfix_;
};

std::vector<std::string> split(const std::string& pipes) {
  std::vector<std::string> fields;
  for (std::size_t at = 0; at < pipes.size();) {
    const std::size_t bar = pipes.find('|', at);
    fields.push_back(pipes.substr(at, bar - at));
    at = bar + 1;
  }
  return fields;
}

std::string join(const std::vector<std::string>& fields) {
  std::string pipes;
  for (const std::string& field : fields) pipes += field + "|";
  return reframed(pipes);
}

// QuickFIX 1.15.1 leaves these to the session (its validation looks for required='true' in the header), 1.16 checks them.
bool is_required_in_header(const std::string& tag) { return tag == "34" || tag == "49" || tag == "52" || tag == "56"; }

// Every message with each field after 8, 9, 35 (and before 10) left out, doubled, emptied, given a strange value, an unknown neighbour.
void mutate(const Golden& golden, Comparison& comparison) {
  const std::vector<std::string> fields = split(to_pipes(golden.wire));
  for (std::size_t i = 3; i + 1 < fields.size(); ++i) {
    const std::string tag = fields[i].substr(0, fields[i].find('='));
    if (tag == "95" || tag == "96") continue;  // a data field without its length is another message altogether
    const std::string what = golden.name + ", tag " + tag;
    auto changed = fields;
    if (!is_required_in_header(tag)) {
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
      comparison.check(join(changed), what + " left out");
    }
    changed = fields;
    changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), fields[i]);
    comparison.check(join(changed), what + " doubled");
    changed = fields;
    changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), "4711=x");
    comparison.check(join(changed), what + " after a tag nobody knows");
    for (const char* value : {"", "~", "-1", "7x", "1.5", "Y"}) {
      changed = fields;
      changed[i] = tag + "=" + value;
      comparison.check(join(changed), what + " set to '" + value + "'");
    }
  }
}

// A length of its own for LOCALMKTDATE and UTCDATEONLY, which QuickFIX C++ takes for any text; QuickFIX/J does not.
bool only_strict_engines_check(const Golden& golden) {
  return golden.wire.find(
             "\x01"
             "715=") != std::string::npos;
}

TEST(Differential, OurDictionariesJudgeMutatedMessagesAsQuickFixDoes) {
  const QuickFixDictionaries quickfix(spec_file("FIXT11-margin.xml"), spec_file("FIX50SP2-margin.xml"));
  Comparison comparison(our_pair(), quickfix);
  for (const Golden& golden : load_goldens())
    if (!only_strict_engines_check(golden)) mutate(golden, comparison);
  EXPECT_GT(comparison.messages, 10000);
  EXPECT_GT(comparison.refused, 5000);
}

TEST(Differential, ThePublishedDictionaryRefusesTheSameGoldenMessagesHereAndThere) {
  const std::string xml = read_file(published_path());
  if (xml.empty()) GTEST_SKIP() << "the published v1.03 is not beside the checkout (../shared/spec/official)";
  const QuickFixDictionaries quickfix(xml, xml);
  const Dictionary published = parsed(xml, "v1.03");
  Comparison comparison(as_pair(published), quickfix);
  for (const Golden& golden : load_goldens()) comparison.check(golden.wire, golden.name);
  EXPECT_GT(comparison.refused, 50) << "v1.03 refuses many documented messages";
}

TEST(Differential, AllowUnknownMsgFieldsDoesNotSaveAnUnlistedValue) {
  QuickFixDictionaries quickfix(spec_file("FIXT11-margin.xml"),
                                with(spec_file("FIX50SP2-margin.xml"), "      <value enum=\"5\" description=\"REPLACED\"/>\n", ""));
  quickfix.allow_unknown_message_fields(true);
  EXPECT_EQ(quickfix.check(golden_named("report-replaced-no-expiry").wire).why, "IncorrectTagValue");
  EXPECT_TRUE(quickfix.check(edited("report-new", "|44=6.2577|", "|44=6.2577|262=x|")).accepted);
}

TEST(Differential, ADictionaryWithoutTheGroupFlattensItSilently) {
  const std::string flat = with(spec_file("FIX50SP2-margin.xml"), "<component name=\"Parties\" required=\"N\"/>\n", "");
  const QuickFixDictionaries quickfix(spec_file("FIXT11-margin.xml"), flat);
  const QuickFixVerdict verdict = quickfix.check(edited("new-order-fcm", "|448=CUST-0042|452=24|", "|452=24|448=CUST-0042|"));
  EXPECT_NE(to_pipes(verdict.round_trip).find("|448=CUST-0042|452=24|453=1|"), std::string::npos) << to_pipes(verdict.round_trip);
}

}  // namespace
}  // namespace marginfix_tests
