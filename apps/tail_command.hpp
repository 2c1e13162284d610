// `marginfix tail`: follows the stream that the reconciliation service feeds.
#pragma once

#include "apps/command.hpp"

namespace marginfix::apps {

void add_tail_command(CLI::App& root, const Globals& globals, Runner& run);

}  // namespace marginfix::apps
