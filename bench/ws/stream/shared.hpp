// What the exchange's process and the client's have in common: a plan, and counters in shared memory. Two processes, so that the memory
// measured is the client's alone.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace marginfix::bench {

inline constexpr int kMarkets = 50;
inline constexpr std::uint64_t kStamps = 1U << 16;   // more than kMostAhead, so that none is overwritten before it is read
inline constexpr std::uint64_t kMostAhead = 20'000;  // frames that the exchange may be ahead of the client: hard driven, never overflowing
inline constexpr std::uint64_t kMostLatencies = 100'000;  // measured ones

struct Plan {
  std::string name;
  std::uint64_t frames{300'000};  // orderbook_delta
  std::uint64_t rate{0};          // of them a second; 0 = as fast as the client takes them
  bool tls{true};
  bool compression{false};
  bool streams{false};         // co_await sub.next() in place of a handler
  std::int64_t memory_kib{0};  // most growth after the warm-up; 0 = not looked at
  std::string folder{};        // keys, certificates, the books at the end
  std::string key_id{};
};

// Zeroes are the beginning.
struct Shared {
  std::atomic<std::uint64_t> produced, received, trades;
  std::atomic<bool> client_ready, client_gone, finished;
  std::array<std::atomic<std::int64_t>, kStamps> at;  // when delta n was made, steady clock
};

inline std::int64_t nanoseconds_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
inline std::string ticker(int n) { return "KXB" + std::to_string(10 + n) + "PERP"; }

}  // namespace marginfix::bench
