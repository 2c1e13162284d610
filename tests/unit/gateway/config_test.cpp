// The gateway's .cfg: what is read, and every mistake named with file and line, all of them in one run.
#include "services/gateway/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "services/gateway/config_keys.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::gateway {
namespace {

using marginfix::test::TempFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

constexpr std::string_view kEndpoints = R"({"fix":{"host":"127.0.0.1","tls":false,"KalshiNR":40001,"KalshiRT":40002,
 "KalshiDC":40003,"KalshiMD":40004},"rest":"http://127.0.0.1:40005/trade-api/v2",
 "accounts":[{"name":"alice","key_id":"5a3f0c5e-0000-4000-8000-000000000001","private_key_path":"alice.pem"},
             {"name":"bob","key_id":"5a3f0c5e-0000-4000-8000-000000000002","private_key_path":"bob.pem"}]})";

class GatewayConfigFile : public ::testing::Test {
 protected:
  GatewayConfigFile() {
    on_simulator_.endpoints = folder_.write("endpoints.json", kEndpoints);
    on_simulator_.dir = alone_.dir = folder_.path("gateway");
  }
  Result<GatewayConfig> read(std::string_view text, const GatewaySources& sources) const {
    return gateway_config_of(text, "gateway.cfg", sources, variables());
  }
  Result<GatewayConfig> read(std::string_view text) const { return read(text, on_simulator_); }
  std::string mistakes(std::string_view text, const GatewaySources& sources) const {
    const auto config = read(text, sources);
    return config ? std::string() : config.error().message;
  }
  std::string mistakes(std::string_view text) const { return mistakes(text, on_simulator_); }
  VariableLookup variables() const {
    return [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables_.find(std::string(name));
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
  }
  // One client, and `more` in its section.
  static std::string one(const std::string& more) {
    return "[DEFAULT]\nConnectionType=acceptor\nSenderCompID=GATE\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=OMS\n" + more;
  }
  ClientConfig client_of(const std::string& more) const {
    const auto config = read(one(more));
    EXPECT_TRUE(config) << (config ? "" : config.error().message);
    return config ? config->clients.at(0) : ClientConfig{};
  }

  TempFolder folder_;
  std::map<std::string, std::string> variables_;
  GatewaySources on_simulator_, alone_;
};

TEST_F(GatewayConfigFile, TheShippedOneRunsOnASimulatedExchange) {
  const auto config = load_gateway_config(MARGINFIX_SOURCE_DIR "/config/gateway.cfg", on_simulator_, variables());
  ASSERT_TRUE(config) << config.error().message;
  std::vector<std::string> names;
  for (const ClientConfig& client : config->clients) names.push_back(client.name());
  EXPECT_THAT(names, ElementsAre("FIX.4.2:OMS42->MARGINFIX", "FIX.4.4:OMS44->MARGINFIX", "FIXT.1.1:OMS50->MARGINFIX"));
  EXPECT_THAT(config->account_order, ElementsAre("alice")) << "the first of the endpoints";
  for (const ClientConfig& client : config->clients) {
    EXPECT_EQ(client.limits, OrderLimits{}) << "no limit but the exchange's";
    EXPECT_FALSE(client.tls);
    EXPECT_EQ(client.host, "127.0.0.1");
    EXPECT_EQ(client.port, 0);
    EXPECT_EQ(client.least_heartbeat, std::chrono::seconds(1));
    EXPECT_THAT(client.symbols, IsEmpty());
    EXPECT_FALSE(client.daily_reset);
  }
  EXPECT_FALSE(config->use_listener);
  EXPECT_EQ(config->total, OrderLimits{});
  ASSERT_NE(config->find("OMS50", FixVersion::fix50sp2), nullptr);
  EXPECT_EQ(config->find("OMS50", FixVersion::fix44), nullptr);
  const MarginFixConfig& fix = config->accounts.at("alice").fix;
  for (const SessionConfig& session : fix.sessions) {
    if (session.target == TargetSession::RT) {
      EXPECT_EQ(session.store_folder, folder_.path("gateway/exchange"));
    }
  }
}

TEST_F(GatewayConfigFile, TheShippedOneReachesTheExchangeWithItsInitiatorsTakenIn) {
  std::string text = TempFolder::read(MARGINFIX_SOURCE_DIR "/config/gateway.cfg");
  const std::size_t at = text.find("#[SESSION]");
  ASSERT_NE(at, std::string::npos);
  for (std::size_t i = at; i != std::string::npos; i = text.find("\n#", i)) text.erase(text[i] == '#' ? i : i + 1, 1);
  EXPECT_THAT(mistakes(text, alone_), AllOf(HasSubstr("KALSHI_PERPS_KEY_ID"), HasSubstr("KALSHI_PERPS_PRIVATE_KEY_PATH")));
  variables_ = {{"KALSHI_PERPS_KEY_ID", "5a3f0c5e-0000-4000-8000-000000000001"}, {"KALSHI_PERPS_PRIVATE_KEY_PATH", "/keys/desk.pem"}};
  const auto config = read(text, alone_);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->clients.size(), 3U);
  EXPECT_THAT(config->account_order, ElementsAre("default"));
  EXPECT_EQ(config->accounts.at("default").fix.sessions.size(), 2U);
  EXPECT_TRUE(config->accounts.at("default").has_rest());
}

