// kill -9 of the whole service at any moment of a busy feed: started again on the same folder it has everything that the exchange reported,
// each execution once, and no false break. MARGINFIX_KILLS sets how often (scripts/campaign: hundreds), MARGINFIX_KILL_SEED the chance.
#include "fault/reconcile/service_fixture.hpp"

namespace marginfix::test {
namespace {

class ServiceKilled : public ServiceProcessTest {
 protected:
  // While it begins, while it catches up, or in the middle of its day.
  void live_and_die() {
    const auto service = launch();
    bool lives = true;
    if (chance(3) == 0) {
      const std::size_t until = trading_->requests() + chance(300);
      lives = while_it_runs(*service, [&] { return trading_->requests() >= until; });
    } else {
      lives = while_it_runs(*service, [&] { return is_ready(); }) && wait_until_told(*service, chance(60'000));
    }
    ASSERT_TRUE(lives) << "it ended by itself, or waits: " << said();
    const auto spins = static_cast<int>(chance(1'000'000));
    for (volatile int i = 0; i < spins;) i = i + 1;
    service->kill();
  }
  // As the kill left it.
  void expect_proven_as_it_is() {
    if (!std::filesystem::exists(rc::journal_path(dir()))) return;  // it had no time for one
    const auto proven = rc::verify(dir());
    EXPECT_TRUE(proven) << proven.error().message;
  }
};

TEST_F(ServiceKilled, LosesNothingAndDoublesNothing) {
  const int kills = number_of_environment("MARGINFIX_KILLS", 5);
  for (int i = 0; i < kills; ++i) {
    SCOPED_TRACE("kill " + std::to_string(i));
    ASSERT_NO_FATAL_FAILURE(live_and_die());
    if (chance(10) == 0) expect_proven_as_it_is();
  }
  ASSERT_NO_FATAL_FAILURE(catch_up());
  expect_the_truth();
  expect_no_break();
  expect_proven();
}

TEST_F(ServiceKilled, LeavesAnAddressThatTheNextOneTakesBack) {
  const std::string stale = folder_.write("reconcile/reconcile.json", R"({"page":"http://127.0.0.1:1/","token_file":"token"})");
  const auto next = rc::Service::open(service_options());
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_FALSE(std::filesystem::exists(stale)) << "nobody is there";
}

// What drop copy still has, what only REST has, and a day that ended meanwhile: the exchange's clock moves while the service is dead, and
// while it lives. On KalshiRT, which sends again what a killed process may have heard and not written.
class ServiceKilledOnRT : public ServiceKilled {
 protected:
  std::string listener() const override { return "KalshiRT"; }
};

TEST_F(ServiceKilledOnRT, GoesOnWhateverTheExchangesClockSays) {
  constexpr std::array<std::chrono::milliseconds, 5> kSteps{10min, 179min, 4h, 24h, 72h};
  const int kills = std::max(static_cast<int>(kSteps.size()), number_of_environment("MARGINFIX_KILLS", 0) / 10);
  for (int i = 0; i < kills; ++i) {
    SCOPED_TRACE("kill " + std::to_string(i));
    ASSERT_NO_FATAL_FAILURE(live_and_die());
    ASSERT_TRUE(sim().advance_clock(kSteps[static_cast<std::size_t>(i) % kSteps.size()]));
  }
  ASSERT_NO_FATAL_FAILURE(catch_up());
  expect_the_truth(false);
  expect_no_break();
  expect_proven();
}

}  // namespace
}  // namespace marginfix::test
