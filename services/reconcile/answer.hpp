// An answer of REST or Klear, read leniently row by row and strictly as a whole: a body without the list that makes it the answer (`{}`,
// `{"error": ...}` under a 200), or a position without its size, is no answer, and never an empty list or a 0. A list that is null is an
// empty one. What a fill or an order lacks is the engine's business.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"
#include "marginfix/json/binding.hpp"

namespace marginfix::reconcile {

// Error(decode): what of the members that must be there is not; `report` says what the tolerant reader let pass.
Result<void> has_what_it_must(const json::TypeInfo& type, std::string_view body, const json::DecodeReport& report);

// The members without which a row of `fills` is no fill and that it lacks (or has as null), with commas; "": none. An amount that was not
// told is no 0.
std::string missing_of_fill(const json::DecodeReport& report, std::size_t row);

// Error(decode): not JSON, not an object of this shape, or without what makes it one.
template <class Response>
Result<Response> read_answer(std::string_view body, json::DecodeReport* report = nullptr) {
  Response value{};
  json::DecodeReport own;
  json::DecodeReport& let_pass = report != nullptr ? *report : own;
  json::DecodeOptions tolerant;
  tolerant.missing_is_error = false;
  if (auto read = json::decode(json::type_of<Response>(), &value, body, tolerant, &let_pass); !read) return read.error();
  if (auto whole = has_what_it_must(json::type_of<Response>(), body, let_pass); !whole) return whole.error();
  return value;
}

}  // namespace marginfix::reconcile
