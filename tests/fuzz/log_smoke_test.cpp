// The log fuzz target over every seed, thousands of deterministic mutations and what strangers sent, where no fuzzer is at hand.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/log_target.hpp"
#include "fuzz/smoke.hpp"

namespace marginfix_tests {
namespace {

TEST(FuzzLogSmoke, EverySeedHoldsMessages) {
  const auto seeds = log_seeds();
  EXPECT_GT(seeds.size(), 40U);
  for (const auto& seed : seeds) EXPECT_GT(run_target(fuzz_log, seed), 0) << seed;
}

TEST(FuzzLogSmoke, MutatedSeedsKeepThePromises) {
  std::mt19937 random(20261129);
  const auto seeds = log_seeds();
  int found = 0;
  for (int i = 0; i < 1'500; ++i) {
    std::string log = mutated(seeds[random() % seeds.size()], seeds, "\x01|=0123456789;^A\n\t 8FIX", random);
    if (log.size() > 600) log = log.substr(random() % (log.size() - 600), 600);
    found += run_target(fuzz_log, log);
  }
  EXPECT_GT(found, 500) << "some mutations must still hold messages, or this test sees little";
}

TEST(FuzzLogSmoke, LogsOfStrangersKeepThePromises) {
  const std::filesystem::path inputs(MARGINFIX_SOURCE_DIR "/../shared/review/inputs");
  if (!std::filesystem::is_directory(inputs)) GTEST_SKIP() << "../shared/review/inputs is not here";
  int logs = 0;
  for (const auto& file : std::filesystem::directory_iterator(inputs)) {
    if (file.path().extension() != ".log") continue;
    std::ifstream in(file.path(), std::ios::binary);
    run_target(fuzz_log, std::string(std::istreambuf_iterator<char>(in), {}));
    ++logs;
  }
  EXPECT_GT(logs, 5);
}

}  // namespace
}  // namespace marginfix_tests
