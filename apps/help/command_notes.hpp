// What the parser's tables do not say of a command: examples, and exit codes beside 0 (done) and 1 (not done; standard error says why).
#pragma once

#include <span>
#include <string_view>

#include "apps/help/command_help.hpp"

namespace marginfix::apps {

std::span<const CommandExample> examples_of(std::string_view path);
std::span<const ExitCode> exit_codes_of(std::string_view path);

struct VariableNote {
  std::string_view name, text;
};
// The environment variables that the program reads.
std::span<const VariableNote> environment_variables();

}  // namespace marginfix::apps
