// PerpsConfig and KlearConfig: environments, variables, contradictions, and that they print no secret.
#include "marginfix/rest/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace marginfix {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Variables = std::map<std::string, std::string, std::less<>>;
VariableLookup lookup(Variables variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}
Result<PerpsConfig> perps(Variables variables) { return PerpsConfig::from_env(lookup(std::move(variables))); }
Result<KlearConfig> klear(Variables variables) { return KlearConfig::from_env(lookup(std::move(variables))); }

// Every variable that is asked for stands in the page that documents them, in the part about these clients.
template <class Config>
void expect_documented() {
  std::ifstream in(MARGINFIX_SOURCE_DIR "/docs/configuration.md");
  std::ostringstream text;
  text << in.rdbuf();
  const auto part = text.str().find("# Configuration of the REST, Klear and WebSocket clients");
  ASSERT_NE(part, std::string::npos);
  std::set<std::string> asked;
  (void)Config::from_env([&](std::string_view name) -> std::optional<std::string> {
    asked.emplace(name);
    return name.ends_with("KEY_ID") ? std::optional<std::string>("k") : std::nullopt;  // a key, so that its parts are asked for
  });
  EXPECT_GE(asked.size(), 6U);
  for (const std::string& name : asked) EXPECT_NE(text.str().find("| `" + name + "`", part), std::string::npos) << name;
}

TEST(PerpsConfig, everyVariableIsDocumented) { expect_documented<PerpsConfig>(); }
TEST(KlearConfig, everyVariableIsDocumented) { expect_documented<KlearConfig>(); }

TEST(PerpsConfig, theTwoEnvironments) {
  EXPECT_EQ(PerpsConfig::production().base_url, "https://external-api.kalshi.com/trade-api/v2");
  EXPECT_EQ(PerpsConfig::demo().base_url, "https://external-api.demo.kalshi.co/trade-api/v2");
  EXPECT_EQ(PerpsConfig::demo().ws_base_url, "wss://external-api-margin-ws.demo.kalshi.co/trade-api/ws/v2/margin");
  EXPECT_TRUE(PerpsConfig::production().validate());
  EXPECT_TRUE(PerpsConfig::demo().validate());
}

TEST(PerpsConfig, fromNoVariablesIsDemoWithoutAKey) {
  const auto config = perps({}).value();
  EXPECT_EQ(config.base_url, PerpsConfig::demo().base_url);
  EXPECT_FALSE(config.authenticated());
}

TEST(PerpsConfig, fromAllVariables) {
  const auto config = perps({{"KALSHI_PERPS_ENVIRONMENT", "production"},
                             {"KALSHI_PERPS_API_BASE_URL", " https://proxy.example.org/trade-api/v2/ "},
                             {"KALSHI_PERPS_WS_BASE_URL", "wss://proxy.example.org/trade-api/ws/v2/margin"},
                             {"KALSHI_PERPS_KEY_ID", " key "},
                             {"KALSHI_PERPS_PRIVATE_KEY_PATH", "/keys/k.pem"},
                             {"KALSHI_PERPS_PRIVATE_KEY_PASSPHRASE", "phrase"}})
                          .value();
  EXPECT_EQ(config.environment, Environment::production);
  EXPECT_EQ(config.base_url, "https://proxy.example.org/trade-api/v2/");
  EXPECT_EQ(config.ws_base_url, "wss://proxy.example.org/trade-api/ws/v2/margin");
  EXPECT_EQ(config.credentials.key_id, "key");
  EXPECT_EQ(config.credentials.private_key_path, "/keys/k.pem");
  EXPECT_EQ(config.credentials.passphrase.reveal(), "phrase");
}

TEST(PerpsConfig, demoIsAlsoAFlag) {
  EXPECT_EQ(perps({{"KALSHI_PERPS_DEMO", "true"}})->environment, Environment::demo);
  EXPECT_EQ(perps({{"KALSHI_PERPS_DEMO", "FALSE"}})->environment, Environment::production);
  EXPECT_THAT(perps({{"KALSHI_PERPS_DEMO", "maybe"}}).error().message, HasSubstr("KALSHI_PERPS_DEMO"));
  EXPECT_TRUE(perps({{"KALSHI_PERPS_DEMO", "true"}, {"KALSHI_PERPS_ENVIRONMENT", "demo"}}));
  EXPECT_THAT(perps({{"KALSHI_PERPS_DEMO", "true"}, {"KALSHI_PERPS_ENVIRONMENT", "production"}}).error().message, HasSubstr("contradict"));
}

