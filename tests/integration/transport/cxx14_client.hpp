// A client of the transport compiled as C++14, as the QuickFIX side is: proves that link.hpp is enough and clean in both dialects.
#pragma once

#include <cstdint>
#include <string>

namespace marginfix {
namespace test {

// Connects to 127.0.0.1:port over plain TCP on a loop of its own, sends `bytes`, gives the first `expected` bytes that come back, or
// "error: ..." when the connection ends first. `ticks` counts calls of a 1 ms timer that ends after three.
std::string exchange_bytes(std::uint16_t port, const std::string& bytes, std::size_t expected, int* ticks);

}  // namespace test
}  // namespace marginfix
