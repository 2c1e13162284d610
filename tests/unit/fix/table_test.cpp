// The message tables against the dictionaries of fix-spec/, and their run-time view.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "marginfix/fix/dictionary.hpp"
#include "unit/fix/codec_samples.hpp"

namespace marginfix::fix {
namespace {

struct Dictionaries {
  Dictionary session = Dictionary::parse(embedded_session_dictionary(), "session").value();
  Dictionary application = Dictionary::parse(embedded_application_dictionary(), "application").value();
};
const Dictionaries& dictionaries() {
  static const Dictionaries both;
  return both;
}

// Types that mean the same bytes to the codec: we hold them in one C++ type, the dictionary may use the other name.
bool same_type(FieldType ours, std::string_view theirs) {
  const auto name = to_string(ours);
  if (name == theirs) return true;
  const std::pair<std::string_view, std::string_view> kinds[] = {{"MULTIPLEVALUESTRING", "MULTIPLECHARVALUE"},
                                                                 {"CHAR", "STRING"},
                                                                 {"INT", "STRING"},
                                                                 {"STRING", "EXCHANGE"},
                                                                 {"INT", "SEQNUM"},
                                                                 {"STRING", "CURRENCY"}};
  return std::ranges::any_of(kinds, [&](const auto& pair) { return pair.first == name && pair.second == theirs; });
}

void compare(const std::string& where, std::span<const FieldInfo> ours, const std::vector<DictionaryMember>& theirs,
             const Dictionary& dictionary) {
  for (const FieldInfo& field : ours) {
    SCOPED_TRACE(where + " " + field_label(field.tag));
    const auto* member = find_member(theirs, field.tag);
    ASSERT_NE(member, nullptr) << "not listed in the dictionary";
    const auto* definition = dictionary.field(field.tag);
    ASSERT_NE(definition, nullptr);
    EXPECT_EQ(definition->name, field.name);
    EXPECT_TRUE(same_type(field.type, definition->type)) << to_string(field.type) << " here, " << definition->type << " there";
    if (member->required) {
      EXPECT_EQ(field.presence, Presence::required) << "required there";
    }
    EXPECT_EQ(member->is_group, !field.children.empty());
    if (!definition->values.empty() && !field.values.empty()) {
      // The dictionaries also carry FIX's own further values, so that an engine refuses nothing; ours must be among them.
      for (const auto& value : field.values) EXPECT_NE(definition->find_value(value.wire), nullptr) << value.wire;
    }
    if (!member->is_group) continue;
    compare(where + "/" + std::string(field.name), field.children, member->members, dictionary);
    EXPECT_EQ(member->members.front().tag, field.children.front().tag) << "another delimiter";
  }
  // Optional fields the dictionaries tolerate beyond the documented ones stay in `unknown`; a required one must have its member.
  for (const auto& member : theirs) {
    const bool here = std::ranges::any_of(ours, [&](const FieldInfo& field) { return field.tag == member.tag; });
    const bool frame = member.tag == 8 || member.tag == 9;
    EXPECT_TRUE(here || frame || !member.required) << where << ": " << field_label(member.tag) << " is required by the dictionary only";
  }
}

TEST(MessageTables, SayWhatTheDictionariesSay) {
  std::size_t compared = 0;
  for (const MessageInfo& info : all_messages()) {
    const Dictionary& dictionary = info.admin ? dictionaries().session : dictionaries().application;
    const auto* message = dictionary.message(info.msg_type);
    ASSERT_NE(message, nullptr) << info.name;
    EXPECT_EQ(message->name, info.name);
    EXPECT_EQ(message->category, info.admin ? "admin" : "app");
    compare(std::string(info.name), info.fields, message->members, dictionary);
    ++compared;
  }
  EXPECT_EQ(compared, dictionaries().session.messages().size() + dictionaries().application.messages().size());
  compare("header", header_fields(), dictionaries().session.header(), dictionaries().session);
}

TEST(MessageTables, AreWellFormed) {
  for (const MessageInfo& info : all_messages()) {
    std::set<std::int32_t> tags;
    for (const FieldInfo& field : header_fields()) tags.insert(field.tag);
    std::int32_t last = 0;
    for (const FieldInfo& field : info.fields) {
      EXPECT_TRUE(tags.insert(field.tag).second) << info.name << " has " << field_label(field.tag) << " twice";
      EXPECT_GT(field.tag, last) << info.name << ": we write in ascending order";
      last = field.tag;
      for (const FieldInfo& child : field.children) tags.insert(child.tag);
    }
    EXPECT_LE(info.fields.size(), 64U) << "seen fields are bits of one word";
    EXPECT_EQ(find_message_info(info.msg_type), &info);
  }
  EXPECT_EQ(find_message_info("ZZ"), nullptr);
}

TEST(MessageTables, NameFields) {
  EXPECT_EQ(field_label(44), "Price(44)");
  EXPECT_EQ(field_label(8), "BeginString(8)");
  EXPECT_EQ(field_label(1704), "CollateralAmountChange(1704)");
  EXPECT_EQ(field_label(4711), "Tag(4711)");
}

TEST(Printer, NamesFieldsEnumsAndGroups) {
  const std::string wire = marginfix_tests::message("X", "268=2|279=0|55=S|269=2|270=1.0000|271=2.00|2446=1|279=2|55=T|269=0|9999=q|");
  EXPECT_EQ(message_name(wire), "MarketDataIncrementalRefresh");
  EXPECT_EQ(
      print_line(wire),
      "MarketDataIncrementalRefresh MsgSeqNum=7|SenderCompID=KalshiNR|SendingTime=20261001-14:30:00.150|TargetCompID=key|NoMDEntries=2|"
      "#1 MDUpdateAction=New|Symbol=S|MDEntryType=Trade|MDEntryPx=1.0000|MDEntrySize=2.00|AggressorSide=Buy|"
      "#2 MDUpdateAction=Delete|Symbol=T|MDEntryType=Bid|9999=q");
  const std::string block = print_block(wire);
  EXPECT_NE(block.find("MarketDataIncrementalRefresh (35=X)\n"), std::string::npos);
  EXPECT_NE(block.find("      1. MDUpdateAction(279)"), std::string::npos) << block;
  EXPECT_NE(block.find("(not documented here)"), std::string::npos);
  EXPECT_NE(to_json(wire).find(R"("entries":[[{"tag":279,"name":"MDUpdateAction","value":"0","value_name":"New"},)"), std::string::npos)
      << to_json(wire);
}

TEST(Printer, NamesTheFieldsOfEntriesThatCameInTheSummerOf2026) {
  const std::string wire = marginfix_tests::message(
      "X",
      "268=2|279=1|55=S|269=0|270=1.0000|271=2.00|272=20261001|273=14:30:00.120|11=mine|79=3|279=0|55=S|269=2|270=1.0000|271=2.00|"
      "272=20261001|273=14:30:00.120|2446=1|828=1|1003=t-1|");
  EXPECT_NE(print_line(wire).find("|MDEntryDate=20261001|MDEntryTime=14:30:00.120|ClOrdID=mine|AllocAccount=3|#2 "), std::string::npos)
      << print_line(wire);
  EXPECT_NE(print_line(wire).find("|AggressorSide=Buy|TrdType=BlockTrade|TradeID=t-1"), std::string::npos) << print_line(wire);
  EXPECT_EQ(print_block(wire).find("(not documented here)"), std::string::npos) << print_block(wire);
}

TEST(Printer, JsonOfEveryGoldenHasBalancedBracketsAndNoSeparators) {
  for (const auto& golden : marginfix_tests::load_goldens()) {
    const std::string json = to_json(golden.wire);
    EXPECT_EQ(std::ranges::count(json, '['), std::ranges::count(json, ']')) << json;
    EXPECT_EQ(std::ranges::count(json, '{'), std::ranges::count(json, '}')) << json;
    EXPECT_EQ(json.find('\x01'), std::string::npos);
    EXPECT_EQ(json.find("}{"), std::string::npos) << json;
    EXPECT_EQ(json.find("]["), std::string::npos) << json;
  }
}

TEST(Printer, RedactsSignaturesAndPasswordsEverywhere) {
  const std::string wire = marginfix_tests::message("A", "98=0|108=30|95=9|96=a|SECRETb|554=SECRET|1401=8|1402=|SECRETc|1137=9|");
  for (const std::string& text : {to_pipe_form(wire), print_line(wire), print_block(wire), to_json(wire)}) {
    EXPECT_EQ(text.find("SECRET"), std::string::npos) << text;
    EXPECT_NE(text.find("***"), std::string::npos);
  }
  std::string broken = wire;
  broken[broken.size() - 2] ^= 1;
  Logon logon;
  Findings findings;
  const auto refused = decode(broken, logon, findings);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().context.find("SECRET"), std::string::npos) << refused.error().context;
  EXPECT_EQ(refused.error().context.size(), broken.size()) << "offsets stay right";
  for (const std::int32_t tag : {96, 554, 925, 1402, 1404}) {
    Finding finding;
    finding.kind = FindingKind::unlisted_value;
    finding.tag = tag;
    finding.value = "SECRET";
    EXPECT_EQ(describe(finding).find("SECRET"), std::string::npos) << tag;
  }
}

TEST(Printer, PipeFormGoesBothWays) {
  const std::string wire = marginfix_tests::message("0", "112=x|");
  EXPECT_EQ(from_pipe_form(to_pipe_form(wire)), wire);
  EXPECT_EQ(to_pipe_form("no fix at all"), "no fix at all");
  EXPECT_EQ(to_pipe_form("58=a|b\\\n\x01"), "58=a\\x7cb\\x5c\\x0a|");
  EXPECT_EQ(from_pipe_form("58=a\\x7cb\\x5c\\x0a|"), "58=a|b\\\n\x01");
  EXPECT_EQ(from_pipe_form("58=ends with \\x01"), "58=ends with \x01\x01");
  std::string split = marginfix_tests::message("0", "112=x|58=a_b|");
  split[split.find('_')] = '|';
  EXPECT_TRUE(print_line(split).ends_with("|TestReqID=x|Text=a\\x7cb")) << print_line(split);
  EXPECT_EQ(print_line(""), "35=");
}

}  // namespace
}  // namespace marginfix::fix