TEST(PerpsConfig, aBaseUrlHasTwoNamesWhichMustAgree) {
  EXPECT_EQ(perps({{"KALSHI_PERPS_BASE_URL", "https://h/x"}})->base_url, "https://h/x");
  EXPECT_TRUE(perps({{"KALSHI_PERPS_BASE_URL", "https://h/x"}, {"KALSHI_PERPS_API_BASE_URL", "https://h/x"}}));
  EXPECT_FALSE(perps({{"KALSHI_PERPS_BASE_URL", "https://h/x"}, {"KALSHI_PERPS_API_BASE_URL", "https://h/y"}}));
}

// A demo key must not reach production (nor the other way) because one of several overrides was forgotten.
TEST(PerpsConfig, mixedOverridesAreRefusedWithTheReason) {
  const std::string production = PerpsConfig::production().base_url, demo = PerpsConfig::demo().base_url;
  for (const Variables& mixed : {Variables{{"KALSHI_PERPS_API_BASE_URL", production}},
                                 Variables{{"KALSHI_PERPS_ENVIRONMENT", "demo"}, {"KALSHI_PERPS_API_BASE_URL", production}},
                                 Variables{{"KALSHI_PERPS_DEMO", "true"}, {"KALSHI_PERPS_API_BASE_URL", production}},
                                 Variables{{"KALSHI_PERPS_ENVIRONMENT", "production"}, {"KALSHI_PERPS_API_BASE_URL", demo}},
                                 Variables{{"KALSHI_PERPS_WS_BASE_URL", PerpsConfig::production().ws_base_url}}}) {
    const auto config = perps(mixed);
    ASSERT_FALSE(config) << mixed.begin()->second;
    EXPECT_EQ(config.error().category, ErrorCategory::config);
    EXPECT_THAT(config.error().message, HasSubstr("exchange's, but the configuration says"));
  }
  auto split = PerpsConfig::demo();
  split.environment.reset();
  split.ws_base_url = PerpsConfig::production().ws_base_url;
  EXPECT_THAT(split.validate().error().message, HasSubstr("ws_base_url beside base_url"));
}

TEST(PerpsConfig, anOwnHostTakesTheEnvironmentsWebSocketAway) {
  EXPECT_EQ(perps({{"KALSHI_PERPS_API_BASE_URL", "http://127.0.0.1:9/trade-api/v2"}})->ws_base_url, "");
}

TEST(PerpsConfig, keysAreWholeOrNotThere) {
  EXPECT_THAT(perps({{"KALSHI_PERPS_KEY_ID", "k"}}).error().message, HasSubstr("KALSHI_PERPS_PRIVATE_KEY_PATH"));
  EXPECT_EQ(perps({{"KALSHI_PERPS_KEY_ID", "k"}}).error().category, ErrorCategory::credentials);
  EXPECT_FALSE(perps({{"KALSHI_PERPS_PRIVATE_KEY", "pem"}})->authenticated()) << "no key id: an unauthenticated client";
  EXPECT_THAT(
      perps({{"KALSHI_PERPS_KEY_ID", "k"}, {"KALSHI_PERPS_PRIVATE_KEY", "a"}, {"KALSHI_PERPS_PRIVATE_KEY_PATH", "b"}}).error().message,
      HasSubstr("both set"));
  auto config = PerpsConfig::demo();
  config.credentials.private_key_path = "k.pem";
  EXPECT_EQ(config.validate().error().category, ErrorCategory::credentials);
  config.credentials.key_id = "k\r\nX-Evil: 1";
  EXPECT_EQ(config.validate().error().category, ErrorCategory::credentials);
}

TEST(PerpsConfig, optionsAreChecked) {
  const auto refused = [](auto change) {
    auto config = PerpsConfig::demo();
    change(config.http);
    return !config.validate();
  };
  EXPECT_TRUE(refused([](HttpOptions& o) { o.connect_timeout = std::chrono::milliseconds(0); }));
  EXPECT_TRUE(refused([](HttpOptions& o) { o.total_timeout = std::chrono::hours(48); }));
  EXPECT_TRUE(refused([](HttpOptions& o) { o.user_agent = "a\nb"; }));
  EXPECT_TRUE(refused([](HttpOptions& o) { o.proxy = "http://p\r\n"; }));
  EXPECT_TRUE(refused([](HttpOptions& o) { o.most_body = 0; }));
  EXPECT_TRUE(refused([](HttpOptions& o) { o.connections = 0; }));
  EXPECT_TRUE(refused([](HttpOptions& o) { o.retry.more_tries = 50; }));
  EXPECT_FALSE(refused([](HttpOptions&) {}));
}

