// Wrong signatures: free at first, then late, never at the cost of others; bounded.
#include "sim/doors/brake.hpp"

#include <gtest/gtest.h>

namespace marginfix::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(Brake, ForgivesAFewAndSlowsDownWhoGoesOn) {
  Brake brake({.at_once = 3, .forgiven_after = milliseconds(500), .most = milliseconds(2'000), .addresses = 8});
  const nanoseconds now = seconds(1'000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(brake.wrong("10.0.0.1:5000", now), milliseconds(0)) << i;
  const auto first = brake.wrong("10.0.0.1:5001", now);
  EXPECT_GE(first, milliseconds(500)) << "the port is no other address";
  EXPECT_GT(brake.wrong("10.0.0.1:5002", now), first);
  for (int i = 0; i < 1'000; ++i) EXPECT_LE(brake.wrong("10.0.0.1:5003", now), milliseconds(2'000)) << i;
  EXPECT_EQ(brake.wrong("10.0.0.2:5000", now), milliseconds(0)) << "somebody else";
}

TEST(Brake, IsSoonOverForWhoStops) {
  Brake brake({.at_once = 3, .forgiven_after = milliseconds(500), .most = milliseconds(2'000), .addresses = 8});
  for (int i = 0; i < 10'000; ++i) brake.wrong("[::1]:1", seconds(5));
  EXPECT_GT(brake.wrong("[::1]:1", seconds(5)), milliseconds(0));
  EXPECT_EQ(brake.wrong("[::1]:1", seconds(5 + 3)), milliseconds(0)) << "what it owes is bounded too";
}

TEST(Brake, RemembersSoManyAddressesAndNoMore) {
  Brake brake({.at_once = 1, .forgiven_after = milliseconds(1'000), .most = milliseconds(100), .addresses = 16});
  for (int i = 0; i < 10'000; ++i) brake.wrong("10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + ":1", seconds(1));
  EXPECT_EQ(brake.addresses(), 16U);
}

TEST(Brake, AnswersAsTheExchangeDoesOnceItBrakes) {
  Brake brake({.at_once = 1, .forgiven_after = milliseconds(1'000), .most = milliseconds(300), .addresses = 16});
  HttpRequest request;
  request.peer = "127.0.0.1:9";
  const HttpReply now = brake.wrong(request, HttpAnswer{401, "{}"});
  EXPECT_EQ(now.answer.status, 401);
  EXPECT_EQ(now.delay, milliseconds(0));
  const HttpReply late = brake.wrong(request, HttpAnswer{401, "{}"});
  EXPECT_EQ(late.answer.status, 429);
  EXPECT_GT(late.delay, milliseconds(0));
}

}  // namespace
}  // namespace marginfix::sim
