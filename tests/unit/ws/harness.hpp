// Subscriptions on a wire that the test plays: what was sent is kept as text, frames go in as text, time is a number.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "marginfix/ws/frame_reader.hpp"
#include "ws/subscriptions.hpp"

namespace marginfix::ws::test {

class Harness : public ::testing::Test, public Wire {
 protected:
  bool open() const override { return open_; }
  void send(std::string text) override { sent.push_back(std::move(text)); }
  void pause_reading(bool paused) override { pauses.push_back(paused); }
  void deadline_changed() override {}
  void on_unclaimed(Frame frame, std::string_view why) override { unclaimed.emplace_back(frame.raw, why); }

  Timestamp now() const { return Timestamp(std::chrono::seconds(1'790'000'000)) + passed; }
  void run() {
    io.restart();
    io.poll();
  }
  void connect() {
    open_ = true;
    all->on_open(now());
  }
  void disconnect() {
    open_ = false;
    all->on_closed(now());
    run();
  }
  void frame(std::string_view text) {
    all->on_frame(reader.read(text), now());
    run();
  }
  // Makes it, with a handler that keeps what comes.
  std::shared_ptr<SubscriptionImpl> subscribe(SubscribeRequest request) {
    auto made = all->make({std::move(request)});
    made[0]->set_handler([this](const Event& e) { events.push_back(e); });
    run();
    all->start(made, now());
    run();
    return made[0];
  }
  std::string last() const { return sent.empty() ? std::string() : sent.back(); }
  std::vector<EventKind> kinds() const {
    std::vector<EventKind> out;
    for (const Event& e : events) out.push_back(e.kind);
    return out;
  }

  boost::asio::io_context io{1};
  std::vector<std::string> sent;
  std::vector<bool> pauses;
  std::vector<std::pair<std::string, std::string>> unclaimed;
  std::vector<Event> events;
  std::chrono::milliseconds passed{0};
  std::shared_ptr<Subscriptions> all = std::make_shared<Subscriptions>(*this, io.get_executor(), SubscriptionsOptions{});
  FrameReader reader;

 private:
  bool open_{false};
};

}  // namespace marginfix::ws::test
