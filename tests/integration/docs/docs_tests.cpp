// The steps of README.md and docs/*.md, word for word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>
#include <sstream>

#include "integration/docs/blocks.hpp"
#include "integration/docs/shell.hpp"
#include "sim/simulator.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::testing_docs {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = MARGINFIX_SOURCE_DIR;

const std::vector<Block>& blocks() {
  static const std::vector<Block> all = blocks_under(kRoot);
  return all;
}

std::string file_text(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Docs, EveryBlockSaysWhatItIs) {
  const std::set<std::string> known{"sh", "cpp", "java", "go", "cmake", "cfg", "toml", "sql", "text"};
  ASSERT_GT(blocks().size(), 20U);
  for (const Block& block : blocks()) {
    EXPECT_TRUE(known.contains(block.language)) << block.place() << ": ```" << block.language;
    EXPECT_TRUE(block.not_run.empty() || block.language == "sh") << block.place();
  }
}

// ---- C++, and what scripts/logon-foreign compiles ------------------------------------------------------------------------------

// Its lines in one piece in a file, however far they are indented there.
bool stands_in(const std::string& text, const std::string& file) {
  const auto unindented = [](const std::string& from) {
    std::string out;
    std::istringstream in(from);
    for (std::string line; std::getline(in, line);) {
      const auto begin = line.find_first_not_of(" \t");
      if (begin != std::string::npos) out += line.substr(begin) + '\n';
    }
    return out;
  };
  return unindented(file).find(unindented(text)) != std::string::npos;
}

bool is_part_of_an_example(const std::string& text) {
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "examples")) {
    if (entry.is_regular_file() && stands_in(text, file_text(entry.path()))) return true;
  }
  return false;
}

TEST(Docs, EveryBlockOfCodeCompilesOrIsPartOfACompiledExample) {
  const test::TempFolder folder;
  int compiled = 0, quoted = 0;
  for (const Block& block : blocks()) {
    if (block.language != "cpp" && block.language != "java" && block.language != "go") continue;
    if (block.language != "cpp" || block.text.find("int main(") == std::string::npos) {
      EXPECT_TRUE(is_part_of_an_example(block.text)) << block.place() << " is in no file of examples/:\n" << block.text;
      ++quoted;
      continue;
    }
    const std::string file = folder.write("block.cpp", block.text);
    const auto done = run_shell(std::string(MARGINFIX_COMPILER) + " -std=c++20 -Wall -Wextra -Werror -fsyntax-only -I" +
                                    (kRoot / "include").string() + " " + file + "\n",
                                folder.path(), {});
    EXPECT_EQ(done.exit_code, 0) << block.place() << "\n" << done.output;
    ++compiled;
  }
  EXPECT_GE(compiled, 1);
  EXPECT_GE(quoted, 10);
}

// ---- the index of headers ------------------------------------------------------------------------------------------------------

TEST(Docs, TheIndexOfHeadersNamesEachOnce) {
  const std::string index = file_text(kRoot / "docs/api.md");
  const fs::path include = kRoot / "include/marginfix";
  int headers = 0;
  for (const auto& entry : fs::recursive_directory_iterator(include)) {
    const std::string name = fs::relative(entry.path(), include).generic_string();
    if (entry.path().extension() != ".hpp" || name.find("detail/") != std::string::npos) continue;
    ++headers;
    const std::string row = "| `" + name + "` | ";
    const auto first = index.find(row);
    ASSERT_NE(first, std::string::npos) << name << " is in no table of docs/api.md";
    EXPECT_EQ(index.find(row, first + 1), std::string::npos) << name;
  }
  const std::string end = ".hpp` | ";
  int rows = 0;
  for (auto at = index.find(end); at != std::string::npos; at = index.find(end, at + 1)) ++rows;
  EXPECT_EQ(rows, headers) << "a header is listed that is not there";
}

// ---- shell --------------------------------------------------------------------------------------------------------------------

// A checkout as a reader has it after scripts/demo, a HOME with nothing in it but ~/exchange where the file's first block does not make it
// itself, and one API key in the variables of getting-started's section 2.
class Reader {
 public:
  explicit Reader(bool exchange_runs) {
    fs::create_directories(home_.path("checkout/build/release"));
    fs::create_directory_symlink(fs::path(MARGINFIX_PROGRAM).parent_path(), home_.path("checkout/build/release/apps"));
    for (const char* name : {"config", "fix-spec", "scripts", "examples"})
      fs::create_directory_symlink(kRoot / name, home_.path("checkout/") + name);
    // Where the compiler's line of docs/quickfix.md leaves them.
    for (const char* name : {"quickfix_app", "quickfix_alone"})
      fs::create_symlink(fs::path(MARGINFIX_EXAMPLES) / ("example_" + std::string(name)), home_.path("checkout/") + name);
    environment_ = {{"HOME", home_.path()},
                    {"PATH", home_.path("checkout/build/release/apps") + ":" + std::string(std::getenv("PATH"))},
                    {"NO_COLOR", "1"}};
    if (exchange_runs) open_exchange();
  }

  ShellOutcome run(const Block& block) const { return run_shell(block.text, home_.path("checkout"), environment_); }

 private:
  // Plain, so that its URLs can stand in the variables.
  void open_exchange() {
    sim::SimulatorOptions options;
    options.dir = home_.path("exchange");
    options.past = false;
    options.plain = true;
    exchange_ = std::make_unique<sim::Simulator>(options);
    exchange_->start().value();
    const auto& doors = exchange_->endpoints();
    const sim::KeyEntry& key = *doors.find("alice");
    const std::vector<std::pair<std::string, std::string>> variables = {
        {"KALSHI_PERPS_KEY_ID", key.key_id},
        {"KALSHI_PERPS_PRIVATE_KEY_PATH", exchange_->path(key.private_key_path)},
        {"KALSHI_PERPS_API_BASE_URL", doors.rest_url},
        {"KALSHI_PERPS_WS_BASE_URL", doors.ws_url},
        {"KALSHI_KLEAR_API_BASE_URL", doors.klear.url},
        {"KALSHI_KLEAR_ADMIN_USER_ID", doors.klear.admin_user_id},
        {"KALSHI_KLEAR_ACCESS_TOKEN", std::string(doors.klear.access_token.reveal())}};
    environment_.insert(environment_.end(), variables.begin(), variables.end());
  }

  test::TempFolder home_;
  std::vector<std::pair<std::string, std::string>> environment_;
  std::unique_ptr<sim::Simulator> exchange_;
};

TEST(Docs, EveryShellBlockRuns) {
  int run = 0;
  for (const Block& block : blocks()) {
    if (block.language != "sh") continue;
    if (!block.not_run.empty()) {
      std::cout << block.place() << " is not run: " << block.not_run << '\n';
      continue;
    }
    const Reader reader(block.text.find("marginfix sim ") == std::string::npos);
    const auto done = reader.run(block);
    EXPECT_EQ(done.exit_code, 0) << block.place() << "\n" << block.text << "---\n" << done.output;
    ++run;
  }
  EXPECT_GE(run, 4);
}

}  // namespace
}  // namespace marginfix::testing_docs
