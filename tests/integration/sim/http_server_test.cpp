// The HTTP server under the doors, with a handler of the test's own: framing, limits, time-outs, clients that misbehave.
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "integration/sim/http_client.hpp"
#include "sim/doors/http/server.hpp"
#include "sim/keys/keys.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::sim::test {
namespace {

using namespace std::chrono_literals;

// Says what it was asked; some paths do something special.
struct Echo final : HttpHandler {
  HttpReply on_request(const HttpRequest& request) override {
    if (request.path == "/big") return {{200, "\"" + std::string(200'000, 'x') + "\""}};
    if (request.path == "/nothing") return {{204, ""}};
    if (request.path == "/throw") throw std::runtime_error("inside");
    HttpReply reply{{200, request.method + " " + request.path + "?" + request.query + " " + request.body}};
    if (request.path == "/late") {
      reply.delay = 100ms;
      if (on_late) on_late();
    }
    if (request.path == "/cut") reply.ending = HttpEnding::CutBody;
    if (request.path == "/gone") reply.ending = HttpEnding::Unanswered;
    return reply;
  }
  std::function<void()> on_late;
};

class HttpServerTest : public ::testing::Test {
 protected:
  void start(bool tls = true) {
    options_.tls = tls;
    if (tls) {
      const auto identity = ensure_server_identity(folder_.path()).value();
      options_.certificate_file = identity.certificate.string();
      options_.private_key_file = identity.private_key.string();
      ca_file_ = identity.ca_file.string();
    }
    server_ = std::make_unique<HttpServer>(io_, echo_, options_);
    const auto port = server_->open();
    ASSERT_TRUE(port) << port.error().message;
    port_ = *port;
    thread_ = std::thread([this] { io_.run(); });
  }
  ~HttpServerTest() override {
    on_thread([this] { server_.reset(); });
    work_.reset();
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }
  template <class F>
  void on_thread(F work) {
    if (!thread_.joinable()) return;
    std::promise<void> done;
    boost::asio::post(io_, [&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }
  std::size_t connections() {
    std::size_t count = 0;
    on_thread([&] { count = server_->connections(); });
    return count;
  }
  HttpConnection connect() { return HttpConnection("127.0.0.1", port_, ca_file_); }
  static std::string get(const std::string& path, const std::string& extra = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + extra + "\r\n";
  }

  marginfix::test::TempFolder folder_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  Echo echo_;
  HttpServerOptions options_;
  std::unique_ptr<HttpServer> server_;
  std::string ca_file_;
  std::uint16_t port_{0};
  std::thread thread_;
};

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  start();
  HttpConnection connection = connect();
  for (int i = 0; i < 3; ++i) {
    connection.send(get("/a/b?c=d"));
    const HttpResponse answer = connection.receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "GET /a/b?c=d ");
    EXPECT_EQ(answer.header("content-type"), "application/json");
    EXPECT_EQ(answer.header("connection"), "keep-alive");
    EXPECT_EQ(answer.header("x-request-id").size(), 36U);
    EXPECT_EQ(answer.header("date").size(), 29U);
  }
  EXPECT_EQ(connections(), 1U);
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  start();
  HttpConnection connection = connect();
  connection.send(get("/late") + get("/2") + "POST /3 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody" + get("/4"));
  EXPECT_EQ(connection.receive().body, "GET /late? ");
  EXPECT_EQ(connection.receive().body, "GET /2? ");
  EXPECT_EQ(connection.receive().body, "POST /3? body");
  EXPECT_EQ(connection.receive().body, "GET /4? ");
}

TEST_F(HttpServerTest, RequestsMayComeByteByByteAndInChunks) {
  start(false);
  HttpConnection connection = connect();
  for (const char c : std::string("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")) {
    connection.send(std::string_view(&c, 1));
  }
  EXPECT_EQ(connection.receive().body, "POST /x? abcde");
}

TEST_F(HttpServerTest, GzipsLargeBodiesForThoseWhoTakeIt) {
  start();
  HttpConnection connection = connect();
  connection.send(get("/big"));
  const HttpResponse plain = connection.receive();
  EXPECT_EQ(plain.header("content-encoding"), "");
  EXPECT_EQ(plain.body.size(), 200'002U);
  connection.send(get("/big", "Accept-Encoding: br, gzip;q=0.5\r\n"));
  const HttpResponse packed = connection.receive();
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_EQ(packed.header("vary"), "Accept-Encoding");
  EXPECT_LT(packed.body.size(), 10'000U);
  EXPECT_EQ(gunzip(packed.body), plain.body);
  connection.send(get("/small", "Accept-Encoding: gzip\r\n"));
  EXPECT_EQ(connection.receive().header("content-encoding"), "");
  connection.send(get("/big", "Accept-Encoding: gzip;q=0\r\n"));
  EXPECT_EQ(connection.receive().header("content-encoding"), "");
}

TEST_F(HttpServerTest, ConnectionCloseAndOldHttpEndIt) {
  start();
  for (const std::string& request : {get("/", "Connection: close\r\n"), std::string("GET / HTTP/1.0\r\n\r\n")}) {
    HttpConnection connection = connect();
    connection.send(request);
    EXPECT_EQ(connection.receive().header("connection"), "close");
    EXPECT_TRUE(connection.ended());
  }
}

TEST_F(HttpServerTest, AnswersWithoutBodyAndToHead) {
  start();
  HttpConnection connection = connect();
  connection.send(get("/nothing"));
  const HttpResponse nothing = connection.receive();
  EXPECT_EQ(nothing.status, 204);
  EXPECT_EQ(nothing.header("content-length"), "");
  connection.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n" + get("/after"));
  EXPECT_EQ(connection.receive(true).header("content-length"), "9");
  EXPECT_EQ(connection.receive().body, "GET /after? ");
}

TEST_F(HttpServerTest, ContinuesWhenAsked) {
  start();
  HttpConnection connection = connect();
  connection.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(connection.receive().status, 100);
  connection.send("ok");
  EXPECT_EQ(connection.receive().body, "POST /x? ok");
}

TEST_F(HttpServerTest, LimitsAreAnsweredAndEndTheConnection) {
  options_.limits.header_bytes = 4096;
  options_.limits.body_bytes = 1000;
  start();
  const auto refused = [&](const std::string& bytes, int status) {
    HttpConnection connection = connect();
    connection.send(bytes);
    EXPECT_EQ(connection.receive().status, status) << bytes.substr(0, 60);
    EXPECT_TRUE(connection.ended());
  };
  refused(get("/", "X: " + std::string(5000, 'h') + "\r\n"), 431);
  refused("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'b'), 413);
  refused("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'b') + "\r\n0\r\n\r\n", 413);
  refused("nonsense\r\n\r\n", 400);
  refused("GET / HTTP/1.1\r\nbad header\r\n\r\n", 400);
  refused(std::string("\x16\x03\x01\x02\x00\x01", 6) + "\r\n\r\n", 400);
}

TEST_F(HttpServerTest, AThrowingHandlerGivesA500) {
  start();
  HttpConnection connection = connect();
  connection.send(get("/throw") + get("/next"));
  const HttpResponse answer = connection.receive();
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("inside"), std::string::npos);
  EXPECT_EQ(connection.receive().status, 200);
}

TEST_F(HttpServerTest, FaultsCutAndSwallowAnswers) {
  start();
  HttpConnection cut = connect();
  cut.send(get("/cut"));
  const std::string bytes = cut.receive_bytes(10'000);
  EXPECT_NE(bytes.find("Content-Length: 10\r\n"), std::string::npos) << bytes;
  EXPECT_TRUE(bytes.ends_with("\r\n\r\nGET /")) << bytes;
  HttpConnection gone = connect();
  gone.send(get("/gone"));
  EXPECT_TRUE(gone.ended());
}

TEST_F(HttpServerTest, ASlowReaderAndASilentClientHoldUpNobody) {
  start(false);
  HttpConnection lazy = connect(), silent = connect(), half = connect();
  for (int i = 0; i < 50; ++i) lazy.send(get("/big"));  // reads none of ten megabytes
  half.send("GET / HT");
  HttpConnection brisk = connect();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) {
    brisk.send(get("/x"));
    EXPECT_EQ(brisk.receive().status, 200);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_EQ(connections(), 4U);
}

TEST_F(HttpServerTest, TimeOutsCloseWhatDoesNotCome) {
  options_.limits.idle = 200ms;
  options_.limits.request = 200ms;
  options_.limits.handshake = 200ms;
  start();
  HttpConnection idle = connect(), half = connect();
  HttpConnection no_handshake("127.0.0.1", port_, "");
  half.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_EQ(half.receive().status, 408);
  EXPECT_TRUE(half.ended());
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(no_handshake.ended());
}

TEST_F(HttpServerTest, WhenThereAreTooManyTheLongestSilentMakesRoom) {
  ConnectionTableLimits limits;
  limits.connections = 2;
  options_.connections = std::make_shared<ConnectionTable>(limits);
  start(false);
  HttpConnection first = connect(), second = connect();
  second.send(get("/x"));
  second.receive();
  first.send(get("/x"));
  first.receive();
  HttpConnection third = connect();
  EXPECT_TRUE(second.ended());
  for (HttpConnection* each : {&first, &third}) {
    each->send(get("/x"));
    EXPECT_EQ(each->receive().status, 200);
  }
}

TEST_F(HttpServerTest, AFloodOfIdleConnectionsKeepsNobodyOut) {
  ConnectionTableLimits limits;
  limits.connections = limits.unproven = 8;
  options_.connections = std::make_shared<ConnectionTable>(limits);
  start(false);
  std::vector<std::unique_ptr<HttpConnection>> flood;
  for (int i = 0; i < 100; ++i) {
    flood.push_back(std::make_unique<HttpConnection>("127.0.0.1", port_, ""));
    if (i % 10 != 9) continue;
    HttpConnection honest = connect();
    honest.send(get("/x"));
    EXPECT_EQ(honest.receive().status, 200) << i;
  }
  EXPECT_LE(connections(), 9U) << "one may still be on its way out";
}

TEST_F(HttpServerTest, AConnectionMustSayWhatItWants) {
  options_.limits.first_request = 200ms;
  start(false);
  HttpConnection mute = connect();
  EXPECT_TRUE(mute.ended());
}

TEST_F(HttpServerTest, StopFinishesWhatIsUnderWay) {
  start();
  HttpConnection idle = connect(), busy = connect();
  idle.send(get("/x"));
  idle.receive();
  std::promise<void> stopped;
  echo_.on_late = [&] { boost::asio::post(io_, [&] { server_->stop([&] { stopped.set_value(); }); }); };
  busy.send(get("/late"));
  const HttpResponse last = busy.receive();
  EXPECT_EQ(last.body, "GET /late? ");
  EXPECT_EQ(last.header("connection"), "close");
  EXPECT_TRUE(busy.ended());
  EXPECT_TRUE(idle.ended());
  EXPECT_EQ(stopped.get_future().wait_for(10s), std::future_status::ready);
  EXPECT_THROW(connect(), std::runtime_error);
}

TEST_F(HttpServerTest, CloseEndsEverythingAtOnce) {
  start();
  HttpConnection idle = connect(), busy = connect();
  busy.send(get("/late"));
  while (connections() < 2) std::this_thread::yield();
  on_thread([&] { server_->close(); });
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(busy.ended());
  EXPECT_EQ(connections(), 0U);
}

TEST_F(HttpServerTest, PlainIsForLoopbackOnlyAndAPortIsForOne) {
  start(false);
  HttpServerOptions options = options_;
  options.host = "0.0.0.0";
  const auto open = HttpServer(io_, echo_, options).open();
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().category, ErrorCategory::config);
  options.host = "127.0.0.1";
  options.port = port_;
  const auto taken = HttpServer(io_, echo_, options).open();
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().category, ErrorCategory::connect);
  options.port = 0;
  options.tls = true;
  options.certificate_file = folder_.path("missing.pem");
  const auto no_certificate = HttpServer(io_, echo_, options).open();
  ASSERT_FALSE(no_certificate);
  EXPECT_NE(no_certificate.error().message.find("missing.pem"), std::string::npos);
}

}  // namespace
}  // namespace marginfix::sim::test
