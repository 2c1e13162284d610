// ExchangeAccount: from every source, the doors that are wanted, one set of buckets, and no secret in its text.
#include "marginfix/exchange_account.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "marginfix/perps_client.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPem =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
constexpr const char* kKey = "8f1c6a52-3e0d-4b7a-9c11-5d2f0a7be901";
constexpr AccountDoors kNone{DoorChoice::no, DoorChoice::no, DoorChoice::no, DoorChoice::no};

using Variables = std::map<std::string, std::string, std::less<>>;
VariableLookup only(Variables variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}
Variables with_key() { return {{"KALSHI_PERPS_KEY_ID", kKey}, {"KALSHI_PERPS_PRIVATE_KEY", kPem}}; }

class ExchangeAccountTest : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) const { return folder_.write(name, text); }
  TempFolder folder_;
};

TEST_F(ExchangeAccountTest, TheEnvironmentConfiguresEveryDoorAlike) {
  auto variables = with_key();
  variables["KALSHI_PERPS_ENVIRONMENT"] = "production";
  variables["KALSHI_KLEAR_ADMIN_USER_ID"] = "admin-1";
  variables["KALSHI_KLEAR_ACCESS_TOKEN"] = "token-1";
  const auto account = ExchangeAccount::from_env({}, only(variables)).value();
  EXPECT_EQ(account.fix.find("KalshiNR")->host, "margin-mm.fix.elections.kalshi.com");
  EXPECT_EQ(account.rest.base_url, PerpsConfig::production().base_url);
  EXPECT_EQ(account.ws.url, PerpsWebSocketConfig::production().url);
  EXPECT_EQ(account.klear->admin_user_id, "admin-1");
  for (const std::string& key :
       {account.fix.find("KalshiNR")->credentials.key_id, account.rest.credentials.key_id, account.ws.credentials.key_id})
    EXPECT_EQ(key, kKey);
  EXPECT_TRUE(account.has_fix() && account.has_rest() && account.has_ws());
}

TEST_F(ExchangeAccountTest, WhatIsNotWantedOrNotThereIsLeftOut) {
  const auto without_klear = ExchangeAccount::from_env({}, only(with_key())).value();
  EXPECT_FALSE(without_klear.klear);
  AccountDoors doors = kNone;
  doors.rest = DoorChoice::required;
  const auto rest = ExchangeAccount::from_env({.doors = doors}, only({})).value();
  EXPECT_TRUE(rest.has_rest());
  EXPECT_FALSE(rest.rest.authenticated()) << "the public operations need no key";
  EXPECT_FALSE(rest.has_fix() || rest.has_ws() || rest.klear);
  doors.rest = DoorChoice::if_there;
  EXPECT_FALSE(ExchangeAccount::from_env({.doors = doors}, only({})).value().has_rest());
  doors = kNone;
  doors.klear = DoorChoice::required;
  EXPECT_EQ(ExchangeAccount::from_env({.doors = doors}, only({})).error().category, ErrorCategory::credentials);
}

TEST_F(ExchangeAccountTest, AMistakeOfOneDoorIsTheAccounts) {
  EXPECT_THAT(ExchangeAccount::from_env({}, only({})).error().message, HasSubstr("KALSHI_PERPS_KEY_ID is not set"));
  auto variables = with_key();
  variables["KALSHI_PERPS_WS_BASE_URL"] = "wss://external-api-margin-ws.kalshi.com/trade-api/ws/v2/margin";
  EXPECT_EQ(ExchangeAccount::from_env({}, only(variables)).error().category, ErrorCategory::config) << "demo's FIX, production's WebSocket";
  EXPECT_THAT(ExchangeAccount::from_env({.account = "alice"}, only(with_key())).error().message, HasSubstr("the environment is none"));
}

TEST_F(ExchangeAccountTest, AFileOfVariablesStandsBeforeTheEnvironment) {
  const std::string path = file("prod.env", "# ours\n\nexport KALSHI_PERPS_KEY_ID=\"" + std::string(kKey) +
                                                "\"\r\n KALSHI_PERPS_PRIVATE_KEY_PATH = '/keys/a b.pem'\nKALSHI_PERPS_ENVIRONMENT=\n");
  const auto account = ExchangeAccount::from_env_file(path, {}, only({{"KALSHI_PERPS_ENVIRONMENT", "production"}})).value();
  EXPECT_EQ(account.rest.credentials.key_id, kKey);
  EXPECT_EQ(account.rest.credentials.private_key_path, "/keys/a b.pem");
  EXPECT_EQ(account.rest.environment, Environment::production) << "set to nothing: asked of the environment";
}