// Two accounts, one on KalshiRT, and clients of both; what [DEFAULT] holds for clients is not the exchange's sessions' business.
TEST_F(GatewayConfigFile, ClientsAndSeveralAccountsStandInOneFile) {
  variables_ = {{"DESK_KEY", "5a3f0c5e-0000-4000-8000-000000000001"}, {"FUND_KEY", "5a3f0c5e-0000-4000-8000-000000000002"}};
  const auto config = read(R"([DEFAULT]
ConnectionType=acceptor
SenderCompID=GATE
HeartBtInt=30
ReconnectInterval=5
FileStorePath=store
KalshiEnvironment=demo
TotalMaxOpenOrders=1000
UseListener=Y

[SESSION]
BeginString=FIX.4.2
TargetCompID=OLD
Account=fund
[SESSION]
BeginString=FIXT.1.1
DefaultApplVerID=9
TargetCompID=NEW

[SESSION]
ConnectionType=initiator
Account=desk
TargetCompID=KalshiRT
SenderCompID=${DESK_KEY}
KalshiPrivateKeyPath=/keys/desk.pem
[SESSION]
ConnectionType=initiator
Account=desk
TargetCompID=KalshiMD
SenderCompID=${DESK_KEY}
KalshiPrivateKeyPath=/keys/desk.pem
[SESSION]
ConnectionType=initiator
Account=fund
TargetCompID=KalshiNR
SenderCompID=${FUND_KEY}
KalshiPrivateKeyPath=/keys/fund.pem
CancelOrdersOnDisconnect=Y
)",
                           alone_);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_THAT(config->account_order, ElementsAre("desk", "fund"));
  EXPECT_EQ(config->clients.at(0).account, "fund");
  EXPECT_EQ(config->clients.at(1).account, "") << "the first one";
  EXPECT_EQ(config->total.max_open_orders, 1000);
  EXPECT_TRUE(config->use_listener);
  const MarginFixConfig& desk = config->accounts.at("desk").fix;
  ASSERT_EQ(desk.sessions.size(), 2U);
  EXPECT_EQ(desk.sessions[0].target, TargetSession::RT);
  EXPECT_EQ(desk.sessions[0].store_folder, folder_.path("gateway/exchange")) << "numbers of KalshiRT stand in the gateway's folder";
  EXPECT_EQ(config->accounts.at("fund").fix.sessions.at(0).target, TargetSession::NR);
  std::set<std::string> noted;
  for (const ConfigFinding& finding : config->findings) noted.insert(finding.key);
  EXPECT_THAT(noted, ::testing::IsSupersetOf({"HeartBtInt", "ReconnectInterval", "FileStorePath"}))
      << "of [DEFAULT]: without effect on clients";
}

