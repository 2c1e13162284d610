// A text as JSON writes it, between its quotes: valid UTF-8 whatever came in. A byte that is no UTF-8 becomes visible ("\\xe9").
#pragma once

#include <string>
#include <string_view>

namespace marginfix::reconcile {

void append_json_text(std::string& out, std::string_view text);

// A text that every reader of UTF-8 takes: unchanged where it is UTF-8, else made visible (core/text.hpp).
std::string readable(std::string_view text);

}  // namespace marginfix::reconcile
