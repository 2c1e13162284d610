// Completion scripts for bash, zsh and fish: commands, options, the values of those that take one of a list, files, and for `rest` and
// `klear` the operations with their parameters. Each script carries the tables it needs and asks the program nothing.
#pragma once

#include <string>

#include "apps/help/command_help.hpp"

namespace marginfix::apps {

std::string bash_completion(const CommandHelp& root);
std::string zsh_completion(const CommandHelp& root);
std::string fish_completion(const CommandHelp& root);

}  // namespace marginfix::apps
