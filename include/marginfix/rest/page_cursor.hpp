// Where the reading of a cursor-paged list stands: what blocking and asynchronous ranges share.
// Source: rest-perps.md "Paging"; klear.md "Paging and truncation".
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>

namespace marginfix::rest {

inline constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

// Where a paged reading stands. Not thread-safe.
class PageCursor {
 public:
  explicit PageCursor(std::size_t limit) : left_(limit) {}
  bool more() const noexcept { return more_ && left_ > 0; }
  // A page has come: how many of its items count. `next` is the cursor it brought.
  std::size_t arrived(std::size_t items, const std::optional<std::string>& next) {
    const std::size_t taken = items < left_ ? items : left_;
    left_ -= taken;
    more_ = next && !next->empty() && seen_.insert(*next).second;
    return taken;
  }
  // The cursor the reading starts with, where the caller gave one.
  void sent(const std::optional<std::string>& cursor) {
    if (cursor && !cursor->empty()) seen_.insert(*cursor);
  }
  void stop() noexcept { more_ = false; }

 private:
  std::size_t left_;
  bool more_{true};
  std::set<std::string, std::less<>> seen_;
};

}  // namespace marginfix::rest
