// What is behind wall::Session: order of messages, liveness, gaps, resending, and what ends a connection. The Logon handshake is
// QuickFIX's (quickfix_session.hpp). Files: session.cpp life and sending, inbound.cpp receiving, recovery.cpp gaps, resend.cpp resend
// requests.
#pragma once

#include <chrono>
#include <exception>
#include <limits>
#include <map>
#include <string>

#include "sessions/quickfix/liveness.hpp"
#include "sessions/quickfix/quickfix_session.hpp"
#include "sessions/quickfix/sent_times.hpp"
#include "sessions/quickfix/session.hpp"
#include "sessions/quickfix/wire.hpp"

namespace marginfix {
namespace wall {

constexpr std::int64_t kMaxSeq = std::numeric_limits<int>::max() - 1;  // QuickFIX 1.15.1 counts in int

// One pair of SenderCompID and TargetCompID can have one session of a version in a process: QuickFIX would replace it without a word.
class Registration {
 public:
  Registration(const std::string& begin_string, const std::string& sender, const std::string& target);
  ~Registration();
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

 private:
  std::string name_;
};

class SessionImpl final : public Session {
 public:
  SessionImpl(const SessionPlan& plan, MessageStore& store, SessionEvents& events);

  void connected(Link& link) override;
  void received(const char* data, std::size_t size) override;
  void disconnected() override;
  void tick() override;
  bool commit() override;
  void writable() override;
  std::size_t kept_bytes() const override { return stream_.size() + held_bytes_; }
  bool connected() const override { return link_ != nullptr && !ended_; }
  bool logged_on() const override { return connected() && active_; }
  bool resending() const override { return resend_.next != 0; }
  SendOutcome send_app(const std::string& msg_type, const char* body, std::size_t size, const std::string& sender_sub_id) override;
  SendOutcome send_with_header(const std::string& msg_type, const char* body, std::size_t size, const AppHeader& header) override;
  void send_test_request(const std::string& test_req_id) override;
  void probe() override;
  SendOutcome send_reject(std::int64_t ref_seq_num, int ref_tag, const std::string& ref_msg_type, int reason,
                          const std::string& text) override;
  void logout(const std::string& text) override;
  void abort() override;
  void reset_once() override { reset_once_ = plan_.keep_sequence; }
  std::int64_t next_sender_seq() const override { return store_.next_sender_seq(); }
  std::int64_t next_target_seq() const override { return store_.next_target_seq(); }
  void set_next_sender_seq(std::int64_t seq) override { store_.set_next_sender_seq(seq); }
  void set_next_target_seq(std::int64_t seq) override { store_.set_next_target_seq(seq); }
  WireStatistics statistics() const override { return statistics_; }

 private:
  using Time = std::chrono::nanoseconds;

  // session.cpp
  Time now() const { return time_.monotonic(); }
  void transmit(const std::string& message, const FrameHeader& header);
  void transmit_logon(const std::string& message);
  SendOutcome send_message(FrameHeader header, const Slice& body);
  bool day_is_over() const;
  bool begin_day();  // false: the store failed
  bool numbers_stand_at_one() const;
  bool run_effects();                                                 // false when the connection ended
  const std::string& compose(FrameHeader header, const Slice& body);  // valid until the next call, as the other's
  const std::string& compose_again(FrameHeader header, const Slice& original, const Slice& body);
  SendOutcome send_session_message(const char* msg_type, const std::string& body);
  bool send_admin(const char* msg_type, const std::string& body);  // false when the connection ended
  SendOutcome not_stored(const std::string& failure);
  void finish(EndCause cause, const std::string& text, int code = 0);
  void store_failed(const std::string& what);
  void time_out_phase();
  void keep_alive();
  void watch_wall_clock();
  bool out_of_time(Time since, int seconds) const { return now() - since >= std::chrono::seconds(seconds); }

