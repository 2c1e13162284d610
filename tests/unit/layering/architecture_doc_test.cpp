// The table of targets in docs/architecture.md against the tree: every library target of the product stands in it, nothing else does, and
// every folder that it names is there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace marginfix::layering {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

void collect(const std::string& text, const std::regex& pattern, const std::string& prefix, Names& out) {
  for (auto at = std::sregex_iterator(text.begin(), text.end(), pattern); at != std::sregex_iterator(); ++at)
    out.insert(prefix + (*at)[1].str());
}

// marginfix_layer(NAME ...) and add_library(marginfix_NAME STATIC ...) below the product's folders.
Names targets_of(const fs::path& root) {
  static const std::regex kLayer(R"(marginfix_layer\((\w+))"), kLibrary(R"(add_library\(marginfix_(\w+) )");
  Names found;
  for (const char* folder : {"src", "sessions", "rest", "ws", "services", "sim", "apps"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const fs::path& file = entry.path();
      if (file.filename() != "CMakeLists.txt" && file.extension() != ".cmake") continue;
      const std::string text = text_of(file);
      collect(text, kLayer, "marginfix_", found);
      collect(text, kLibrary, "marginfix_", found);
    }
  }
  return found;
}

// The rows of the table: | `target` | `folder`, `folder` | ...
struct Table {
  Names targets, folders;
};
Table table_of(const fs::path& document) {
  static const std::regex kQuoted("`([^`]+)`");
  Table table;
  std::ifstream in(document);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| `marginfix")) continue;
    const std::size_t target = line.find('|', 1), folder = line.find('|', target + 1);
    collect(line.substr(0, target), kQuoted, "", table.targets);
    collect(line.substr(target, folder - target), kQuoted, "", table.folders);
  }
  return table;
}

TEST(ArchitectureDocument, NamesEveryTargetAndNoOther) {
  const fs::path root = MARGINFIX_SOURCE_DIR;
  Names expected = targets_of(root);
  EXPECT_GT(expected.size(), 15U) << "the tree was read";
  expected.insert("marginfix");  // the program
  EXPECT_EQ(table_of(root / "docs/architecture.md").targets, expected);
}

TEST(ArchitectureDocument, NamesFoldersThatAreThere) {
  const fs::path root = MARGINFIX_SOURCE_DIR;
  const Names folders = table_of(root / "docs/architecture.md").folders;
  EXPECT_GT(folders.size(), 15U);
  for (const std::string& folder : folders) EXPECT_TRUE(fs::exists(root / folder)) << folder;
}

// What lies at the top has a sentence in the README's map.
TEST(Readme, MapsEveryFolderAtTheTop) {
  const fs::path root = MARGINFIX_SOURCE_DIR;
  const std::string readme = text_of(root / "README.md"), map = readme.substr(readme.find("## Where things are"));
  for (const char* folder : {"include/marginfix/", "src/", "sessions/", "rest/", "ws/", "services/", "sim/", "apps/", "fix-spec/",
                             "config/", "tests/", "bench/", "scripts/", "examples/", "docs/"}) {
    EXPECT_TRUE(fs::exists(root / folder)) << folder;
    EXPECT_THAT(map, testing::HasSubstr(folder));
  }
}

}  // namespace
}  // namespace marginfix::layering
