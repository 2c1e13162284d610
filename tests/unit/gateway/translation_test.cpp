// The tables of docs/gateway.md: of each field of each message there is a text, what is said of versions is what the dictionaries of
// fix-spec/oms say, and the document has them as they are now.
#include "services/gateway/oms/translation_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "marginfix/fix/dictionary.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/oms/reasons.hpp"
#include "services/gateway/orders/terms.hpp"

namespace marginfix::gateway {
namespace {

using ::testing::HasSubstr;
using MessageTag = std::pair<std::string, std::int32_t>;

void collect_tags(std::string_view msg_type, std::span<const fix::FieldInfo> fields, std::multiset<MessageTag>& tags) {
  for (const fix::FieldInfo& field : fields) {
    tags.emplace(msg_type, field.tag);
    collect_tags(msg_type, field.children, tags);
  }
}

TEST(GatewayTranslation, EveryFieldOfEveryTableHasItsTextAndNoTextIsWithoutAField) {
  std::multiset<MessageTag> in_tables, in_texts;
  for (const TranslatedMessage& message : translated_messages()) collect_tags(message.info->msg_type, message.info->fields, in_tables);
  for (const TranslatedField& field : translated_fields()) {
    in_texts.emplace(field.msg_type, field.tag);
    EXPECT_FALSE(field.becomes.empty()) << field.msg_type << " " << field.tag;
    EXPECT_EQ(field.becomes.find('|'), std::string_view::npos) << "it stands in a Markdown table: " << field.becomes;
  }
  EXPECT_EQ(in_tables, in_texts);
}

TEST(GatewayTranslation, EachMessageStandsOnce) {
  std::set<std::string_view> seen;
  for (const TranslatedMessage& message : translated_messages()) EXPECT_TRUE(seen.insert(message.info->msg_type).second);
  EXPECT_EQ(seen.size(), 21U) << "a new message of the gateway's belongs into the table, too";
}

// Where a field may stand in the message, group entries looked into.
bool lists(const std::vector<fix::DictionaryMember>& members, std::int32_t tag) {
  for (const fix::DictionaryMember& member : members) {
    if (member.tag == tag || lists(member.members, tag)) return true;
  }
  return false;
}

TEST(GatewayTranslation, VersionsAreThoseOfTheDictionaries) {
  const std::map<FixVersion, std::string> files{
      {FixVersion::fix42, "FIX42.xml"}, {FixVersion::fix44, "FIX44.xml"}, {FixVersion::fix50sp2, "FIX50SP2.xml"}};
  for (const auto& [version, file] : files) {
    const auto dictionary = fix::Dictionary::load(std::string(MARGINFIX_SOURCE_DIR "/fix-spec/oms/") + file);
    ASSERT_TRUE(dictionary) << dictionary.error().message;
    for (const TranslatedMessage& message : translated_messages()) {
      const fix::DictionaryMessage* declared = dictionary->message(message.info->msg_type);
      EXPECT_EQ(has(message.versions, version), declared != nullptr) << file << " " << message.info->msg_type;
      if (declared == nullptr) continue;
      for (const TranslatedField& field : translated_fields()) {
        if (field.msg_type != message.info->msg_type) continue;
        EXPECT_EQ(has(field.versions, version), lists(declared->members, field.tag)) << file << " " << field.msg_type << " " << field.tag;
      }
    }
  }
}

TEST(GatewayTranslation, TablesHaveEachWordAndField) {
  const std::string reasons = reason_table(), unsupported = unsupported_table();
  for (const TextReason& each : text_reasons()) EXPECT_THAT(reasons, HasSubstr("| `" + std::string(each.text) + "` |"));
  for (const UnsupportedField& each : unsupported_fields())
    EXPECT_THAT(unsupported, HasSubstr("| " + std::to_string(each.tag) + " | " + std::string(each.name) + " |"));
  EXPECT_THAT(unsupported, HasSubstr("| 854 | QtyType | `0`, `1` |"));
  EXPECT_THAT(message_tables(true), HasSubstr("| 11 | ClOrdID | yes | all |"));
  EXPECT_THAT(message_tables(false), HasSubstr("| ↳ 137 | MiscFeeAmt | yes | 4.4, 5.0 |"));
}

// ---- docs/gateway.md --------------------------------------------------------------------------------------------------------
constexpr const char* kGuide = MARGINFIX_SOURCE_DIR "/docs/gateway.md";

std::map<std::string, std::string> generated_parts() {
  return {{"configuration", gateway_configuration_reference()},
          {"from the client", message_tables(true)},
          {"to the client", message_tables(false)},
          {"reasons", reason_table()},
          {"unsupported", unsupported_table()}};
}

// The document with what stands between "<!-- generated: NAME -->" and "<!-- end -->" made anew; `seen`: the names it has.
std::string made_anew(const std::string& text, std::multiset<std::string>& seen) {
  const std::string begin = "<!-- generated: ", close = " -->\n", end = "<!-- end -->";
  const auto parts = generated_parts();
  std::string out;
  std::size_t at = 0;
  for (std::size_t mark = text.find(begin); mark != std::string::npos; mark = text.find(begin, at)) {
    const std::size_t behind = text.find(close, mark) + close.size(), stop = text.find(end, behind);
    const std::string name = text.substr(mark + begin.size(), behind - close.size() - mark - begin.size());
    if (stop == std::string::npos) break;
    seen.insert(name);
    const auto part = parts.find(name);
    EXPECT_NE(part, parts.end()) << name;
    std::string made = part == parts.end() ? std::string() : part->second;
    while (made.ends_with("\n\n")) made.pop_back();
    out += text.substr(at, behind - at) + made;
    at = stop;
  }
  return out + text.substr(at);
}

TEST(GatewayGuide, ItsGeneratedPartsAreTheTables) {
  std::ifstream in(kGuide);
  ASSERT_TRUE(in) << kGuide;
  std::ostringstream text;
  text << in.rdbuf();
  std::multiset<std::string> seen;
  const std::string anew = made_anew(text.str(), seen);
  EXPECT_EQ(seen, (std::multiset<std::string>{"configuration", "from the client", "reasons", "to the client", "unsupported"}));
  if (const char* path = std::getenv("MARGINFIX_RECORD")) std::ofstream(path) << anew;
  EXPECT_TRUE(anew == text.str())
      << "the tables of docs/gateway.md are not those of the code: MARGINFIX_RECORD=docs/gateway.md writes them anew";
}

}  // namespace
}  // namespace marginfix::gateway
