// Writes a valid input for everything that reads JSON into a folder, one file each: the fuzzer's first corpus.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "fuzz/json_target.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: marginfix_fuzz_json_seeds DIR\n", 1;
  const std::filesystem::path folder(argv[1]);
  std::filesystem::create_directories(folder);
  int written = 0;
  for (const auto& seed : marginfix_tests::json_seeds()) {
    std::ofstream(folder / std::to_string(written), std::ios::binary) << seed;
    ++written;
  }
  std::cout << written << " seeds in " << folder.string() << "\n";
  return written > 0 ? 0 : 1;
}
