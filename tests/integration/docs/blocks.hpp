// The fenced blocks of a Markdown file. The word behind the fence says what a block is; "not run: why" behind `sh` says that it cannot be
// run here, and to whom reads it, why.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace marginfix::testing_docs {

struct Block {
  std::string file;      // "docs/rest.md"
  int line{0};           // of the fence
  std::string language;  // "sh", "cpp", "text", ...; empty: none is given
  std::string not_run;   // the reason; empty: it is run
  std::string text;
  std::string place() const { return file + ":" + std::to_string(line); }
};

// Of README.md and docs/*.md under `root`, in the order of files and lines.
std::vector<Block> blocks_under(const std::filesystem::path& root);

}  // namespace marginfix::testing_docs