  // inbound.cpp
  std::size_t process(const char* data, std::size_t size);
  void on_frame(const Frame& frame);
  bool acceptable(const Frame& frame);
  bool stray(const Frame& frame, EndCause cause, const std::string& why);
  void tell_stray(const Frame& frame, EndCause cause, const std::string& why);
  void before_logon(const Frame& frame);
  void refused_with(const Frame& frame);
  void on_answer(const Frame& logon, std::int64_t expected);
  void on_request(const Frame& logon, bool reset);
  std::string logon_fault(const Frame& logon, bool reset, std::int64_t* heart_bt_int) const;
  void logged_on_with(const Frame& logon, std::int64_t expected, std::int64_t heart_bt_int);
  void route(const Frame& frame);
  void consume(const Frame& frame);
  bool consume_admin(const Frame& frame);
  void deliver_app(const Frame& frame);
  bool advance(std::int64_t seq);
  void on_logout(const Frame& frame);
  void too_low(const Frame& frame);
  const InboundMessage& inbound(const Frame& frame);

  // recovery.cpp
  void above_gap(const Frame& frame);
  void hold(std::int64_t seq, std::string text);
  std::string take_first_held();
  void forget_held_below(std::int64_t seq);
  void begin_gap(std::int64_t received);
  bool request_resend();
  void check_gap();
  void give_up_gap();
  bool pass_over(std::int64_t limit);
  void missing(std::int64_t first, std::int64_t last);
  bool was_missing(std::int64_t seq);
  bool deliver_first_held();
  void drain();
  void below_expected(const Frame& frame);
  bool closes_gap(const Frame& frame, std::int64_t* new_seq) const;
  void on_sequence_reset(const Frame& frame, bool gap_fill);
  bool jump_to(std::int64_t seq);
  bool set_expected(std::int64_t seq);
  void forget_recovery();

  // resend.cpp
  bool answer_resend_request(const Frame& frame);
  void begin_turn();
  void drive_resend();
  void resend_batch();
  bool resendable(const StoredMessage& stored, Frame* frame) const;
  bool too_old(const Frame& frame) const;
  void resend_one(const Frame& frame);
  void fill_gap(std::int64_t begin, std::int64_t end);

  SessionPlan plan_;
  MessageStore& store_;
  SessionEvents& events_;
  const TimeSource& time_;
  Registration registration_;
  QuickFixSession quickfix_;
  Composer composer_;
  TimeText time_text_;
  Framer framer_;
  SentTimes sent_times_;
  Liveness liveness_;
  WireStatistics statistics_;

  Link* link_ = nullptr;
  bool ended_ = false;        // finish() or abort() was called for this connection
  bool active_ = false;       // logged on, both ways
  bool logging_out_ = false;  // our Logout is out
  bool reset_once_ = false;
  bool sent_reset_ = false;      // our Logon carried 141=Y
  bool began_anew_ = false;      // the peer's did, and numbers were above 1
  std::uint64_t epoch_ = 0;      // changes with every connection, so that loops notice when a callback took it away
  std::int64_t day_began_ = -1;  // epoch seconds; <0: see the store
  Time phase_began_{0};
  Time wall_offset_{0};  // wall clock minus monotonic clock, when last seen
  bool wall_seen_ = false;

  std::string stream_;  // bytes of a message not complete yet
  bool processing_ = false;
  InboundMessage inbound_;
  std::exception_ptr thrown_;  // by on_app

  std::map<std::int64_t, std::string> held_;  // by number, received above a gap; empty text: already dealt with
  std::size_t held_bytes_ = 0;
  std::int64_t dropped_ = 0;   // the greatest number above the gap there was no room for, 0: none
  std::int64_t gap_end_ = 0;   // last missing number, 0: no gap
  std::int64_t asked_to_ = 0;  // the last number known when it was asked for
  int gap_requests_ = 0;
  Time gap_progress_{0};
  std::map<std::int64_t, std::int64_t> missing_;  // given up, first to last number; should one still come it is handed over

  struct Resend {           // of our messages, on the peer's request
    std::int64_t next = 0;  // the first number neither sent again nor gap-filled yet; 0: nothing to do
    std::int64_t scan = 0;  // the first number not looked at yet
    std::int64_t end = 0;   // the last number asked for
  } resend_;
  int resent_this_turn_ = 0;  // a turn: one call of received(), tick() or writable()
  Time turn_began_{0};
};

}  // namespace wall
}  // namespace marginfix
