// SessionFigures that any thread may count.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "marginfix/sessions/statistics.hpp"

namespace marginfix::sessions {

class FigureCounters {
 public:
  using Figure = std::uint64_t SessionFigures::*;

  template <Figure kFigure>
  void bump() noexcept {
    counts_[index_of(kFigure)].fetch_add(1, std::memory_order_relaxed);
  }
  template <Figure kFigure>
  void set(std::uint64_t count) noexcept {
    counts_[index_of(kFigure)].store(count, std::memory_order_relaxed);
  }
  // Each figure exact, not all of one instant.
  SessionFigures now() const noexcept {
    Counts counts{};
    std::ranges::transform(counts_, counts.begin(), [](const auto& count) { return count.load(std::memory_order_relaxed); });
    return std::bit_cast<SessionFigures>(counts);
  }

 private:
  // A SessionFigures is its members one after the other, whatever they are called.
  using Counts = std::array<std::uint64_t, sizeof(SessionFigures) / sizeof(std::uint64_t)>;

  static consteval std::size_t index_of(Figure figure) {
    SessionFigures probe;
    probe.*figure = 1;
    const auto counts = std::bit_cast<Counts>(probe);
    return static_cast<std::size_t>(std::ranges::find(counts, 1U) - counts.begin());
  }

  std::array<std::atomic<std::uint64_t>, std::tuple_size_v<Counts>> counts_{};
};

}  // namespace marginfix::sessions