TEST_F(ExchangeAccountTest, AFileThatIsNoneOfVariablesSaysWhereAndShowsNoValue) {
  const std::string bad = file("bad.env", "A=1\nthis is secret-text\n");
  const auto error = ExchangeAccount::from_env_file(bad).error();
  EXPECT_EQ(error.category, ErrorCategory::config);
  EXPECT_THAT(error.message, AllOf(HasSubstr("bad.env:2: "), Not(HasSubstr("secret-text"))));
  EXPECT_THAT(ExchangeAccount::from_env_file(folder_.path("none.env")).error().message, HasSubstr("cannot be read"));
}

std::string cfg(const std::string& more) {
  return "[DEFAULT]\nConnectionType=initiator\n" + more + "SenderCompID=" + kKey +
         "\nKalshiPrivateKeyPath=/keys/a.pem\n[SESSION]\nTargetCompID=KalshiNR\n[SESSION]\nTargetCompID=KalshiMD\n";
}

TEST_F(ExchangeAccountTest, ACfgGivesTheOtherDoorsItsEnvironmentAndItsTradersKey) {
  const std::string path = file("prod.cfg", cfg("KalshiEnvironment=production\n"));
  // What the variables say of another key and another environment does not count.
  const auto account = ExchangeAccount::from_cfg_file(path, {}, only({{"KALSHI_PERPS_KEY_ID", "other"}, {"KALSHI_PERPS_DEMO", "true"}}));
  ASSERT_TRUE(account) << account.error().message;
  EXPECT_EQ(account->fix.sessions.size(), 2U);
  EXPECT_EQ(account->rest.base_url, PerpsConfig::production().base_url);
  EXPECT_EQ(account->rest.credentials.key_id, kKey);
  EXPECT_EQ(account->rest.credentials.private_key_path, "/keys/a.pem");
  EXPECT_EQ(account->ws.url, PerpsWebSocketConfig::production().url);
  EXPECT_EQ(account->ws.credentials.key_id, kKey);
}

TEST_F(ExchangeAccountTest, ACfgWithoutAnEnvironmentSendsNoKeyAnywhereByDefault) {
  const std::string path = file("tunnel.cfg", cfg("SocketConnectHost=127.0.0.1\nSocketConnectPort=9\nSocketUseSSL=N\n"));
  const auto error = ExchangeAccount::from_cfg_file(path, {}, only({})).error();
  EXPECT_EQ(error.category, ErrorCategory::config);
  EXPECT_THAT(error.message, HasSubstr("no KalshiEnvironment, and KALSHI_PERPS_API_BASE_URL is not set"));
  AccountDoors if_there{.rest = DoorChoice::if_there, .ws = DoorChoice::if_there};
  const auto fix_only = ExchangeAccount::from_cfg_file(path, {.doors = if_there}, only({})).value();
  EXPECT_TRUE(fix_only.has_fix());
  EXPECT_FALSE(fix_only.has_rest() || fix_only.has_ws());
  const auto with_url =
      ExchangeAccount::from_cfg_file(path, {.doors = if_there}, only({{"KALSHI_PERPS_API_BASE_URL", "http://127.0.0.1:8/trade-api/v2"}}));
  ASSERT_TRUE(with_url) << with_url.error().message;
  EXPECT_EQ(with_url->rest.base_url, "http://127.0.0.1:8/trade-api/v2");
}

constexpr const char* kEndpoints =
    R"({"fix": {"host": "127.0.0.1", "KalshiNR": 40001, "KalshiRT": 40002}, "rest": "https://127.0.0.1:40010/trade-api/v2",
 "ws": "wss://127.0.0.1:40011/trade-api/ws/v2/margin", "ca_file": "ca.pem",
 "klear": {"url": "https://127.0.0.1:40012/klear-api/v1", "admin_user_id": "u", "access_token": "klear-secret"},
 "accounts": [{"name": "alice", "key_id": "id-a", "private_key_path": "keys/alice.pem"},
  {"name": "bob", "key_id": "id-b", "private_key_path": "keys/bob.pem"}]})";

