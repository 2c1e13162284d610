// Reads a QuickFIX data dictionary. What no engine could load is an error; what some engine trips over is kept as an oddity.
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <utility>

#include "marginfix/fix/dictionary.hpp"
#include "src/fix/xml_depth.hpp"

namespace marginfix::fix {

namespace {

using Tree = boost::property_tree::ptree;

// What QuickFIX 1.15.1, 1.16, QuickFIX/J and quickfix-go all know (upper case, as in the files).
constexpr std::array<std::string_view, 28> kTypes{"STRING",
                                                  "CHAR",
                                                  "PRICE",
                                                  "INT",
                                                  "AMT",
                                                  "QTY",
                                                  "CURRENCY",
                                                  "MULTIPLEVALUESTRING",
                                                  "MULTIPLESTRINGVALUE",
                                                  "MULTIPLECHARVALUE",
                                                  "EXCHANGE",
                                                  "UTCTIMESTAMP",
                                                  "BOOLEAN",
                                                  "LOCALMKTDATE",
                                                  "DATA",
                                                  "FLOAT",
                                                  "PRICEOFFSET",
                                                  "MONTHYEAR",
                                                  "DAYOFMONTH",
                                                  "UTCDATE",
                                                  "UTCDATEONLY",
                                                  "UTCTIMEONLY",
                                                  "NUMINGROUP",
                                                  "PERCENTAGE",
                                                  "SEQNUM",
                                                  "LENGTH",
                                                  "COUNTRY",
                                                  "TIME"};

std::string attribute(const Tree& node, const char* name) { return node.get<std::string>(std::string("<xmlattr>.") + name, ""); }

bool is_markup(const std::string& name) { return name == "<xmlattr>" || name == "<xmlcomment>" || name == "<xmltext>"; }

// What no dictionary of an engine comes near; the recursions below end at them.
constexpr std::size_t kMaxElementDepth = 100;
constexpr std::size_t kMaxComponentDepth = 64;
constexpr std::size_t kMaxListed = 5'000;        // members of one message or group
constexpr std::size_t kMaxWrittenOut = 200'000;  // members of all of them, components written out
constexpr std::size_t kMaxOddities = 1'000;

}  // namespace

// Fills a Dictionary; failures travel as marginfix::Exception to parse().
class DictionaryLoader {
 public:
  explicit DictionaryLoader(std::string source) { dictionary_.source_ = std::move(source); }

  Dictionary load(std::string_view xml) {
    const Tree root = read(xml);
    const Tree* fix = nullptr;
    if (const auto at = root.find("fix"); at != root.not_found()) fix = &at->second;
    if (fix == nullptr) give_up("there is no <fix> element at the root: this is not a QuickFIX data dictionary");
    index_components(*fix);
    head(*fix);
    fields(*fix);
    if (dictionary_.is_transport()) {
      dictionary_.header_ = parts(*fix, "header");
      dictionary_.trailer_ = parts(*fix, "trailer");
    }
    messages(*fix);
    mixed_layers();
    return std::move(dictionary_);
  }

 private:
  // Where a member list stands, for texts.
  struct Place {
    std::string msg_type;
    std::string name;
    bool in_group{false};
  };

  [[noreturn]] void give_up(std::string_view reason) const {
    throw Exception(fail(ErrorCategory::config, fmt::format("data dictionary {}: {}", dictionary_.source_, reason)));
  }

  Tree read(std::string_view xml) const {
    if (const std::size_t line = detail::line_nested_deeper_than(xml, kMaxElementDepth); line != 0)
      give_up(fmt::format("line {}: elements are nested more than {} deep", line, kMaxElementDepth));
    std::istringstream stream{std::string(xml)};
    Tree root;
    try {
      boost::property_tree::read_xml(stream, root, boost::property_tree::xml_parser::no_comments);
    } catch (const boost::property_tree::xml_parser_error& e) {
      give_up(fmt::format("not well-formed XML, line {}: {}", e.line(), e.message()));
    }
    return root;
  }

  static const Tree* section(const Tree& fix, const char* name) {
    const auto at = fix.find(name);
    return at == fix.not_found() ? nullptr : &at->second;
  }

  void head(const Tree& fix) {
    const std::string type = attribute(fix, "type");
    const std::string major = attribute(fix, "major");
    const std::string minor = attribute(fix, "minor");
    if (!type.empty() && type != "FIX" && type != "FIXT") give_up(fmt::format("<fix type='{}'> must be FIX or FIXT", type));
    if (major.empty() || minor.empty()) give_up("<fix> needs major and minor");
    if (!type.empty()) dictionary_.type_ = type;
    dictionary_.version_ = fmt::format("{}.{}.{}", dictionary_.type_, major, minor);
    dictionary_.service_pack_ = number(attribute(fix, "servicepack"));
  }

  static std::int32_t number(std::string_view text) {
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? value : 0;
  }

