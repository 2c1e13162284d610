// reconcile.toml: what it says, and where it is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "services/reconcile/config.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::reconcile {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string mistakes_of(std::string_view text) {
  const auto config = parse_config(text, "r.toml");
  return config ? "none" : config.error().message;
}

TEST(ReconcileConfig, SaysNothingAndHasTheDefaults) {
  const Config config = parse_config("", "r.toml").value();
  EXPECT_EQ(config.rules.grace_us, 20'000'000);
  EXPECT_EQ(config.page_listen, "127.0.0.1:0");
  EXPECT_EQ(config.listener, TargetSession::NR);
  EXPECT_TRUE(config.accounts.empty());
}

TEST(ReconcileConfig, TheFileThatIsShippedStatesTheDefaultsAndAGraceOfAtMostThirtySeconds) {
  const Config shipped = load_config(MARGINFIX_SOURCE_DIR "/config/reconcile.toml").value();
  const Config none;
  EXPECT_EQ(shipped.rules.grace_us, none.rules.grace_us);
  EXPECT_LE(shipped.rules.grace_us, 30'000'000);
  EXPECT_EQ(shipped.rules.fee_tolerance, none.rules.fee_tolerance);
  EXPECT_EQ(shipped.rules.funding_tolerance, none.rules.funding_tolerance);
  EXPECT_EQ(shipped.rules.cash_tolerance, none.rules.cash_tolerance);
  EXPECT_EQ(shipped.rules.late_after_us, none.rules.late_after_us);
  EXPECT_EQ(shipped.rest_poll, none.rest_poll);
  EXPECT_EQ(shipped.klear_poll, none.klear_poll);
  EXPECT_EQ(shipped.drop_copy_check, none.drop_copy_check);
  EXPECT_EQ(shipped.sweep, none.sweep);
  EXPECT_EQ(shipped.cut, none.cut);
  EXPECT_EQ(shipped.page_listen, none.page_listen);
  EXPECT_EQ(shipped.websocket, none.websocket);
  EXPECT_EQ(shipped.klear, none.klear);
  EXPECT_EQ(shipped.drop_copy, none.drop_copy);
  EXPECT_FALSE(shipped.nats.on());
  EXPECT_EQ(shipped.nats.stream.name, none.nats.stream.name);
  EXPECT_EQ(shipped.nats.stream.subject, none.nats.stream.subject);
  EXPECT_EQ(shipped.nats.stream.replicas, none.nats.stream.replicas);
  EXPECT_EQ(shipped.nats.stream.keep, none.nats.stream.keep);
  EXPECT_EQ(shipped.nats.stream.duplicate_window, none.nats.stream.duplicate_window);
  EXPECT_EQ(shipped.storage, none.storage);
  EXPECT_EQ(shipped.service, none.service);
  EXPECT_TRUE(shipped.accounts.empty());
  EXPECT_TRUE(shipped.firm.empty());
}

TEST(ReconcileConfig, ReadsWhereTheLedgerIs) {
  const Config config = parse_config("storage = \"postgresql://u@h/d\"\nservice = \"desk\"\n", "r.toml").value();
  EXPECT_EQ(config.storage, "postgresql://u@h/d");
  EXPECT_EQ(config.service, "desk");
}

