// One TCP connection. Ciphertext is made at flush time, so a whole turn's messages share TLS records and one system call.
#include "sessions/transport/stream.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <exception>
#include <utility>

namespace marginfix::transport {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t kFirstReadBuffer = 16 * 1024;
constexpr std::size_t kFlushAt = std::size_t{64} * 1024;

// Without it the kernel takes megabytes for a peer that does not read, where nothing can be called back any more.
void limit_unsent(asio::ip::tcp::socket& socket, std::size_t bytes) {
#ifdef TCP_NOTSENT_LOWAT
  using Limit = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
  error_code ignored;
  if (bytes > 0) socket.set_option(Limit(static_cast<int>(bytes)), ignored);
#else
  static_cast<void>(socket);
  static_cast<void>(bytes);
#endif
}
constexpr std::size_t kTlsRecord = 16 * 1024;  // what SSL_read gives at once, at most
constexpr std::size_t kPieceOfATurn = 1024;    // some messages

std::string loss_text(const error_code& error) {
  if (error == asio::error::eof) return "the peer closed the connection";
  if (error == asio::error::connection_reset) return "the connection was reset by the peer";
  return fmt::format("the connection broke: {}", error.message());
}

}  // namespace

// While a stream hands over what it has read, others of the thread may be sent something: a gateway passes on. They write when the turn
// ends, without another round of the event loop.
class Stream::Turn {
 public:
  Turn() { ++depth(); }
  ~Turn() {
    if (!ended_) --depth();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  void end() {
    ended_ = true;
    if (--depth() > 0 || owing().empty()) return;
    const auto streams = std::exchange(owing(), {});
    for (const auto& stream : streams) stream->flush_scheduled();
  }

  static bool under_way() { return depth() > 0; }
  static void owe(std::shared_ptr<Stream> stream) { owing().push_back(std::move(stream)); }

 private:
  static int& depth() {
    thread_local int count = 0;
    return count;
  }
  static std::vector<std::shared_ptr<Stream>>& owing() {
    thread_local std::vector<std::shared_ptr<Stream>> streams;
    return streams;
  }
  bool ended_{false};
};

std::string endpoint_text(const asio::ip::tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("[{}]:{}", address, endpoint.port()) : fmt::format("{}:{}", address, endpoint.port());
}

Stream::Stream(Socket socket, ConnectionLimits limits, ConnectionEvents* events)
    : socket_(std::move(socket)), timer_(socket_.get_executor()), limits_(limits), events_(events) {}

void Stream::start(std::unique_ptr<TlsChannel> channel, std::chrono::milliseconds handshake_timeout) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  limit_unsent(socket_, limits_.most_unsent_in_system);
  peer_ = endpoint_text(socket_.remote_endpoint(ignored));
  read_buffer_.resize(std::min(kFirstReadBuffer, limits_.most_read_at_once));
  tls_ = std::move(channel);
  phase_ = Phase::handshaking;
  in_handler_ = true;
  if (tls_) {
    plain_buffer_.resize(kTlsRecord);
    arm_timer(handshake_timeout, CloseReason::tls_timeout,
              fmt::format("no TLS handshake with {} within {} ms: the peer accepts but does not answer; check host and port", peer_,
                          handshake_timeout.count()));
    advance_handshake();
  } else {
    become_open();
  }
  in_handler_ = false;
  flush();
  begin_reading();
}

void Stream::begin_reading() {
  if (phase_ == Phase::closed) return;
  if (std::exchange(full_, false) && read_buffer_.size() < limits_.most_read_at_once)
    read_buffer_.resize(std::min(2 * read_buffer_.size(), limits_.most_read_at_once));
  socket_.async_read_some(asio::buffer(read_buffer_),
                          [self = shared_from_this()](const error_code& error, std::size_t size) { self->on_read(error, size); });
}

