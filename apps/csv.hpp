// Rows as RFC 4180 has them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace marginfix::apps {

// In quotes, with a quote in it doubled; control characters made visible. Text is always written so, that no program takes "1e5" or "007"
// for a number.
std::string csv_text(std::string_view text);
// As it is where it is a number, nothing where it is empty, else as text.
std::string csv_number(std::string_view text);
std::string csv_row(const std::vector<std::string>& cells);

}  // namespace marginfix::apps
