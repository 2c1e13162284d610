// A .cfg text through the reader of files and through the configuration that is made of it. Shared by the libFuzzer target and the smoke
// test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace marginfix_tests {

// Aborts when a promise is broken. 2: a configuration, 1: a file without one, 0: no file.
int fuzz_cfg(const std::uint8_t* data, std::size_t size);
std::vector<std::string> cfg_seeds();

}  // namespace marginfix_tests
