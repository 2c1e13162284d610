// The whole program: its commands as the parser knows them, and what one line of words does.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "apps/command.hpp"
#include "apps/help/command_help.hpp"

namespace marginfix::apps {

class Program {
 public:
  // `commit` is what it was built from; empty where nobody knows.
  explicit Program(std::string_view commit = {});
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // The words behind the program's name. The exit code, 0 only on success.
  int run(std::vector<std::string> words);
  // Everything there is to say of its commands.
  CommandHelp help() const { return help_of(root_); }
  const std::string& commit() const noexcept { return commit_; }

 private:
  int parse_and_run(std::vector<std::string> words);
  int print_help() const;
  const CLI::App& chosen() const;
  std::string refusal(const CLI::ParseError& error) const;

  CLI::App root_{"Connects to Kalshi's perpetual-futures (margin) exchange, FIX first; carries a simulated exchange to try it on."};
  Globals globals_;
  Runner run_;
  std::string commit_;
};

}  // namespace marginfix::apps
