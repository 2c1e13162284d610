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

TEST(Environment, baseUrlsAreThoseOfTheDocuments) {
  EXPECT_EQ(perps_base_url(Environment::production), "https://external-api.kalshi.com/trade-api/v2");
  EXPECT_EQ(perps_base_url(Environment::demo), "https://external-api.demo.kalshi.co/trade-api/v2");
  EXPECT_EQ(klear_base_url(Environment::production), "https://api.klear.kalshi.com/klear-api/v1");
  EXPECT_EQ(klear_base_url(Environment::demo), "https://demo-api.kalshi.co/klear-api/v1");
  EXPECT_EQ(websocket_url(Environment::production), "wss://external-api-margin-ws.kalshi.com/trade-api/ws/v2/margin");
  EXPECT_EQ(websocket_url(Environment::demo), "wss://external-api-margin-ws.demo.kalshi.co/trade-api/ws/v2/margin");
}

TEST(Environment, aHostTellsItsEnvironment) {
  EXPECT_EQ(environment_of_host("External-API.kalshi.com"), Environment::production);
  EXPECT_EQ(environment_of_host("external-api.demo.kalshi.co"), Environment::demo);
  for (const char* other : {"localhost", "kalshi.com.example.org", "notkalshi.com", "kalshi.company", ""})
    EXPECT_EQ(environment_of_host(other), std::nullopt) << other;
}

TEST(Environment, loopbackIsAnAddressNotAName) {
  for (const char* yes : {"localhost", "LOCALHOST", "127.0.0.1", "127.255.0.9", "::1", "[::1]"}) EXPECT_TRUE(is_loopback_host(yes)) << yes;
  for (const char* no : {"127.example.com", "127.0.0.1.example.com", "127.0.0", "127.0.0.256", "128.0.0.1", "localhost.example.com", ""})
    EXPECT_FALSE(is_loopback_host(no)) << no;
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