TEST_F(GatewayConfigFile, OneSessionsKeysAreThatClients) {
  variables_ = {{"OMS_PASSWORD", "correct horse"}};
  const ClientConfig c = client_of(R"(Password=${OMS_PASSWORD}
AllowedRemoteAddresses=10.1.2.3, 10.2.0.0/16, ::1 , 2001:DB8:0:0::5
SocketAcceptPort=9100
SocketUseSSL=Y
ServerCertificateFile=/tls/gate.pem
ServerCertificateKeyFile=/tls/gate.key
CertificationAuthoritiesFile=/tls/clients.pem
ClientCertificateName=oms.desk.example
StartTime=22:00:05
LogonTimeout=4
HeartBtIntLeast=5
HeartBtIntMost=60
Account=bob
Subaccount=7
CustomerAccount=user_1
OperatorID=trader
Symbols=KXBTCPERP, KXE*
SymbolMap=BTC-PERP:KXBTCPERP,*-PERP:KX*PERP
SelfTradePreventionType=2
PostOnly=Y
CancelOrderOnPause=N
OrderGroup=2f1c
PositionsOfAccount=Y
CancelOnDisconnect=Y
OutagePolicy=queue
OrderAgeLimit=2500
MaxOrderQty=100
MaxNotional=250000.50
PriceCollar=2.5
MaxOpenOrders=300
MaxPosition=5000
MaxMessagesPerSecond=100
)");
  EXPECT_EQ(c.password.reveal(), "correct horse");
  EXPECT_THAT(c.addresses, ElementsAre("10.1.2.3", "10.2.0.0/16", "::1", "2001:db8::5"));
  EXPECT_EQ(c.port, 9100);
  EXPECT_TRUE(c.tls);
  EXPECT_EQ(c.certificate_file, "/tls/gate.pem");
  EXPECT_EQ(c.private_key_file, "/tls/gate.key");
  EXPECT_EQ(c.client_ca_file, "/tls/clients.pem");
  EXPECT_EQ(c.certificate_name, "oms.desk.example");
  EXPECT_EQ(c.daily_reset, std::chrono::hours(22) + std::chrono::seconds(5));
  EXPECT_EQ(c.logon_timeout, std::chrono::seconds(4));
  EXPECT_EQ(c.least_heartbeat, std::chrono::seconds(5));
  EXPECT_EQ(c.most_heartbeat, std::chrono::seconds(60));
  EXPECT_EQ(c.account, "bob");
  EXPECT_EQ(c.subaccount, 7);
  EXPECT_EQ(c.customer_account, "user_1");
  EXPECT_EQ(c.operator_id, "trader");
  EXPECT_THAT(c.symbols, ElementsAre("KXBTCPERP", "KXE*"));
  EXPECT_THAT(c.symbol_map, ElementsAre(Pair("BTC-PERP", "KXBTCPERP"), Pair("*-PERP", "KX*PERP")));
  EXPECT_EQ(c.self_trade_prevention_type, SelfTradePreventionType::Maker);
  EXPECT_TRUE(c.post_only);
  EXPECT_EQ(c.cancel_order_on_pause, false);
  EXPECT_EQ(c.order_group, "2f1c");
  EXPECT_TRUE(c.cancel_on_disconnect);
  EXPECT_TRUE(c.positions_of_account);
  EXPECT_EQ(c.outage, OutagePolicy::queue);
  EXPECT_EQ(c.order_age_limit, std::chrono::milliseconds(2500));
  EXPECT_EQ(c.limits.max_order_qty, FixedPointCount::whole(100));
  EXPECT_EQ(c.limits.max_notional, DollarDecimal::parse("250000.5").value());
  EXPECT_EQ(c.limits.price_collar, FixedPointCount::parse("2.5").value());
  EXPECT_EQ(c.limits.max_open_orders, 300);
  EXPECT_EQ(c.limits.max_position, FixedPointCount::whole(5000));
  EXPECT_EQ(c.limits.max_messages_per_second, 100);
}

