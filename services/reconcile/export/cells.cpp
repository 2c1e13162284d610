#include "services/reconcile/export/cells.hpp"

#include <cstdio>

#include "marginfix/core/text.hpp"
#include "services/reconcile/ledger/json_text.hpp"

namespace marginfix::reconcile {

namespace {

bool is_quoted(CellType type) { return type == CellType::text || type == CellType::bytes; }

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  // CSV has no way to write NUL, and its readers end a cell there.
  for (const char c : text.find('\0') == std::string_view::npos ? readable(text) : visible(text)) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string_view type_name(CellType type) {
  switch (type) {
    case CellType::text:
      return "text";
    case CellType::decimal:
      return "decimal";
    case CellType::integer:
      return "integer";
    case CellType::boolean:
      return "boolean";
    case CellType::day:
      return "date";
    case CellType::time:
      return "time";
    case CellType::bytes:
      return "hex";
  }
  return "?";
}

// What DuckDB and PostgreSQL hold it in without a change.
std::string sql_type(const Cell& cell) {
  switch (cell.type) {
    case CellType::decimal:
      return "DECIMAL(19," + std::to_string(cell.scale) + ")";
    case CellType::integer:
      return "BIGINT";
    case CellType::boolean:
      return "BOOLEAN";
    case CellType::day:
      return "DATE";
    case CellType::time:
      return "TIMESTAMPTZ";
    default:
      return "VARCHAR";
  }
}

}  // namespace

namespace detail {

std::string source_names(std::int64_t mask) {
  std::string names;
  for (std::uint8_t i = 0; i < kSources; ++i) {
    const auto source = static_cast<Source>(i);
    if ((mask & bit(source)) == 0) continue;
    if (!names.empty()) names += ' ';
    names += to_string(source);
  }
  return names;
}

std::string hex_of(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

}  // namespace detail

void append_csv_header(std::string& out, const std::vector<Cell>& cells, const std::vector<std::size_t>& order) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0) out += ',';
    out += cells[order[i]].name;
  }
  out += '\n';
}

void append_csv(std::string& out, const std::vector<Cell>& cells, const std::vector<std::size_t>& order) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Cell& cell = cells[order[i]];
    if (i > 0) out += ',';
    if (!cell.known) continue;
    if (is_quoted(cell.type)) {
      append_quoted(out, cell.text);
    } else {
      out += cell.text;
    }
  }
  out += '\n';
}

void append_json(std::string& out, const std::vector<Cell>& cells, const std::vector<std::size_t>& order) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Cell& cell = cells[order[i]];
    out += i == 0 ? "{\"" : ",\"";
    out += cell.name;
    out += "\":";
    if (!cell.known) {
      out += "null";
    } else if (cell.type == CellType::boolean) {
      out += cell.text;
    } else {
      append_json_text(out, cell.text);
    }
  }
  out += "}\n";
}

std::string schema_json(std::string_view table, std::string_view file, std::int64_t rows, const std::vector<Cell>& cells,
                        const std::vector<std::size_t>& order) {
  std::string text = "{\n  \"table\": ";
  append_json_text(text, table);
  text += ",\n  \"file\": ";
  append_json_text(text, file);
  text += ",\n  \"rows\": \"" + std::to_string(rows) + "\",\n  \"columns\": [\n";
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Cell& cell = cells[order[i]];
    text += "    {\"name\": ";
    append_json_text(text, cell.name);
    text += ", \"type\": \"" + std::string(type_name(cell.type)) + "\"";
    if (cell.type == CellType::decimal) text += ", \"scale\": \"" + std::to_string(cell.scale) + "\"";
    text += ", \"sql\": \"" + sql_type(cell) + "\"}" + (i + 1 < order.size() ? ",\n" : "\n");
  }
  return text + "  ]\n}\n";
}

}  // namespace marginfix::reconcile
