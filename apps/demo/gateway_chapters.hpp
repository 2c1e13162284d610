// The demo's story through the OMS gateway (`--through gateway`), chapter by chapter. As chapters.hpp, but alice's orders come from two
// order management systems that know nothing of this exchange: QuickFIX's own initiator in FIX 4.2 and in FIX 4.4.
#pragma once

#include <string>

#include "apps/demo/desk.hpp"
#include "apps/demo/gateway_in_demo.hpp"
#include "apps/demo/oms_client.hpp"
#include "apps/demo/story.hpp"
#include "marginfix/perps_client.hpp"
#include "sim/simulator.hpp"

namespace marginfix::apps {

// Who is on stage: two clients of the gateway, bob as the other side, alice's own REST, the exchange and its control.
struct GatewayStage {
  sim::Simulator& exchange;
  GatewayInDemo& gateway;
  OmsClient& fix42;
  OmsClient& fix44;
  Desk& bob;
  PerpsClient& rest;          // alice's
  std::string active_market;  // the house trades here: a book that moves
  std::string quiet_market;   // ours alone: every fill is one we made
  Story& story;
};

void chapter_gateway_logons(GatewayStage& stage);  // of a gateway that is open
void chapter_gateway_market_data(GatewayStage& stage);
void chapter_gateway_fix42(GatewayStage& stage);
void chapter_gateway_fix44(GatewayStage& stage);
void chapter_gateway_order_group(GatewayStage& stage);
void chapter_gateway_burst(GatewayStage& stage);
void chapter_gateway_cancel_everything(GatewayStage& stage);
void chapter_gateway_absences(GatewayStage& stage);
// Prints the table; true when clients, gateway and exchange say the same.
bool chapter_gateway_reckoning(GatewayStage& stage);

}  // namespace marginfix::apps
