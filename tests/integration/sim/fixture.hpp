// A quiet simulator in a folder of its own, and short ways to say what tests say often.
#pragma once

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "integration/sim/client.hpp"
#include "integration/sim/order_bodies.hpp"
#include "marginfix/core/time.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::sim::test {

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

}  // namespace marginfix::sim::test
