// A piece of bytes that somebody else owns, for what must be clean in C++14 too; in later dialects it is a std::string_view wherever one
// is wanted. Valid as long as the bytes are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#if __cplusplus >= 201703L
#include <string_view>
#endif

namespace marginfix {
namespace fix {

struct Slice {
  const char* data = nullptr;
  std::size_t size = 0;

  Slice() = default;
  Slice(const char* bytes, std::size_t count) : data(bytes), size(count) {}
  Slice(const char* text) : data(text), size(std::strlen(text)) {}          // NOLINT(google-explicit-constructor)
  Slice(const std::string& text) : data(text.data()), size(text.size()) {}  // NOLINT(google-explicit-constructor)
#if __cplusplus >= 201703L
  Slice(std::string_view text) : data(text.data()), size(text.size()) {}  // NOLINT(google-explicit-constructor)
  operator std::string_view() const { return size == 0 ? std::string_view() : std::string_view(data, size); }  // NOLINT
#endif
  bool empty() const { return size == 0; }
  std::string text() const { return size == 0 ? std::string() : std::string(data, size); }
  bool is(char c) const { return size == 1 && data[0] == c; }

  // Friends: found for Slices only, never in the way of other texts being compared.
  friend bool operator==(const Slice& left, const Slice& right) {
    return left.size == right.size && (left.size == 0 || std::memcmp(left.data, right.data, left.size) == 0);
  }
  friend bool operator==(const Slice& left, const std::string& right) { return left == Slice(right); }
  friend bool operator==(const Slice& left, const char* right) { return left == Slice(right); }
  friend bool operator!=(const Slice& left, const Slice& right) { return !(left == right); }
  friend bool operator!=(const Slice& left, const std::string& right) { return !(left == right); }
  friend bool operator!=(const Slice& left, const char* right) { return !(left == right); }
#if __cplusplus >= 201703L
  friend bool operator==(const Slice& left, std::string_view right) { return left == Slice(right); }
  friend bool operator!=(const Slice& left, std::string_view right) { return !(left == right); }
#endif
};

// Digits only, at most 18 of them. False leaves *value alone.
inline bool parse_number(const Slice& text, std::int64_t* value) {
  if (text.size == 0 || text.size > 18) return false;
  std::int64_t result = 0;
  for (std::size_t i = 0; i < text.size; ++i) {
    if (text.data[i] < '0' || text.data[i] > '9') return false;
    result = result * 10 + (text.data[i] - '0');
  }
  *value = result;
  return true;
}

}  // namespace fix
}  // namespace marginfix
