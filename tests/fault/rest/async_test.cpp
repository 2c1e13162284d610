// The asynchronous client against a scripted exchange: every kind of completion, cancellation, the end of the client, many calls on one
// thread, and the same retry rules.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <optional>
#include <set>
#include <thread>

#include "fault/rest/rest_fixture.hpp"
#include "marginfix/async_perps_client.hpp"
#include "marginfix/perps_client.hpp"
#include "support/run_until.hpp"

namespace marginfix::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using After = ScriptedAnswer::After;
using Status = Result<rest::ExchangeStatus>;
using Done = Result<rest::CancelMarginOrderResponse>;

constexpr const char* kCancelled = R"({"order_id":"o-1","reduced_by":"1.00"})";

ScriptedAnswer good(const SeenRequest& request) { return http_answer(200, request.method == "DELETE" ? kCancelled : kStatus); }

TEST(AsyncCall, aCallbackIsCalledOnTheLoopAndNotBefore) {
  ScriptedHttpServer server(good);
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
  std::optional<Status> got;
  client.exchange().status({}, [&](Status status) { got = std::move(status); });
  EXPECT_FALSE(got);
  io.run();  // ends by itself: an idle client is no work
  ASSERT_TRUE(got && *got) << (got ? got->error().message : "no answer");
  EXPECT_TRUE((*got)->trading_active);
}

TEST(AsyncCall, theStatisticsOfEitherClientSayWhatBecameOfItsCalls) {
  std::atomic<int> asked{0};
  ScriptedHttpServer server([&](const SeenRequest&) {
    const int turn = asked++ % 3;  // tried again; answered; no answer that can be read
    return turn == 0 ? http_answer(503, "{}") : http_answer(200, turn == 1 ? kStatus : "no JSON");
  });
  const auto expect = [](const RestStatistics& s) {
    EXPECT_EQ(s.calls, 2U);
    EXPECT_EQ(s.tries, 3U);
    EXPECT_EQ(s.bytes_in, std::string_view(kStatus).size() + std::string_view("{}no JSON").size());
    EXPECT_EQ(s.errors, (std::map<ErrorCategory, std::uint64_t>{{ErrorCategory::decode, 1}}));
  };
  PerpsClient blocking(config_for(server.origin()));
  EXPECT_TRUE(blocking.exchange().status({}));
  EXPECT_FALSE(blocking.exchange().status({}));
  expect(blocking.statistics());
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
  int ended = 0;
  for (int call = 0; call < 2; ++call) {
    client.exchange().status({}, [&](const Status&) { ++ended; });
    io.restart();
    io.run();
  }
  EXPECT_EQ(ended, 2);
  expect(client.statistics());
}

TEST(AsyncCall, aFutureIsFulfilled) {
  ScriptedHttpServer server(good);
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
  auto future = client.exchange().status({}, asio::use_future);
  std::thread loop([&io] { io.run(); });
  const Status status = future.get();
  loop.join();
  EXPECT_TRUE(status) << status.error().message;
}

TEST(AsyncCall, aCoroutineWaitsForOneAfterTheOther) {
  ScriptedHttpServer server(good);
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
  int answered = 0;
  asio::co_spawn(
      io,
      [&]() -> asio::awaitable<void> {
        for (int i = 0; i < 3; ++i) {
          const Status status = co_await client.exchange().status({}, asio::use_awaitable);
          answered += status ? 1 : 0;
        }
        // Named: GCC 12 destroys an aggregate made inside a co_await expression twice.
        const rest::CancelMarginOrder cancel{.order_id = "o-1"};
        const Done done = co_await client.async_call(cancel, asio::use_awaitable);
        answered += done && done->reduced_by == FixedPointCount::whole(1) ? 1 : 0;
      },
      asio::detached);
  io.run();
  EXPECT_EQ(answered, 4);
  EXPECT_EQ(server.connections(), 1) << "the connection is kept alive";
}

