// `marginfix rest` and `marginfix klear`. They read their own words: parameters are named by the operations' tables, not by this program.
#pragma once

#include <optional>

namespace CLI {
class App;
}

namespace marginfix::apps {

// Runs the command when the first word is `rest` or `klear`; nothing otherwise. Exit code 0 only on success.
std::optional<int> run_operation_command(int argc, char** argv);
// Names the two in `marginfix --help`.
void describe_operation_commands(CLI::App& root);

}  // namespace marginfix::apps
