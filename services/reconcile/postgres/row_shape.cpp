#include "services/reconcile/postgres/row_shape.hpp"

namespace marginfix::reconcile {

namespace {

constexpr const char* array_type(PgColumn column) {
  return column == PgColumn::integer ? "bigint[]" : column == PgColumn::text ? "text[]" : "bytea[]";
}

std::string joined(const std::vector<std::string>& names, std::size_t from, std::size_t to, const std::string& before,
                   const char* between) {
  std::string made;
  for (std::size_t i = from; i < to; ++i) made += (i == from ? "" : between) + before + names[i];
  return made;
}

}  // namespace

std::string RowShape::all_names() const { return joined(names, 0, names.size(), "", ", "); }

std::string RowShape::arrays(std::size_t count) const {
  std::string made = "unnest(";
  for (std::size_t i = 0; i < count; ++i) made += (i == 0 ? "$" : ", $") + std::to_string(i + 1) + "::" + array_type(columns[i]);
  return made + ")";
}

std::string RowShape::insert_many() const {
  return "INSERT INTO " + table + " (" + all_names() + ") SELECT * FROM " + arrays(names.size());
}

std::string RowShape::upsert_many() const {
  std::string set;
  for (std::size_t i = key; i < names.size(); ++i) set += (i == key ? "" : ", ") + names[i] + " = excluded." + names[i];
  return insert_many() + " ON CONFLICT (" + joined(names, 0, key, "", ", ") + ") DO " + (set.empty() ? "NOTHING" : "UPDATE SET " + set);
}

// Key by key through the index, however many there are: a planner that has no statistics yet would read the whole table instead.
std::string RowShape::find_many() const {
  std::string where, keys;
  for (std::size_t i = 0; i < key; ++i) {
    const std::string name = "k" + std::to_string(i);
    where += (i == 0 ? "" : " AND ") + (names[i] + " = k." + name);
    keys += (i == 0 ? "" : ", ") + name;
  }
  return "SELECT " + joined(names, 0, names.size(), "t.", ", ") + " FROM " + arrays(key) + " AS k(" + keys +
         ") CROSS JOIN LATERAL (SELECT " + all_names() + " FROM " + table + " WHERE " + where + " LIMIT 1) t";
}

std::string RowShape::copy() const { return "COPY " + table + " (" + all_names() + ") FROM STDIN (FORMAT binary)"; }

const std::vector<RowShape>& ledger_shapes() {
  static const std::vector<RowShape> shapes = [] {
    std::vector<RowShape> made;
    for_each_table([&]<class Row>() { made.push_back(row_shape<Row>()); });
    for_each_outbox_table([&]<class Row>() { made.push_back(row_shape<Row>()); });
    made.push_back(row_shape<JournalPieceRow>());
    made.push_back(row_shape<AuditLineRow>());
    return made;
  }();
  return shapes;
}

}  // namespace marginfix::reconcile
