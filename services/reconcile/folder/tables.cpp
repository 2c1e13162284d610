#include "services/reconcile/folder/tables.hpp"

#include <algorithm>
#include <string_view>

#include "marginfix/core/text.hpp"
#include "services/reconcile/journal/sha256.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/replay.hpp"

namespace marginfix::reconcile {

namespace {

constexpr std::size_t kShownBytes = 120;
constexpr std::size_t kHashAtOnce = 1 << 16;

// What a row type's columns are called, and how many of them are its key.
struct Columns {
  std::string table;
  std::vector<std::string> names;
  std::vector<bool> key_is_number;
  int key{0};
  std::string ordered;  // SELECT of all rows in the order of the key
};

template <class Row>
Columns columns_of() {
  Columns found;
  found.table = Row::kTable;
  found.key = Row::kKey;
  Row row{};
  row.visit([&]<class T>(const char* name, const T&) {
    found.names.emplace_back(name);
    found.key_is_number.push_back(std::string_view(detail::ColumnType<T>::kSql).starts_with("INTEGER"));
  });
  found.ordered = "SELECT " + columns<Row>() + " FROM " + found.table + " ORDER BY ";
  for (int i = 0; i < Row::kKey; ++i) found.ordered += (i == 0 ? "" : ", ") + found.names[static_cast<std::size_t>(i)];
  return found;
}

std::string shown(const Statement& s, int column) {
  if (s.is_null(column)) return "nothing";
  const std::string_view text = s.text(column);
  std::string made = "\"" + visible(text.substr(0, kShownBytes)) + "\"";
  if (text.size() > kShownBytes) made += "... (" + std::to_string(text.size()) + " bytes)";
  return made;
}

std::string key_of(const Columns& columns, const Statement& s) {
  std::string key = columns.table + ": the row";
  for (int i = 0; i < columns.key; ++i) key += (i == 0 ? " " : ", ") + columns.names[static_cast<std::size_t>(i)] + " " + shown(s, i);
  return key;
}

bool equal(const Statement& a, const Statement& b, int column) {
  return a.is_null(column) == b.is_null(column) && a.text(column) == b.text(column);
}

bool same_key(const Columns& columns, const Statement& a, const Statement& b) {
  for (int i = 0; i < columns.key; ++i) {
    if (!equal(a, b, i)) return false;
  }
  return true;
}

// Whether `storage` has a row with the key that `row` stands on.
bool has_key(Storage& storage, const Columns& columns, const Statement& row) {
  std::string sql = "SELECT 1 FROM " + columns.table + " WHERE ";
  for (int i = 0; i < columns.key; ++i)
    sql += (i == 0 ? "" : " AND ") + (columns.names[static_cast<std::size_t>(i)] + " = $" + std::to_string(i + 1));
  StatementGuard s(storage.statement(sql));
  for (int i = 0; i < columns.key; ++i) {
    if (columns.key_is_number[static_cast<std::size_t>(i)]) {
      s->bind(i, row.integer(i));
    } else {
      s->bind(i, row.text(i));
    }
  }
  return s->step();
}

std::string difference(const Columns& columns, const Statement& here, const Statement& there) {
  for (int i = 0; i < static_cast<int>(columns.names.size()); ++i) {
    if (equal(here, there, i)) continue;
    return key_of(columns, here) + ": " + columns.names[static_cast<std::size_t>(i)] + " is " + shown(here, i) + ", the journal gives " +
           shown(there, i);
  }
  return {};
}

void compare_table(Storage& ledger, Storage& expected, const Columns& columns, TablesCompared& compared) {
  StatementGuard here(ledger.statement(columns.ordered)), there(expected.statement(columns.ordered));
  for (;;) {
    const bool more = here->step(), expected_more = there->step();
    compared.rows += more ? 1 : 0;
    if (!more && !expected_more) return;
    std::string fault;
    if (more && expected_more && same_key(columns, *here, *there)) {
      fault = difference(columns, *here, *there);
    } else if (more && !has_key(expected, columns, *here)) {
      fault = key_of(columns, *here) + " is not what the journal gives";
    } else {
      fault = key_of(columns, *(expected_more ? there : here)) + " is missing";
    }
    if (fault.empty()) continue;
    compared.faults.push_back("ledger.db: " + fault);
    return;
  }
}

void digest_table(Storage& storage, const Columns& columns, Sha256& sha) {
  std::string text = columns.table + "\n";
  StatementGuard s(storage.statement(columns.ordered));
  while (s->step()) {
    for (int i = 0; i < static_cast<int>(columns.names.size()); ++i) {
      if (s->is_null(i)) {
        text += '-';
        continue;
      }
      const std::string_view value = s->text(i);
      text += std::to_string(value.size());
      text += ':';
      text += value;
    }
    if (text.size() < kHashAtOnce) continue;
    sha.add(text);
    text.clear();
  }
  sha.add(text);
}

// "type name: sql" of everything in it.
std::vector<std::string> schema_of(Storage& storage) {
  std::vector<std::string> found;
  StatementGuard s(storage.statement("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"));
  while (s->step())
    found.push_back(std::string(s->text(0)) + " " + std::string(s->text(1)) + " of " + std::string(s->text(2)) + ": " +
                    std::string(s->text(3)));
  return found;
}

}  // namespace

TablesCompared compare_tables(Storage& ledger, Storage& expected) {
  TablesCompared compared;
  for_each_table([&]<class Row>() { compare_table(ledger, expected, columns_of<Row>(), compared); });
  return compared;
}

TablesCompared compare_outboxes(Storage& ledger, Storage& expected, std::int64_t published) {
  Columns waiting = columns_of<OutboxRow>();
  const std::string from = " FROM " + waiting.table + " ";
  waiting.ordered.replace(waiting.ordered.find(from), from.size(), from + "WHERE number > " + std::to_string(published) + " ");
  TablesCompared compared;
  compare_table(ledger, expected, waiting, compared);
  return compared;
}

std::vector<std::string> compare_schemas(Storage& ledger, Storage& expected) {
  const auto here = schema_of(ledger), there = schema_of(expected);
  const auto version = [](Storage& s) { return number(s, "PRAGMA user_version"); };
  std::vector<std::string> faults;
  if (version(ledger) != version(expected))
    faults.push_back("ledger.db: user_version is " + std::to_string(version(ledger)) + ", and must be " +
                     std::to_string(version(expected)));
  for (std::size_t i = 0; i < std::max(here.size(), there.size()) && faults.empty(); ++i) {
    const std::string a = i < here.size() ? here[i] : "nothing", b = i < there.size() ? there[i] : "nothing";
    if (a != b) faults.push_back("ledger.db: schema: \"" + visible(a) + "\" instead of \"" + b + "\"");
  }
  return faults;
}

std::string digest_of(Storage& storage) {
  const bool own = !storage.in_transaction();
  if (own) storage.execute("BEGIN");
  try {
    Sha256 sha;
    for_each_table([&]<class Row>() { digest_table(storage, columns_of<Row>(), sha); });
    if (own) storage.rollback();
    return to_hex(sha.finish());
  } catch (...) {
    if (own) storage.rollback();
    throw;
  }
}

}  // namespace marginfix::reconcile
