// The bytes of a stream through the framer, whole and in pieces. Shared by the libFuzzer target and the smoke test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace marginfix_tests {

// The first byte says of which version the peer is and how the stream is cut. Aborts when a promise is broken; gives how many messages it
// held.
int fuzz_framing(const std::uint8_t* data, std::size_t size);
std::vector<std::string> framing_seeds();

}  // namespace marginfix_tests
