// Clients over TLS with a certificate of their own: who shows the right one is let in, and nobody else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "integration/gateway/gateway_host.hpp"
#include "integration/gateway/message.hpp"
#include "marginfix/core/time.hpp"
#include "support/certificates.hpp"
#include "support/run_until.hpp"
#include "support/scripted_client.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::gateway::script {
namespace {

using marginfix::test::CertificateAuthority;
using marginfix::test::LeafFiles;
using marginfix::test::LeafOptions;
using marginfix::test::run_until;
using marginfix::test::ScriptedClient;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ClientCertificateOfAnOms : public ::testing::Test {
 protected:
  void SetUp() override {
    const LeafFiles server = authority_.issue("server");
    gateway_.set("", "SocketUseSSL", "Y");
    gateway_.set("", "ServerCertificateFile", server.certificate);
    gateway_.set("", "ServerCertificateKeyFile", server.private_key);
    gateway_.set("", "CertificationAuthoritiesFile", clients_.ca_file());
    gateway_.set("OMS", "ClientCertificateName", "oms.desk.example");
    gateway_.start();
    exchange_.session().log_on();
    ASSERT_TRUE(run_until(io_, [this] { return gateway_.service().is_open(); }));
  }
  LeafFiles leaf(CertificateAuthority& by, const std::string& common_name, const std::vector<std::string>& names = {}) {
    LeafOptions options;
    options.common_name = common_name;
    options.names = names;
    options.usage = "clientAuth";
    return by.issue("leaf-" + std::to_string(++leaves_), options);
  }
  // What the gateway answers to a Logon of this client that shows the certificate, in pipe form, until it has closed or `count` are there.
  std::vector<std::string> log_on(const std::string& comp_id, const LeafFiles& shown, std::size_t count) {
    ScriptedClient client(io_, gateway_.service().port(), authority_.ca_file(), shown);
    const bool open = run_until(io_, [&] { return client.opened || client.closed; });
    EXPECT_TRUE(open);
    if (client.opened) client.send_bytes(message(comp_id, 1, {{35, "A"}, {98, "0"}, {108, "30"}}));
    EXPECT_TRUE(run_until(io_, [&] { return client.closed || (count > 0 && client.messages.size() >= count); }));
    std::vector<std::string> told = client.messages;
    if (!client.closed) client.send_bytes(message(comp_id, 2, {{35, "5"}}));
    EXPECT_TRUE(run_until(io_, [&] { return client.closed; }));
    return told;
  }
  static std::string message(const std::string& comp_id, int seq, Fields fields) {
    const Fields header{{34, std::to_string(seq)}, {49, comp_id}, {52, to_fix_utc(system_clock().now())}, {56, std::string(kGatewayName)}};
    fields.insert(fields.begin() + 1, header.begin(), header.end());
    return compose("FIX.4.4", fields);
  }

  boost::asio::io_context io_;
  marginfix::test::TempFolder folder_;
  CertificateAuthority authority_{folder_.path(), "authority"}, clients_{folder_.path(), "clients"}, others_{folder_.path(), "others"};
  ExchangeSide exchange_;
  GatewayHost gateway_{FixVersion::fix44, exchange_};
  int leaves_{0};
};

TEST_F(ClientCertificateOfAnOms, ByItsCommonNameIsLetIn) {
  const auto by_common_name = log_on("OMS", leaf(clients_, "oms.desk.example"), 1);
  ASSERT_THAT(by_common_name, SizeIs(1));
  EXPECT_THAT(by_common_name[0], HasSubstr("|35=A|"));
  const auto any = log_on("OMS2", leaf(clients_, "some OMS", {"DNS:other.example"}), 1);
  ASSERT_THAT(any, SizeIs(1));
  EXPECT_THAT(any[0], HasSubstr("|35=A|")) << "no name is asked for: whoever the roots vouch for";
}

TEST_F(ClientCertificateOfAnOms, ByADnsNameIsLetIn) {
  const auto told = log_on("OMS", leaf(clients_, "desk 7", {"DNS:other.example", "DNS:oms.desk.example"}), 1);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_THAT(told[0], HasSubstr("|35=A|"));
}

TEST_F(ClientCertificateOfAnOms, OfAnotherClientGetsALogoutWithTheReason) {
  const auto told = log_on("OMS", leaf(clients_, "oms2.desk.example", {"DNS:oms2.desk.example"}), 0);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_THAT(told[0], HasSubstr("|35=5|"));
  EXPECT_THAT(told[0], HasSubstr("the certificate is not that of OMS"));
  EXPECT_FALSE(gateway_.client("OMS").logged_on);
}

// Before a word of FIX.
TEST_F(ClientCertificateOfAnOms, OfAnotherAuthorityOrNoneIsNotListenedTo) {
  EXPECT_THAT(log_on("OMS", leaf(others_, "oms.desk.example"), 0), IsEmpty());
  EXPECT_THAT(log_on("OMS", {}, 0), IsEmpty());
  EXPECT_THAT(log_on("OMS2", {}, 0), IsEmpty()) << "though no name is asked for";
  EXPECT_FALSE(gateway_.client("OMS").logged_on);
  EXPECT_EQ(gateway_.service().status().logons_refused, 3U);
}

}  // namespace
}  // namespace marginfix::gateway::script
