// Hosts and ports as the exchange documents them, and environment variables.
#include "marginfix/core/environment.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace marginfix {
namespace {

TEST(Environment, hostsAreThoseOfTheDocuments) {
  EXPECT_EQ(order_entry_host(Environment::demo), "margin-fix.demo.kalshi.co");
  EXPECT_EQ(market_data_host(Environment::demo), "margin-marketdata.fix.demo.kalshi.co");
  EXPECT_EQ(order_entry_host(Environment::production), "margin-mm.fix.elections.kalshi.com");
  EXPECT_EQ(market_data_host(Environment::production), "margin-marketdata.fix.elections.kalshi.com");
}

TEST(Environment, doorsAreThoseOfTheDocuments) {
  ASSERT_EQ(kFixDoors.size(), 4U);
  EXPECT_EQ(find_fix_door("KalshiNR")->port, 8228);
  EXPECT_EQ(find_fix_door("KalshiDC")->port, 8229);
  EXPECT_EQ(find_fix_door("KalshiRT")->port, 8230);
  EXPECT_EQ(find_fix_door("KalshiMD")->port, 8233);
  EXPECT_EQ(find_fix_door("Kalshi"), nullptr);
  for (const auto& door : kFixDoors) {
    EXPECT_EQ(door.keeps_sequence_numbers, door.target_comp_id == "KalshiRT");
    EXPECT_EQ(fix_host(Environment::demo, door),
              door.target_comp_id == "KalshiMD" ? "margin-marketdata.fix.demo.kalshi.co" : "margin-fix.demo.kalshi.co");
  }
}

TEST(Environment, namesGoBothWays) {
  EXPECT_EQ(parse_environment("Demo").value(), Environment::demo);
  EXPECT_EQ(parse_environment(to_string(Environment::production)).value(), Environment::production);
  EXPECT_EQ(parse_environment("prod").error().message, "'prod' is no environment: use demo or production");
}

TEST(ProcessVariables, emptyCountsAsAbsent) {
  ASSERT_EQ(::setenv("MARGINFIX_TEST_VARIABLE", "x", 1), 0);
  EXPECT_EQ(process_variables()("MARGINFIX_TEST_VARIABLE"), "x");
  ASSERT_EQ(::setenv("MARGINFIX_TEST_VARIABLE", "", 1), 0);
  EXPECT_FALSE(process_variables()("MARGINFIX_TEST_VARIABLE"));
  ASSERT_EQ(::unsetenv("MARGINFIX_TEST_VARIABLE"), 0);
  EXPECT_FALSE(process_variables()("MARGINFIX_TEST_VARIABLE"));
}

}  // namespace
}  // namespace marginfix
