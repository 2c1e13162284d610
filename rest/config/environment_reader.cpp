#include "rest/config/environment_reader.hpp"

#include <algorithm>

#include "marginfix/core/credentials.hpp"
#include "marginfix/core/environment_choice.hpp"
#include "marginfix/core/text.hpp"

namespace marginfix::rest {

bool fits_header(std::string_view text) noexcept { return identifier_fault(text) == nullptr; }

std::optional<std::string> EnvironmentReader::text(std::string_view name) const {
  const auto value = *lookup_ ? (*lookup_)(prefix_ + std::string(name)) : std::nullopt;
  if (!value) return std::nullopt;
  std::string text(without_wrapping(*value));
  if (text.empty()) return std::nullopt;
  return text;
}

Result<std::optional<Environment>> EnvironmentReader::environment() const { return chosen_environment(*lookup_, prefix_); }

Result<std::optional<std::string>> EnvironmentReader::base_url() const {
  auto api = text("API_BASE_URL");
  auto plain = text("BASE_URL");
  if (api && plain && *api != *plain)
    return fail(ErrorCategory::config, prefix_ + "API_BASE_URL and " + prefix_ + "BASE_URL differ: keep one");
  return api ? api : plain;
}

}  // namespace marginfix::rest
