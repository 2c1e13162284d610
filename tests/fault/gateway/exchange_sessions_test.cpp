// Which sessions of the exchange a key uses, and what each of them is good for when another one fails.
#include "fault/gateway/faults_fixture.hpp"

namespace marginfix::gateway::fault {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// KalshiRT is by arrangement, and this key has none.
class KalshiRtRefused : public GatewayFaultTest {
 protected:
  KalshiRtRefused() { options_.refused_accounts = {"bob"}; }
  std::string account_of(const std::string&) const override { return "alice"; }
  std::string defaults() const override { return "RateLimitTier=unlimited\n"; }
  // The simulator refuses a key at each of its doors: one of its own for KalshiRT. The first is REST's.
  std::string exchange_sessions() override {
    ::setenv("KALSHI_PERPS_API_BASE_URL", sim().endpoints().rest_url.c_str(), 1);
    return nr_sessions(sim(), {"alice"}) + exchange_session(sim(), "alice", "bob", "KalshiRT", sim().endpoints().ports.rt);
  }
};

TEST_F(KalshiRtRefused, KalshiNrTakesItsPlace) {
  start_gateway();
  EXPECT_THAT(gateway_->command({"status"}).text, HasSubstr("KalshiNR"));
  fill_book(2);
  const std::string id = oms44().place('1', 3, "4.0900");
  ASSERT_TRUE(until([&] { return oms44().rests(id); })) << gateway_->said();
  // It is found again as ever when its connection has ended.
  ASSERT_TRUE(sim().disconnect("KalshiNR", key_id("alice")));
  ASSERT_TRUE(until([&] { return gateway_->said().find("no orders are taken") != std::string::npos; })) << gateway_->said();
  std::string later;
  const auto taken_again = [&] {
    if (later.empty() || oms42().ended(later)) later = oms42().place('1', 1, "4.0800");
    return oms42().rests(later);
  };
  ASSERT_TRUE(until(taken_again)) << gateway_->said();
  cancel_everything();
  expect_the_truth();
}

// As an account on KalshiNR has them: listener and drop copy by keys of their own. There is no REST to ask.
class WithListener : public GatewayFaultTest {
 protected:
  std::string defaults() const override { return "UseListener=Y\nRateLimitTier=unlimited\n"; }
  std::string exchange_sessions() override {
    ::unsetenv("KALSHI_PERPS_API_BASE_URL");
    const auto& ports = sim().endpoints().ports;
    return nr_sessions(sim(), {"alice", "bob"}) +
           exchange_session(sim(), "alice", "alice-listener", "KalshiNR", ports.nr, "SessionQualifier=listener\nListenerSession=Y\n") +
           exchange_session(sim(), "alice", "alice-dropcopy", "KalshiDC", ports.dc);
  }
  std::string journal() { return gateway_->command({"replay"}).text; }
};

TEST_F(WithListener, WhatTheOrderSessionDoesNotSayComesByIt) {
  start_gateway();
  const std::string id = oms44().place('1', 5, "4.0900");
  ASSERT_TRUE(until([&] { return oms44().rests(id); })) << gateway_->said();
  ASSERT_TRUE(sim().silence("KalshiNR", key_id("alice")));
  oms50().place('2', 5, "4.0900");
  ASSERT_TRUE(until([&] { return oms44().ended(id); })) << gateway_->said();
  EXPECT_EQ(oms44().order(id).cum, FixedPointCount::whole(5));
  EXPECT_THAT(journal(), HasSubstr("KalshiNR-listener"));
  expect_the_truth();
}

TEST_F(WithListener, WhatHappenedWhileBothWereAwayComesByDropCopy) {
  start_gateway();
  const std::string filled = oms44().place('1', 5, "4.0900"), rests = oms42().place('1', 1, "4.0000");
  ASSERT_TRUE(until([&] { return oms44().rests(filled) && oms42().rests(rests); })) << gateway_->said();
  EXPECT_THAT(journal(), Not(HasSubstr("alice/KalshiDC")));
  ASSERT_TRUE(sim().disconnect("KalshiNR", key_id("alice")));
  ASSERT_TRUE(sim().disconnect("KalshiNR", key_id("alice-listener")));
  oms50().place('2', 5, "4.0900");
  ASSERT_TRUE(until([&] { return oms44().ended(filled); })) << gateway_->said();
  EXPECT_EQ(oms44().order(filled).cum, FixedPointCount::whole(5));
  EXPECT_THAT(journal(), HasSubstr("alice/KalshiDC"));
  EXPECT_TRUE(oms42().rests(rests));
  ASSERT_TRUE(until([&] { return gateway_->command({"status"}).text.find("active") != std::string::npos; }));
  expect_the_truth();
}

}  // namespace
}  // namespace marginfix::gateway::fault