TEST(AsyncCall, theTextIsGivenAsItCame) {
  ScriptedHttpServer server([](const SeenRequest&) {
    return http_answer(200, R"({"exchange_active":true,"trading_active":false,"new":1.50})", "application/json", "X-Request-Id: r-7\r\n");
  });
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
  const rest::GetMarginExchangeStatus request;
  std::optional<Result<rest::HttpResponse>> got;
  client.async_call_raw(rest::Operation<rest::GetMarginExchangeStatus>::info, &request,
                        [&](Result<rest::HttpResponse> response) { got = std::move(response); });
  io.run();
  ASSERT_TRUE(got && *got);
  EXPECT_EQ((*got)->body, R"({"exchange_active":true,"trading_active":false,"new":1.50})");
  EXPECT_EQ((*got)->request_id, "r-7");
}

TEST(AsyncCall, whatIsRefusedLocallyComesThroughTheHandlerToo) {
  ScriptedHttpServer server(good);
  auto config = config_for(server.origin());
  config.credentials = {};
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config);
  std::optional<Done> got;
  client.orders().cancel({.order_id = "o"}, [&](Done done) { got = std::move(done); });
  EXPECT_FALSE(got) << "never inside the initiating function";
  io.run();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->error().category, ErrorCategory::credentials);
  EXPECT_TRUE(server.requests().empty());
}

TEST(AsyncCall, handlersRunOnTheirOwnExecutor) {
  ScriptedHttpServer server(good);
  asio::io_context io;
  asio::thread_pool pool(1);
  AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
  std::promise<std::thread::id> where;
  client.exchange().status({},
                           asio::bind_executor(pool.get_executor(), [&](const Status&) { where.set_value(std::this_thread::get_id()); }));
  io.run();
  EXPECT_NE(where.get_future().get(), std::this_thread::get_id());
  pool.join();
}

TEST(AsyncMany, sixtyFourCallsOnOneThreadShareEightConnections) {
  ScriptedHttpServer server(good);
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
  int answered = 0, failed = 0;
  std::set<std::thread::id> threads;
  for (int i = 0; i < 64; ++i) {
    client.exchange().status({}, [&](const Status& status) {
      ++(status ? answered : failed);
      threads.insert(std::this_thread::get_id());
    });
  }
  io.run();
  EXPECT_EQ(answered, 64);
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(threads.size(), 1U);
  EXPECT_EQ(server.requests().size(), 64U);
  EXPECT_LE(server.connections(), 8);
  EXPECT_GE(server.connections(), 2);
}

TEST(AsyncMany, aLoopOnSeveralThreadsStartsAndEndsCallsAnywhere) {
  ScriptedHttpServer server(good);
  asio::thread_pool pool(3);
  AsyncPerpsClient client(pool.get_executor(), config_for(server.origin()));
  std::atomic<int> answered{0};
  for (int i = 0; i < 30; ++i)
    asio::post(pool, [&] {
      client.exchange().status({}, [&](const Status& status) {
        answered += status ? 1 : 0;
        client.orders().cancel({.order_id = "o"}, [&](const Done& done) { answered += done ? 1 : 0; });
      });
    });
  pool.join();
  EXPECT_EQ(answered, 60);
}

TEST(AsyncCancel, theHandlersSlotEndsAReadThatIsUnderWay) {
  Gate gate;
  ScriptedHttpServer server([&](const SeenRequest& request) {
    if (request.number == 1) gate.pass();
    return good(request);
  });
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
  asio::cancellation_signal signal;
  std::optional<Status> got;
  client.exchange().status({}, asio::bind_cancellation_slot(signal.slot(), [&](Status status) { got = std::move(status); }));
  ASSERT_TRUE(run_until(io, [&] { return !server.requests().empty(); }));
  signal.emit(asio::cancellation_type::total);
  ASSERT_TRUE(run_until(io, [&] { return got.has_value(); }));
  EXPECT_EQ(got->error().category, ErrorCategory::closed);
  std::optional<Status> next;
  client.exchange().status({}, [&](Status status) { next = std::move(status); });
  ASSERT_TRUE(run_until(io, [&] { return next.has_value(); }));
  EXPECT_TRUE(*next) << "the client goes on";
  gate.open();
}

