// Cursor-paged lists as ranges: pages are asked for as the loop needs them.
//
//   for (const Result<MarginOrder>& order : perps.orders().list_all({.ticker = "BTC-PERP"})) {
//     if (!order) { ...order.error()...; break; }
//     ...
//   }
//
// The end is an empty or absent cursor. A cursor that came before ends the range too (the exchange would go in circles), and so does the
// limit on items, where one is given. An error is the last element. Source: rest-perps.md "Paging"; klear.md "Paging and truncation".
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/json/type_info.hpp"
#include "marginfix/rest/page_cursor.hpp"

namespace marginfix::rest {

// An input range of Result<Item>. `Items` is the response's list. The client outlives it; not thread-safe.
template <class Caller, class Op, auto Items>
class Pages {
 public:
  using Item = typename json::detail::MemberPointer<decltype(Items)>::Type::value_type;
  using value_type = Result<Item>;

  Pages(Caller& caller, Op operation, std::size_t limit) : caller_(&caller), operation_(std::move(operation)), cursor_(limit) {
    cursor_.sent(operation_.cursor);
  }

  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Result<Item>;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    explicit Iterator(Pages& pages) : pages_(&pages) {}
    const Result<Item>& operator*() const noexcept { return *pages_->current_; }
    const Result<Item>* operator->() const noexcept { return &*pages_->current_; }
    Iterator& operator++() {
      pages_->advance();
      return *this;
    }
    void operator++(int) { pages_->advance(); }
    friend bool operator==(const Iterator& it, std::default_sentinel_t) noexcept { return it.at_end(); }

   private:
    bool at_end() const noexcept { return pages_ == nullptr || !pages_->current_; }
    Pages* pages_{nullptr};
  };

  // Asks for the first page, the first time.
  Iterator begin() {
    if (!started_) advance();
    started_ = true;
    return Iterator(*this);
  }
  std::default_sentinel_t end() const noexcept { return {}; }

  // The whole list in one vector, or the first error.
  Result<std::vector<Item>> collect() {
    std::vector<Item> all;
    for (auto it = begin(); it != end(); ++it) {
      if (!*it) return it->error();
      all.push_back(**it);
    }
    return all;
  }

 private:
  void advance() {
    while (next_ == ready_.size() && cursor_.more()) fetch();
    if (failure_) {
      current_.emplace(*std::exchange(failure_, std::nullopt));
    } else if (next_ < ready_.size()) {
      current_.emplace(std::move(ready_[next_++]));
    } else {
      current_.reset();
    }
  }
  void fetch() {
    auto page = caller_->run(operation_);
    ready_.clear();
    next_ = 0;
    if (!page) {
      failure_ = page.error();
      return cursor_.stop();
    }
    ready_ = std::move((*page).*Items);
    ready_.resize(cursor_.arrived(ready_.size(), page->cursor));
    operation_.cursor = page->cursor;
  }

  Caller* caller_;
  Op operation_;
  PageCursor cursor_;
  bool started_{false};
  std::vector<Item> ready_;
  std::size_t next_{0};
  std::optional<Error> failure_;
  std::optional<Result<Item>> current_;
};

}  // namespace marginfix::rest
