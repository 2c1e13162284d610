// The transport and sessions on a thread of their own: what other threads may call, and the C++14 face of the transport.
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "integration/transport/cxx14_client.hpp"
#include "integration/transport/harness.hpp"

namespace marginfix::test {
namespace {

// An io_context run by a thread until the object dies.
class IoThread {
 public:
  IoThread() : guard_(boost::asio::make_work_guard(io)), thread_([this] { io.run(); }) {}
  ~IoThread() {
    guard_.reset();
    io.stop();
    thread_.join();
  }
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // Runs `work` on the thread and gives its result.
  template <class Work>
  auto call(Work work) -> decltype(work()) {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto result = task.get_future();
    boost::asio::post(io, [&task] { task(); });
    return result.get();
  }
  template <class Condition>
  bool wait_for(const Condition& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!call([&] { return condition(); }))
      if (std::chrono::steady_clock::now() > deadline) return false;
    return true;
  }

  boost::asio::io_context io;

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  std::thread thread_;
};

TEST(Threads, start_stop_state_and_statistics_may_be_used_from_any_thread) {
  IoThread loop;
  auto exchange = loop.call([&] { return std::make_unique<Exchange>(loop.io); });
  exchange->keep_messages = false;
  exchange->answer = [](AcceptorSession& session, const AcceptorMessage&) { ASSERT_TRUE(session.send("8", body("17=1;1|"))); };
  const auto port = loop.call([&] { return exchange->acceptor->open(plain_door("KalshiNR")).value(); });
  auto client = loop.call([&] { return std::make_unique<Client>(loop.io, client_options(port, fresh_key("threads"), "KalshiNR")); });
  client->keep_messages = false;
  client->session->start();
  while (client->session->state() != SessionState::active) std::this_thread::yield();
  constexpr std::int64_t kCount = 500;
  for (std::int64_t i = 0; i < kCount; ++i) {
    boost::asio::post(loop.io, [&] { ASSERT_TRUE(client->session->send("D", body("11=a|"), {})); });
    if (i % 50 == 0) client->session->request_round_trip();
    EXPECT_LE(client->session->statistics().messages_in, 3 * kCount);
  }
  ASSERT_TRUE(loop.wait_for([&] { return client->app_count == static_cast<std::size_t>(kCount); }));
  while (client->session->statistics().last_round_trip.count() == 0) std::this_thread::yield();
  EXPECT_GE(client->session->statistics().messages_in, kCount);
  EXPECT_GT(client->session->statistics().last_received, client->session->statistics().last_sent - std::chrono::seconds(10));
  std::promise<void> stopped;
  client->session->stop([&] { stopped.set_value(); });
  stopped.get_future().wait();
  EXPECT_EQ(client->session->state(), SessionState::stopped);
  loop.call([&] {
    client.reset();
    exchange.reset();
  });
}

TEST(Threads, cpp14_code_exchanges_bytes_over_its_own_loop) {
  IoThread loop;
  auto peer = loop.call([&] { return std::make_unique<ScriptedPeer>(loop.io); });
  std::promise<std::string> answer;
  int ticks = 0;
  std::thread client([&] { answer.set_value(exchange_bytes(peer->port(), fix_message("35=0|34=1|"), 5, &ticks)); });
  EXPECT_TRUE(loop.wait_for([&] { return peer->saw("0"); }));
  loop.call([&] { peer->send_bytes("hello"); });
  EXPECT_EQ(answer.get_future().get(), "hello");
  client.join();
  EXPECT_EQ(ticks, 3);
  std::string none = exchange_bytes(1, "x", 1, &ticks);
  EXPECT_NE(none.find("cannot connect"), std::string::npos) << none;
  loop.call([&] { peer.reset(); });
}

}  // namespace
}  // namespace marginfix::test
