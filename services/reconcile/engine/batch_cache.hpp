// Rows that many records of a batch touch, kept in memory until the batch is finished: read once, written once. Bounded between batches.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

template <class Row, class... Key>
class BatchCache {
 public:
  explicit BatchCache(Storage& storage) : storage_(&storage) {}

  // Null: there is none. Valid until the batch is finished or forgotten. Changing it wants touch().
  Row* find(const Key&... key) {
    Entry* const entry = entry_of(key...);
    return entry == nullptr ? nullptr : &entry->row;
  }
  // Found or new, and to be written.
  Row& touch(const Key&... key) {
    Entry* entry = entry_of(key...);
    if (entry == nullptr) {
      Row row{};
      assign(row, key...);
      entry = &rows_.emplace(std::tuple<Key...>(key...), Entry{std::move(row), false}).first->second;
    }
    if (watched_) before_.try_emplace(std::tuple<Key...>(key...), entry->row);
    if (!std::exchange(entry->changed, true)) changed_.push_back(entry);
    return entry->row;
  }

  // From here on each row is remembered as it was before it was touched first, written and forgotten or not, until tell_changes() has
  // called f(before, now) for each, in the order of the keys.
  void watch(bool watched) {
    watched_ = watched;
    before_.clear();
  }
  template <class F>
  void tell_changes(F&& f) {
    for (const auto& [key, before] : before_) {
      const Row* const now = std::apply([this](const Key&... part) { return find(part...); }, key);
      if (now != nullptr) f(before, *now);
    }
    before_.clear();
  }

  void write() {
    for (Entry* entry : changed_) {
      put(*storage_, entry->row);
      entry->changed = false;
    }
    changed_.clear();
    if (rows_.size() > kKept) rows_.clear();
  }
  void forget() {
    changed_.clear();
    rows_.clear();
  }

 private:
  struct Entry {
    Row row;
    bool changed{false};
  };
  Entry* entry_of(const Key&... key) {
    auto found = rows_.find(std::tuple<Key...>(key...));
    if (found == rows_.end()) {
      auto row = reconcile::find<Row>(*storage_, key...);
      if (!row) return nullptr;
      found = rows_.emplace(std::tuple<Key...>(key...), Entry{std::move(*row), false}).first;
    }
    return &found->second;
  }
  // The key's members are the row's first.
  static void assign(Row& row, const Key&... key) {
    std::tuple<Key...> values(key...);
    int i = 0;
    row.visit([&]<class T>(const char*, T& member) {
      [&]<std::size_t... I>(std::index_sequence<I...>) { (set_if<I>(i, member, values), ...); }
      (std::index_sequence_for<Key...>());
      ++i;
    });
  }
  template <std::size_t I, class T>
  static void set_if(int i, T& member, const std::tuple<Key...>& values) {
    if constexpr (std::is_same_v<T, std::tuple_element_t<I, std::tuple<Key...>>>) {
      if (i == static_cast<int>(I)) member = std::get<I>(values);
    }
  }

  static constexpr std::size_t kKept = 4096;
  Storage* storage_;
  std::map<std::tuple<Key...>, Entry> rows_;
  std::vector<Entry*> changed_;  // of rows_, as often as once
  bool watched_{false};
  std::map<std::tuple<Key...>, Row> before_;
};

}  // namespace marginfix::reconcile
