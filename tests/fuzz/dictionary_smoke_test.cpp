// The dictionary fuzz target over every seed, our own dictionaries and thousands of deterministic mutations, where no fuzzer is at hand.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "fuzz/dictionary_target.hpp"
#include "fuzz/smoke.hpp"

namespace marginfix_tests {
namespace {

std::string fix_spec(const std::string& name) {
  std::ifstream in(std::string(MARGINFIX_SOURCE_DIR "/fix-spec/") + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(FuzzDictionarySmoke, EverySeedAndOurOwnAreDictionaries) {
  for (const auto& seed : dictionary_seeds()) EXPECT_EQ(run_target(fuzz_dictionary, seed), 1) << seed;
  EXPECT_EQ(run_target(fuzz_dictionary, fix_spec("FIXT11-margin.xml")), 1);
  EXPECT_EQ(run_target(fuzz_dictionary, fix_spec("FIX50SP2-margin.xml")), 1);
}

TEST(FuzzDictionarySmoke, MutatedSeedsKeepThePromises) {
  std::mt19937 random(20261130);
  const auto seeds = dictionary_seeds();
  int loaded = 0;
  for (int i = 0; i < 1'500; ++i)
    loaded += run_target(fuzz_dictionary, mutated(seeds[random() % seeds.size()], seeds, R"(<>/="' 0123456789NYR)", random));
  EXPECT_GT(loaded, 50) << "some mutations must still be dictionaries, or this test sees little";
}

TEST(FuzzDictionarySmoke, NoiseIsRefusedWithReason) {
  std::mt19937 random(8);
  EXPECT_EQ(run_target(fuzz_dictionary, ""), 0);
  for (int i = 0; i < 1'000; ++i) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_EQ(run_target(fuzz_dictionary, bytes), 0);
  }
}

}  // namespace
}  // namespace marginfix_tests
