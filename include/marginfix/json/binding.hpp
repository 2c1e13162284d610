// Reads and writes JSON by the tables of type_info.hpp. Numbers keep every digit and never pass through a binary float; members and enum
// words that no table knows are kept; a null where a list belongs is an empty list. Unknown members come back as compact JSON text.
// Thread-safe (each thread has a parser of its own). Errors: category decode, with the member's path ("markets[3].price") in the message
// and the text in `context` (redacted, shortened). Source: design decisions 4 and 9.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/json/type_info.hpp"
#include "marginfix/json/writer.hpp"

namespace marginfix::json {

struct DecodeOptions {
  // False: a missing (or null) required member is only counted; for readers that show the text and not the values.
  bool missing_is_error{true};
};

// What a tolerant reader let pass.
struct DecodeReport {
  std::vector<std::string> missing;  // paths of members the specification requires and that were absent or null
  std::size_t unknown_members{0};
  std::size_t unknown_words{0};  // of enumerations
  std::size_t beyond_type{0};    // decimals of optional members that their type cannot hold: absent, the text among the unknown members
};

// Reads one JSON text into `value`; what the text does not say is absent or empty afterwards, whatever stood there. One parser, reused:
// no allocation in the steady state but for the values. Not thread-safe; see decode() for the everyday way.
class Decoder {
 public:
  Decoder();
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  Result<void> decode(const TypeInfo& type, void* value, std::string_view text, const DecodeOptions& options = {},
                      DecodeReport* report = nullptr);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

Result<void> decode(const TypeInfo& type, void* value, std::string_view text, const DecodeOptions& options = {},
                    DecodeReport* report = nullptr);
template <class T>
Result<T> decode(std::string_view text, DecodeReport* report = nullptr) {
  T value{};
  if (auto done = decode(type_of<T>(), &value, text, {}, report); !done) return done.error();
  return value;
}

// Absent optionals are left out, a Nullable null is written as null; unknown members are not written.
void encode(const TypeInfo& type, const void* value, Writer& writer);
template <class T>
std::string encode(const T& value) {
  std::string out;
  Writer writer(out);
  encode(type_of<T>(), &value, writer);
  return out;
}

// What we are about to send against the table's limits: a missing required text, a value out of range, an unknown enum word. Error(codec)
// names the field and the rule. `where` is put before the field's name.
Result<void> check_limits(const TypeInfo& type, const void* object, std::string_view where = {});

// A value from a command line or a URL: scalars as their text, lists of scalars with commas, anything else as JSON. Error(codec) says what
// the type wants.
Result<void> read_text(const TypeInfo& type, void* value, std::string_view text);
// The same way back, for a URL's query; nothing when the value is absent.
std::optional<std::string> write_text(const TypeInfo& type, const void* value);

}  // namespace marginfix::json
