// The fuzz target over every golden and thousands of deterministic mutations, where no fuzzer is at hand.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "fuzz/codec_target.hpp"
#include "fuzz/smoke.hpp"
#include "golden/golden.hpp"

namespace marginfix_tests {
namespace {

TEST(FuzzSmoke, EveryGoldenDecodesInBothForms) {
  for (const auto& golden : load_goldens()) EXPECT_EQ(run_target(fuzz_codec, golden.wire), 2) << golden.name;
}

TEST(FuzzSmoke, MutatedGoldensKeepThePromises) {
  std::mt19937 random(20261122);
  std::vector<std::string> seeds;
  for (const auto& golden : load_goldens()) seeds.push_back(golden.wire);
  int decoded = 0;
  for (int i = 0; i < 3000; ++i) {
    decoded += run_target(fuzz_codec, mutated(seeds[random() % seeds.size()], seeds, "\x01=0123456789-.;", random));
  }
  EXPECT_GT(decoded, 500) << "most mutations must get past the frame, or this test sees nothing";
}

TEST(FuzzSmoke, NoiseAndEmptiness) {
  std::mt19937 random(7);
  EXPECT_EQ(run_target(fuzz_codec, ""), 0);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    run_target(fuzz_codec, bytes);
  }
}

}  // namespace
}  // namespace marginfix_tests
