// The exchange's hosts and doors, and the process's environment variables.
#include "marginfix/core/environment.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "marginfix/core/environment_choice.hpp"
#include "marginfix/core/trimmed.hpp"

namespace marginfix {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// Four numbers, the first of them 127: a name like "127.example.com" is no address.
bool is_loopback_ipv4(std::string_view host) noexcept {
  for (int part = 0; part < 4; ++part) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(host.data(), host.data() + host.size(), number);
    if (error != std::errc{} || number > 255 || (part == 0 && number != 127)) return false;
    host.remove_prefix(static_cast<std::size_t>(end - host.data()));
    if (part == 3) return host.empty();
    if (!host.starts_with('.')) return false;
    host.remove_prefix(1);
  }
  return false;
}

}  // namespace

std::string_view to_string(Environment environment) noexcept { return environment == Environment::demo ? "demo" : "production"; }

Result<Environment> parse_environment(std::string_view text) {
  const std::string lower = lower_case(text);
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

std::string_view perps_base_url(Environment environment) noexcept {
  return environment == Environment::demo ? "https://external-api.demo.kalshi.co/trade-api/v2"
                                          : "https://external-api.kalshi.com/trade-api/v2";
}

std::string_view klear_base_url(Environment environment) noexcept {
  return environment == Environment::demo ? "https://demo-api.kalshi.co/klear-api/v1" : "https://api.klear.kalshi.com/klear-api/v1";
}

std::string_view websocket_url(Environment environment) noexcept {
  return environment == Environment::demo ? "wss://external-api-margin-ws.demo.kalshi.co/trade-api/ws/v2/margin"
                                          : "wss://external-api-margin-ws.kalshi.com/trade-api/ws/v2/margin";
}

std::optional<Environment> environment_of_host(std::string_view host) noexcept {
  const std::string lower = lower_case(host);
  if (lower == "kalshi.co" || lower.ends_with(".kalshi.co")) return Environment::demo;
  if (lower == "kalshi.com" || lower.ends_with(".kalshi.com")) return Environment::production;
  return std::nullopt;
}

bool is_loopback_host(std::string_view host) noexcept {
  return lower_case(host) == "localhost" || host == "::1" || host == "[::1]" || is_loopback_ipv4(host);
}

VariableLookup process_variables() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* const value = std::getenv(std::string(name).c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

namespace {

std::optional<std::string> word_of(const VariableLookup& lookup, const std::string& name) {
  const auto value = lookup ? lookup(name) : std::nullopt;
  const std::string_view word = value ? trimmed(*value) : std::string_view();
  return word.empty() ? std::nullopt : std::optional(std::string(word));
}

Result<std::optional<Environment>> demo_flag(const VariableLookup& lookup, const std::string& name) {
  const auto word = word_of(lookup, name);
  if (!word) return std::optional<Environment>();
  const std::string lower = lower_case(*word);
  if (lower == "true" || lower == "1" || lower == "yes") return std::optional(Environment::demo);
  if (lower == "false" || lower == "0" || lower == "no") return std::optional(Environment::production);
  return fail(ErrorCategory::config, name + ": '" + *word + "' must be true or false");
}

}  // namespace

Result<std::optional<Environment>> chosen_environment(const VariableLookup& lookup, const std::string& prefix) {
  const std::string by_name = prefix + "ENVIRONMENT", by_flag = prefix + "DEMO";
  const auto flag = demo_flag(lookup, by_flag);
  if (!flag) return flag.error();
  const auto word = word_of(lookup, by_name);
  if (!word) return *flag;
  const auto named = parse_environment(*word);
  if (!named) return fail(ErrorCategory::config, by_name + ": " + named.error().message);
  if (*flag && **flag != *named) return fail(ErrorCategory::config, by_name + " and " + by_flag + " contradict each other: keep one");
  return std::optional(*named);
}

}  // namespace marginfix
