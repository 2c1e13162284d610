// The wall: a FIX session state machine (QuickFIX behind it) that speaks bytes. Clean in C++14 and C++20: no QuickFIX, Asio,
// optional, string_view, variant or span in here. Sans-IO: bytes in through received(), bytes out through Link, time from the plan's
// TimeSource (FIX::Session has a clock of its own, which decides nothing).
// All calls and callbacks of one session happen on one thread (its client's I/O thread); callbacks run after the session's own
// state is consistent, so every method may be called from inside a callback.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "marginfix/core/time_source.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "marginfix/sessions/wire_statistics.hpp"

namespace marginfix {
namespace fix {
struct Frame;
}
namespace wall {

// The way to the peer. send() queues bytes (never blocks, never calls back into the session); several send() calls made in one
// turn of the I/O loop leave in one write. close() ends the connection after the queued bytes are gone.
class Link {
 public:
  virtual ~Link() = default;
  virtual void send(const char* data, std::size_t size) = 0;
  virtual void close() = 0;
  virtual std::size_t queued() const { return 0; }  // bytes the peer has not made room for yet; retransmission waits for it
  virtual void request_writable() {}                // writable() is wanted in another turn of the loop, though nothing was sent
};

using marginfix::TimeSource;
const TimeSource& system_time();

// Why the session asked for the end of the connection.
enum class EndCause : int {
  none = 0,
  logout_done,     // Logout(5) exchanged, at our request
  logout_by_peer,  // the peer logged us out; text = Text(58)
  logon_refused,   // something else than a Logon(A) answered ours, handed over before with before_logon; text = Text(58),
                   // code = SessionRejectReason(373) of a 3, BusinessRejectReason(380) of a j
  logon_timeout,
  logout_timeout,
  heartbeat_timeout,
  sequence_gap,      // inbound number too high where no retransmission exists
  sequence_too_low,  // inbound number too low without PossDupFlag(43)
  comp_id_mismatch,
  protocol_error,  // bytes that are no FIX message, too large, or a broken session message
  store_failed
};

struct InboundMessage {
  const char* data;  // whole message, valid during the callback
  std::size_t size;
  std::string msg_type;               // MsgType(35)
  std::int64_t seq;                   // MsgSeqNum(34)
  bool poss_dup;                      // PossDupFlag(43)=Y: a retransmission
  bool poss_resend;                   // PossResend(97)=Y
  bool before_logon = false;          // initiators: came in place of the Logon's answer; its number is not counted and the connection ends
  const fix::Frame* frame = nullptr;  // the message as it was framed (fix/frame.hpp), valid during the callback
};

// A message of ours as it leaves.
struct OutboundMessage {
  const char* data;  // whole message, valid during the callback
  std::size_t size;
  std::string msg_type;
  std::int64_t seq;
  bool poss_dup, poss_resend;
};

// Header fields of an application message besides those the session writes itself; empty: left out.
struct AppHeader {
  std::string sender_sub_id, target_sub_id;              // 50, 57
  std::string on_behalf_of_comp_id, deliver_to_comp_id;  // 115, 128
  bool poss_resend = false;                              // 97=Y
};

struct LogonSigning {  // each text byte for byte as it will stand in the Logon
  std::string sending_time, msg_type, msg_seq_num, sender_comp_id, target_comp_id;
};

struct SendOutcome {
  bool ok;
  std::int64_t seq;   // the number it was given; 0 when refused
  std::string error;  // why it was refused (not logged on, store failed): nothing was numbered, stored or sent
  bool store_failed;
  bool busy = false;   // refused because a retransmission is under way: room() tells when it is over
  bool unfit = false;  // refused because no FIX message can be made of it
};

class SessionEvents {
 public:
  virtual ~SessionEvents() = default;
  // Initiators: RawData(96) for this Logon. False (with *error) stops the Logon and ends the connection (logon_refused).
  virtual bool sign_logon(const LogonSigning& what, std::string* base64, std::string* error) = 0;
  virtual void on_incoming(const char*, std::size_t) {}          // every message that came, before anything is made of it: for the record
  virtual void on_logon(const InboundMessage& logon) = 0;        // logged on, both ways
  virtual void on_app(const InboundMessage& message) = 0;        // application messages, in order, each once (PossDup ones marked)
  virtual void on_admin(const InboundMessage& message) = 0;      // every inbound session message, Reject(3) and Logout(5) included
  virtual void on_sent(const char* data, std::size_t size) = 0;  // every message handed to Link, for logs and statistics
  virtual void on_outbound(const OutboundMessage&) {}            // the same with what its header says, right behind
  // Acceptors: both sides begin at 1 again, and had not been there. by_logon: on_logon() follows; else the day ended.
  virtual void on_sequence_reset(bool /*by_logon*/) {}
  // An application message of ours that the peer asked for again and that is older than resend_age_limit: a gap fill stands for it.
  virtual void on_not_resent(const char*, std::size_t) {}
  // A message that is not this session's (49, 56 or 34 wrong), which ends the connection: for the record, never a report of ours.
  virtual void on_stray(const InboundMessage& /*message*/, const std::string& /*why*/) {}
  virtual void on_gap(std::int64_t expected, std::int64_t received) = 0;  // KalshiRT: a ResendRequest(2) went out
  virtual void on_gap_filled() = 0;  // every number of the gap has been delivered, gap-filled or given up
  // These numbers of the peer's will not come: it did not send them again (KalshiRT), or cannot (the others; on_end follows).
  virtual void on_missing(std::int64_t /*first*/, std::int64_t /*last*/) {}
  // The session has finished with this connection and called Link::close(). Exactly once a connection that it ends itself.
  virtual void on_end(EndCause cause, const std::string& text, int code) = 0;
  virtual void on_event(const std::string& text) = 0;                  // the state machine's own remarks, for the log
  virtual void on_notice(const std::string& text) { on_event(text); }  // remarks an operator should see
};

// What an acceptor that keeps numbers does with a Logon's ResetSeqNumFlag(141)=Y.
enum class ResetPolicy : int { refused, on_request, required };

struct SessionPlan {
  std::string begin_string = "FIXT.1.1";              // 8: "FIX.4.2", "FIX.4.4" or "FIXT.1.1"
  std::string appl_ver_id = "9";                      // FIXT.1.1: DefaultApplVerID(1137) of our Logon
  std::string sender_comp_id;                         // our 49
  std::string target_comp_id;                         // our 56
  std::string own_sender_comp_id;                     // acceptors: written into 49 instead of sender_comp_id ("Kalshi"); empty: the same
  std::vector<std::string> accepted_sender_comp_ids;  // what an inbound 49 may be (fix-margin.md "Endpoints"); 56 must be our 49
  bool initiator = true;
  bool keep_sequence = false;                   // KalshiRT; false: numbers start at 1 and 141=Y at every Logon, a gap ends the session
  bool reset_once = false;                      // with keep_sequence: this session's next Logon resets both sides (141=Y)
  ResetPolicy reset = ResetPolicy::on_request;  // acceptors with keep_sequence
  int daily_reset = -1;  // acceptors with keep_sequence: second of the UTC day at which both sides begin at 1; <0: never
  int least_heart_bt_int = 0, most_heart_bt_int = 86400;  // acceptors: seconds a Logon may ask for
  int heart_bt_int = 30;                                  // seconds
  int logon_timeout = 10;                                 // seconds
  int logout_timeout = 5;                                 // seconds
  int timestamp_digits = 3;                               // fraction digits of SendingTime(52): 3 or 6
  long resend_age_limit = 10;  // seconds: application messages older than this are gap-filled, not resent. <0: no limit
  int gap_timeout = 10;        // seconds without progress until a gap is asked for again; after the third time it is given up
  std::vector<std::pair<int, std::string>> logon_fields;  // extra fields of our Logon(A), in order (initiator)
  std::size_t max_message_size = 1 << 20;
  // What is held back while a gap is filled; more is dropped, and asked for again once the gap is closed.
  std::size_t max_out_of_order = 100000;  // messages
  std::size_t max_held_bytes = std::size_t{16} << 20;
  const TimeSource* time = nullptr;  // null: system_time(). Outlives the session
};

class Session {
 public:
  virtual ~Session() = default;

