// The last messages that left, by MsgSeqNum(34), and what has become of them: what a Reject(3) or BusinessMessageReject(j) is about, which
// orders are in flight when the connection ends, and what was told about them. Fixed memory. I/O thread only.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <set>
#include <string_view>
#include <vector>

#include "marginfix/sessions/fix_session.hpp"
#include "sessions/client/outgoing.hpp"

namespace marginfix::sessions {

class SentWindow {
 public:
  explicit SentWindow(std::size_t size) : slots_(size), heads_(std::bit_ceil(size) * 2, kNone) {}

  void remember(std::int64_t seq, const Outgoing& out) {
    Slot& slot = at(seq);
    forget(slot);
    slot.seq = seq;
    slot.id = out.id;
    slot.bucket = out.bucket;
    slot.type_size = copy(slot.type, out.msg_type);
    slot.reference_size = copy(slot.reference, out.reference);
    newest_ = seq;
  }
  bool find(std::int64_t seq, SentMessage& out) const {
    const Slot* const slot = known(seq);
    if (slot != nullptr) out = message(*slot);
    return slot != nullptr;
  }
  // What the message with this number spent; null when it is not known any more.
  TokenBucket* bucket(std::int64_t seq) const {
    const Slot* const slot = known(seq);
    return slot != nullptr ? slot->bucket : nullptr;
  }
  void clear() {
    for (Slot& slot : slots_) {
      slot.seq = 0;
      slot.fate = Fate::not_awaited;
    }
    std::ranges::fill(heads_, kNone);
    gap_filled_.clear();
    newest_ = 0;
  }
  std::int64_t newest() const noexcept { return newest_; }

  // ---- fates, of messages that will be answered
  // The message that remembering `seq` would push out although nothing is known of it yet.
  bool pushes_out(std::int64_t seq, SentMessage& out) const {
    const Slot& slot = slots_[place(seq)];
    if (slot.seq == 0 || slot.seq == seq || slot.fate != Fate::in_flight) return false;
    out = message(slot);
    return true;
  }
  void await_answer(std::int64_t seq) {
    Slot& slot = at(seq);
    if (slot.seq != seq || slot.fate != Fate::not_awaited) return;
    slot.fate = Fate::in_flight;
    std::uint32_t& head = head_of(slot.text());
    slot.next = head;
    head = static_cast<std::uint32_t>(&slot - slots_.data());
  }
  // An answer by ClOrdID(11): to the oldest message of that id that has none yet. Gives whether there was one, and which.
  bool answered(std::string_view reference, SentMessage* which = nullptr) {
    Slot* oldest = nullptr;
    for (std::uint32_t i = head_of(reference); i != kNone; i = slots_[i].next) {
      if (slots_[i].text() == reference && (oldest == nullptr || slots_[i].seq < oldest->seq)) oldest = &slots_[i];
    }
    if (oldest == nullptr) return false;
    if (which != nullptr) *which = message(*oldest);
    settle(*oldest);
    return true;
  }
  void answered(std::int64_t seq) {
    Slot& slot = at(seq);
    if (slot.seq == seq) settle(slot);
  }
  // Told as not sent again: false when that is known already, or the message has had its answer.
  bool gap_filled(std::int64_t seq) {
    Slot& slot = at(seq);
    if (slot.seq != seq) return first_time(seq);  // of an earlier process, or long ago
    if (slot.fate == Fate::answered || slot.fate == Fate::gap_filled) return false;
    if (slot.fate == Fate::not_awaited) return first_time(seq);
    slot.fate = Fate::gap_filled;
    return true;
  }
  // The connection has ended: every message in flight, oldest first, each once.
  template <class Tell>
  void end_of_connection(const Tell& tell) {
    const auto size = static_cast<std::int64_t>(slots_.size());
    for (std::int64_t seq = std::max<std::int64_t>(1, newest_ - size + 1); seq <= newest_; ++seq) {
      Slot& slot = at(seq);
      if (slot.seq != seq || slot.fate != Fate::in_flight) continue;
      slot.fate = Fate::told_unknown;
      tell(message(slot));
    }
  }

 private:
  enum class Fate : std::uint8_t {
    not_awaited,   // nothing is expected (or this kind of message is not followed here)
    in_flight,     // left, no answer yet
    told_unknown,  // the connection ended first; an answer may still come (KalshiRT)
    gap_filled,    // told unknown because it will not be sent again
    answered
  };
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  struct Slot {
    std::int64_t seq{0};
    std::uint64_t id{0};
    TokenBucket* bucket{nullptr};
    std::array<char, 8> type{};
    std::array<char, 64> reference{};  // ClOrdID(11) has at most 64 characters
    std::uint8_t type_size{0}, reference_size{0};
    Fate fate{Fate::not_awaited};
    std::uint32_t next{kNone};  // in the chain of its reference's hash, while unanswered
    std::string_view text() const { return {reference.data(), reference_size}; }
  };

  template <std::size_t N>
  static std::uint8_t copy(std::array<char, N>& to, std::string_view from) {
    const std::size_t size = std::min(N, from.size());
    std::memcpy(to.data(), from.data(), size);
    return static_cast<std::uint8_t>(size);
  }
  static SentMessage message(const Slot& slot) { return {slot.seq, slot.id, {slot.type.data(), slot.type_size}, slot.text()}; }
  std::size_t place(std::int64_t seq) const { return static_cast<std::size_t>(seq) % slots_.size(); }
  Slot& at(std::int64_t seq) { return slots_[place(seq)]; }
  const Slot* known(std::int64_t seq) const {
    if (seq <= 0) return nullptr;
    const Slot& slot = slots_[place(seq)];
    return slot.seq == seq ? &slot : nullptr;
  }
  std::uint32_t& head_of(std::string_view reference) {
    return heads_[std::hash<std::string_view>{}(reference.substr(0, 64)) & (heads_.size() - 1)];
  }

  bool first_time(std::int64_t seq) {
    constexpr std::size_t kMost = 65'536;
    const bool first = gap_filled_.insert(seq).second;
    if (gap_filled_.size() > kMost) gap_filled_.erase(gap_filled_.begin());
    return first;
  }
  static bool is_chained(Fate fate) { return fate != Fate::not_awaited && fate != Fate::answered; }
  void settle(Slot& slot) {
    if (!is_chained(slot.fate)) return;
    const auto me = static_cast<std::uint32_t>(&slot - slots_.data());
    std::uint32_t* link = &head_of(slot.text());
    while (*link != me) link = &slots_[*link].next;
    *link = slot.next;
    slot.next = kNone;
    slot.fate = Fate::answered;
  }
  void forget(Slot& slot) {
    settle(slot);
    slot.fate = Fate::not_awaited;
  }

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> heads_;   // chains of unanswered messages by the hash of their reference
  std::set<std::int64_t> gap_filled_;  // numbers told as such that are not in the window
  std::int64_t newest_{0};
};

}  // namespace marginfix::sessions
