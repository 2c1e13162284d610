// What people see goes out by apps/output.cpp alone: there every control character is made visible.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "apps/book_view.hpp"
#include "apps/output.hpp"
#include "apps/rest/table.hpp"
#include "marginfix/core/text.hpp"
#include "support/odd_texts.hpp"

namespace marginfix::apps {
namespace {

TEST(Output, NothingElseOfTheProgramPrints) {
  int looked_at = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::filesystem::path(MARGINFIX_SOURCE_DIR) / "apps")) {
    const auto& path = entry.path();
    if ((path.extension() != ".cpp" && path.extension() != ".hpp") || path.filename() == "output.cpp") continue;
    ++looked_at;
    std::ifstream in(path);
    int number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      for (const char* word : {"fwrite", "fputs", "fputc", "puts(", "printf(", "std::cout", "std::cerr", "std::clog", "fmt::print",
                               "STDOUT_FILENO", "STDERR_FILENO"})
        EXPECT_EQ(line.find(word), std::string::npos) << path << ":" << number << ": " << line;
    }
  }
  EXPECT_GT(looked_at, 30);
}

std::string captured(const std::function<void()>& print) {
  ::testing::internal::CaptureStdout();
  print();
  return ::testing::internal::GetCapturedStdout();
}

TEST(Output, EveryWayOutMakesControlCharactersVisible) {
  for (const auto& odd : marginfix_tests::odd_texts()) {
    const std::string& text = odd.text;
    EXPECT_EQ(captured([&] { print_line(text); }), visible(text) + "\n") << odd.name;
    EXPECT_EQ(captured([&] { print_pieces({{"a"}, {text, Style::red}}); }), "a" + visible(text) + "\n") << odd.name;
    const std::string json = captured([&] { print_json('"' + text + '"'); });
    // Between JSON's values a line end and a tab are white space, which stays; inside a string a parser refuses them.
    const bool white_space = odd.name == "newline" || odd.name == "tab";
    EXPECT_EQ(text_fault(std::string_view(json).substr(0, json.size() - 1)) != nullptr, white_space) << odd.name << json;
    ::testing::internal::CaptureStderr();
    marginfix::apps::report(text);
    const std::string error = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(text_fault(std::string_view(error).substr(0, error.size() - 1)), nullptr) << odd.name;
    const std::string screen = screen_of({{{text}}}, {24, 200}, true);
    EXPECT_NE(screen.find(visible(text)), std::string::npos) << odd.name;
  }
}

TEST(Output, WhoeverHasTheTerminalIsOfferedEveryLineFirst) {
  std::vector<std::string> taken;
  bool wanted = true;
  const auto print = [] {
    print_line("data");
    tell("news");
    marginfix::apps::report("trouble");
  };
  {
    const OutputTaker taker([&](const std::string& line, LineKind) {
      if (wanted) taken.push_back(line);
      return wanted;
    });
    EXPECT_EQ(captured(print), "");
    wanted = false;
    EXPECT_EQ(captured([] { print_line("data"); }), "data\n");
  }
  EXPECT_EQ(taken, (std::vector<std::string>{"data", "news", "marginfix: trouble"}));
  EXPECT_EQ(captured([] { print_csv("a,b"); }), "a,b\r\n");
}

TEST(Output, LinesOfOursStayLines) {
  EXPECT_EQ(captured([] { print_lines("a\nb\x1b[2J\n"); }), "a\nb\\x1b[2J\n");
  EXPECT_EQ(captured([] { print_lines("a"); }), "a\n");
}

TEST(Output, AFileOfMistakesIsALineEach) {
  ::testing::internal::CaptureStderr();
  marginfix::apps::report(fail(ErrorCategory::config, "a.cfg:1: one\na.cfg:2: two"));
  marginfix::apps::report(fail(ErrorCategory::decode, "a peer's\nline"));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "marginfix: a.cfg:1: one\nmarginfix: a.cfg:2: two\nmarginfix: a peer's line\n");
}

TEST(Table, NamesOfMembersAreVisibleToo) {
  EXPECT_EQ(table_of(nullptr, R"({"a\nb":1})"), "a\\x0ab  1\n");
  EXPECT_EQ(table_of(nullptr, R"({"list":[{"x\u001b[2J":1}]})"), "list\nx\\x1b[2J\n       1\n");
}

}  // namespace
}  // namespace marginfix::apps