void Stream::on_read(const error_code& error, std::size_t size) {
  if (phase_ == Phase::closed) return;
  if (error) {
    if (phase_ == Phase::flushing || phase_ == Phase::draining) return end(CloseReason::closed_here, "closed");
    if (phase_ == Phase::handshaking)
      return end(CloseReason::tls_failed,
                 fmt::format("TLS handshake with {} failed: {}; check host, port and that TLS is spoken there", peer_, loss_text(error)));
    return end(CloseReason::lost, loss_text(error));
  }
  full_ = size == read_buffer_.size();
  if (phase_ != Phase::handshaking || events_ == nullptr || std::exchange(greeted_, true)) return go_on(size);
  events_->on_handshake([self = shared_from_this(), size] {
    if (self->phase_ != Phase::closed) self->go_on(size);
  });
}

void Stream::go_on(std::size_t size) {
  in_handler_ = true;
  take(size);
  work_off();
}

void Stream::take(std::size_t size) {
  read_ = taken_ = 0;
  if (phase_ == Phase::flushing || phase_ == Phase::draining) return;  // only the peer's end is awaited
  if (!tls_) {
    read_ = size;
    return;
  }
  tls_->feed(read_buffer_.data(), size);
  if (phase_ == Phase::handshaking) advance_handshake();
}

// All that was read, or as much of it as the turn allows; then the socket is read again.
void Stream::work_off() {
  Turn turn;
  in_handler_ = true;
  const bool limited = limits_.turn.count() > 0;
  const auto over = limited ? monotonic_of(limits_.time) + limits_.turn : std::chrono::nanoseconds::max();
  bool more = false;
  while (phase_ == Phase::open && !more) {
    const char* data = nullptr;
    const std::size_t size = next_piece(&data);
    if (size == 0) break;
    deliver(data, size);
    more = limited && monotonic_of(limits_.time) >= over;
  }
  if (!more) tell_tls_end();
  in_handler_ = false;
  flush();
  turn.end();
  if (!more) return begin_reading();
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->work_off(); });
}

// Small where turns are limited: what a piece costs, nobody knows before.
std::size_t Stream::next_piece(const char** data) {
  const std::size_t most = limits_.turn.count() > 0 ? kPieceOfATurn : kTlsRecord;
  if (tls_) {
    *data = plain_buffer_.data();
    return tls_->read(plain_buffer_.data(), std::min(plain_buffer_.size(), most));
  }
  *data = read_buffer_.data() + taken_;
  const std::size_t size = limits_.turn.count() > 0 ? std::min(read_ - taken_, most) : read_ - taken_;
  taken_ += size;
  return size;
}

void Stream::advance_handshake() {
  const TlsChannel::Step step = tls_->handshake();
  if (step == TlsChannel::Step::done) {
    tls_version_ = tls_->version();
    tls_resumed_ = tls_->resumed();
    if (tls_->serving) peer_certificate_ = tls_->peer_certificate();
    return become_open();
  }
  if (step == TlsChannel::Step::more) return;
  const CloseReason reason = tls_->certificate_refused() ? CloseReason::certificate : CloseReason::tls_failed;
  const std::string text = tls_->problem();
  flush();  // the alert tells the peer why
  end(reason, text);
}

void Stream::become_open() {
  disarm_timer();
  phase_ = Phase::open;
  try {
    if (events_ != nullptr) events_->on_open();
  } catch (const std::exception& error) {
    end(CloseReason::lost, fmt::format("a callback threw: {}", error.what()));
  }
}

void Stream::tell_tls_end() {
  if (phase_ != Phase::open || !tls_) return;
  if (tls_->closed()) end(CloseReason::lost, "the peer closed the connection");
  if (tls_->failed()) end(CloseReason::lost, tls_->problem());
}

void Stream::deliver(const char* data, std::size_t size) {
  if (phase_ != Phase::open || events_ == nullptr) return;
  try {
    events_->on_received(data, size);
  } catch (const std::exception& error) {
    end(CloseReason::lost, fmt::format("a callback threw: {}", error.what()));
  }
}

void Stream::send(const char* data, std::size_t size) {
  if (phase_ != Phase::open) return;
  queue_.insert(queue_.end(), data, data + size);
  if (queued() > limits_.max_queued) {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    return end(CloseReason::overflow,
               fmt::format("{} reads too slowly: {} bytes wait to be sent, the limit is {}", peer_, queued(), limits_.max_queued));
  }
  // So that queued() tells what the peer has no room for, not what this turn has produced.
  if (queue_.size() >= kFlushAt && !writing_) write_queue();
  schedule_flush();
}

