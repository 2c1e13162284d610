// What every FIX session of a MarginFixClient has in common: state, handlers, sending, statistics.
//
// Threads. A client has one I/O thread (its own, or the executor it was given). Every handler of every session of the client runs on
// it, one at a time, in wire order, never under a lock: a handler may call any method of any session, and a send() from a handler
// leaves without a thread hop. A handler that blocks holds up all sessions of the client, heartbeats included: hand slow work to a
// ConsumerQueue (consumer_queue.hpp). An exception that leaves a handler is caught, logged and counted; the session goes on.
// Methods are callable from any thread unless they say otherwise.
//
// Sending. The message is checked and encoded on the caller's thread, so a value the wire cannot carry is refused right there,
// naming the field. A send() while the session is not logged on gives Error(closed): nothing is numbered, stored or sent. From
// another thread a message is handed to the I/O thread in a bounded queue; should the session end before it left, on_not_sent gives
// it back: nothing is dropped silently and nothing is sent on a later connection. marginfix never sends an order message twice by
// itself (KalshiRT's own ResendRequest(2) excepted, and that only within the resend age limit).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "marginfix/core/error.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/fix/findings.hpp"
#include "marginfix/fix/frame.hpp"
#include "marginfix/fix/messages.hpp"
#include "marginfix/sessions/margin_fix_config.hpp"
#include "marginfix/sessions/session_state.hpp"
#include "marginfix/sessions/statistics.hpp"

namespace marginfix {

namespace sessions {
class SessionCore;
}

// The message a handler is being called for. Views live as long as the call; fix::Kept keeps a decoded message, a std::string the bytes.
struct Inbound {
  std::string_view raw{};                    // the whole message as it came
  std::string_view msg_type{};               // 35
  std::int64_t seq{0};                       // 34
  bool poss_dup{false};                      // 43=Y: a retransmission; you may have had it (KalshiRT)
  bool poss_resend{false};                   // 97=Y
  std::span<const fix::Finding> findings{};  // where the message is not as its table says; it is delivered all the same
  const fix::Frame* frame{nullptr};          // the same message as it was framed: for fix::decode() of one's own. Null: there is none
};

// A message of ours, as much as is known of it.
struct SentMessage {
  std::int64_t seq{0};           // 34; 0 = never numbered
  std::uint64_t message_id{0};   // what send() returned; 0 = sent by an earlier process
  std::string_view msg_type{};   // 35
  std::string_view cl_ord_id{};  // 11; order group id, ExecID or first symbol for messages without one
  std::string_view raw{};        // on_sent only: the whole message as it leaves, valid until the handler sends another one
};

struct SendReceipt {
  std::uint64_t message_id{0};  // ours, ascending, unique in the session; comes back in on_sent, on_not_sent and on_reject
  std::int64_t seq{0};          // MsgSeqNum(34) when it has left already; 0: queued, see on_sent
  bool queued() const noexcept { return seq == 0; }
};

struct NotSent {
  std::uint64_t message_id{0};
  std::string_view msg_type{};
  std::string_view cl_ord_id{};
  const Error& error;  // closed (the session ended), rate_limit (waited too long for tokens), timeout (SendAgeLimit), store, codec
};

struct StateChange {
  SessionState state{SessionState::stopped};
  EndReason reason{EndReason::none};  // why the latest connection ended
  std::string text{};                 // what happened and what to do about it, in words
};

// Messages of the exchange that will not come, by MsgSeqNum(34). What they were nobody knows: compare drop copy (or REST) with your record.
struct MissingMessages {
  std::int64_t first{0}, last{0};
};

// Handlers every session has. Each may be empty.
struct SessionHandlers {
  std::function<void(const StateChange&)> on_state{};
  // Every message from the exchange, session messages included, before its typed handler.
  std::function<void(const Inbound&)> on_message{};
  // A message that could not be decoded, or has a type this session does not know: bytes and reason. Reports are never dropped.
  std::function<void(const Inbound&, const Error&)> on_undecodable{};
  // Reject(3) and BusinessMessageReject(j); `about` is the message of ours it refers to, null when that is not known any more.
  std::function<void(const fix::Reject&, const SentMessage* about, const Inbound&)> on_reject{};
  std::function<void(const fix::BusinessMessageReject&, const SentMessage* about, const Inbound&)> on_business_reject{};
  // KalshiRT: these were asked for several times and did not come; what had come behind them follows now, in order, and the session goes
  // on. Should one of them still come it is handed over, with poss_dup. The other sessions have no retransmission: they end (sequence_gap).
  std::function<void(const MissingMessages&)> on_gap{};
  // A message of ours was numbered and handed to the transport. From the I/O thread: inside send(), before it returns.
  std::function<void(const SentMessage&)> on_sent{};
  // A message that send() had accepted will not be sent, ever: it did not leave this process.
  std::function<void(const NotSent&)> on_not_sent{};
};

// Made and owned by MarginFixClient; lives as long as it.
class FixSession {
 public:
  FixSession(const FixSession&) = delete;
  FixSession& operator=(const FixSession&) = delete;
  virtual ~FixSession();

  const std::string& name() const noexcept;
  const SessionConfig& config() const noexcept;

  // Begins to connect; reconnects by itself until stop() or a final EndReason. No effect when started already.
  // MarginFixClient::start() calls it for every session. Errors: closed when the client is not started; config; credentials (the key
  // cannot be read); store.
  Result<void> start();
  // Logout(5), wait for the answer, close. `stopped` runs on the I/O thread.
  void stop(std::function<void()> stopped = {});

  // The handlers that every session has, whatever its kind; those of its kind stay as they are. Before start(), or later: then they take
  // effect at the I/O thread's next turn. set_handlers() of the session's kind sets these anew too: call it first.
  void set_common_handlers(SessionHandlers handlers);

  SessionState state() const noexcept;
  bool active() const noexcept;  // logged on: send() works (states active and recovering)
  StateChange last_change() const;
  SessionStatistics statistics() const;

  // KalshiRT: the next Logon(A) carries ResetSeqNumFlag(141)=Y; both sides start at 1 and what the exchange retained is dropped.
  // Compare drop copy and REST with your own record first (docs/fix.md, "Number too low"). Takes effect with the next connection.
  void reset_sequence_once();
  // Sends a TestRequest(1); the time to its answer lands in statistics().last_round_trip.
  void request_round_trip();
  // Drops the TCP connection without Logout, as a failing network would; the session reconnects. For tests and drills.
  void kill_connection();

  // Any application message as body bytes (every field after the standard header, each with its SOH). For tools and tests: nothing is
  // checked. `reference` is what SentMessage::cl_ord_id will say.
  Result<SendReceipt> send_body(std::string_view msg_type, std::string_view body, std::string_view reference = {});

  // True on the thread handlers run on.
  bool on_io_thread() const noexcept;
  // Runs `task` on the I/O thread (at once when on it).
  void run_on_io_thread(std::function<void()> task);

 protected:
  explicit FixSession(std::unique_ptr<sessions::SessionCore> core);
  sessions::SessionCore& core() const noexcept { return *core_; }

 private:
  friend struct SessionFactory;
  std::unique_ptr<sessions::SessionCore> core_;
};

}  // namespace marginfix
