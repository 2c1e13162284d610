// One sub-command of `marginfix`: registers its options with CLI11 and runs. Exit code 0 only on success.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "apps/connection.hpp"

namespace marginfix::apps {

// What the root program parses for everybody.
struct Globals {
  ConnectionOptions connection;  // --endpoints, --account, --env
  bool json{false};              // --json: machine output
};

// Sets `run` to what main() shall do when this command was chosen.
using Runner = std::function<int()>;

void add_sim_command(CLI::App& root, const Globals& globals, Runner& run);
void add_demo_command(CLI::App& root, const Globals& globals, Runner& run);
void add_fix_command(CLI::App& root, const Globals& globals, Runner& run);
void add_md_command(CLI::App& root, const Globals& globals, Runner& run);
void add_dropcopy_command(CLI::App& root, const Globals& globals, Runner& run);
void add_decode_command(CLI::App& root, const Globals& globals, Runner& run);
void add_store_command(CLI::App& root, const Globals& globals, Runner& run);
void add_ws_command(CLI::App& root, const Globals& globals, Runner& run);
void add_check_command(CLI::App& root, const Globals& globals, Runner& run);
void add_reconcile_command(CLI::App& root, const Globals& globals, Runner& run);
void add_gateway_command(CLI::App& root, const Globals& globals, Runner& run);
class Program;
void add_help_commands(CLI::App& root, const Globals& globals, Runner& run, const Program& program);

}  // namespace marginfix::apps
