// A quiet simulator in a folder of its own, and short ways to say what tests say often.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "integration/sim/client.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::sim::test {

inline constexpr const char* kMarket = "KXLTCPERP";  // the quiet one; house accounts leave it alone anyway

class SimTest : public ::testing::Test {
 protected:
  SimTest() {
    options_.dir = folder_.path("sim");
    options_.quiet = true;
  }
  void start() {
    simulator_ = std::make_unique<Simulator>(options_);
    const auto started = simulator_->start();
    ASSERT_TRUE(started) << started.error().message;
  }
  // kill -9 and a new process, as far as one process can play that.
  void kill_and_restart() {
    simulator_->kill();
    start();
  }
  Simulator& sim() { return *simulator_; }
  const std::string& key_id(const std::string& name) { return simulator_->endpoints().find(name)->key_id; }

  marginfix::test::TempFolder folder_;
  SimulatorOptions options_;
  std::unique_ptr<Simulator> simulator_;
};

// D without its ClOrdID defaults: buy 10 at 5.0000, GTC, in the quiet market.
struct Order {
  std::string id;
  char side{'1'};
  std::string quantity{"10"};
  std::string price{"5.0000"};
  std::string extra{"59=1|"};
  std::string symbol{kMarket};
  std::string body() const {
    return "11=" + id + "|38=" + quantity + "|40=2|44=" + price + "|54=" + std::string(1, side) + "|55=" + symbol + "|" + extra;
  }
};

inline std::string cancel_of(const std::string& id, const std::string& of, char side = '1', const std::string& extra = "") {
  return "11=" + id + "|41=" + of + "|54=" + std::string(1, side) + "|55=" + kMarket + "|" + extra;
}

inline std::string amend_of(const std::string& id, const std::string& of, const std::string& quantity, const std::string& price,
                            char side = '1', const std::string& extra = "") {
  return "11=" + id + "|41=" + of + "|38=" + quantity + "|40=2|44=" + price + "|54=" + std::string(1, side) + "|55=" + kMarket + "|" +
         extra;
}

}  // namespace marginfix::sim::test
