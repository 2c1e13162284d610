// ExecID(17): parsing and order.
#include "marginfix/domain/ids.hpp"

#include <charconv>

namespace marginfix {

std::optional<ExecSequence> parse_exec_sequence(std::string_view text) noexcept {
  ExecSequence out;
  const char* p = text.data();
  const char* const end = p + text.size();
  while (out.count < out.part.size()) {
    const auto [next, fault] = std::from_chars(p, end, out.part[out.count]);
    if (fault != std::errc{}) return std::nullopt;
    ++out.count;
    if (next == end) return out.count >= 2 ? std::optional(out) : std::nullopt;
    if (*next != ';') return std::nullopt;
    p = next + 1;
  }
  return std::nullopt;
}

ExecId::ExecId(std::string_view text) : text_(text) {
  const auto parsed = parse_exec_sequence(text);
  if (!parsed) return;
  sequence_ = *parsed;
  sequenced_ = sequence_.part[0] != -1 || sequence_.part[1] != -1;
}

std::strong_ordering operator<=>(const ExecId& a, const ExecId& b) noexcept {
  if (const auto order = a.sequence_.part <=> b.sequence_.part; order != 0) return order;
  return a.text_ <=> b.text_;
}

}  // namespace marginfix
