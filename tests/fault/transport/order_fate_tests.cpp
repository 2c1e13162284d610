// Orders and an exchange that stops reading, over real sockets: what cannot leave in time comes back, nothing has two fates or none.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "integration/transport/harness.hpp"
#include "marginfix/margin_fix_client.hpp"

namespace marginfix::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

// Answers one Logon, then reads nothing until read_on(); gives what it read when the connection is cut.
class DeafExchange {
 public:
  DeafExchange() : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}) {
    thread_ = std::thread([this] { run(); });
  }
  ~DeafExchange() {
    read_on(0);
    thread_.join();
  }
  DeafExchange(const DeafExchange&) = delete;
  DeafExchange& operator=(const DeafExchange&) = delete;

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  // Reads until so many orders have come, then resets the connection.
  void read_on(std::size_t orders) {
    {
      const std::lock_guard lock(mutex_);
      if (!wanted_) wanted_ = orders;
    }
    changed_.notify_all();
  }
  std::vector<std::string> orders() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 30s, [this] { return done_; });
    return orders_;
  }

 private:
  void run() {
    asio::ip::tcp::socket socket(io_);
    acceptor_.accept(socket);
    std::vector<std::string> messages;
    while (messages.empty()) read(socket, messages);
    const std::string& logon = messages.front();
    asio::write(socket, asio::buffer(fix_message("35=A|34=1|49=KalshiNR|52=" + utc_now() + "|56=" + field_of(logon, 49) +
                                                 "|98=0|108=" + field_of(logon, 108) + "|141=Y|1137=9|")));
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return wanted_.has_value(); });
    lock.unlock();
    std::size_t seen = 0;
    for (messages.clear(); seen < *wanted_; messages.clear()) {
      if (!read(socket, messages)) break;
      lock.lock();
      for (auto& m : messages) {
        if (field_of(m, 35) != "D") continue;
        ++seen;
        orders_.push_back(std::move(m));
      }
      lock.unlock();
    }
    boost::system::error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
    lock.lock();
    done_ = true;
    changed_.notify_all();
  }
  bool read(asio::ip::tcp::socket& socket, std::vector<std::string>& messages) {
    char bytes[16'384];
    boost::system::error_code error;
    const auto size = socket.read_some(asio::buffer(bytes), error);
    stream_.append(bytes, size);
    take_messages(stream_, messages);
    return !error;
  }

  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::size_t> wanted_;
  std::string stream_;
  std::vector<std::string> orders_;
  bool done_{false};
};

struct Fates {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, int> not_sent, unknown;
  std::size_t sent{0}, too_old{0};
  bool over{false};

  template <class Done>
  bool wait(Done done) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 30s, [&] { return done(); });
  }
};

