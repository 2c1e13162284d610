// Rows that many records of a batch touch, kept in memory until the batch is finished: read once, written once. Bounded between batches.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

template <class Row, class... Key>
class BatchCache {
 public:
  explicit BatchCache(Storage& storage) : storage_(&storage) {}

  // Null: there is none. Valid until the batch is finished or forgotten. Changing it wants touch().
  Row* find(const Key&... key) {
    auto found = rows_.find(std::tuple<Key...>(key...));
    if (found == rows_.end()) {
      auto row = reconcile::find<Row>(*storage_, key...);
      if (!row) return nullptr;
      found = rows_.emplace(std::tuple<Key...>(key...), Entry{std::move(*row), false}).first;
    }
    return &found->second.row;
  }
  // Found or new, and to be written.
  Row& touch(const Key&... key) {
    if (Row* row = find(key...)) {
      rows_.find(std::tuple<Key...>(key...))->second.changed = true;
      return *row;
    }
    Row row{};
    assign(row, key...);
    return rows_.emplace(std::tuple<Key...>(key...), Entry{std::move(row), true}).first->second.row;
  }

  void write() {
    for (auto& [key, entry] : rows_) {
      if (entry.changed) put(*storage_, entry.row);
      entry.changed = false;
    }
    if (rows_.size() > kKept) rows_.clear();
  }
  void forget() { rows_.clear(); }

 private:
  struct Entry {
    Row row;
    bool changed{false};
  };
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
};

}  // namespace marginfix::reconcile
