// TLS, connections and threads: who is trusted, what is kept alive, what is never sent twice over HTTP/2, and the token buckets.
#include <gmock/gmock.h>

#include <thread>

#include "fault/rest/rest_fixture.hpp"
#include "marginfix/core/monotonic.hpp"
#include "marginfix/perps_client.hpp"
#include "rest/transport/blocking.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

ScriptedAnswer good_status(const SeenRequest&) { return http_answer(200, kStatus); }

class Tls : public testing::Test {
 protected:
  ScriptedHttpServer::Options options(const LeafOptions& leaf = {}, const std::string& alpn = {}) {
    return {authority_.issue("leaf", leaf), alpn};
  }
  PerpsConfig config(const std::string& origin) const {
    auto config = config_for(origin);
    config.http.ca_file = authority_.ca_file();
    return config;
  }
  TempFolder folder_;
  CertificateAuthority authority_{folder_.path(), "ca"};
};

TEST_F(Tls, aTrustedServerIsSpokenToOverOneConnection) {
  ScriptedHttpServer server(good_status, options());
  PerpsClient client(config(server.origin()));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.exchange().status());
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Tls, sessionsAreResumedOnNewConnections) {
  ScriptedHttpServer server(
      [](const SeenRequest&) {
        auto answer = http_answer(200, kStatus, "application/json", "Connection: close\r\n");
        answer.after = ScriptedAnswer::After::close;
        return answer;
      },
      options());
  PerpsClient client(config(server.origin()));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.exchange().status());
  EXPECT_EQ(server.connections(), 3);
  EXPECT_EQ(server.resumed_tls_sessions(), 2);
}

struct Distrust {
  const char* name;
  LeafOptions leaf;
};
class TlsDistrust : public Tls, public testing::WithParamInterface<Distrust> {};
INSTANTIATE_TEST_SUITE_P(Tls, TlsDistrust,
                         testing::Values(Distrust{"AnotherHost", {.names = {"DNS:example.org"}}},
                                         Distrust{"Expired", {.valid_from = -48h, .valid_to = -24h}},
                                         Distrust{"NotYet", {.valid_from = 24h, .valid_to = 48h}}),
                         [](const auto& of) { return of.param.name; });

TEST_P(TlsDistrust, nothingIsSentAndNothingTriedAgain) {
  ScriptedHttpServer server(good_status, options(GetParam().leaf));
  PerpsClient client(config(server.origin()));
  const auto status = client.exchange().status();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().category, ErrorCategory::tls) << status.error().message;
  EXPECT_FALSE(status.error().may_have_been_sent);
  EXPECT_TRUE(server.requests().empty());
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Tls, anotherAuthorityIsNotTrusted) {
  CertificateAuthority other(folder_.path(), "other");
  ScriptedHttpServer server(good_status, options());
  auto strangers = config(server.origin());
  strangers.http.ca_file = other.ca_file();
  EXPECT_EQ(PerpsClient(strangers).exchange().status().error().category, ErrorCategory::tls);
  auto systems = config(server.origin());
  systems.http.ca_file.clear();
  EXPECT_EQ(PerpsClient(systems).exchange().status().error().category, ErrorCategory::tls);
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(Tls, aMissingFileOfRootsIsSaidSo) {
  ScriptedHttpServer server(good_status, options());
  auto wrong = config(server.origin());
  wrong.http.ca_file = folder_.path("nowhere.pem");
  const auto status = PerpsClient(wrong).exchange().status();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().category, ErrorCategory::tls);
  EXPECT_THAT(status.error().message, HasSubstr("nowhere.pem"));
}

TEST_F(Tls, aServerThatSpeaksNoTlsIsNoServer) {
  ScriptedHttpServer server(
      [](ScriptedHttpServer::Stream& stream) {
        stream.read_some();
        stream.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
      },
      ScriptedHttpServer::Options{});
  auto wrong = config("https://localhost:" + std::to_string(server.port()));
  wrong.http.retry.more_tries = 0;
  const auto status = PerpsClient(wrong).exchange().status();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().category, ErrorCategory::tls) << status.error().message;
  EXPECT_FALSE(status.error().may_have_been_sent);
}

