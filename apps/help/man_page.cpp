// Writes man(7) and Markdown.
#include "apps/help/man_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/help/command_notes.hpp"

namespace marginfix::apps {
namespace {

// ---- roff -----------------------------------------------------------------------------------------------------------------------

// A line of text: nothing in it is a request or an escape, and its dashes are those that people type.
std::string roff(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (c == '\'')
      out += "\\(aq";
    else
      out += c;
  }
  return out;
}

std::string roff_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    out += roff(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string page_name(const std::string& path) {
  std::string name = path.empty() ? "marginfix" : "marginfix-" + path;
  std::ranges::replace(name, ' ', '-');
  return name;
}

class RoffPage {
 public:
  RoffPage(const CommandHelp& command, const CommandHelp& root) : command_(command), root_(root) {}

  std::string text(const std::string& version) && {
    const std::string name = page_name(command_.path);
    std::string title = name;
    std::ranges::transform(title, title.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    out_ = fmt::format(".TH \"{}\" 1 \"\" \"marginfix {}\" \"marginfix\"\n", roff(title), roff(version));
    out_ += fmt::format(".SH NAME\n{} \\- {}\n", roff(name), roff(command_.text));
    out_ += ".SH SYNOPSIS\n.B " + roff(usage_line(command_)) + "\n";
    if (command_.path.empty())
      list_commands(".SH COMMANDS\n", command_.commands);
    else
      describe(command_, "");
    options(".SH OPTIONS OF EVERY COMMAND\n", root_.options);
    if (!command_.more.empty()) out_ += ".SH LANGUAGE\n.nf\n" + roff_lines(command_.more) + ".fi\n";
    examples();
    exit_status();
    variables();
    see_also();
    return std::move(out_);
  }

 private:
  void item(std::string_view name, std::string_view text) {
    out_ += fmt::format(".TP\n.B {}\n{}\n", roff(name), text.empty() ? "\\&" : roff(text));
  }
  void options(std::string_view title, const std::vector<OptionHelp>& options) {
    bool titled = title.empty();
    for (const OptionHelp& option : options) {
      if (option.names.back() == "--help") continue;
      if (!titled) out_ += title;
      titled = true;
      item(option_label(option), option.required ? option.text + (option.text.empty() ? "required" : " (required)") : option.text);
    }
  }
  void list_commands(std::string_view title, const std::vector<CommandHelp>& commands) {
    if (commands.empty()) return;
    out_ += title;
    for (const CommandHelp& child : commands) item(child.name, child.text);
  }
  // Options of a command and of all below it.
  void describe(const CommandHelp& command, const std::string& title) {
    options(title.empty() ? ".SH OPTIONS\n" : "", command.options);
    for (const CommandHelp& child : command.commands) {
      const std::string name = title.empty() ? child.name : title + " " + child.name;
      if (child.commands.empty() || !child.options.empty())
        out_ += fmt::format(".SH \"{}\"\n{}\n.PP\n.B {}\n", roff(name), roff(child.text), roff(usage_line(child)));
      describe(child, name);
    }
  }
  void examples() {
    if (command_.examples.empty()) return;
    out_ += ".SH EXAMPLES\n";
    for (const CommandExample& example : command_.examples) item(example.line, example.text);
  }
  void exit_status() {
    out_ += ".SH EXIT STATUS\n";
    item("0", "done");
    item("1", "not done, or not understood; standard error says why and what to do");
    for (const ExitCode& code : command_.exit_codes) item(std::to_string(code.code), code.text);
  }
  void variables() {
    out_ += ".SH ENVIRONMENT\n";
    for (const VariableNote& variable : environment_variables()) item(variable.name, variable.text);
  }
  void see_also() {
    out_ += ".SH SEE ALSO\n";
    std::string line = command_.path.empty() ? "" : ".BR marginfix (1)";
    if (command_.path.empty()) {
      for (const CommandHelp& child : root_.commands)
        line += fmt::format("{}.BR {} (1)", line.empty() ? "" : ",\n", roff(page_name(child.path)));
    }
    out_ += line + "\n";
  }

  const CommandHelp& command_;
  const CommandHelp& root_;
  std::string out_;
};

// ---- Markdown ---------------------------------------------------------------------------------------------------------------------

std::string table_cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<') out += '\\';
    out += c;
  }
  return out;
}

std::string in_code(std::string_view text) {
  std::string out = "`";
  for (const char c : text) {
    if (c == '|') out += '\\';  // even in code a bar ends a table's cell
    out += c;
  }
  return out + "`";
}

void add_option_table(std::string& out, const std::vector<OptionHelp>& options) {
  bool begun = false;
  for (const OptionHelp& option : options) {
    if (option.names.back() == "--help") continue;
    if (!begun) out += "\n| option | |\n|---|---|\n";
    begun = true;
    out += fmt::format("| {} | {}{} |\n", in_code(option_label(option)), table_cell(option.text), option.required ? " (required)" : "");
  }
}

// Not the operations: there are 83, and `--help` tells of each.
void add_markdown(std::string& out, const CommandHelp& command, std::size_t depth) {
  out += fmt::format("\n{} marginfix {}\n\n{}.\n\n```text\n{}\n```\n", std::string(depth, '#'), command.path, table_cell(command.text),
                     usage_line(command));
  add_option_table(out, command.options);
  if (!command.more.empty()) out += "\n```text\n" + command.more + "\n```\n";
  if (!command.examples.empty()) {
    out += "\n```text\n";
    for (const CommandExample& example : command.examples) out += fmt::format("{}\n    {}\n", example.line, example.text);
    out += "```\n";
  }
  if (command.name == "rest" || command.name == "klear") return;
  for (const CommandHelp& child : command.commands) add_markdown(out, child, depth + 1);
}

void add_exit_codes(std::string& out, const CommandHelp& command) {
  for (const ExitCode& code : command.exit_codes)
    out += fmt::format("| {} | `{}` | {} |\n", code.code, command.path, table_cell(code.text));
  for (const CommandHelp& child : command.commands) add_exit_codes(out, child);
}

}  // namespace

std::vector<ManPage> man_pages(const CommandHelp& root, const std::string& version) {
  std::vector<ManPage> pages{{page_name(""), RoffPage(root, root).text(version)}};
  for (const CommandHelp& command : root.commands) pages.push_back({page_name(command.path), RoffPage(command, root).text(version)});
  return pages;
}

std::string commands_markdown(const CommandHelp& root) {
  std::string out =
      "# Commands\n\n"
      "Written from the program's own tables by `marginfix man --markdown`; a test holds it to them. `marginfix COMMAND --help` says the "
      "same,\n"
      "`marginfix man COMMAND` is a manual page, `marginfix completion bash` (zsh, fish) completes all of it. Getting to know them:\n"
      "[getting-started.md](getting-started.md).\n\n"
      "| command | |\n|---|---|\n";
  for (const CommandHelp& command : root.commands) out += fmt::format("| `{}` | {} |\n", command.path, table_cell(command.text));
  out += "\n## Options of every command\n";
  add_option_table(out, root.options);
  out +=
      "\n## Exit codes\n\n| code | command | |\n|---|---|---|\n| 0 | every | done |\n| 1 | every | not done, or not understood; standard "
      "error says why and what to do |\n";
  add_exit_codes(out, root);
  out += "\n## Environment\n\n| variable | |\n|---|---|\n";
  for (const VariableNote& variable : environment_variables())
    out += fmt::format("| {} | {} |\n", in_code(variable.name), table_cell(variable.text));
  for (const CommandHelp& command : root.commands) add_markdown(out, command, 2);
  return out;
}

}  // namespace marginfix::apps
