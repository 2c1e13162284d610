// marginfix_fuzz_seeds codec|log|dictionary|framing|cfg|store|json DIR: writes valid inputs of a fuzz target into a folder, one file each:
// its first corpus.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "fuzz/cfg_target.hpp"
#include "fuzz/dictionary_target.hpp"
#include "fuzz/framing_target.hpp"
#include "fuzz/json_target.hpp"
#include "fuzz/log_target.hpp"
#include "fuzz/store_target.hpp"
#include "golden/golden.hpp"

namespace {
std::vector<std::string> seeds_of(const std::string& target) {
  if (target == "json") return marginfix_tests::json_seeds();
  if (target == "log") return marginfix_tests::log_seeds();
  if (target == "dictionary") return marginfix_tests::dictionary_seeds();
  if (target == "framing") return marginfix_tests::framing_seeds();
  if (target == "cfg") return marginfix_tests::cfg_seeds();
  if (target == "store") return marginfix_tests::store_seeds();
  std::vector<std::string> seeds;
  if (target == "codec")
    for (const auto& golden : marginfix_tests::load_goldens()) seeds.push_back(golden.wire);
  return seeds;
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::cerr << "usage: marginfix_fuzz_seeds codec|log|dictionary|framing|cfg|store|json DIR\n", 1;
  const std::filesystem::path folder(argv[2]);
  std::filesystem::create_directories(folder);
  int written = 0;
  for (const auto& seed : seeds_of(argv[1])) std::ofstream(folder / std::to_string(written++), std::ios::binary) << seed;
  std::cout << written << " seeds in " << folder.string() << "\n";
  return written > 0 ? 0 : 1;
}
