#include "integration/gateway/message.hpp"

#include <algorithm>
#include <cstdio>

namespace marginfix::gateway::script {
namespace {

constexpr char kSoh = '\x01';

int tag_of(std::string_view text) {
  int tag = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || tag > 1'000'000) return 0;
    tag = tag * 10 + (c - '0');
  }
  return tag;
}

std::string text_of(const Field& field) { return std::to_string(field.tag) + "=" + field.value + kSoh; }

bool is_number(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos && std::ranges::count(text, '.') <= 1;
}

// Without the zeros that say nothing.
std::string plain_number(std::string_view text) {
  std::string out;
  if (text.front() == '-') out = "-", text.remove_prefix(1);
  while (text.size() > 1 && text.front() == '0' && text[1] != '.') text.remove_prefix(1);
  std::string digits(text);
  if (digits.find('.') != std::string::npos) {
    while (digits.back() == '0') digits.pop_back();
    if (digits.back() == '.') digits.pop_back();
  }
  if (digits == "0") return digits;
  return out + digits;
}

}  // namespace

const std::string* find(const Fields& fields, int tag) {
  const auto found = std::ranges::find(fields, tag, &Field::tag);
  return found == fields.end() ? nullptr : &found->value;
}

std::string value_of(const Fields& fields, int tag) {
  const std::string* value = find(fields, tag);
  return value == nullptr ? std::string() : *value;
}

void set_default(Fields& fields, int tag, std::string value) {
  if (find(fields, tag) == nullptr) fields.push_back({tag, std::move(value)});
}

std::string compose(std::string_view begin_string, const Fields& fields) {
  std::string body;
  for (const Field& field : fields) {
    if (field.tag != 8 && field.tag != 9 && field.tag != 10) body += text_of(field);
  }
  const std::string* stated_version = find(fields, 8);
  const std::string* stated_length = find(fields, 9);
  const std::string* stated_sum = find(fields, 10);
  std::string message = "8=" + (stated_version != nullptr ? *stated_version : std::string(begin_string)) + kSoh;
  message += "9=" + (stated_length != nullptr ? *stated_length : std::to_string(body.size())) + kSoh + body;
  unsigned sum = 0;
  for (const char c : message) sum += static_cast<unsigned char>(c);
  char text[8];
  std::snprintf(text, sizeof text, "%03u", sum % 256);
  return message + "10=" + (stated_sum != nullptr ? *stated_sum : std::string(text)) + kSoh;
}

Fields parse_wire(std::string_view wire) {
  Fields fields;
  while (!wire.empty()) {
    const std::size_t end = std::min(wire.find(kSoh), wire.size());
    const std::string_view field = wire.substr(0, end);
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos)
      fields.push_back({0, std::string(field)});
    else
      fields.push_back({tag_of(field.substr(0, equals)), std::string(field.substr(equals + 1))});
    wire.remove_prefix(std::min(end + 1, wire.size()));
  }
  return fields;
}

std::string to_pipes(std::string_view wire) {
  std::string text(wire);
  std::ranges::replace(text, kSoh, '|');
  return text;
}

std::string to_pipes(const Fields& fields) {
  std::string text;
  for (const Field& field : fields) text += std::to_string(field.tag) + "=" + field.value + "|";
  return text;
}

std::string take_message(std::string& stream) {
  const std::size_t length_at = stream.find(
      "\x01"
      "9=");
  if (length_at == std::string::npos) return {};
  const std::size_t body_at = stream.find(kSoh, length_at + 1);
  if (body_at == std::string::npos) return {};
  const auto length = static_cast<std::size_t>(tag_of(std::string_view(stream).substr(length_at + 3, body_at - length_at - 3)));
  constexpr std::size_t kTrailer = 7;  // 10=nnn SOH
  const std::size_t size = body_at + 1 + length + kTrailer;
  if (stream.size() < size) return {};
  std::string message = stream.substr(0, size);
  stream.erase(0, size);
  return message;
}

bool same_value(std::string_view a, std::string_view b) {
  if (a == b) return true;
  return is_number(a) && is_number(b) && (a.find('.') != std::string_view::npos || b.find('.') != std::string_view::npos) &&
         plain_number(a) == plain_number(b);
}

}  // namespace marginfix::gateway::script