void Stream::schedule_flush() {
  if (in_handler_ || flush_scheduled_ || writing_) return;
  flush_scheduled_ = true;
  if (Turn::under_way()) return Turn::owe(shared_from_this());
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->flush_scheduled(); });
}

void Stream::flush_scheduled() {
  flush_scheduled_ = false;
  flush();
}

void Stream::flush() {
  if (writing_ || phase_ == Phase::idle || phase_ == Phase::closed) return;
  write_queue();
  if (!writing_) tell_drained();
}

void Stream::request_writable() {
  if (std::exchange(writable_requested_, true)) return;
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->writable_requested_ = false;
    self->untold_ = true;
    self->flush();
  });
}

void Stream::tell_drained() {
  if (phase_ != Phase::open || !untold_ || queued() > 0 || events_ == nullptr) return;
  untold_ = false;
  try {
    events_->on_drained();
  } catch (const std::exception& error) {
    end(CloseReason::lost, fmt::format("a callback threw: {}", error.what()));
  }
}

// False: what is queued must not leave.
bool Stream::may_write() {
  if (queue_.empty() || events_ == nullptr || events_->on_writing()) return true;
  queue_.clear();
  return false;
}

void Stream::write_queue() {
  if (!may_write()) return end(CloseReason::closed_here, "closed: what was to be sent could not be stored");
  if (tls_) {
    if (!queue_.empty() && !tls_->write(queue_.data(), queue_.size())) return end(CloseReason::lost, tls_->problem());
    queue_.clear();
    if (phase_ == Phase::flushing && !std::exchange(notified_, true)) tls_->shutdown();
    wire_.swap(tls_->outgoing());
  } else {
    wire_.swap(queue_);
  }
  if (wire_.empty()) return finish_writing();
  untold_ = true;
  error_code error;
  wire_sent_ = socket_.write_some(asio::buffer(wire_), error);
  if (error == asio::error::would_block || error == asio::error::try_again) {
    wire_sent_ = 0;
  } else if (error) {
    return end(CloseReason::lost, loss_text(error));
  }
  if (wire_sent_ < wire_.size()) return write_rest();
  wire_.clear();
  wire_sent_ = 0;
  finish_writing();
}

void Stream::write_rest() {
  writing_ = true;
  asio::async_write(socket_, asio::buffer(wire_.data() + wire_sent_, wire_.size() - wire_sent_),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      self->writing_ = false;
                      self->wire_.clear();
                      self->wire_sent_ = 0;
                      if (self->phase_ == Phase::closed) return;
                      if (error) return self->end(CloseReason::lost, loss_text(error));
                      self->flush();
                    });
}

void Stream::finish_writing() {
  if (phase_ != Phase::flushing) return;
  phase_ = Phase::draining;
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Stream::close() {
  if (phase_ == Phase::idle || phase_ == Phase::handshaking) return end(CloseReason::closed_here, "closed");
  if (phase_ != Phase::open) return;
  phase_ = Phase::flushing;
  arm_timer(limits_.linger, CloseReason::closed_here, "closed; the peer did not end its side in time");
  schedule_flush();
}

void Stream::reset() {
  if (phase_ == Phase::closed) return;
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  end(CloseReason::closed_here, "connection reset here");
}

void Stream::detach() {
  may_write();
  events_ = nullptr;
  close();
}

void Stream::end(CloseReason reason, const std::string& text) {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  disarm_timer();
  error_code ignored;
  socket_.close(ignored);
  if (end_hook_) std::exchange(end_hook_, nullptr)();
  asio::post(socket_.get_executor(), [self = shared_from_this(), reason, text] {
    if (ConnectionEvents* events = std::exchange(self->events_, nullptr)) events->on_closed(reason, text);
  });
}

void Stream::disarm_timer() {
  ++timer_count_;
  timer_.cancel();
}

void Stream::arm_timer(std::chrono::milliseconds after, CloseReason reason, std::string text) {
  timer_.expires_after(after);
  timer_.async_wait([self = shared_from_this(), count = ++timer_count_, reason, text = std::move(text)](const error_code& error) {
    if (!error && count == self->timer_count_) self->end(reason, text);
  });
}

}  // namespace marginfix::transport
