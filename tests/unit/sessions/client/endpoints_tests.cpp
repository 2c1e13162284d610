// endpoints.json: everything of the contract is read, missing members are fine, wrong types are named.
#include <gtest/gtest.h>

#include "marginfix/sessions/margin_fix_config.hpp"

namespace marginfix {
namespace {

constexpr const char* kFull =
    R"({"fix": {"host": "127.0.0.1", "KalshiNR": 40001, "KalshiRT": 40002, "KalshiDC": 40003, "KalshiMD": 40004, "tls": true},
 "rest": "https://127.0.0.1:40010/trade-api/v2", "ws": "wss://127.0.0.1:40011/trade-api/ws/v2/margin",
 "klear": {"url": "https://127.0.0.1:40012/klear-api/v1", "admin_user_id": "u", "access_token": "t"},
 "control": "http://127.0.0.1:40020", "ca_file": "ca.pem", "quiet_market": "KXLTCPERP", "something": [1, 2],
 "accounts": [{"name": "alice", "key_id": "id-a", "private_key_path": "keys/alice.pem"}, {"name": "bob", "key_id": "id-b", "private_key_path": "keys/bob.pem"},
  {"name": "alice-listener", "key_id": "id-al", "private_key_path": "keys/alice-listener.pem"},
  {"name": "alice-dropcopy", "key_id": "id-ad", "private_key_path": "keys/alice-dropcopy.pem"}]})";

TEST(Endpoints, EveryMemberIsReadAndPathsAreOfTheFilesFolder) {
  const auto e = Endpoints::from_json(kFull, "/sim");
  ASSERT_TRUE(e) << e.error().message;
  EXPECT_EQ(e->fix->host, "127.0.0.1");
  EXPECT_EQ(e->fix->ports.at("KalshiRT"), 40002);
  EXPECT_TRUE(e->fix->tls);
  EXPECT_EQ(e->rest, "https://127.0.0.1:40010/trade-api/v2");
  EXPECT_EQ(e->klear->access_token.reveal(), "t");
  EXPECT_EQ(e->control, "http://127.0.0.1:40020");
  EXPECT_EQ(e->ca_file, "/sim/ca.pem");
  EXPECT_EQ(e->quiet_market, "KXLTCPERP");
  ASSERT_EQ(e->accounts.size(), 4U);
  EXPECT_EQ(e->account()->name, "alice");
  EXPECT_EQ(e->account("bob")->private_key_path, "/sim/keys/bob.pem");
  EXPECT_NE(e->account("carol").error().message.find("alice, bob, alice-listener"), std::string::npos);
}

TEST(Endpoints, MissingMembersAreNoErrors) {
  const auto e = Endpoints::from_json("{}", "/sim");
  ASSERT_TRUE(e);
  EXPECT_FALSE(e->fix);
  EXPECT_TRUE(e->accounts.empty());
  EXPECT_FALSE(e->account());
  EXPECT_TRUE(Endpoints::from_json(R"({"fix": null, "klear": null, "ca_file": null})", "/sim"));
}

TEST(Endpoints, WrongTypesAreNamed) {
  const auto message = [](const char* json) { return Endpoints::from_json(json, "/sim").error().message; };
  EXPECT_NE(message(R"({"fix": 1})").find("\"fix\""), std::string::npos);
  EXPECT_NE(message(R"({"fix": {"KalshiNR": "x"}})").find("fix.KalshiNR"), std::string::npos);
  EXPECT_NE(message(R"({"fix": {"KalshiNR": 70000}})").find("fix.KalshiNR"), std::string::npos);
  EXPECT_NE(message(R"({"accounts": {}})").find("accounts"), std::string::npos);
  EXPECT_NE(message(R"({"accounts": [{"name": 1}]})").find("accounts.name"), std::string::npos);
  EXPECT_NE(message("[]").find("no object"), std::string::npos);
  EXPECT_NE(message("{").find("no JSON"), std::string::npos);
}

TEST(Endpoints, AFileThatIsNotThereIsNamed) {
  EXPECT_NE(Endpoints::from_file("/no/such/endpoints.json").error().message.find("/no/such/endpoints.json"), std::string::npos);
}

TEST(FromEndpoints, EveryDoorOfTheAccountWithItsOwnKeys) {
  const auto config = MarginFixConfig::from_endpoints(Endpoints::from_json(kFull, "/sim").value(), "alice", "/store");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->sessions.size(), 5U);
  EXPECT_FALSE(config->environment);
  EXPECT_EQ(config->find("KalshiNR")->port, 40001);
  EXPECT_EQ(config->find("KalshiRT")->store_folder, "/store");
  EXPECT_EQ(config->find("KalshiNR-listener")->credentials.key_id, "id-al");
  EXPECT_EQ(config->find("KalshiDC")->credentials.key_id, "id-ad");
  EXPECT_EQ(config->find("KalshiMD")->credentials.key_id, "id-a");
  EXPECT_EQ(config->find("KalshiMD")->tls.ca_file, "/sim/ca.pem");
}

TEST(FromEndpoints, AnAccountWithoutKeysForListenerAndDropCopyUsesItsOwnWhereItMay) {
  const auto config = MarginFixConfig::from_endpoints(Endpoints::from_json(kFull, "/sim").value(), "bob", "/store");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->find("KalshiNR-listener"), nullptr);
  EXPECT_EQ(config->find("KalshiDC")->credentials.key_id, "id-b");
}

TEST(FromEndpoints, WithoutFixDoorsItIsSaid) {
  EXPECT_FALSE(MarginFixConfig::from_endpoints(Endpoints::from_json("{}", "/sim").value(), "", "/store"));
}

}  // namespace
}  // namespace marginfix