  void fields(const Tree& fix) {
    const Tree* all = section(fix, "fields");
    if (all == nullptr || all->empty()) give_up("there is no <fields> section, or nothing in it");
    for (const auto& [element, node] : *all)
      if (element == "field") add_field(node);
  }

  void add_field(const Tree& node) {
    DictionaryField field;
    field.name = attribute(node, "name");
    field.type = attribute(node, "type");
    field.tag = number(attribute(node, "number"));
    if (field.name.empty()) give_up("a <field> in <fields> has no name");
    if (field.tag <= 0) give_up(fmt::format("field {} has no tag number", field.name));
    if (field.type.empty()) give_up(fmt::format("field {}({}) has no type", field.name, field.tag));
    if (dictionary_.names_.contains(field.name)) give_up(fmt::format("field {} is declared twice", field.name));
    if (dictionary_.fields_.contains(field.tag)) give_up(fmt::format("tag {} is declared twice", field.tag));
    if (std::ranges::find(kTypes, field.type) == kTypes.end()) unknown_type(field);
    for (const auto& [element, value] : node)
      if (element == "value") add_value(field, value);
    dictionary_.names_.emplace(field.name, field.tag);
    dictionary_.fields_.emplace(field.tag, std::move(field));
  }

  void unknown_type(const DictionaryField& field) {
    odd({}, field.tag,
        fmt::format("{}({}) has the type {}, which no engine knows: QuickFIX C++ and QuickFIX/J leave its text unchecked, quickfix-go "
                    "crashes on it",
                    field.name, field.tag, field.type));
  }

  void add_value(DictionaryField& field, const Tree& node) {
    DictionaryValue value{attribute(node, "enum"), attribute(node, "description")};
    if (value.value.empty()) give_up(fmt::format("a <value> of field {}({}) has no enum", field.name, field.tag));
    if (field.find_value(value.value) != nullptr) {
      odd({}, field.tag, fmt::format("{}({}) lists the value {} twice", field.name, field.tag, value.value));
      return;
    }
    if (field.type == "CHAR" && value.value.size() > 1)
      odd({}, field.tag,
          fmt::format("{}({}) is a CHAR and lists '{}': its format check refuses that value", field.name, field.tag, value.value));
    field.values.push_back(std::move(value));
  }

  std::vector<DictionaryMember> parts(const Tree& fix, const char* name) {
    const Tree* node = section(fix, name);
    if (node == nullptr) give_up(fmt::format("a FIXT dictionary needs a <{}>", name));
    std::vector<DictionaryMember> members;
    add_members(*node, members, Place{"", name, false}, true);
    if (members.empty()) odd(Place{"", name, false}, 0, "has no fields: the standard ones are taken, in their usual form");
    return members;
  }

  void messages(const Tree& fix) {
    const Tree* all = section(fix, "messages");
    if (all == nullptr || all->empty()) give_up("there is no <messages> section, or nothing in it");
    for (const auto& [element, node] : *all)
      if (element == "message") add_message(node);
  }

  void add_message(const Tree& node) {
    DictionaryMessage message{attribute(node, "msgtype"), attribute(node, "name"), attribute(node, "msgcat"), {}};
    if (message.msg_type.empty()) give_up(fmt::format("message {} has no msgtype", message.name));
    const Place place{message.msg_type, message.name, false};
    auto [at, fresh] = dictionary_.messages_.try_emplace(message.msg_type, std::move(message));
    if (!fresh) odd(place, 0, "is defined twice: engines put the two together");
    add_members(node, at->second.members, place, true);
  }

  const DictionaryField& declared(const Tree& node, const Place& place) const {
    const std::string name = attribute(node, "name");
    if (const DictionaryField* field = dictionary_.field(std::string_view(name)); field != nullptr) return *field;
    give_up(fmt::format("field '{}' in {} is not declared in <fields>", name, place.name));
  }

  // `effective`: whether a required='Y' below here means anything (QuickFIX forgets it inside optional components and groups).
  void add_members(const Tree& node, std::vector<DictionaryMember>& out, const Place& place, bool effective) {
    for (const auto& [element, child] : node) {
      if (++written_out_ > kMaxWrittenOut)
        give_up(fmt::format("its messages have more than {} members when components are written out", kMaxWrittenOut));
      if (element == "field")
        add_plain(child, out, place, effective);
      else if (element == "group")
        add_group(child, out, place, effective);
      else if (element == "component")
        add_component(child, out, place, effective);
      else if (!is_markup(element))
        odd(place, 0, fmt::format("has an element <{}>, which no engine looks at", element));
    }
  }

  bool required(const Tree& node, const Place& place, std::int32_t tag, std::string_view name) {
    const std::string text = attribute(node, "required");
    if (!text.empty() && text != "Y" && text != "N" && text != "y" && text != "n")
      odd(place, tag, fmt::format("{}({}) has required='{}', which is neither Y nor N: engines take it for N", name, tag, text));
    return text == "Y" || text == "y";
  }

