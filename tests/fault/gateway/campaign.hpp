// Several OMSs that trade at random through a gateway that is killed, on an exchange whose sessions break; and, whenever all is quiet, the
// comparison of what each client was told with the gateway's own list and with the exchange's truth.
#pragma once

#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "fault/gateway/exchange_truth.hpp"
#include "fault/gateway/gateway_process.hpp"
#include "fault/gateway/trader.hpp"

namespace marginfix::gateway::fault {

inline int number_of_environment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::max(1, std::atoi(text));
}

class CampaignTest : public sim::test::SimTest {
 protected:
  CampaignTest();
  void TearDown() override;

  // `session`: of the exchange, "KalshiRT" or "KalshiNR".
  void begin(const std::string& session, bool long_form);
  void trade(int orders, int kills);
  // No more orders; everything is canceled and answered.
  void quieten();
  void compare();
  void end_orderly();
  // One pass of the reconciliation service over both accounts finds no break.
  void reconcile();

  std::uint64_t chance(std::uint64_t below) { return random_() % below; }

  std::uint64_t seed_;
  std::mt19937_64 random_;
  std::string session_;
  bool long_form_{false};
  std::unique_ptr<GatewayProcess> gateway_;
  std::vector<std::unique_ptr<Trader>> traders_;
  std::uint16_t port_{0};
  std::uint64_t all_orders_{0}, all_accepted_{0}, all_trades_{0}, kills_{0}, client_losses_{0}, exchange_losses_{0};

 private:
  void turn(bool trades);
  void act_once();
  void disturb();
  void disturb_exchange();
  void kill_gateway();
  void expect_no_fault();
  FixedPointCount account_net(const std::string& account) const;
  void compare_with_gateway(Trader& trader);
  void compare_with_exchange(const Trader& trader, const ViewedOrder& order, TrueOrders& truth, std::set<std::string>& accepted);
  std::string waits_for() const;

  std::vector<OmsSession*> sessions_;
  std::set<std::string> earlier_;  // OrderID(37) of what has been compared
  Timestamp round_began_{};
  std::uint64_t exchange_disturbed_at_{0};  // all_orders_ of then
};

}  // namespace marginfix::gateway::fault