TEST_F(GatewayConfigFile, WhoTradesInAnothersPositionsIsSaidBySubaccounts) {
  const auto config = read(R"([DEFAULT]
SenderCompID=GATE
BeginString=FIX.4.4
[SESSION]
TargetCompID=ALL
PositionsOfAccount=Y
[SESSION]
TargetCompID=FIRST
Subaccount=0
[SESSION]
TargetCompID=THIRD
Subaccount=3
)",
                           on_simulator_);
  ASSERT_TRUE(config) << config.error().message;
  const ClientConfig &all = config->clients.at(0), &first = config->clients.at(1), &third = config->clients.at(2);
  EXPECT_TRUE(all.positions_of_account);
  EXPECT_FALSE(first.positions_of_account);
  EXPECT_TRUE(all.shares_positions_with(third)) << "it is told of every subaccount";
  EXPECT_TRUE(first.shares_positions_with(all)) << "whose orders go to subaccount 0";
  EXPECT_FALSE(first.shares_positions_with(third));
  EXPECT_FALSE(third.shares_positions_with(all));
  EXPECT_FALSE(third.shares_positions_with(first));
}

TEST_F(GatewayConfigFile, ASectionsOwnValueWinsAndNamesMatchInAnyCase) {
  const auto config = read(R"([DEFAULT]
ConnectionType=Acceptor
SenderCompID=GATE
BeginString=FIX.4.4
MaxOrderQty=10
starttime=22:00:00
[SESSION]
TargetCompID=A
[SESSION]
targetcompid=B
maxorderqty=20
SenderCompID=OTHER
NonStopSession=Y
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->clients.at(0).limits.max_order_qty, FixedPointCount::whole(10));
  EXPECT_EQ(config->clients.at(1).limits.max_order_qty, FixedPointCount::whole(20));
  EXPECT_TRUE(config->clients.at(0).daily_reset);
  EXPECT_FALSE(config->clients.at(1).daily_reset) << "NonStopSession=Y";
}

TEST_F(GatewayConfigFile, EveryMistakeIsNamedWithItsLineInOneRun) {
  const std::string all = mistakes(R"([DEFAULT]
ConnectionType=acceptor
SenderCompID=GATE
HttpListen=somewhere
JournalFileBytes=10
TotalMaxNotional=-5
[SESSION]
BeginString=FIX.4.3
TargetCompID=A
StartTime=25:00:00
AllowedRemoteAddresses=10.1.2
Symbols=*BTC*
SymbolMap=BTC-PERP
OutagePolicy=wait
OrderAgeLimit=-1
MaxOrderQty=0
PriceCollar=1%
CancelOnDisconnect=yes
Subaccount=64
SelfTradePreventionType=3
no key here
[SESSION]
BeginString=FIXT.1.1
DefaultApplVerID=FIX.4.4
TargetCompID=B
SymbolMap=*:KX*PERP*
HeartBtIntLeast=60
HeartBtIntMost=5
SocketUseSSL=Y
ClientCertificateName=oms
[SESSION]
BeginString=FIX.4.4
)");
  for (const char* each : {"gateway.cfg:4: HttpListen",
                           "gateway.cfg:5: JournalFileBytes",
                           "gateway.cfg:6: TotalMaxNotional",
                           "gateway.cfg:8: BeginString",
                           "gateway.cfg:10: StartTime",
                           "gateway.cfg:11: AllowedRemoteAddresses",
                           "gateway.cfg:12: Symbols",
                           "gateway.cfg:13: SymbolMap",
                           "gateway.cfg:14: OutagePolicy",
                           "gateway.cfg:15: OrderAgeLimit",
                           "gateway.cfg:16: MaxOrderQty",
                           "gateway.cfg:17: PriceCollar",
                           "gateway.cfg:18: CancelOnDisconnect",
                           "gateway.cfg:19: Subaccount",
                           "gateway.cfg:20: SelfTradePreventionType",
                           "gateway.cfg:21: ",
                           "gateway.cfg:24: DefaultApplVerID",
                           "gateway.cfg:26: SymbolMap",
                           "gateway.cfg:22: HeartBtIntLeast is more than HeartBtIntMost",
                           "gateway.cfg:22: SocketUseSSL=Y needs ServerCertificateFile",
                           "gateway.cfg:22: ClientCertificateName needs CertificationAuthoritiesFile",
                           "gateway.cfg:31: TargetCompID is missing"})
    EXPECT_THAT(all, HasSubstr(each));
  EXPECT_EQ(std::ranges::count(all, '\n') + 1, 23) << all;
  EXPECT_LT(all.find("gateway.cfg:8:"), all.find("gateway.cfg:10:")) << "in the order of the file";
  EXPECT_LT(all.find("gateway.cfg:20:"), all.find("gateway.cfg:21:"));
}

