// marginfix: one program with sub-commands. Each is parsed, run and printed in a file of its own (NAME_command.cpp).
#include <CLI/CLI.hpp>
#include <csignal>

#include "apps/command.hpp"
#include "apps/output.hpp"
#include "apps/rest/rest_command.hpp"
#include "marginfix/core/error.hpp"

int main(int argc, char** argv) {
  using namespace marginfix::apps;
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App root{"Connects to Kalshi's perpetual-futures (margin) exchange, FIX first; carries a simulated exchange to try it on."};
  root.name("marginfix");
  root.require_subcommand(1);
  root.fallthrough();
  root.set_version_flag("--version", MARGINFIX_VERSION);

  Globals globals;
  root.add_option("--endpoints", globals.connection.endpoints, "endpoints.json of a simulated exchange");
  root.add_option("--account", globals.connection.account, "account of --endpoints (default: the first)");
  root.add_option("--env", globals.connection.env, "demo or production; keys from KALSHI_PERPS_* variables")
      ->check(CLI::IsMember({"demo", "production"}));
  root.add_flag("--json", globals.json, "machine output: one JSON object a line");

  Runner run;
  add_demo_command(root, globals, run);
  add_sim_command(root, globals, run);
  add_fix_command(root, globals, run);
  add_md_command(root, globals, run);
  describe_operation_commands(root);
  add_dropcopy_command(root, globals, run);
  add_decode_command(root, globals, run);
  add_ws_command(root, globals, run);
  add_check_command(root, globals, run);
  for (CLI::App* command : root.get_subcommands([](CLI::App*) { return true; })) command->fallthrough();

  try {
    if (const auto done = run_operation_command(argc, argv)) return *done;
  } catch (const std::exception& error) {
    return report(error.what());
  }
  try {
    root.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help, --version
    return root.exit(done);
  } catch (const CLI::ParseError& error) {
    return report(std::string(error.what()) + " (see marginfix --help)");
  }
  try {
    return run();
  } catch (const marginfix::Exception& error) {
    return report(error.error());
  } catch (const std::exception& error) {
    return report(error.what());
  }
}
