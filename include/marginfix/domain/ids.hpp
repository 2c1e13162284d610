// ExecID(17) as the exchange makes it: "<a>;<b>", two integers, ordered; a third part (the exchange index) was reported.
// The text is kept as it came; rejects and pending reports carry "-1;-1" and stand in no order. Source: fix-margin.md, ExecutionReport.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"

namespace marginfix {

// The integers of an ExecID(17), for those who keep many. Ordered within one LastMkt(30) only.
struct ExecSequence {
  std::array<std::int64_t, 3> part{};
  std::size_t count{0};  // 2 or 3
  friend auto operator<=>(const ExecSequence&, const ExecSequence&) = default;
};
// "13768;4" or "13768;4;1" ("-1;-1" too); nothing for a text of another form. Does not allocate.
std::optional<ExecSequence> parse_exec_sequence(std::string_view text) noexcept;

class ExecId {
 public:
  ExecId() = default;
  // Never fails: a text of another form is kept, is_sequenced() is false for it.
  explicit ExecId(std::string_view text);

  const std::string& text() const noexcept { return text_; }
  bool empty() const noexcept { return text_.empty(); }
  // True for two or three integers that are not "-1;-1": such ids have an order (within one LastMkt(30)).
  bool is_sequenced() const noexcept { return sequenced_; }
  // "-1;-1": a reject or pending report, not in the drop copy.
  bool is_unsequenced() const noexcept { return !sequenced_; }
  std::int64_t part(std::size_t i) const noexcept { return i < sequence_.part.size() ? sequence_.part[i] : 0; }

  // Equality is equality of the text. Order is by the first two integers, then the third, then the text: use it between sequenced ids.
  friend bool operator==(const ExecId& a, const ExecId& b) noexcept { return a.text_ == b.text_; }
  friend std::strong_ordering operator<=>(const ExecId& a, const ExecId& b) noexcept;

 private:
  std::string text_;
  ExecSequence sequence_;
  bool sequenced_{false};
};

}  // namespace marginfix

template <>
struct std::hash<marginfix::ExecId> {
  std::size_t operator()(const marginfix::ExecId& id) const noexcept { return std::hash<std::string>{}(id.text()); }
};