  void add_member(std::vector<DictionaryMember>& out, DictionaryMember member, const Place& place, std::string_view name) {
    if (out.size() >= kMaxListed) give_up(fmt::format("{} lists more than {} members", place.name, kMaxListed));
    if (find_member(out, member.tag) != nullptr) odd(place, member.tag, fmt::format("lists {}({}) twice", name, member.tag));
    out.push_back(std::move(member));
  }

  void add_plain(const Tree& node, std::vector<DictionaryMember>& out, const Place& place, bool effective) {
    const DictionaryField& field = declared(node, place);
    const bool is_required = required(node, place, field.tag, field.name) && effective;
    if (field.type == "NUMINGROUP")
      odd(place, field.tag,
          fmt::format("{}({}) is the counter of a repeating group but listed as a plain field: entries are flattened and "
                      "sorted, or refused as repeated tags",
                      field.name, field.tag));
    add_member(out, DictionaryMember{field.tag, is_required, false, {}}, place, field.name);
  }

  void add_group(const Tree& node, std::vector<DictionaryMember>& out, const Place& place, bool effective) {
    const DictionaryField& field = declared(node, place);
    const bool is_required = required(node, place, field.tag, field.name);
    DictionaryMember group{field.tag, is_required && effective, true, {}};
    add_members(node, group.members, Place{place.msg_type, place.name, true}, is_required);
    if (group.members.empty()) {
      odd(place, field.tag, fmt::format("group {}({}) has no fields", field.name, field.tag));
      group.is_group = false;
    }
    add_member(out, std::move(group), place, field.name);
  }

  void add_component(const Tree& node, std::vector<DictionaryMember>& out, const Place& place, bool effective) {
    const std::string name = attribute(node, "name");
    if (std::ranges::find(path_, name) != path_.end()) give_up(fmt::format("component {} contains itself: {} > {}", name, path(), name));
    if (path_.size() >= kMaxComponentDepth) give_up(fmt::format("components are nested more than {} deep: {}", kMaxComponentDepth, path()));
    const Tree* component = find_component(name);
    if (component == nullptr) give_up(fmt::format("component '{}' in {} is not defined", name, place.name));
    const bool is_required = required(node, place, 0, name) && effective && !place.in_group;
    path_.push_back(name);
    add_members(*component, out, place, is_required);
    path_.pop_back();
  }

  // The components we are in, outermost first; the middle of a long way is left out.
  std::string path() const {
    std::string text;
    for (std::size_t i = 0; i < path_.size(); ++i) {
      if (i == 3 && path_.size() > 7) {
        text += " > ...";
        i = path_.size() - 3;
      }
      text += (text.empty() ? "" : " > ") + path_[i];
    }
    return text;
  }

  const Tree* find_component(const std::string& name) const {
    const auto at = components_.find(name);
    return at == components_.end() ? nullptr : at->second;
  }

  void index_components(const Tree& fix) {
    const Tree* all = section(fix, "components");
    if (all == nullptr) return;
    for (const auto& [element, node] : *all)
      if (element == "component") components_.emplace(attribute(node, "name"), &node);
  }

  void mixed_layers() {
    if (!dictionary_.is_transport()) return;
    const auto is_app = [](const auto& entry) { return entry.second.category == "app"; };
    const auto count = std::ranges::count_if(dictionary_.messages_, is_app);
    if (count == 0) return;
    odd({}, 0,
        fmt::format("this is a FIXT file with {} application messages beside the session messages: FIXT.1.1 wants two files, "
                    "TransportDataDictionary and AppDataDictionary; give it as both",
                    count));
  }

  void odd(const Place& place, std::int32_t tag, std::string text) {
    if (dictionary_.oddities_.size() >= kMaxOddities) return;
    if (dictionary_.oddities_.size() == kMaxOddities - 1) text += " (and more: they are not listed)";
    DictionaryFinding finding;
    finding.rule = DictionaryRule::oddity;
    finding.msg_type = place.msg_type;
    if (!place.msg_type.empty()) finding.message_name = place.name;
    finding.tag = tag;
    if (const DictionaryField* field = dictionary_.field(tag); field != nullptr) finding.field_name = field->name;
    finding.text = place.msg_type.empty() && !place.name.empty() ? fmt::format("{}: {}", place.name, text) : std::move(text);
    dictionary_.oddities_.push_back(std::move(finding));
  }

  Dictionary dictionary_;
  std::map<std::string, const Tree*> components_;
  std::vector<std::string> path_;  // components within components
  std::size_t written_out_{0};
};

Result<Dictionary> Dictionary::parse(std::string_view xml, std::string source) {
  try {
    return DictionaryLoader(std::move(source)).load(xml);
  } catch (const Exception& e) {
    return e.error();
  }
}

Result<Dictionary> Dictionary::load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCategory::config, fmt::format("data dictionary {}: cannot be opened", path));
  const std::string xml{std::istreambuf_iterator<char>(file), {}};
  return parse(xml, path);
}

}  // namespace marginfix::fix
