// The JSON fuzz target over every seed and thousands of deterministic mutations, where no fuzzer is at hand.
#include <gtest/gtest.h>

#include <random>

#include "fuzz/json_target.hpp"

namespace marginfix_tests {
namespace {

int run(const std::string& bytes) { return fuzz_json(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()); }

std::string mutated(std::string bytes, const std::vector<std::string>& seeds, std::mt19937& random) {
  for (auto n = 1 + random() % 4; n > 0; --n) {
    const auto at = random() % bytes.size();
    switch (random() % 6) {
      case 0:
        bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes[at] = R"({}[]",:0123456789.-eE\tfn )"[random() % 26];
        break;
      case 2:
        bytes.erase(at, 1 + random() % 12);
        break;
      case 3: {
        const std::string& other = seeds[random() % seeds.size()];
        bytes.insert(at, other.substr(random() % other.size(), random() % 40));
        break;
      }
      case 4: {  // a value becomes another kind of value
        const auto colon = bytes.find(':', at);
        if (colon == std::string::npos) break;
        static const char* const kValues[] = {"null", "[]", "{}", "\"\"", "-1e400", "1.0000000000000000001", "true"};
        bytes.replace(colon + 1, std::min<std::size_t>(random() % 9, bytes.size() - colon - 1), kValues[random() % 7]);
        break;
      }
      default:
        std::swap(bytes[at], bytes[random() % bytes.size()]);
        break;
    }
    if (bytes.empty()) bytes = "{";
  }
  return bytes;
}

TEST(FuzzJsonSmoke, EverySeedDecodes) {
  const auto seeds = json_seeds();
  EXPECT_GT(seeds.size(), 150U);
  for (const auto& seed : seeds) EXPECT_EQ(run(seed), 1) << seed;
}

TEST(FuzzJsonSmoke, MutatedSeedsKeepThePromises) {
  std::mt19937 random(20261125);
  const auto seeds = json_seeds();
  int decoded = 0;
  for (int i = 0; i < 5'000; ++i) decoded += run(mutated(seeds[random() % seeds.size()], seeds, random));
  EXPECT_GT(decoded, 200) << "some mutations must stay valid, or this test sees little";
}

TEST(FuzzJsonSmoke, NoiseAndEmptiness) {
  std::mt19937 random(7);
  EXPECT_EQ(run(""), 0);
  EXPECT_EQ(run("ws\n"), 0);
  EXPECT_EQ(run("ws"), 0);
  for (int i = 0; i < 2'000; ++i) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    run((i % 2 == 0 ? "ws\n" : "") + bytes);
  }
}

}  // namespace
}  // namespace marginfix_tests
