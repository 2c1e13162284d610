// A quiet simulator, a WebSocket client of alice's, and FIX clients that trade. Waiting is for events, never for a time.
#pragma once

#include <boost/asio/use_future.hpp>

#include "integration/sim/fixture.hpp"
#include "marginfix/perps_websocket.hpp"

namespace marginfix::ws::test {

using sim::test::kMarket;

class WsTest : public sim::test::SimTest {
 protected:
  PerpsWebSocketConfig config(const std::string& account = "alice") {
    const auto endpoints = Endpoints::from_file(sim().path("endpoints.json"));
    auto c = PerpsWebSocketConfig::from_endpoints(endpoints.value(), account).value();
    c.backoff.base = c.backoff.least = std::chrono::milliseconds(20);
    c.backoff.cap = std::chrono::milliseconds(200);
    return c;
  }
  void connect(PerpsWebSocketConfig c, PerpsWebSocketOptions options = {}) {
    socket_ = std::make_unique<PerpsWebSocket>(std::move(c), std::move(options));
    const auto started = socket_->start();
    ASSERT_TRUE(started) << started.error().message;
  }
  void open() {
    start();
    connect(config());
    const auto opened = socket_->wait_until_open(std::chrono::seconds(20));
    ASSERT_TRUE(opened) << opened.error().message;
  }
  // The next event of a stream; fails the test after a while.
  static Event next(Subscription& s) {
    auto waiting = s.next(boost::asio::use_future);
    if (waiting.wait_for(std::chrono::seconds(20)) != std::future_status::ready) throw std::runtime_error("no event came");
    auto event = waiting.get();
    if (!event) throw std::runtime_error("no event: " + event.error().message);
    return *std::move(event);
  }
  // The next event that is of `kind`; others are passed over.
  static Event next(Subscription& s, EventKind kind) {
    while (true) {
      Event e = next(s);
      if (e.kind == kind) return e;
      if (e.kind == EventKind::ended) throw std::runtime_error("ended instead: " + (e.error ? e.error->message : std::string()));
    }
  }
  template <class T>
  static T next(Subscription& s) {
    const Event e = next(s, EventKind::data);
    const T* payload = e.frame.as<T>();
    if (payload == nullptr) throw std::runtime_error("another frame came: " + e.frame.raw);
    return *payload;
  }
  Subscription subscribe(SubscribeRequest request) {
    Subscription s = socket_->subscribe(std::move(request));
    next(s, EventKind::subscribed);
    return s;
  }

  std::unique_ptr<PerpsWebSocket> socket_;
};

}  // namespace marginfix::ws::test
