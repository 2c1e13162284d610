// One TCP connection, plain or TLS: reading loop, coalesced writing, bounded queue, orderly and hard ends. Client and server side alike.
// Internal (Asio). Thread: the executor's single thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sessions/transport/link.hpp"
#include "sessions/transport/tls.hpp"

namespace marginfix::transport {

class Stream final : public ByteConnection, public std::enable_shared_from_this<Stream> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  // The socket is empty (client: the connector connects it) or accepted. `events` may be null until start().
  Stream(Socket socket, ConnectionLimits limits, ConnectionEvents* events);

  // The socket is connected: runs the TLS handshake (channel null = plain), then reports on_open() and reads on.
  void start(std::unique_ptr<TlsChannel> channel, std::chrono::milliseconds handshake_timeout);
  // Ends a connection that has not been opened yet (connector).
  void end(CloseReason reason, const std::string& text);
  bool ended() const noexcept { return phase_ == Phase::closed; }
  Socket& socket() noexcept { return socket_; }
  ConnectionEvents* events() const noexcept { return events_; }
  void set_events(ConnectionEvents* events) noexcept { events_ = events; }
  // Called when the connection ends, before on_closed is posted; for whoever drives it before it is open.
  void set_end_hook(std::function<void()> hook) { end_hook_ = std::move(hook); }

  void send(const char* data, std::size_t size) override;
  void close() override;
  void reset() override;
  void detach() override;
  bool open() const override { return phase_ == Phase::open; }
  void request_writable() override;
  std::size_t queued() const override { return queue_.size() + wire_.size() - wire_sent_; }
  const std::string& peer() const override { return peer_; }
  const std::string& tls_version() const override { return tls_version_; }
  bool tls_resumed() const override { return tls_resumed_; }
  const PeerCertificate* peer_certificate() const override { return peer_certificate_.get(); }

 private:
  enum class Phase : std::uint8_t { idle, handshaking, open, flushing, draining, closed };

  void begin_reading();
  void on_read(const boost::system::error_code& error, std::size_t size);
  void go_on(std::size_t size);
  void take(std::size_t size);
  void work_off();
  std::size_t next_piece(const char** data);
  void advance_handshake();
  void become_open();
  void tell_tls_end();
  void deliver(const char* data, std::size_t size);
  class Turn;
  void schedule_flush();
  void flush_scheduled();
  void flush();
  bool may_write();
  void write_queue();
  void tell_drained();
  void write_rest();
  void finish_writing();
  // A timer that was cancelled may have its handler queued already: the count tells such a handler that it is stale.
  void disarm_timer();
  void arm_timer(std::chrono::milliseconds after, CloseReason reason, std::string text);

  Socket socket_;
  boost::asio::steady_timer timer_;
  ConnectionLimits limits_;
  ConnectionEvents* events_;
  std::function<void()> end_hook_;
  std::unique_ptr<TlsChannel> tls_;
  std::unique_ptr<PeerCertificate> peer_certificate_;  // of a client; nobody asks for a server's
  Phase phase_{Phase::idle};
  unsigned timer_count_{0};
  bool greeted_{false};     // the first bytes of the peer's handshake have been told of
  bool full_{false};        // the last read filled the buffer
  bool in_handler_{false};  // a handler of ours is running and will flush at its end
  bool flush_scheduled_{false};
  bool writable_requested_{false};
  bool writing_{false};             // an asynchronous write is under way
  bool untold_{false};              // bytes were sent since on_drained()
  bool notified_{false};            // close_notify is queued
  std::vector<char> read_buffer_;   // grows with what comes at once: most connections are quiet
  std::size_t read_{0}, taken_{0};  // of read_buffer_, plain only: what came, and what of it was delivered
  std::vector<char> plain_buffer_;  // one TLS record
  std::vector<char> queue_;         // plain bytes not yet encrypted
  std::vector<char> wire_;          // bytes being written
  std::size_t wire_sent_{0};
  std::string peer_, tls_version_;
  bool tls_resumed_{false};
};

// "127.0.0.1:8228", "[::1]:8228"
std::string endpoint_text(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace marginfix::transport
