// Lays an answer out in columns: which members go where, how wide, to which side.
#include "apps/rest/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "apps/csv.hpp"
#include "apps/rest/json_view.hpp"
#include "apps/rest/nearest.hpp"
#include "marginfix/core/text.hpp"

namespace marginfix::apps {
namespace {

using json::Kind;
using json::TypeInfo;

const TypeInfo* member_type(const TypeInfo* type, std::string_view name) {
  if (type == nullptr) return nullptr;
  for (const json::FieldInfo& f : type->fields)
    if (f.name == name) return bare_type(f.type);
  return nullptr;
}

std::size_t width_of(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_object(std::string_view value) { return value.starts_with('{'); }
bool is_array(std::string_view value) { return value.starts_with('['); }

// What stands in one cell: a string without its quotes (escapes stay), "-" for null.
std::string cell(std::string_view value) {
  if (value == "null") return "-";
  if (value.size() >= 2 && value.front() == '"') return std::string(value.substr(1, value.size() - 2));
  if (!is_array(value)) return std::string(value);
  const auto items = items_of(value);
  if (!items) return std::string(value);
  if (items->empty()) return "(none)";
  std::string out;
  for (const RawJson& item : *items) {
    if (is_object(item.text)) return std::to_string(items->size()) + (items->size() == 1 ? " entry" : " entries");
    out += (out.empty() ? "" : is_array(item.text) ? "  " : ", ") + cell(item.text);
  }
  return out;
}

bool looks_numeric(std::string_view text) { return !text.empty() && text.find_first_not_of("+-.0123456789eE") == std::string_view::npos; }

// Rows whose columns come up one after the other.
class Grid {
 public:
  void start_row() { rows_.emplace_back(); }
  void put(const std::string& name, std::string text) {
    const std::string column = visible(name);
    auto found = std::ranges::find(columns_, column);
    if (found == columns_.end()) found = columns_.insert(columns_.end(), column);
    auto& row = rows_.back();
    row.resize(columns_.size());
    row[static_cast<std::size_t>(found - columns_.begin())] = std::move(text);
  }
  const std::vector<std::string>& columns() const { return columns_; }

  std::string text(const TableChoice& choice) const {
    std::string out;
    if (columns_.empty()) return out;
    std::vector<Column> layout;
    for (std::size_t i = 0; i < columns_.size(); ++i) layout.push_back(column(i));
    const std::vector<std::size_t> shown = choice.columns.empty() ? fitting(layout, choice.width) : named(choice.columns);
    if (shown.empty()) return out;
    out += line(layout, columns_, shown);
    for (const auto& row : rows_) out += line(layout, row, shown);
    if (choice.columns.empty() && shown.size() < columns_.size())
      out += fmt::format("({} of {} columns fit: --columns NAMES chooses, --columns all shows all)\n", shown.size(), columns_.size());
    return out;
  }

 private:
  struct Column {
    std::size_t width;
    bool numeric;
    bool empty{true};
  };
  static constexpr std::size_t kGap = 2;

  std::vector<std::size_t> named(const std::vector<std::string>& names) const {
    std::vector<std::size_t> found;
    for (const std::string& name : names) {
      const auto at = std::ranges::find(columns_, name);
      if (at != columns_.end()) found.push_back(static_cast<std::size_t>(at - columns_.begin()));
    }
    return found;
  }

  // What says little comes last: columns without a value, then long ids and texts, then members of nested objects.
  static int spare(const Column& c, const std::string& name) {
    constexpr std::size_t kLong = 30;
    return c.empty ? 3 : c.width > kLong ? 2 : name.find('.') != std::string::npos ? 1 : 0;
  }
  std::vector<std::size_t> fitting(const std::vector<Column>& layout, std::size_t width) const {
    std::vector<std::size_t> order(layout.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (width == 0) return order;
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return spare(layout[i], columns_[i]); });
    std::vector<std::size_t> shown;
    std::size_t used = 0;
    for (const std::size_t i : order) {
      const std::size_t needed = layout[i].width + (shown.empty() ? 0 : kGap);
      if (!shown.empty() && used + needed > width) continue;
      used += needed;
      shown.push_back(i);
    }
    std::ranges::sort(shown);
    return shown;
  }

  Column column(std::size_t i) const {
    Column c{width_of(columns_[i]), true};
    for (const auto& row : rows_) {
      if (i >= row.size()) continue;
      c.empty = c.empty && (row[i].empty() || row[i] == "-");
      c.width = std::max(c.width, width_of(row[i]));
      c.numeric = c.numeric && (row[i].empty() || row[i] == "-" || looks_numeric(row[i]));
    }
    return c;
  }
  static std::string line(const std::vector<Column>& layout, const std::vector<std::string>& cells, const std::vector<std::size_t>& shown) {
    std::string out;
    for (const std::size_t i : shown) {
      const std::string cell = i < cells.size() ? cells[i] : std::string();
      const std::string pad(layout[i].width - width_of(cell), ' ');
      out += std::string(i == shown.front() ? 0 : kGap, ' ') + (layout[i].numeric ? pad + cell : cell + pad);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out + '\n';
  }

  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// A nested object goes into its row as "outer.inner".
void put_object(Grid& grid, const std::string& prefix, std::string_view object) {
  const auto members = members_of(object);
  if (!members) return;
  for (const json::UnknownMember& m : *members) {
    if (is_object(m.json))
      put_object(grid, prefix + m.name + '.', m.json);
    else
      grid.put(prefix + m.name, cell(m.json));
  }
}

class Page {
 public:
  explicit Page(const TableChoice& choice) : choice_(choice) {}
  std::string text;
  std::vector<std::string> columns;  // of every table

  void object(const TypeInfo* type, const std::string& path, std::string_view json) {
    const auto members = members_of(json);
    if (!members) return;
    lines(path, *members);
    for (const json::UnknownMember& m : *members) {
      if (!is_object(m.json) && !is_table(m.json)) continue;
      member(member_type(type, m.name), path.empty() ? m.name : path + '.' + m.name, m.json);
    }
  }

  void member(const TypeInfo* type, const std::string& path, std::string_view json) {
    if (is_array(json)) return rows(type, path, json);
    const bool dictionary = type != nullptr && type->kind == Kind::map;
    if (dictionary) return entries(type->element, path, json);
    object(type, path, json);
  }

 private:
  // Of objects or of lists; a list of plain values fits into a line.
  static bool is_table(std::string_view json) {
    if (!is_array(json)) return false;
    const auto items = items_of(json);
    return items && !items->empty() && (is_object(items->front().text) || is_array(items->front().text));
  }

  void title(const std::string& path) { text += (text.empty() ? "" : "\n") + visible(path) + '\n'; }

  // The plain members of an object, under its name.
  void lines(const std::string& path, const json::UnknownMembers& members) {
    std::size_t width = 0;
    for (const json::UnknownMember& m : members) {
      if (!is_object(m.json) && !is_table(m.json)) width = std::max(width, width_of(visible(m.name)));
    }
    if (width == 0) return;
    if (!path.empty()) title(path);
    for (const json::UnknownMember& m : members) {
      if (is_object(m.json) || is_table(m.json)) continue;
      const std::string name = visible(m.name);
      text += name + std::string(width - width_of(name), ' ') + "  " + cell(m.json);
      text.erase(text.find_last_not_of(' ') + 1);
      text += '\n';
    }
  }

  void rows(const TypeInfo* type, const std::string& path, std::string_view array) {
    title(path);
    const TypeInfo* item_type = type != nullptr && type->kind == Kind::array ? bare_type(type->element) : nullptr;
    // "[price, count]": the parts have names, though not on the wire.
    const auto part = [item_type](std::size_t i) {
      const bool named = item_type != nullptr && item_type->kind == Kind::tuple && i < item_type->fields.size();
      return named ? std::string(item_type->fields[i].name) : std::to_string(i + 1);
    };
    const auto items = items_of(array);
    if (!items) return;
    Grid grid;
    for (const RawJson& item : *items) {
      grid.start_row();
      if (is_object(item.text)) {
        put_object(grid, "", item.text);
        continue;
      }
      const auto inner = items_of(item.text);
      if (!inner) {
        grid.put("value", cell(item.text));
        continue;
      }
      for (std::size_t i = 0; i < inner->size(); ++i) grid.put(part(i), cell((*inner)[i].text));
    }
    add(grid);
  }

  void add(const Grid& grid) {
    columns.insert(columns.end(), grid.columns().begin(), grid.columns().end());
    text += grid.text(choice_);
  }

  // An object used as a dictionary: one row a key, or one part a key where the values hold lists or dictionaries of their own.
  void entries(const TypeInfo* element, const std::string& path, std::string_view json) {
    const auto members = members_of(json);
    if (!members) return;
    const TypeInfo* inner = bare_type(element);
    const bool deep = inner != nullptr && std::ranges::any_of(inner->fields, [](const json::FieldInfo& f) {
                        const TypeInfo* t = bare_type(f.type);
                        return t->kind == Kind::map || t->kind == Kind::array;
                      });
    if (deep) {
      for (const json::UnknownMember& m : *members) member(inner, path + '[' + m.name + ']', m.json);
      return;
    }
    title(path);
    Grid grid;
    for (const json::UnknownMember& m : *members) {
      grid.start_row();
      grid.put("key", visible(m.name));
      if (is_object(m.json))
        put_object(grid, "", m.json);
      else
        grid.put("value", cell(m.json));
    }
    add(grid);
  }

  const TableChoice& choice_;
};

std::string join(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

// One of --columns that is nowhere; nothing where all are.
Result<void> check_columns(const std::vector<std::string>& wanted, const std::vector<std::string>& there) {
  for (const std::string& name : wanted) {
    if (std::ranges::find(there, name) != there.end()) continue;
    return fail(ErrorCategory::config, fmt::format("--columns: there is no column {}{}; there are: {}", name,
                                                   did_you_mean(name, {there.begin(), there.end()}), join(there)));
  }
  return {};
}

// ---- CSV ------------------------------------------------------------------------------------------------------------------------

struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // as they are written

  void put(std::vector<std::string>& row, const std::string& column, std::string text) {
    auto found = std::ranges::find(columns, column);
    if (found == columns.end()) found = columns.insert(columns.end(), column);
    const auto at = static_cast<std::size_t>(found - columns.begin());
    if (row.size() <= at) row.resize(at + 1);
    row[at] = std::move(text);
  }
  // Exact decimals are strings in JSON, and numbers all the same.
  void put_members(std::vector<std::string>& row, const TypeInfo* type, const std::string& prefix, std::string_view object) {
    const auto members = members_of(object);
    if (!members) return;
    for (const json::UnknownMember& m : *members) {
      const TypeInfo* inner = member_type(type, m.name);
      if (is_object(m.json)) {
        put_members(row, inner, prefix + m.name + '.', m.json);
        continue;
      }
      const bool decimal = inner != nullptr && (inner->name == "FixedPointDollars" || inner->name == "FixedPointCount");
      const bool number = decimal || (!m.json.empty() && (m.json[0] == '-' || (m.json[0] >= '0' && m.json[0] <= '9')));
      const std::string plain = is_array(m.json) ? cell(m.json) : plain_text(m.json);
      put(row, prefix + m.name, number ? csv_number(plain) : csv_text(plain));
    }
  }
};

bool is_list_of_objects(std::string_view value) {
  if (!is_array(value)) return false;
  const auto items = items_of(value);
  return items && (items->empty() || is_object(items->front().text));
}

}  // namespace

Result<std::string> csv_of(const json::TypeInfo* type, std::string_view json, std::string_view list,
                           const std::vector<std::string>& columns) {
  const TypeInfo* item_type = type;
  std::vector<RawJson> items;
  const auto take = [&](const TypeInfo* list_type, std::string_view array) {
    item_type = list_type != nullptr && list_type->kind == Kind::array ? bare_type(list_type->element) : nullptr;
    if (auto read = items_of(array)) items = std::move(*read);
  };
  bool found = is_array(json);
  if (found) take(type, json);
  if (const auto members = is_object(json) ? members_of(json) : Result<json::UnknownMembers>(json::UnknownMembers{}); !found && members) {
    for (const json::UnknownMember& m : *members) {
      const bool wanted = list.empty() ? is_list_of_objects(m.json) : m.name == list;
      if (found || !wanted || !is_array(m.json)) continue;
      found = true;
      take(member_type(type, m.name), m.json);
    }
  }
  if (!found) items.push_back(RawJson{std::string(json)});
  CsvTable table;
  for (const RawJson& item : items) table.put_members(table.rows.emplace_back(), item_type, "", item.text);
  if (auto good = check_columns(columns, table.columns); !good && !items.empty()) return good.error();
  const std::vector<std::string>& names = columns.empty() ? table.columns : columns;
  std::vector<std::string> head;
  for (const std::string& name : names) head.push_back(csv_text(name));
  std::string out = csv_row(head) + '\n';
  for (const auto& row : table.rows) {
    std::vector<std::string> cells;
    for (const std::string& name : names) {
      const auto at = static_cast<std::size_t>(std::ranges::find(table.columns, name) - table.columns.begin());
      cells.push_back(at < row.size() ? row[at] : std::string());
    }
    out += csv_row(cells) + '\n';
  }
  return out;
}

std::string table_of(const json::TypeInfo* type, std::string_view json) { return *table_of(type, json, TableChoice{}); }

Result<std::string> table_of(const json::TypeInfo* type, std::string_view json, const TableChoice& choice) {
  TableChoice chosen = choice;
  if (chosen.columns == std::vector<std::string>{"all"}) chosen = {};
  Page page(chosen);
  if (is_object(json))
    page.object(type, "", json);
  else if (is_array(json))
    page.member(type, "answer", json);
  else
    page.text = cell(json) + '\n';
  if (auto good = check_columns(chosen.columns, page.columns); !good && !page.columns.empty()) return good.error();
  return page.text;
}

}  // namespace marginfix::apps
