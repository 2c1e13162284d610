// Finds things by a text id without keeping the text: by 64 bits of its hash, so that a look-up reads one line of memory besides what it
// finds. Several may go by one id, and ids may share a hash, so what comes back are candidates: whoever asks looks whether it is meant.
// T: a pointer or a number; T{} means none. One thread at a time.
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace marginfix {

using IdHash = std::uint64_t;
inline IdHash id_hash(std::string_view id) noexcept { return std::hash<std::string_view>{}(id); }
// Of an id that means something to one owner only.
inline IdHash id_hash(std::string_view owner, std::string_view id) noexcept {
  constexpr IdHash kOdd = 0x9E37'79B9'7F4A'7C15U;  // 2^64 / golden ratio: the two parts do not cancel out
  return id_hash(id) ^ (id_hash(owner) * kOdd);
}

template <class T>
class IdIndex {
 public:
  // However often: once.
  void insert(IdHash id, T value) {
    const auto [at, is_new] = first_.try_emplace(id, value);
    if (is_new || at->second == value) return;
    std::vector<T>& others = more_[id];
    if (std::find(others.begin(), others.end(), value) == others.end()) others.push_back(value);
  }
  void erase(IdHash id, T value) {
    const auto at = first_.find(id);
    if (at == first_.end()) return;
    const auto others = more_.find(id);
    if (others == more_.end()) {
      if (at->second == value) first_.erase(at);
      return;
    }
    T* place = &at->second;
    if (*place != value) {
      const auto other = std::find(others->second.begin(), others->second.end(), value);
      if (other == others->second.end()) return;
      place = &*other;
    }
    *place = others->second.back();
    others->second.pop_back();
    if (others->second.empty()) more_.erase(others);
  }
  // Each candidate once, in no order.
  template <class Each>
  void for_each(IdHash id, Each each) const {
    const auto at = first_.find(id);
    if (at == first_.end()) return;
    each(at->second);
    if (more_.empty()) return;
    if (const auto others = more_.find(id); others != more_.end()) {
      for (const T& other : others->second) each(other);
    }
  }
  // One of which `fits` says so.
  template <class Fits>
  T find(IdHash id, Fits fits) const {
    T found{};
    for_each(id, [&](const T& value) {
      if (found == T{} && fits(value)) found = value;
    });
    return found;
  }

 private:
  struct Itself {  // a hash already
    using is_avalanching = void;
    std::size_t operator()(IdHash id) const noexcept { return id; }
  };
  boost::unordered_flat_map<IdHash, T, Itself> first_;
  std::unordered_map<IdHash, std::vector<T>> more_;  // those behind the first
};

}  // namespace marginfix
