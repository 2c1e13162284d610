// Lays an answer out in columns: which members go where, how wide, to which side.
#include "apps/rest/table.hpp"

#include <algorithm>
#include <vector>

#include "apps/rest/json_view.hpp"
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
  std::string text() const {
    std::string out;
    if (columns_.empty()) return out;
    std::vector<Column> layout;
    for (std::size_t i = 0; i < columns_.size(); ++i) layout.push_back(column(i));
    out += line(layout, columns_);
    for (const auto& row : rows_) out += line(layout, row);
    return out;
  }

 private:
  struct Column {
    std::size_t width;
    bool numeric;
  };
  Column column(std::size_t i) const {
    Column c{width_of(columns_[i]), true};
    for (const auto& row : rows_) {
      if (i >= row.size()) continue;
      c.width = std::max(c.width, width_of(row[i]));
      c.numeric = c.numeric && (row[i].empty() || row[i] == "-" || looks_numeric(row[i]));
    }
    return c;
  }
  static std::string line(const std::vector<Column>& layout, const std::vector<std::string>& cells) {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string pad(layout[i].width - width_of(cells[i]), ' ');
      out += (i == 0 ? "" : "  ") + (layout[i].numeric ? pad + cells[i] : cells[i] + pad);
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
  std::string text;

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
    text += grid.text();
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
    text += grid.text();
  }
};

}  // namespace

std::string table_of(const json::TypeInfo* type, std::string_view json) {
  Page page;
  if (is_object(json))
    page.object(type, "", json);
  else if (is_array(json))
    page.member(type, "answer", json);
  else
    page.text = cell(json) + '\n';
  return page.text;
}

}  // namespace marginfix::apps
