// Help, manual pages and completions tell the same of the same tables, and other programs understand them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>

#include "apps/help/completion.hpp"
#include "apps/help/man_page.hpp"
#include "apps/program.hpp"
#include "apps/rest/call_line.hpp"
#include "apps/version.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::apps {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const CommandHelp& the_help() {
  static const Program program;
  static const CommandHelp help = program.help();
  return help;
}

void each(const CommandHelp& command, const std::function<void(const CommandHelp&)>& visit) {
  visit(command);
  for (const CommandHelp& child : command.commands) each(child, visit);
}

bool there(const char* program) { return std::system((std::string("command -v ") + program + " >/dev/null 2>&1").c_str()) == 0; }

struct Said {
  int exit_code;
  std::string text;
};
// Standard output and error of a shell's command.
Said shell(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::string text;
  char piece[4096];
  for (std::size_t n = 0; (n = ::fread(piece, 1, sizeof piece, pipe)) > 0;) text.append(piece, n);
  const int status = ::pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text};
}

std::string file_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST(Help, EveryOptionOfEveryCommandSaysWhatItDoes) {
  std::size_t commands = 0, options = 0;
  each(the_help(), [&](const CommandHelp& command) {
    ++commands;
    EXPECT_FALSE(command.text.empty()) << command.path;
    for (const OptionHelp& option : command.options) {
      ++options;
      EXPECT_FALSE(option.text.empty()) << command.path << " " << option.names.back();
    }
  });
  EXPECT_GT(commands, 100U) << "the operations are commands, too";
  EXPECT_GT(options, 300U);
}

TEST(Help, EachCommandShowsItsOptionsAndThoseOfAll) {
  for (const CommandHelp& command : the_help().commands) {
    const std::string text = help_text(command, the_help(), 80);
    EXPECT_THAT(text, AllOf(HasSubstr("Usage: marginfix " + command.path), HasSubstr("--endpoints FILE"), HasSubstr("--json")));
    for (const OptionHelp& option : command.options) {
      if (option.names.back() == "--help") continue;
      EXPECT_THAT(text, HasSubstr("  " + option_label(option))) << command.path;
    }
  }
}

TEST(Help, ItsOwnTextFitsTheWidth) {
  for (const std::size_t width : {60U, 80U, 100U}) {
    std::istringstream lines(help_text(*the_help().find("check"), the_help(), width));
    for (std::string line; std::getline(lines, line);) {
      if (line.find("marginfix check --") != std::string::npos) continue;  // examples are to be copied
      EXPECT_LE(line.size(), width) << line;
    }
  }
}

TEST(Help, WrappingKeepsEveryWord) {
  EXPECT_EQ(wrapped("one two three", 7, 2), "one two\n  three");
  EXPECT_EQ(wrapped("  a   b ", 80, 0), "a b");
  EXPECT_EQ(wrapped("muchtoolong b", 4, 1), "muchtoolong\n b");
}

TEST(ManPages, HaveEveryCommandAndOption) {
  std::string all;
  for (const ManPage& page : man_pages(the_help(), "1.2.3")) all += page.text;
  each(the_help(), [&](const CommandHelp& command) {
    for (const OptionHelp& option : command.options) {
      std::string name = option.names.back();
      if (name == "--help") continue;
      for (std::size_t at = 0; (at = name.find('-', at)) != std::string::npos; at += 2) name.replace(at, 1, "\\-");
      EXPECT_THAT(all, HasSubstr(name)) << command.path;
    }
  });
}

TEST(ManPages, GroffHasNothingToSayAgainstThem) {
  if (!there("groff")) GTEST_SKIP() << "groff is not here";
  const test::TempFolder folder;
  for (const ManPage& page : man_pages(the_help(), "1.2.3")) {
    const auto said = shell("groff -man -ww -z -Tutf8 -K utf8 " + folder.write(page.name + ".1", page.text));
    EXPECT_EQ(said.exit_code, 0) << page.name;
    EXPECT_THAT(said.text, IsEmpty()) << page.name;
  }
}

