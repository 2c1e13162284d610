// Reading and writing the rows of rows.hpp, generic over Storage: put(), insert(), find(), each(). SQL texts are made once a row type.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

// ---- one value on its way to a column and back --------------------------------------------------------------------------

// yyyymmdd; 0 for the empty date.
std::int64_t date_number(Date date) noexcept;
Date date_of_number(std::int64_t number) noexcept;

namespace detail {

inline void bind_value(Statement& s, int i, std::string_view v) { s.bind(i, v); }
inline void bind_value(Statement& s, int i, const std::string& v) { s.bind(i, std::string_view(v)); }
inline void bind_value(Statement& s, int i, const char* v) { s.bind(i, std::string_view(v)); }
inline void bind_value(Statement& s, int i, const Bytes& v) { s.bind_blob(i, v.data); }
inline void bind_value(Statement& s, int i, Timestamp v) { s.bind(i, static_cast<std::int64_t>(v.time_since_epoch().count())); }
inline void bind_value(Statement& s, int i, Date v) { s.bind(i, date_number(v)); }
template <class Tag>
void bind_value(Statement& s, int i, FixedDecimal<Tag> v) {
  s.bind(i, v.units());
}
template <class T>
requires std::integral<T> || std::is_enum_v<T>
void bind_value(Statement& s, int i, T v) { s.bind(i, static_cast<std::int64_t>(v)); }
template <class T>
void bind_value(Statement& s, int i, const std::optional<T>& v) {
  if (v) {
    bind_value(s, i, *v);
  } else {
    s.bind_null(i);
  }
}

inline KeyValue key_value(const std::string& v) { return v; }
template <class T>
requires std::integral<T> || std::is_enum_v<T> KeyValue key_value(T v) { return static_cast<std::int64_t>(v); }

inline void read_value(const Statement& s, int i, std::string& v) { v.assign(s.text(i)); }
inline void read_value(const Statement& s, int i, Bytes& v) { v.data.assign(s.text(i)); }
inline void read_value(const Statement& s, int i, Timestamp& v) { v = Timestamp(std::chrono::microseconds(s.integer(i))); }
inline void read_value(const Statement& s, int i, Date& v) { v = date_of_number(s.integer(i)); }
template <class Tag>
void read_value(const Statement& s, int i, FixedDecimal<Tag>& v) {
  v = FixedDecimal<Tag>::from_units(s.integer(i));
}
template <class T>
requires std::integral<T> || std::is_enum_v<T>
void read_value(const Statement& s, int i, T& v) { v = static_cast<T>(s.integer(i)); }
template <class T>
void read_value(const Statement& s, int i, std::optional<T>& v) {
  if (s.is_null(i)) {
    v.reset();
  } else {
    read_value(s, i, v.emplace());
  }
}

// What a member's column is declared as.
template <class T>
struct ColumnType {
  static constexpr const char* kSql = "INTEGER NOT NULL";
};
template <>
struct ColumnType<std::string> {
  static constexpr const char* kSql = "TEXT NOT NULL";
};
template <>
struct ColumnType<Bytes> {
  static constexpr const char* kSql = "BLOB NOT NULL";
};
template <class T>
struct ColumnType<std::optional<T>> {
  static constexpr const char* kSql = "INTEGER";
};
template <>
struct ColumnType<std::optional<std::string>> {
  static constexpr const char* kSql = "TEXT";
};

template <class Row>
struct Sql {
  std::string columns, create, insert, upsert, find, remove;
  int count{0};
  Sql() {
    std::string declared, key, values, set, where;
    Row row{};
    row.visit([&]<class T>(const char* name, const T&) {
      const std::string parameter = "$" + std::to_string(count + 1);
      const std::string comma = count == 0 ? "" : ", ";
      columns += comma + name;
      declared += comma + name + " " + ColumnType<T>::kSql;
      values += comma + parameter;
      if (count < Row::kKey) {
        key += comma + name;
        where += (count == 0 ? "" : " AND ") + std::string(name) + " = " + parameter;
      } else {
        set += (count == Row::kKey ? "" : ", ") + std::string(name) + " = excluded." + name;
      }
      ++count;
    });
    const std::string table = Row::kTable;
    create = "CREATE TABLE " + table + " (" + declared + ", PRIMARY KEY (" + key + "))";
    insert = "INSERT INTO " + table + " (" + columns + ") VALUES (" + values + ") ON CONFLICT DO NOTHING";
    upsert = "INSERT INTO " + table + " (" + columns + ") VALUES (" + values + ") ON CONFLICT (" + key + ") DO UPDATE SET " + set;
    find = "SELECT " + columns + " FROM " + table + " WHERE " + where;
    remove = "DELETE FROM " + table + " WHERE " + where;
  }
};
template <class Row>
const Sql<Row>& sql() {
  static const Sql<Row> texts;
  return texts;
}

template <class Row>
void bind_row(Statement& s, Row& row) {
  int i = 0;
  row.visit([&](const char*, const auto& member) { bind_value(s, i++, member); });
}
template <class Row>
void read_row(const Statement& s, Row& row) {
  int i = 0;
  row.visit([&](const char*, auto& member) { read_value(s, i++, member); });
}

}  // namespace detail

