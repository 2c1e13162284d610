// Logs as input: LogScanner, the printer and the lint over any bytes, with the promises of log_scan.hpp checked. Shared by the libFuzzer
// target and by the smoke test that runs everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace marginfix_tests {

// Aborts when a promise is broken. Returns how many messages were found.
int fuzz_log(const std::uint8_t* data, std::size_t size);

// Small logs of golden messages: each usual separator, several on a line, times in front, data fields, texts that quote FIX.
std::vector<std::string> log_seeds();

}  // namespace marginfix_tests
