// What the dictionaries of fix-spec/oms/ declare: which messages, and that no value list of an order's state is wider than its version's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "contract/oms_dictionaries/oms_support.hpp"

namespace marginfix_tests {
namespace {

using marginfix::fix::Dictionary;
using marginfix::fix::DictionaryMember;
using testing::ElementsAre;
using testing::IsEmpty;

// The listed values in file order, written together with blanks between; "any" without a list, "-" when the field is not declared.
std::string listed(const Dictionary& dictionary, std::int32_t tag) {
  const auto* field = dictionary.field(tag);
  if (field == nullptr) return "-";
  std::string out;
  for (const auto& each : field->values) out += (out.empty() ? "" : " ") + each.value;
  return out.empty() ? "any" : out;
}

std::vector<std::string> message_types(const Dictionary& dictionary) {
  std::vector<std::string> types;
  for (const auto& [type, message] : dictionary.messages()) types.push_back(type);
  return types;
}

TEST(OmsDictionaries, LoadInOurModelWithoutOddities) {
  for (const OmsVersion& version : oms_versions()) {
    const OmsDictionaries ours(version);
    for (const Dictionary* dictionary : {&ours.session, &ours.application})
      for (const auto& oddity : dictionary->oddities())
        if (!(version.prefix == "50-" && oddity.text.find("has no fields") != std::string::npos))  // header and trailer stand in FIXT11.xml
          ADD_FAILURE() << dictionary->source() << ": " << to_string(oddity);
  }
}

TEST(OmsDictionaries, AreOfTheVersionTheirNamesSay) {
  const auto& [fix42, fix44, fix50] = oms_versions();
  EXPECT_EQ(OmsDictionaries(fix42).application.version(), "FIX.4.2");
  EXPECT_EQ(OmsDictionaries(fix44).application.version(), "FIX.4.4");
  const OmsDictionaries newest(fix50);
  EXPECT_EQ(newest.session.version(), "FIXT.1.1");
  EXPECT_EQ(newest.application.version(), "FIX.5.0");
  EXPECT_EQ(newest.application.service_pack(), 2);
}

TEST(OmsDictionaries, DeclareWhatTheGatewaySpeaksAndNothingElse) {
  const auto& [fix42, fix44, fix50] = oms_versions();
  EXPECT_THAT(message_types(OmsDictionaries(fix42).application),
              ElementsAre("0", "1", "2", "3", "4", "5", "8", "9", "A", "D", "F", "G", "H", "V", "W", "X", "Y", "c", "d", "j"));
  EXPECT_THAT(message_types(OmsDictionaries(fix44).application),
              ElementsAre("0", "1", "2", "3", "4", "5", "8", "9", "A", "AF", "AN", "AO", "AP", "D", "F", "G", "H", "V", "W", "X", "Y", "j",
                          "q", "r", "x", "y"));
  const OmsDictionaries newest(fix50);
  EXPECT_THAT(message_types(newest.session), ElementsAre("0", "1", "2", "3", "4", "5", "A"));
  EXPECT_THAT(message_types(newest.application),
              ElementsAre("8", "9", "AF", "AN", "AO", "AP", "D", "F", "G", "H", "V", "W", "X", "Y", "j", "q", "r", "x", "y"));
}

TEST(OmsDictionaries, NeverWidenTheStatesOfAnOrderInFix42) {
  const OmsDictionaries ours(oms_versions()[0]);
  EXPECT_EQ(listed(ours.application, 20), "0 1 2 3");
  EXPECT_EQ(listed(ours.application, 39), "0 1 2 3 4 5 6 7 8 9 A B C D E");
  EXPECT_EQ(listed(ours.application, 150), "0 1 2 3 4 5 6 7 8 9 A B C D E");
  EXPECT_EQ(listed(ours.application, 40), "1 2 3 4 5 6 7 8 9 A B C D E F G H I P");
  EXPECT_EQ(listed(ours.application, 54), "1 2 3 4 5 6 7 8 9");
  EXPECT_EQ(listed(ours.application, 434), "1 2");
  EXPECT_EQ(listed(ours.application, 102), "0 1 2 3");
  EXPECT_EQ(listed(ours.application, 103), "0 1 2 3 4 5 6 7 8");
  EXPECT_EQ(listed(ours.application, 378), "0 1 2 3 4 5");
  EXPECT_EQ(listed(ours.application, 373), "0 1 2 3 4 5 6 7 8 9 10 11");
}

TEST(OmsDictionaries, NeverWidenTheStatesOfAnOrderInFix44) {
  const OmsDictionaries ours(oms_versions()[1]);
  EXPECT_EQ(listed(ours.application, 20), "-");
  EXPECT_EQ(listed(ours.application, 39), "0 1 2 3 4 6 7 8 9 A B C D E");
  EXPECT_EQ(listed(ours.application, 150), "0 3 4 5 6 7 8 9 A B C D E F G H I");
  EXPECT_EQ(listed(ours.application, 40), "1 2 3 4 6 7 8 9 D E G I J K L M P");
  EXPECT_EQ(listed(ours.application, 54), "1 2 3 4 5 6 7 8 9 A B C D E F G");
  EXPECT_EQ(listed(ours.application, 434), "1 2");
  EXPECT_EQ(listed(ours.application, 102), "0 1 2 3 4 5 6 99");
  EXPECT_EQ(listed(ours.application, 103), "0 1 2 3 4 5 6 7 8 9 10 11 13 14 15 99");
  EXPECT_EQ(listed(ours.application, 378), "0 1 2 3 4 5 6 7 8 9 10 99");
}

TEST(OmsDictionaries, NeverWidenTheStatesOfAnOrderInFix50Sp2) {
  const OmsDictionaries ours(oms_versions()[2]);
  EXPECT_EQ(listed(ours.application, 20), "-");
  EXPECT_EQ(listed(ours.application, 39), "0 1 2 3 4 5 6 7 8 9 A B C D E");
  EXPECT_EQ(listed(ours.application, 150), "0 3 4 5 6 7 8 9 A B C D E F G H I J K L");
  EXPECT_EQ(listed(ours.application, 40), "1 2 3 4 5 6 7 8 9 A B C D E F G H I J K L M P Q");
  EXPECT_EQ(listed(ours.application, 54), "1 2 3 4 5 6 7 8 9 A B C D E F G");
  EXPECT_EQ(listed(ours.application, 434), "1 2");
  EXPECT_EQ(listed(ours.application, 102), "0 1 2 3 4 5 6 7 8 18 99");
  EXPECT_EQ(listed(ours.application, 103), "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 18 99");
  EXPECT_EQ(listed(ours.application, 378), "0 1 2 3 4 5 6 7 8 9 10 11 99");
}

TEST(OmsDictionaries, CarryTheTwoTagsOfTheExchangeOnNewOrdersAlone) {
  for (const OmsVersion& version : oms_versions()) {
    const OmsDictionaries ours(version);
    EXPECT_EQ(listed(ours.application, 2964), "1 2") << version.prefix;
    EXPECT_EQ(listed(ours.application, 21006), "any") << version.prefix;
    std::set<std::string> holders;
    for (const auto& [type, message] : ours.application.messages())
      for (const std::int32_t tag : {2964, 21006})
        if (find_member(message.members, tag) != nullptr) holders.insert(type);
    EXPECT_THAT(holders, ElementsAre("D")) << version.prefix;
    for (const auto& [tag, field] : ours.application.fields())
      EXPECT_TRUE(tag < 2000 || tag == 2964 || tag == 21006) << tag << " " << field.name;
  }
}

TEST(OmsDictionaries, TakeTheSecondaryIdWhereTheVersionHasIt) {
  const auto& [fix42, fix44, fix50] = oms_versions();
  EXPECT_EQ(OmsDictionaries(fix42).application.field(526), nullptr);
  for (const OmsVersion& version : {fix44, fix50}) {
    const OmsDictionaries ours(version);
    for (const char* type : {"D", "G", "F", "H", "q", "8", "9", "r"})
      EXPECT_NE(find_member(ours.application.message(type)->members, 526), nullptr) << version.prefix << type;
  }
}

// Where QuickFIX's own 1.15.1 and 1.16, QuickFIX/J and quickfix-go agree about the order, a client with stock dictionaries reads it too.
TEST(OmsDictionaries, OrderGroupEntriesAsEveryStockDictionaryDoes) {
  for (const OmsVersion& version : oms_versions()) {
    const OmsDictionaries ours(version);
    const auto order = [&](const char* type, std::int32_t group, const std::set<std::int32_t>& of) {
      std::vector<std::int32_t> tags;
      for (const DictionaryMember& member : find_member(ours.application.message(type)->members, group)->members)
        if (of.contains(member.tag)) tags.push_back(member.tag);
      return tags;
    };
    EXPECT_THAT(order("W", 268, {269, 270, 271, 272, 273, 346, 290, 15}), ElementsAre(269, 270, 15, 271, 272, 273, 346, 290));
    EXPECT_THAT(order("X", 268, {269, 279, 55, 270, 271, 272, 273, 278, 346, 290}),
                ElementsAre(279, 269, 278, 55, 270, 271, 272, 273, 346, 290));
    if (version.prefix == "42-") continue;
    EXPECT_THAT(order("8", 453, {447, 448, 452}), ElementsAre(448, 447, 452));
    EXPECT_THAT(order("8", 136, {137, 138, 139, 891}), ElementsAre(137, 138, 139, 891));
    EXPECT_THAT(order("AP", 702, {703, 704, 705, 706}), ElementsAre(703, 704, 705, 706));
  }
}

}  // namespace
}  // namespace marginfix_tests