// ---- rows ---------------------------------------------------------------------------------------------------------------

// The CREATE TABLE of a row; SQLite's storage adds STRICT and, where the key is all of it, WITHOUT ROWID.
template <class Row>
const std::string& create_table() {
  return detail::sql<Row>().create;
}
// "a, b, c": for queries of one's own, read by read().
template <class Row>
const std::string& columns() {
  return detail::sql<Row>().columns;
}

// Inserts or replaces.
template <class Row>
void put(Storage& storage, Row& row) {
  StatementGuard s(storage.statement(detail::sql<Row>().upsert));
  detail::bind_row(*s, row);
  s->step();
}
// False: a row of this key is there, and stays as it is.
template <class Row>
bool insert(Storage& storage, Row& row) {
  StatementGuard s(storage.statement(detail::sql<Row>().insert));
  detail::bind_row(*s, row);
  s->step();
  return s->changes() > 0;
}
template <class Row, class... Key>
std::optional<Row> find(Storage& storage, const Key&... key) {
  static_assert(sizeof...(Key) == Row::kKey);
  StatementGuard s(storage.statement(detail::sql<Row>().find));
  int i = 0;
  (detail::bind_value(*s, i++, key), ...);
  if (!s->step()) return std::nullopt;
  std::optional<Row> row(std::in_place);
  detail::read_row(*s, *row);
  return row;
}
// Rows of these keys will be looked for.
template <class Row, class... Key>
void expect(Storage& storage, const std::vector<std::tuple<Key...>>& keys) {
  static_assert(sizeof...(Key) == Row::kKey);
  if (keys.empty() || !storage.reads_ahead()) return;
  std::vector<std::vector<KeyValue>> values;
  values.reserve(keys.size());
  for (const auto& key : keys)
    values.push_back(std::apply([](const Key&... part) { return std::vector<KeyValue>{detail::key_value(part)...}; }, key));
  storage.expect(detail::sql<Row>().find, values);
}
template <class Row, class... Key>
void remove(Storage& storage, const Key&... key) {
  static_assert(sizeof...(Key) == Row::kKey);
  StatementGuard s(storage.statement(detail::sql<Row>().remove));
  int i = 0;
  (detail::bind_value(*s, i++, key), ...);
  s->step();
}

// Calls f(Row&) for each row; `tail` is what comes behind FROM ("WHERE account = $1 ORDER BY number"), a literal. f returns void, or false
// to end. f may not use the same Row type with the same tail again.
template <class Row, class F, class... Args>
void each(Storage& storage, std::string_view tail, F&& f, const Args&... args) {
  std::string text = "SELECT " + columns<Row>() + " FROM " + Row::kTable + " ";
  text += tail;
  StatementGuard s(storage.statement(text));
  int i = 0;
  (detail::bind_value(*s, i++, args), ...);
  Row row{};
  while (s->step()) {
    detail::read_row(*s, row);
    if constexpr (std::is_same_v<decltype(f(row)), bool>) {
      if (!f(row)) return;
    } else {
      f(row);
    }
  }
}
// All of them at once: for small tables, and where f of each() would write to the table it reads.
template <class Row, class... Args>
std::vector<Row> all(Storage& storage, std::string_view tail, const Args&... args) {
  std::vector<Row> rows;
  each<Row>(
      storage, tail, [&](Row& row) { rows.push_back(row); }, args...);
  return rows;
}
// One number of a query of one's own; 0 where it gives no row or NULL.
template <class... Args>
std::int64_t number(Storage& storage, std::string_view sql, const Args&... args) {
  StatementGuard s(storage.statement(sql));
  int i = 0;
  (detail::bind_value(*s, i++, args), ...);
  return s->step() && !s->is_null(0) ? s->integer(0) : 0;
}

std::optional<std::string> meta(Storage& storage, std::string_view name);
void set_meta(Storage& storage, std::string_view name, std::string_view value);
// 0 when it is not there.
std::int64_t meta_number(Storage& storage, std::string_view name);

}  // namespace marginfix::reconcile
