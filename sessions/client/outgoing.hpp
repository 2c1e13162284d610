// A message of ours on its way to the wire, and the pool such messages come from.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/time.hpp"
#include "marginfix/core/token_bucket.hpp"
#include "marginfix/fix/buffer.hpp"

namespace marginfix::sessions {

struct Outgoing {
  std::uint64_t id{0};     // SendReceipt::message_id
  std::uint64_t epoch{0};  // the logon it was accepted under: it leaves on that connection or never
  std::string msg_type;
  fix::Buffer body{512};
  std::string reference;  // ClOrdID(11), or what stands for it
  std::string replaces;   // OrigClOrdID(41) of amends and cancels
  std::string symbol;     // Symbol(55) of orders and amends: it chooses the write bucket
  std::string sender_sub_id;
  bool priority{false};          // cancels: overtake, and may overdraw
  bool paid{false};              // its tokens are taken
  TokenBucket* bucket{nullptr};  // that it spends
  Timestamp since{};
  std::chrono::steady_clock::time_point accepted{};  // by send(): the age of a first send counts from here

  void reset() {
    id = epoch = 0;
    body.clear();
    msg_type.clear();
    reference.clear();
    replaces.clear();
    symbol.clear();
    sender_sub_id.clear();
    priority = paid = false;
    bucket = nullptr;
    since = {};
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

}  // namespace marginfix::sessions
