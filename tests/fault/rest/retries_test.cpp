// Each line of the retry rules against a scripted exchange: reads are tried again, writes are sent once, whatever happens.
#include <gmock/gmock.h>

#include "fault/rest/rest_fixture.hpp"
#include "marginfix/perps_client.hpp"

namespace marginfix::test {
namespace {

using namespace std::chrono_literals;
using rest::GetMarginExchangeStatus;
using testing::HasSubstr;
using After = ScriptedAnswer::After;

rest::CreateMarginOrder an_order() {
  rest::CreateMarginOrder order;
  order.body.ticker = "BTC-PERP";
  order.body.client_order_id = "c-1";
  order.body.side = BookSide::bid;
  order.body.count = FixedPointCount::whole(1);
  order.body.price = DollarDecimal::parse("6.25").value();
  order.body.time_in_force = rest::OrderTimeInForce::good_till_canceled;
  order.body.self_trade_prevention_type = SelfTradePreventionType::TakerAtCross;
  return order;
}

// The first request gets `first`, every other one a success.
auto first_then_good(ScriptedAnswer first) {
  return [first = std::move(first)](const SeenRequest& request) {
    if (request.number == 1) return first;
    return request.method == "POST" ? http_answer(201, kPlaced) : http_answer(200, kStatus);
  };
}

class TransientStatus : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Retries, TransientStatus, testing::Values(408, 425, 429, 500, 502, 503, 504));

TEST_P(TransientStatus, aReadIsTriedAgain) {
  ScriptedHttpServer server(first_then_good(http_answer(GetParam(), R"({"code":"later","message":"try later"})")));
  PerpsClient client(config_for(server.origin()));
  const auto status = client.exchange().status();
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_TRUE(status->exchange_active);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_P(TransientStatus, aReadIsGivenUpAfterThreeMoreTries) {
  ScriptedHttpServer server([](const SeenRequest&) { return http_answer(GetParam(), R"({"code":"later","message":"try later"})"); });
  PerpsClient client(config_for(server.origin()));
  const auto status = client.exchange().status();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().status, GetParam());
  EXPECT_EQ(status.error().code, "later");
  EXPECT_EQ(status.error().category, GetParam() == 429 ? ErrorCategory::rate_limit : ErrorCategory::http);
  EXPECT_THAT(status.error().message, HasSubstr("after 4 tries"));
  EXPECT_EQ(server.requests().size(), 4U);
}

TEST_P(TransientStatus, aWriteIsSentOnce) {
  ScriptedHttpServer server([](const SeenRequest&) { return http_answer(GetParam(), R"({"code":"later","message":"try later"})"); });
  PerpsClient client(config_for(server.origin()));
  const auto created = client.orders().create(an_order());
  const auto replaced = client.order_groups().reset({.order_group_id = "g"});
  const auto cancelled = client.orders().cancel({.order_id = "o"});
  ASSERT_EQ(server.requests().size(), 3U);
  EXPECT_EQ(server.requests()[0].method, "POST");
  EXPECT_EQ(server.requests()[1].method, "PUT");
  EXPECT_EQ(server.requests()[2].method, "DELETE");
  // A 4xx is an answer; a time-out in other words and a fault of the server leave the outcome open.
  const bool open = GetParam() >= 500 || GetParam() == 408;
  EXPECT_EQ(created.error().may_have_been_sent, open);
  EXPECT_EQ(replaced.error().may_have_been_sent, open);
  EXPECT_EQ(cancelled.error().may_have_been_sent, open);
}

class FinalStatus : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Retries, FinalStatus, testing::Values(400, 401, 403, 404, 409, 422, 501, 505, 520));

TEST_P(FinalStatus, nothingIsTriedAgain) {
  ScriptedHttpServer server([](const SeenRequest&) { return http_answer(GetParam(), "{}"); });
  PerpsClient client(config_for(server.origin()));
  EXPECT_EQ(client.exchange().status().error().status, GetParam());
  EXPECT_EQ(client.orders().create(an_order()).error().status, GetParam());
  EXPECT_EQ(server.requests().size(), 2U);
}

