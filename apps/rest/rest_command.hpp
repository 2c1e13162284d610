// `marginfix rest` and `marginfix klear`. They read their own words: parameters are named by the operations' tables, not by this program.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace marginfix::apps {

// Runs the command when the first of the words that is no option is `rest` or `klear`; nothing otherwise. Exit code 0 only on success.
std::optional<int> run_operation_command(std::vector<std::string> words);
// Where the command's word stands: options of the root program may come before it. The number of words where there is none.
std::size_t command_word(const std::vector<std::string>& words);
// Names the two in `marginfix --help`.
void describe_operation_commands(CLI::App& root);

}  // namespace marginfix::apps
