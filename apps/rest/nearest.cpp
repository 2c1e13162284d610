#include "apps/rest/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace marginfix::apps {
namespace {

constexpr std::size_t kTelling = 4;  // letters: a part of a word that short says nothing

// Letters to change, add or take away (Levenshtein).
std::size_t slips(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest(std::string_view given, const std::vector<std::string_view>& known) {
  const auto best = std::ranges::min_element(known, {}, [given](std::string_view word) { return slips(given, word); });
  return best != known.end() && slips(given, *best) * 3 <= best->size() ? *best : std::string_view();
}

std::string did_you_mean(std::string_view given, const std::vector<std::string_view>& known) {
  std::string words(nearest(given, known));
  if (words.empty() && given.size() >= kTelling) {
    for (const std::string_view word : known) {
      if (word.find(given) != std::string_view::npos) words += (words.empty() ? "" : ", ") + std::string(word);
    }
  }
  return words.empty() ? std::string() : "; did you mean " + words + "?";
}

}  // namespace marginfix::apps
