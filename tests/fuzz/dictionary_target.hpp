// Data dictionaries of strangers: loading and judging by any bytes, with the promises of dictionary.hpp checked. Shared by the libFuzzer
// target and by the smoke test that runs everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace marginfix_tests {

// Aborts when a promise is broken. Returns 1 when the text is a dictionary.
int fuzz_dictionary(const std::uint8_t* data, std::size_t size);

// Small dictionaries, each with something of its own: groups in components in groups, no header, values, oddities.
std::vector<std::string> dictionary_seeds();

}  // namespace marginfix_tests
