// Frames that leave together: in their order, whole, one write at a time.
#include "sim/doors/ws/batched_stream.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <vector>

namespace marginfix::sim {
namespace {

namespace asio = boost::asio;

// Takes at most `most` bytes a write, later.
class Recorder final : public HttpStream {
 public:
  explicit Recorder(asio::io_context& io) : socket_(io) {}
  asio::ip::tcp::socket& socket() override { return socket_; }
  bool shakes_hands() const override { return false; }
  void handshake(std::function<void(error_code)> done) override { done({}); }
  void say_goodbye(std::function<void()> done) override { done(); }
  void tear_down(boost::beast::role_type, std::function<void(error_code)> done) override {
    writes.push_back("(torn down)");
    done({});
  }
  void read_some(const ReadBuffers&, Done) override {}
  void write_some(const WriteBuffers& what, Done done) override {
    EXPECT_FALSE(busy_) << "two writes at once";
    busy_ = true;
    std::string text;
    for (const auto& buffer : what) text.append(static_cast<const char*>(buffer.data()), buffer.size());
    text.resize(std::min(text.size(), most));
    writes.push_back(text);
    asio::post(socket_.get_executor(), [this, size = text.size(), done = std::move(done)] {
      busy_ = false;
      done(failure, failure ? 0 : size);
    });
  }

  std::vector<std::string> writes;
  std::size_t most{1'000'000};
  error_code failure;

 private:
  asio::ip::tcp::socket socket_;
  bool busy_{false};
};

class Batches : public ::testing::Test {
 protected:
  Batches() {
    auto made = std::make_unique<Recorder>(io_);
    inner_ = made.get();
    stream_ = std::make_unique<BatchedStream>(std::move(made));
  }
  void write(const std::string& text) {
    asio::async_write(static_cast<HttpStream&>(*stream_), asio::buffer(text), [this](boost::system::error_code error, std::size_t size) {
      results_.push_back(error ? error.message() : std::to_string(size));
    });
  }
  void run() {
    io_.restart();
    io_.run();
  }

  asio::io_context io_;
  Recorder* inner_{nullptr};
  std::unique_ptr<BatchedStream> stream_;
  std::vector<std::string> results_;
};

using Texts = std::vector<std::string>;

TEST_F(Batches, AWriteAloneGoesAsItIs) {
  const std::string one = "one";
  write(one);
  run();
  EXPECT_EQ(inner_->writes, (Texts{"one"}));
  EXPECT_EQ(results_, (Texts{"3"}));
}

TEST_F(Batches, WhatWaitsLeavesWithWhatComesLast) {
  const std::string one = "one", two = "two", three = "three";
  stream_->more_to_come(true);
  write(one);
  run();
  write(two);
  run();
  EXPECT_EQ(results_, (Texts{"3", "3"})) << "done, though they wait";
  EXPECT_EQ(inner_->writes, Texts{});
  EXPECT_EQ(stream_->waiting(), 6U);
  stream_->more_to_come(false);
  write(three);
  run();
  EXPECT_EQ(inner_->writes, (Texts{"onetwothree"}));
  EXPECT_EQ(results_, (Texts{"3", "3", "5"}));
  EXPECT_EQ(stream_->waiting(), 0U);
}

TEST_F(Batches, ABatchHasAnEnd) {
  const std::string big(40'000, 'x');
  stream_->more_to_come(true);
  write(big);
  run();
  EXPECT_EQ(inner_->writes.size(), 0U);
  write(big);
  run();
  std::size_t written = 0;  // Asio writes at most 64 KB at a time
  for (const std::string& text : inner_->writes) written += text.size();
  EXPECT_EQ(written, 80'000U);
  EXPECT_EQ(stream_->waiting(), 0U);
}

TEST_F(Batches, APeerThatTakesLittleGetsItAllInOrder) {
  const std::string one = "onetwo", two = "three";
  inner_->most = 4;
  stream_->more_to_come(true);
  write(one);
  run();
  stream_->more_to_come(false);
  write(two);
  run();
  EXPECT_EQ(inner_->writes, (Texts{"onet", "woth", "ree"}));
}

// A pong goes its own way while what waits is flushed.
TEST_F(Batches, AControlFrameBesideAFlushWaitsForIt) {
  const std::string one = "one", pong = "pong";
  stream_->more_to_come(true);
  write(one);
  run();
  stream_->more_to_come(false);
  bool flushed = false;
  stream_->flush([&](boost::system::error_code, std::size_t) { flushed = true; });
  write(pong);
  run();
  EXPECT_TRUE(flushed);
  EXPECT_EQ(inner_->writes, (Texts{"one", "pong"}));
}

// Beast answers a Close of the peer's by a write of its own, and tears the stream down.
TEST_F(Batches, WhatWaitsLeavesBeforeTheStreamIsTornDown) {
  const std::string frame = "frame", close = "close";
  stream_->more_to_come(true);
  write(frame);
  write(close);
  run();
  bool down = false;
  stream_->tear_down(boost::beast::role_type::server, [&](boost::system::error_code) { down = true; });
  run();
  EXPECT_TRUE(down);
  EXPECT_EQ(inner_->writes, (Texts{"frameclose", "(torn down)"}));
}

TEST_F(Batches, AFailureIsToldToTheOneWhoWrites) {
  const std::string one = "one", two = "two";
  stream_->more_to_come(true);
  write(one);
  run();
  stream_->more_to_come(false);
  inner_->failure = asio::error::broken_pipe;
  write(two);
  run();
  EXPECT_EQ(results_, (Texts{"3", "Broken pipe"}));
}

}  // namespace
}  // namespace marginfix::sim
