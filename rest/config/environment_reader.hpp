// What PerpsConfig::from_env() and KlearConfig::from_env() have in common.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/environment.hpp"
#include "marginfix/core/result.hpp"

namespace marginfix::rest {

class EnvironmentReader {
 public:
  // `prefix`: "KALSHI_PERPS_" or "KALSHI_KLEAR_".
  EnvironmentReader(const VariableLookup& lookup, std::string prefix) : lookup_(&lookup), prefix_(std::move(prefix)) {}

  // Without blanks at both ends and the quotes of env files; nothing when empty.
  std::optional<std::string> text(std::string_view name) const;
  // _ENVIRONMENT or _DEMO; both must agree. Nothing when neither is set.
  Result<std::optional<Environment>> environment() const;
  // _API_BASE_URL or _BASE_URL; both must agree.
  Result<std::optional<std::string>> base_url() const;
  const std::string& prefix() const noexcept { return prefix_; }

 private:
  const VariableLookup* lookup_;
  std::string prefix_;
};

// No control characters: the text may stand in a header line.
bool fits_header(std::string_view text) noexcept;

}  // namespace marginfix::rest
