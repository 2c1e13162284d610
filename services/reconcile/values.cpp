#include "services/reconcile/values.hpp"

#include <array>
#include <cstddef>

namespace marginfix::reconcile {

namespace {

constexpr std::array<std::string_view, kSources> kSourceNames{"listener", "drop_copy", "rest", "websocket", "klear", "firm"};
constexpr std::array<std::string_view, 4> kSourceStateNames{"off", "waiting", "up", "unknown"};
constexpr std::array<std::string_view, kBreakCategories> kCategoryNames{
    "missing_here",  "missing_there",    "duplicate",   "quantity",       "price", "side",    "symbol",     "account",
    "order_state",   "cum_qty",          "avg_px",      "position",       "fee",   "funding", "collateral", "late",
    "clearing_date", "corporate_action", "undecodable", "outcome_unknown"};
constexpr std::array<std::string_view, 5> kBreakStateNames{"pending", "confirmed", "resolved", "explained", "accepted"};

template <std::size_t N, class E>
std::string_view name_of(const std::array<std::string_view, N>& names, E value) noexcept {
  const auto i = static_cast<std::size_t>(value);
  return i < N ? names[i] : std::string_view("?");
}

template <class E, std::size_t N>
std::optional<E> value_of(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Source source) noexcept { return name_of(kSourceNames, source); }
std::optional<Source> source_of(std::string_view name) noexcept { return value_of<Source>(kSourceNames, name); }
std::string_view to_string(SourceState state) noexcept { return name_of(kSourceStateNames, state); }
std::string_view to_string(BreakCategory category) noexcept { return name_of(kCategoryNames, category); }
std::optional<BreakCategory> break_category_of(std::string_view name) noexcept { return value_of<BreakCategory>(kCategoryNames, name); }
std::string_view to_string(BreakState state) noexcept { return name_of(kBreakStateNames, state); }
std::optional<BreakState> break_state_of(std::string_view name) noexcept { return value_of<BreakState>(kBreakStateNames, name); }

}  // namespace marginfix::reconcile
