// One initiating FIX session as bytes: transport, wall and reconnecting in one object. The typed sessions stand on it.
// Everything happens on the executor given, which must run on one thread (the client's I/O thread; asserted in debug builds), except
// where a method says otherwise. Handler calls come from that thread too, never from inside create(), start() or stop() of another one.
// An exception that leaves a handler is logged and otherwise ignored. Destroy a session on that thread, or when it has ended.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/backoff.hpp"
#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/signer.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/sessions/message_log.hpp"
#include "marginfix/sessions/session_state.hpp"
#include "marginfix/sessions/statistics.hpp"
#include "marginfix/sessions/tls_options.hpp"
#include "sessions/quickfix/session.hpp"
#include "sessions/retry_waits.hpp"
#include "sessions/transport/link.hpp"

namespace marginfix::sessions {

struct RawSessionOptions {
  std::string name;  // for logs: "KalshiRT"
  std::string host;
  std::uint16_t port{0};
  TlsOptions tls;
  TransportTimeouts timeouts;
  wall::SessionPlan plan;
  std::shared_ptr<const Signer> signer;
  std::shared_ptr<LogSink> log;
  BackoffOptions backoff;
  std::chrono::seconds already_exists_wait{60};  // this and the next two: retry_waits.hpp
  std::chrono::seconds busy_wait{10};
  std::chrono::seconds refused_wait{300};
  std::vector<std::string> same_key_sessions;  // other sessions of this program with the same API key, for the text of already_exists
  bool log_messages{true};                     // every message in and out, redacted, at debug level
  std::shared_ptr<SessionLog> message_log;     // every message and remark, in QuickFIX's file form; null: none
  std::chrono::milliseconds logon_holds{kLogonHolds};  // a Logon that lasted this long makes the waits start anew
  std::uint64_t backoff_seed{0};                       // 0: from the operating system
  transport::ConnectionLimits limits;
  std::shared_ptr<transport::NameResolver> resolver;  // null: the operating system's
  const Clock* clock{nullptr};                        // null: the system's; outlives the session
};

class RawSessionHandler {
 public:
  virtual ~RawSessionHandler() = default;
  virtual void on_state(SessionState state, EndReason reason, const std::string& text) = 0;
  virtual void on_app(const wall::InboundMessage& message) = 0;
  virtual void on_admin(const wall::InboundMessage& message) = 0;
  // A message that is not this session's: its bytes and why, before the connection ends.
  virtual void on_stray(const wall::InboundMessage& /*message*/, const std::string& /*why*/) {}
  virtual void on_sent(std::string_view message) = 0;
  virtual void on_missing(std::int64_t /*first*/, std::int64_t /*last*/) {}  // see wall::SessionEvents
  virtual void on_room() {}                                                  // congested() may have become false
  // KalshiRT: the exchange asked for this message of ours again and got a gap fill instead, it was too old (wall::SessionEvents).
  virtual void on_not_resent(std::string_view /*message*/) {}
};

class RawSession {
 public:
  // Error(config) when another session of this process already uses the key and TargetCompID.
  static Result<std::unique_ptr<RawSession>> create(boost::asio::any_io_executor executor, RawSessionOptions options, MessageStore& store,
                                                    RawSessionHandler& handler);
  virtual ~RawSession() = default;

  virtual void start() = 0;                              // begins to connect; reconnects by itself until stop or a final EndReason
  virtual void stop(std::function<void()> stopped) = 0;  // Logout, wait, close; `stopped` runs on the executor
  virtual void kill_connection() = 0;                    // drops TCP without Logout, reconnects (tests, the demo)
  virtual void reset_sequence_once() = 0;                // KalshiRT: the next Logon carries 141=Y
  // I/O thread only. Encoded body, see Session::send_app. Error(closed) when not active; nothing numbered, stored or sent.
  virtual Result<std::int64_t> send(const std::string& msg_type, std::string_view body, const std::string& sender_sub_id) = 0;
  // The exchange does not take what was written already, or a retransmission is under way: what is sent now would grow old in our buffers,
  // or be refused. I/O thread. RawSessionHandler::on_room() tells when to look again.
  virtual bool congested(bool /*urgent: a cancel*/) const { return false; }
  virtual void request_round_trip() = 0;                // sends a TestRequest; the time lands in statistics()
  virtual SessionState state() const noexcept = 0;      // any thread
  virtual ConnectionStatistics statistics() const = 0;  // any thread
  virtual std::int64_t next_sender_seq() const = 0;
  virtual std::int64_t next_target_seq() const = 0;
};

}  // namespace marginfix::sessions
