// Gaps in what the peer sends: held messages, ResendRequest(2), SequenceReset(4), giving up.
#include <algorithm>
#include <stdexcept>

#include "sessions/quickfix/session_impl.hpp"

namespace marginfix {
namespace wall {
namespace {

constexpr char kSoh = '\x01';
constexpr int kGapRequests = 3;               // ResendRequests for one gap before it is given up
constexpr std::size_t kMissingRanges = 1000;  // remembered in case one of their messages still comes

std::string numbers(int first_tag, std::int64_t first, int second_tag, std::int64_t second) {
  return std::to_string(first_tag) + "=" + std::to_string(first) + kSoh + std::to_string(second_tag) + "=" + std::to_string(second) + kSoh;
}

// Session messages that ask for something, or say something, whatever is missing below them.
bool answered_at_once(const Frame& frame) {
  return frame.msg_type.is('0') || frame.msg_type.is('1') || frame.msg_type.is('2') || frame.msg_type.is('3');
}

}  // namespace

void SessionImpl::above_gap(const Frame& frame) {
  const std::int64_t expected = store_.next_target_seq();
  const std::int64_t seq = frame.msg_seq_num;
  const std::uint64_t epoch = epoch_;
  if (!plan_.keep_sequence) {
    missing(expected, seq);
    if (epoch != epoch_) return;
    return finish(EndCause::sequence_gap, "MsgSeqNum(34)=" + std::to_string(seq) + " received, expected " + std::to_string(expected) +
                                              ", and this session has no retransmission");
  }
  if (held_.count(seq) != 0) return;
  const bool at_once = answered_at_once(frame);
  const bool resend_request = frame.msg_type.is('2');
  hold(seq, at_once ? std::string() : frame.bytes.text());
  if (epoch != epoch_ || !connected()) return;
  if (at_once) {
    if (!consume_admin(frame)) return;
    events_.on_admin(inbound(frame));
    if (epoch != epoch_ || !connected()) return;
  }
  // Behind a ResendRequest the gap is asked for with the next message: often it is closed by then.
  if (gap_end_ == 0 && !resend_request) begin_gap(seq);
}

// Keeps a message for its turn. Should there be no room, the highest numbers go: they are asked for again when the gap is closed.
void SessionImpl::hold(std::int64_t seq, std::string text) {
  held_bytes_ += text.size();
  held_.emplace(seq, std::move(text));
  const bool first_drop = dropped_ == 0;
  while (held_.size() > 1 && (held_.size() > plan_.max_out_of_order || held_bytes_ > plan_.max_held_bytes)) {
    const auto last = std::prev(held_.end());
    dropped_ = std::max(dropped_, last->first);
    held_bytes_ -= last->second.size();
    held_.erase(last);
  }
  if (first_drop && dropped_ != 0) {
    events_.on_notice("while messages are missing, " + std::to_string(held_.size()) + " later ones of together " +
                      std::to_string(held_bytes_) + " bytes wait for them: no room for more, the rest is asked for again afterwards");
  }
}

std::string SessionImpl::take_first_held() {
  std::string text = std::move(held_.begin()->second);
  held_bytes_ -= text.size();
  held_.erase(held_.begin());
  return text;
}

void SessionImpl::forget_held_below(std::int64_t seq) {
  while (!held_.empty() && held_.begin()->first < seq) take_first_held();
  if (dropped_ < seq) dropped_ = 0;
}

void SessionImpl::begin_gap(std::int64_t received) {
  gap_end_ = received - 1;
  gap_requests_ = 0;
  const std::int64_t expected = store_.next_target_seq();
  if (request_resend()) events_.on_gap(expected, received);
}

// EndSeqNo 0 asks for everything; what is held already comes again as a duplicate and is dropped.
bool SessionImpl::request_resend() {
  ++gap_requests_;
  ++statistics_.resend_requests_out;
  gap_progress_ = now();
  asked_to_ = held_.empty() ? gap_end_ : held_.rbegin()->first;
  return send_admin("2", numbers(7, store_.next_target_seq(), 16, 0));
}

void SessionImpl::check_gap() {
  if (gap_end_ == 0 || !out_of_time(gap_progress_, plan_.gap_timeout)) return;
  if (gap_requests_ < kGapRequests) {
    request_resend();
  } else {
    give_up_gap();
  }
}

// What is in hand is worth more than a perfect order: the reports wait no longer for what the peer does not send.
void SessionImpl::give_up_gap() {
  gap_end_ = std::max(gap_end_, asked_to_);
  if (!pass_over(gap_end_)) return;
  drain();
}

// Tells the numbers up to `limit` that have not come, and delivers the others. False when the connection ended.
bool SessionImpl::pass_over(std::int64_t limit) {
  const std::uint64_t epoch = epoch_;
  while (epoch == epoch_ && connected() && !thrown_) {
    const std::int64_t expected = store_.next_target_seq();
    if (expected > limit) return true;
    forget_held_below(expected);
    if (!held_.empty() && held_.begin()->first == expected) {
      if (!deliver_first_held()) return false;
      continue;
    }
    const std::int64_t last = held_.empty() ? limit : std::min(limit, held_.begin()->first - 1);
    if (!set_expected(last + 1)) return false;
    missing(expected, last);
  }
  return false;
}

void SessionImpl::missing(std::int64_t first, std::int64_t last) {
  if (plan_.keep_sequence) {
    missing_[first] = last;
    if (missing_.size() > kMissingRanges) missing_.erase(missing_.begin());
    events_.on_notice("MsgSeqNum(34) " + std::to_string(first) + " to " + std::to_string(last) +
                      " did not come: the session goes on without them");
  }
  events_.on_missing(first, last);
}

// True once for each number that was given up.
bool SessionImpl::was_missing(std::int64_t seq) {
  auto range = missing_.upper_bound(seq);
  if (range == missing_.begin()) return false;
  --range;
  const std::int64_t first = range->first, last = range->second;
  if (seq > last) return false;
  missing_.erase(range);
  if (first < seq) missing_[first] = seq - 1;
  if (seq < last) missing_[seq + 1] = last;
  return true;
}

void SessionImpl::forget_recovery() {
  held_.clear();
  held_bytes_ = 0;
  dropped_ = gap_end_ = asked_to_ = 0;
  gap_requests_ = 0;
  resend_ = Resend();
}

bool SessionImpl::deliver_first_held() {
  const std::int64_t expected = store_.next_target_seq();
  const std::string raw = take_first_held();
  Frame frame;
  if (raw.empty() || !read_frame(raw, &frame)) return advance(expected);
  consume(frame);
  return connected();
}

// Delivers what is held and has become the next, and notices the end of the gap or the next one.
void SessionImpl::drain() {
  const std::uint64_t epoch = epoch_;
  while (epoch == epoch_ && connected()) {
    const std::int64_t expected = store_.next_target_seq();
    if (gap_end_ != 0 && expected > gap_end_) {
      gap_end_ = 0;
      events_.on_gap_filled();
      continue;
    }
    forget_held_below(expected);
    if (thrown_) return;  // a handler threw: the rest follows with the next message
    if (!held_.empty() && held_.begin()->first == expected) {
      if (!deliver_first_held()) return;
      continue;
    }
    if (gap_end_ != 0) return;
    if (!held_.empty()) {
      begin_gap(held_.begin()->first);
    } else if (dropped_ != 0) {
      begin_gap(dropped_ + 1);
    }
    return;
  }
}

// Below the number expected: a retransmission of what we have, or of what we had given up; or the peer is lost.
void SessionImpl::below_expected(const Frame& frame) {
  std::int64_t new_seq = 0;
  if (closes_gap(frame, &new_seq)) {
    events_.on_notice("SequenceReset(4) with MsgSeqNum(34)=" + std::to_string(frame.msg_seq_num) + ", lower than expected, covers up to " +
                      std::to_string(new_seq - 1) + ": followed");
    gap_progress_ = now();
    events_.on_admin(inbound(frame));
    if (connected() && gap_end_ != 0 && jump_to(new_seq)) drain();
    return;
  }
  if (!frame.poss_dup) return too_low(frame);
  if (was_missing(frame.msg_seq_num) && !frame.is_admin()) return deliver_app(frame);
  ++statistics_.duplicates;
}

// A gap fill that is numbered too low but covers what is missing. It counts as far as the gap goes and no further: what comes behind
// it has numbers of its own.
bool SessionImpl::closes_gap(const Frame& frame, std::int64_t* new_seq) const {
  if (gap_end_ == 0 || !frame.msg_type.is('4') || !frame.field(123).is('Y') || !frame.number(36, new_seq)) return false;
  *new_seq = std::min(*new_seq, gap_end_ + 1);
  return *new_seq > store_.next_target_seq();
}

void SessionImpl::on_sequence_reset(const Frame& frame, bool gap_fill) {
  const std::int64_t expected = store_.next_target_seq();
  std::int64_t new_seq = 0;
  const bool number = frame.number(36, &new_seq);
  const std::int64_t seq = frame.msg_seq_num;
  const std::uint64_t epoch = epoch_;
  if (!number || new_seq > kMaxSeq || new_seq < expected || (gap_fill && new_seq == expected)) {
    send_reject(seq, 36, "4", 5,
                new_seq > kMaxSeq ? "NewSeqNo(36) must not be greater than " + std::to_string(kMaxSeq)
                                  : "NewSeqNo(36) must be greater than the number expected, " + std::to_string(expected));
    if (gap_fill && epoch == epoch_ && connected()) advance(seq);
    return;
  }
  if (!plan_.keep_sequence && new_seq > expected + 1) {
    missing(expected, new_seq - 1);
    if (epoch != epoch_) return;
    return finish(EndCause::sequence_gap, "SequenceReset(4) to " + std::to_string(new_seq) + " on a session without retransmission");
  }
  events_.on_admin(inbound(frame));
  if (epoch != epoch_ || !connected()) return;
  if (gap_fill) {
    jump_to(new_seq);
    return;
  }
  if (seq == expected && new_seq > expected && !advance(seq)) return;
  if (pass_over(new_seq - 1)) drain();  // the peer will not send again what it passes over
}

// What was received above the gap is handed over even when the peer's gap fill runs over it: it did arrive.
bool SessionImpl::jump_to(std::int64_t seq) {
  const std::uint64_t epoch = epoch_;
  while (!held_.empty() && held_.begin()->first < seq) {
    const std::int64_t number = held_.begin()->first;
    const std::string raw = take_first_held();
    Frame frame;
    if (number < store_.next_target_seq() || raw.empty() || !read_frame(raw, &frame) || frame.is_admin()) continue;
    if (!set_expected(number)) return false;
    deliver_app(frame);
    if (epoch != epoch_ || !connected()) return false;
  }
  return store_.next_target_seq() >= seq || set_expected(seq);
}

bool SessionImpl::set_expected(std::int64_t seq) {
  try {
    store_.set_next_target_seq(seq);
    return true;
  } catch (const std::exception& error) {
    store_failed(error.what());
    return false;
  }
}

}  // namespace wall
}  // namespace marginfix
