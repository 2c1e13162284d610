// Manual pages, and docs/commands.md, out of the tree of commands.
#pragma once

#include <string>
#include <vector>

#include "apps/help/command_help.hpp"

namespace marginfix::apps {

struct ManPage {
  std::string name;  // "marginfix-fix"; of section 1
  std::string text;  // roff, man(7)
};

// One page a command, sub-commands and operations in the page of their command, and marginfix(1) for the whole.
std::vector<ManPage> man_pages(const CommandHelp& root, const std::string& version);
// docs/commands.md.
std::string commands_markdown(const CommandHelp& root);

}  // namespace marginfix::apps
