// The fuzz targets of the framer, .cfg files and message stores over their seeds and thousands of deterministic mutations.
#include <gtest/gtest.h>

#include "fuzz/cfg_target.hpp"
#include "fuzz/framing_target.hpp"
#include "fuzz/smoke.hpp"
#include "fuzz/store_target.hpp"

namespace marginfix_tests {
namespace {

TEST(FuzzFramingSmoke, EverySeedHoldsItsMessages) {
  for (const auto& seed : framing_seeds()) EXPECT_GT(run_target(fuzz_framing, seed), 0) << seed;
}

TEST(FuzzFramingSmoke, MutatedSeedsKeepThePromises) {
  std::mt19937 random(20261201);
  const auto seeds = framing_seeds();
  int found = 0;
  for (int i = 0; i < 4'000; ++i)
    found += run_target(fuzz_framing, mutated(seeds[random() % seeds.size()], seeds, "\x01=0123456789.89=FIXT", random));
  EXPECT_GT(found, 300) << "many mutations must still hold messages, or this test sees little";
}

TEST(FuzzCfgSmoke, EverySeedIsAFile) {
  const auto seeds = cfg_seeds();
  EXPECT_GE(seeds.size(), 4U);
  int configurations = 0;
  for (const auto& seed : seeds) {
    EXPECT_GE(run_target(fuzz_cfg, seed), 1) << seed;
    configurations += run_target(fuzz_cfg, seed) == 2 ? 1 : 0;
  }
  EXPECT_GE(configurations, 1);
}

TEST(FuzzCfgSmoke, MutatedSeedsKeepThePromises) {
  std::mt19937 random(20261201);
  const auto seeds = cfg_seeds();
  int files = 0;
  for (int i = 0; i < 700; ++i)
    files += run_target(fuzz_cfg, mutated(seeds[random() % seeds.size()], seeds, "=[]${}\n#;YN0123456789", random)) > 0;
  EXPECT_GT(files, 70);
}

TEST(FuzzStoreSmoke, EverySeedIsAStore) {
  for (const auto& seed : store_seeds()) EXPECT_EQ(run_target(fuzz_store, seed), 1);
}

// Most of a store's file is room: the mutations are made where the records are.
TEST(FuzzStoreSmoke, MutatedSeedsKeepThePromises) {
  std::mt19937 random(20261201);
  auto seeds = store_seeds();
  for (auto& seed : seeds) seed.resize(std::min<std::size_t>(seed.size(), seed.find_last_not_of('\0') + 33));
  int stores = 0;
  for (int i = 0; i < 1'500; ++i)
    stores += run_target(fuzz_store, mutated(seeds[random() % seeds.size()], seeds, std::string_view("\0\x01\x02\xff", 4), random));
  EXPECT_GT(stores, 20);
}

// Cut at each length, each byte flipped: what is certain is kept, the rest said.
TEST(FuzzStoreSmoke, CutAnywhereAndFlippedAnywhere) {
  std::string seed = store_seeds()[2];
  seed.resize(seed.find_last_not_of('\0') + 9);
  for (std::size_t cut = 0; cut <= seed.size(); ++cut) run_target(fuzz_store, seed.substr(0, cut));
  for (std::size_t at = 0; at < seed.size(); ++at) {
    std::string flipped = seed;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x40);
    run_target(fuzz_store, flipped);
  }
}

}  // namespace
}  // namespace marginfix_tests
