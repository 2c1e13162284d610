// Writes every golden message into a folder, one file each: the fuzzer's first corpus.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "golden/golden.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: marginfix_fuzz_seeds DIR\n", 1;
  const std::filesystem::path folder(argv[1]);
  std::filesystem::create_directories(folder);
  int written = 0;
  for (const auto& golden : marginfix_tests::load_goldens()) {
    std::ofstream(folder / golden.name, std::ios::binary) << golden.wire;
    ++written;
  }
  std::cout << written << " seeds in " << folder.string() << "\n";
  return written > 0 ? 0 : 1;
}
