// The integers of an ExecID(17), without allocating. Ordered within one LastMkt(30) only. Source: fix-margin.md "ExecutionReport".
#pragma once

#include <array>
#include <charconv>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace marginfix::sessions {

struct ExecSequence {
  std::array<std::int64_t, 3> part{};
  std::size_t count{0};
  friend auto operator<=>(const ExecSequence&, const ExecSequence&) = default;
};

// "13768;4" or "13768;4;1"; nothing for a text of another form.
inline std::optional<ExecSequence> parse_exec_sequence(std::string_view id) {
  ExecSequence out;
  while (out.count < out.part.size()) {
    const auto [stop, problem] = std::from_chars(id.data(), id.data() + id.size(), out.part[out.count]);
    if (problem != std::errc{} || stop == id.data()) return std::nullopt;
    ++out.count;
    id.remove_prefix(static_cast<std::size_t>(stop - id.data()));
    if (id.empty()) return out.count >= 2 ? std::optional(out) : std::nullopt;
    if (id.front() != ';') return std::nullopt;
    id.remove_prefix(1);
  }
  return std::nullopt;
}

}  // namespace marginfix::sessions
