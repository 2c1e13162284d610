// One input through everything that reads bytes from outside, with the promises of the codec checked. Shared by the libFuzzer target
// and by the deterministic smoke test that runs everywhere.
#pragma once

#include <cstddef>
#include <cstdint>

namespace marginfix_tests {

// The bytes as a stream, as one message, and as the fields of a message under right BodyLength(9) and CheckSum(10).
// Aborts when a promise is broken. Returns how many of the forms decoded.
int fuzz_codec(const std::uint8_t* data, std::size_t size);

}  // namespace marginfix_tests
