// Signatures, clock window, scopes and buckets of the REST door. Source: rest-perps.md "Authentication"; observed.md "Authentication".
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

#include "sim/doors/rest/gate.hpp"
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using namespace std::chrono_literals;

constexpr const char* kPath = "/trade-api/v2/margin/balance";

Signer make_signer(EVP_PKEY* raw) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(raw, EVP_PKEY_free);
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new(BIO_s_mem()), BIO_free_all);
  PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return Signer::from_pem(SecretString(std::string(data, static_cast<std::size_t>(size)))).value();
}

struct Keys {
  Signer rsa = make_signer(EVP_RSA_gen(2048));
  Signer ed = make_signer(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
};
// RSA keys take long to make: one set for all tests.
const Keys& keys() {
  static const Keys made;
  return made;
}

class RestAuthTest : public ::testing::Test {
 protected:
  RestAuthTest() : exchange_(options()) {
    exchange_.open(kStart).value();
    AccountSpec spec;
    spec.name = "alice";
    spec.keys = {{"key-rsa", KeyScope::Trading},
                 {"key-ed", KeyScope::Trading},
                 {"key-listener", KeyScope::Listener},
                 {"key-copy", KeyScope::DropCopy},
                 {"key-reads", KeyScope::ReadOnly}};
    spec.deposits = {DollarDecimal::whole(1000)};
    exchange_.run(commands::CreateAccount{spec});
    ring_.set("key-rsa", Signer::from_public_pem(keys().rsa.public_pem()).value());
    for (const char* id : {"key-ed", "key-listener", "key-copy", "key-reads", "key-nobody"}) ring_.set(id, keys().ed);
  }
  static ExchangeOptions options() {
    ExchangeOptions o;
    o.house = o.past = false;
    o.tier = RateTier::Basic;
    o.markets[1].exchange_index = 2;  // KXETHPERP
    return o;
  }
  static HttpRequest request(const std::string& key_id, const Signer& signer, std::chrono::milliseconds skew = 0ms,
                             const std::string& method = "GET") {
    const std::string time = std::to_string(to_epoch_ms(kStart + skew));
    HttpRequest r;
    r.method = method;
    r.path = kPath;
    r.query = "compute_available_balance=true";
    r.headers = {{"kalshi-access-key", key_id},
                 {"Kalshi-Access-Timestamp", time},
                 {"KALSHI-ACCESS-SIGNATURE", signer.sign(time + method + kPath).value()}};
    return r;
  }
  AuthOutcome check(const HttpRequest& r, bool required = true) { return authenticate(r, ring_, exchange_, kStart, required); }
  std::string refusal(const HttpRequest& r, bool required = true) {
    const AuthOutcome outcome = check(r, required);
    EXPECT_FALSE(outcome.caller);
    if (!outcome.refusal) return "accepted";
    EXPECT_EQ(outcome.refusal->status, 401);
    return outcome.refusal->body;
  }
  std::optional<HttpReply> admit(const HttpRequest& r, EndpointAuth auth = EndpointAuth::Key, int cost = 10) {
    EndpointEntry endpoint;
    endpoint.auth = auth;
    prepared_ = {};
    return gate_.admit(r, endpoint, cost, prepared_);
  }
  Exchange exchange_;
  KeyRing ring_;
  Timestamp now_{kStart};
  RestGate gate_{exchange_, ring_, [this] { return now_; }};
  EndpointRequest prepared_;
};

TEST_F(RestAuthTest, BothKindsOfKeysAreAccepted) {
  const AuthOutcome rsa = check(request("key-rsa", keys().rsa));
  ASSERT_TRUE(rsa.caller);
  EXPECT_EQ(rsa.caller->account_name, "alice");
  EXPECT_TRUE(check(request("key-ed", keys().ed)).caller);
}

TEST_F(RestAuthTest, TheClockWindowIsTheRecordedOne) {
  for (const auto skew : {-5'000ms, 0ms, 5'000ms, 30'000ms}) EXPECT_TRUE(check(request("key-ed", keys().ed, skew)).caller) << skew.count();
  for (const auto skew : {-30'000ms, -300'000ms, 300'000ms}) {
    EXPECT_EQ(refusal(request("key-ed", keys().ed, skew)),
              R"({"error":{"code":"header_timestamp_expired","message":"header timestamp expired"}})");
  }
}

TEST_F(RestAuthTest, WrongSignaturesAreRefusedAsRecorded) {
  const std::string wrong =
      R"({"error":{"code":"authentication_error","message":"authentication_error","details":"INCORRECT_API_KEY_SIGNATURE"}})";
  EXPECT_EQ(refusal(request("key-rsa", keys().ed)), wrong);
  HttpRequest other_path = request("key-ed", keys().ed);
  other_path.path += "s";
  EXPECT_EQ(refusal(other_path), wrong);
  HttpRequest other_method = request("key-ed", keys().ed);
  other_method.method = "DELETE";
  EXPECT_EQ(refusal(other_method), wrong);
  HttpRequest garbage = request("key-ed", keys().ed);
  garbage.headers[2].second = "%%%";
  EXPECT_EQ(refusal(garbage), wrong);
  HttpRequest other_query = request("key-ed", keys().ed);
  other_query.query = "anything=else";  // not signed
  EXPECT_TRUE(check(other_query).caller);
}

TEST_F(RestAuthTest, WhatIsAGuessAndWhatIsNot) {
  EXPECT_TRUE(check(request("key-rsa", keys().ed)).guess) << "a wrong signature";
  EXPECT_TRUE(check(request("nobody", keys().ed)).guess) << "a key that nobody has";
  EXPECT_FALSE(check(request("key-ed", keys().ed)).guess);
  EXPECT_FALSE(check(request("key-ed", keys().ed, -300'000ms)).guess) << "a clock that is wrong";
  HttpRequest missing = request("key-ed", keys().ed);
  missing.headers.pop_back();
  EXPECT_FALSE(check(missing).guess);
}

TEST_F(RestAuthTest, GuessesAreBrakedAndTheHonestKeyOfTheSameAddressIsNot) {
  Brake brake({.at_once = 2, .forgiven_after = std::chrono::milliseconds(10'000), .most = std::chrono::milliseconds(500), .addresses = 4});
  RestGate gate(
      exchange_, ring_, [this] { return now_; }, &brake);
  EndpointEntry endpoint;
  endpoint.auth = EndpointAuth::Key;
  const auto admit = [&](const char* key, const Signer& signer) {
    HttpRequest r = request(key, signer);
    r.peer = "127.0.0.1:5000";
    EndpointRequest prepared;
    return gate.admit(r, endpoint, 0, prepared);
  };
  for (int i = 0; i < 2; ++i) EXPECT_EQ(admit("key-rsa", keys().ed)->answer.status, 401);
  for (int i = 0; i < 3; ++i) {
    const auto late = admit("key-rsa", keys().ed);
    EXPECT_EQ(late->answer.status, 429);
    EXPECT_GT(late->delay.count(), 0);
    EXPECT_FALSE(admit("key-ed", keys().ed));
    EXPECT_FALSE(admit("key-rsa", keys().rsa)) << "the very key that somebody guesses for";
  }
}

TEST_F(RestAuthTest, MissingOrBrokenHeadersAreRefused) {
  for (std::size_t i = 0; i < 3; ++i) {
    HttpRequest missing = request("key-ed", keys().ed);
    const std::string name = i == 0 ? "KALSHI-ACCESS-KEY" : i == 1 ? "KALSHI-ACCESS-TIMESTAMP" : "KALSHI-ACCESS-SIGNATURE";
    missing.headers.erase(missing.headers.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_NE(refusal(missing).find("MISSING_" + name), std::string::npos);
    EXPECT_NE(refusal(missing, false).find("MISSING_" + name), std::string::npos);  // half of them on a public operation too
  }
  for (const char* time : {"abc", "-1", "1.5", "99999999999999999999", "32503680000001", "1700000000000 "}) {
    HttpRequest broken = request("key-ed", keys().ed);
    broken.headers[1].second = time;
    EXPECT_NE(refusal(broken).find("INVALID_KALSHI-ACCESS-TIMESTAMP"), std::string::npos) << time;
  }
  EXPECT_NE(refusal(request("key-unknown", keys().ed)).find("NOT_FOUND"), std::string::npos);
  EXPECT_NE(refusal(request("key-nobody", keys().ed)).find("NOT_FOUND"), std::string::npos);  // no account
}

// The exchange takes a user's OAuth token on fills and positions; here nobody has one.
TEST_F(RestAuthTest, ABearerTokenIsNoKey) {
  EXPECT_NE(refusal({"GET", kPath, "", {{"Authorization", "Bearer token"}}, "", ""}).find("MISSING_KALSHI-ACCESS-KEY"), std::string::npos);
}

TEST_F(RestAuthTest, PublicOperationsTakeBothButNoWrongCredentials) {
  const HttpRequest bare{"GET", kPath, "", {}, "", ""};
  EXPECT_FALSE(check(bare, false).refusal);
  EXPECT_FALSE(check(bare, false).caller);
  EXPECT_NE(refusal(bare), "accepted");
  EXPECT_TRUE(check(request("key-ed", keys().ed), false).caller);
  EXPECT_NE(refusal(request("key-rsa", keys().ed), false), "accepted");
}

TEST_F(RestAuthTest, OnlyTradingKeysWrite) {
  for (const char* key : {"key-listener", "key-copy", "key-reads"}) {
    EXPECT_FALSE(admit(request(key, keys().ed)));
    for (const char* method : {"POST", "PUT", "DELETE"}) {
      const auto refused = admit(request(key, keys().ed, 0ms, method));
      ASSERT_TRUE(refused);
      EXPECT_EQ(refused->answer.status, 403);
    }
  }
  EXPECT_FALSE(admit(request("key-rsa", keys().rsa, 0ms, "DELETE")));
  ASSERT_TRUE(prepared_.caller);
  EXPECT_EQ(prepared_.caller->key_id, "key-rsa");
  EXPECT_EQ(prepared_.context.from, (Route{prepared_.caller->key, Door::Rest}));
}

// Whatever an operation's handler would do: it is not asked.
TEST_F(RestAuthTest, NoHandlerOfAWriteIsReachedWithoutATradingKey) {
  int called = 0, writes = 0;
  EndpointDoor door("", gate_, {[] {}, [] {}, [] {}});
  std::vector<std::pair<std::string, std::string>> operations;
  for (const auto table : {market_endpoints(), order_endpoints(), account_endpoints()}) {
    for (const auto& e : table) {
      door.add(
          {e.method, e.path, e.auth, 0, nullptr, e.query_names, e.body_names, [&](EndpointRequest&) { return ++called, HttpAnswer{}; }});
      operations.emplace_back(e.method, e.path);
    }
  }
  for (const char* key : {"key-ed", "key-listener", "key-copy", "key-reads"}) {
    const bool trades = std::string(key) == "key-ed";
    for (const auto& [method, path] : operations) {
      HttpRequest r{method, path, "", {}, "", ""};
      std::erase_if(r.path, [](char c) { return c == '{' || c == '}'; });
      const std::string time = std::to_string(to_epoch_ms(kStart));
      r.headers = {{"Content-Type", "application/json"},
                   {"KALSHI-ACCESS-KEY", key},
                   {"KALSHI-ACCESS-TIMESTAMP", time},
                   {"KALSHI-ACCESS-SIGNATURE", keys().ed.sign(time + method + r.path).value()}};
      const int before = called;
      const HttpReply reply = door.on_request(r);
      const bool allowed = trades || method == "GET";
      EXPECT_EQ(reply.answer.status, allowed ? 200 : 403) << key << " " << method << " " << path;
      EXPECT_EQ(called - before, allowed ? 1 : 0) << key << " " << method << " " << path;
      writes += allowed ? 0 : 1;
    }
  }
  EXPECT_EQ(writes, 3 * 24);
}

TEST_F(RestAuthTest, BucketsAreTheAccountsAndFillWithTime) {
  const HttpRequest write = request("key-ed", keys().ed, 0ms, "POST");
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(admit(write)) << i;
  const auto refused = admit(request("key-rsa", keys().rsa, 0ms, "POST"));  // another key, the same account
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->answer.status, 429);
  EXPECT_EQ(refused->answer.body, R"({"error":"too many requests"})");
  EXPECT_TRUE(refused->headers.empty()) << "no Retry-After";
  EXPECT_FALSE(admit(request("key-ed", keys().ed)));  // reads have a bucket of their own
  now_ += 1s;
  EXPECT_FALSE(admit(write));
  for (int i = 0; i < 8; ++i) EXPECT_FALSE(admit(request("key-ed", keys().ed), EndpointAuth::Key, 50)) << i;
  EXPECT_EQ(admit(request("key-ed", keys().ed), EndpointAuth::Public, 50)->answer.status, 429);
  EXPECT_FALSE(admit({"GET", kPath, "", {}, "", ""}, EndpointAuth::Public));  // nobody's bucket
}

TEST_F(RestAuthTest, CreatesAndAmendsSpendTheBucketOfTheirMarketsShard) {
  EndpointEntry create;
  create.auth = EndpointAuth::Key;
  create.by_shard = true;
  const auto send = [&](const std::string& body) {
    HttpRequest order = request("key-ed", keys().ed, 0ms, "POST");
    order.body = body;
    EndpointRequest out;
    return gate_.admit(order, create, 10, out).has_value() ? 429 : 200;
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(send(R"({"ticker":"KXETHPERP"})"), 200) << i;
  EXPECT_EQ(send(R"({"ticker":"KXETHPERP"})"), 429) << "a hundred tokens of shard 2";
  for (const char* body :
       {R"({"ticker":"KXBTCPERP"})", R"({"ticker":"KXNOSUCHPERP"})", R"({"market_id":"x"})", R"({"ticker":5})", "{", ""}) {
    EXPECT_EQ(send(body), 200) << "the default bucket: " << body;
  }
  for (int i = 0; i < 4; ++i) EXPECT_EQ(send("{}"), 200);
  EXPECT_EQ(send("{}"), 429);
  EXPECT_EQ(exchange_.rate_limits().available(views::find_account(exchange_.state(), "alice").value(), BucketKind::Write, now_, 2), 0);
}

class RestConfineTest : public RestAuthTest {
 protected:
  std::optional<HttpAnswer> confine(std::string_view query_names, std::string_view body_names, EndpointRequest& request) {
    EndpointEntry endpoint;
    endpoint.query_names = query_names;
    endpoint.body_names = body_names;
    return gate_.confine(endpoint, request);
  }
  EndpointRequest of_locked(std::optional<std::string> query = {}) {
    EndpointRequest request;
    request.caller = KeyInfo{};
    request.caller->subaccount = 3;
    if (query) request.query["subaccount"] = *query;
    return request;
  }
};

TEST_F(RestConfineTest, ALockedKeyDefaultsToItsSubaccountAndMayNameNoOther) {
  for (const auto& own : {std::optional<std::string>(), std::optional<std::string>(""), std::optional<std::string>("3")}) {
    EndpointRequest request = of_locked(own);
    EXPECT_FALSE(confine("limit subaccount", "", request));
    EXPECT_EQ(request.subaccount(), 3);
  }
  EndpointRequest other = of_locked("0");
  EXPECT_EQ(confine("limit subaccount", "", other)->status, 403);
  EndpointRequest malformed = of_locked("x");
  EXPECT_FALSE(confine("limit subaccount", "", malformed));  // the handler's 400
  malformed.subaccount();
  EXPECT_EQ(malformed.problem->status, 400);
  EndpointRequest elsewhere = of_locked();
  EXPECT_FALSE(confine("limit", "", elsewhere));
  EXPECT_TRUE(elsewhere.query.empty());
}

TEST_F(RestConfineTest, TheSameInABody) {
  EndpointRequest absent = of_locked(), null = of_locked(), own = of_locked(), other = of_locked();
  null.body["subaccount"] = nullptr;
  own.body["subaccount"] = 3;
  other.body["subaccount"] = 4;
  for (EndpointRequest* request : {&absent, &null, &own}) {
    EXPECT_FALSE(confine("", "price subaccount", *request));
    EXPECT_EQ(request->body_integer("subaccount", 0, 63), 3);
  }
  EXPECT_EQ(confine("", "price subaccount", other)->status, 403);
}

TEST_F(RestConfineTest, OtherKeysAndNobodyAreLeftAlone) {
  EndpointRequest free, nobody;
  free.caller = KeyInfo{};
  free.query["subaccount"] = nobody.query["subaccount"] = "7";
  EXPECT_FALSE(confine("subaccount", "subaccount", free));
  EXPECT_FALSE(confine("subaccount", "subaccount", nobody));
  EXPECT_TRUE(free.body.empty());
}

}  // namespace
}  // namespace marginfix::sim
