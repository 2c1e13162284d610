// Members of a body that take one of a few words.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "sim/doors/rest/endpoint.hpp"

namespace marginfix::sim {

// A 400 in the words of the other parameter problems.
inline HttpAnswer bad_parameter(std::string_view name, std::string_view what) {
  return nested_error(400, "invalid_parameters", "invalid parameters", std::string(name) + " " + std::string(what));
}
// Sets the problem; the first one wins.
inline void complain(EndpointRequest& request, std::string_view name, std::string_view what) {
  if (!request.problem) request.problem = bad_parameter(name, what);
}

template <class E>
using Choice = std::pair<std::string_view, E>;

// The member's meaning; nothing (and `problem`, when it is required or says something else) otherwise.
template <class E, std::size_t N>
std::optional<E> body_choice(EndpointRequest& request, std::string_view name, const Choice<E> (&choices)[N], bool required = false) {
  const auto text = request.body_text(name, required);
  if (!text) return std::nullopt;
  std::string words;
  for (const auto& [word, meaning] : choices) {
    if (*text == word) return meaning;
    words += words.empty() ? "" : ", ";
    words += word;
  }
  if (!request.problem) request.problem = bad_parameter(name, "must be one of " + words);
  return std::nullopt;
}

}  // namespace marginfix::sim