struct Cut {
  const char* name;
  ScriptedAnswer answer;
};
class CutAnswer : public testing::TestWithParam<Cut> {};
INSTANTIATE_TEST_SUITE_P(Retries, CutAnswer,
                         testing::Values(Cut{"BeforeAByte", {"", After::close}}, Cut{"ResetBeforeAByte", {"", After::reset}},
                                         Cut{"InTheStatusLine", {"HTTP/1.1 2", After::close}},
                                         Cut{"InTheHeaders", {"HTTP/1.1 200 OK\r\nContent-Le", After::reset}},
                                         Cut{"InTheBody", {"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"exchange_ac", After::close}},
                                         Cut{"InAChunk",
                                             {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"exchange_ac", After::close}}),
                         [](const auto& of) { return of.param.name; });

TEST_P(CutAnswer, aReadIsTriedAgain) {
  ScriptedHttpServer server(first_then_good(GetParam().answer));
  PerpsClient client(config_for(server.origin()));
  const auto status = client.exchange().status();
  // A status line that ends early is no HTTP at all, and not ours to guess about.
  if (std::string_view(GetParam().name) == "InTheStatusLine" && !status) {
    EXPECT_EQ(status.error().category, ErrorCategory::decode) << status.error().message;
    return;
  }
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_P(CutAnswer, aWriteIsSentOnceAndItsOutcomeIsOpen) {
  ScriptedHttpServer server(first_then_good(GetParam().answer));
  PerpsClient client(config_for(server.origin()));
  const auto placed = client.orders().create(an_order());
  ASSERT_FALSE(placed);
  EXPECT_TRUE(placed.error().may_have_been_sent) << placed.error().message;
  EXPECT_EQ(server.requests().size(), 1U);
}

// The kept-alive connection takes the request and is closed before an answer: libcurl by itself would send it again on a new one.
class DeadConnection : public testing::TestWithParam<After> {};
INSTANTIATE_TEST_SUITE_P(Retries, DeadConnection, testing::Values(After::close, After::reset));

auto good_then_dead(After how) {
  return [how](const SeenRequest& request) {
    if (request.number == 2) return ScriptedAnswer{"", how};
    return request.method == "POST" ? http_answer(201, kPlaced) : http_answer(200, kStatus);
  };
}

TEST_P(DeadConnection, aWriteIsNeverSentTwice) {
  ScriptedHttpServer server(good_then_dead(GetParam()));
  PerpsClient client(config_for(server.origin()));
  ASSERT_TRUE(client.exchange().status());
  const auto placed = client.orders().create(an_order());
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().category, ErrorCategory::closed) << placed.error().message;
  EXPECT_TRUE(placed.error().may_have_been_sent);
  const auto seen = server.requests();
  ASSERT_EQ(seen.size(), 2U) << "a second POST went out";
  EXPECT_EQ(seen[1].connection, seen[0].connection) << "the test is about a connection used again";
  EXPECT_TRUE(client.orders().create(an_order())) << "the client goes on";
}

TEST_P(DeadConnection, aReadIsTriedAgainWithASignatureOfItsOwn) {
  ScriptedHttpServer server(good_then_dead(GetParam()));
  StepClock clock;
  RestClientOptions options;
  options.clock = &clock;
  PerpsClient client(config_for(server.origin()), options);
  ASSERT_TRUE(client.exchange().status());
  ASSERT_TRUE(client.exchange().status());
  const auto seen = server.requests();
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_NE(seen[1].header("kalshi-access-timestamp"), seen[2].header("kalshi-access-timestamp"));
  EXPECT_NE(seen[1].header("kalshi-access-signature"), seen[2].header("kalshi-access-signature"));
}

TEST(IdleConnection, closedByTheServerInTimeIsNotUsedForAWrite) {
  ScriptedHttpServer server([](const SeenRequest& request) {
    auto answer = request.method == "POST" ? http_answer(201, kPlaced) : http_answer(200, kStatus);
    answer.after = After::close;  // without saying so
    return answer;
  });
  PerpsClient client(config_for(server.origin()));
  ASSERT_TRUE(client.exchange().status());
  ASSERT_TRUE(server.wait_for_closed(1));
  const auto placed = client.orders().create(an_order());
  EXPECT_TRUE(placed) << placed.error().message;
  const auto seen = server.requests();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_NE(seen[1].connection, seen[0].connection);
}

TEST(TimeOut, aReadIsTriedAgainAWriteIsNot) {
  Gate gate;
  ScriptedHttpServer server([&gate](const SeenRequest& request) {
    if (request.number == 1 || request.method == "POST") gate.pass();
    return http_answer(200, kStatus);
  });
  auto config = config_for(server.origin());
  config.http.request_timeout = 150ms;
  PerpsClient client(config);
  EXPECT_TRUE(client.exchange().status());
  EXPECT_EQ(server.requests().size(), 2U);
  const auto placed = client.orders().create(an_order());
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().category, ErrorCategory::timeout);
  EXPECT_TRUE(placed.error().may_have_been_sent);
  EXPECT_EQ(server.requests().size(), 3U);
  gate.open();
}

TEST(Connect, aFailureIsTriedAgainForReadsAndLeavesWritesUnsent) {
  std::string origin;
  {
    ScriptedHttpServer gone([](const SeenRequest&) { return http_answer(200, kStatus); });
    origin = gone.origin();
  }
  auto log = std::make_shared<LineSink>();
  RestClientOptions options;
  options.log = log;
  PerpsClient client(config_for(origin), options);
  const auto status = client.exchange().status();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().category, ErrorCategory::connect);
  EXPECT_EQ(log->count("; again in"), 3U) << log->all();
  const auto placed = client.orders().create(an_order());
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().category, ErrorCategory::connect);
  EXPECT_FALSE(placed.error().may_have_been_sent);
  EXPECT_EQ(log->count("; again in"), 3U);
}

