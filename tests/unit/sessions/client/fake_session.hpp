// A session of a FakeExchange that the tests play themselves, on the session's own thread: they say when it logs on, what comes in, and see
// what left.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "marginfix/sessions/fake_exchange.hpp"
#include "sessions/client/fake_access.hpp"
#include "sessions/client/fake_raw.hpp"
#include "sessions/client/session_factory.hpp"

namespace marginfix::test {

using sessions::FakeRaw;
using sessions::Sent;
using sessions::with_pipes;
using sessions::with_soh;

class ManualClock final : public Clock {
 public:
  Timestamp now() const override { return now_; }
  void advance(std::chrono::microseconds by) { now_ += by; }

 private:
  Timestamp now_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours{12}};
};

// One session of a kind, started, on an io_context that runs when the test says so.
class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    context->executor = io.get_executor();
    context->rate_limit.write = context->rate_limit.read = TokenBucketOptions{0, 0, 0};
    context->make_raw = [this, make = sessions::FakeAccess::factory(exchange)](
                            boost::asio::any_io_executor executor, sessions::RawSessionOptions options, MessageStore& store,
                            sessions::RawSessionHandler& handler) -> Result<std::unique_ptr<sessions::RawSession>> {
      auto made = make(std::move(executor), std::move(options), store, handler);
      raw = static_cast<FakeRaw*>(made.value().get());
      used_store = &store;
      return made;
    };
  }

  void make_buckets() {
    const Timestamp now = context->clock->now();
    context->limits = std::make_shared<AccountLimits>(context->rate_limit, now);
  }

  static SessionConfig config_of(SessionKind kind, TargetSession target) {
    SessionConfig config = MarginFixConfig::session_defaults(Environment::demo, kind, target);
    config.credentials = FakeExchange::config().sessions.front().credentials;
    config.credentials.key_id = "key";
    return config;
  }

  // `session` runs and is logged on.
  void bring_up(FixSession& session) {
    if (!context->limits) make_buckets();
    context->running = true;
    session.start().value();
    run();
    raw->log_on();
  }

  // Everything that is due now.
  void run() {
    io.restart();
    io.poll();
  }
  // Until `done`, at most five seconds of real time.
  template <class Done>
  bool run_until(Done done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    while (!done() && std::chrono::steady_clock::now() < end) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds{20});
    }
    return done();
  }
  // On the thread handlers run on.
  template <class Task>
  void on_io(FixSession& session, Task task) {
    bool ran = false;
    session.run_on_io_thread([&] {
      task();
      ran = true;
    });
    run();
    EXPECT_TRUE(ran);
  }

  boost::asio::io_context io{1};
  std::shared_ptr<FakeExchange> exchange{std::make_shared<FakeExchange>()};
  std::shared_ptr<sessions::ClientContext> context{std::make_shared<sessions::ClientContext>()};
  FakeRaw* raw{nullptr};
  MessageStore* used_store{nullptr};
};

inline fix::NewOrderSingle order(std::string_view cl_ord_id) {
  fix::NewOrderSingle message;
  message.cl_ord_id = cl_ord_id;
  message.order_qty = FixedPointCount::whole(10);
  message.price = DollarDecimal::parse("6.2577").value();
  message.side = Side::Buy;
  message.symbol = "BTC-PERP";
  return message;
}

inline fix::OrderCancelRequest cancel_of(std::string_view cl_ord_id, std::string_view orig) {
  fix::OrderCancelRequest message;
  message.cl_ord_id = cl_ord_id;
  message.orig_cl_ord_id = orig;
  message.side = Side::Buy;
  message.symbol = "BTC-PERP";
  return message;
}

inline fix::OrderCancelReplaceRequest amend_of(std::string_view cl_ord_id, std::string_view orig) {
  fix::OrderCancelReplaceRequest message;
  message.cl_ord_id = cl_ord_id;
  message.orig_cl_ord_id = orig;
  message.order_qty = FixedPointCount::whole(5);
  message.price = DollarDecimal::parse("6.2577").value();
  message.side = Side::Buy;
  message.symbol = "BTC-PERP";
  return message;
}

}  // namespace marginfix::test
