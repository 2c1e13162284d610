// A message of ours on its way to the wire, the pool such messages come from, and the memory of those that have left.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/time.hpp"
#include "marginfix/fix/buffer.hpp"
#include "marginfix/sessions/fix_session.hpp"

namespace marginfix::sessions {

struct Outgoing {
  std::uint64_t id{0};     // SendReceipt::message_id
  std::uint64_t epoch{0};  // the logon it was accepted under: it leaves on that connection or never
  std::string msg_type;
  fix::Buffer body{512};
  std::string reference;  // ClOrdID(11), or what stands for it
  std::string replaces;   // OrigClOrdID(41) of amends and cancels
  std::string sender_sub_id;
  bool priority{false};  // cancels: overtake, and may overdraw
  bool paid{false};      // its tokens are taken
  Timestamp since{};

  void reset() {
    id = epoch = 0;
    body.clear();
    msg_type.clear();
    reference.clear();
    replaces.clear();
    sender_sub_id.clear();
    priority = paid = false;
  }
};
using OutgoingPtr = std::unique_ptr<Outgoing>;

// Thread-safe free list: strings and buffers keep their memory, so sending allocates nothing once warm.
class OutgoingPool {
 public:
  OutgoingPtr take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        OutgoingPtr out = std::move(free_.back());
        free_.pop_back();
        return out;
      }
    }
    return std::make_unique<Outgoing>();
  }
  void give_back(OutgoingPtr out) {
    constexpr std::size_t kKeep = 4096;
    out->reset();
    const std::lock_guard lock(mutex_);
    if (free_.size() < kKeep) free_.push_back(std::move(out));
  }

 private:
  std::mutex mutex_;
  std::vector<OutgoingPtr> free_;
};

// The last messages that left, by MsgSeqNum(34): what a Reject(3) or BusinessMessageReject(j) is about. I/O thread only.
class SentWindow {
 public:
  explicit SentWindow(std::size_t size) : slots_(size) {}

  void remember(std::int64_t seq, const Outgoing& out) {
    Slot& slot = at(seq);
    slot.seq = seq;
    slot.id = out.id;
    slot.type_size = copy(slot.type, out.msg_type);
    slot.reference_size = copy(slot.reference, out.reference);
    newest_ = seq;
  }
  bool find(std::int64_t seq, SentMessage& out) const {
    if (seq <= 0) return false;
    const Slot& slot = slots_[static_cast<std::size_t>(seq) % slots_.size()];
    if (slot.seq != seq) return false;
    out = {slot.seq, slot.id, {slot.type.data(), slot.type_size}, {slot.reference.data(), slot.reference_size}};
    return true;
  }
  void clear() {
    for (Slot& slot : slots_) slot.seq = 0;
    newest_ = 0;
  }
  std::int64_t newest() const noexcept { return newest_; }

 private:
  struct Slot {
    std::int64_t seq{0};
    std::uint64_t id{0};
    std::array<char, 8> type{};
    std::array<char, 64> reference{};  // ClOrdID(11) has at most 64 characters
    std::uint8_t type_size{0}, reference_size{0};
  };
  template <std::size_t N>
  static std::uint8_t copy(std::array<char, N>& to, std::string_view from) {
    const std::size_t size = std::min(N, from.size());
    std::memcpy(to.data(), from.data(), size);
    return static_cast<std::uint8_t>(size);
  }
  Slot& at(std::int64_t seq) { return slots_[static_cast<std::size_t>(seq) % slots_.size()]; }

  std::vector<Slot> slots_;
  std::int64_t newest_{0};
};

}  // namespace marginfix::sessions
