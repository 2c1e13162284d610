// `marginfix help`, `version`, `man` and `completion`: what the program says of itself.
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "apps/command.hpp"
#include "apps/help/completion.hpp"
#include "apps/help/man_page.hpp"
#include "apps/output.hpp"
#include "apps/program.hpp"
#include "apps/version.hpp"

namespace marginfix::apps {
namespace {

struct PageArguments {
  std::string command, out, shell;
  bool markdown{false};
};

Result<void> write_page(const std::filesystem::path& file, const std::string& text) {
  std::error_code failed;
  std::filesystem::create_directories(file.parent_path(), failed);
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (out) return {};
  return fail(ErrorCategory::config, "cannot write " + file.string());
}

// As they are installed: DIR/man/man1/marginfix.1, DIR/bash-completion/completions/marginfix ...
int write_all(const std::string& folder, const CommandHelp& help) {
  const std::filesystem::path dir(folder);
  std::vector<std::pair<std::filesystem::path, std::string>> files{
      {dir / "bash-completion/completions/marginfix", bash_completion(help)},
      {dir / "zsh/site-functions/_marginfix", zsh_completion(help)},
      {dir / "fish/vendor_completions.d/marginfix.fish", fish_completion(help)}};
  for (ManPage& page : man_pages(help, MARGINFIX_VERSION)) files.emplace_back(dir / "man/man1" / (page.name + ".1"), std::move(page.text));
  for (const auto& [file, text] : files) {
    if (auto written = write_page(file, text); !written) return report(written.error());
  }
  return kSuccess;
}

int run_man(const PageArguments& a, const CommandHelp& help) {
  if (!a.out.empty()) return write_all(a.out, help);
  if (a.markdown) return print_lines(commands_markdown(help)), kSuccess;
  const std::string wanted = a.command.empty() ? "marginfix" : "marginfix-" + a.command;
  for (const ManPage& page : man_pages(help, MARGINFIX_VERSION)) {
    if (page.name == wanted) return print_lines(page.text), kSuccess;
  }
  return report("no command \"" + a.command + "\" (see marginfix --help)");
}

int run_completion(const std::string& shell, const CommandHelp& help) {
  print_lines(shell == "bash" ? bash_completion(help) : shell == "zsh" ? zsh_completion(help) : fish_completion(help));
  return kSuccess;
}

}  // namespace

void add_help_commands(CLI::App& root, const Globals& globals, Runner& run, const Program& program) {
  auto a = std::make_shared<PageArguments>();
  auto* man = root.add_subcommand("man", "manual pages in roff: of the program, or of one command");
  man->add_option("COMMAND", a->command, "of this command (default: of the program)");
  man->add_flag("--markdown", a->markdown, "all of it as Markdown: docs/commands.md");
  man->add_option("--out", a->out, "writes every page and every shell's completion into this folder, as they are installed under share/")
      ->type_name("DIR");
  man->callback([a, &run, &program] { run = [a, &program] { return run_man(*a, program.help()); }; });
  auto* completion = root.add_subcommand("completion", "completion of commands, options and values, for your shell");
  completion->add_option("SHELL", a->shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->callback([a, &run, &program] { run = [a, &program] { return run_completion(a->shell, program.help()); }; });
  auto* version = root.add_subcommand("version", "version, commit and libraries; as -V and --version");
  version->callback(
      [&globals, &run, &program] { run = [&globals, &program] { return print_version(program.commit(), globals.json), kSuccess; }; });
  root.add_subcommand("help", "what a command does and takes; as COMMAND --help");  // Program::run makes the one of the other
}

}  // namespace marginfix::apps
