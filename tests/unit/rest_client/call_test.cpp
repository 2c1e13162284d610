// The machine of one call in virtual time: signatures, waits, budgets, tokens. Nothing here opens a socket.
#include "rest/client/call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "marginfix/rest/exchange.hpp"
#include "marginfix/rest/markets.hpp"
#include "marginfix/rest/orders.hpp"

namespace marginfix::rest::detail {
namespace {

using namespace std::chrono_literals;
using Do = Call::Do;
using testing::HasSubstr;

constexpr const char* kEd25519 =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

class FixedClock final : public Clock {
 public:
  Timestamp now() const override { return at; }
  Timestamp at = from_epoch_ms(1'717'171'717'171);
};

PerpsConfig config_with_key() {
  PerpsConfig config;
  config.base_url = "https://host.example.org/trade-api/v2";
  config.credentials.key_id = "key-1";
  config.credentials.private_key = SecretString(kEd25519);
  return config;
}

HttpAnswer answer(int status, std::string body = R"({"exchange_active":true,"trading_active":true})") {
  HttpAnswer out;
  out.end = HttpEnd::answered;
  out.status = status;
  out.body = std::move(body);
  out.sent = true;
  return out;
}

std::string header(const HttpRequest& request, const std::string& name) {
  for (const std::string& line : request.headers)
    if (line.starts_with(name + ": ")) return line.substr(name.size() + 2);
  return {};
}

class CallTest : public testing::Test {
 protected:
  ClientCore& core(const PerpsConfig& config = config_with_key()) {
    RestClientOptions options;
    options.clock = &clock_;
    core_ = std::make_unique<ClientCore>(config, options);
    return *core_;
  }
  static const OperationInfo& status() { return Operation<GetMarginExchangeStatus>::info; }
  static const OperationInfo& cancel() { return Operation<CancelMarginOrder>::info; }

