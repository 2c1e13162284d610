// ExecID(17): parsing and order.
#include "marginfix/domain/ids.hpp"

#include <charconv>

namespace marginfix {

ExecId::ExecId(std::string_view text) : text_(text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  std::size_t count = 0;
  while (count < parts_.size()) {
    const auto [next, fault] = std::from_chars(p, end, parts_[count]);
    if (fault != std::errc{}) return;
    ++count;
    p = next;
    if (p == end || *p != ';') break;
    ++p;
  }
  sequenced_ = p == end && text.back() != ';' && count >= 2 && !(parts_[0] == -1 && parts_[1] == -1);
}

std::strong_ordering operator<=>(const ExecId& a, const ExecId& b) noexcept {
  if (const auto order = a.parts_ <=> b.parts_; order != 0) return order;
  return a.text_ <=> b.text_;
}

}  // namespace marginfix
