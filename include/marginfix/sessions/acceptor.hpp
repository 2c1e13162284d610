// The accepting side: the simulated exchange and the OMS gateway stand on it. A session is made on a peer's first Logon(A) and
// lives until the acceptor ends (KalshiRT keeps numbers and messages in its store while the peer is away).
// Bytes in, bytes out: application messages are handed over whole, replies are bodies. One I/O thread (the io_context's).
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/sessions/connection_table.hpp"
#include "marginfix/sessions/message_store.hpp"

namespace marginfix {

// One port. `comp_id` is the TargetCompID(56) clients must use here, e.g. "KalshiNR".
struct AcceptorDoor {
  std::string comp_id;
  std::string own_sender_comp_id;  // what we write into 49; empty: comp_id
  bool keep_sequence{false};       // retransmission (KalshiRT); false: each Logon must carry 141=Y, a gap ends the session
  std::string host{"127.0.0.1"};
  std::uint16_t port{0};  // 0 = ephemeral
  bool tls{true};
  std::string certificate_file, private_key_file;   // PEM
  std::chrono::milliseconds logon_timeout{10'000};  // a connection whose first message has not come by then is closed
  std::size_t max_queued{std::size_t{64} << 20};    // bytes waiting for a slow reader; more cuts its connection
};

// The first message of a connection, before any session exists. Texts are byte for byte as received.
struct LogonRequest {
  std::string_view raw;                                  // the whole Logon(A)
  std::string_view sender_comp_id;                       // 49: the API key id
  std::string_view target_comp_id;                       // 56
  std::string_view sending_time, msg_seq_num, raw_data;  // 52, 34, 96
  bool reset_seq_num_flag{false};                        // 141
  bool session_connected{false};                         // this key already has a connection on this door
  std::string peer;                                      // address
};

// What to do with a Logon: accept, answer Logout(5) with a text, or answer Reject(3) with a SessionRejectReason(373) and then Logout.
struct LogonDecision {
  enum class Kind : std::uint8_t { accept, logout, reject } kind{Kind::accept};
  std::string text;                    // Text(58)
  int reject_reason{0};                // 373
  int reject_tag{0};                   // 371
  std::chrono::milliseconds delay{0};  // of the refusal: who guesses signatures waits
};
// The same before a fresh session object is made: its store and age limit. `store` may be null: in memory.
struct AcceptedSession {
  std::unique_ptr<MessageStore> store;
  long resend_age_limit{-1};
};

struct AcceptorMessage {
  std::string_view raw;
  std::string_view msg_type;
  std::int64_t seq{0};
  bool poss_dup{false};
  bool poss_resend{false};
};

// One peer on one door: (SenderCompID, door). Lives as long as the acceptor; `connected` tells whether the peer is there.
class AcceptorSession {
 public:
  virtual ~AcceptorSession() = default;
  virtual const std::string& peer_comp_id() const = 0;  // the key id
  virtual const AcceptorDoor& door() const = 0;
  virtual bool logged_on() const = 0;
  // Numbered; with keep_sequence also while the peer is away (stored, delivered by resend). Error(closed) otherwise.
  virtual Result<std::int64_t> send(const std::string& msg_type, std::string_view body) = 0;
  virtual Result<std::int64_t> reject(std::int64_t ref_seq_num, int ref_tag, const std::string& ref_msg_type, int reason,
                                      const std::string& text) = 0;
  virtual void logout(const std::string& text) = 0;
  virtual void drop() = 0;                                      // closes TCP at once (a reset), no Logout
  virtual void skip_sequence(int count) = 0;                    // consumes outgoing numbers without sending
  virtual void set_silent(bool silent) = 0;                     // true: reads on, sends nothing at all, keeps the connection; ends with it
  virtual void set_delay(std::chrono::milliseconds delay) = 0;  // every outgoing byte is held back this long, until set to 0
  virtual std::int64_t next_sender_seq() const = 0;
  virtual std::int64_t next_target_seq() const = 0;
};

// Implemented by the owner; all calls on the io_context's thread. What is sent during one call leaves in one write. An exception that
// leaves a handler is logged and otherwise ignored.
class AcceptorHandler {
 public:
  virtual ~AcceptorHandler() = default;
  virtual LogonDecision on_logon_request(const AcceptorDoor& door, const LogonRequest& request) = 0;
  virtual AcceptedSession on_new_session(const AcceptorDoor& door, const std::string& peer_comp_id) = 0;
  virtual void on_logged_on(AcceptorSession& session, std::string_view logon) = 0;
  virtual void on_logged_out(AcceptorSession& session, const std::string& reason) = 0;  // for any reason, Logout and loss alike
  virtual void on_message(AcceptorSession& session, const AcceptorMessage& message) = 0;
};

class FixAcceptor {
 public:
  // `connections`: which connections it keeps, a table shared with other doors of the same thread; null: one of its own.
  FixAcceptor(boost::asio::io_context& io, AcceptorHandler& handler, std::shared_ptr<LogSink> log = null_log_sink(),
              std::shared_ptr<ConnectionTable> connections = nullptr);
  ~FixAcceptor();
  FixAcceptor(const FixAcceptor&) = delete;
  FixAcceptor& operator=(const FixAcceptor&) = delete;

  // Opens the port; gives the port bound. Errors: config (certificate), connect (port in use).
  Result<std::uint16_t> open(const AcceptorDoor& door);
  // Restores a session of an earlier run before its peer comes back (KalshiRT), so that reports made meanwhile are kept for it.
  Result<AcceptorSession*> restore(const std::string& door_comp_id, const std::string& peer_comp_id);
  AcceptorSession* find(const std::string& door_comp_id, const std::string& peer_comp_id);
  std::vector<AcceptorSession*> sessions();
  // Logs every peer out, closes the ports; `stopped` runs on the I/O thread.
  void stop(const std::string& text, std::function<void()> stopped);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix
