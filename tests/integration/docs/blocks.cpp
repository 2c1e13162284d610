#include "integration/docs/blocks.hpp"

#include <algorithm>
#include <fstream>
#include <string_view>

namespace marginfix::testing_docs {
namespace {

constexpr std::string_view kFence = "```", kNotRun = "not run: ";

Block opened(const std::string& file, int line, std::string_view info) {
  Block block;
  block.file = file;
  block.line = line;
  const auto blank = std::min(info.find(' '), info.size());
  block.language = info.substr(0, blank);
  const std::string_view rest = info.substr(std::min(blank + 1, info.size()));
  if (rest.starts_with(kNotRun)) block.not_run = rest.substr(kNotRun.size());
  return block;
}

void read(const std::filesystem::path& path, const std::string& name, std::vector<Block>& blocks) {
  std::ifstream in(path);
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.starts_with(kFence)) {
      if (!inside) blocks.push_back(opened(name, number, std::string_view(line).substr(kFence.size())));
      inside = !inside;
    } else if (inside) {
      blocks.back().text += line + '\n';
    }
  }
}

}  // namespace

std::vector<Block> blocks_under(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Block> blocks;
  read(root / "README.md", "README.md", blocks);
  for (const auto& file : files) read(file, "docs/" + file.filename().string(), blocks);
  return blocks;
}

}  // namespace marginfix::testing_docs
