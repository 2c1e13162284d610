// Registers every command, and says what is wrong with words that are none.
#include "apps/program.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/output.hpp"
#include "apps/rest/nearest.hpp"
#include "apps/rest/rest_command.hpp"
#include "apps/tail_command.hpp"
#include "apps/version.hpp"
#include "marginfix/core/error.hpp"

namespace marginfix::apps {
namespace {

std::vector<std::string> names_of(const std::vector<const CLI::App*>& commands) {
  std::vector<std::string> names;
  names.reserve(commands.size());
  for (const CLI::App* command : commands) names.push_back(command->get_name());
  return names;
}

std::string nearest_of(std::string_view word, const std::vector<std::string>& names) {
  return did_you_mean(word, {names.begin(), names.end()});
}

std::vector<const CLI::App*> children_of(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

std::string see_help(const CLI::App& command) {
  std::string words;
  for (const CLI::App* at = &command; at->get_parent() != nullptr; at = at->get_parent()) words = " " + at->get_name() + words;
  return " (see marginfix" + words + " --help)";
}

// "--sesion": every option that would have been taken there.
std::vector<std::string> options_at(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* at = &command; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

bool is_known(std::string_view word, const std::vector<std::string>& names) {
  return std::ranges::find(names, word.substr(0, word.find('='))) != names.end();
}

}  // namespace

Program::Program(std::string_view commit) : commit_(commit) {
  root_.name("marginfix");
  root_.require_subcommand(1);
  root_.fallthrough();
  root_.set_version_flag("-V,--version", "", "name, version, commit and libraries");
  root_
      .add_option("--endpoints", globals_.connection.endpoints,
                  "endpoints.json of a simulated exchange; without it MARGINFIX_ENDPOINTS, --env or the KALSHI_PERPS_* variables say where")
      ->type_name("FILE");
  root_.add_option("--account", globals_.connection.account, "account of --endpoints (default: the first)")->type_name("NAME");
  root_.add_option("--env", globals_.connection.env, "demo or production; keys from the KALSHI_PERPS_* variables")
      ->check(CLI::IsMember({"demo", "production"}));
  root_.add_flag("--json", globals_.json, "machine output: one JSON object a line");

  add_demo_command(root_, globals_, run_);
  add_sim_command(root_, globals_, run_);
  add_fix_command(root_, globals_, run_);
  add_md_command(root_, globals_, run_);
  describe_operation_commands(root_);
  add_dropcopy_command(root_, globals_, run_);
  add_decode_command(root_, globals_, run_);
  add_store_command(root_, globals_, run_);
  add_ws_command(root_, globals_, run_);
  add_check_command(root_, globals_, run_);
  add_reconcile_command(root_, globals_, run_);
  add_tail_command(root_, globals_, run_);
  add_gateway_command(root_, globals_, run_);
  add_help_commands(root_, globals_, run_, *this);
  for (CLI::App* command : root_.get_subcommands([](CLI::App*) { return true; })) command->fallthrough();
}

// The deepest command that the words have named.
const CLI::App& Program::chosen() const {
  const CLI::App* at = &root_;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return *at;
}

int Program::print_help() const {
  const CommandHelp all = help();
  const CommandHelp* command = &all;
  std::vector<std::string> path;
  for (const CLI::App* at = &chosen(); at->get_parent() != nullptr; at = at->get_parent()) path.insert(path.begin(), at->get_name());
  for (const std::string& name : path) command = command->find(name);
  print_lines(help_text(*command, all, help_width()));
  return kSuccess;
}

// What was not understood, and what was probably meant.
std::string Program::refusal(const CLI::ParseError& error) const {
  const CLI::App& at = chosen();
  const auto known = options_at(at);
  const auto rest = root_.remaining(true);
  const auto unknown =
      std::ranges::find_if(rest, [&](const std::string& word) { return word.starts_with("--") && !is_known(word, known); });
  if (unknown != rest.end()) return "no option " + *unknown + nearest_of(unknown->substr(0, unknown->find('=')), known) + see_help(at);
  const auto children = names_of(children_of(at));
  const bool no_command = error.get_name() == "RequiredError" && at.get_require_subcommand_min() > 0 && at.get_subcommands().empty();
  if (rest.empty() && no_command) return fmt::format("give a command: {}", fmt::join(children, ", ")) + see_help(at);
  if (rest.empty()) return error.what() + see_help(at);
  if (children.empty()) return "\"" + rest.back() + "\" is a word too many" + see_help(at);
  return "no command \"" + rest.back() + "\" of " + at.get_name() + nearest_of(rest.back(), children) + see_help(at);
}

int Program::parse_and_run(std::vector<std::string> words) {
  const bool monitored = std::ranges::find(words, "--monitor") != words.end();
  try {
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    root_.parse(words);
  } catch (const CLI::CallForVersion&) {
    print_version(commit_, globals_.json);
    return kSuccess;
  } catch (const CLI::Success&) {  // --help
    return print_help();
  } catch (const CLI::ParseError& error) {
    report(refusal(error));
    return monitored ? kMonitorUnknown : kFailure;
  }
  return run_();
}

int Program::run(std::vector<std::string> words) {
  if (const std::size_t at = command_word(words); at < words.size()) {
    const auto names = names_of(children_of(root_));
    if (words[at] == "help") {
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
      words.emplace_back("--help");
    } else if (std::ranges::find(names, words[at]) == names.end()) {
      return report("no command \"" + words[at] + "\"" + nearest_of(words[at], names) + see_help(root_));
    }
  }
  try {
    if (const auto done = run_operation_command(words)) return *done;
    return parse_and_run(std::move(words));
  } catch (const Exception& error) {
    return report(error.error());
  } catch (const std::exception& error) {
    return report(error.what());
  }
}

}  // namespace marginfix::apps
