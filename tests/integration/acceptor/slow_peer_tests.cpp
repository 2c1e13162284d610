// A FixAcceptor with much to tell: peers that read slowly or not at all, in each version of FIX, and a day's worth of messages.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <optional>

#include "integration/acceptor/desk.hpp"
#include "marginfix/fix/frame.hpp"

namespace marginfix::test {
namespace {

using boost::asio::ip::tcp;

// A client that reads when the test says so, and whose system takes little for it meanwhile.
class PacedClient {
 public:
  PacedClient(boost::asio::io_context& io, std::uint16_t port, const std::string& begin_string, const std::string& name)
      : socket_(io), fixt_(begin_string == "FIXT.1.1"), composer_(begin_string, name, "GATE"), framer_(std::size_t{1} << 20, begin_string) {
    socket_.open(tcp::v4());
    socket_.set_option(boost::asio::socket_base::receive_buffer_size(4096));
    socket_.connect({boost::asio::ip::make_address("127.0.0.1"), port});
    socket_.non_blocking(true);
  }

  void log_on(const std::string& more = {}) { send("A", "98=0|108=30|" + more + (fixt_ ? "1137=9|" : "")); }
  void send(const char* msg_type, const std::string& fields) { out_ += message(msg_type, fields), flush(); }
  void queue(const char* msg_type, const std::string& fields) { out_ += message(msg_type, fields); }
  // What the system takes of what was queued.
  void flush() {
    boost::system::error_code error;
    const std::size_t taken = out_.empty() ? 0 : socket_.write_some(boost::asio::buffer(out_), error);
    out_.erase(0, taken);
  }

  // At most so many bytes of what has come.
  void read(std::size_t most = std::size_t{64} << 10) {
    boost::system::error_code error;
    std::string bytes(most, '\0');
    const std::size_t size = socket_.read_some(boost::asio::buffer(bytes), error);
    stream_.append(bytes, 0, size);
    fix::Frame frame;
    std::size_t at = 0;
    while (at < stream_.size()) {
      const fix::Scan scan = framer_.scan(stream_.data() + at, stream_.size() - at, &frame);
      if (scan.kind != fix::Scan::Kind::message) break;
      if (on_message) on_message(frame);
      ++messages;
      at += scan.length;
    }
    stream_.erase(0, at);
  }

  std::function<void(const fix::Frame&)> on_message;
  std::size_t messages{0};

 private:
  std::string message(const char* msg_type, const std::string& fields) {
    fix::FrameHeader header;
    header.msg_type = msg_type;
    header.msg_seq_num = ++seq_;
    header.sending_time = time_;
    return composer_.compose(header, body_of(fields));
  }

  tcp::socket socket_;
  bool fixt_;
  fix::Composer composer_;
  fix::Framer framer_;
  std::string stream_, out_, time_{utc_now()};
  std::int64_t seq_{0};
};

constexpr std::size_t kMostHeld = std::size_t{256} << 10;  // of the acceptor's memory, for all its peers

class MuchTraffic : public ::testing::Test {
 protected:
  MuchTraffic() {
    FixAcceptorOptions options;
    options.connections = table;
    acceptor.emplace(io, desk, options);
  }
  std::uint16_t open(const std::string& begin_string, SequencePolicy policy) {
    AcceptorDoor door;
    door.comp_id = "GATE";
    door.begin_string = begin_string;
    door.sequence = policy;
    door.tls = false;
    return acceptor->open(door).value();
  }
  // Runs until `done`, and sees how much the acceptor holds.
  bool until(const std::function<bool()>& done) {
    return run_until(
        io,
        [&] {
          peak = std::max(peak, table->held_bytes());
          return done();
        },
        std::chrono::seconds(90));
  }
  static std::string report(int number) { return body_of("17=" + std::to_string(number) + "|58=" + std::string(200, 'x') + "|"); }

