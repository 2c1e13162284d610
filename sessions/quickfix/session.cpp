// Life of a session and what it sends.
#include <time.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <set>
#include <stdexcept>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/core/text.hpp"
#include "sessions/quickfix/session_impl.hpp"

namespace marginfix {
namespace wall {
namespace {

constexpr char kSoh = '\x01';

struct Registry {
  std::mutex mutex;
  std::set<std::string> names;
};
// Process-wide because QuickFIX's own table is.
Registry& registry() {
  static Registry one;
  return one;
}

const SessionPlan& checked(const SessionPlan& plan) {
  const auto bad = [](const std::string& text) { return text.empty() || identifier_fault(text.data(), text.size()) != nullptr; };
  if (bad(plan.sender_comp_id) || bad(plan.target_comp_id))
    throw std::runtime_error("SenderCompID(49) and TargetCompID(56) must be printable ASCII and not empty");
  if (plan.begin_string != "FIXT.1.1" && plan.begin_string != "FIX.4.4" && plan.begin_string != "FIX.4.2")
    throw std::runtime_error("BeginString(8) must be FIX.4.2, FIX.4.4 or FIXT.1.1, not '" + plan.begin_string + "'");
  if (plan.begin_string == "FIXT.1.1" && bad(plan.appl_ver_id)) throw std::runtime_error("DefaultApplVerID(1137) must not be empty");
  if (plan.daily_reset >= 24 * 3600) throw std::runtime_error("a daily reset is at a time of the day");
  if (plan.initiator && plan.heart_bt_int < 1) throw std::runtime_error("HeartBtInt(108) must be at least 1 second");
  if (plan.timestamp_digits != 3 && plan.timestamp_digits != 6) throw std::runtime_error("SendingTime(52) has 3 or 6 fraction digits");
  for (const auto& field : plan.logon_fields) {
    if (field.first == 141)
      throw std::runtime_error("ResetSeqNumFlag(141) follows from keep_sequence and reset_once, it is not a Logon option");
  }
  return plan;
}

class SystemTime final : public TimeSource {
 public:
  std::chrono::nanoseconds monotonic() const override { return monotonic_time(); }
  std::chrono::nanoseconds wall() const override {
    timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return std::chrono::seconds(ts.tv_sec) + std::chrono::nanoseconds(ts.tv_nsec);
  }
};

// Of two UTCTimestamps. The wall clock may have been set back since a message was sent.
bool later(const Slice& left, const Slice& right) {
  if (left.empty() || right.empty()) return false;
  const int order = std::memcmp(left.data, right.data, std::min(left.size, right.size));
  return order > 0 || (order == 0 && left.size > right.size);
}

std::int64_t wall_seconds(const TimeSource& time) { return std::chrono::duration_cast<std::chrono::seconds>(time.wall()).count(); }

// The greatest SessionRejectReason(373) of a version below Other (99); FIX.4.2 has no 99.
int reject_reason(const std::string& begin_string, int reason) {
  const int most = begin_string == "FIX.4.2" ? 11 : begin_string == "FIX.4.4" ? 17 : 18;
  if (reason <= most) return reason;
  return begin_string == "FIX.4.2" ? -1 : 99;
}

std::string field(int tag, const std::string& value) { return std::to_string(tag) + "=" + value + kSoh; }
std::string field(int tag, std::int64_t value) { return field(tag, std::to_string(value)); }

}  // namespace

const TimeSource& system_time() {
  static const SystemTime one;
  return one;
}

Registration::Registration(const std::string& begin_string, const std::string& sender, const std::string& target)
    : name_(begin_string + kSoh + sender + kSoh + target) {
  const std::lock_guard<std::mutex> lock(registry().mutex);
  if (!registry().names.insert(name_).second) {
    throw std::runtime_error(
        "a session " + sender + " to " + target +
        " exists in this process already: one connection per key and TargetCompID, give each session a key of its own");
  }
}

Registration::~Registration() {
  const std::lock_guard<std::mutex> lock(registry().mutex);
  registry().names.erase(name_);
}

SessionImpl::SessionImpl(const SessionPlan& plan, MessageStore& store, SessionEvents& events)
    : plan_(checked(plan)),
      store_(store),
      events_(events),
      time_(plan_.time != nullptr ? *plan_.time : system_time()),
      registration_(plan.begin_string, plan.sender_comp_id, plan.target_comp_id),
      quickfix_(plan_, store, events),
      composer_(plan.begin_string, plan.own_sender_comp_id.empty() ? plan.sender_comp_id : plan.own_sender_comp_id, plan.target_comp_id),
      time_text_(plan.timestamp_digits),
      framer_(plan.max_message_size, plan.begin_string),
      sent_times_(store.next_sender_seq(), std::chrono::seconds(std::max(plan.resend_age_limit, 0L))),
      reset_once_(plan.reset_once && plan.keep_sequence),
      inbound_{nullptr, 0, std::string(), 0, false, false, false, nullptr} {
  if (plan_.accepted_sender_comp_ids.empty()) plan_.accepted_sender_comp_ids.push_back(plan_.target_comp_id);
  if (numbers_stand_at_one()) {
    // What a later run finds in the store is when the day began, and not when the store was made, perhaps days before its first message.
    if (plan_.daily_reset >= 0 && plan_.keep_sequence && !plan_.initiator) store_.reset();
    day_began_ = wall_seconds(time_);
  }
  quickfix_.take();  // "Created session" says nothing
}

void SessionImpl::connected(Link& link) {
  if (link_ != nullptr) disconnected();
  link_ = &link;
  ended_ = active_ = logging_out_ = false;
  ++epoch_;
  stream_.clear();
  framer_.restart();
  phase_began_ = now();
  const std::int64_t number_before = store_.next_sender_seq();
  sent_reset_ = plan_.initiator && (!plan_.keep_sequence || reset_once_);
  quickfix_.open(sent_reset_);
  Effects effects = quickfix_.take();
  if (!effects.signing_error.empty()) {
    // The number of a Logon that never left is still free.
    try {
      store_.set_next_sender_seq(sent_reset_ ? 1 : number_before);
    } catch (const std::exception& error) {
      effects.store_error = error.what();
    }
    if (!effects.store_error.empty()) return store_failed(effects.store_error);
    return finish(EndCause::logon_refused, effects.signing_error);
  }
  if (!effects.store_error.empty()) return store_failed(effects.store_error);
  const std::uint64_t epoch = epoch_;
  for (const std::string& message : effects.messages) transmit_logon(message);
  for (const std::string& remark : effects.remarks) {
    if (epoch == epoch_) events_.on_event(remark);
  }
}

void SessionImpl::disconnected() {
  link_ = nullptr;
  ended_ = active_ = logging_out_ = false;
  ++epoch_;
  if (!processing_) stream_.clear();
  forget_recovery();
  quickfix_.close();
  quickfix_.take();
}

void SessionImpl::tick() {
  if (!connected()) return;
  begin_turn();
  time_out_phase();
  if (!connected()) return;
  if (active_ && !logging_out_ && day_is_over()) logout("the day of this session is over: log on again, both sides begin at 1");
  watch_wall_clock();
  if (connected() && active_) keep_alive();
  if (connected() && active_) check_gap();
  if (connected() && active_) drive_resend();
}

void SessionImpl::writable() {
  begin_turn();
  if (connected() && active_) drive_resend();
}

bool SessionImpl::commit() {
  try {
    store_.commit();
    return true;
  } catch (const std::exception& error) {
    store_failed(error.what());
    return false;
  }
}

void SessionImpl::keep_alive() {
  switch (liveness_.check(now())) {
    case Liveness::Due::heartbeat:
      send_admin("0", std::string());
      break;
    case Liveness::Due::test_request:
      send_admin("1", field(112, std::string("TEST")));
      break;
    case Liveness::Due::dead:
      finish(EndCause::heartbeat_timeout, "nothing heard for more than two heartbeat intervals");
      break;
    case Liveness::Due::nothing:
      break;
  }
}

// Nothing here depends on the wall clock but SendingTime(52), which the exchange judges: whoever runs this machine should know.
void SessionImpl::watch_wall_clock() {
  const Time offset = time_.wall() - now();
  const Time step = offset - wall_offset_;
  wall_offset_ = offset;
  if (!wall_seen_) {
    wall_seen_ = true;
    return;
  }
  const Time size = step < Time::zero() ? -step : step;
  if (size < std::chrono::seconds(1)) return;
  events_.on_notice("this machine's clock was set " + std::string(step < Time::zero() ? "back" : "forward") + " by " +
                    std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(size).count()) +
                    " ms: SendingTime(52) follows it, no interval does");
}

void SessionImpl::time_out_phase() {
  if (logging_out_ && out_of_time(phase_began_, plan_.logout_timeout)) {
    finish(EndCause::logout_timeout, "no Logout(5) within " + std::to_string(plan_.logout_timeout) + " s in answer to ours");
  } else if (!active_ && out_of_time(phase_began_, plan_.logon_timeout)) {
    finish(EndCause::logon_timeout, "no " + std::string(plan_.initiator ? "answer to Logon(A)" : "Logon(A)") + " within " +
                                        std::to_string(plan_.logon_timeout) + " s");
  }
}

// Carries out what QuickFIX asked for.
bool SessionImpl::run_effects() {
  const std::uint64_t epoch = epoch_;
  const Effects effects = quickfix_.take();
  for (const std::string& message : effects.messages) {
    if (epoch == epoch_ && connected()) transmit_logon(message);
  }
  for (const std::string& remark : effects.remarks) {
    if (epoch == epoch_) events_.on_event(remark);
  }
  if (epoch != epoch_ || !connected()) return false;
  if (!effects.store_error.empty()) {
    store_failed(effects.store_error);
  } else if (effects.disconnect) {
    finish(EndCause::protocol_error, "the Logon exchange failed");
  }
  return epoch == epoch_ && connected();
}

void SessionImpl::transmit(const std::string& message, const FrameHeader& header) {
  ++statistics_.messages_out;
  liveness_.said();
  statistics_.bytes_out += message.size();
  link_->send(message.data(), message.size());
  const std::uint64_t epoch = epoch_;
  const OutboundMessage out{message.data(),     message.size(),  header.msg_type.text(),
                            header.msg_seq_num, header.poss_dup, header.poss_resend};
  events_.on_sent(message.data(), message.size());
  if (epoch == epoch_) events_.on_outbound(out);
}

// QuickFIX's: its header is in its bytes.
void SessionImpl::transmit_logon(const std::string& message) {
  Frame frame;
  FrameHeader header;
  if (read_frame(message, &frame)) {
    header.msg_type = frame.msg_type;
    header.msg_seq_num = frame.msg_seq_num;
  }
  transmit(message, header);
}

const std::string& SessionImpl::compose(FrameHeader header, const Slice& body) {
  header.sending_time = time_text_.at(time_.wall());
  return composer_.compose(header, body);
}

// A retransmission, 43=Y: OrigSendingTime(122) is `original`, but never later than SendingTime(52), and the same where it is empty.
const std::string& SessionImpl::compose_again(FrameHeader header, const Slice& original, const Slice& body) {
  header.sending_time = time_text_.at(time_.wall());
  header.poss_dup = true;
  header.orig_sending_time = original.empty() || later(original, header.sending_time) ? header.sending_time : original;
  return composer_.compose(header, body);
}

SendOutcome SessionImpl::not_stored(const std::string& failure) {
  store_failed(failure);
  return SendOutcome{false, 0, "not sent: the message store failed: " + failure, true};
}

SendOutcome SessionImpl::send_session_message(const char* msg_type, const std::string& body) {
  FrameHeader header;
  header.msg_type = Slice(msg_type, 1);
  try {
    header.msg_seq_num = store_.next_sender_seq();
    store_.set_next_sender_seq(header.msg_seq_num + 1);
  } catch (const std::exception& error) {
    return not_stored(error.what());
  }
  transmit(compose(header, body), header);
  return SendOutcome{true, header.msg_seq_num, std::string(), false};
}

bool SessionImpl::send_admin(const char* msg_type, const std::string& body) {
  return send_session_message(msg_type, body).ok && connected();
}

SendOutcome SessionImpl::send_app(const std::string& msg_type, const char* body, std::size_t size, const std::string& sender_sub_id) {
  FrameHeader header;
  header.msg_type = msg_type;
  header.sender_sub_id = sender_sub_id;
  return send_message(header, Slice(body, size));
}

SendOutcome SessionImpl::send_with_header(const std::string& msg_type, const char* body, std::size_t size, const AppHeader& fields) {
  FrameHeader header;
  header.msg_type = msg_type;
  header.sender_sub_id = fields.sender_sub_id;
  header.target_sub_id = fields.target_sub_id;
  header.on_behalf_of_comp_id = fields.on_behalf_of_comp_id;
  header.deliver_to_comp_id = fields.deliver_to_comp_id;
  header.poss_resend = fields.poss_resend;
  return send_message(header, Slice(body, size));
}

SendOutcome SessionImpl::send_message(FrameHeader header, const Slice& body) {
  const bool live = logged_on() && !logging_out_;
  // Numbers that the peer's next Logon resets, or the day's end, would be lost with their messages.
  const bool stored = plan_.keep_sequence && plan_.reset != ResetPolicy::required && !(connected() && day_is_over());
  if (!live && (plan_.initiator || !stored)) {
    return SendOutcome{false, 0, logging_out_ ? "not sent: logging out" : "not sent: not logged on", false};
  }
  if (plan_.initiator && resending()) return SendOutcome{false, 0, "not sent: older messages are being sent again first", false, true};
  if (!live && !connected() && day_is_over() && !begin_day()) return SendOutcome{false, 0, "not sent: the message store failed", true};
  Frame kind;
  kind.msg_type = header.msg_type;
  bool good = !header.msg_type.empty() && !kind.is_admin() && (body.empty() || body.data[body.size - 1] == kSoh);
  for (const Slice& text :
       {header.msg_type, header.sender_sub_id, header.target_sub_id, header.on_behalf_of_comp_id, header.deliver_to_comp_id})
    good = good && identifier_fault(text.data, text.size) == nullptr;
  if (!good) {
    SendOutcome refused{false, 0, "not sent: no application message (MsgType, SenderSubID or the end of the body)", false};
    refused.unfit = true;
    return refused;
  }
  const std::string* message = nullptr;
  std::string failure;
  try {
    header.msg_seq_num = store_.next_sender_seq();
    message = &compose(header, body);
    if (plan_.keep_sequence) {
      store_.append_sent(header.msg_seq_num, message->data(), message->size());
      if (!live) store_.commit();
      if (plan_.resend_age_limit >= 0) sent_times_.note(header.msg_seq_num, now());
    } else {
      store_.set_next_sender_seq(header.msg_seq_num + 1);
    }
  } catch (const std::exception& error) {
    failure = error.what();
    message = nullptr;
  }
  if (message == nullptr) return not_stored(failure);
  if (live && resending()) {
    resend_.end = header.msg_seq_num;  // it leaves behind the older ones
  } else if (live) {
    transmit(*message, header);
  }
  return SendOutcome{true, header.msg_seq_num, std::string(), false};
}

void SessionImpl::send_test_request(const std::string& test_req_id) {
  if (logged_on()) send_admin("1", field(112, test_req_id));
}

void SessionImpl::probe() {
  if (!logged_on() || logging_out_) return;
  liveness_.probe(now());
  send_admin("1", field(112, std::string("TEST")));
}

SendOutcome SessionImpl::send_reject(std::int64_t ref_seq_num, int ref_tag, const std::string& ref_msg_type, int reason,
                                     const std::string& text) {
  if (!logged_on()) return SendOutcome{false, 0, "not sent: not logged on", false};
  std::string body = field(45, ref_seq_num);
  if (!text.empty()) body += field(58, visible(text));
  if (ref_tag > 0) body += field(371, ref_tag);
  if (!ref_msg_type.empty()) body += field(372, visible(ref_msg_type));
  reason = reject_reason(plan_.begin_string, reason);
  if (reason >= 0) body += field(373, reason);
  return send_session_message("3", body);
}

bool SessionImpl::numbers_stand_at_one() const { return store_.next_sender_seq() == 1 && store_.next_target_seq() == 1; }

bool SessionImpl::day_is_over() const {
  if (plan_.daily_reset < 0 || plan_.initiator || !plan_.keep_sequence) return false;
  constexpr std::int64_t kDay = 24 * 3600;
  const std::int64_t began = day_began_ >= 0 ? day_began_ : store_.created_at();
  return (wall_seconds(time_) - plan_.daily_reset) / kDay > (began - plan_.daily_reset) / kDay;
}

bool SessionImpl::begin_day() {
  try {
    const bool fresh = numbers_stand_at_one();
    store_.reset();  // a fresh one too: it remembers when
    day_began_ = wall_seconds(time_);
    missing_.clear();
    if (!fresh) events_.on_sequence_reset(false);
    return true;
  } catch (const std::exception& error) {
    store_failed(error.what());
    return false;
  }
}

void SessionImpl::logout(const std::string& text) {
  if (!connected() || logging_out_) return;
  if (!active_) return finish(EndCause::logout_done, "stopped before the Logon was answered");
  logging_out_ = true;
  phase_began_ = now();
  send_admin("5", text.empty() ? text : field(58, visible(text)));
}

void SessionImpl::abort() {
  if (!connected()) return;
  ended_ = true;
  active_ = logging_out_ = false;
  link_->close();
}

void SessionImpl::store_failed(const std::string& what) { finish(EndCause::store_failed, "message store: " + what); }

void SessionImpl::finish(EndCause cause, const std::string& text, int code) {
  if (!connected()) return;
  ended_ = true;
  active_ = logging_out_ = false;
  quickfix_.close();
  quickfix_.take();
  forget_recovery();
  link_->close();
  events_.on_end(cause, text, code);
}

std::unique_ptr<Session> make_session(const SessionPlan& plan, MessageStore& store, SessionEvents& events) {
  return std::unique_ptr<Session>(new SessionImpl(plan, store, events));
}

}  // namespace wall
}  // namespace marginfix
