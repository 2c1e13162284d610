// Order numbers in ascending order, of which any may be forgotten. In blocks, so that neither adding nor forgetting one ever costs more
// than moving a block's numbers.
#pragma once

#include <algorithm>
#include <deque>
#include <vector>

#include "sim/exchange/values/numbers.hpp"

namespace marginfix::sim {

class OrderNumbers {
 public:
  // Larger than all that are in it.
  void push_back(OrderNo no) {
    if (blocks_.empty() || blocks_.back().size() == kBlock) blocks_.emplace_back().reserve(kBlock);
    blocks_.back().push_back(no);
  }

  void forget(OrderNo no) {
    const auto block = block_of(no);
    if (block == blocks_.end()) return;
    const auto at = std::ranges::lower_bound(*block, no);
    if (at == block->end() || *at != no) return;
    block->erase(at);
    if (block->empty()) blocks_.erase(block);
  }

  // From the largest below `before` (0: from the largest) downwards; the visitor returns false to stop.
  template <class Visitor>
  void visit_down(OrderNo before, Visitor visitor) const {
    for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) {
      if (before != 0 && block->front() >= before) continue;
      auto at = before == 0 ? block->end() : std::ranges::lower_bound(*block, before);
      while (at != block->begin()) {
        if (!visitor(*--at)) return;
      }
    }
  }

 private:
  static constexpr std::size_t kBlock = 1'024;
  using Blocks = std::deque<std::vector<OrderNo>>;  // none is empty

  Blocks::iterator block_of(OrderNo no) {
    return std::ranges::lower_bound(blocks_, no, {}, [](const std::vector<OrderNo>& block) { return block.back(); });
  }

  Blocks blocks_;
};

}  // namespace marginfix::sim