TEST_F(GatewayConfigFile, UnknownKeysAreToldWithTheNearest) {
  EXPECT_THAT(mistakes(one("MaxOrderQuantity=5\nSymbolsMap=A:B\nFavouriteColour=blue\n")),
              AllOf(HasSubstr("gateway.cfg:7: MaxOrderQuantity: "), HasSubstr("is it MaxOrderQty?"), HasSubstr("is it SymbolMap?"),
                    HasSubstr("gateway.cfg:9: FavouriteColour"), HasSubstr("docs/gateway.md has the keys")));
  EXPECT_THAT(
      mistakes("[DEFAULT]\nConnectionType=acceptor\nSenderCompID=GATE\nUseListner=Y\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=A\n"),
      HasSubstr("gateway.cfg:4: UseListner"))
      << "no session of the exchange stands in the file whose key it could be";
}

TEST_F(GatewayConfigFile, KeysOfTheGatewayStandInDefaultAlone) {
  EXPECT_THAT(mistakes(one("TotalMaxOrderQty=5\nUseListener=Y\n")),
              AllOf(HasSubstr("gateway.cfg:7: TotalMaxOrderQty"), HasSubstr("gateway.cfg:8: UseListener"), HasSubstr("[DEFAULT]")));
}

TEST_F(GatewayConfigFile, WithoutAnExchangeElsewhereASectionSaysWhatItIs) {
  const std::string unsaid = "[DEFAULT]\nSenderCompID=GATE\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=OMS\n";
  EXPECT_TRUE(read(unsaid)) << "with endpoints it can only be a client";
  EXPECT_THAT(mistakes(unsaid, alone_), AllOf(HasSubstr("gateway.cfg:3: ConnectionType is missing"), HasSubstr("no client"),
                                              HasSubstr("no exchange: add a [SESSION] with ConnectionType=initiator")));
  EXPECT_THAT(mistakes(one("ConnectionType=both\n")), HasSubstr("gateway.cfg:7: ConnectionType"));
  EXPECT_THAT(mistakes(one(""), alone_), HasSubstr("no exchange"));
  EXPECT_THAT(mistakes("[DEFAULT]\n"), HasSubstr("no client"));
}

TEST_F(GatewayConfigFile, MistakesOfTheExchangesSideHaveTheirLinesToo) {
  const std::string all = mistakes(one("Account=nobody\n") + R"([SESSION]
ConnectionType=initiator
TargetCompID=KalshiXX
SenderCompID=k
[SESSION]
ConnectionType=initiator
Account=second
TargetCompID=KalshiNR
SenderCompID=k
KalshiEnvironmnt=demo
)",
                                   alone_);
  EXPECT_THAT(all, AllOf(HasSubstr("gateway.cfg:10: TargetCompID"), HasSubstr("gateway.cfg:17: KalshiEnvironmnt")));
  EXPECT_THAT(mistakes(one("Account=carol\n")), AllOf(HasSubstr("gateway.cfg:4: Account=carol"), HasSubstr("alice")));
}

