// Writes JSON text piece by piece: commas and escapes are its business, numbers go out digit by digit as they are given, so that no
// number ever passes through a binary float. Used by the binding (binding.hpp) and by the simulated exchange's doors.
// Not thread-safe; appends to a string of the caller's. Misuse (a value where a key belongs) is the caller's bug and makes bad JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "marginfix/core/decimal.hpp"

namespace marginfix::json {

class Writer {
 public:
  explicit Writer(std::string& out) : out_(&out) {}

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }
  Writer& key(std::string_view name);

  // UTF-8; quotes, backslash and control characters (those of marginfix/core/text.hpp) are escaped. Bytes that are no UTF-8 are written
  // as visible() shows them, so that one odd text never makes a whole document unreadable.
  Writer& string(std::string_view text);
  Writer& number(std::string_view digits);  // verbatim: must be a JSON number
  Writer& integer(std::int64_t value);
  Writer& boolean(bool value);
  Writer& null();
  Writer& raw(std::string_view json);  // verbatim: must be one JSON value

  // The exchange's money and quantities are decimal strings: 4 (or more) and 2 decimals.
  Writer& value(DollarDecimal dollars, int min_decimals = 4) { return string(dollars.to_string(min_decimals)); }
  Writer& value(FixedPointCount count) { return string(count.to_string()); }
  Writer& value(std::string_view text) { return string(text); }
  Writer& value(const std::string& text) { return string(text); }
  Writer& value(const char* text) { return string(text); }
  Writer& value(bool flag) { return boolean(flag); }
  Writer& value(int number) { return integer(number); }
  Writer& value(std::int64_t number) { return integer(number); }
  Writer& value(const MultiplierDecimal& decimal) { return number(decimal.to_string()); }

  // "name": value
  template <class T>
  Writer& member(std::string_view name, const T& v) {
    return key(name).value(v);
  }

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  void separate();

  std::string* out_;
  bool comma_{false};  // something stands before the next key or value
};

// `text` as a JSON string, quotes included.
std::string quoted(std::string_view text);

}  // namespace marginfix::json
