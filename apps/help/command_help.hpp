// What a command is called, takes and does, as data: `--help`, the manual pages, the completions of bash, zsh and fish and
// docs/commands.md are written from this one tree. It is read off the parser's own tables (CLI11's, and for `rest` and `klear` those of
// the operations), so it cannot tell of an option that is not there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace marginfix::apps {

struct OptionHelp {
  std::vector<std::string> names;  // "-h", "--help"; of a word without dashes its name alone
  std::string value;               // "FILE", "N", "fix|ws"; empty: a flag
  std::string text;
  std::vector<std::string> choices;  // all that it takes, where that is a list
  bool positional{false}, required{false}, several{false};

  bool takes_file() const { return value.starts_with("FILE"); }
  bool takes_folder() const { return value.starts_with("DIR"); }
};

struct CommandExample {
  std::string_view line, text;
};
struct ExitCode {
  int code;
  std::string_view text;
};

struct CommandHelp {
  std::string path;  // "" for the program itself, "gateway status"
  std::string name;  // the last word of it
  std::string text;
  std::string more;  // preformatted lines: the language of `fix`
  std::vector<OptionHelp> options;
  std::vector<CommandHelp> commands;
  std::vector<CommandExample> examples;
  std::vector<ExitCode> exit_codes;  // beside 0 and 1

  const CommandHelp* find(std::string_view child) const;
};

// The whole program. Its own options are those of every command.
CommandHelp help_of(const CLI::App& root);

// "--depth N", "-V, --version", "--symbol SYMBOL..."
std::string option_label(const OptionHelp& option);
// "marginfix md [OPTIONS] --symbol SYMBOL..."
std::string usage_line(const CommandHelp& command);
// `text` in lines of at most `width` characters, cut at blanks; every line but the first behind `indent` blanks.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);
// Preformatted lines, those wrapped that are longer than `width`.
std::string fitted_lines(std::string_view lines, std::size_t width);
// What `marginfix COMMAND --help` prints.
std::string help_text(const CommandHelp& command, const CommandHelp& root, std::size_t width);

}  // namespace marginfix::apps