TEST_F(ExchangeAccountTest, EndpointsGiveAnAccountAllItsDoors) {
  const std::string path = file("endpoints.json", kEndpoints);
  const auto bob = ExchangeAccount::from_endpoints_file(path, {.account = "bob"}).value();
  EXPECT_EQ(bob.fix.find("KalshiNR")->credentials.key_id, "id-b");
  EXPECT_EQ(bob.fix.find("KalshiRT")->store_folder, folder_.path("store"));
  EXPECT_EQ(bob.rest.credentials.key_id, "id-b");
  EXPECT_EQ(bob.ws.credentials.key_id, "id-b");
  EXPECT_EQ(bob.ws.ca_file, folder_.path("ca.pem"));
  EXPECT_EQ(bob.klear->token_file, path);
  EXPECT_EQ(ExchangeAccount::from_endpoints_file(path).value().rest.credentials.key_id, "id-a");
  EXPECT_FALSE(ExchangeAccount::from_endpoints_file(path, {.account = "carol"}));
  const auto two = ExchangeAccount::from_endpoints(Endpoints::from_json(R"({"rest": "https://127.0.0.1:40010/trade-api/v2",
      "accounts": [{"name": "alice", "key_id": "id-a", "private_key_path": "a.pem"}]})",
                                                                        "/sim")
                                                       .value(),
                                                   {.doors = {.fix = DoorChoice::if_there, .ws = DoorChoice::if_there}});
  ASSERT_TRUE(two) << two.error().message;
  EXPECT_FALSE(two->has_fix() || two->has_ws() || two->klear);
}

TEST_F(ExchangeAccountTest, TheClientsOfAnAccountSpendFromTheSameBuckets) {
  auto account = ExchangeAccount::from_endpoints_file(file("endpoints.json", kEndpoints)).value();
  account.fix.rate_limit.read = {.capacity = 50, .refill_per_second = 1};
  const auto before = account.limits;
  account.share_limits();
  EXPECT_NE(account.limits, before);
  MarginFixClient fix(account.fix, account.fix_options(null_log_sink()));
  PerpsClient rest(account.rest, account.rest_options());
  EXPECT_EQ(fix.limits(), account.limits);
  EXPECT_EQ(rest.limits(), account.limits);
  EXPECT_EQ(account.limits->read().options().capacity, 50);
  const ExchangeAccount copy = account;
  EXPECT_EQ(copy.limits, account.limits);
}

TEST_F(ExchangeAccountTest, WithoutFixTheBucketsAreThoseOfRest) {
  AccountDoors doors = kNone;
  doors.rest = DoorChoice::required;
  auto account = ExchangeAccount::from_env({.doors = doors}, only({})).value();
  EXPECT_TRUE(account.limits->read().options().unlimited()) << "until the exchange says what they are";
  account.rest.rate_limit.write = {.capacity = 7, .refill_per_second = 7};
  account.share_limits();
  EXPECT_EQ(account.limits->write().options().capacity, 7);
}

TEST_F(ExchangeAccountTest, ItsTextShowsKeyIdsAndNoSecret) {
  auto variables = with_key();
  variables["KALSHI_PERPS_PRIVATE_KEY_PASSPHRASE"] = "open-sesame";
  auto account = ExchangeAccount::from_env({}, only(variables)).value();
  account.klear = ExchangeAccount::from_endpoints_file(file("endpoints.json", kEndpoints)).value().klear;
  const std::string text = to_string(account);
  EXPECT_THAT(text, AllOf(HasSubstr("FIX KalshiNR at "), HasSubstr(kKey), HasSubstr("; REST https://"), HasSubstr("; WebSocket wss://"),
                          HasSubstr("; Klear https://")));
  EXPECT_THAT(text, AllOf(Not(HasSubstr("MC4CAQ")), Not(HasSubstr("PRIVATE KEY-----")), Not(HasSubstr("open-sesame")),
                          Not(HasSubstr("klear-secret"))));
  const ExchangeAccount none;
  EXPECT_EQ(to_string(none), "FIX -; REST -; WebSocket -; Klear -");
}

}  // namespace
}  // namespace marginfix::test
