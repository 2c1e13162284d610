#include "apps/gateway/fitted_table.hpp"

#include <algorithm>
#include <string_view>

#include "marginfix/core/text.hpp"

namespace marginfix::apps {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::string_view kCut = "…";
constexpr std::size_t kLeastCut = 12;  // so much of a cut column is worth showing

bool begins_character(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::size_t characters(std::string_view utf8) { return static_cast<std::size_t>(std::ranges::count_if(utf8, begins_character)); }

// The first `most` characters, the last of them an ellipsis where there are more.
std::string fitted(std::string_view utf8, std::size_t most) {
  if (characters(utf8) <= most || most == 0) return std::string(utf8);
  std::size_t kept = 0, at = 0;
  for (; at < utf8.size(); ++at) {
    if (begins_character(utf8[at]) && ++kept == most) break;
  }
  return std::string(utf8.substr(0, at)).append(kCut);
}

std::size_t row_width(const std::vector<std::size_t>& shown, const std::vector<std::size_t>& widths) {
  std::size_t sum = 0;
  for (const std::size_t i : shown) sum += widths[i] + (sum == 0 ? 0 : kGap.size());
  return sum;
}

}  // namespace

void FittedTable::row(const std::vector<std::string>& cells) {
  auto& row = rows_.emplace_back();
  for (const std::string& cell : cells) row.push_back(visible(cell));
  row.resize(columns_.size());
}

// 0: the column has no text at all.
std::vector<std::size_t> FittedTable::widths() const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    for (const auto& row : rows_) widths[i] = std::max(widths[i], characters(row[i]));
    if (widths[i] > 0) widths[i] = std::max(widths[i], columns_[i].name.size());
  }
  return widths;
}

std::vector<std::size_t> FittedTable::shown(const std::vector<std::size_t>& widths, std::size_t width) const {
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (widths[i] > 0) shown.push_back(i);
  }
  // A last column to the left may be cut; nothing else is.
  const auto needed = [&] {
    const std::size_t whole = row_width(shown, widths), last = shown.back();
    if (columns_[last].numeric || columns_[last].spare == 0 || widths[last] <= kLeastCut) return whole;
    return whole - widths[last] + kLeastCut;
  };
  while (width > 0 && !shown.empty() && needed() > width) {
    const auto least = std::ranges::max_element(shown, {}, [&](std::size_t i) { return columns_[i].spare; });
    if (columns_[*least].spare == 0) break;
    shown.erase(least);
  }
  return shown;
}

std::string FittedTable::text(std::size_t width) const {
  std::vector<std::size_t> widths = this->widths();
  const std::vector<std::size_t> shown = this->shown(widths, width);
  if (shown.empty()) return {};
  const std::size_t whole = row_width(shown, widths), last = shown.back();
  if (width > 0 && whole > width && columns_[last].spare > 0) widths[last] -= std::min(widths[last] - kLeastCut, whole - width);
  std::string out;
  const auto line = [&](const auto& cell_of) {
    std::string text;
    for (const std::size_t i : shown) {
      const std::string cell = i == last && columns_[i].spare > 0 ? fitted(cell_of(i), widths[i]) : std::string(cell_of(i));
      const std::string pad(widths[i] - std::min(widths[i], characters(cell)), ' ');
      text.append(text.empty() ? "" : kGap).append(columns_[i].numeric ? pad + cell : cell + pad);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  };
  line([&](std::size_t i) { return std::string_view(columns_[i].name); });
  for (const auto& row : rows_) line([&](std::size_t i) { return std::string_view(row[i]); });
  return out;
}

}  // namespace marginfix::apps
