// The accepting side of FIX.4.2, FIX.4.4 and FIXT.1.1: gateways, drop copies to one's own clients, and simulated exchanges stand on it.
// A door is who we are, in which version, with which rules for sequence numbers; several doors may share a port. A session is made on a
// peer's first Logon(A) and lives until the acceptor ends: where numbers are kept, its store keeps them and what was sent while the peer is
// away. Bytes in, bytes out: application messages are handed over whole, replies are bodies (fix/define.hpp decodes and encodes them).
// One I/O thread (the io_context's) does everything; no session ever waits for another one's peer: what a slow peer has not read waits in
// its own bounded queue, and retransmissions take turns.
// Sources: FIX 4.2, FIX 4.4, FIXT 1.1.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/time_source.hpp"
#include "marginfix/fix/frame.hpp"
#include "marginfix/sessions/connection_table.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "marginfix/sessions/peer_certificate.hpp"
#include "marginfix/sessions/statistics.hpp"

namespace marginfix {

// What happens to sequence numbers between two connections of a peer.
enum class SequencePolicy : std::uint8_t {
  reset_each_logon,  // each Logon must carry ResetSeqNumFlag(141)=Y: both sides begin at 1
  kept,              // numbers and sent messages outlive connections; a Logon with 141=Y is refused
  reset_on_request   // as kept, but a Logon with 141=Y begins at 1
};

struct AcceptorDoor {
  std::string name;                      // for find(), restore() and logs; empty: comp_id. Unique in an acceptor
  std::string comp_id;                   // the TargetCompID(56) peers must use here
  std::string own_sender_comp_id;        // what we write into SenderCompID(49); empty: comp_id
  std::string begin_string{"FIXT.1.1"};  // BeginString(8): "FIX.4.2", "FIX.4.4" or "FIXT.1.1"
  std::string appl_ver_id{"9"};          // FIXT.1.1: the DefaultApplVerID(1137) of both Logons, "9" is FIX50SP2. Not used before it

