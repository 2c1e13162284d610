// The demo's story, chapter by chapter. Each prints what it does and what came back, and throws DemoFailure when the exchange or the
// library did not do what the specification says.
#pragma once

#include <string>

#include "apps/demo/desk.hpp"
#include "apps/demo/other_doors.hpp"
#include "apps/demo/story.hpp"
#include "sim/simulator.hpp"

namespace marginfix::apps {

// Who is on stage: alice with every session and every other door, bob as the other side, the exchange and its control.
struct Stage {
  sim::Simulator& exchange;
  Desk& alice;
  Desk& bob;
  OtherDoors& alice_elsewhere;  // her REST and WebSocket
  std::string active_market;    // the house trades here: a book that moves
  std::string quiet_market;     // ours alone: every fill is one we made
  Story& story;
  std::chrono::milliseconds listener_delay{0};  // how far the exchange's listener is behind
};

void chapter_logons(Stage& stage);
void chapter_market_data(Stage& stage);
void chapter_orders(Stage& stage);
void chapter_order_group(Stage& stage);
void chapter_mass_cancel(Stage& stage);
void chapter_cut_in_a_burst(Stage& stage);
void chapter_missed_reports(Stage& stage);
void chapter_other_doors(Stage& stage);
// Prints the table; true when every column says the same.
bool chapter_reckoning(Stage& stage);

}  // namespace marginfix::apps
