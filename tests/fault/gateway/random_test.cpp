// The gateway at random, killed at any moment: at the end every client's view, the gateway's list and the exchange's truth agree, and no
// order was sent twice. MARGINFIX_GATEWAY_ORDERS, MARGINFIX_GATEWAY_KILLS and MARGINFIX_GATEWAY_SEED set more (scripts/campaign gateway).
#include "fault/gateway/campaign.hpp"

namespace marginfix::gateway::fault {
namespace {

class GatewayKilled : public CampaignTest {
 protected:
  void run(const std::string& session) {
    const int orders = number_of_environment("MARGINFIX_GATEWAY_ORDERS", 300), kills = number_of_environment("MARGINFIX_GATEWAY_KILLS", 3);
    ASSERT_NO_FATAL_FAILURE(begin(session, orders > 1'000));
    // Rounds: `gateway orders` lists 10,000 of a client.
    const int rounds = std::max(1, orders / 5'000);
    for (int i = 0; i < rounds; ++i) {
      SCOPED_TRACE("round " + std::to_string(i));
      ASSERT_NO_FATAL_FAILURE(trade(orders / rounds, kills * (i + 1) / rounds - kills * i / rounds));
      ASSERT_NO_FATAL_FAILURE(quieten());
      compare();
      ASSERT_FALSE(HasFailure());
    }
    end_orderly();
    if (long_form_) reconcile();
  }
};

// What a killed gateway has not heard is sent again.
TEST_F(GatewayKilled, AgreesWithEverybodyOnKalshiRT) { run("KalshiRT"); }
// What a killed gateway has not heard is lost, and asked for at REST.
TEST_F(GatewayKilled, AgreesWithEverybodyOnKalshiNR) { run("KalshiNR"); }

}  // namespace
}  // namespace marginfix::gateway::fault
