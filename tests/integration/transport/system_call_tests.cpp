// What an order costs in system calls, so that no change adds one unseen: one wait, one read and one that finds nothing more, one write;
// with a durable store no more. Counted on the client's own thread, over TLS.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <future>
#include <thread>

#include "integration/transport/harness.hpp"
#include "integration/transport/system_call_counter.hpp"
#include "marginfix/core/append_file.hpp"
#include "marginfix/margin_fix_client.hpp"

namespace marginfix::test {
namespace {

using namespace std::chrono_literals;

// Answers each order with a New report, on a thread of its own.
class Answering {
 public:
  explicit Answering(const std::string& comp_id) : authority_(folder_.path(), "exchange"), leaf_(authority_.issue("server")) {
    AcceptorDoor door = plain_door(comp_id, comp_id == "KalshiRT");
    door.tls = true;
    door.certificate_file = leaf_.certificate;
    door.private_key_file = leaf_.private_key;
    exchange_.keep_messages = false;
    exchange_.answer = [](AcceptorSession& session, const AcceptorMessage& message) {
      const std::string id = field_of(piped(message.raw), 11);
      EXPECT_TRUE(session.send("8", body("6=0|11=" + id + "|14=0|17=1;" + id + "|37=O" + id +
                                         "|38=1|39=0|44=19.5|54=1|55=KXBTCPERP|60=20261201-12:00:00.000|150=0|151=1|")));
    };
    port_ = exchange_.acceptor->open(door).value();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Answering() {
    std::promise<void> stopped;
    boost::asio::post(io_, [&] { exchange_.acceptor->stop("the test is over", [&] { stopped.set_value(); }); });
    stopped.get_future().wait();
    work_.reset();
    io_.stop();
    thread_.join();
  }
  Answering(const Answering&) = delete;
  Answering& operator=(const Answering&) = delete;

  std::uint16_t port() const { return port_; }
  std::string ca_file() const { return authority_.ca_file(); }
  std::string path(const std::string& name) const { return folder_.path(name); }
  std::string key() {
    folder_.write("key.pem", make_rsa_private_pem());
    std::filesystem::permissions(path("key.pem"), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return path("key.pem");
  }

 private:
  TempFolder folder_;
  CertificateAuthority authority_;
  LeafFiles leaf_;
  boost::asio::io_context io_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_{io_.get_executor()};
  Exchange exchange_{io_};
  std::uint16_t port_{0};
  std::thread thread_;
};

constexpr int kOrders = 500;

// Of so many orders, each made when the report of the one before has come.
SystemCalls calls_of_round_trips(TargetSession target, const std::string& more) {
  const std::string comp_id(target_comp_id(target));
  Answering exchange(comp_id);
  const std::string cfg = "[DEFAULT]\nConnectionType=initiator\nRateLimitTier=unlimited\n" + more +
                          "[SESSION]\nBeginString=FIXT.1.1\nTargetCompID=" + comp_id +
                          "\nSenderCompID=3f0c9d5e-7a41-4b52-9c0e-2d6b1a8f4e99\nSocketConnectHost=127.0.0.1\nSocketConnectPort=" +
                          std::to_string(exchange.port()) + "\nSocketUseSSL=Y\nCertificationAuthoritiesFile=" + exchange.ca_file() +
                          "\nKalshiPrivateKeyPath=" + exchange.key() + "\n" +
                          (target == TargetSession::RT ? "FileStorePath=" + exchange.path("store") + "\n" : "");
  MarginFixClientOptions options;
  options.log = null_log_sink();
  MarginFixClient client(MarginFixConfig::from_cfg_text(cfg, "test").value(), options);
  OrderEntrySession& session = client.order_entry(target);
  std::promise<SystemCalls> done;
  SystemCalls before;
  int made = 0;
  const auto order = [&] {
    fix::NewOrderSingle message;
    const std::string id = std::to_string(++made);
    message.cl_ord_id = id;
    message.side = Side::Buy;
    message.symbol = "KXBTCPERP";
    message.order_qty = FixedPointCount::whole(1);
    message.price = DollarDecimal::parse("19.5").value();
    message.time_in_force = TimeInForce::GTC;
    EXPECT_TRUE(session.new_order(message));
  };
  OrderEntryHandlers handlers;
  handlers.on_execution_report = [&](const fix::ExecutionReport&, const Inbound&) {
    constexpr int kWarm = 20;
    if (made == kWarm) before = system_calls_so_far();
    if (made == kWarm + kOrders) return done.set_value(system_calls_so_far() - before);
    order();
  };
  session.set_handlers(std::move(handlers));
  EXPECT_TRUE(client.start());
  EXPECT_TRUE(client.wait_until_active(30s));
  session.run_on_io_thread(order);
  const SystemCalls calls = done.get_future().get();
  client.stop();
  return calls;
}

// Whether files are mapped where temporary folders are.
bool files_are_mapped() {
  const TempFolder folder;
  const int descriptor = ::open(folder.path("probe").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  AppendFile file;
  const bool mapped = file.open(descriptor, 0) == 0 && file.append("x") == 0 && std::filesystem::file_size(folder.path("probe")) > 1;
  file.close();
  ::close(descriptor);
  return mapped;
}

// Heartbeats and timers come in between.
constexpr long most(long an_order) { return an_order * kOrders + kOrders / 20; }

TEST(SystemCalls, OfAnOrderOnKalshiNR) {
  const SystemCalls calls = calls_of_round_trips(TargetSession::NR, "");
  EXPECT_LE(calls.waits, most(1));
  EXPECT_LE(calls.reads, most(2));
  EXPECT_LE(calls.writes, most(1));
  EXPECT_EQ(calls.files, 0);
  EXPECT_GE(calls.writes, kOrders) << "the counter counts";
}

TEST(SystemCalls, OfAnOrderOnKalshiRTNoMore) {
  if (!files_are_mapped()) GTEST_SKIP() << "files are not mapped on the file system of temporary folders";
  const SystemCalls calls = calls_of_round_trips(TargetSession::RT, "");
  EXPECT_LE(calls.waits, most(1));
  EXPECT_LE(calls.reads, most(2));
  EXPECT_LE(calls.writes, most(1));
  EXPECT_LE(calls.files, kOrders / 20) << "the store is copied into, and now and then given room";
}

TEST(SystemCalls, OfAnOrderThatMustBeOnTheDiskOneMore) {
  if (!files_are_mapped()) GTEST_SKIP() << "files are not mapped on the file system of temporary folders";
  const SystemCalls calls = calls_of_round_trips(TargetSession::RT, "FileStoreSync=Y\n");
  EXPECT_LE(calls.writes, most(1));
  EXPECT_LE(calls.files, most(1));
  EXPECT_GE(calls.files, kOrders);
}

}  // namespace
}  // namespace marginfix::test