TEST(RetryAfter, isTheLeastWaitUpToItsCap) {
  ScriptedHttpServer server(first_then_good(http_answer(503, "{}", "application/json", "Retry-After: 30\r\n")));
  auto config = config_for(server.origin());
  config.http.retry.longest_retry_after = 200ms;
  PerpsClient client(config);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(client.exchange().status());
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took, 200ms);
  EXPECT_LT(took, 10s);
}

TEST(Budget, aWaitThatDoesNotFitIsNotBegun) {
  ScriptedHttpServer server(first_then_good(http_answer(503, "{}", "application/json", "Retry-After: 20\r\n")));
  auto config = config_for(server.origin());
  config.http.total_timeout = 5s;
  PerpsClient client(config);
  const auto begin = std::chrono::steady_clock::now();
  const auto status = client.exchange().status();
  EXPECT_EQ(status.error().status, 503);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 4s);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Budget, endsATryThatIsUnderWay) {
  Gate gate;
  ScriptedHttpServer server([&gate](const SeenRequest&) {
    gate.pass();
    return http_answer(200, kStatus);
  });
  auto config = config_for(server.origin());
  config.http.request_timeout = 8s;
  config.http.total_timeout = 300ms;
  PerpsClient client(config);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(client.exchange().status().error().category, ErrorCategory::timeout);
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took, 290ms);
  EXPECT_LT(took, 6s);
  EXPECT_EQ(server.requests().size(), 1U);
  gate.open();
}

TEST(MoreTries, canBeNone) {
  ScriptedHttpServer server(first_then_good(http_answer(503, "{}")));
  auto config = config_for(server.origin());
  config.http.retry.more_tries = 0;
  PerpsClient client(config);
  EXPECT_EQ(client.exchange().status().error().status, 503);
  EXPECT_EQ(server.requests().size(), 1U);
}

class Redirect : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Redirects, Redirect, testing::Values(301, 302, 303, 307, 308));

TEST_P(Redirect, isNeverFollowedAndCarriesNoCredentials) {
  ScriptedHttpServer elsewhere([](const SeenRequest&) { return http_answer(200, kStatus); });
  ScriptedHttpServer server(
      [&](const SeenRequest&) { return http_answer(GetParam(), "", "", "Location: " + elsewhere.origin() + "/\r\n"); });
  PerpsClient client(config_for(server.origin()));
  const auto status = client.exchange().status();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().category, ErrorCategory::http);
  EXPECT_EQ(status.error().status, GetParam());
  EXPECT_THAT(status.error().message, HasSubstr("redirect"));
  EXPECT_FALSE(client.orders().create(an_order()));
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST(Writes, goOutWhole) {
  ScriptedHttpServer server([](const SeenRequest&) { return http_answer(201, kPlaced); });
  PerpsClient client(config_for(server.origin()));
  ASSERT_TRUE(client.orders().create(an_order()));
  const auto seen = server.requests().at(0);
  EXPECT_EQ(seen.target, "/trade-api/v2/margin/orders");
  EXPECT_EQ(seen.header("content-type"), "application/json");
  EXPECT_EQ(seen.header("expect"), "") << "an answer to wait for";
  EXPECT_EQ(seen.header("content-length"), std::to_string(seen.body.size()));
  EXPECT_THAT(seen.body, HasSubstr(R"("client_order_id":"c-1")"));
}

}  // namespace
}  // namespace marginfix::test
