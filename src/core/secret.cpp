// Secrets: wiped where they lay, and kept out of every text a person or a log may see.
#include "marginfix/core/secret.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace marginfix {
namespace {

// Everything the string's memory holds, small-string buffer and spare capacity included.
void wipe_string(std::string& text) noexcept {
  text.resize(text.capacity());
  wipe(text.data(), text.size());
  text.clear();
}

constexpr char kSoh = '\x01';
constexpr std::string_view kMask = "***";

bool is_word(char c) noexcept { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool starts_with_no_case(std::string_view text, std::string_view word) noexcept {
  return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) {
           return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
         });
}

// A stretch of `text` to be masked: [begin, end), begin == npos when nothing starts at the asked place.
struct Stretch {
  std::size_t begin{std::string_view::npos};
  std::size_t end{0};
};

struct SecretField {
  std::string_view tag, length_tag;  // with its '='; length_tag: of the field in front that says how long a data field is
};
constexpr SecretField kSecretFields[] = {{"96=", "95="}, {"554=", ""}, {"925=", ""}, {"1402=", "1401="}, {"1404=", "1403="}};

// The number behind `length_tag` in the last field of `text`; npos: another field stands there.
std::size_t announced_length(std::string_view text, std::string_view length_tag) noexcept {
  const std::size_t last = text.find_last_not_of("0123456789");
  if (length_tag.empty() || last == std::string_view::npos || last + 1 == text.size()) return std::string_view::npos;
  const std::string_view head = text.substr(0, last + 1);
  const bool named =
      head.ends_with(length_tag) && (head.size() == length_tag.size() || !is_word(head[head.size() - length_tag.size() - 1]));
  std::size_t length = 0;
  const bool read = std::from_chars(text.data() + head.size(), text.data() + text.size(), length).ec == std::errc();
  return named && read ? length : std::string_view::npos;
}

// "10=ddd" and perhaps a separator.
bool ends_with_check_sum(std::string_view text, char separator) noexcept {
  if (text.ends_with(separator)) text.remove_suffix(1);
  constexpr std::size_t kSize = 6;
  return text.size() > kSize && text[text.size() - kSize - 1] == separator && text.substr(text.size() - kSize, 3) == "10=";
}

// A data field may hold separators: its length says where it ends, if one ends it there. Where the text ends before, it was cut inside the
// field; a whole message has a wrong length then, or a secret that was masked before.
std::size_t end_of_data(std::string_view text, std::size_t begin, char separator, std::size_t length) noexcept {
  const std::size_t first = std::min(text.find(separator, begin), text.size());
  if (length == std::string_view::npos || text.substr(begin, first - begin) == kMask) return first;
  const std::size_t left = text.size() - begin;
  if (length >= left) return ends_with_check_sum(text, separator) ? first : text.size();
  return text[begin + length] == separator ? begin + length : first;
}

// One of kSecretFields. What ended the field before ends this one too; without one, any separator does.
Stretch secret_field(std::string_view text, std::size_t at) noexcept {
  if (at > 0 && is_word(text[at - 1])) return {};
  for (const SecretField& field : kSecretFields) {
    if (text.substr(at, field.tag.size()) != field.tag) continue;
    const std::size_t begin = at + field.tag.size();
    const char before = at > 0 ? text[at - 1] : ' ';
    if (before != kSoh && before != '|') return {begin, std::min(text.find_first_of("\x01|\n", begin), text.size())};
    return {begin, end_of_data(text, begin, before, announced_length(text.substr(0, at - 1), field.length_tag))};
  }
  return {};
}

Stretch pem_block(std::string_view text, std::size_t at) noexcept {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kEnd = "-----END ";
  if (text.substr(at, kBegin.size()) != kBegin) return {};
  const std::size_t end = text.find(kEnd, at);
  if (end == std::string_view::npos) return {at, text.size()};
  const std::size_t dashes = text.find("-----", end + kEnd.size());
  return {at, dashes == std::string_view::npos ? text.size() : dashes + 5};
}

Stretch bearer_token(std::string_view text, std::size_t at) noexcept {
  constexpr std::string_view kWord = "bearer";
  if ((at > 0 && is_word(text[at - 1])) || !starts_with_no_case(text.substr(at), kWord)) return {};
  const std::size_t begin = text.find_first_not_of(" \t", at + kWord.size());
  if (begin == std::string_view::npos || begin == at + kWord.size()) return {};
  return {begin, std::min(text.find_first_of(" \t\r\n\"',;\x01|", begin), text.size())};
}

Stretch stretch_at(std::string_view text, std::size_t at) noexcept {
  switch (text[at]) {
    case '1':
    case '9':
    case '5':
      return secret_field(text, at);
    case '-':
      return pem_block(text, at);
    case 'b':
    case 'B':
      return bearer_token(text, at);
    default:
      return {};
  }
}

}  // namespace

void wipe(char* data, std::size_t size) noexcept {
  if (size != 0) OPENSSL_cleanse(data, size);
}

SecretString::SecretString(std::string value) : value_(value) { wipe_string(value); }

SecretString::SecretString(SecretString&& other) noexcept : value_(std::move(other.value_)) { wipe_string(other.value_); }

SecretString& SecretString::operator=(const SecretString& other) {
  if (this == &other) return *this;
  std::string copy = other.value_;
  wipe_string(value_);
  value_.swap(copy);
  wipe_string(copy);
  return *this;
}

SecretString& SecretString::operator=(SecretString&& other) noexcept {
  if (this == &other) return *this;
  wipe_string(value_);
  value_.swap(other.value_);
  wipe_string(other.value_);
  return *this;
}

SecretString::~SecretString() { wipe_string(value_); }

std::string to_string(const SecretString& secret) { return secret.empty() ? std::string() : std::string(kMask); }

namespace {

// `hide` writes what stands for so many bytes of a secret.
template <class Hide>
std::string without_secrets(std::string_view text, const Hide& hide) {
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    const Stretch secret = stretch_at(text, at);
    if (secret.begin == std::string_view::npos) {
      out += text[at++];
      continue;
    }
    out += text.substr(at, secret.begin - at);
    if (secret.end > secret.begin) hide(out, secret.end - secret.begin);
    at = std::max(secret.end, secret.begin);
  }
  return out;
}

}  // namespace

std::string redact(std::string_view text) {
  return without_secrets(text, [](std::string& out, std::size_t) { out += kMask; });
}

std::string redact_in_place(std::string_view text) {
  return without_secrets(text, [](std::string& out, std::size_t size) { out.append(size, '*'); });
}

}  // namespace marginfix