TEST(PerpsConfig, fromTheSimulatorsEndpoints) {
  const auto endpoints = Endpoints::from_json(R"({"rest":"https://127.0.0.1:4/trade-api/v2","ws":"wss://127.0.0.1:5/trade-api/ws/v2/margin",
    "ca_file":"ca.pem","accounts":[{"name":"alice","key_id":"a","private_key_path":"keys/a.pem"},{"name":"bob","key_id":"b","private_key_path":"keys/b.pem"}],
    "klear":{"url":"https://127.0.0.1:6/klear-api/v1","admin_user_id":"adm","access_token":"tok"}})",
                                              "/sim")
                             .value();
  const auto first = PerpsConfig::from_endpoints(endpoints).value();
  EXPECT_EQ(first.base_url, "https://127.0.0.1:4/trade-api/v2");
  EXPECT_EQ(first.http.ca_file, "/sim/ca.pem");
  EXPECT_EQ(first.credentials.private_key_path, "/sim/keys/a.pem");
  EXPECT_EQ(PerpsConfig::from_endpoints(endpoints, "bob")->credentials.key_id, "b");
  EXPECT_FALSE(PerpsConfig::from_endpoints(endpoints, "carol"));
  const auto clearing = KlearConfig::from_endpoints(endpoints).value();
  EXPECT_EQ(clearing.admin_user_id, "adm");
  EXPECT_EQ(clearing.access_token.reveal(), "tok");
  EXPECT_THAT(PerpsConfig::from_endpoints(Endpoints{}).error().message, HasSubstr("no REST door"));
  EXPECT_THAT(KlearConfig::from_endpoints(Endpoints{}).error().message, HasSubstr("no Klear door"));
}

TEST(PerpsConfig, printsNoSecret) {
  auto config = PerpsConfig::demo();
  config.credentials.key_id = "key-1";
  config.credentials.private_key = SecretString("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----");
  config.credentials.passphrase = SecretString("phrase");
  EXPECT_EQ(to_string(config), "https://external-api.demo.kalshi.co/trade-api/v2, key key-1, private key ***");
  EXPECT_THAT(to_string(PerpsConfig::demo()), HasSubstr("without a key"));
  config.base_url = "https://user:hunter2@h/x";
  EXPECT_THAT(to_string(config), Not(HasSubstr("hunter2")));
}

TEST(KlearConfig, theTwoEnvironments) {
  EXPECT_EQ(KlearConfig::production().base_url, "https://api.klear.kalshi.com/klear-api/v1");
  EXPECT_EQ(KlearConfig::demo().base_url, "https://demo-api.kalshi.co/klear-api/v1");
}

TEST(KlearConfig, fromVariables) {
  const Variables who{{"KALSHI_KLEAR_ADMIN_USER_ID", " adm "}, {"KALSHI_KLEAR_ACCESS_TOKEN", " tok\n"}};
  const auto config = klear(who).value();
  EXPECT_EQ(config.base_url, KlearConfig::demo().base_url);
  EXPECT_EQ(config.admin_user_id, "adm");
  EXPECT_EQ(config.access_token.reveal(), "tok");
  auto production = who;
  production["KALSHI_KLEAR_ENVIRONMENT"] = "production";
  EXPECT_EQ(klear(production)->base_url, KlearConfig::production().base_url);
  production["KALSHI_KLEAR_API_BASE_URL"] = KlearConfig::demo().base_url;
  EXPECT_THAT(klear(production).error().message, HasSubstr("exchange's, but the configuration says"));
}

TEST(KlearConfig, emptyIdentitiesAreRefusedAndTheTokenIsNeverShown) {
  EXPECT_THAT(klear({{"KALSHI_KLEAR_ACCESS_TOKEN", "tok"}}).error().message, HasSubstr("KALSHI_KLEAR_ADMIN_USER_ID"));
  EXPECT_THAT(klear({{"KALSHI_KLEAR_ADMIN_USER_ID", "adm"}, {"KALSHI_KLEAR_ACCESS_TOKEN", "  "}}).error().message,
              HasSubstr("KALSHI_KLEAR_ACCESS_TOKEN"));
  const auto bad = klear({{"KALSHI_KLEAR_ADMIN_USER_ID", "adm"}, {"KALSHI_KLEAR_ACCESS_TOKEN", "t0k\x01n"}});
  EXPECT_THAT(bad.error().message, Not(HasSubstr("t0k")));
  EXPECT_FALSE(klear({{"KALSHI_KLEAR_ADMIN_USER_ID", "a:b"}, {"KALSHI_KLEAR_ACCESS_TOKEN", "tok"}}));
  const auto good = klear({{"KALSHI_KLEAR_ADMIN_USER_ID", "adm"}, {"KALSHI_KLEAR_ACCESS_TOKEN", "s3cr3t"}}).value();
  EXPECT_THAT(to_string(good), AllOf(HasSubstr("admin user adm"), HasSubstr("***"), Not(HasSubstr("s3cr3t"))));
}

}  // namespace
}  // namespace marginfix
