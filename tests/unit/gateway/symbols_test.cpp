// Symbols both ways: the exchange's own, mapped ones, patterns, and those that a client may not see.
#include "services/gateway/oms/symbols.hpp"

#include <gtest/gtest.h>

namespace marginfix::gateway {
namespace {

TEST(GatewaySymbols, APatternIsTheTextWithOneStarForAnyText) {
  EXPECT_TRUE(matches("KXBTCPERP", "KXBTCPERP"));
  EXPECT_FALSE(matches("KXBTCPERP", "KXBTCPERP2"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("*", "anything"));
  EXPECT_TRUE(matches("KX*", "KX"));
  EXPECT_TRUE(matches("KX*PERP", "KXETHPERP"));
  EXPECT_FALSE(matches("KX*PERP", "KXPER"));
  EXPECT_TRUE(matches("*PERP", "PERP"));
  EXPECT_FALSE(matches("AB*BA", "ABA")) << "the two ends may not overlap";
  EXPECT_FALSE(matches("", "x"));
}

TEST(GatewaySymbols, WithoutAMapTheyAreTheExchanges) {
  const ClientConfig client;
  EXPECT_EQ(exchange_symbol(client, "KXBTCPERP"), "KXBTCPERP");
  EXPECT_EQ(client_symbol(client, "KXBTCPERP"), "KXBTCPERP");
}

TEST(GatewaySymbols, AMapHoldsBothWaysAndItsFirstFitCounts) {
  ClientConfig client;
  client.symbol_map = {{"XBT", "KXBTCPERP"}, {"*-PERP", "KX*PERP"}};
  EXPECT_EQ(exchange_symbol(client, "XBT"), "KXBTCPERP");
  EXPECT_EQ(exchange_symbol(client, "ETH-PERP"), "KXETHPERP");
  EXPECT_EQ(exchange_symbol(client, "BTC-PERP"), "KXBTCPERP");
  EXPECT_EQ(client_symbol(client, "KXETHPERP"), "ETH-PERP");
  EXPECT_EQ(client_symbol(client, "KXBTCPERP"), "XBT");
  EXPECT_EQ(exchange_symbol(client, "KXETHPERP"), "KXETHPERP") << "what no pair fits stays as it is";
  EXPECT_EQ(client_symbol(client, "GOLD"), "GOLD");
  for (const char* symbol : {"KXBTCPERP", "KXETHPERP", "KXPERP", "GOLD"})
    EXPECT_EQ(exchange_symbol(client, client_symbol(client, symbol)), symbol) << "there and back";
}

TEST(GatewaySymbols, OnlyThoseOfTheClientAreThere) {
  ClientConfig client;
  client.symbols = {"KXBTCPERP", "KXE*"};
  client.symbol_map = {{"*-PERP", "KX*PERP"}};
  EXPECT_EQ(exchange_symbol(client, "BTC-PERP"), "KXBTCPERP");
  EXPECT_EQ(exchange_symbol(client, "ETH-PERP"), "KXETHPERP");
  EXPECT_EQ(exchange_symbol(client, "LTC-PERP"), "") << "the exchange's symbol is what must be among them";
  EXPECT_EQ(client_symbol(client, "KXLTCPERP"), "");
  EXPECT_EQ(client_symbol(client, "KXETHPERP"), "ETH-PERP");
}

}  // namespace
}  // namespace marginfix::gateway
