// Looks for HOME where a path begins with "~".
#include "marginfix/core/home_path.hpp"

#include <filesystem>
#include <system_error>

namespace marginfix {

std::string home_path(const std::string& path, const VariableLookup& lookup) {
  if (path != "~" && !path.starts_with("~/")) return path;
  const auto home = lookup ? lookup("HOME") : std::nullopt;
  std::error_code no_matter;
  if (!home || std::filesystem::exists(path, no_matter)) return path;
  return *home + path.substr(1);
}

}  // namespace marginfix