TEST_F(Tls, aHandshakeThatNeverEndsIsTimedOut) {
  ScriptedHttpServer server(
      [](ScriptedHttpServer::Stream& stream) {
        while (!stream.read_some().empty()) {
        }
      },
      ScriptedHttpServer::Options{});
  auto slow = config("https://localhost:" + std::to_string(server.port()));
  slow.http.connect_timeout = 150ms;
  slow.http.retry.more_tries = 0;
  const auto status = PerpsClient(slow).exchange().status();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().category, ErrorCategory::timeout) << status.error().message;
  EXPECT_FALSE(status.error().may_have_been_sent);
}

TEST_F(Tls, aPeerThatResetsWhileWeWriteIsAnErrorAndNoSignal) {
  ScriptedHttpServer server(
      [](const SeenRequest& request) {
        return request.number % 2 == 1 ? http_answer(200, kStatus) : ScriptedAnswer{"", ScriptedAnswer::After::reset};
      },
      options());
  PerpsClient client(config(server.origin()));
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(client.exchange().status());
    ASSERT_FALSE(client.orders().cancel({.order_id = "o"}));
  }
  EXPECT_EQ(server.requests().size(), 12U);
}

// HTTP/2 by hand: the server takes the stream's HEADERS and refuses the stream, which says that it was not looked at. libcurl by itself
// sends such a request again; a write of ours must still go out once.
TEST_F(Tls, aRefusedHttp2StreamIsNotSentAgainForAWrite) {
  std::atomic<int> streams{0};
  const auto frame = [](std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
    std::string out;
    const auto size = static_cast<std::uint32_t>(payload.size());
    for (const std::uint32_t byte :
         {size >> 16, size >> 8, size, std::uint32_t{type}, std::uint32_t{flags}, stream >> 24, stream >> 16, stream >> 8, stream})
      out += static_cast<char>(byte & 0xFF);
    return out + std::string(payload);
  };
  const auto serve = [&](ScriptedHttpServer::Stream& stream) {
    std::string in;
    const auto need = [&](std::size_t bytes) {
      while (in.size() < bytes) {
        const std::string more = stream.read_some();
        if (more.empty()) return false;
        in += more;
      }
      return true;
    };
    if (!need(24)) return;  // the preface
    in.erase(0, 24);
    stream.write(frame(4, 0, 0, ""));  // SETTINGS
    while (need(9)) {
      const auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(in[i])); };
      const std::size_t size = at(0) << 16 | at(1) << 8 | at(2);
      const std::uint32_t type = at(3), flags = at(4), id = (at(5) << 24 | at(6) << 16 | at(7) << 8 | at(8)) & 0x7FFFFFFF;
      if (!need(9 + size)) return;
      in.erase(0, 9 + size);
      if (type == 4 && (flags & 1) == 0) stream.write(frame(4, 1, 0, ""));  // SETTINGS are acknowledged
      if (type == 1) {
        ++streams;
        stream.write(frame(3, 0, id, std::string("\0\0\0\x07", 4)));  // RST_STREAM, REFUSED_STREAM
      }
    }
  };
  ScriptedHttpServer server(serve, options({}, "h2"));
  PerpsClient client(config(server.origin()));
  const auto done = client.orders().cancel({.order_id = "o"});
  ASSERT_FALSE(done);
  EXPECT_EQ(streams, 1) << done.error().message;
  EXPECT_EQ(done.error().category, ErrorCategory::closed) << done.error().message;
  EXPECT_TRUE(done.error().may_have_been_sent);
  const auto read = client.exchange().status();
  ASSERT_FALSE(read);
  EXPECT_EQ(streams, 5) << "one write, four tries of a read";
}

TEST(Transport, aLargeBodyGoesOutWithoutAskingFirst) {
  ScriptedHttpServer server([](const SeenRequest&) { return http_answer(201, kPlaced); });
  rest::detail::BlockingTransport transport({HttpOptions{}, true, false});
  rest::HttpRequest request;
  request.method = rest::Method::post;
  request.url = server.origin() + "/x";
  request.headers = {"Content-Type: application/json"};
  request.body.assign(2u << 20, ' ');
  request.connect_timeout = request.timeout = 20s;
  EXPECT_EQ(transport.perform(request).status, 201);
  EXPECT_EQ(server.requests().at(0).header("expect"), "");
  EXPECT_EQ(server.requests().at(0).body.size(), 2u << 20);
}