TEST(ManPages, AManualReaderShowsThem) {
  if (!there("man") || !there("groff")) GTEST_SKIP() << "man is not here";
  const test::TempFolder folder;
  const auto pages = man_pages(the_help(), "1.2.3");
  const auto said = shell("MANWIDTH=80 LC_ALL=C.UTF-8 man --warnings -P cat -l " + folder.write("fix.1", pages[3].text) + " | col -b");
  EXPECT_EQ(said.exit_code, 0) << said.text;
  EXPECT_THAT(said.text, AllOf(HasSubstr("MARGINFIX-FIX(1)"), HasSubstr("--session"), HasSubstr("EXIT STATUS"), Not(HasSubstr("warning"))));
}

TEST(CommandsPage, IsWhatTheTablesSay) {
  const std::string path = std::string(MARGINFIX_SOURCE_DIR) + "/docs/commands.md";
  EXPECT_EQ(file_text(path), commands_markdown(the_help())) << "write it anew: marginfix man --markdown > docs/commands.md";
}

// What a shell offers behind these words, one a line: `words` are the command line, the last of them being typed.
std::string in_bash(const std::string& script, const std::string& words) {
  return shell("bash -c '. " + script + "; COMP_WORDS=(" + words +
               "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _marginfix; printf \"%s \" \"${COMPREPLY[@]}\"'")
      .text;
}

TEST(Completion, BashOffersCommandsOptionsValuesAndFiles) {
  if (!there("bash")) GTEST_SKIP() << "bash is not here";
  const test::TempFolder folder;
  const std::string script = folder.write("marginfix.bash", bash_completion(the_help()));
  EXPECT_THAT(shell("bash -n " + script).text, IsEmpty());
  EXPECT_EQ(in_bash(script, "marginfix drop"), "dropcopy ");
  EXPECT_EQ(in_bash(script, "marginfix --json fix --ses"), "--session ");
  EXPECT_EQ(in_bash(script, "marginfix fix --session \"\""), "NR RT DC MD LISTENER ");
  EXPECT_EQ(in_bash(script, "marginfix rest orders cr"), "create ");
  EXPECT_EQ(in_bash(script, "marginfix rest orders create --time-in-force good"), "good_till_canceled ");
  EXPECT_EQ(in_bash(script, "marginfix rest orders create --post-only \"\""), "true false ");
  EXPECT_EQ(in_bash(script, "marginfix klear settlement_balance_w"), "settlement_balance_withdrawal ");
  EXPECT_EQ(in_bash(script, "marginfix gateway --dir status --con"), "--config ") << "a value is no command";
  EXPECT_EQ(in_bash(script, "marginfix help gateway st"), "status ");
  EXPECT_EQ(in_bash(script, "marginfix check --cfg " + folder.path() + "/margin"), script + " ");
  EXPECT_EQ(in_bash(script, "marginfix completion f"), "fish ");
}

// Every command and every option, each by itself; one process.
TEST(Completion, BashKnowsAllThereIs) {
  if (!there("bash")) GTEST_SKIP() << "bash is not here";
  const test::TempFolder folder;
  std::string script = bash_completion(the_help());
  std::size_t asked = 0;
  const auto expect = [&](const std::string& path, const std::string& word) {
    ++asked;
    script += "COMP_WORDS=(marginfix " + path + " '" + word +
              "'); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _marginfix; [[ \" ${COMPREPLY[*]} \" == *' " + word +
              " '* ]] || echo 'missing: " + path + " " + word + "'\n";
  };
  each(the_help(), [&](const CommandHelp& command) {
    for (const CommandHelp& child : command.commands) expect(command.path, child.name);
    for (const OptionHelp& option : command.options) {
      if (option.names.back().starts_with("--")) expect(command.path, option.names.back());
    }
  });
  EXPECT_GT(asked, 400U);
  EXPECT_THAT(shell("bash " + folder.write("all.bash", script)).text, IsEmpty());
}

