// Reads the parser's tables, and writes `--help`.
#include "apps/help/command_help.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

#include "apps/help/command_notes.hpp"
#include "apps/rest/call_help.hpp"
#include "apps/rest/call_line.hpp"

namespace marginfix::apps {
namespace {

// ---- CLI11's tables -----------------------------------------------------------------------------------------------------------

// "TEXT:{fix,ws}" and "fix|ws" -> fix, ws.
std::vector<std::string> choices_in(std::string_view type_name) {
  std::vector<std::string> choices;
  const auto open = type_name.find(":{"), close = type_name.rfind('}');
  const bool checked = open != std::string_view::npos && close != std::string_view::npos;
  if (!checked && type_name.find('|') == std::string_view::npos) return choices;
  for (std::string_view list = checked ? type_name.substr(open + 2, close - open - 2) : type_name; !list.empty();) {
    const auto comma = std::min(list.find(checked ? ',' : '|'), list.size());
    choices.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return choices;
}

// "INT:INT in [1 - 600]" -> "1 to 600".
std::string range_in(std::string_view type_name) {
  const auto open = type_name.find(" in ["), close = type_name.rfind(']');
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  std::string range(type_name.substr(open + 5, close - open - 5));
  const auto dash = range.find(" - ");
  return dash == std::string::npos ? range : range.substr(0, dash) + " to " + range.substr(dash + 3);
}

OptionHelp option_help(const CLI::Option& option) {
  OptionHelp help;
  for (const std::string& name : option.get_snames()) help.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) help.names.push_back("--" + name);
  help.positional = help.names.empty();
  if (help.positional) help.names.push_back(option.get_single_name());
  help.text = option.get_description();
  help.required = option.get_required();
  const bool flag = option.get_items_expected_max() == 0;
  if (flag) return help;
  const std::string type = option.get_type_name();
  help.choices = choices_in(type);
  std::string name = type.substr(0, type.find(':'));
  if (name == "INT" || name == "UINT") name = "N";
  help.value = help.choices.empty() ? name : fmt::format("{}", fmt::join(help.choices, "|"));
  help.several = option.get_items_expected_max() > 1;
  if (const std::string range = range_in(type); !range.empty()) help.text += " (" + range + ")";
  return help;
}

// ---- operations ---------------------------------------------------------------------------------------------------------------

OptionHelp parameter_help(const json::FieldInfo& field) {
  OptionHelp help;
  help.names.push_back("--" + option_name(field.name));
  help.value = "VALUE";
  help.text = type_words(*field.type);
  help.choices = choice_words(*field.type);
  help.required = field.required;
  return help;
}

CommandHelp operation_command(const rest::OperationInfo& info, const std::string& parent) {
  CommandHelp help;
  help.name = info.name;
  help.path = parent + " " + help.name;
  help.text = info.summary;
  for (const json::FieldInfo& field : info.request->fields) help.options.push_back(parameter_help(field));
  if (info.body != nullptr) {
    for (const json::FieldInfo& field : info.body->fields) help.options.push_back(parameter_help(field));
  }
  return help;
}

void add_operations(CommandHelp& command) {
  const bool perps = command.name == "rest";
  for (const CallOption& option : call_options()) {
    if (option.global) continue;
    OptionHelp& help = command.options.emplace_back();
    help.names.push_back("--" + std::string(option.name));
    help.value = option.value;
    help.text = option.text;
  }
  for (const rest::OperationInfo* info : perps ? rest::perps_operations() : rest::klear_operations()) {
    if (!perps) {
      command.commands.push_back(operation_command(*info, command.path));
      continue;
    }
    auto family = std::ranges::find(command.commands, info->family, &CommandHelp::name);
    if (family == command.commands.end()) {
      CommandHelp& added = command.commands.emplace_back();
      added.name = info->family;
      added.path = command.path + " " + added.name;
      added.text = "operations of " + added.name;
      family = command.commands.end() - 1;
    }
    family->commands.push_back(operation_command(*info, family->path));
  }
}

CommandHelp command_tree(const CLI::App& app, const std::string& path) {
  CommandHelp help;
  help.path = path;
  help.name = path.empty() ? "marginfix" : app.get_name();
  help.text = app.get_description();
  help.more = app.get_footer();
  for (const CLI::Option* option : app.get_options()) help.options.push_back(option_help(*option));
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; }))
    help.commands.push_back(command_tree(*child, path.empty() ? child->get_name() : path + " " + child->get_name()));
  if (path == "rest" || path == "klear") add_operations(help);
  const auto examples = examples_of(path);
  help.examples.assign(examples.begin(), examples.end());
  const auto codes = exit_codes_of(path);
  help.exit_codes.assign(codes.begin(), codes.end());
  return help;
}