  FixedClock clock_;
  std::unique_ptr<ClientCore> core_;
  Call::Time now_{};
  GetMarginExchangeStatus read_;
};

TEST_F(CallTest, signsTimestampMethodAndPathWithoutTheQuery) {
  Call call(core(), cancel());
  const CancelMarginOrder request{.order_id = "a/b c", .subaccount = 3};
  ASSERT_EQ(call.start(&request, now_).what, Do::send);
  const HttpRequest http = call.take_request();
  EXPECT_EQ(http.url, "https://host.example.org/trade-api/v2/margin/orders/a%2Fb%20c?subaccount=3");
  EXPECT_EQ(header(http, "KALSHI-ACCESS-KEY"), "key-1");
  EXPECT_EQ(header(http, "KALSHI-ACCESS-TIMESTAMP"), "1717171717171");
  const auto signer = Signer::from_pem(SecretString(kEd25519)).value();
  EXPECT_TRUE(signer.verify("1717171717171DELETE/trade-api/v2/margin/orders/a%2Fb%20c", header(http, "KALSHI-ACCESS-SIGNATURE")));
}

TEST_F(CallTest, publicOperationsAreSignedWhenThereIsAKeyAndRunWithoutOne) {
  Call with(core(), status());
  ASSERT_EQ(with.start(&read_, now_).what, Do::send);
  EXPECT_NE(header(with.take_request(), "KALSHI-ACCESS-SIGNATURE"), "");
  auto config = config_with_key();
  config.credentials = {};
  Call without(core(config), status());
  ASSERT_EQ(without.start(&read_, now_).what, Do::send);
  EXPECT_EQ(header(without.take_request(), "KALSHI-ACCESS-KEY"), "");
}

TEST_F(CallTest, aPrivateOperationWithoutAKeyIsAClearLocalError) {
  auto config = config_with_key();
  config.credentials = {};
  Call call(core(config), cancel());
  const CancelMarginOrder request{.order_id = "o"};
  ASSERT_EQ(call.start(&request, now_).what, Do::done);
  const auto error = call.take_result().error();
  EXPECT_EQ(error.category, ErrorCategory::credentials);
  EXPECT_THAT(error.message, HasSubstr("KALSHI_PERPS_KEY_ID"));
  EXPECT_FALSE(error.may_have_been_sent);
}

TEST_F(CallTest, aBadConfigurationKeyOrRequestSendsNothing) {
  auto config = config_with_key();
  config.base_url = "http://example.org/x";
  Call wrong_url(core(config), status());
  ASSERT_EQ(wrong_url.start(&read_, now_).what, Do::done);
  EXPECT_EQ(wrong_url.take_result().error().category, ErrorCategory::config);
  config = config_with_key();
  config.credentials.private_key = SecretString("nonsense");
  Call wrong_key(core(config), status());
  ASSERT_EQ(wrong_key.start(&read_, now_).what, Do::done);
  EXPECT_EQ(wrong_key.take_result().error().category, ErrorCategory::credentials);
  Call wrong_request(core(), cancel());
  const CancelMarginOrder nothing;
  ASSERT_EQ(wrong_request.start(&nothing, now_).what, Do::done);
  const auto error = wrong_request.take_result().error();
  EXPECT_EQ(error.category, ErrorCategory::codec);
  EXPECT_THAT(error.message, HasSubstr("CancelMarginOrder: order_id"));
}

TEST_F(CallTest, callsTriesErrorsAndWaitsForTokensAreCounted) {
  auto config = config_with_key();
  config.rate_limit.read = {.capacity = 10, .refill_per_second = 10};
  ClientCore& counted = core(config);
  EXPECT_EQ(counted.counters().snapshot().calls, 0U);
  Call first(counted, status());
  ASSERT_EQ(first.start(&read_, now_).what, Do::send);
  ASSERT_EQ(first.answered(answer(200, "{}"), now_).what, Do::done);
  Call second(counted, status());
  const auto next = second.start(&read_, now_);
  ASSERT_EQ(next.what, Do::wait) << "for tokens";
  clock_.at += std::chrono::seconds(1);
  ASSERT_EQ(second.waited(now_ + 1s).what, Do::send);
  ASSERT_EQ(second.answered(answer(404, "{}"), now_ + 1s).what, Do::done);
  const CancelMarginOrder nothing;
  Call refused(counted, cancel());
  ASSERT_EQ(refused.start(&nothing, now_).what, Do::done);
  const RestStatistics s = counted.counters().snapshot();
  EXPECT_EQ(s.calls, 3U);
  EXPECT_EQ(s.tries, 2U);
  EXPECT_EQ(s.bytes_in, 4U);
  EXPECT_EQ(s.tokens, 20U);
  EXPECT_EQ(s.delayed, 1U);
  EXPECT_EQ(s.waited_for_tokens, next.wait);
  EXPECT_EQ(s.errors, (std::map<ErrorCategory, std::uint64_t>{{ErrorCategory::codec, 1}, {ErrorCategory::http, 1}}));
  EXPECT_EQ(s.failed(), 2U);
}

TEST_F(CallTest, waitsAreJitteredAndBounded) {
  std::int64_t longest = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Call call(core(), status(), seed);
    call.start(&read_, now_);
    std::int64_t most = 500;
    for (int i = 0; i < 3; ++i, most *= 2) {
      const auto next = call.answered(answer(503), now_);
      ASSERT_EQ(next.what, Do::wait) << "try " << i;
      EXPECT_LE(next.wait.count(), most);
      longest = std::max(longest, static_cast<std::int64_t>(next.wait.count()));
      ASSERT_EQ(call.waited(now_).what, Do::send);
    }
    EXPECT_EQ(call.answered(answer(503), now_).what, Do::done);
  }
  EXPECT_GT(longest, 1'000) << "the third wait reaches up to two seconds";
}

TEST_F(CallTest, retryAfterIsTheLeastWaitAndItsCapHolds) {
  Call call(core(), status(), 1);
  call.start(&read_, now_);
  HttpAnswer busy = answer(429);
  busy.headers = {{"retry-after", "12"}};
  EXPECT_GE(call.answered(std::move(busy), now_).wait, 12s);
  call.waited(now_);
  HttpAnswer later = answer(503);
  later.headers = {{"retry-after", "3600"}};
  EXPECT_EQ(call.answered(std::move(later), now_).wait, 30s);
}

TEST_F(CallTest, eachTryGetsWhatIsLeftOfTheBudget) {
  auto config = config_with_key();
  config.http.total_timeout = 20s;
  Call call(core(config), status(), 1);
  ASSERT_EQ(call.start(&read_, now_).what, Do::send);
  auto request = call.take_request();
  EXPECT_EQ(request.connect_timeout, 5s);
  EXPECT_EQ(request.timeout, 15s);
  HttpAnswer slow;
  slow.end = HttpEnd::timed_out;
  slow.sent = true;
  now_ += 15s;
  ASSERT_EQ(call.answered(std::move(slow), now_).what, Do::wait);
  now_ += 1s;
  ASSERT_EQ(call.waited(now_).what, Do::send);
  request = call.take_request();
  EXPECT_EQ(request.timeout, 4s);
  EXPECT_EQ(request.connect_timeout, 4s);
  HttpAnswer again;
  again.end = HttpEnd::timed_out;
  again.sent = true;
  now_ += 4s;
  ASSERT_EQ(call.answered(std::move(again), now_).what, Do::done);
  EXPECT_EQ(call.take_result().error().category, ErrorCategory::timeout);
}

TEST_F(CallTest, aStaleConnectionIsTriedAgainAtOnce) {
  Call call(core(), status(), 1);
  call.start(&read_, now_);
  HttpAnswer stale;
  stale.end = HttpEnd::cut;
  stale.sent = stale.stale = true;
  EXPECT_EQ(call.answered(std::move(stale), now_).what, Do::send);
}

TEST_F(CallTest, aCertificateThatIsNotTrustedIsNotTriedAgain) {
  Call call(core(), status(), 1);
  call.start(&read_, now_);
  HttpAnswer refused;
  refused.end = HttpEnd::tls_refused;
  EXPECT_EQ(call.answered(std::move(refused), now_).what, Do::done);
}

TEST_F(CallTest, tokensAreWaitedForAndEachTryTakesItsOwn) {
  auto config = config_with_key();
  config.rate_limit.read = {20, 10, 0};
  Call call(core(config), status(), 1);
  ASSERT_EQ(call.start(&read_, now_).what, Do::send);
  call.take_request();
  HttpAnswer broken = answer(503);
  ASSERT_EQ(call.answered(std::move(broken), now_).what, Do::wait);
  ASSERT_EQ(call.waited(now_).what, Do::send) << "the second ten tokens";
  call.take_request();
  call.answered(answer(503), now_);
  const auto next = call.waited(now_);
  ASSERT_EQ(next.what, Do::wait) << "none left";
  EXPECT_EQ(next.wait, 1s);
  clock_.at += 1s;
  now_ += 1s;
  EXPECT_EQ(call.waited(now_).what, Do::send);
}

TEST_F(CallTest, aCancelMayUseTheReserve) {
  auto config = config_with_key();
  config.rate_limit.policy = RateLimitPolicy::fail_fast;
  config.rate_limit.write = {1, 1, 1};
  ClientCore& shared = core(config);
  const CancelMarginOrder request{.order_id = "o"};
  for (int i = 0; i < 2; ++i) {
    Call call(shared, cancel());
    EXPECT_EQ(call.start(&request, now_).what, Do::send) << i;
  }
  Call third(shared, cancel());
  ASSERT_EQ(third.start(&request, now_).what, Do::done);
  EXPECT_EQ(third.take_result().error().category, ErrorCategory::rate_limit);
}

TEST_F(CallTest, anOrderSpendsTheBucketOfItsMarketsShardAndACancelTheDefault) {
  auto config = config_with_key();
  config.rate_limit.policy = RateLimitPolicy::fail_fast;
  config.rate_limit.write = {10, 1, 0};
  ClientCore& shared = core(config);
  GetMarginMarketsResponse markets;
  markets.markets.resize(2);
  markets.markets[0].ticker = "A";
  markets.markets[0].exchange_index = 0;
  markets.markets[1].ticker = "B";
  markets.markets[1].exchange_index = 2;
  shared.learn(Operation<GetMarginMarkets>::info, &markets);
  const auto create = [&](const char* ticker) {
    CreateMarginOrder request;
    request.body.ticker = ticker;
    request.body.client_order_id = "c";
    request.body.side = BookSide::bid;
    request.body.count = FixedPointCount::whole(1);
    request.body.price = DollarDecimal::whole(1);
    request.body.time_in_force = OrderTimeInForce::good_till_canceled;
    request.body.self_trade_prevention_type = SelfTradePreventionType::TakerAtCross;
    Call call(shared, Operation<CreateMarginOrder>::info);
    return call.start(&request, now_).what;
  };
  EXPECT_EQ(create("B"), Do::send);
  EXPECT_EQ(create("B"), Do::done) << "shard 2 is empty";
  EXPECT_EQ(create("UNKNOWN"), Do::send) << "the default bucket is full";
  EXPECT_EQ(create("A"), Do::done) << "shard 0 is the default bucket";
  shared.limits()->write().set_available(1, clock_.now());
  const CancelMarginOrder cancel_b{.order_id = "o"};
  Call one(shared, cancel()), two(shared, cancel());
  EXPECT_EQ(one.start(&cancel_b, now_).what, Do::send) << "one token is enough for a cancel";
  EXPECT_EQ(two.start(&cancel_b, now_).what, Do::done);
}

TEST_F(CallTest, anOperationOfTheOtherApiIsRefused) {
  Call call(core(), *find_operation(Api::klear, "", "settlement_balance"));
  const EmptyResponse nothing;
  ASSERT_EQ(call.start(&nothing, now_).what, Do::done);
  EXPECT_THAT(call.take_result().error().message, HasSubstr("KlearClient"));
}

}  // namespace
}  // namespace marginfix::rest::detail
