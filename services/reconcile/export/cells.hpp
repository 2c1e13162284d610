// What a value of a row is outside: exact text and a type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "services/reconcile/iso_date.hpp"
#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/values.hpp"

namespace marginfix::reconcile {

enum class CellType : std::uint8_t { text, decimal, integer, boolean, day, time, bytes };

struct Cell {
  std::string name;
  CellType type{};
  int scale{0};  // of a decimal
  bool known{true};
  std::string text;
};

namespace detail {

// "listener rest" of a mask of bit()s.
std::string source_names(std::int64_t mask);
// Bytes of any kind as hexadecimal digits.
std::string hex_of(std::string_view bytes);

inline void set_cell(Cell& cell, const std::string& v) {
  cell.type = CellType::text;
  cell.text = cell.name == "side" && v == "1" ? "buy" : cell.name == "side" && v == "2" ? "sell" : v;
}
inline void set_cell(Cell& cell, const Bytes& v) {
  cell.type = CellType::bytes;
  cell.text = hex_of(v.data);
}
inline void set_cell(Cell& cell, bool v) {
  cell.type = CellType::boolean;
  cell.text = v ? "true" : "false";
}
// In the rows a time of 0 says that there was none.
inline void set_cell(Cell& cell, Timestamp v) {
  cell.type = CellType::time;
  cell.known = cell.known && v != Timestamp{};
  cell.text = to_rfc3339(v);
}
inline void set_cell(Cell& cell, Date v) {
  cell.type = CellType::day;
  cell.known = cell.known && v != Date{};
  cell.text = iso_date(v);
}
template <class Tag>
void set_cell(Cell& cell, FixedDecimal<Tag> v) {
  cell.type = CellType::decimal;
  cell.scale = Tag::kScale;
  cell.text = v.to_string();
}
template <class T>
requires std::is_enum_v<T>
void set_cell(Cell& cell, T v) {
  cell.type = CellType::text;
  cell.text = to_string(v);
}
inline void set_cell(Cell& cell, std::int64_t v) {
  const bool mask = cell.name == "sources";
  cell.type = mask ? CellType::text : CellType::integer;
  cell.text = mask ? source_names(v) : std::to_string(v);
}
template <class T>
void set_cell(Cell& cell, const std::optional<T>& v) {
  cell.known = v.has_value();
  set_cell(cell, v.value_or(T{}));
}

}  // namespace detail

// Into `cells`, whose strings are used again.
template <class Row>
void read_cells(Row& row, std::vector<Cell>& cells) {
  std::size_t i = 0;
  row.visit([&](const char* name, const auto& value) {
    if (i == cells.size()) cells.emplace_back().name = name;
    cells[i].known = true;
    detail::set_cell(cells[i++], value);
  });
}

// One line, with its line break, of the cells in `order`.
void append_csv(std::string& out, const std::vector<Cell>& cells, const std::vector<std::size_t>& order);
void append_csv_header(std::string& out, const std::vector<Cell>& cells, const std::vector<std::size_t>& order);
void append_json(std::string& out, const std::vector<Cell>& cells, const std::vector<std::size_t>& order);
// {"table": ..., "rows": ..., "columns": [{"name", "type", "sql", "null"}, ...]}
std::string schema_json(std::string_view table, std::string_view file, std::int64_t rows, const std::vector<Cell>& cells,
                        const std::vector<std::size_t>& order);

}  // namespace marginfix::reconcile