// ---- text -----------------------------------------------------------------------------------------------------------------------

using Rows = std::vector<std::pair<std::string, std::string>>;

// Names left, what they mean right and wrapped; a name that is too long has a line of its own.
void add_rows(std::string& out, const Rows& rows, std::size_t width) {
  constexpr std::size_t kWidest = 26;
  std::size_t column = 0;
  for (const auto& [name, text] : rows) column = std::max(column, std::min(name.size(), kWidest));
  const std::size_t indent = column + 4;
  for (const auto& [name, text] : rows) {
    out += "  " + name;
    out += name.size() > column ? "\n" + std::string(indent, ' ') : std::string(indent - 2 - name.size(), ' ');
    out += wrapped(text, std::max(width, indent + 20) - indent, indent) + "\n";
  }
}

std::string text_of(const OptionHelp& option) {
  return option.required ? option.text + (option.text.empty() ? "required" : " (required)") : option.text;
}

bool is_help_flag(const OptionHelp& option) { return option.names.back() == "--help"; }

Rows rows_of(const std::vector<OptionHelp>& options, bool positional) {
  Rows rows;
  for (const OptionHelp& option : options) {
    if (option.positional == positional && !is_help_flag(option)) rows.emplace_back(option_label(option), text_of(option));
  }
  return rows;
}

void add_section(std::string& out, std::string_view title, const Rows& rows, std::size_t width) {
  if (rows.empty()) return;
  out += fmt::format("\n{}:\n", title);
  add_rows(out, rows, width);
}

}  // namespace

const CommandHelp* CommandHelp::find(std::string_view child) const {
  const auto found = std::ranges::find(commands, child, &CommandHelp::name);
  return found == commands.end() ? nullptr : &*found;
}

CommandHelp help_of(const CLI::App& root) { return command_tree(root, ""); }

std::string option_label(const OptionHelp& option) {
  std::string label = fmt::format("{}", fmt::join(option.names, ", "));
  if (!option.value.empty() && !option.positional) label += " " + option.value;
  return option.several ? label + "..." : label;
}

std::string usage_line(const CommandHelp& command) {
  std::string line = command.path.empty() ? "marginfix" : "marginfix " + command.path;
  if (!command.commands.empty()) line += " COMMAND";
  for (const OptionHelp& option : command.options) {
    if (option.required && !option.positional) line += " " + option_label(option);
  }
  line += " [OPTIONS]";
  for (const OptionHelp& option : command.options) {
    if (option.positional) line += option.required ? " " + option_label(option) : " [" + option_label(option) + "]";
  }
  return line;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (used > 0 && used + 1 + word.size() > width) {
      out += "\n" + std::string(indent, ' ');
      used = 0;
    }
    if (used > 0) out += ' ', ++used;
    out += word;
    used += word.size();
  }
  return out;
}

std::string fitted_lines(std::string_view lines, std::size_t width) {
  constexpr std::size_t kIndent = 6;
  std::string out;
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    out += (line.size() <= width ? std::string(line) : "  " + wrapped(line, width - std::min(width, kIndent), kIndent)) + "\n";
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return out;
}

std::string help_text(const CommandHelp& command, const CommandHelp& root, std::size_t width) {
  const bool program = command.path.empty();
  std::string out = wrapped(program ? command.text : "marginfix " + command.path + ": " + command.text, width, 0) + "\n";
  out += "\nUsage: " + wrapped(usage_line(command), width - std::min<std::size_t>(width, 7), 9) + "\n";
  Rows commands;
  for (const CommandHelp& child : command.commands) commands.emplace_back(child.name, child.text);
  add_section(out, "Commands", commands, width);
  add_section(out, "Words", rows_of(command.options, true), width);
  if (!program) add_section(out, "Options", rows_of(command.options, false), width);
  add_section(out, "Options of every command", rows_of(root.options, false), width);
  if (!command.more.empty()) out += "\n" + fitted_lines(command.more, width);
  for (const CommandExample& example : command.examples)
    out += fmt::format("{}  {}\n      {}\n", &example == command.examples.data() ? "\nExamples:\n" : "", example.line,
                       wrapped(example.text, width - 6, 6));
  if (!command.exit_codes.empty()) {
    Rows codes{{"0", "done"}, {"1", "not done; standard error says why"}};
    for (const ExitCode& code : command.exit_codes) codes.emplace_back(std::to_string(code.code), std::string(code.text));
    add_section(out, "Exit codes", codes, width);
  }
  if (program) out += "\nmarginfix COMMAND --help says more of one; marginfix man COMMAND is its manual page.\n";
  return out;
}

}  // namespace marginfix::apps
