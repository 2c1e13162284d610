// The rows of one transaction: each is read once, and what changes is written when somebody could see it, or at the end, all of a table's
// rows in one statement. Valid while nobody else writes to the tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/reconcile/postgres/connection.hpp"
#include "services/reconcile/postgres/row_shape.hpp"

namespace marginfix::reconcile {

using PgRow = std::vector<PgValue>;

// What COPY ... FROM STDIN (FORMAT binary) takes: a head, rows, an end.
std::string copy_head();
void append_copy_row(std::string& out, const PgRow& row);
void append_copy_end(std::string& out);

class RowTable {
 public:
  RowTable(PgConnection& connection, const RowShape& shape) : connection_(connection), shape_(shape) {}

  const RowShape& shape() const noexcept { return shape_; }
  const PgRow* find(const PgRow& key);
  bool insert(PgRow row);  // false: one of this key is there
  void upsert(PgRow row);
  void remove(const PgRow& key);
  // Reads those that are not known yet, all at once.
  void expect(const std::vector<PgRow>& keys);

  void flush();
  void forget();
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  enum class Stored : std::uint8_t { unknown, no, yes };
  struct Entry {
    PgRow row;  // of a removed one: its key
    bool there{false};
    Stored stored{Stored::unknown};
    bool changed{false};
  };
  Entry& entry(const PgRow& key);
  void read(Entry& entry, const PgRow& key);
  void change(Entry& entry);
  std::string name(const char* what) const { return std::string(what) + '_' + shape_.table; }
  void ready(const char* what, const std::string& sql);
  void write(const std::vector<const Entry*>& rows, bool all_new);
  PgRow row_of(const PGresult* result, int row) const;

  PgConnection& connection_;
  const RowShape& shape_;
  std::unordered_map<std::string, Entry> entries_;
  std::vector<Entry*> changed_;  // of entries_, each once
  std::vector<std::string> prepared_;
};

}  // namespace marginfix::reconcile
