// Each script finds out which command the words so far name (words that are values of options do not count), and looks the rest up.
#include "apps/help/completion.hpp"

#include <fmt/format.h>

#include <functional>

namespace marginfix::apps {
namespace {

using Visit = std::function<void(const CommandHelp&)>;

void each_command(const CommandHelp& command, const Visit& visit) {
  visit(command);
  for (const CommandHelp& child : command.commands) each_command(child, visit);
}

// Options of a command: its own, those of the commands it belongs to where these pass them on (`rest`, `klear`), and those of all.
struct Offer {
  const CommandHelp& command;
  std::vector<const OptionHelp*> options;
};

std::vector<Offer> offers_of(const CommandHelp& root) {
  std::vector<Offer> offers;
  const auto add = [&](const CommandHelp& command, const CommandHelp* family) {
    Offer offer{command, {}};
    const auto take = [&](const CommandHelp& from) {
      for (const OptionHelp& option : from.options) {
        if (!option.positional) offer.options.push_back(&option);
      }
    };
    take(command);
    if (family != nullptr) take(*family);
    if (&command != &root) take(root);
    offers.push_back(std::move(offer));
  };
  add(root, nullptr);
  for (const CommandHelp& top : root.commands) {
    const bool operations = top.path == "rest" || top.path == "klear";
    each_command(top, [&](const CommandHelp& command) { add(command, operations && &command != &top ? &top : nullptr); });
  }
  return offers;
}

bool is_left_out(const OptionHelp& option) { return !option.names.back().starts_with("--") || option.names.back() == "--help"; }

std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

// In single quotes, for all three shells.
std::string quoted_for_shell(std::string_view text, std::string_view quote = "'\\''") {
  std::string out = "'";
  for (const char c : text) c == '\'' ? out += quote : out += c;
  return out + "'";
}

// Which words before the cursor are commands: the names of all options that take a value, "path option" each.
std::string option_key(const Offer& offer, const OptionHelp& option) {
  return (offer.command.path.empty() ? "" : offer.command.path + " ") + option.names.back();
}

// What completes an option's value: words, "FILE", "DIR", or nothing that is known ("").
std::string value_kind(const OptionHelp& option) {
  if (!option.choices.empty()) return fmt::format("{}", fmt::join(option.choices, " "));
  return option.takes_file() ? "FILE" : option.takes_folder() ? "DIR" : "";
}

// ---- the tables as `case` lines of bash and zsh ------------------------------------------------------------------------------------

// Options that take values, and of which kind; the same for every command that has them stands once.
std::string value_cases(const std::vector<Offer>& offers) {
  std::string out;
  for (const Offer& offer : offers) {
    for (const OptionHelp* option : offer.options) {
      if (option->value.empty()) continue;
      out +=
          fmt::format("    {}) printf '%s' {} ;;\n", quoted_for_shell(option_key(offer, *option)), quoted_for_shell(value_kind(*option)));
    }
  }
  return out + "    *) return 1 ;;\n";
}

// What a word without dashes may be: the file of `decode FILE`, the shell of `completion`.
std::string word_cases(const std::vector<Offer>& offers) {
  std::string out;
  for (const Offer& offer : offers) {
    for (const OptionHelp& option : offer.command.options) {
      if (!option.positional || value_kind(option).empty()) continue;
      out += fmt::format("    {}) printf '%s' {} ;;\n", quoted_for_shell(offer.command.path), quoted_for_shell(value_kind(option)));
    }
  }
  return out;
}

}  // namespace

std::string bash_completion(const CommandHelp& root) {
  const auto offers = offers_of(root);
  std::string commands, options;
  for (const Offer& offer : offers) {
    std::string names, words;
    for (const CommandHelp& child : offer.command.commands) names += (names.empty() ? "" : " ") + child.name;
    for (const OptionHelp* option : offer.options) {
      if (!is_left_out(*option)) words += (words.empty() ? "" : " ") + option->names.back();
    }
    const std::string path = quoted_for_shell(offer.command.path);
    if (!names.empty()) commands += fmt::format("    {}) printf '%s' {} ;;\n", path, quoted_for_shell(names));
    options += fmt::format("    {}) printf '%s' {} ;;\n", path, quoted_for_shell(words + " --help"));
  }
  return "# bash completion for marginfix, written by `marginfix completion bash`\n"
         "_marginfix_commands() {\n  case $1 in\n" +
         commands +
         "  esac\n}\n"
         "_marginfix_options() {\n  case $1 in\n" +
         options +
         "  esac\n}\n"
         "# What the option takes: words, FILE, DIR, or nothing known; fails where it takes nothing.\n"
         "_marginfix_value() {\n  case $1 in\n" +
         value_cases(offers) +
         "  esac\n}\n"
         "_marginfix_word() {\n  case $1 in\n" +
         word_cases(offers) +
         "  esac\n}\n"
         R"bash(_marginfix_offer() {  # KIND WORD
  case $1 in
    FILE) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
    DIR) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2") ;;
  esac
}
_marginfix() {
  local path='' skip='' word i kind cur=${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [[ -n $skip ]]; then skip=''; continue; fi
    if [[ $word == -* ]]; then
      _marginfix_value "${path:+$path }$word" >/dev/null && skip=$word
    elif [[ " $(_marginfix_commands "$path") " == *" $word "* ]]; then
      path=${path:+$path }$word
      [[ $path == help ]] && path=''
    fi
  done
  if [[ -n $skip ]]; then
    kind=$(_marginfix_value "${path:+$path }$skip")
    _marginfix_offer "$kind" "$cur"
  elif [[ $cur == -* ]]; then
    _marginfix_offer "$(_marginfix_options "$path")" "$cur"
  elif kind=$(_marginfix_word "$path") && [[ -n $kind ]]; then
    _marginfix_offer "$kind" "$cur"
  else
    _marginfix_offer "$(_marginfix_commands "$path")" "$cur"
  fi
}
complete -F _marginfix marginfix
)bash";
}

