// Transport by the clock it is given: the tries of a dialer, the turns of a stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <string>

#include "sessions/transport/acceptor.hpp"
#include "sessions/transport/dialer.hpp"
#include "support/run_until.hpp"
#include "support/scripted_client.hpp"
#include "support/test_time.hpp"

namespace marginfix::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Ending final : transport::ConnectionEvents {
  void on_open() override {}
  void on_received(const char*, std::size_t) override {}
  void on_closed(transport::CloseReason the_reason, const std::string& the_text) override {
    reason = the_reason;
    text = the_text;
  }
  transport::CloseReason reason{transport::CloseReason::none};
  std::string text;
};

// The look-up takes as long as the test says.
class SlowNames final : public transport::NameResolver {
 public:
  SlowNames(ManualTime& time, std::chrono::milliseconds takes) : time_(time), takes_(takes) {}
  std::vector<std::string> resolve(const std::string&, std::string*) override {
    time_.pass(takes_);
    return {"127.0.0.1", "127.0.0.77"};
  }

 private:
  ManualTime& time_;
  std::chrono::milliseconds takes_;
};

// How a connection to a port where nobody listens ends when the look-up has taken so long.
std::string end_after(std::chrono::milliseconds look_up) {
  boost::asio::io_context io;
  ManualTime time;
  transport::DialTarget target;
  target.host = "exchange.example";
  target.port = 9;
  target.tls.enabled = false;
  target.timeouts.connect = std::chrono::milliseconds(5000);
  target.limits.time = &time;
  target.resolver = std::make_shared<SlowNames>(time, look_up);
  Ending events;
  const auto dialer = transport::make_dialer(io.get_executor(), target);
  const auto connection = dialer->dial(events);
  EXPECT_TRUE(run_until(io, [&] { return events.reason != transport::CloseReason::none; }));
  EXPECT_EQ(events.reason, transport::CloseReason::connect_failed);
  return events.text;
}

TEST(Dialing, TriesAsLongAsTheClockItWasGivenSays) {
  EXPECT_THAT(end_after(std::chrono::milliseconds(4999)), AllOf(HasSubstr("127.0.0.1:9: "), HasSubstr("127.0.0.77:9: ")));
  EXPECT_THAT(end_after(std::chrono::milliseconds(5000)), Not(HasSubstr("127.0.0.1:9")));
}

// Each look at it takes a second: every turn is over at once.
class FastTime final : public TimeSource {
 public:
  std::chrono::nanoseconds monotonic() const override { return now_ += std::chrono::seconds(1); }
  std::chrono::nanoseconds wall() const override { return now_; }

 private:
  mutable std::chrono::nanoseconds now_{0};
};

// The accepting side of one connection: a letter for each piece that came, and a dot for each turn of the loop after a piece.
struct Pieces final : transport::ConnectionEvents {
  explicit Pieces(boost::asio::io_context& the_io) : io(the_io) {}
  void on_open() override {}
  void on_received(const char*, std::size_t size) override {
    bytes += size;
    seen += 'p';
    boost::asio::post(io, [this] { seen += '.'; });
  }
  void on_closed(transport::CloseReason, const std::string&) override {}
  boost::asio::io_context& io;
  std::string seen;
  std::size_t bytes{0};
};

std::string pieces_by(const TimeSource& time) {
  constexpr std::size_t kSent = 4096;
  boost::asio::io_context io;
  Pieces pieces(io);
  std::shared_ptr<transport::ByteConnection> accepted;
  transport::ListenOptions options;
  options.tls = false;
  options.limits.turn = std::chrono::milliseconds(2);
  options.limits.time = &time;
  const auto listener = transport::listen(io.get_executor(), options, [&](const std::shared_ptr<transport::ByteConnection>& link) {
                          accepted = link;
                          return &pieces;
                        }).value();
  ScriptedClient client(io, listener->port());
  EXPECT_TRUE(run_until(io, [&] { return client.opened; }));
  client.send_bytes(std::string(kSent, 'x'));
  EXPECT_TRUE(run_until(io, [&] { return pieces.bytes == kSent && pieces.seen.ends_with('.'); }));
  if (accepted) accepted->detach();
  return pieces.seen;
}

TEST(Turns, OfAStreamAreMeasuredByTheClockItWasGiven) {
  EXPECT_EQ(pieces_by(FastTime()), "p.p.p.p.");
  EXPECT_THAT(pieces_by(ManualTime()), ::testing::StartsWith("pppp."));
}

}  // namespace
}  // namespace marginfix::test
