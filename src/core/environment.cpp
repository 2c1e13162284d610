// The exchange's hosts and doors, and the process's environment variables.
#include "marginfix/core/environment.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace marginfix {

std::string_view to_string(Environment environment) noexcept { return environment == Environment::demo ? "demo" : "production"; }

Result<Environment> parse_environment(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "demo") return Environment::demo;
  if (lower == "production") return Environment::production;
  return fail(ErrorCategory::config, "'" + std::string(text) + "' is no environment: use demo or production");
}

const FixDoor* find_fix_door(std::string_view target_comp_id) noexcept {
  const auto* const door = std::ranges::find(kFixDoors, target_comp_id, &FixDoor::target_comp_id);
  return door == kFixDoors.end() ? nullptr : door;
}

std::string_view order_entry_host(Environment environment) noexcept {
  return environment == Environment::demo ? "margin-fix.demo.kalshi.co" : "margin-mm.fix.elections.kalshi.com";
}

std::string_view market_data_host(Environment environment) noexcept {
  return environment == Environment::demo ? "margin-marketdata.fix.demo.kalshi.co" : "margin-marketdata.fix.elections.kalshi.com";
}

std::string_view fix_host(Environment environment, const FixDoor& door) noexcept {
  return door.on_market_data_host ? market_data_host(environment) : order_entry_host(environment);
}

VariableLookup process_variables() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* const value = std::getenv(std::string(name).c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

}  // namespace marginfix
