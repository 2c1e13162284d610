// A plain struct that one thread writes and any thread reads: each figure of a reading is exact, they are not all of one instant.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <type_traits>

namespace marginfix::sessions {

template <class Figures>
class Snapshot {
 public:
  void store(const Figures& figures) noexcept {
    const auto now = std::bit_cast<Words>(figures);
    for (std::size_t i = 0; i < kCount; ++i) words_[i].store(now[i], std::memory_order_relaxed);
  }
  Figures load() const noexcept {
    Words now{};
    for (std::size_t i = 0; i < kCount; ++i) now[i] = words_[i].load(std::memory_order_relaxed);
    return std::bit_cast<Figures>(now);
  }

 private:
  static_assert(std::is_trivially_copyable_v<Figures> && sizeof(Figures) % sizeof(std::uint64_t) == 0, "one word a figure");
  static constexpr std::size_t kCount = sizeof(Figures) / sizeof(std::uint64_t);
  using Words = std::array<std::uint64_t, kCount>;
  std::array<std::atomic<std::uint64_t>, kCount> words_{};
};

}  // namespace marginfix::sessions
