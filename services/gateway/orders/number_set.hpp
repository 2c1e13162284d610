// Numbers of orders, in ascending order. Orders are numbered one behind the other and come and go by the thousand, so 64 neighbours share a
// node: what a node costs is paid once for them. A plain value; one thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>

namespace marginfix::gateway {

class NumberSet {
  using Word = std::uint64_t;                   // bit i: this number of the 64 that share it
  using Words = std::map<std::uint64_t, Word>;  // by number / 64; none is 0

 public:
  class Iterator {
   public:
    using value_type = std::uint64_t;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    std::uint64_t operator*() const { return at_->first * kShared + static_cast<std::uint64_t>(std::countr_zero(left_)); }
    Iterator& operator++() {
      left_ &= left_ - 1;
      if (left_ == 0) *this = Iterator(std::next(at_), end_);
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    friend class NumberSet;
    Iterator(Words::const_iterator at, Words::const_iterator end) : at_(at), end_(end), left_(at == end ? 0 : at->second) {}
    Words::const_iterator at_, end_;
    Word left_{0};  // of this word: what is still to come
  };

  void insert(std::uint64_t number) {
    const bool beside_last = !words_.empty() && words_.rbegin()->first == number / kShared;  // new ones have the highest number
    Word& word = beside_last ? words_.rbegin()->second : words_.try_emplace(words_.end(), number / kShared)->second;
    size_ += (word & bit(number)) == 0 ? 1 : 0;
    word |= bit(number);
  }
  void erase(std::uint64_t number) {
    const auto at = words_.find(number / kShared);
    if (at == words_.end() || (at->second & bit(number)) == 0) return;
    --size_;
    at->second &= ~bit(number);
    if (at->second == 0) words_.erase(at);
  }
  bool contains(std::uint64_t number) const {
    const auto at = words_.find(number / kShared);
    return at != words_.end() && (at->second & bit(number)) != 0;
  }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  Iterator begin() const { return {words_.begin(), words_.end()}; }
  Iterator end() const { return {words_.end(), words_.end()}; }
  friend bool operator==(const NumberSet& a, const NumberSet& b) { return a.words_ == b.words_; }

 private:
  static constexpr std::uint64_t kShared = 64;
  static Word bit(std::uint64_t number) { return Word{1} << (number % kShared); }
  Words words_;
  std::size_t size_{0};
};

}  // namespace marginfix::gateway
