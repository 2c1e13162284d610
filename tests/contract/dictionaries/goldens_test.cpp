// Every golden message goes through QuickFIX with our two dictionaries: validation at its defaults, and a round trip of the bytes.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "contract/dictionaries/quickfix_probe.hpp"
#include "contract/dictionaries/support.hpp"

namespace marginfix_tests {
namespace {

std::string msg_type(const std::string& wire) {
  const std::size_t at = wire.find(
                             "\x01"
                             "35=") +
                         4;
  return wire.substr(at, wire.find('\x01', at) - at);
}

const QuickFixDictionaries& ours() {
  static const QuickFixDictionaries dictionaries(spec_file("FIXT11-margin.xml"), spec_file("FIX50SP2-margin.xml"));
  return dictionaries;
}

TEST(GoldenMessages, HaveRightBodyLengthAndCheckSum) {
  for (const Golden& golden : load_goldens()) {
    std::string open = golden.wire;
    const std::size_t nine = open.find(
                                 "\x01"
                                 "9=") +
                             3;
    open.replace(nine, open.find('\x01', nine) - nine, "?");
    open.replace(open.rfind("\x01"
                            "10=") +
                     4,
                 3, "?");
    EXPECT_EQ(to_pipes(golden_wire(to_pipes(open))), to_pipes(golden.wire)) << golden.name;
  }
}

TEST(GoldenMessages, PassQuickFixValidationAtItsDefaults) {
  for (const Golden& golden : load_goldens()) {
    const QuickFixVerdict verdict = ours().check(golden.wire);
    EXPECT_TRUE(verdict.accepted) << golden.name << ": " << verdict.why << " tag " << verdict.tag << ": " << verdict.text << "\n"
                                  << to_pipes(golden.wire);
  }
}

TEST(GoldenMessages, SurviveTheQuickFixRoundTripByteForByte) {
  for (const Golden& golden : load_goldens())
    EXPECT_EQ(to_pipes(ours().check(golden.wire).round_trip), to_pipes(golden.wire)) << golden.name;
}

TEST(GoldenMessages, CoverEveryMessageOfBothDictionariesInEachDirection) {
  std::map<std::string, std::set<std::string>> seen;
  std::set<std::string> names;
  for (const Golden& golden : load_goldens()) {
    EXPECT_TRUE(names.insert(golden.name).second) << golden.name << " stands twice";
    EXPECT_TRUE(golden.direction == "client" || golden.direction == "exchange") << golden.name;
    seen[golden.direction].insert(msg_type(golden.wire));
  }
  EXPECT_EQ(seen["client"], (std::set<std::string>{"0", "1", "2", "5", "A", "D", "F", "G", "U1", "UOG", "V", "e", "q"}));
  EXPECT_EQ(seen["exchange"],
            (std::set<std::string>{"0", "1", "2", "3", "4", "5", "8", "9", "A", "U2", "U3", "UOH", "W", "X", "Y", "f", "j", "r"}));
}

}  // namespace
}  // namespace marginfix_tests
