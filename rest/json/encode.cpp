// Values to JSON, checks of what we send, and single values from and to plain text.
#include <charconv>

#include "marginfix/core/text.hpp"
#include "marginfix/json/binding.hpp"

namespace marginfix::json {
namespace {

// The member behind optional and nullable; null when absent or null.
struct Present {
  const TypeInfo* type;
  const void* value;
};
Present look(const TypeInfo& type, const void* value) {
  Present p{&type, value};
  while (p.value != nullptr && p.type->peek != nullptr) p = {p.type->element, p.type->peek(p.value)};
  return p;
}

bool is_null(const TypeInfo& type, const void* value) { return type.is_null != nullptr && type.is_null(value); }

void encode_fields(const TypeInfo& type, const void* value, Writer& writer) {
  for (const FieldInfo& field : type.fields) {
    const void* member = field.at(const_cast<void*>(value));  // at() only makes an address
    if (look(*field.type, member).value == nullptr && !is_null(*field.type, member)) continue;
    if (!field.required && field.type->kind == Kind::array && field.type->size(member) == 0) continue;
    writer.key(field.name);
    encode(*field.type, member, writer);
  }
}

Error rule(std::string_view where, const FieldInfo& field, std::string_view text) {
  std::string name(where);
  if (!name.empty()) name += '.';
  return fail(ErrorCategory::codec, name + std::string(field.name) + ": " + std::string(text));
}

int decimals_of(std::string_view digits) {
  const auto point = digits.find('.');
  if (point == std::string_view::npos) return 0;
  const auto last = digits.find_last_not_of('0');
  return last <= point ? 0 : static_cast<int>(last - point);
}

// Numbers that travel as JSON strings.
bool is_decimal_text(const TypeInfo& type) {
  return type.name == "FixedPointDollars" || type.name == "FixedPointCount" || type.name == "decimal string";
}

Result<void> check_number(std::string_view where, const FieldInfo& field, std::string_view digits) {
  const Limits& l = field.limits;
  const bool zero = digits.find_first_of("123456789") == std::string_view::npos;
  if (l.positive && (zero || digits.starts_with('-'))) return rule(where, field, "must be greater than 0");
  if (l.non_negative && digits.starts_with('-') && !zero) return rule(where, field, "must not be negative");
  if (l.max_decimals >= 0 && decimals_of(digits) > l.max_decimals) {
    return rule(where, field, "at most " + std::to_string(l.max_decimals) + " decimals");
  }
  std::int64_t value{};
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (parsed.ptr != digits.data() + digits.size()) return {};  // a decimal: least and most are for integers
  if (value < l.least || value > l.most) {
    const bool open = l.most == std::numeric_limits<std::int64_t>::max();
    return rule(
        where, field,
        open ? "must be at least " + std::to_string(l.least) : "must be from " + std::to_string(l.least) + " to " + std::to_string(l.most));
  }
  return {};
}

// Null when every character may be there.
const char* character_fault(Characters rule, std::string_view text) {
  if (rule == Characters::identifier) return identifier_fault(text);
  if (rule == Characters::text) return text_fault(text);
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (const char* fault = text_fault(line)) return fault;
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return nullptr;
}

Result<void> check_characters(std::string_view where, const FieldInfo& field, std::string_view text) {
  if (const char* fault = character_fault(field.limits.characters, text)) return rule(where, field, fault);
  return {};
}

Result<void> check_text(std::string_view where, const FieldInfo& field, std::string_view text) {
  const Limits& l = field.limits;
  if (auto good = check_characters(where, field, text); !good) return good;
  if (text.size() < l.min_length) return rule(where, field, "at least " + std::to_string(l.min_length) + " characters");
  if (text.size() > l.max_length) return rule(where, field, "at most " + std::to_string(l.max_length) + " characters");
  if (l.pattern != nullptr && !l.pattern(text)) return rule(where, field, "must match " + std::string(l.pattern_text));
  return {};
}

Result<void> check_list(std::string_view where, const FieldInfo& field, const Present& list) {
  const std::size_t n = list.type->size(list.value);
  const Limits& l = field.limits;
  if (n < l.min_length || n > l.max_length) {
    return rule(where, field, "must have " + std::to_string(l.min_length) + " to " + std::to_string(l.max_length) + " items");
  }
  const TypeInfo& element = *list.type->element;
  if (element.kind == Kind::string && element.known == nullptr) {
    for (std::size_t i = 0; i < n; ++i) {
      if (auto good = check_characters(where, field, element.write(list.type->item(list.value, i))); !good) return good;
    }
  }
  if (element.fields.empty()) return {};
  for (std::size_t i = 0; i < n; ++i) {
    const std::string inner = std::string(field.name) + '[' + std::to_string(i) + ']';
    if (auto good = check_limits(element, list.type->item(list.value, i), inner); !good) return good;
  }
  return {};
}

std::string words_of(const TypeInfo& type) {
  std::string out;
  for (std::size_t i = 0; i < type.word_count(); ++i) out += (i == 0 ? "" : ", ") + std::string(type.word(i));
  return out;
}

Result<void> check_field(std::string_view where, const FieldInfo& field, const void* member) {
  const Present p = look(*field.type, member);
  if (p.value == nullptr) return {};
  if (p.type->kind == Kind::array) return check_list(where, field, p);
  if (p.type->kind == Kind::object) return check_limits(*p.type, p.value, field.name);
  if (p.type->write == nullptr) return {};
  const std::string text = p.type->write(p.value);
  if (p.type->known != nullptr) {
    if (p.type->known(p.value)) return {};
    return rule(where, field,
                text.empty() && field.required ? "is required: one of " + words_of(*p.type) : "must be one of " + words_of(*p.type));
  }
  if (p.type->kind == Kind::number || is_decimal_text(*p.type)) {
    if (auto good = check_number(where, field, text); !good) return good;
    return p.type->kind == Kind::string ? check_text(where, field, text) : Result<void>{};
  }
  if (field.required && text.empty() && p.type->kind == Kind::string && field.presence == Presence::required) {
    return rule(where, field, "is required");
  }
  return check_text(where, field, text);
}

}  // namespace

void encode(const TypeInfo& type, const void* value, Writer& writer) {
  const Present p = look(type, value);
  if (p.value == nullptr) {
    writer.null();
    return;
  }
  switch (p.type->kind) {
    case Kind::object:
      writer.begin_object();
      encode_fields(*p.type, p.value, writer);
      writer.end_object();
      return;
    case Kind::tuple:
      writer.begin_array();
      for (const FieldInfo& field : p.type->fields) encode(*field.type, field.at(const_cast<void*>(p.value)), writer);
      writer.end_array();
      return;
    case Kind::array:
      writer.begin_array();
      for (std::size_t i = 0; i < p.type->size(p.value); ++i) encode(*p.type->element, p.type->item(p.value, i), writer);
      writer.end_array();
      return;
    case Kind::map: {
      struct Context {
        const TypeInfo* element;
        Writer* writer;
      } context{p.type->element, &writer};
      writer.begin_object();
      p.type->visit(
          p.value,
          [](void* c, std::string_view key, const void* element) {
            auto& into = *static_cast<Context*>(c);
            into.writer->key(key);
            encode(*into.element, element, *into.writer);
          },
          &context);
      writer.end_object();
      return;
    }
    case Kind::string:
      writer.string(p.type->write(p.value));
      return;
    default:
      writer.raw(p.type->write(p.value));
  }
}

Result<void> check_limits(const TypeInfo& type, const void* object, std::string_view where) {
  for (const FieldInfo& field : type.fields) {
    if (auto good = check_field(where, field, field.at(const_cast<void*>(object))); !good) return good;
  }
  return {};
}

Result<void> read_text(const TypeInfo& type, void* value, std::string_view text) {
  if (type.emplace != nullptr) {
    if (text == "null" && type.is_null != nullptr) {
      type.set_null(value);
      return {};
    }
    return read_text(*type.element, type.emplace(value), text);
  }
  if (type.kind == Kind::array && type.element->read != nullptr && !text.starts_with('[')) {
    type.clear(value);
    while (true) {
      const auto comma = text.find(',');
      if (auto good = read_text(*type.element, type.append(value), text.substr(0, comma)); !good) return good;
      if (comma == std::string_view::npos) return {};
      text.remove_prefix(comma + 1);
    }
  }
  if (type.read == nullptr || type.kind == Kind::any) {
    const auto read = decode(type, value, text);
    if (read) return {};
    return fail(ErrorCategory::codec, read.error().message);
  }
  if (type.read(value, text)) return {};
  return fail(ErrorCategory::codec, "wants a " + std::string(type.name) + ", not \"" + redact(text) + '"');
}

std::optional<std::string> write_text(const TypeInfo& type, const void* value) {
  const Present p = look(type, value);
  if (p.value == nullptr) return std::nullopt;
  if (p.type->kind == Kind::array) {
    std::string out;
    for (std::size_t i = 0; i < p.type->size(p.value); ++i) {
      out += (i == 0 ? "" : ",") + write_text(*p.type->element, p.type->item(p.value, i)).value_or("");
    }
    return out;
  }
  if (p.type->write != nullptr) return p.type->write(p.value);
  std::string out;
  Writer writer(out);
  encode(*p.type, p.value, writer);
  return out;
}

}  // namespace marginfix::json
