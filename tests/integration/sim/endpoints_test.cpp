// endpoints.json, keys and certificates as other people's programs rely on them. Source: design.md "Contract with other programs".
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <chrono>
#include <filesystem>

#include "integration/sim/fixture.hpp"

namespace marginfix::sim::test {
namespace {

class SimEndpoints : public SimTest {
 protected:
  SimEndpoints() { fresh_keys_ = true; }
  boost::json::object read() { return boost::json::parse(marginfix::test::TempFolder::read(sim().path("endpoints.json"))).as_object(); }
};

TEST_F(SimEndpoints, AreWrittenWithinFiveSecondsAndEveryDoorAccepts) {
  const auto begin = std::chrono::steady_clock::now();
  start();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  const auto root = read();
  const auto& fix = root.at("fix").as_object();
  EXPECT_EQ(fix.at("host").as_string(), "127.0.0.1");
  EXPECT_TRUE(fix.at("tls").as_bool());
  for (const char* session : {"KalshiNR", "KalshiRT", "KalshiDC", "KalshiMD"}) {
    EXPECT_GT(fix.at(session).as_int64(), 0);
    Client client(sim(), session, "alice");
    client.logon();
  }
  EXPECT_TRUE(std::string(root.at("rest").as_string()).ends_with("/trade-api/v2"));
  const auto& klear = root.at("klear").as_object();
  EXPECT_TRUE(std::string(klear.at("url").as_string()).ends_with("/klear-api/v1"));
  EXPECT_EQ(klear.at("admin_user_id").as_string().size(), 36U);
  EXPECT_GE(klear.at("access_token").as_string().size(), 32U);
  EXPECT_EQ(root.at("ca_file").as_string(), "ca.pem");
  EXPECT_EQ(root.at("quiet_market").as_string(), "KXLTCPERP");
  EXPECT_EQ(std::string(root.at("control").as_string()).rfind("http://127.0.0.1:", 0), 0U);
  std::vector<std::string> names;
  for (const auto& account : root.at("accounts").as_array()) {
    names.emplace_back(account.as_object().at("name").as_string());
    EXPECT_EQ(account.as_object().at("key_id").as_string().size(), 36U);
    EXPECT_EQ(std::string(account.as_object().at("private_key_path").as_string()), "keys/" + names.back() + ".pem");
  }
  EXPECT_EQ(names, (std::vector<std::string>{"alice", "bob", "alice-listener", "alice-dropcopy", "bob-listener", "bob-dropcopy",
                                             "alice-sub1", "alice-readonly"}));
}

TEST_F(SimEndpoints, GoAwayWithAGracefulStop) {
  start();
  sim().stop();
  EXPECT_FALSE(std::filesystem::exists(sim().path("endpoints.json")));
}

TEST_F(SimEndpoints, KeysAreKeptOverRestartsAndPrivate) {
  start();
  const std::string alice = key_id("alice");
  const std::string ca = marginfix::test::TempFolder::read(sim().path("ca.pem"));
  simulator_->stop();
  start();
  EXPECT_EQ(key_id("alice"), alice);
  EXPECT_EQ(marginfix::test::TempFolder::read(sim().path("ca.pem")), ca);
  for (const char* file : {"keys/alice.pem", "keys/bob-dropcopy.pem", "keys/ca.key", "keys/server.key"}) {
    struct stat info {};
    ASSERT_EQ(::stat(sim().path(file).c_str(), &info), 0) << file;
    EXPECT_EQ(info.st_mode & 0777U, 0600U) << file;
  }
  const std::string pem = marginfix::test::TempFolder::read(sim().path("keys/alice.pem"));
  EXPECT_NE(pem.find("PRIVATE KEY-----"), std::string::npos);
  EXPECT_EQ(pem.find("ENCRYPTED"), std::string::npos);
}

TEST_F(SimEndpoints, TheAuthorityHasWhatStrictClientsInsistOn) {
  start();
  const std::string pem = marginfix::test::TempFolder::read(sim().path("ca.pem"));
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* ca = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  ASSERT_NE(ca, nullptr);
  EXPECT_EQ(X509_check_ca(ca), 1);
  EXPECT_NE(X509_get_key_usage(ca) & KU_KEY_CERT_SIGN, 0U);
  EXPECT_GE(X509_get_ext_by_NID(ca, NID_subject_key_identifier, -1), 0);
  EXPECT_GE(X509_get_ext_by_NID(ca, NID_authority_key_identifier, -1), 0);
  X509_free(ca);
}

TEST_F(SimEndpoints, PlainIsForLoopbackOnly) {
  options_.plain = true;
  options_.host = "0.0.0.0";
  Simulator refused(options_);
  const auto started = refused.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().category, ErrorCategory::config);
}

TEST_F(SimEndpoints, AnUnknownTierIsAConfigurationError) {
  options_.tier = "platinum";
  Simulator refused(options_);
  const auto started = refused.start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("platinum"), std::string::npos);
}

TEST_F(SimEndpoints, AShardOfAMarketThatIsNotThereIsAConfigurationError) {
  options_.shards = {{"KXNOSUCHPERP", 1}};
  Simulator refused(options_);
  const auto started = refused.start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("KXNOSUCHPERP"), std::string::npos);
}

TEST_F(SimEndpoints, ConfigurationFilesSetPortsAndNameTheirMistakes) {
  const std::string good = folder_.write(
      "sim.conf",
      "# doors\nhost = 127.0.0.1\nport_nr = 40001\nport_rest = 40010\nport_klear = 40012\nread_lag_ms = 250\nquiet = yes\ntier = basic\n"
      "md_fields = basic\nmanual_clock = 2026-11-24T00:30:00Z\nshard = KXETHPERP 2\nshard = KXSOLPERP 1\n");
  const auto read = read_simulator_config(good, options_);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->ports.nr, 40001);
  EXPECT_EQ(read->ports.rest, 40010);
  EXPECT_EQ(read->ports.klear, 40012);
  EXPECT_EQ(read->read_lag, std::chrono::milliseconds(250));
  EXPECT_TRUE(read->quiet);
  EXPECT_EQ(read->tier, "basic");
  EXPECT_TRUE(read->basic_md_fields);
  EXPECT_EQ(read->shards, (std::map<std::string, int>{{"KXETHPERP", 2}, {"KXSOLPERP", 1}}));
  EXPECT_EQ(read->manual_clock, parse_rfc3339("2026-11-24T00:30:00Z").value());
  const auto bad = read_simulator_config(folder_.write("bad.conf", "host = 127.0.0.1\nprot_nr = 1\n"), options_);
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find(":2"), std::string::npos) << bad.error().message;
  EXPECT_NE(bad.error().message.find("prot_nr"), std::string::npos) << bad.error().message;
  EXPECT_FALSE(read_simulator_config(folder_.write("clock.conf", "manual_clock = noon\n"), options_));
  EXPECT_FALSE(read_simulator_config(folder_.write("fields.conf", "md_fields = all\n"), options_));
  for (const char* shard : {"KXETHPERP", "KXETHPERP one", "KXETHPERP -1"}) {
    EXPECT_FALSE(read_simulator_config(folder_.write("shard.conf", "shard = " + std::string(shard) + "\n"), options_)) << shard;
  }
  EXPECT_FALSE(read_simulator_config(folder_.write("port.conf", "port_nr = 99999\n"), options_));
  EXPECT_FALSE(read_simulator_config(folder_.path("missing.conf"), options_));
}

}  // namespace
}  // namespace marginfix::sim::test