TEST(ReconcileConfig, ReadsWhereTheStreamIs) {
  const test::TempFolder folder;
  const Config config = load_config(folder.write("r.toml", R"(
[nats]
servers = ["tls://a.example:4222", "tls://b.example"]
ca_file = "ca.pem"
user = "desk"
password_file = "/etc/password"
stream = "DESK"
subject = "firm.desk"
replicas = 3
keep = "24h"
duplicate_window = "1m"
)"))
                            .value();
  const BrokerSettings& nats = config.nats;
  EXPECT_THAT(nats.servers, ElementsAre("tls://a.example:4222", "tls://b.example"));
  EXPECT_EQ(nats.ca_file, folder.path("ca.pem")) << "beside the file";
  EXPECT_EQ(nats.password_file, "/etc/password");
  EXPECT_EQ(nats.stream.name, "DESK");
  EXPECT_EQ(nats.stream.subject, "firm.desk");
  EXPECT_EQ(nats.stream.replicas, 3);
  EXPECT_EQ(nats.stream.keep, std::chrono::hours(24));
  EXPECT_EQ(nats.stream.duplicate_window, std::chrono::minutes(1));
}

TEST(ReconcileConfig, RefusesAStreamInTheClearOrThatForgetsTooSoon) {
  EXPECT_THAT(mistakes_of("[nats]\nservers = [\"nats://nats.example:4222\"]\n"), HasSubstr("plain connections stay on this machine"));
  EXPECT_THAT(mistakes_of("[nats]\nservers = [\"tls://desk:secret@nats.example\"]\n"),
              AllOf(HasSubstr("no name and no password"), ::testing::Not(HasSubstr("secret"))));
  EXPECT_THAT(mistakes_of("[nats]\nkeep = \"10m\"\n"), HasSubstr("ten duplicate windows"));
  EXPECT_THAT(mistakes_of("[nats]\nsubject = \"a.*\"\n"), HasSubstr("subject"));
  EXPECT_THAT(mistakes_of("[nats]\nuser = \"desk\"\n"), HasSubstr("password_file"));
  EXPECT_THAT(mistakes_of("[nats]\nreplicas = \"3\"\n"), HasSubstr("whole number"));
  EXPECT_THAT(mistakes_of("[nats]\nservers = [\"tls://a\", \"nats://127.0.0.1\"]\n"), HasSubstr("in the clear"));
}

TEST(ReconcileConfig, ReadsEveryKey) {
  const Config config = parse_config(R"(
accounts = ["alice", "bob"]
[[account]]
name = "desk"
cfg = "desk.cfg"
[sources]
listener = "KalshiRT"
drop_copy = "no"
drop_copy_check = "10m"
rest = false
rest_poll = "5s"
websocket = false
klear = "yes"
klear_poll = "1h"
[rules]
grace = "1500ms"
late_after = "2m"
fee_tolerance = "0.07"
funding_tolerance = "0.000001"
cash_tolerance = "12"
cut = "09:30"
sweep = "10s"
[page]
listen = "[::1]:8080"
remote = true
names = ["recon.example"]
[[firm]]
kind = "csv"
account = "bob"
path = "oms.csv"
follow = true
complete = "day"
separator = ";"
columns = { exec_id = "Execution", price = "Px" }
[log]
level = "debug"
file = "reconcile.log"
)",
                                     "folder/r.toml")
                            .value();
  ASSERT_EQ(config.accounts.size(), 3U);
  EXPECT_EQ(config.accounts[2].cfg, "desk.cfg");
  EXPECT_EQ(config.listener, TargetSession::RT);
  EXPECT_EQ(config.drop_copy, Use::no);
  EXPECT_EQ(config.klear, Use::yes);
  EXPECT_FALSE(config.rest);
  EXPECT_FALSE(config.websocket);
  EXPECT_EQ(config.rest_poll, std::chrono::seconds(5));
  EXPECT_EQ(config.klear_poll, std::chrono::hours(1));
  EXPECT_EQ(config.drop_copy_check, std::chrono::minutes(10));
  EXPECT_EQ(config.rules.grace_us, 1'500'000);
  EXPECT_EQ(config.rules.late_after_us, 120'000'000);
  EXPECT_EQ(config.rules.fee_tolerance, 70'000);
  EXPECT_EQ(config.rules.funding_tolerance, 1);
  EXPECT_EQ(config.rules.cash_tolerance, 12'000'000);
  EXPECT_EQ(config.cut, std::chrono::hours(9) + std::chrono::minutes(30));
  EXPECT_EQ(config.sweep, std::chrono::seconds(10));
  EXPECT_EQ(config.page_listen, "[::1]:8080");
  EXPECT_TRUE(config.page_remote);
  EXPECT_THAT(config.page_names, ElementsAre("recon.example"));
  ASSERT_EQ(config.firm.size(), 1U);
  EXPECT_EQ(config.firm[0].kind, FirmKind::csv);
  EXPECT_EQ(config.firm[0].complete, FirmComplete::day);
  EXPECT_EQ(config.firm[0].path, "folder/oms.csv") << "beside the configuration";
  EXPECT_EQ(config.firm[0].separator, ';');
  EXPECT_EQ(config.firm[0].columns.at("exec_id"), "Execution");
  EXPECT_EQ(config.log.level, LogLevel::debug);
  EXPECT_EQ(config.log.file, "reconcile.log");
}

TEST(ReconcileConfig, TellsEveryMistakeWithFileAndLine) {
  EXPECT_THAT(mistakes_of("[rules]\nfee_tolerence = \"0.07\"\n[sources]\nklear = \"perhaps\"\n"),
              AllOf(HasSubstr("r.toml:2: rules.fee_tolerence: unknown key"), HasSubstr("fee_tolerance"),
                    HasSubstr("r.toml:4: sources.klear: \"auto\", \"yes\" or \"no\"")));
  EXPECT_THAT(mistakes_of("\ngrease = 1\n"), HasSubstr("r.toml:2: grease: unknown key"));
}

TEST(ReconcileConfig, MoneyAndTimesAreTexts) {
  EXPECT_THAT(mistakes_of("[rules]\nfee_tolerance = 0.07\n"),
              AllOf(HasSubstr("r.toml:2: rules.fee_tolerance"), HasSubstr("write \"0.07\"")));
  EXPECT_THAT(mistakes_of("[rules]\nfee_tolerance = \"0.0000001\"\n"), HasSubstr("at most 6 decimals"));
  EXPECT_THAT(mistakes_of("[rules]\nfee_tolerance = \"-1\"\n"), HasSubstr("not negative"));
  EXPECT_THAT(mistakes_of("[rules]\ncut = 16:00\n"), HasSubstr("r.toml:2: "));
  EXPECT_THAT(mistakes_of("[rules]\ncut = 16:00:00\n"), HasSubstr("write \"16:00\""));
  EXPECT_THAT(mistakes_of("[rules]\ncut = \"24:00\"\n"), HasSubstr("a time of day"));
  EXPECT_THAT(mistakes_of("[rules]\ngrace = 20\n"), HasSubstr("r.toml:2: rules.grace: a text"));
  EXPECT_THAT(mistakes_of("[rules]\ngrace = \"20\"\n"), HasSubstr("a span of time"));
}

TEST(ReconcileConfig, RefusesWhatContradictsItself) {
  EXPECT_THAT(mistakes_of("[[account]]\nname = \"a\"\n"), HasSubstr("r.toml:1: account.cfg: one of cfg, env_file"));
  EXPECT_THAT(mistakes_of("[[firm]]\nkind = \"csv\"\npath = \"x\"\n"), HasSubstr("map of its columns"));
  EXPECT_THAT(mistakes_of("[[firm]]\npath = \"x\"\ncomplete = \"yes\"\n"), HasSubstr("\"no\", \"day\" or \"all\""));
  EXPECT_THAT(mistakes_of("[[firm]]\npath = \"x\"\ncolumns = { fish = \"Fish\" }\n"),
              HasSubstr("firm.columns.fish: is no value of a fill"));
  EXPECT_THAT(mistakes_of("[page]\nlisten = \"nowhere\"\n"), HasSubstr("an address and a port"));
}

TEST(ReconcileConfig, AnAccountStandsInItOnce) {
  EXPECT_THAT(mistakes_of("accounts = [\"alice\", \"bob\", \"alice\"]"),
              AllOf(HasSubstr("r.toml:1"), HasSubstr("'alice' stands there twice")));
  EXPECT_THAT(mistakes_of("accounts = [\"alice\"]\n[[account]]\nname = \"alice\"\nenvironment = true\n"),
              AllOf(HasSubstr("r.toml:2: account.name"), HasSubstr("'alice' stands there twice")));
}

TEST(ReconcileConfig, AFileThatIsNotThereIsAnError) {
  EXPECT_THAT(load_config("/nowhere/r.toml").error().message, HasSubstr("/nowhere/r.toml"));
}

TEST(ReconcileConfig, AnAccountHasNoSessionThatCouldTrade) {
  const test::TempFolder folder;
  const std::string file = folder.write("endpoints.json", R"({"fix": {"host": "127.0.0.1", "KalshiNR": 1, "KalshiRT": 2, "KalshiDC": 3,
    "KalshiMD": 4, "tls": false}, "rest": "http://127.0.0.1:5/trade-api/v2",
    "klear": {"url": "http://127.0.0.1:6/klear-api/v1", "admin_user_id": "a", "access_token": "t"},
    "accounts": [{"name": "alice", "key_id": "11111111-1111-4111-8111-111111111111", "private_key_path": "a.pem"},
                 {"name": "bob", "key_id": "22222222-2222-4222-8222-222222222222", "private_key_path": "b.pem"},
                 {"name": "alice-listener", "key_id": "33333333-3333-4333-8333-333333333333", "private_key_path": "c.pem"},
                 {"name": "alice-dropcopy", "key_id": "44444444-4444-4444-8444-444444444444", "private_key_path": "d.pem"}]})");
  Config config;
  const auto accounts = accounts_of(config, file, "").value();
  ASSERT_EQ(accounts.size(), 1U);
  EXPECT_EQ(accounts[0].name, "alice");
  const ExchangeAccount alice = open_account(config, accounts[0], file, folder.path("store")).value();
  ASSERT_EQ(alice.fix.sessions.size(), 2U);
  EXPECT_EQ(alice.fix.sessions[0].kind, SessionKind::listener);
  EXPECT_EQ(alice.fix.sessions[0].port, 1);
  EXPECT_EQ(alice.fix.sessions[1].kind, SessionKind::drop_copy);
  EXPECT_TRUE(alice.klear.has_value());

  const auto bobs = accounts_of(config, file, "bob").value();
  EXPECT_FALSE(open_account(config, bobs[0], file, folder.path("store")).value().klear.has_value()) << "Klear's token is the first's";
  EXPECT_THAT(accounts_of(config, file, "carol").error().message, HasSubstr("alice"));

  config.listener = TargetSession::RT;
  config.drop_copy = Use::no;
  config.klear = Use::no;
  const ExchangeAccount on_rt = open_account(config, accounts[0], file, folder.path("store")).value();
  ASSERT_EQ(on_rt.fix.sessions.size(), 1U);
  EXPECT_EQ(on_rt.fix.sessions[0].target, TargetSession::RT);
  EXPECT_EQ(on_rt.fix.sessions[0].port, 2);
  EXPECT_EQ(on_rt.fix.sessions[0].store_folder, folder.path("store"));
  EXPECT_FALSE(on_rt.klear.has_value());
}

}  // namespace
}  // namespace marginfix::reconcile
