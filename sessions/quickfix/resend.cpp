// Answers to the peer's ResendRequest(2), at the speed the peer reads: no more than a window of bytes waits on the link, more follows when
// the link has got rid of them. See engine_impl.hpp.
#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "sessions/quickfix/session_impl.hpp"

namespace marginfix {
namespace wall {
namespace {

constexpr char kSoh = '\x01';
constexpr std::int64_t kBatch = 64;                     // numbers taken from the store at once
constexpr int kBatchesATurn = 64;                       // then other sessions have their turn,
constexpr int kMessagesATurn = 256;                     // or when so many were sent, however many requests asked for them,
constexpr std::chrono::milliseconds kTurn{1};           // or when it has taken so long: a store reads from a disk
constexpr std::size_t kWindow = std::size_t{64} << 10;  // bytes given to the link ahead of the peer

}  // namespace

// False when the connection ended.
bool SessionImpl::answer_resend_request(const Frame& frame) {
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
    if (connected()) send_reject(frame.msg_seq_num, readable && begin >= 1 && begin < next ? 16 : 7, "2", 5, "no such messages");
    return connected();
  }
  // One retransmission at a time: a request for what is still to come joins it, one for what has left makes it begin again there.
  if (!resending() || begin < resend_.next) resend_.next = resend_.scan = begin;
  resend_.end = std::max(resend_.end, end == 0 || end >= next ? next - 1 : end);
  drive_resend();
  return connected();
}

void SessionImpl::begin_turn() {
  resent_this_turn_ = 0;
  turn_began_ = now();
}

void SessionImpl::drive_resend() {
  const std::uint64_t epoch = epoch_;
  try {
    for (int batch = 0; batch < kBatchesATurn && resent_this_turn_ < kMessagesATurn && epoch == epoch_ && connected() && resending() &&
                        link_->queued() < kWindow && now() - turn_began_ < kTurn;
         ++batch) {
      resend_batch();
    }
    if (epoch == epoch_ && connected() && resending() && link_->queued() == 0) link_->request_writable();
  } catch (const std::exception& error) {
    if (epoch == epoch_) store_failed(error.what());
  }
}

void SessionImpl::resend_batch() {
  const std::uint64_t epoch = epoch_;
  const auto gone = [this, epoch] { return epoch != epoch_ || !connected(); };
  const std::int64_t last = std::min(resend_.end, resend_.scan + kBatch - 1);
  for (const StoredMessage& stored : store_.sent(resend_.scan, last)) {
    Frame frame;
    if (!resendable(stored, &frame)) {
      if (frame.msg_seq_num == stored.seq && !frame.is_admin()) events_.on_not_resent(stored.bytes.data(), stored.bytes.size());
      if (gone()) return;
      continue;
    }
    if (resend_.next < stored.seq) fill_gap(resend_.next, stored.seq);
    if (gone()) return;
    resend_.next = resend_.scan = stored.seq + 1;
    resend_one(frame);
    if (gone() || link_->queued() >= kWindow) return;
  }
  resend_.scan = last + 1;
  if (resend_.scan <= resend_.end) return;
  const Resend done = resend_;
  resend_ = Resend();
  if (done.next <= done.end) fill_gap(done.next, done.end + 1);
}

bool SessionImpl::resendable(const StoredMessage& stored, Frame* frame) const {
  return read_frame(Slice(stored.bytes), frame) && frame->msg_seq_num == stored.seq && !frame->is_admin() && !too_old(*frame);
}

bool SessionImpl::too_old(const Frame& frame) const {
  if (plan_.resend_age_limit < 0) return false;
  const Time limit = std::chrono::seconds(plan_.resend_age_limit);
  Time age(0);
  if (sent_times_.age(frame.msg_seq_num, now(), &age)) return age > limit;
  // Sent by an earlier process: only the wall clock spans both. A message from the future says that it was set back, and by how much
  // nobody knows: such a message is not sent again.
  constexpr std::chrono::seconds kSlack(1);
  std::int64_t sent_at = 0;
  if (!parse_utc_seconds(frame.sending_time, &sent_at)) return true;
  const std::chrono::seconds by_wall = std::chrono::duration_cast<std::chrono::seconds>(time_.wall()) - std::chrono::seconds(sent_at);
  return by_wall < -kSlack || by_wall > limit;
}

// The message as it was, byte for byte behind its header.
void SessionImpl::resend_one(const Frame& frame) {
  std::string body;
  body.reserve(frame.bytes.size);
  FieldCursor cursor(frame.bytes);
  Field field;
  bool in_header = true;
  while (cursor.next(&field)) {
    const bool own = field.tag == 8 || field.tag == 9 || field.tag == 35 || field.tag == 49 || field.tag == 56 || field.tag == 34 ||
                     field.tag == 43 || field.tag == 52 || field.tag == 122;
    if (in_header && own) continue;
    in_header = false;
    if (field.tag == 10 && field.whole.data + field.whole.size == frame.bytes.data + frame.bytes.size) break;
    body.append(field.whole.data, field.whole.size);
  }
  FrameHeader header;
  header.msg_type = frame.msg_type;
  header.msg_seq_num = frame.msg_seq_num;
  ++statistics_.resent;
  ++resent_this_turn_;
  header.poss_dup = true;
  transmit(compose_again(header, frame.orig_sending_time.empty() ? frame.sending_time : frame.orig_sending_time, body), header);
}

// One SequenceReset(4) for [begin, end).
void SessionImpl::fill_gap(std::int64_t begin, std::int64_t end) {
  FrameHeader header;
  header.msg_type = Slice("4", 1);
  header.msg_seq_num = begin;
  statistics_.gap_filled += static_cast<std::uint64_t>(end - begin);
  header.poss_dup = true;
  transmit(compose_again(header, Slice(), "36=" + std::to_string(end) + kSoh + "123=Y" + kSoh), header);
}

}  // namespace wall
}  // namespace marginfix
