// The ledger's tables as PostgreSQL has them: what rows.hpp says of them, as values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

enum class PgColumn : std::uint8_t { integer, text, bytes };

struct RowShape {
  std::string table;
  std::vector<std::string> names;
  std::vector<PgColumn> columns;
  std::size_t key{0};
  std::string find, insert, upsert, remove;  // the statements of table.hpp
  std::string create;

  // "a, b, c"
  std::string all_names() const;
  // Of many rows at once: one array a column.
  std::string insert_many() const;
  std::string upsert_many() const;
  std::string find_many() const;  // one array a column of the key
  std::string copy() const;

 private:
  std::string arrays(std::size_t count) const;
};

template <class Row>
RowShape row_shape() {
  RowShape shape;
  shape.table = Row::kTable;
  shape.key = Row::kKey;
  shape.find = detail::sql<Row>().find, shape.insert = detail::sql<Row>().insert;
  shape.upsert = detail::sql<Row>().upsert, shape.remove = detail::sql<Row>().remove;
  std::string declared, key;
  Row row{};
  row.visit([&]<class T>(const char* name, const T&) {
    const std::string_view sql = detail::ColumnType<T>::kSql;
    const bool text = sql.starts_with("TEXT"), bytes = sql.starts_with("BLOB");
    declared += std::string(shape.names.empty() ? "" : ", ") + name + (text ? " TEXT COLLATE \"C\"" : bytes ? " BYTEA" : " BIGINT");
    if (sql.ends_with("NOT NULL")) declared += " NOT NULL";
    if (shape.names.size() < shape.key) key += std::string(shape.names.empty() ? "" : ", ") + name;
    shape.names.emplace_back(name);
    shape.columns.push_back(text ? PgColumn::text : bytes ? PgColumn::bytes : PgColumn::integer);
  });
  shape.create = "CREATE TABLE IF NOT EXISTS " + shape.table + " (" + declared + ", PRIMARY KEY (" + key + "))";
  return shape;
}

// Everything that is not of the service's engine, but of its ledger in PostgreSQL: the journal, in pieces of the bytes that a file would
// have, and the audit's lines.
struct JournalPieceRow {
  static constexpr const char* kTable = "journal";
  static constexpr int kKey = 1;
  std::int64_t begins{0};  // where in the journal
  Timestamp received{};    // of the last record that ends in it or before
  Bytes bytes;
  template <class V>
  void visit(V&& v) {
    v("begins", begins), v("received", received), v("bytes", bytes);
  }
};
struct AuditLineRow {
  static constexpr const char* kTable = "audit";
  static constexpr int kKey = 1;
  std::int64_t number{0};  // from 1
  std::int64_t break_id{0};
  std::string line;  // with its line break
  template <class V>
  void visit(V&& v) {
    v("number", number), v("break_id", break_id), v("line", line);
  }
};

// All of them.
const std::vector<RowShape>& ledger_shapes();

}  // namespace marginfix::reconcile
