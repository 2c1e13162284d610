#include "marginfix/ws/config.hpp"

#include <gtest/gtest.h>

#include <map>

namespace marginfix {
namespace {

VariableLookup variables(std::map<std::string, std::string, std::less<>> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto it = values.find(name);
    return it == values.end() ? std::nullopt : std::optional(it->second);
  };
}

TEST(PerpsWebSocketConfig, TakesHostAndKeyFromTheEnvironment) {
  const auto config = PerpsWebSocketConfig::from_env(variables({{"KALSHI_PERPS_KEY_ID", "k"}, {"KALSHI_PERPS_PRIVATE_KEY_PATH", "p.pem"}}));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->url, "wss://external-api-margin-ws.demo.kalshi.co/trade-api/ws/v2/margin");
  const auto production = PerpsWebSocketConfig::from_env(
      variables({{"KALSHI_PERPS_ENVIRONMENT", "production"}, {"KALSHI_PERPS_KEY_ID", "k"}, {"KALSHI_PERPS_PRIVATE_KEY", "secret text"}}));
  ASSERT_TRUE(production);
  EXPECT_EQ(to_string(*production), "wss://external-api-margin-ws.kalshi.com key k");
}

TEST(PerpsWebSocketConfig, ChoosesTheEnvironmentAsRestDoes) {
  std::map<std::string, std::string, std::less<>> of_key{{"KALSHI_PERPS_KEY_ID", "k"}, {"KALSHI_PERPS_PRIVATE_KEY_PATH", "p.pem"}};
  auto with = [&](const char* name, const char* value) {
    auto all = of_key;
    all[name] = value;
    return PerpsWebSocketConfig::from_env(variables(all));
  };
  EXPECT_EQ(with("KALSHI_PERPS_DEMO", "false")->url, PerpsWebSocketConfig::production().url);
  EXPECT_EQ(with("KALSHI_PERPS_DEMO", "true")->url, PerpsWebSocketConfig::demo().url);
  EXPECT_EQ(with("KALSHI_PERPS_WS_BASE_URL", " ")->url, PerpsWebSocketConfig::demo().url) << "empty counts as absent";
  EXPECT_FALSE(with("KALSHI_PERPS_BASE_URL", "https://external-api.kalshi.com/trade-api/v2")) << "the other environment's REST API";
  of_key["KALSHI_PERPS_ENVIRONMENT"] = "production";
  EXPECT_FALSE(with("KALSHI_PERPS_DEMO", "true")) << "a contradiction";
}

TEST(PerpsWebSocketConfig, RefusesWhatCannotWorkAndSaysTheMend) {
  PerpsWebSocketConfig config = PerpsWebSocketConfig::demo();
  EXPECT_EQ(config.validate().error().category, ErrorCategory::credentials);
  config.credentials.key_id = "k";
  EXPECT_NE(config.validate().error().message.find("KALSHI_PERPS_PRIVATE_KEY"), std::string::npos);
  config.credentials.private_key_path = "p.pem";
  EXPECT_TRUE(config.validate());
  config.rest_url = "https://external-api.kalshi.com/trade-api/v2";
  EXPECT_NE(config.validate().error().message.find("production"), std::string::npos);
  config.allow_mixed_environments = true;
  EXPECT_TRUE(config.validate());
  config.url = "ws://example.com/x";
  EXPECT_NE(config.validate().error().message.find("loopback"), std::string::npos);
  config.url = "ws://127.0.0.1:4000/x";
  EXPECT_TRUE(config.validate());
  config.url = "ws://[::1]:4000/x";
  EXPECT_TRUE(config.validate());
  config.url = "https://127.0.0.1/x";
  EXPECT_FALSE(config.validate());
  config.url = "not a url";
  EXPECT_FALSE(config.validate());
}

}  // namespace
}  // namespace marginfix
