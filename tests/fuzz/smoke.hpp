// What the smoke tests of the fuzz targets share: running a text, and mutations that repeat from run to run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace marginfix_tests {

using FuzzTarget = int (*)(const std::uint8_t*, std::size_t);

inline int run_target(FuzzTarget target, const std::string& bytes) {
  return target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

// One to eight changes: a byte, a character of `alphabet`, a cut, a piece of another seed, two bytes exchanged. Never empty.
inline std::string mutated(std::string bytes, const std::vector<std::string>& seeds, std::string_view alphabet, std::mt19937& random) {
  for (auto n = 1 + random() % 8; n > 0 && !bytes.empty(); --n) {
    const auto at = random() % bytes.size();
    switch (random() % 5) {
      case 0:
        bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes[at] = alphabet[random() % alphabet.size()];
        break;
      case 2:
        bytes.erase(at, 1 + random() % 12);
        break;
      case 3: {
        const std::string& other = seeds[random() % seeds.size()];
        bytes.insert(at, other.substr(random() % other.size(), random() % 40));
        break;
      }
      default:
        std::swap(bytes[at], bytes[random() % bytes.size()]);
        break;
    }
  }
  if (bytes.empty()) bytes = alphabet.substr(0, 1);
  return bytes;
}

}  // namespace marginfix_tests
