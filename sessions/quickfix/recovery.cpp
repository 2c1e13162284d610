// Gaps and retransmission in both directions, see engine_impl.hpp.
#include <algorithm>
#include <stdexcept>

#include "sessions/quickfix/engine_impl.hpp"

namespace marginfix {
namespace wall {
namespace {

constexpr char kSoh = '\x01';
constexpr int kGapRequests = 3;             // ResendRequests for one gap before the connection is given up
constexpr std::int64_t kResendBatch = 512;  // messages taken from the store at once

std::string numbers(int first_tag, std::int64_t first, int second_tag, std::int64_t second) {
  return std::to_string(first_tag) + "=" + std::to_string(first) + kSoh + std::to_string(second_tag) + "=" + std::to_string(second) + kSoh;
}

}  // namespace

void Engine::too_high(const Frame& frame) {
  const std::int64_t expected = store_.next_target_seq();
  if (!plan_.keep_sequence) {
    return finish(EndCause::sequence_gap, "MsgSeqNum(34)=" + std::to_string(frame.seq) + " received, expected " + std::to_string(expected) +
                                              ", and this session has no retransmission");
  }
  if (held_.size() >= plan_.max_out_of_order && held_.count(frame.seq) == 0) {
    return finish(EndCause::sequence_gap, "more than " + std::to_string(plan_.max_out_of_order) + " messages came while " +
                                              std::to_string(expected) + " to " + std::to_string(gap_end_) + " were missing");
  }
  held_.emplace(frame.seq, frame.raw.text());
  if (gap_end_ == 0) begin_gap(frame.seq);
}

void Engine::begin_gap(std::int64_t received) {
  gap_end_ = received - 1;
  gap_requests_ = 0;
  const std::int64_t expected = store_.next_target_seq();
  if (request_resend()) events_.on_gap(expected, received);
}

// EndSeqNo 0 asks for everything; what is held already comes again as a duplicate and is dropped.
bool Engine::request_resend() {
  ++gap_requests_;
  ++statistics_.resend_requests_out;
  gap_progress_ = SteadyClock::now();
  return send_admin("2", numbers(7, store_.next_target_seq(), 16, 0));
}

void Engine::check_gap() {
  if (gap_end_ == 0 || !out_of_time(gap_progress_, plan_.gap_timeout)) return;
  if (gap_requests_ < kGapRequests) {
    request_resend();
    return;
  }
  finish(EndCause::sequence_gap, "messages " + std::to_string(store_.next_target_seq()) + " to " + std::to_string(gap_end_) +
                                     " were not retransmitted after " + std::to_string(kGapRequests) + " requests");
}

void Engine::forget_gap() {
  held_.clear();
  gap_end_ = 0;
  gap_requests_ = 0;
}

// Delivers what is held and has become the next, and notices the end of the gap or the next one.
void Engine::drain() {
  const std::uint64_t epoch = epoch_;
  while (epoch == epoch_ && connected()) {
    const std::int64_t expected = store_.next_target_seq();
    if (gap_end_ != 0 && expected > gap_end_) {
      gap_end_ = 0;
      events_.on_gap_filled();
      continue;
    }
    held_.erase(held_.begin(), held_.lower_bound(expected));
    const auto next = held_.begin();
    if (next == held_.end()) return;
    if (thrown_) return;  // a handler threw: the rest follows with the next message
    if (next->first != expected) {
      if (gap_end_ == 0) begin_gap(next->first);
      return;
    }
    const std::string raw = std::move(next->second);
    held_.erase(next);
    Frame frame;
    if (raw.empty()) {
      if (!advance(expected)) return;
    } else if (parse_header(raw, &frame)) {
      consume(frame);
    }
  }
}

void Engine::on_sequence_reset(const Frame& frame, bool gap_fill) {
  const std::int64_t expected = store_.next_target_seq();
  std::int64_t new_seq = 0;
  const bool number = frame.number(36, &new_seq);
  const std::int64_t seq = frame.seq;
  const std::uint64_t epoch = epoch_;
  if (!plan_.keep_sequence && number && new_seq > expected + 1) {
    return finish(EndCause::sequence_gap, "SequenceReset(4) to " + std::to_string(new_seq) + " on a session without retransmission");
  }
  if (!number || new_seq < expected || (gap_fill && new_seq == expected)) {
    send_reject(seq, 36, "4", 5, "NewSeqNo(36) must be greater than the number expected, " + std::to_string(expected));
    if (gap_fill && epoch == epoch_ && connected()) advance(seq);
    return;
  }
  events_.on_admin(inbound(frame));
  if (epoch != epoch_ || !connected() || !jump_to(new_seq)) return;
  if (!gap_fill) drain();
}

// What was received above the gap is handed over even when the peer's gap fill runs over it: it did arrive.
bool Engine::jump_to(std::int64_t seq) {
  const std::uint64_t epoch = epoch_;
  try {
    while (!held_.empty() && held_.begin()->first < seq) {
      const std::int64_t number = held_.begin()->first;
      const std::string raw = std::move(held_.begin()->second);
      held_.erase(held_.begin());
      Frame frame;
      if (number < store_.next_target_seq() || raw.empty() || !parse_header(raw, &frame) || frame.is_admin()) continue;
      store_.set_next_target_seq(number);
      deliver_app(frame);
      if (epoch != epoch_ || !connected()) return false;
    }
    if (store_.next_target_seq() < seq) store_.set_next_target_seq(seq);
    return true;
  } catch (const std::exception& error) {
    store_failed(error.what());
    return false;
  }
}

// False when the connection ended.
bool Engine::answer_resend_request(const Frame& frame) {
  ++statistics_.resend_requests_in;
  if (!plan_.keep_sequence) {
    finish(EndCause::protocol_error, "ResendRequest(2) on a session without retransmission");
    return false;
  }
  const std::int64_t next = store_.next_sender_seq();
  std::int64_t begin = 0, end = 0;
  const bool readable = frame.number(7, &begin) && frame.number(16, &end);
  if (!readable || begin < 1 || begin >= next || (end != 0 && end < begin)) {
    events_.on_event("ResendRequest(2) for numbers that make no sense: BeginSeqNo(7)=" + frame.field(7).text() +
                     ", EndSeqNo(16)=" + frame.field(16).text() + ", next number is " + std::to_string(next));
    if (connected()) send_reject(frame.seq, readable && begin >= 1 && begin < next ? 16 : 7, "2", 5, "no such messages");
    return connected();
  }
  try {
    resend(begin, end == 0 || end >= next ? next - 1 : end);
  } catch (const std::exception& error) {
    store_failed(error.what());
  }
  return connected();
}

void Engine::resend(std::int64_t begin, std::int64_t end) {
  std::int64_t unfilled = begin;  // first number neither resent nor gap-filled yet
  for (std::int64_t from = begin; from <= end && connected(); from += kResendBatch) {
    const std::vector<StoredMessage> batch = store_.sent(from, std::min(end, from + kResendBatch - 1));
    for (const StoredMessage& stored : batch) {
      Frame frame;
      if (!connected()) continue;
      if (!resendable(stored, &frame)) {
        if (frame.seq == stored.seq && !frame.is_admin()) events_.on_not_resent(stored.bytes.data(), stored.bytes.size());
        continue;
      }
      if (unfilled < stored.seq) fill_gap(unfilled, stored.seq);
      if (!connected()) return;
      resend_one(frame);
      unfilled = stored.seq + 1;
    }
  }
  if (connected() && unfilled <= end) fill_gap(unfilled, end + 1);
}

bool Engine::resendable(const StoredMessage& stored, Frame* frame) const {
  if (!parse_header(Slice(stored.bytes), frame) || frame->seq != stored.seq || frame->is_admin()) return false;
  if (plan_.resend_age_limit < 0) return true;
  std::int64_t sent_at = 0;
  return parse_utc_seconds(frame->sending_time, &sent_at) && utc_seconds_now() - sent_at <= plan_.resend_age_limit;
}

// The message as it was, byte for byte behind its header.
void Engine::resend_one(const Frame& frame) {
  std::string body;
  body.reserve(frame.raw.size);
  FieldCursor cursor(frame.raw.data, frame.raw.size);
  Field field;
  bool in_header = true;
  while (cursor.next(&field)) {
    const bool own = field.tag == 8 || field.tag == 9 || field.tag == 35 || field.tag == 49 || field.tag == 56 || field.tag == 34 ||
                     field.tag == 43 || field.tag == 52 || field.tag == 122;
    if (in_header && own) continue;
    in_header = false;
    if (field.tag == 10 && field.whole.data + field.whole.size == frame.raw.data + frame.raw.size) break;
    body.append(field.whole.data, field.whole.size);
  }
  Composer::Header header;
  header.msg_type = frame.msg_type;
  header.seq = frame.seq;
  header.orig_sending_time = frame.orig_sending_time.empty() ? frame.sending_time : frame.orig_sending_time;
  ++statistics_.resent;
  transmit(composer_.compose(header, body));
}

// One SequenceReset(4) for [begin, end).
void Engine::fill_gap(std::int64_t begin, std::int64_t end) {
  Composer::Header header;
  header.msg_type = Slice("4", 1);
  header.seq = begin;
  header.dup_of_now = true;
  statistics_.gap_filled += end - begin;
  transmit(composer_.compose(header, "36=" + std::to_string(end) + kSoh + "123=Y" + kSoh));
}

}  // namespace wall
}  // namespace marginfix
