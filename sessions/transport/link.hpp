// One byte connection to a peer, plain or TLS, as the session layer sees it. Clean in C++14 and C++20: no Asio, no OpenSSL here, so
// that a C++14 QuickFIX initiator can stand on the same transport. C++20 code makes dialers with dialer.hpp, C++14 code with IoLoop.
// Thread: everything of one connection happens on its loop's (executor's) single thread; only IoLoop::post() and stop() may be called
// from others.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "marginfix/core/time_source.hpp"
#include "marginfix/sessions/peer_certificate.hpp"
#include "marginfix/sessions/tls_options.hpp"
#include "sessions/quickfix/session.hpp"

namespace marginfix {
namespace transport {

// Why a connection ended (or never came to be).
enum class CloseReason : int {
  none = 0,
  closed_here,     // close() or reset() was called
  lost,            // the peer closed, or the network broke it
  name_lookup,     // the host name did not resolve
  connect_failed,  // no address accepted the TCP connection
  connect_timeout,
  plain_refused,  // TLS is off and the address is not loopback
  tls_failed,     // handshake refused or broken
  tls_timeout,
  certificate,  // chain, host name or expiry; or our own CA file is unusable
  overflow      // the peer reads too slowly: the outgoing queue passed its limit
};

class ConnectionEvents {
 public:
  virtual ~ConnectionEvents() = default;
  virtual void on_tcp_connected() {}  // TCP is up; with TLS the handshake follows
  // The peer's first bytes of the TLS handshake are here; shaking hands takes a while and begins when `go_on` is called.
  virtual void on_handshake(const std::function<void()>& go_on) { go_on(); }
  virtual void on_open() = 0;                                        // bytes may flow
  virtual void on_received(const char* data, std::size_t size) = 0;  // never after close(), reset() or detach()
  virtual bool on_writing() { return true; }                         // what was sent is about to leave; false: it must not, and the end
  virtual void on_drained() {}                                       // all that was sent has been handed to the operating system
  // Exactly once, unless detached; never from inside a call of this connection's methods. `text` says what happened and how to fix it.
  virtual void on_closed(CloseReason reason, const std::string& text) = 0;
};

// send() copies into the outgoing queue; everything queued in one turn of the loop leaves in one write (more than kFlushAt bytes in
// several, so that queued() tells early when the peer takes no more). close() flushes, says
// close_notify (TLS), and waits a bounded time for the peer's end. The owner must call detach() before `events` dies.
class ByteConnection : public wall::Link {
 public:
  virtual void reset() = 0;                            // TCP reset at once, queued bytes are lost
  virtual void detach() = 0;                           // no more events; an open connection is closed as by close()
  virtual bool open() const = 0;                       // between on_open() and the first close(), reset() or loss
  std::size_t queued() const override = 0;             // bytes not yet handed to the operating system
  virtual const std::string& peer() const = 0;         // "127.0.0.1:8228"
  virtual const std::string& tls_version() const = 0;  // "TLSv1.3", "" = plain
  virtual bool tls_resumed() const = 0;
  virtual const PeerCertificate* peer_certificate() const { return nullptr; }  // null: it showed none
};

struct ConnectionLimits {
  std::size_t max_queued = std::size_t{16} << 20;          // bytes; more ends the connection with `overflow`
  std::size_t most_read_at_once = std::size_t{128} << 10;  // bytes
  // How long what was read may be worked on before other connections have their turn; the rest waits for the next one. 0: to the end.
  std::chrono::milliseconds turn{0};
  // Bytes the operating system may hold that the peer has made no room for yet; the rest stays in the outgoing queue. 0: as it likes.
  std::size_t most_unsent_in_system = 0;
  std::chrono::milliseconds linger{2000};  // how long close() waits for the flush and for the peer's end
  const TimeSource* time = nullptr;  // by which turns and the tries to connect are measured; null: the machine's. Outlives the connection
};

// Turns a host name into addresses; null in DialTarget = the operating system's. For tests and for pinned addresses.
class NameResolver {
 public:
  virtual ~NameResolver() = default;
  // Textual IP addresses; empty = failure, with *error. Called anew for each connection, on the loop's thread; must not block.
  virtual std::vector<std::string> resolve(const std::string& host, std::string* error) = 0;
};

struct DialTarget {
  std::string host;
  std::uint16_t port = 0;
  TlsOptions tls;
  TransportTimeouts timeouts;
  ConnectionLimits limits;
  std::shared_ptr<NameResolver> resolver;
};

// Makes connections to one target: the name is looked up anew each time, every address is tried, TLS sessions are resumed.
class Dialer {
 public:
  virtual ~Dialer() = default;
  virtual std::shared_ptr<ByteConnection> dial(ConnectionEvents& events) = 0;
};

// An event loop for callers that cannot include Asio. run() returns after stop().
class IoLoop {
 public:
  virtual ~IoLoop() = default;
  virtual void run() = 0;
  virtual void stop() = 0;                            // any thread
  virtual void post(std::function<void()> work) = 0;  // any thread
  // Calls `work` on the loop's thread after each period until it returns false.
  virtual void every(std::chrono::milliseconds period, std::function<bool()> work) = 0;
  virtual std::unique_ptr<Dialer> make_dialer(const DialTarget& target) = 0;
};
std::unique_ptr<IoLoop> make_io_loop();

}  // namespace transport
}  // namespace marginfix
