// The promises: a dictionary or an Error that names source and reason; all that is listed is declared; its own tables agree with its
// look-ups; any message can be judged and printed by it; lint_dictionary ends.
#include "fuzz/dictionary_target.hpp"

#include <string_view>

#include "fuzz/promise.hpp"
#include "golden/golden.hpp"
#include "marginfix/fix/dictionary.hpp"
#include "marginfix/fix/lint.hpp"
#include "marginfix/fix/printer.hpp"

namespace marginfix_tests {
namespace {

using namespace marginfix;

void walk(const fix::Dictionary& dictionary, const std::vector<fix::DictionaryMember>& members) {
  for (const auto& member : members) {
    promise(dictionary.field(member.tag) != nullptr, "what is listed is declared");
    promise(fix::find_member(members, member.tag) != nullptr, "what is listed is found");
    promise(member.is_group || member.members.empty(), "only groups have members");
    walk(dictionary, member.members);
  }
}

void judge(const fix::Dictionary& dictionary) {
  for (const auto& [tag, field] : dictionary.fields()) {
    promise(tag == field.tag && dictionary.field(tag) == &field, "a field is found by its number");
    promise(dictionary.field(field.name) == &field, "and by its name");
    for (const auto& value : field.values) promise(field.find_value(value.value) != nullptr, "a listed value is found");
  }
  walk(dictionary, dictionary.header());
  walk(dictionary, dictionary.trailer());
  for (const auto& [type, message] : dictionary.messages()) {
    promise(type == message.msg_type && dictionary.message(type) == &message, "a message is found by its type");
    walk(dictionary, message.members);
  }
  for (const auto& oddity : dictionary.oddities()) promise(!to_string(oddity).empty(), "an oddity has words");
  const auto pair = fix::as_pair(dictionary);
  for (const auto& finding : fix::lint_dictionary(pair)) promise(!to_string(finding).empty(), "a finding has words");
  static const auto goldens = load_goldens();
  for (const auto& golden : goldens) {
    for (const auto& finding : fix::validate(golden.wire, pair)) promise(!to_string(finding).empty(), "a refusal has words");
    (void)fix::print_block(golden.wire, &pair);
    (void)fix::to_json(golden.wire, &pair);
  }
}

}  // namespace

int fuzz_dictionary(const std::uint8_t* data, std::size_t size) {
  std::string xml(size, '\0');
  for (std::size_t i = 0; i < size; ++i) xml[i] = static_cast<char>(data[i]);
  const auto dictionary = fix::Dictionary::parse(xml, "stranger.xml");
  if (!dictionary) {
    promise(dictionary.error().category == ErrorCategory::config, "a dictionary that cannot be used is an error of configuration");
    promise(dictionary.error().message.find("stranger.xml") != std::string::npos, "the error names the file");
    promise(dictionary.error().message.size() > std::string_view("stranger.xml: ").size(), "and the reason");
    return 0;
  }
  judge(*dictionary);
  return 1;
}

std::vector<std::string> dictionary_seeds() {
  const std::string head = R"(<fix type="FIX" major="4" minor="4" servicepack="0">)";
  const std::string fields =
      R"(<fields><field number="8" name="BeginString" type="STRING"/><field number="9" name="BodyLength" type="LENGTH"/>)"
      R"(<field number="35" name="MsgType" type="STRING"><value enum="D" description="ORDER"/><value enum="8" description="REPORT"/></field>)"
      R"(<field number="10" name="CheckSum" type="STRING"/><field number="11" name="ClOrdID" type="STRING"/>)"
      R"(<field number="453" name="NoPartyIDs" type="NUMINGROUP"/><field number="448" name="PartyID" type="STRING"/>)"
      R"(<field number="18" name="ExecInst" type="MULTIPLEVALUESTRING"><value enum="1" description="A"/><value enum="G" description="B"/></field>)"
      R"(<field number="95" name="RawDataLength" type="LENGTH"/><field number="96" name="RawData" type="DATA"/></fields></fix>)";
  const std::string frame =
      R"(<header><field name="BeginString" required="Y"/><field name="BodyLength" required="Y"/><field name="MsgType" required="Y"/></header>)"
      R"(<trailer><field name="CheckSum" required="Y"/></trailer>)";
  const std::string order = R"(<messages><message name="NewOrderSingle" msgtype="D" msgcat="app"><field name="ClOrdID" required="Y"/>)";
  return {
      head + frame + order + "</message></messages><components/>" + fields,
      head + "<header/><trailer/>" + order + "</message></messages><components/>" + fields,
      head + frame + order +
          R"(<component name="Parties" required="N"/></message></messages><components><component name="Parties">)"
          R"(<group name="NoPartyIDs" required="N"><field name="PartyID" required="N"/></group></component></components>)" +
          fields,
      head + frame + order + R"(<group name="NoPartyIDs" required="N"><field name="PartyID" required="N"/>)" +
          R"(<component name="Raw" required="N"/></group></message></messages><components><component name="Raw">)" +
          R"(<field name="RawDataLength" required="N"/><field name="RawData" required="N"/></component></components>)" + fields,
      "<?xml version=\"1.0\"?><!-- a comment -->" + head + frame + order +
          R"(<field name="ExecInst" required="N"/><field name="NoPartyIDs" required="N"/></message></messages>)" + fields,
      R"(<fix type='FIXT' major='1' minor='1'><header><field name='BeginString' required='Y'/></header><messages><message name='Heartbeat' msgtype='0' msgcat='admin'/></messages><trailer/>)"
      R"(<components/><fields><field number='8' name='BeginString' type='STRING'/></fields></fix>)",
  };
}

}  // namespace marginfix_tests
