#include "contract/openapi/schemas.hpp"

#include <algorithm>
#include <limits>

namespace marginfix::openapi {
namespace {

using json::FieldInfo;
using json::Kind;
using json::Limits;
using json::TypeInfo;

constexpr std::string_view kFourDecimals = R"(^[0-9]+(\.[0-9]{1,4})?$)";

// Units that plain strings may have.
const std::set<std::string_view> kDecimals = {"FixedPointDollars", "FixedPointCount", "decimal string"};

// The type behind optional and nullable.
struct Bare {
  const TypeInfo* type;
  bool nullable;
};
Bare bare(const TypeInfo& type) {
  Bare b{&type, false};
  while (b.type->kind == Kind::optional || b.type->kind == Kind::nullable) {
    b.nullable = b.nullable || b.type->kind == Kind::nullable;
    b.type = b.type->element;
  }
  return b;
}

// The files differ in how they begin a name: TickerPrice, tickerPrice.
bool same_name(std::string_view a, std::string_view b) {
  const auto small = [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return a.empty() || b.empty() ? a == b : small(a[0]) == small(b[0]) && a.substr(1) == b.substr(1);
}

bool fits_int32(const SchemaView& s) {
  if (s.format.empty() || s.format == "int32") return true;
  const auto most = s.bounds.find("maximum");
  return most != s.bounds.end() && most->second <= std::numeric_limits<std::int32_t>::max();
}

// Our scalars that may carry such a value.
std::vector<std::string_view> fitting(const SchemaView& s, std::string_view unit) {
  if (s.name == "FixedPointDollars" || s.name == "FixedPointCount") return {s.name};
  if (s.type == "string" && !s.words.empty()) return {"enumeration"};
  if (s.type == "string" && (s.format == "date-time" || s.format == "date")) return {s.format};
  if (s.type == "string" && s.serializer.ends_with("fixed_point_count")) return {"FixedPointCount"};
  if (s.type == "string" && s.serializer.ends_with("_dollars")) return {"FixedPointDollars"};
  if (s.type == "string" && kDecimals.contains(unit)) return {unit};
  if (s.type == "string") return {"string", "secret string"};
  if (s.type == "integer" && !unit.empty()) return {unit};
  if (s.type == "integer") return fits_int32(s) ? std::vector<std::string_view>{"int32", "int64"} : std::vector<std::string_view>{"int64"};
  if (s.type == "number") return {s.format};
  return {s.type};
}

std::string described(const SchemaView& s) {
  std::string out = s.name.empty() ? s.type : s.name;
  if (!s.format.empty()) out += ' ' + s.format;
  return out;
}

bool has_least(const Limits& l, std::int64_t minimum) {
  return l.least == minimum || (minimum == 1 && l.positive) || (minimum == 0 && l.non_negative);
}

bool has_bound(const Limits& l, std::string_view name, std::int64_t bound) {
  if (name == "minimum") return has_least(l, bound);
  if (name == "maximum") return l.most == bound;
  const bool least = name == "minLength" || name == "minItems";
  return (least ? l.min_length : l.max_length) == static_cast<std::size_t>(bound);
}

bool has_pattern(const FieldInfo& field, std::string_view pattern) {
  const Limits& l = field.limits;
  if (bare(*field.type).type->name == "FixedPointDollars") return pattern == kFourDecimals && l.max_decimals == 4 && l.non_negative;
  return l.pattern != nullptr && l.pattern_text == pattern;
}

}  // namespace

void Schemas::met(const SchemaView& theirs) { met_.insert(theirs.parts.begin(), theirs.parts.end()); }
void Schemas::touch(const SchemaView& theirs) { touched_.insert(theirs.parts.begin(), theirs.parts.end()); }

bool Schemas::known(std::string_view component) const {
  const auto names = file_.schema_names();
  return std::ranges::find(names, component) != names.end();
}

std::string_view Schemas::unit_of(std::string_view place) const {
  for (const Unit& u : ours_.units)
    if (place.ends_with(u.name_ends)) return u.type;
  return {};
}

void Schemas::receive(const TypeInfo& mine) {
  if (!known(mine.name)) {
    note(mine.name, "gone upstream", "a schema");
    return;
  }
  receive(file_.component(std::string(mine.name)), mine);
}

void Schemas::object(const SchemaView& theirs, const TypeInfo& mine, Way way) {
  met(theirs);
  if (!done_.emplace(&mine, way).second) return;
  const std::string place(mine.name);
  if (!theirs.name.empty() && !same_name(theirs.name, mine.name)) {
    note(place, "type", "the file calls it " + theirs.name);
    return;
  }
  if (theirs.type != "object") note(place, "type", "the file has a " + theirs.type + ", we an object");
  for (const auto& [name, schema] : theirs.properties) {
    const auto found = std::ranges::find_if(mine.fields, [&](const FieldInfo& f) { return f.name == name; });
    if (found == mine.fields.end()) {
      note(place + '.' + name, "added upstream", described(file_.view(schema)));
      continue;
    }
    ++out_.properties;
    field(place + '.' + name, theirs.required.contains(name), file_.view(schema), *found, way);
  }
  for (const FieldInfo& f : mine.fields) {
    const bool there = std::ranges::any_of(theirs.properties, [&](const auto& p) { return p.first == f.name; });
    if (!there) note(place + '.' + std::string(f.name), "gone upstream", "a property");
  }
  if (way == Way::in && mine.kind == Kind::object && mine.unknown == nullptr) note(place, "unknown members", "are not kept");
}

void Schemas::send_field(const std::string& place, bool required, const SchemaView& theirs, const FieldInfo& mine) {
  field(place, required, theirs, mine, Way::out);
}

void Schemas::field(const std::string& place, bool required, const SchemaView& theirs, const FieldInfo& mine, Way way) {
  if (required != mine.required) {
    note(place, "required", required ? "the file requires it, we do not" : "we require it, the file does not");
  }
  const Bare b = bare(*mine.type);
  const bool list = b.type->kind == Kind::array || b.type->kind == Kind::map;  // null is read as empty
  if (theirs.nullable && !b.nullable && way == Way::in && !list) note(place, "nullable", "may be null, we do not tell");
  if (!theirs.nullable && b.nullable) note(place, "nullable", "is never null by the file, we say it may be");
  type(place, theirs, *b.type, way);
  if (way == Way::out) ranges(place, theirs, mine);
}

void Schemas::type(const std::string& place, const SchemaView& theirs, const TypeInfo& mine, Way way) {
  met(theirs);
  const auto differ = [&] { note(place, "type", "the file has " + described(theirs) + ", we have " + std::string(mine.name)); };
  switch (mine.kind) {
    case Kind::array: {
      if (theirs.type != "array" || !theirs.items) return differ();
      const SchemaView item = file_.view(*theirs.items);
      for (const auto& [name, bound] : item.bounds) {  // no table of ours holds those
        if (way == Way::out) note(place + "[]", "range", "of the items: " + name + ' ' + std::to_string(bound));
      }
      return type(place + "[]", item, *bare(*mine.element).type, way);
    }
    case Kind::map:
      if (theirs.type != "object" || !theirs.values) return differ();
      return type(place + "{}", file_.view(*theirs.values), *bare(*mine.element).type, way);
    case Kind::tuple:
      return tuple(place, theirs, mine);
    case Kind::object:
      // The name of a schema that is written in place is ours to choose.
      if (theirs.type != "object" || (!theirs.name.empty() && !same_name(theirs.name, mine.name))) return differ();
      return object(theirs, mine, way);
    case Kind::any:
      if (theirs.type != "object" || !theirs.free_form) differ();
      return;
    default:
      return scalar(place, theirs, mine);
  }
}

void Schemas::tuple(const std::string& place, const SchemaView& theirs, const TypeInfo& mine) {
  const auto n = static_cast<std::int64_t>(mine.fields.size());
  const auto bound = [&](const char* name) { return theirs.bounds.contains(name) && theirs.bounds.at(name) == n; };
  const bool strings = std::ranges::all_of(mine.fields, [](const FieldInfo& f) { return f.type->kind == Kind::string; });
  const bool good = theirs.type == "array" && theirs.items && file_.view(*theirs.items).type == "string" && strings && bound("minItems") &&
                    bound("maxItems") && same_name(theirs.name, mine.name);
  if (!good) note(place, "type", "the file has " + described(theirs) + ", we have a tuple of " + std::to_string(n));
}

void Schemas::scalar(const std::string& place, const SchemaView& theirs, const TypeInfo& mine) {
  const auto fit = fitting(theirs, unit_of(place));
  if (std::ranges::find(fit, mine.name) == fit.end()) {
    note(place, "type", "the file has " + described(theirs) + ", we have " + std::string(mine.name));
    return;
  }
  words(place, theirs, mine);
}

void Schemas::words(const std::string& place, const SchemaView& theirs, const TypeInfo& mine) {
  std::vector<std::string> ours;
  for (std::size_t i = 0; mine.word_count != nullptr && i < mine.word_count(); ++i) ours.emplace_back(mine.word(i));
  for (const WordSet& set : ours_.words)
    if (set.place == place) ours = set.words;
  for (const std::string& word : theirs.words) {
    if (std::ranges::find(ours, word) == ours.end()) note(place, "words", "added upstream: \"" + word + '"');
  }
  for (const std::string& word : ours) {
    if (std::ranges::find(theirs.words, word) == theirs.words.end()) note(place, "words", "gone upstream: \"" + word + '"');
  }
}

void Schemas::ranges(const std::string& place, const SchemaView& theirs, const FieldInfo& mine) {
  for (const auto& [name, bound] : theirs.bounds) {
    if (!has_bound(mine.limits, name, bound)) note(place, "range", "the file says " + name + ' ' + std::to_string(bound) + ", we do not");
  }
  if (!theirs.pattern.empty() && !has_pattern(mine, theirs.pattern)) note(place, "form", "the file says " + theirs.pattern);
  if (theirs.format == "uuid" && mine.limits.pattern_text != "a UUID") note(place, "form", "the file says uuid");
}

void Schemas::finish() {
  for (const std::string& name : file_.schema_names()) {
    if (met_.contains(name)) {
      ++out_.schemas;
    } else {
      note(name, "added upstream", touched_.contains(name) ? "the body of an error that nothing of ours reads" : "a schema");
    }
  }
}

}  // namespace marginfix::openapi
