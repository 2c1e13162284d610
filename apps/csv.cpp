#include "apps/csv.hpp"

#include "marginfix/core/text.hpp"

namespace marginfix::apps {

std::string csv_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : visible(text)) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

std::string csv_number(std::string_view text) {
  if (text.empty()) return {};
  const bool digits = text.find_first_not_of("0123456789.", text.front() == '-' ? 1 : 0) == std::string_view::npos && text != "-";
  return digits ? std::string(text) : csv_text(text);
}

std::string csv_row(const std::vector<std::string>& cells) {
  std::string row;
  for (const std::string& cell : cells) row.append(&cell == cells.data() ? "" : ",").append(cell);
  return row;
}

}  // namespace marginfix::apps
