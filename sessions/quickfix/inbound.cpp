// What a session receives: framing, the Logon, and each message in its turn.
#include <algorithm>

#include "marginfix/core/text.hpp"
#include "sessions/quickfix/session_impl.hpp"

namespace marginfix {
namespace wall {
namespace {

constexpr char kSoh = '\x01';

bool mentions_low_number(const std::string& text) { return text.find("too low") != std::string::npos; }

}  // namespace

void SessionImpl::received(const char* data, std::size_t size) {
  if (!connected() || size == 0) return;
  statistics_.bytes_in += size;
  if (processing_) {  // from within a callback: its turn comes when the outer call has finished with what it has
    stream_.append(data, size);
    return;
  }
  const std::uint64_t epoch = epoch_;
  begin_turn();
  std::size_t used = 0;
  if (stream_.empty()) {
    used = process(data, size);
    if (epoch == epoch_ && connected()) stream_.append(data + used, size - used);
  } else {
    stream_.append(data, size);
    std::string whole;
    whole.swap(stream_);
    used = process(whole.data(), whole.size());
    if (epoch == epoch_ && connected()) {
      whole.erase(0, used);
      whole.append(stream_);
      stream_.swap(whole);
    }
  }
  if (thrown_) {
    const std::exception_ptr thrown = thrown_;
    thrown_ = nullptr;
    std::rethrow_exception(thrown);
  }
}

// Handles every whole message; gives the number of bytes used.
std::size_t SessionImpl::process(const char* data, std::size_t size) {
  struct Processing {
    explicit Processing(bool& flag) : flag_(flag) { flag_ = true; }
    ~Processing() { flag_ = false; }
    bool& flag_;
  } const processing(processing_);
  const std::uint64_t epoch = epoch_;
  std::size_t at = 0;
  while (at < size && epoch == epoch_ && connected() && !thrown_) {
    Frame frame;
    const Scan scan = framer_.scan(data + at, size - at, &frame);
    if (scan.kind == Scan::Kind::need_more) break;
    if (scan.kind == Scan::Kind::broken) {
      finish(EndCause::protocol_error, scan.text);
      break;
    }
    const bool message = scan.kind == Scan::Kind::message;
    at += scan.length;
    if (message && !frame.msg_type.empty()) {
      on_frame(frame);
    } else if (message || !scan.text.empty()) {
      ++statistics_.garbled;
      events_.on_event("garbled message ignored: " + (message ? std::string("MsgType(35) is not the third field") : scan.text));
    }
  }
  return at;
}

const InboundMessage& SessionImpl::inbound(const Frame& frame) {
  inbound_.data = frame.bytes.data;
  inbound_.size = frame.bytes.size;
  inbound_.msg_type.assign(frame.msg_type.data, frame.msg_type.size);
  inbound_.seq = frame.msg_seq_num;
  inbound_.poss_dup = frame.poss_dup;
  inbound_.poss_resend = frame.poss_resend;
  inbound_.before_logon = false;
  inbound_.frame = &frame;
  return inbound_;
}

bool SessionImpl::acceptable(const Frame& frame) {
  bool known = false;
  for (const std::string& name : plan_.accepted_sender_comp_ids) known = known || frame.sender_comp_id == Slice(name);
  if (!known || frame.target_comp_id != Slice(plan_.sender_comp_id)) {
    return stray(frame, EndCause::comp_id_mismatch,
                 "a message from SenderCompID(49)=" + frame.sender_comp_id.text() + " to TargetCompID(56)=" + frame.target_comp_id.text() +
                     ", expected " + plan_.accepted_sender_comp_ids.front() + " to " + plan_.sender_comp_id);
  }
  if (frame.msg_seq_num < 1 || frame.msg_seq_num > kMaxSeq) {
    return stray(frame, EndCause::protocol_error,
                 "MsgSeqNum(34) of a message with MsgType(35)=" + frame.msg_type.text() + " is missing or no number");
  }
  return true;
}

// Ends the connection with the message's own words beside ours: a gateway that cannot place a Logon may not fill the header in either.
bool SessionImpl::stray(const Frame& frame, EndCause cause, const std::string& why) {
  const std::string text = frame.field(58).text();
  const std::uint64_t epoch = epoch_;
  inbound(frame);
  inbound_.before_logon = !active_;
  events_.on_stray(inbound_, why);
  if (epoch == epoch_ && connected() && active_ && !plan_.initiator) tell_stray(frame, cause, why);
  if (epoch == epoch_ && connected()) finish(cause, text.empty() ? why : why + "; it says '" + text + "'");
  return false;
}

// A client of ours is told what it has done: Reject(3) for wrong CompIDs, and Logout(5). FIX session test cases 2k and 2t.
void SessionImpl::tell_stray(const Frame& frame, EndCause cause, const std::string& why) {
  constexpr int kCompIdProblem = 9;
  const std::uint64_t epoch = epoch_;
  if (cause == EndCause::comp_id_mismatch)
    send_reject(std::max<std::int64_t>(frame.msg_seq_num, 0), 0, frame.msg_type.text(), kCompIdProblem, why);
  if (epoch == epoch_ && connected()) send_admin("5", "58=" + visible(why) + "\x01");
}

void SessionImpl::on_frame(const Frame& frame) {
  ++statistics_.messages_in;
  events_.on_incoming(frame.bytes.data, frame.bytes.size);
  if (!acceptable(frame)) return;
  if (!active_) return before_logon(frame);
  liveness_.heard();
  if (!frame.is_admin() && gap_end_ == 0 && frame.msg_seq_num == store_.next_target_seq()) return deliver_app(frame);
  route(frame);
}

void SessionImpl::before_logon(const Frame& frame) {
  const char type = frame.msg_type.size == 1 ? frame.msg_type.data[0] : '\0';
  if (type == 'A') {
    const bool reset = frame.field(141).is('Y');
    if (!plan_.initiator) return on_request(frame, reset);
    if (reset && !sent_reset_) {
      return finish(EndCause::sequence_too_low, "the exchange reset the sequence numbers (ResetSeqNumFlag=Y) without being asked");
    }
    return on_answer(frame, store_.next_target_seq());
  }
  if (plan_.initiator) return refused_with(frame);
  finish(EndCause::protocol_error, "MsgType(35)=" + frame.msg_type.text() + " before the Logon(A)");
}

// Whatever the exchange says in place of the Logon is handed over and ends the connection. Its number is not counted: refusals come
// from before the session, and counting one that the server did not would be fatal.
void SessionImpl::refused_with(const Frame& frame) {
  std::int64_t code = 0;
  if (!frame.number(frame.msg_type.is('j') ? 380 : 373, &code)) code = 0;
  const std::string text = frame.field(58).text();
  const bool low = plan_.keep_sequence && mentions_low_number(text);
  const std::uint64_t epoch = epoch_;
  inbound(frame);
  inbound_.before_logon = true;
  if (frame.is_admin()) {
    events_.on_admin(inbound_);
  } else {
    try {
      events_.on_app(inbound_);
    } catch (...) {
      thrown_ = std::current_exception();
    }
  }
  if (epoch == epoch_ && connected()) finish(low ? EndCause::sequence_too_low : EndCause::logon_refused, text, static_cast<int>(code));
}

void SessionImpl::on_answer(const Frame& logon, std::int64_t expected) {
  if (logon.msg_seq_num < expected && !logon.poss_dup) return too_low(logon);
  if (logon.msg_seq_num > expected && !plan_.keep_sequence) {
    return finish(EndCause::sequence_gap,
                  "the Logon(A) came with MsgSeqNum(34)=" + std::to_string(logon.msg_seq_num) + ", expected " + std::to_string(expected));
  }
  quickfix_.logon(expected, plan_.heart_bt_int, false);
  logged_on_with(logon, expected, plan_.heart_bt_int);
}

// What a Logon asks for that this session does not give; empty: nothing.
std::string SessionImpl::logon_fault(const Frame& logon, bool reset, std::int64_t* heart_bt_int) const {
  if (!logon.number(108, heart_bt_int)) return "HeartBtInt(108) missing or no number";
  if (*heart_bt_int < plan_.least_heart_bt_int || *heart_bt_int > plan_.most_heart_bt_int) {
    return "HeartBtInt(108) must be between " + std::to_string(plan_.least_heart_bt_int) + " and " +
           std::to_string(plan_.most_heart_bt_int) + " seconds";
  }
  const Slice encryption = logon.field(98);
  if (!encryption.empty() && !encryption.is('0')) return "EncryptMethod(98) must be 0";
  if (reset && plan_.keep_sequence && plan_.reset == ResetPolicy::refused) {
    return "ResetSeqNumFlag(141)=Y is not accepted: this session keeps its numbers, the next one expected is " +
           std::to_string(store_.next_target_seq());
  }
  if (reset && logon.msg_seq_num != 1) return "MsgSeqNum(34) must be 1 with ResetSeqNumFlag(141)=Y";
  if (!reset && (!plan_.keep_sequence || plan_.reset == ResetPolicy::required)) return "ResetSeqNumFlag(141)=Y required";
  return std::string();
}

void SessionImpl::on_request(const Frame& logon, bool reset) {
  if (day_is_over() && !begin_day()) return;
  std::int64_t heart_bt_int = 0;
  const std::string fault = logon_fault(logon, reset, &heart_bt_int);
  if (!fault.empty()) {
    send_admin("5", "58=" + fault + kSoh);
    return finish(EndCause::protocol_error, "Logon(A) refused: " + fault);
  }
  began_anew_ = reset && !numbers_stand_at_one();
  const std::int64_t expected = reset ? 1 : store_.next_target_seq();
  if (logon.msg_seq_num < expected && !logon.poss_dup) return too_low(logon);
  quickfix_.logon(expected, heart_bt_int, reset);
  if (reset) day_began_ = std::chrono::duration_cast<std::chrono::seconds>(time_.wall()).count();
  logged_on_with(logon, expected, heart_bt_int);
}

void SessionImpl::logged_on_with(const Frame& logon, std::int64_t expected, std::int64_t heart_bt_int) {
  const bool logged_on = quickfix_.logged_on();
  if (!run_effects()) return;
  if (!logged_on) return finish(EndCause::protocol_error, "the Logon(A) was not accepted by the session layer");
  active_ = true;
  reset_once_ = false;
  liveness_.start(now(), std::chrono::seconds(heart_bt_int));
  if (expected == 1) missing_.clear();
  if (logon.msg_seq_num == expected && !advance(expected)) return;
  const std::uint64_t epoch = epoch_;
  const std::int64_t seq = logon.msg_seq_num;
  const bool began_anew = began_anew_;
  began_anew_ = false;
  events_.on_admin(inbound(logon));
  if (began_anew && epoch == epoch_ && connected()) events_.on_sequence_reset(true);
  if (epoch == epoch_ && connected()) events_.on_logon(inbound(logon));
  if (epoch == epoch_ && connected() && seq > expected) {
    hold(seq, std::string());
    begin_gap(seq);
  }
}

void SessionImpl::route(const Frame& frame) {
  const char type = frame.is_admin() ? frame.msg_type.data[0] : '\0';
  if (type == 'A') return finish(EndCause::protocol_error, "a second Logon(A)");
  if (type == '5') return on_logout(frame);
  if (type == '4' && !frame.field(123).is('Y')) return on_sequence_reset(frame, false);
  const std::int64_t expected = store_.next_target_seq();
  if (frame.msg_seq_num < expected) return below_expected(frame);
  if (frame.msg_seq_num > expected) return above_gap(frame);
  if (gap_end_ != 0) gap_progress_ = now();
  const std::uint64_t epoch = epoch_;
  consume(frame);
  if (epoch == epoch_ && connected()) drain();
}

// The expected message: hands it over, then counts it, so that a crash in between delivers it again rather than never.
void SessionImpl::consume(const Frame& frame) {
  if (!frame.is_admin()) return deliver_app(frame);
  if (frame.msg_type.is('4')) return on_sequence_reset(frame, true);
  const std::int64_t seq = frame.msg_seq_num;
  if (!consume_admin(frame)) return;
  events_.on_admin(inbound(frame));
  advance(seq);
}

// What a session message asks for is done at once, whatever is missing below it. False when the connection ended.
bool SessionImpl::consume_admin(const Frame& frame) {
  if (frame.msg_type.is('1')) {
    const Slice test_req_id = frame.field(112);
    return send_admin("0", test_req_id.empty() ? std::string() : "112=" + test_req_id.text() + kSoh);
  }
  if (frame.msg_type.is('2')) return answer_resend_request(frame);
  return true;  // Heartbeat, Reject
}

void SessionImpl::deliver_app(const Frame& frame) {
  const std::int64_t seq = frame.msg_seq_num;
  try {
    events_.on_app(inbound(frame));
  } catch (...) {
    thrown_ = std::current_exception();
  }
  advance(seq);  // also when the handler ended the connection: it has seen the message
}

// A handler may have moved the number itself; then its word stands.
bool SessionImpl::advance(std::int64_t seq) {
  try {
    if (store_.next_target_seq() == seq) store_.set_next_target_seq(seq + 1);
    return true;
  } catch (const std::exception& error) {
    store_failed(error.what());
    return false;
  }
}

void SessionImpl::on_logout(const Frame& frame) {
  const std::uint64_t epoch = epoch_;
  const std::int64_t expected = store_.next_target_seq();
  const std::string text = frame.field(58).text();
  const bool asked = logging_out_;
  events_.on_admin(inbound(frame));
  if (epoch != epoch_ || !connected()) return;
  if (frame.msg_seq_num == expected && !advance(expected)) return;
  if (!asked && !send_admin("5", std::string())) return;
  const bool low = plan_.keep_sequence && mentions_low_number(text);
  finish(asked ? EndCause::logout_done : low ? EndCause::sequence_too_low : EndCause::logout_by_peer, text);
}

void SessionImpl::too_low(const Frame& frame) {
  const std::string text =
      "MsgSeqNum too low, expecting " + std::to_string(store_.next_target_seq()) + " but received " + std::to_string(frame.msg_seq_num);
  if (send_admin("5", "58=" + text + "\x01")) finish(EndCause::sequence_too_low, text);
}

}  // namespace wall
}  // namespace marginfix