  // One connection: connected() (an initiator sends its Logon at once), received()..., then disconnected() once the transport is gone.
  virtual void connected(Link& link) = 0;
  virtual void received(const char* data, std::size_t size) = 0;  // any fragment of the stream
  virtual void disconnected() = 0;
  virtual void tick() = 0;  // at least 10 times a second while connected: heartbeats, TestRequest, time-outs
  // What was sent is about to leave: the store's commit(). False: it failed, nothing may leave, and the connection has been ended.
  virtual bool commit() = 0;
  virtual void writable() = 0;  // the link has handed everything to the operating system: a retransmission goes on

  // Of what was received: a message that is not complete yet, and what is held above a gap.
  virtual std::size_t kept_bytes() const = 0;
  virtual bool connected() const = 0;
  virtual bool logged_on() const = 0;
  virtual bool resending() const = 0;  // a ResendRequest(2) of the peer is being answered, at the speed it reads
  // Sends an application message: `body` is every field after the standard header, each with its SOH, without 8 9 35 34 49 56 52 10.
  // sender_sub_id ("" = none) goes to SenderSubID(50). Initiators: refused unless logged on. Acceptors with keep_sequence: while the
  // peer is away the message is numbered and stored, and leaves on its ResendRequest. While a retransmission is under way an
  // initiator's message is refused (busy): it would arrive before older ones; an acceptor's is stored and joins the retransmission.
  virtual SendOutcome send_app(const std::string& msg_type, const char* body, std::size_t size, const std::string& sender_sub_id) = 0;
  virtual SendOutcome send_with_header(const std::string& msg_type, const char* body, std::size_t size, const AppHeader& header) = 0;
  virtual void send_test_request(const std::string& test_req_id) = 0;
  virtual void probe() = 0;  // a TestRequest(1) whose answer must come within 1.2 heartbeat intervals: else on_end(heartbeat_timeout)
  // Session Reject(3) about a message the application layer found malformed (acceptors). A reason that this version of FIX does not have
  // is written as 99, or left out where there is no 99.
  virtual SendOutcome send_reject(std::int64_t ref_seq_num, int ref_tag, const std::string& ref_msg_type, int reason,
                                  const std::string& text) = 0;
  virtual void logout(const std::string& text) = 0;  // orderly end; on_end(logout_done) follows within logout_timeout
  virtual void abort() = 0;                          // closes the link now, no Logout, no on_end
  virtual void reset_once() = 0;                     // as SessionPlan::reset_once, for the next connected()

  virtual std::int64_t next_sender_seq() const = 0;
  virtual std::int64_t next_target_seq() const = 0;
  virtual void set_next_sender_seq(std::int64_t seq) = 0;  // the simulator's /skip_seq; operators restoring a store
  virtual void set_next_target_seq(std::int64_t seq) = 0;
  virtual WireStatistics statistics() const = 0;
};

// Callbacks may call any method except the destructor. Exceptions thrown by on_app() leave through received(), after the message
// has been counted as delivered; the rest of the bytes is kept for the next received().
// Registers the session in the process. Throws std::runtime_error when this SenderCompID/TargetCompID pair already exists here
// (one connection per key and TargetCompID), when the plan makes no sense, or when the store cannot be read. `store` and `events` outlive
// the session.
std::unique_ptr<Session> make_session(const SessionPlan& plan, MessageStore& store, SessionEvents& events);

}  // namespace wall
}  // namespace marginfix
