// A quiet simulator in a folder of its own, and short ways to say what tests say often.
#pragma once

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "integration/sim/client.hpp"
#include "marginfix/core/time.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::sim::test {

inline constexpr const char* kMarket = "KXLTCPERP";  // the quiet one; house accounts leave it alone anyway

class SimTest : public ::testing::Test {
 protected:
  SimTest() {
    options_.dir = folder_.path("sim");
    options_.quiet = true;
    options_.past = false;  // tests count orders, reports and positions from zero
  }
  void start() {
    if (!fresh_keys_) borrow_keys();
    simulator_ = std::make_unique<Simulator>(options_);
    const auto started = simulator_->start();
    ASSERT_TRUE(started) << started.error().message;
    if (!fresh_keys_) lend_keys();
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
  bool fresh_keys_{false};  // true: make keys anew, as a first start does
  std::unique_ptr<Simulator> simulator_;

 private:
  // RSA keys take longer to make than most tests to run: test programs of one user share a set.
  static std::filesystem::path shared_keys() {
    return std::filesystem::temp_directory_path() / ("marginfix-test-keys-" + std::to_string(::getuid()));
  }
  void borrow_keys() {
    std::error_code none_yet;
    if (std::filesystem::exists(folder_.path("sim")) || !std::filesystem::exists(shared_keys(), none_yet)) return;
    std::filesystem::copy(shared_keys(), folder_.path("sim"), std::filesystem::copy_options::recursive, none_yet);
  }
  void lend_keys() {
    std::error_code lost_the_race;
    if (std::filesystem::exists(shared_keys(), lost_the_race)) return;
    const std::string mine = folder_.path("lent");
    std::filesystem::create_directories(mine);
    std::filesystem::copy(folder_.path("sim/keys"), mine + "/keys", std::filesystem::copy_options::recursive);
    std::filesystem::copy(folder_.path("sim/ca.pem"), mine + "/ca.pem");
    std::filesystem::rename(mine, shared_keys(), lost_the_race);
  }
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
