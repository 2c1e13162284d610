// Logon, Logout and the ways a connection ends, byte for byte, on both roles of the wall.
#include "unit/sessions/wall_harness.hpp"

namespace marginfix::test {
namespace {

using ::testing::Test;
using wall::EndCause;

TEST(WallLogon, InitiatorSendsSignedLogonWithOptions) {
  const std::string key = fresh_key();
  auto plan = client_plan(key, false);
  plan.logon_fields = {{8013, "Y"}, {21011, "N"}};
  plan.timestamp_digits = 6;
  Side client(plan);
  client.connect();
  ASSERT_EQ(client.wire.size(), 1u);
  const std::string logon = piped(client.wire.front());
  EXPECT_EQ(essence(client.wire.front()),
            "35=A|34=1|49=" + key + "|52=T|56=KalshiNR|95=12|96=c2lnbmF0dXJl|98=0|108=30|141=Y|1137=9|8013=Y|21011=N|");
  EXPECT_EQ(client.signed_text,
            value_of(logon, 52) + "|A|" + value_of(logon, 34) + "|" + value_of(logon, 49) + "|" + value_of(logon, 56) + "|");
  EXPECT_EQ(value_of(logon, 52).size(), std::string("20260101-00:00:00.123456").size());
  EXPECT_FALSE(client.session->logged_on());
  EXPECT_TRUE(client.session->connected());
}

TEST(WallLogon, BackToBackLogsOnAndCarriesApplicationMessages) {
  Pair pair(false);
  pair.connect();
  ASSERT_TRUE(pair.client.session->logged_on());
  ASSERT_TRUE(pair.server.session->logged_on());
  EXPECT_EQ(pair.client.logons, 1);
  EXPECT_EQ(pair.server.logons, 1);
  const auto sent = pair.client.app("D", "11=a|38=10|40=2|44=1.5|54=1|55=BTC-PERP|", "op1");
  EXPECT_TRUE(sent.ok);
  EXPECT_EQ(sent.seq, 2);
  EXPECT_TRUE(pair.server.app("8", "11=a|17=1;1|136=1|137=0.1|138=USD|139=4|891=0|").ok);
  pair.pump();
  ASSERT_EQ(pair.server.apps.size(), 1u);
  EXPECT_EQ(essence(pair.server.apps[0].bytes),
            "35=D|49=" + pair.key + "|56=KalshiNR|34=2|52=T|50=op1|11=a|38=10|40=2|44=1.5|54=1|55=BTC-PERP|");
  EXPECT_EQ(pair.server.apps[0].msg_type, "D");
  ASSERT_EQ(pair.client.apps.size(), 1u);
  EXPECT_EQ(pair.client.apps[0].seq, 2);
  EXPECT_EQ(pair.client.session->next_sender_seq(), 3);
  EXPECT_EQ(pair.client.session->next_target_seq(), 3);
  EXPECT_EQ(pair.client.session->statistics().messages_out, 2);
  EXPECT_EQ(pair.client.session->statistics().messages_in, 2);
  EXPECT_EQ(pair.client.sent.size(), 2u);
}

TEST(WallLogon, AcceptorAnswersWithResetFlagAndHeartbeatOfTheRequest) {
  const std::string key = fresh_key();
  Side server(server_plan(key, false));
  server.connect();
  server.receive(framed("35=A|34=1|49=" + key + "|52=20260101-00:00:00.000|56=KalshiNR|95=3|96=a|b|98=0|108=17|141=Y|1137=9|"));
  EXPECT_EQ(server.take_wire(), std::vector<std::string>{"35=A|34=1|49=KalshiNR|52=T|56=" + key + "|98=0|108=17|141=Y|1137=9|"});
  EXPECT_TRUE(server.session->logged_on());
}

TEST(WallLogon, LogonOfNewKeptSessionCarriesNoResetFlag) {
  Pair pair(true);
  pair.server.connect();
  pair.client.connect();
  EXPECT_EQ(value_of(piped(pair.client.wire.front()), 141), "");
  EXPECT_EQ(value_of(piped(pair.client.wire.front()), 34), "1");
  pair.pump();
  EXPECT_TRUE(pair.client.session->logged_on());
}

}  // namespace
}  // namespace marginfix::test