TEST(AsyncCancel, totalLeavesAWriteAloneThatMayBeOut) {
  Gate gate;
  ScriptedHttpServer server([&](const SeenRequest& request) {
    gate.pass();
    return good(request);
  });
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
  asio::cancellation_signal signal;
  std::optional<Done> got;
  client.orders().cancel({.order_id = "o-1"}, asio::bind_cancellation_slot(signal.slot(), [&](Done done) { got = std::move(done); }));
  ASSERT_TRUE(run_until(io, [&] { return !server.requests().empty(); }));
  signal.emit(asio::cancellation_type::total);
  gate.open();
  ASSERT_TRUE(run_until(io, [&] { return got.has_value(); }));
  EXPECT_TRUE(*got) << got->error().message;
}

TEST(AsyncCancel, terminalEndsAWriteAndSaysThatItMayBeOut) {
  Gate gate;
  ScriptedHttpServer server([&](const SeenRequest& request) {
    gate.pass();
    return good(request);
  });
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
  asio::cancellation_signal signal;
  std::optional<Done> got;
  client.orders().cancel({.order_id = "o-1"}, asio::bind_cancellation_slot(signal.slot(), [&](Done done) { got = std::move(done); }));
  ASSERT_TRUE(run_until(io, [&] { return !server.requests().empty(); }));
  signal.emit(asio::cancellation_type::terminal);
  ASSERT_TRUE(run_until(io, [&] { return got.has_value(); }));
  EXPECT_EQ(got->error().category, ErrorCategory::closed);
  EXPECT_TRUE(got->error().may_have_been_sent);
  EXPECT_EQ(server.requests().size(), 1U);
  gate.open();
}

TEST(AsyncCancel, everythingEndsCallsInEveryState) {
  Gate gate;
  ScriptedHttpServer server([&](const SeenRequest& request) {
    if (request.target.find("/status") != std::string::npos) return http_answer(503, "{}", "application/json", "Retry-After: 20\r\n");
    gate.pass();
    return good(request);
  });
  auto config = config_for(server.origin());
  config.http.connections = 2;
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config);
  int ended = 0, may_be_out = 0;
  client.exchange().status({}, [&](const Status& status) { ended += status.error().category == ErrorCategory::closed ? 1 : 0; });
  for (int i = 0; i < 5; ++i) {  // more than there are connections: some wait in line
    client.orders().cancel({.order_id = "o"}, [&](const Done& done) {
      ended += done.error().category == ErrorCategory::closed ? 1 : 0;
      may_be_out += done.error().may_have_been_sent ? 1 : 0;
    });
  }
  ASSERT_TRUE(run_until(io, [&] { return server.requests().size() >= 3; }));
  client.cancel_all();
  ASSERT_TRUE(run_until(io, [&] { return ended == 6; }));
  EXPECT_EQ(may_be_out, static_cast<int>(server.requests().size()) - 1) << "what waited in line was never sent, and says so";
  gate.open();
}

TEST(AsyncEnd, theClientMayGoWhileCallsAreOut) {
  Gate gate;
  ScriptedHttpServer server([&](const SeenRequest& request) {
    gate.pass();
    return good(request);
  });
  asio::io_context io;
  int ended = 0;
  {
    AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
    for (int i = 0; i < 3; ++i)
      client.exchange().status({}, [&](const Status& status) { ended += status.error().category == ErrorCategory::closed ? 1 : 0; });
    ASSERT_TRUE(run_until(io, [&] { return !server.requests().empty(); }));
  }
  ASSERT_TRUE(run_until(io, [&] { return ended == 3; }));
  gate.open();
}

TEST(AsyncEnd, aHandlerMayDestroyItsClient) {
  ScriptedHttpServer server(good);
  asio::io_context io;
  auto client = std::make_unique<AsyncPerpsClient>(io.get_executor(), config_for(server.origin()));
  bool gone = false;
  client->exchange().status({}, [&](const Status& status) {
    client.reset();
    gone = status.has_value();
  });
  io.run();
  EXPECT_TRUE(gone);
}

