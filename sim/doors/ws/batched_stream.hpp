// Several WebSocket frames in one write: what is written while more is to come waits in memory, and leaves with what comes last. A system
// call and a TLS record a frame are most of what a small frame costs. Thread: the io_context's.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "sim/doors/http/stream.hpp"

namespace marginfix::sim {

class BatchedStream final : public HttpStream {
 public:
  explicit BatchedStream(std::unique_ptr<HttpStream> inner) : inner_(std::move(inner)) {}

  // True: a write is done at once and its bytes wait, up to 64 kB of them. False: the next write takes along what waits.
  void more_to_come(bool more) { more_to_come_ = more; }
  // What waits is written though no write came after it; `done` at once where nothing waits.
  void flush(Done done);
  std::size_t waiting() const { return waiting_.size(); }

  boost::asio::ip::tcp::socket& socket() override { return inner_->socket(); }
  bool shakes_hands() const override { return inner_->shakes_hands(); }
  void handshake(std::function<void(error_code)> done) override { inner_->handshake(std::move(done)); }
  void say_goodbye(std::function<void()> done) override { inner_->say_goodbye(std::move(done)); }
  // What waits leaves before: a Close of the peer's is answered by Beast whatever was to come.
  void tear_down(boost::beast::role_type role, std::function<void(error_code)> done) override;
  void read_some(const ReadBuffers& into, Done done) override { inner_->read_some(into, std::move(done)); }
  void write_some(const WriteBuffers& what, Done done) override;

 private:
  void write_waiting(std::size_t told, Done done);
  void finished();

  const std::unique_ptr<HttpStream> inner_;
  std::string waiting_;
  bool more_to_come_{false};
  bool busy_{false};                        // the inner stream writes: it takes one write at a time
  std::deque<std::function<void()>> next_;  // a control frame beside a flush
};

}  // namespace marginfix::sim