TEST(OrderFate, orders_accepted_while_the_exchange_does_not_read_come_back_and_each_has_one_fate) {
  DeafExchange exchange;
  MarginFixConfig config;
  Credentials credentials;
  credentials.key_id = fresh_key();
  credentials.signer = std::make_shared<Signer>(Signer::from_pem(SecretString(make_rsa_private_pem())).value());
  SessionConfig& session = config.add(SessionKind::order_entry, TargetSession::NR, credentials);
  session.host = "127.0.0.1";
  session.port = exchange.port();
  session.tls.enabled = false;
  session.send_age_limit = 300ms;
  session.backoff.base = session.backoff.cap = 60s;  // one connection is enough
  config.rate_limit = rate_limit_tier("unlimited").value();
  Fates fates;
  MarginFixClient client(std::move(config), {.executor = {}, .log = null_log_sink(), .limits = {}, .make_store = {}});
  OrderEntryHandlers h;
  const auto note = [&](auto change) {
    {
      const std::lock_guard lock(fates.mutex);
      change();
    }
    fates.changed.notify_all();
  };
  h.on_sent = [&](const SentMessage&) { note([&] { ++fates.sent; }); };
  h.on_not_sent = [&](const NotSent& n) {
    note([&] {
      ++fates.not_sent[std::string(n.cl_ord_id)];
      fates.too_old += n.error.category == ErrorCategory::timeout ? 1 : 0;
    });
  };
  h.on_outcome_unknown = [&](const UnknownOutcome& u) { note([&] { ++fates.unknown[std::string(u.message.cl_ord_id)]; }); };
  h.on_state = [&](const marginfix::StateChange& change) { note([&] { fates.over = change.state == SessionState::waiting; }); };
  client.order_entry().set_handlers(std::move(h));
  ASSERT_TRUE(client.start());
  ASSERT_TRUE(client.wait_until_active(20s));

  std::set<std::string> accepted;
  for (int i = 0; i < 9'000; ++i) {
    fix::NewOrderSingle order;
    const std::string id = "order-" + std::to_string(i);
    order.cl_ord_id = id;
    order.side = Side::Buy;
    order.symbol = "KXBTCPERP-WITH-A-LONG-NAME";
    order.order_qty = FixedPointCount::whole(1);
    order.price = DollarDecimal::parse("3.9000").value();
    if (client.order_entry().new_order(order)) accepted.insert(id);
  }
  ASSERT_GT(accepted.size(), 5'000U);
  // Everything that is still here when it gets too old comes back; what lies in the kernels is some hundreds.
  ASSERT_TRUE(fates.wait([&] { return fates.sent + fates.not_sent.size() == accepted.size() && fates.too_old > 0; }));
  EXPECT_LT(fates.sent, accepted.size() / 2);
  exchange.read_on(fates.sent);
  const auto arrived = exchange.orders();
  ASSERT_TRUE(fates.wait([&] { return fates.over; }));
  client.stop();

  std::int64_t seq = 2;
  for (const std::string& order : arrived) {
    EXPECT_EQ(field_of(order, 34), std::to_string(seq++));  // what came back had no number: no gap
    EXPECT_EQ(fates.unknown.count(field_of(order, 11)), 1U);
  }
  EXPECT_EQ(arrived.size(), fates.sent);
  for (const std::string& id : accepted) EXPECT_EQ(fates.unknown[id] + fates.not_sent[id], 1) << id;
}

// ---- KalshiRT's store: what is too old to be sent again
class RetainedFate : public testing::Test {
 protected:
  // A client of KalshiRT on the test's own thread, to a scripted exchange; `store` may hold what an earlier process left.
  void connect(std::unique_ptr<MessageStore> store) {
    MarginFixConfig config;
    Credentials credentials;
    credentials.key_id = fresh_key();
    credentials.signer = std::make_shared<Signer>(Signer::from_pem(SecretString(make_rsa_private_pem())).value());
    SessionConfig& session = config.add(SessionKind::order_entry, TargetSession::RT, credentials);
    session.host = "127.0.0.1";
    session.port = peer.port();
    session.tls.enabled = false;
    session.resend_age_limit = 0s;
    session.backoff.base = session.backoff.cap = 10ms;
    MarginFixClientOptions options;
    options.executor = io.get_executor();
    options.log = null_log_sink();
    auto kept = std::make_shared<std::unique_ptr<MessageStore>>(std::move(store));
    options.make_store = [kept](const SessionConfig&) { return std::move(*kept); };
    client = std::make_unique<MarginFixClient>(std::move(config), std::move(options));
    OrderEntryHandlers h;
    h.on_outcome_unknown = [this](const UnknownOutcome& u) {
      told.push_back(std::string(to_string(u.cause)) + ' ' + std::string(u.message.cl_ord_id) +
                     (u.message.message_id == 0 ? " earlier" : ""));
    };
    client->order_entry(TargetSession::RT).set_handlers(std::move(h));
    ASSERT_TRUE(client->start());
    log_on(1, 1);
  }
  void log_on(std::size_t nth, int seq) {
    ASSERT_TRUE(run_until(io, [&] { return peer.saw("A", nth); }));
    send("A", seq, "98=0|108=30|1137=9|");
    ASSERT_TRUE(run_until(io, [&] { return client->order_entry(TargetSession::RT).active(); }));
  }
  void send(const std::string& type, int seq, const std::string& fields) {
    const std::string logon = peer.latest("A");
    peer.send("35=" + type + "|34=" + std::to_string(seq) + "|49=KalshiRT|52=" + utc_now() + "|56=" + field_of(logon, 49) + "|" + fields);
  }
  void TearDown() override {
    bool stopped = false;
    client->async_stop([&] { stopped = true; });
    if (peer.connected()) peer.reset();
    EXPECT_TRUE(run_until(io, [&] { return stopped; }));
  }

  boost::asio::io_context io;
  ScriptedPeer peer{io};
  std::unique_ptr<MarginFixClient> client;
  std::vector<std::string> told;
};

TEST_F(RetainedFate, an_order_in_flight_that_is_gap_filled_after_the_next_logon_is_told_both_times) {
  connect(make_memory_store());
  fix::NewOrderSingle order;
  order.cl_ord_id = "lost1";
  order.side = Side::Buy;
  order.symbol = "KXBTCPERP";
  order.order_qty = FixedPointCount::whole(1);
  order.price = DollarDecimal::parse("3.9000").value();
  ASSERT_TRUE(client->order_entry(TargetSession::RT).new_order(order));
  ASSERT_TRUE(run_until(io, [&] { return peer.saw("D"); }));
  peer.reset();
  ASSERT_TRUE(run_until(io, [&] { return told.size() == 1; }));
  EXPECT_EQ(told[0], "connection ended lost1");
  log_on(2, 2);
  send("2", 3, "7=2|16=0|");
  ASSERT_TRUE(run_until(io, [&] { return told.size() == 2; }));
  EXPECT_EQ(told[1], "gap-filled lost1");
  send("2", 4, "7=2|16=0|");  // the exchange asks again: no news
  ASSERT_TRUE(run_until(io, [&] { return peer.saw("4", 2); }));
  EXPECT_EQ(told.size(), 2U);
  EXPECT_FALSE(peer.saw("D", 2));
}

TEST_F(RetainedFate, an_order_of_an_earlier_process_that_is_gap_filled_is_told_by_its_cl_ord_id) {
  auto store = make_memory_store();
  store->set_next_sender_seq(2);
  const std::string old = fix_message("35=D|34=2|49=key|52=20261101-00:00:00.000|56=KalshiRT|11=stored|");
  store->append_sent(2, old.data(), old.size());
  connect(std::move(store));
  send("2", 2, "7=2|16=0|");
  ASSERT_TRUE(run_until(io, [&] { return told.size() == 1; }));
  EXPECT_EQ(told[0], "gap-filled stored earlier");
  send("2", 3, "7=2|16=0|");
  ASSERT_TRUE(run_until(io, [&] { return peer.saw("4", 2); }));
  EXPECT_EQ(told.size(), 1U);
}

}  // namespace
}  // namespace marginfix::test