TEST(Threads, manyShareOneClient) {
  ScriptedHttpServer server(good_status);
  PerpsClient client(config_for(server.origin()));
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) answered += client.exchange().status() ? 1 : 0;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answered, 120);
  EXPECT_LE(server.connections(), 6);
}

// ---- token buckets --------------------------------------------------------------------------------------------------------------------

TEST(Buckets, failFastSaysThatNothingWasSent) {
  ScriptedHttpServer server(good_status);
  auto config = config_for(server.origin());
  config.rate_limit.policy = RateLimitPolicy::fail_fast;
  config.rate_limit.read = {20, 1, 0};
  PerpsClient client(config);
  EXPECT_TRUE(client.exchange().status());
  EXPECT_TRUE(client.exchange().status());
  const auto third = client.exchange().status();
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().category, ErrorCategory::rate_limit);
  EXPECT_EQ(third.error().status, 0);
  EXPECT_FALSE(third.error().may_have_been_sent);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(Buckets, waitingWaits) {
  ScriptedHttpServer server(good_status);
  auto config = config_for(server.origin());
  config.rate_limit.read = {10, 50, 0};  // 10 tokens take 200 ms
  PerpsClient client(config);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(client.exchange().status());
  EXPECT_TRUE(client.exchange().status());
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 150ms);
}

TEST(Buckets, aWaitBeyondTheLimitIsRefused) {
  ScriptedHttpServer server(good_status);
  auto config = config_for(server.origin());
  config.rate_limit.read = {10, 1, 0};
  config.rate_limit.max_wait = 500ms;
  PerpsClient client(config);
  EXPECT_TRUE(client.exchange().status());
  EXPECT_EQ(client.exchange().status().error().category, ErrorCategory::rate_limit);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Buckets, followTheExchange) {
  ScriptedHttpServer server([](const SeenRequest& request) {
    if (request.target.find("/account/limits") == std::string::npos) return http_answer(429, R"({"error":"too many requests"})");
    return http_answer(200, R"({"usage_tier":"basic","read":{"refill_rate":400,"bucket_capacity":400},)"
                            R"("write":{"refill_rate":100,"bucket_capacity":100},"grants":[]})");
  });
  auto config = config_for(server.origin());
  config.http.retry.more_tries = 0;
  PerpsClient client(config);
  EXPECT_TRUE(client.limits()->read().options().unlimited());
  ASSERT_TRUE(client.margin().api_limits());
  EXPECT_EQ(client.limits()->read().options().capacity, 400);
  EXPECT_EQ(client.limits()->write().options().capacity, 100);
  EXPECT_EQ(client.limits()->write().options().refill_per_second, 100);
  const auto refused = client.orders().cancel({.order_id = "o"});
  ASSERT_EQ(refused.error().category, ErrorCategory::rate_limit);
  EXPECT_EQ(refused.error().status, 429);
  EXPECT_NE(refused.error().message.find("too many requests"), std::string::npos) << "the body's error is a string";
  EXPECT_LT(client.limits()->write().available(monotonic_clock().now()), 90) << "a 429 empties the bucket";
  EXPECT_GT(client.limits()->read().available(monotonic_clock().now()), 300);
}

TEST(Buckets, areSharedWithOtherClientsOfTheKey) {
  ScriptedHttpServer server([](const SeenRequest&) { return http_answer(200, R"({"order_id":"o","reduced_by":"1.00"})"); });
  RestClientOptions options;
  RateLimitOptions limits;
  limits.write = {100, 1, 0};
  options.limits = std::make_shared<AccountLimits>(limits, monotonic_clock().now());
  PerpsClient one(config_for(server.origin()), options), two(config_for(server.origin()), options);
  EXPECT_TRUE(one.orders().cancel({.order_id = "o"}));
  EXPECT_TRUE(two.orders().cancel({.order_id = "o"}));
  EXPECT_EQ(options.limits->write().available(monotonic_clock().now()), 98) << "a cancel costs one token";
}

}  // namespace
}  // namespace marginfix::test
