// The encoder's message-independent parts: header, frame, refusals, and the Writer of single fields.
#include "marginfix/fix/writer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "marginfix/fix/detail/encode_impl.hpp"

namespace marginfix::fix {
namespace detail {

namespace {

std::string refusal_text(const EncodeContext& c) {
  if (c.refusal == kTooLong) return fmt::format("is longer than {} characters", c.limit);
  if (c.refusal == kTooManyDecimals) return fmt::format("has more than {} decimals, FIX carries at most {}", c.limit, c.limit);
  if (c.refusal == kWrongLength) return fmt::format("must be the length of {}", field_label(data_tag_of(c.tag)));
  return c.refusal;
}

}  // namespace

Error refused(const EncodeContext& c, std::string_view name, std::string_view message) {
  const std::string label = name.empty() ? field_label(c.tag) : fmt::format("{}({})", name, c.tag);
  Error error = fail(ErrorCategory::codec, fmt::format("{} {}", label, refusal_text(c)), std::string(message));
  error.tag = c.tag;
  return error;
}

const char* check_text(std::string_view text, const FieldRules& rules, TextRule rule) noexcept {
  if (text.empty()) return "is empty";
  if (rules.max_length != 0 && text.size() > rules.max_length) return kTooLong;
  return rule == TextRule::identifier ? identifier_fault(text) : text_fault(text);
}

namespace {

// coefficient x 10^-decimals with all its decimals, 0 <= decimals <= 18.
char* put_plain_number(char* out, std::int64_t coefficient, int decimals) noexcept {
  char digits[24];
  std::uint64_t magnitude = static_cast<std::uint64_t>(coefficient);
  if (coefficient < 0) {
    *out++ = '-';
    magnitude = std::uint64_t{0} - magnitude;
  }
  const char* const end = put_unsigned(digits, magnitude);
  const int size = static_cast<int>(end - digits);
  const int whole = size > decimals ? size - decimals : 0;
  if (whole == 0)
    *out++ = '0';
  else
    out = put_text(out, {digits, static_cast<std::size_t>(whole)});
  if (decimals == 0) return out;
  *out++ = '.';
  for (int zeros = decimals - size; zeros > 0; --zeros) *out++ = '0';
  return put_text(out, {digits + whole, static_cast<std::size_t>(size - whole)});
}

}  // namespace

char* put_multiplier(EncodeContext& c, TagKey key, const MultiplierDecimal& value) {
  if (value.is_plain() && value.exponent() <= 0 && value.exponent() >= -18) {
    char* p = put_plain_number(put_key(c.out.reserve(kLongestNumber), key), value.coefficient(), -value.exponent());
    *p++ = kSoh;
    return p;
  }
  const std::string text = value.to_string();
  char* p = put_text(put_key(c.out.reserve(text.size() + 16), key), text);
  *p++ = kSoh;
  return p;
}

bool append_unknown(EncodeContext& c, std::int32_t group, std::size_t entry) {
  for (const RawField& field : *c.unknown) {
    if (field.group != group || static_cast<std::size_t>(field.entry) != entry) continue;
    const bool reserved = field.tag == 8 || field.tag == 9 || field.tag == 10 || c.is_header_tag(field.tag);
    if (field.tag <= 0 || field.tag > 9'999'999 || reserved) return c.refuse(field.tag, "cannot be an additional field");
    if (c.is_table_tag(field.tag)) return c.refuse(field.tag, "is a field of this message: set its member");
    if (const char* why = check_text(field.value, {}, TextRule::text)) return c.refuse(field.tag, why);
    Writer(c.out).field(field.tag, field.value);
    ++c.appended;
  }
  return true;
}

bool all_appended(EncodeContext& c) noexcept {
  if (c.appended == c.unknown->size()) return true;
  for (const RawField& field : *c.unknown) {
    if (field.entry != 0 || field.group != 0) return c.refuse(field.tag, "belongs to an entry that is not there");
  }
  return true;
}

template bool put_header<Header>(EncodeContext&, const Header&, std::string_view);

FrameStart open_frame(Buffer& out, std::string_view begin_string) {
  const std::size_t at = out.size();
  char* p = put_text(out.reserve(begin_string.size() + 16), "8=");
  p = put_text(p, begin_string);
  *p++ = kSoh;
  p = put_text(p, "9=000\x01");
  out.commit(p);
  return {at, out.size() - at};
}

void close_frame(Buffer& out, FrameStart start) {
  const std::size_t body = start.at + start.prefix_size;
  const std::size_t length = out.size() - body;
  if (length >= 100 && length <= 999) {
    std::to_chars(out.data() + body - 4, out.data() + body - 1, length);
  } else {
    char digits[24];
    char* end = std::to_chars(digits, digits + sizeof digits - 1, length).ptr;
    *end++ = kSoh;
    const auto width = static_cast<std::size_t>(end - digits);
    out.reserve(width);
    char* prefix_end = out.data() + body - 4;
    std::memmove(prefix_end + width, out.data() + body, length);
    std::memcpy(prefix_end, digits, width);
    out.commit(prefix_end + width + length);
  }
  char* p = out.reserve(kTrailerSize);
  out.commit(put_checksum(p, byte_sum(out.data() + start.at, out.size() - start.at)));
}

}  // namespace detail

void frame_message(std::string_view begin_string, std::string_view fields, Buffer& out) {
  const auto frame = detail::open_frame(out, begin_string);
  out.append(fields);
  detail::close_frame(out, frame);
}

Writer& Writer::field(std::int32_t tag, std::string_view value) {
  char* p = detail::put_integer(out_.reserve(value.size() + 16), tag);
  *p++ = '=';
  p = detail::put_text(p, value);
  *p++ = detail::kSoh;
  out_.commit(p);
  return *this;
}
Writer& Writer::field(std::int32_t tag, std::int64_t value) {
  char text[detail::kLongestNumber];
  return field(tag, std::string_view(text, static_cast<std::size_t>(detail::put_integer(text, value) - text)));
}
Writer& Writer::field(std::int32_t tag, char value) { return field(tag, std::string_view(&value, 1)); }
Writer& Writer::field(std::int32_t tag, DollarDecimal value) {
  char text[detail::kLongestNumber];
  return field(tag, std::string_view(text, static_cast<std::size_t>(detail::put_dollars(text, value.units()) - text)));
}
Writer& Writer::field(std::int32_t tag, FixedPointCount value) {
  char text[detail::kLongestNumber];
  return field(tag, std::string_view(text, static_cast<std::size_t>(detail::put_count(text, value.units()) - text)));
}
Writer& Writer::field(std::int32_t tag, Timestamp value) {
  char text[detail::kLongestNumber];
  return field(tag, std::string_view(text, static_cast<std::size_t>(detail::put_time(text, value) - text)));
}

}  // namespace marginfix::fix
