// The bytes of a message store's file through whatever reads one. Shared by the libFuzzer target and the smoke test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace marginfix_tests {

// Aborts when a promise is broken. 1: the bytes are a store that a session can go on with.
int fuzz_store(const std::uint8_t* data, std::size_t size);
std::vector<std::string> store_seeds();

}  // namespace marginfix_tests