  boost::asio::io_context io{1};
  Desk desk;
  std::shared_ptr<ConnectionTable> table = std::make_shared<ConnectionTable>();
  std::optional<FixAcceptor> acceptor;
  std::size_t peak{0};
};
class SlowPeers : public MuchTraffic, public ::testing::WithParamInterface<std::string> {};
INSTANTIATE_TEST_SUITE_P(Versions, SlowPeers, ::testing::Values("FIX.4.2", "FIX.4.4", "FIXT.1.1"), [](const auto& test) {
  return test.param == "FIX.4.2" ? "Fix42" : test.param == "FIX.4.4" ? "Fix44" : "Fixt11";
});

TEST_P(SlowPeers, GetWhatTheyMissedAtTheirPaceAndHoldUpNoOther) {
  constexpr std::size_t kMissed = 30'000;  // some 9 MB: more than the system takes for a connection
  const std::string slow_name = "slow-" + GetParam(), quick_name = "quick-" + GetParam();
  const auto port = open(GetParam(), SequencePolicy::kept);
  AcceptorSession* absent = acceptor->restore("GATE", slow_name).value();
  for (std::size_t i = 1; i <= kMissed; ++i) ASSERT_TRUE(absent->send("8", report(static_cast<int>(i))));

  PacedClient slow(io, port, GetParam(), slow_name);
  slow.log_on();
  slow.send("2", "7=1|16=0|");
  ASSERT_TRUE(until([&] { return absent->logged_on() && absent->statistics().resent > 0; }));

  PacedClient quick(io, port, GetParam(), quick_name);
  quick.log_on();
  quick.send("1", "112=alive|");
  std::string heard;
  quick.on_message = [&](const fix::Frame& frame) {
    if (frame.msg_type.is('0')) heard = frame.field(112).text();
  };
  ASSERT_TRUE(until([&] {
    quick.read();
    return !heard.empty();
  }));
  EXPECT_EQ(heard, "alive");
  EXPECT_LT(absent->statistics().resent, kMissed) << "the slow one reads nothing yet";

  std::int64_t expected = 1;
  slow.on_message = [&](const fix::Frame& frame) {
    if (!frame.msg_type.is('8')) return;
    EXPECT_EQ(frame.msg_seq_num, expected++);
    EXPECT_TRUE(frame.poss_dup);
  };
  ASSERT_TRUE(until([&] {
    slow.read();
    return expected > static_cast<std::int64_t>(kMissed);
  }));
  EXPECT_EQ(absent->statistics().resent, kMissed);
  EXPECT_TRUE(absent->logged_on());
  EXPECT_LE(peak, kMostHeld);
}

// A hundred thousand orders and their reports through one connection: what the acceptor holds does not grow with them, and of the reports
// the last are kept.
TEST_F(MuchTraffic, AHundredThousandMessagesEachWayTakeBoundedMemory) {
  constexpr int kOrders = 100'000, kAhead = 256;
  const auto port = open("FIXT.1.1", SequencePolicy::reset_each_logon);
  int orders = 0;
  desk.keep_messages = false;
  desk.answer = [&](AcceptorSession& session, const AcceptorMessage&) { EXPECT_TRUE(session.send("8", report(++orders))); };
  PacedClient client(io, port, "FIXT.1.1", "busy");
  client.log_on("141=Y|");
  int reports = 0, sent = 0;
  client.on_message = [&](const fix::Frame& frame) {
    if (frame.msg_type.is('8')) ++reports;
  };
  ASSERT_TRUE(until([&] {
    while (sent < kOrders && sent < reports + kAhead) client.queue("D", "11=" + std::to_string(++sent) + "|55=BTC-PERP|");
    client.flush();
    client.read();
    return reports == kOrders;
  }));
  EXPECT_EQ(orders, kOrders);
  EXPECT_LE(peak, kMostHeld);

  std::int64_t first_kept = 0;
  client.on_message = [&](const fix::Frame& frame) {
    if (frame.msg_type.is('4') && first_kept == 0) frame.number(36, &first_kept);
    if (frame.msg_type.is('8')) {
      EXPECT_GE(frame.msg_seq_num, first_kept);
    }
  };
  client.send("2", "7=1|16=0|");
  ASSERT_TRUE(until([&] {
    client.read();
    return first_kept > 0;
  }));
  EXPECT_GT(first_kept, kOrders / 4) << "16 MiB hold some 60,000 of these reports";
  EXPECT_LT(first_kept, kOrders);
}

}  // namespace
}  // namespace marginfix::test
