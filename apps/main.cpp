// marginfix: one program with sub-commands. Each is parsed, run and printed in a file of its own (NAME_command.cpp).
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "apps/command.hpp"
#include "apps/output.hpp"
#include "apps/rest/nearest.hpp"
#include "apps/rest/rest_command.hpp"
#include "marginfix/core/error.hpp"

namespace {

using namespace marginfix::apps;

constexpr const char* kGlobalOptions =
    "Options of every command:\n"
    "  --endpoints FILE    a simulated exchange's endpoints.json; without it, --env or the KALSHI_PERPS_* variables say where\n"
    "  --account NAME      account of --endpoints (default: the first)\n"
    "  --env ENV           demo or production; keys from the KALSHI_PERPS_* variables\n"
    "  --json              machine output: one JSON object a line\n";

// CLI11 shows a command's own options; these belong to the root and hold for it all the same.
void tell_of_global_options(CLI::App& command) {
  const std::string own = command.get_footer();
  command.footer(own.empty() ? kGlobalOptions : kGlobalOptions + ("\n" + own));
}

std::vector<std::string_view> names_of(const std::vector<CLI::App*>& commands) {
  std::vector<std::string_view> names;
  names.reserve(commands.size());
  for (const CLI::App* command : commands) names.push_back(command->get_name());
  return names;
}

// The first word that is no option and no option's value; -V, help and version are what people write first.
std::size_t command_word(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with('-')) return i;
    if (words[i] == "--endpoints" || words[i] == "--account" || words[i] == "--env") ++i;
  }
  return words.size();
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is an error of the write, as a full disk is, and no sudden end
  CLI::App root{"Connects to Kalshi's perpetual-futures (margin) exchange, FIX first; carries a simulated exchange to try it on."};
  root.name("marginfix");
  root.require_subcommand(1);
  root.fallthrough();
  root.set_version_flag("-V,--version", "marginfix " MARGINFIX_VERSION);

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
  add_store_command(root, globals, run);
  add_ws_command(root, globals, run);
  add_check_command(root, globals, run);
  add_reconcile_command(root, globals, run);
  add_gateway_command(root, globals, run);
  const auto commands = root.get_subcommands([](CLI::App*) { return true; });
  for (CLI::App* command : commands) {
    command->fallthrough();
    if (command->get_name() != "rest" && command->get_name() != "klear") tell_of_global_options(*command);
  }

  std::vector<std::string> words(argv + 1, argv + argc);
  if (const std::size_t at = command_word(words); at < words.size()) {
    const auto names = names_of(commands);
    if (words[at] == "help") {
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
      words.emplace_back("--help");
    } else if (words[at] == "version") {
      words = {"--version"};
    } else if (std::ranges::find(names, words[at]) == names.end()) {
      return report("no command \"" + words[at] + "\"" + did_you_mean(words[at], names) + " (see marginfix --help)");
    }
  }

  try {
    if (const auto done = run_operation_command(words)) return *done;
  } catch (const std::exception& error) {
    return report(error.what());
  }
  try {
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    root.parse(words);
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