  SequencePolicy sequence{SequencePolicy::reset_each_logon};
  // ResendRequest(2) is answered with what was sent, and gaps in what the peer sends are asked for. False: a gap ends the session.
  bool retransmission{true};
  // Both sides begin at 1 again each day at this time of day (UTC). A peer that is there then is logged out and logs on anew.
  std::optional<std::chrono::seconds> daily_reset;
  std::chrono::seconds least_heartbeat{0}, most_heartbeat{86'400};  // what HeartBtInt(108) may ask for; 0 means none

  // The name of an open door whose port this one shares: BeginString(8) and TargetCompID(56) of the Logon choose between them. What
  // follows is then the other door's. Empty: a port of its own.
  std::string port_of;
  std::string host{"127.0.0.1"};
  std::uint16_t port{0};                            // 0 = ephemeral
  bool tls{true};                                   // false: plain TCP, on loopback addresses only
  std::string certificate_file, private_key_file;   // PEM
  std::string client_ca_file;                       // PEM roots: peers must show a certificate of theirs. Empty: none is asked for
  std::chrono::milliseconds logon_timeout{10'000};  // a connection whose first message has not come by then is closed
  std::size_t max_queued{std::size_t{64} << 20};    // bytes waiting for a slow reader; more cuts its connection
};

// The first message of a connection, before any session exists. Texts are byte for byte as received; whatever else the Logon carries is
// frame->field(553) for Username(553), 554 for Password(554), 96 for RawData(96).
struct LogonRequest {
  std::string_view raw;                           // the whole Logon(A)
  const fix::Frame* frame{nullptr};               // the same, framed
  std::string_view begin_string;                  // 8
  std::string_view sender_comp_id;                // 49
  std::string_view target_comp_id;                // 56
  std::string_view sender_sub_id, target_sub_id;  // 50, 57
  std::string_view sending_time, msg_seq_num;     // 52, 34
  bool reset_seq_num_flag{false};                 // 141
  bool session_connected{false};                  // this peer has a connection on this door; accepting another one ends it (see probe())
  std::string peer;                               // address and port
  const PeerCertificate* certificate{nullptr};    // verified by client_ca_file's roots; null: none was asked for
};

// What to do with a Logon: accept; answer Logout(5) with a text; answer Reject(3) with a SessionRejectReason(373) and then Logout; or close
// without a word.
// `logout` and `reject` tell the peer why. Use them where whoever runs it must change something: wrong credentials, a session that does not
// exist, numbers that are reset anyway (SequencePolicy::reset_each_logon). A refusal has no number of the session's, but some engines count
// it all the same: QuickFIX C++ adds one to the number it expects for any Logout, and then takes one stored message of ours for had.
// `close` touches no number. Use it where numbers are kept and the same Logon may be right a moment later: the session is connected, the
// handler cannot decide now, the store cannot be opened. `text` goes to the log and to on_refused() only. Such peers come again by
// themselves.
struct LogonDecision {
  enum class Kind : std::uint8_t { accept, logout, reject, close } kind{Kind::accept};
  std::string text;                    // Text(58); of a close: for ourselves
  int reject_reason{0};                // 373
  int reject_tag{0};                   // 371
  std::chrono::milliseconds delay{0};  // of the refusal: who guesses credentials waits
};
// The same before a fresh session object is made: its store and age limit. `store` may be null: in memory, as much as make_memory_store()
// keeps (64 MiB of messages), or 16 MiB at a door whose numbers begin anew with each Logon. For older ones a gap fill is sent.
struct AcceptedSession {
  std::unique_ptr<MessageStore> store;
  long resend_age_limit{-1};  // seconds: application messages older than this are gap-filled, not sent again; <0: no limit
};

// A message of the peer's, or one of ours that was sent.
struct AcceptorMessage {
  std::string_view raw;  // whole; valid during the call
  std::string_view msg_type;
  std::int64_t seq{0};
  bool poss_dup{false};
  bool poss_resend{false};
  const fix::Frame* frame{nullptr};  // of the peer's: as it was framed, for fix::decode(*frame, ...) without another look; valid as raw
};

// Standard header fields of a message we send, besides those the session writes itself. Empty: left out.
struct MessageHeader {
  std::string_view sender_sub_id{};         // 50
  std::string_view target_sub_id{};         // 57
  std::string_view on_behalf_of_comp_id{};  // 115
  std::string_view deliver_to_comp_id{};    // 128
  bool poss_resend{false};                  // 97=Y: the peer may have had it under another number
};

class AcceptorFaults;

// One peer on one door: (SenderCompID, door). Lives as long as the acceptor; `logged_on` tells whether the peer is there.
class AcceptorSession {
 public:
  virtual ~AcceptorSession() = default;
  virtual const std::string& peer_comp_id() const = 0;  // its SenderCompID(49)
  virtual const AcceptorDoor& door() const = 0;
  virtual bool logged_on() const = 0;
  // `body`: every field behind the standard header, each with its SOH. Gives the number. Where numbers are kept also while the peer is
  // away: stored, and delivered when it asks for it. Error(closed) otherwise, Error(store), Error(codec): a header field that no FIX
  // message can carry; then nothing was numbered, stored or sent.
  virtual Result<std::int64_t> send(const std::string& msg_type, std::string_view body, const MessageHeader& header = {}) = 0;
  // Reject(3) of a message of the peer's; gives the number. Error(closed): the peer is not logged on; Error(store): the store failed, and
  // the connection has ended. A SessionRejectReason(373) that this version of FIX does not list is written as Other (99), or left out in
  // FIX.4.2, which has no such value.
  virtual Result<std::int64_t> reject(std::int64_t ref_seq_num, int ref_tag, const std::string& ref_msg_type, int reason,
                                      const std::string& text) = 0;
  // Asks the peer whether it is there (TestRequest). Without an answer within 1.2 heartbeat intervals its connection ends. For a Logon that
  // finds the session connected: close it, probe, and the next try finds a free place when the old connection was dead.
  virtual void probe() = 0;
  virtual void logout(const std::string& text) = 0;
  virtual void drop() = 0;  // closes TCP at once (a reset), no Logout
  virtual std::int64_t next_sender_seq() const = 0;
  virtual std::int64_t next_target_seq() const = 0;
  // Bytes that wait for the peer to read. Who sends a lot that it can make later looks here first and goes on in on_drained(): a queue of
  // more than AcceptorDoor::max_queued cuts the connection. 0 while the peer is away.
  virtual std::size_t queued() const = 0;
  virtual SessionStatistics statistics() const = 0;  // since the session object was made; on the I/O thread
  virtual AcceptorFaults& faults() = 0;              // for tests and simulators: see acceptor_faults.hpp
};

// Why numbers began at 1 again.
enum class SequenceResetCause : std::uint8_t { by_logon, daily };

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

  // The peer's session messages: Reject(3) of something we sent, Logout(5), and Heartbeat, TestRequest, ResendRequest, SequenceReset. They
  // are dealt with already. Logons are on_logged_on()'s.
  virtual void on_session_message(AcceptorSession& /*session*/, const AcceptorMessage& /*message*/) {}
  // Everything that goes out to the peer, in order: application and session messages, retransmissions (poss_dup). For an audit trail; do
  // not send from here.
  virtual void on_sent(AcceptorSession& /*session*/, const AcceptorMessage& /*message*/) {}
  // All that was sent to the peer has been handed to the operating system; queued() is 0.
  virtual void on_drained(AcceptorSession& /*session*/) {}
  // Both sides begin at 1 again: what had been stored for the peer cannot be asked for any more. Before on_logged_on() when a Logon did it.
  // What the peer has not had must be sent anew, with MessageHeader::poss_resend.
  virtual void on_sequence_reset(AcceptorSession& /*session*/, SequenceResetCause /*cause*/) {}
  // A connection that came to nothing: no or a broken first message, a refused Logon. `first` is what it sent, at most 16 KiB, may be
  // empty.
  virtual void on_refused(const AcceptorDoor& /*door*/, const std::string& /*peer*/, const std::string& /*reason*/,
                          std::string_view /*first*/) {}
};

struct FixAcceptorOptions {
  std::shared_ptr<LogSink> log = null_log_sink();
  std::shared_ptr<ConnectionTable> connections;  // which connections it keeps, shared with other doors of the same thread; null: its own
  // Of the sessions (SendingTime, heartbeats, daily reset), of turns and of its own table of connections; null: the system's. Outlives it.
  const TimeSource* time{nullptr};
};

class FixAcceptor {
 public:
  FixAcceptor(boost::asio::io_context& io, AcceptorHandler& handler, FixAcceptorOptions options = {});
  FixAcceptor(boost::asio::io_context& io, AcceptorHandler& handler, std::shared_ptr<LogSink> log,
              std::shared_ptr<ConnectionTable> connections = nullptr);
  ~FixAcceptor();
  FixAcceptor(const FixAcceptor&) = delete;
  FixAcceptor& operator=(const FixAcceptor&) = delete;

  // Opens the port; gives the port bound. Errors: config (door, certificate), connect (port in use).
  Result<std::uint16_t> open(const AcceptorDoor& door);
  // Restores a session of an earlier run before its peer comes back, so that messages made meanwhile are kept for it.
  Result<AcceptorSession*> restore(const std::string& door_name, const std::string& peer_comp_id);
  AcceptorSession* find(const std::string& door_name, const std::string& peer_comp_id);
  std::vector<AcceptorSession*> sessions();
  // Logs every peer out, closes the ports; `stopped` runs on the I/O thread.
  void stop(const std::string& text, std::function<void()> stopped);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix
