// The JSON fuzz target over every seed and thousands of deterministic mutations, where no fuzzer is at hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "fuzz/json_target.hpp"
#include "fuzz/smoke.hpp"

namespace marginfix_tests {
namespace {

// A value becomes another kind of value.
std::string retyped(std::string bytes, std::mt19937& random) {
  static const char* const kValues[] = {"null", "[]", "{}", "\"\"", "-1e400", "1.0000000000000000001", "true"};
  const auto colon = bytes.find(':', random() % bytes.size());
  if (colon != std::string::npos)
    bytes.replace(colon + 1, std::min<std::size_t>(random() % 9, bytes.size() - colon - 1), kValues[random() % 7]);
  return bytes;
}

TEST(FuzzJsonSmoke, EverySeedDecodes) {
  const auto seeds = json_seeds();
  EXPECT_GT(seeds.size(), 150U);
  for (const auto& seed : seeds) EXPECT_EQ(run_target(fuzz_json, seed), 1) << seed;
}

TEST(FuzzJsonSmoke, MutatedSeedsKeepThePromises) {
  std::mt19937 random(20261125);
  const auto seeds = json_seeds();
  int decoded = 0;
  for (int i = 0; i < 5'000; ++i)
    decoded +=
        run_target(fuzz_json, mutated(retyped(seeds[random() % seeds.size()], random), seeds, R"({}[]",:0123456789.-eE\tfn )", random));
  EXPECT_GT(decoded, 200) << "some mutations must stay valid, or this test sees little";
}

TEST(FuzzJsonSmoke, NoiseAndEmptiness) {
  std::mt19937 random(7);
  EXPECT_EQ(run_target(fuzz_json, ""), 0);
  EXPECT_EQ(run_target(fuzz_json, "ws\n"), 0);
  EXPECT_EQ(run_target(fuzz_json, "ws"), 0);
  for (int i = 0; i < 2'000; ++i) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    run_target(fuzz_json, (i % 2 == 0 ? "ws\n" : "") + bytes);
  }
}

}  // namespace
}  // namespace marginfix_tests