TEST(AsyncEnd, aLoopThatIsNeverRunAgainLetsGoOfEverything) {
  auto token = std::make_shared<int>(0);
  {
    ScriptedHttpServer server(good);
    asio::io_context io;
    AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
    client.exchange().status({}, [token](const Status&) { FAIL() << "nobody runs the loop"; });
    io.poll_one();
  }
  EXPECT_EQ(token.use_count(), 1) << "the handler is still kept by somebody";
}

TEST(AsyncRetries, aReadIsTriedAgainAndAWriteIsNot) {
  ScriptedHttpServer server([](const SeenRequest& request) { return request.number == 1 ? http_answer(503, "{}") : good(request); });
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
  std::optional<Status> got;
  client.exchange().status({}, [&](Status status) { got = std::move(status); });
  io.run();
  ASSERT_TRUE(got && *got) << got->error().message;
  EXPECT_EQ(server.requests().size(), 2U);
}

class AsyncDeadConnection : public testing::TestWithParam<After> {};
INSTANTIATE_TEST_SUITE_P(AsyncRetries, AsyncDeadConnection, testing::Values(After::close, After::reset));

TEST_P(AsyncDeadConnection, aWriteIsNeverSentTwice) {
  ScriptedHttpServer server([](const SeenRequest& request) {
    return request.number == 2 ? ScriptedAnswer{"", GetParam()} : good(request);
  });
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
  std::optional<Done> got;
  client.exchange().status({}, [&](const Status& status) {
    ASSERT_TRUE(status);
    client.orders().cancel({.order_id = "o-1"}, [&](Done done) { got = std::move(done); });
  });
  io.run();
  ASSERT_TRUE(got);
  ASSERT_FALSE(*got);
  EXPECT_EQ(got->error().category, ErrorCategory::closed);
  EXPECT_TRUE(got->error().may_have_been_sent);
  const auto seen = server.requests();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[1].connection, seen[0].connection) << "the test is about a connection used again";
}

TEST(AsyncTimeOut, countsTheTimeInLineForAConnection) {
  Gate gate;
  ScriptedHttpServer server([&](const SeenRequest& request) {
    gate.pass();
    return good(request);
  });
  auto config = config_for(server.origin());
  config.http.connections = 1;
  config.http.request_timeout = 200ms;
  config.http.retry.more_tries = 0;
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config);
  int timed_out = 0, unsent = 0;
  for (int i = 0; i < 3; ++i)
    client.orders().cancel({.order_id = "o"}, [&](const Done& done) {
      timed_out += !done && done.error().category == ErrorCategory::timeout ? 1 : 0;
      unsent += !done && !done.error().may_have_been_sent ? 1 : 0;
    });
  io.run_for(10s);
  EXPECT_EQ(timed_out, 3);
  EXPECT_GE(unsent, 1);
  gate.open();
}

TEST(AsyncPages, aCoroutineReadsAListToItsEnd) {
  ScriptedHttpServer server([](const SeenRequest& request) {
    const auto order = [](const std::string& id) {
      return R"({"order_id":")" + id +
             R"(","client_order_id":"c","ticker":"T","side":"bid","price":"1.0000","fill_count":"0.00","remaining_count":"1.00"})";
    };
    if (request.target.find("cursor=") == std::string::npos)
      return http_answer(200, "{\"orders\":[" + order("1") + "," + order("2") + "],\"cursor\":\"n\"}");
    return http_answer(200, "{\"orders\":[" + order("3") + "],\"cursor\":\"\"}");
  });
  asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), config_for(server.origin()));
  std::string ids;
  asio::co_spawn(
      io,
      [&]() -> asio::awaitable<void> {
        auto orders = client.orders().list_all({.ticker = "T"});
        while (orders.more()) {
          const auto page = co_await orders.async_next(asio::use_awaitable);
          if (!page) co_return;
          for (const auto& order : *page) ids += order.order_id;
        }
      },
      asio::detached);
  io.run();
  EXPECT_EQ(ids, "123");
  EXPECT_EQ(server.requests().at(1).target, "/trade-api/v2/margin/orders?ticker=T&cursor=n");
}

}  // namespace
}  // namespace marginfix::test
