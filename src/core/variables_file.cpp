// Variables out of a file of NAME=VALUE lines.
#include <fstream>
#include <map>
#include <memory>

#include "marginfix/core/credentials.hpp"
#include "marginfix/core/environment.hpp"
#include "marginfix/core/home_path.hpp"
#include "marginfix/core/trimmed.hpp"

namespace marginfix {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

// False: no variable and no comment.
bool read_variable(std::string_view line, Variables& into) {
  constexpr std::string_view kExport = "export ";
  line = trimmed(line);
  if (line.empty() || line.front() == '#') return true;
  if (line.starts_with(kExport)) line = trimmed(line.substr(kExport.size()));
  const std::size_t equals = line.find('=');
  const std::string_view name = trimmed(line.substr(0, equals));
  if (equals == std::string_view::npos || name.empty() || name.find(' ') != std::string_view::npos) return false;
  into[std::string(name)] = without_wrapping(line.substr(equals + 1));
  return true;
}

}  // namespace

Result<VariableLookup> variables_of_file(const std::string& path, VariableLookup otherwise) {
  std::ifstream in(home_path(path), std::ios::binary);
  const auto variables = std::make_shared<Variables>();
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (!read_variable(line, *variables))
      return fail(ErrorCategory::config, path + ":" + std::to_string(number) + ": no variable: write NAME=VALUE");
  }
  if (!in.eof()) return fail(ErrorCategory::config, path + ": cannot be read: is it there, and may this user read it?");
  return VariableLookup([variables, otherwise = std::move(otherwise)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables->find(name);
    if (found != variables->end() && !found->second.empty()) return found->second;
    return otherwise ? otherwise(name) : std::nullopt;
  });
}

}  // namespace marginfix