std::string zsh_completion(const CommandHelp& root) {
  const auto offers = offers_of(root);
  // "name:what it means", a colon in a name would end it.
  const auto described = [](const std::string& name, std::string_view text) { return quoted_for_shell(name + ":" + first_line(text)); };
  std::string commands, options;
  for (const Offer& offer : offers) {
    std::string names, words;
    for (const CommandHelp& child : offer.command.commands) names += " " + described(child.name, child.text);
    for (const OptionHelp* option : offer.options) {
      if (!is_left_out(*option)) words += " " + described(option->names.back(), option->text);
    }
    const std::string path = quoted_for_shell(offer.command.path);
    if (!names.empty()) commands += fmt::format("    {}) reply=({}) ;;\n", path, names);
    options += fmt::format("    {}) reply=({} '--help:what it does and takes') ;;\n", path, words);
  }
  return "#compdef marginfix\n# zsh completion for marginfix, written by `marginfix completion zsh`\n"
         "_marginfix_commands() {\n  reply=()\n  case $1 in\n" +
         commands +
         "  esac\n}\n"
         "_marginfix_options() {\n  reply=()\n  case $1 in\n" +
         options +
         "  esac\n}\n"
         "_marginfix_value() {\n  case $1 in\n" +
         value_cases(offers) +
         "  esac\n}\n"
         "_marginfix_word() {\n  case $1 in\n" +
         word_cases(offers) +
         "  esac\n}\n"
         R"zsh(_marginfix_offer() {  # KIND
  case $1 in
    FILE) _files ;;
    DIR) _files -/ ;;
    ?*) compadd -- ${=1} ;;
  esac
}
_marginfix() {
  emulate -L zsh
  local where='' skip='' word kind
  local -a reply
  for word in "${(@)words[2,CURRENT-1]}"; do
    if [[ -n $skip ]]; then skip=''; continue; fi
    if [[ $word == -* ]]; then
      _marginfix_value "${where:+$where }$word" >/dev/null && skip=$word
      continue
    fi
    _marginfix_commands "$where"
    if (( ${reply[(I)$word:*]} )); then
      where=${where:+$where }$word
      [[ $where == help ]] && where=''
    fi
  done
  if [[ -n $skip ]]; then
    _marginfix_offer "$(_marginfix_value "${where:+$where }$skip")"
  elif [[ ${words[CURRENT]} == -* ]]; then
    _marginfix_options "$where"
    _describe -o option reply
  elif kind=$(_marginfix_word "$where") && [[ -n $kind ]]; then
    _marginfix_offer "$kind"
  else
    _marginfix_commands "$where"
    (( ${#reply} )) && _describe command reply
  fi
}
if [[ $funcstack[1] == _marginfix ]]; then _marginfix "$@"; else (( $+functions[compdef] )) && compdef _marginfix marginfix; fi
)zsh";
}

std::string fish_completion(const CommandHelp& root) {
  const auto offers = offers_of(root);
  const auto quoted = [](std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c == '\\') out += '\\';
      out += c;
    }
    return quoted_for_shell(out, "\\'");
  };
  std::string commands, takes, lines;
  for (const Offer& offer : offers) {
    const std::string& path = offer.command.path;
    std::string names, valued;
    const std::string here = fmt::format("complete -c marginfix -n '__marginfix_at \"{}\"'", path);
    for (const CommandHelp& child : offer.command.commands) {
      names += " " + child.name;
      lines += fmt::format("{} -f -a {} -d {}\n", here, child.name, quoted(first_line(child.text)));
    }
    for (const OptionHelp* option : offer.options) {
      if (is_left_out(*option)) continue;
      const std::string name = option->names.back().substr(2), kind = value_kind(*option);
      if (!option->value.empty()) valued += " " + option->names.back();
      std::string values = option->value.empty() ? " -f"
                           : kind == "FILE"      ? " -r -F"
                           : kind == "DIR"       ? " -x -a '(__fish_complete_directories)'"
                                                 : " -x";
      if (!option->choices.empty()) values += " -a " + quoted(kind);
      lines += fmt::format("{} -l {}{} -d {}\n", here, name, values, quoted(first_line(option->text)));
    }
    lines += fmt::format("{} -l help -f -d 'what it does and takes'\n", here);
    for (const OptionHelp& option : offer.command.options) {
      const std::string kind = value_kind(option);
      if (option.positional && !kind.empty())
        lines += fmt::format("{} {}\n", here, kind == "FILE" || kind == "DIR" ? "-F" : "-f -a " + quoted(kind));
    }
    if (!names.empty()) commands += fmt::format("        case {}\n            printf '%s\\n'{}\n", quoted(path), names);
    if (!valued.empty()) takes += fmt::format("        case {}\n            contains -- $argv[2]{}\n", quoted(path), valued);
  }
  return "# fish completion for marginfix, written by `marginfix completion fish`\n"
         "function __marginfix_commands\n    switch $argv[1]\n" +
         commands +
         "    end\nend\n"
         "function __marginfix_takes\n    switch $argv[1]\n" +
         takes +
         "        case '*'\n            false\n    end\nend\n"
         R"fish(function __marginfix_at
    set -l where ''
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if string match -q -- '-*' $word
            __marginfix_takes $where $word; and set skip 1
        else if contains -- $word (__marginfix_commands $where)
            set where (string trim "$where $word")
            test $where = help; and set where ''
        end
    end
    test "$where" = "$argv[1]"
end
complete -c marginfix -f
)fish" + lines;
}

}  // namespace marginfix::apps
