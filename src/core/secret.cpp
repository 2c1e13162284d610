// Secrets: wiped where they lay, and kept out of every text a person or a log may see.
#include "marginfix/core/secret.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cctype>
#include <cstddef>

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

// "96=", "554=", "925=", "1402=", "1404=" at the start of a field. What ended the field before ends this one too; without one, any
// separator does.
Stretch secret_field(std::string_view text, std::size_t at) noexcept {
  if (at > 0 && is_word(text[at - 1])) return {};
  for (const std::string_view tag : {std::string_view("96="), std::string_view("554="), std::string_view("925="), std::string_view("1402="),
                                     std::string_view("1404=")}) {
    if (text.substr(at, tag.size()) != tag) continue;
    const std::size_t begin = at + tag.size();
    const char before = at > 0 ? text[at - 1] : ' ';
    const std::size_t end = before == kSoh || before == '|' ? text.find(before, begin) : text.find_first_of("\x01|\n", begin);
    return {begin, std::min(end, text.size())};
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

std::string redact(std::string_view text) {
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
    if (secret.end > secret.begin) out += kMask;
    at = std::max(secret.end, secret.begin);
  }
  return out;
}

}  // namespace marginfix