TEST(Completion, ZshOffersTheSame) {
  const test::TempFolder folder;
  const std::string script = folder.write("_marginfix", zsh_completion(the_help()));
  if (!there("zsh")) GTEST_SKIP() << "zsh is not here";
  EXPECT_THAT(shell("zsh -n " + script).text, IsEmpty());
  const std::string stubs =
      "_describe() { print -l -- ${(P)@[-1]} }\n_files() { print files }\ncompadd() { print -- ${@[2,-1]} }\n. " + script + "\n";
  const auto offered = [&](const std::string& words) {
    const std::string file = folder.write("ask.zsh", stubs + "words=(" + words + "); CURRENT=${#words}; _marginfix\n");
    return shell("zsh -f " + file).text;
  };
  EXPECT_THAT(offered("marginfix ''"), AllOf(HasSubstr("fix:an interactive"), HasSubstr("gateway:")));
  EXPECT_THAT(offered("marginfix fix --s"), HasSubstr("--session:"));
  EXPECT_EQ(offered("marginfix rest orders create --side ''"), "bid ask\n");
  EXPECT_EQ(offered("marginfix fix --cfg ''"), "files\n");
}

TEST(Completion, FishOffersTheSame) {
  if (!there("fish")) GTEST_SKIP() << "fish is not here";
  const test::TempFolder folder;
  const std::string script = folder.write("marginfix.fish", fish_completion(the_help()));
  EXPECT_THAT(shell("fish --no-config -n " + script).text, IsEmpty());
  const auto offered = [&](const std::string& line) {
    return shell("HOME=" + folder.path() + " fish --no-config -c '. " + script + "; complete -C \"" + line + "\"'").text;
  };
  EXPECT_THAT(offered("marginfix dropc"), HasSubstr("dropcopy\tpast execution reports"));
  EXPECT_THAT(offered("marginfix rest orders create --side "), AllOf(HasSubstr("bid"), HasSubstr("ask")));
  EXPECT_THAT(offered("marginfix fix --session "), HasSubstr("LISTENER"));
  EXPECT_THAT(offered("marginfix gateway --di"), HasSubstr("--dir"));
}

TEST(Version, NamesTheLibraries) {
  std::string names;
  for (const auto& [name, version] : library_versions()) {
    names += name + " ";
    EXPECT_FALSE(version.empty()) << name;
  }
  EXPECT_EQ(names, "QuickFIX OpenSSL libcurl Boost SQLite ");
}

std::string refused(std::vector<std::string> words) {
  ::testing::internal::CaptureStderr();
  Program program;
  EXPECT_NE(program.run(std::move(words)), 0);
  return ::testing::internal::GetCapturedStderr();
}

TEST(Words, ThatMeanNothingAreAnsweredWithThoseThatDo) {
  EXPECT_THAT(refused({"chek"}), HasSubstr("no command \"chek\"; did you mean check?"));
  EXPECT_THAT(refused({"--json", "gateway", "staus"}),
              HasSubstr("no command \"staus\" of gateway; did you mean status? (see marginfix gateway --help)"));
  EXPECT_THAT(refused({"fix", "--sesion", "NR"}), HasSubstr("no option --sesion; did you mean --session? (see marginfix fix --help)"));
  EXPECT_THAT(refused({"md", "--symbol", "A", "--dept=3"}), HasSubstr("did you mean --depth?"));
  EXPECT_THAT(refused({"md", "--symbol", "A", "--endpoint", "x"}), HasSubstr("did you mean --endpoints?"));
  EXPECT_THAT(refused({"decode", "a", "b"}), HasSubstr("\"b\" is a word too many"));
  EXPECT_THAT(refused({}), HasSubstr("give a command: demo, sim, fix,"));
}

}  // namespace
}  // namespace marginfix::apps
