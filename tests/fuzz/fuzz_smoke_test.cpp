// The fuzz target over every golden and thousands of deterministic mutations, where no fuzzer is at hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "fuzz/codec_target.hpp"
#include "golden/golden.hpp"

namespace marginfix_tests {
namespace {

int run(const std::string& bytes) { return fuzz_codec(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()); }

TEST(FuzzSmoke, EveryGoldenDecodesInBothForms) {
  for (const auto& golden : load_goldens()) EXPECT_EQ(run(golden.wire), 2) << golden.name;
}

TEST(FuzzSmoke, MutatedGoldensKeepThePromises) {
  std::mt19937 random(20261122);
  const auto goldens = load_goldens();
  int decoded = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = goldens[random() % goldens.size()].wire;
    for (auto n = 1 + random() % 8; n > 0; --n) {
      const auto at = random() % bytes.size();
      switch (random() % 5) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes[at] = "\x01=0123456789-.;"[random() % 14];
          break;
        case 2:
          bytes.erase(at, 1 + random() % 12);
          break;
        case 3:
          bytes.insert(at, goldens[random() % goldens.size()].wire.substr(random() % 40, random() % 40));
          break;
        default:
          std::swap(bytes[at], bytes[random() % bytes.size()]);
          break;
      }
      if (bytes.empty()) bytes = "8";
    }
    decoded += run(bytes);
  }
  EXPECT_GT(decoded, 500) << "most mutations must get past the frame, or this test sees nothing";
}

TEST(FuzzSmoke, NoiseAndEmptiness) {
  std::mt19937 random(7);
  EXPECT_EQ(run(""), 0);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    run(bytes);
  }
}

}  // namespace
}  // namespace marginfix_tests