TEST_F(GatewayConfigFile, AnAccountThatNobodyHasIsNamed) {
  const std::string exchange = R"([SESSION]
ConnectionType=initiator
KalshiEnvironment=demo
TargetCompID=KalshiNR
SenderCompID=5a3f0c5e-0000-4000-8000-000000000001
KalshiPrivateKeyPath=/keys/desk.pem
)";
  EXPECT_EQ(mistakes(one("") + exchange, alone_), "");
  EXPECT_THAT(mistakes(one("Account=nobody\n") + exchange, alone_),
              HasSubstr("gateway.cfg:4: Account=nobody is no account here: there is default"));
}

TEST_F(GatewayConfigFile, ClientsThatShareAPortAgreeOnWhatItHas) {
  const std::string two = R"([DEFAULT]
ConnectionType=acceptor
SenderCompID=GATE
BeginString=FIX.4.4
[SESSION]
TargetCompID=A
[SESSION]
TargetCompID=B
)";
  EXPECT_EQ(mistakes(two), "");
  EXPECT_THAT(mistakes(two + "SocketUseSSL=Y\nServerCertificateFile=a\nServerCertificateKeyFile=b\n"),
              HasSubstr("gateway.cfg:7: the client of line 5 has the same SocketAcceptHost and SocketAcceptPort"));
  EXPECT_EQ(mistakes(two + "SocketUseSSL=Y\nServerCertificateFile=a\nServerCertificateKeyFile=b\nSocketAcceptPort=9101\n"), "");
  EXPECT_THAT(mistakes(two + "StartTime=22:00:00\n"), HasSubstr("gateway.cfg:7: the client of line 5 has the same port, BeginString"));
  EXPECT_EQ(mistakes(two + "StartTime=22:00:00\nSenderCompID=NIGHT\n"), "");
  EXPECT_EQ(mistakes(two + "StartTime=22:00:00\nBeginString=FIX.4.2\n"), "");
  EXPECT_THAT(mistakes(two + "[SESSION]\nTargetCompID=A\nSocketAcceptPort=9101\n"),
              HasSubstr("gateway.cfg:9: FIX.4.4:A->GATE is configured twice"));
}

TEST_F(GatewayConfigFile, PlainTcpIsForThisMachineAlone) {
  EXPECT_THAT(mistakes(one("SocketAcceptHost=0.0.0.0\n")), HasSubstr("gateway.cfg:4: SocketAcceptHost=0.0.0.0 is not a loopback address"));
  EXPECT_THAT(mistakes(one("CertificationAuthoritiesFile=x\n")), HasSubstr("certificates of clients need SocketUseSSL=Y"));
  const std::string page = "[DEFAULT]\nConnectionType=acceptor\nSenderCompID=GATE\nHttpListen=10.1.2.3:8080\n";
  const std::string client = "[SESSION]\nBeginString=FIX.4.4\nTargetCompID=A\n";
  EXPECT_THAT(mistakes(page + client), HasSubstr("gateway.cfg:4: HttpListen"));
  EXPECT_EQ(mistakes(page + "HttpAllowRemote=Y\nHttpHostNames=gate.example, gate\n" + client), "");
}

TEST_F(GatewayConfigFile, NothingSecretIsInAnError) {
  variables_ = {{"OMS_PASSWORD", "correct-horse-battery"}};
  const std::string wrong = one("Password=${OMS_PASSWORD}\nMaxOrderQty=${OMS_PASSWORD}\nOutagePolicy=${OMS_PASSWORD}\n") +
                            "AllowedRemoteAddresses=${OMS_PASSWORD}\nSymbols=${OMS_PASSWORD}**\nStartTime=${OMS_PASSWORD}\n" +
                            "Pasword=plain-horse-battery\nSymbolMap=${OMS_PASSWORD}\nBeginStrng=${OMS_PASSWORD}\n";
  const std::string all = mistakes(wrong);
  EXPECT_THAT(all, AllOf(HasSubstr("MaxOrderQty"), HasSubstr("SymbolMap"), HasSubstr("is it Password?"), HasSubstr("BeginStrng")));
  EXPECT_THAT(all, Not(HasSubstr("horse"))) << all;
  EXPECT_THAT(mistakes(one("Password=${NOT_SET}\n")), AllOf(HasSubstr("gateway.cfg:7"), HasSubstr("NOT_SET")));
}

