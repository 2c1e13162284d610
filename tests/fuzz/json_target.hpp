// One input through everything that reads JSON from outside: answers and bodies of REST and Klear, error bodies, WebSocket frames, with the
// promises of the binding checked. Shared by the libFuzzer target and by the deterministic smoke test that runs everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace marginfix_tests {

// The first line names what to read the rest as ("GetMarginMarketsResponse", "ws"); any other line stands for one of them.
// Aborts when a promise is broken. Returns 1 when the text decoded (a frame: when it was typed).
int fuzz_json(const std::uint8_t* data, std::size_t size);

// Valid inputs made from the tables: each type with every member and with the least, each frame.
std::vector<std::string> json_seeds();

}  // namespace marginfix_tests