TEST_F(GatewayConfigFile, ALineThatDoesNothingIsNotedWithWhy) {
  const auto config = read(one("HeartBtInt=30\nUseDataDictionary=Y\n"));
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->findings.size(), 2U);
  EXPECT_EQ(config->findings[0].line, 7);
  EXPECT_EQ(config->findings[0].key, "HeartBtInt");
  EXPECT_THAT(config->findings[0].text, HasSubstr("Logon"));
}

TEST_F(GatewayConfigFile, TheLogGoesWhereTheFileSays) {
  EXPECT_FALSE(read(one(""))->log_stated);
  const auto config = read(
      "[DEFAULT]\nConnectionType=acceptor\nSenderCompID=GATE\nFileLogPath=/var/log/gate\nLogLevel=Warning\n"
      "[SESSION]\nBeginString=FIX.4.4\nTargetCompID=OMS\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_TRUE(config->log_stated);
  EXPECT_EQ(config->log.file, "/var/log/gate/marginfix.log");
  EXPECT_EQ(config->log.level, LogLevel::warning);
  EXPECT_THAT(mistakes("[DEFAULT]\nConnectionType=acceptor\nSenderCompID=GATE\nLogLevel=loud\n[SESSION]\nBeginString=FIX.4.4\n"
                       "TargetCompID=OMS\n"),
              HasSubstr("gateway.cfg:4: LogLevel"));
}

TEST_F(GatewayConfigFile, LimitsAloneAreReadAnew) {
  const std::string path = folder_.write("gateway.cfg", R"([DEFAULT]
ConnectionType=acceptor
SenderCompID=GATE
BeginString=FIX.4.4
MaxOrderQty=10
TotalMaxOpenOrders=7
[SESSION]
TargetCompID=A
[SESSION]
TargetCompID=B
MaxOrderQty=20
[SESSION]
ConnectionType=initiator
TargetCompID=KalshiNR
SenderCompID=k
)");
  const auto limits = read_limits(path, variables());
  ASSERT_TRUE(limits) << limits.error().message;
  EXPECT_EQ(limits->total.max_open_orders, 7);
  ASSERT_EQ(limits->clients.size(), 2U);
  EXPECT_EQ(limits->clients.at("FIX.4.4:A->GATE").max_order_qty, FixedPointCount::whole(10));
  EXPECT_EQ(limits->clients.at("FIX.4.4:B->GATE").max_order_qty, FixedPointCount::whole(20));
  folder_.write("gateway.cfg", one("MaxOrderQty=ten\n"));
  EXPECT_THAT(read_limits(path, variables()).error().message, HasSubstr("gateway.cfg:7: MaxOrderQty"));
  EXPECT_THAT(read_limits(folder_.path("none.cfg"), variables()).error().message, HasSubstr("none.cfg: cannot be read"));
}

TEST(GatewayKeyTable, EveryKeyStandsOnceAndIsFound) {
  std::set<std::string> seen;
  for (const GatewayKey& key : gateway_keys()) {
    EXPECT_TRUE(seen.insert(std::string(key.key)).second) << key.key;
    EXPECT_EQ(find_gateway_key(key.key), &key);
    EXPECT_EQ(key.apply == nullptr, key.place == KeyPlace::ignored) << key.key;
    EXPECT_EQ(key.group == KeyGroup::quickfix, key.place == KeyPlace::ignored) << key.key;
  }
  EXPECT_EQ(nearest_gateway_key("MaxOrdrQty"), "MaxOrderQty");
  EXPECT_EQ(nearest_gateway_key("Zzzzz"), "");
}

TEST(GatewayKeyTable, TheReferenceHasEachOfThem) {
  const std::string reference = gateway_configuration_reference();
  for (const GatewayKey& key : gateway_keys()) EXPECT_THAT(reference, HasSubstr("| `" + std::string(key.key) + "` |"));
}

}  // namespace
}  // namespace marginfix::gateway
