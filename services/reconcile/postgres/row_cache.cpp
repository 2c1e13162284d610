#include "services/reconcile/postgres/row_cache.hpp"

#include <algorithm>
#include <utility>

namespace marginfix::reconcile {

namespace {

// So many rows at once are quicker by COPY, which is planned anew each time, than by a prepared statement.
constexpr std::size_t kCopyFrom = 64;
// What waits or is remembered stays within some tens of megabytes.
constexpr std::size_t kMostEntries = 50'000;

void append_bytes(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

void append_field(std::string& out, const PgValue& value) {
  constexpr std::uint64_t kNull = 0xffffffff;
  if (std::holds_alternative<std::monostate>(value)) return append_bytes(out, kNull, 4);
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    append_bytes(out, 8, 4);
    return append_bytes(out, static_cast<std::uint64_t>(*number), 8);
  }
  const auto* text = std::get_if<std::string>(&value);
  if (text != nullptr && !is_pg_text(*text)) {
    const std::string made = to_pg_text(*text);
    append_bytes(out, made.size(), 4);
    out += made;
    return;
  }
  const std::string& bytes = text != nullptr ? *text : std::get<PgBytes>(value).data;
  append_bytes(out, bytes.size(), 4);
  out += bytes;
}

// One column of many rows, as an array in binary.
template <class Rows, class RowOf>
std::string array_of(const Rows& rows, std::size_t column, PgColumn type, const RowOf& row_of) {
  const std::uint64_t oid = type == PgColumn::integer ? 20 : type == PgColumn::text ? 25 : 17;
  std::string out;
  append_bytes(out, 1, 4);  // dimensions
  append_bytes(out, 1, 4);  // may hold NULL
  append_bytes(out, oid, 4);
  append_bytes(out, rows.size(), 4);
  append_bytes(out, 1, 4);  // the first index
  for (const auto& row : rows) append_field(out, row_of(row)[column]);
  return out;
}

std::string key_text(const PgRow& row, std::size_t columns) {
  std::string key;
  for (std::size_t i = 0; i < columns; ++i) append_field(key, row[i]);
  return key;
}

}  // namespace

std::string copy_head() { return {"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19}; }

void append_copy_row(std::string& out, const PgRow& row) {
  append_bytes(out, row.size(), 2);
  for (const PgValue& value : row) append_field(out, value);
}

void append_copy_end(std::string& out) { append_bytes(out, 0xffff, 2); }

PgRow RowTable::row_of(const PGresult* result, int row) const {
  PgRow made;
  made.reserve(shape_.columns.size());
  for (int i = 0; i < static_cast<int>(shape_.columns.size()); ++i) {
    const PgColumn type = shape_.columns[static_cast<std::size_t>(i)];
    if (PQgetisnull(result, row, i) != 0) {
      made.emplace_back();
    } else if (type == PgColumn::integer) {
      made.emplace_back(pg_integer(result, row, i));
    } else if (type == PgColumn::text) {
      made.emplace_back(pg_text(result, row, i));
    } else {
      made.emplace_back(PgBytes{pg_text(result, row, i)});
    }
  }
  return made;
}

void RowTable::ready(const char* what, const std::string& sql) {
  if (std::ranges::find(prepared_, what) != prepared_.end()) return;
  connection_.prepare(name(what), sql);
  prepared_.emplace_back(what);
}

RowTable::Entry& RowTable::entry(const PgRow& key) { return entries_[key_text(key, shape_.key)]; }

void RowTable::read(Entry& entry, const PgRow& key) {
  ready("find", shape_.find);
  const PgResult found =
      connection_.execute_prepared(name("find"), shape_.find, {key.begin(), key.begin() + static_cast<long>(shape_.key)});
  entry.there = PQntuples(found.get()) > 0;
  entry.stored = entry.there ? Stored::yes : Stored::no;
  if (entry.there) entry.row = row_of(found.get(), 0);
}

const PgRow* RowTable::find(const PgRow& key) {
  Entry& found = entry(key);
  if (found.stored == Stored::unknown && !found.changed) read(found, key);
  return found.there ? &found.row : nullptr;
}

void RowTable::change(Entry& entry) {
  if (!std::exchange(entry.changed, true)) changed_.push_back(&entry);
}

bool RowTable::insert(PgRow row) {
  if (find(row) != nullptr) return false;
  upsert(std::move(row));
  return true;
}

void RowTable::upsert(PgRow row) {
  if (changed_.size() >= kMostEntries) flush();
  Entry& into = entry(row);
  into.row = std::move(row);
  into.there = true;
  change(into);
}

void RowTable::remove(const PgRow& key) {
  Entry& gone = entry(key);
  if (gone.stored == Stored::no && !gone.there) return;
  gone.row.assign(key.begin(), key.begin() + static_cast<long>(shape_.key));
  gone.there = false;
  change(gone);
}

void RowTable::expect(const std::vector<PgRow>& keys) {
  if (entries_.size() >= kMostEntries) flush();
  std::vector<std::pair<Entry*, const PgRow*>> asked;
  for (const PgRow& key : keys) {
    Entry& one = entry(key);
    if (one.stored != Stored::unknown || one.changed) continue;
    one.stored = Stored::no;  // until it is found
    asked.emplace_back(&one, &key);
  }
  if (asked.empty()) return;
  std::vector<std::string> arrays;
  for (std::size_t i = 0; i < shape_.key; ++i)
    arrays.push_back(array_of(asked, i, shape_.columns[i], [](const auto& one) -> const PgRow& { return *one.second; }));
  ready("find_many", shape_.find_many());
  const PgResult found = connection_.execute_binary(name("find_many"), shape_.find_many(), arrays);
  for (int i = 0; i < PQntuples(found.get()); ++i) {
    PgRow row = row_of(found.get(), i);
    Entry& one = entry(row);
    one.row = std::move(row);
    one.there = true;
    one.stored = Stored::yes;
  }
}

void RowTable::write(const std::vector<const Entry*>& rows, bool all_new) {
  if (rows.empty()) return;
  if (all_new && rows.size() >= kCopyFrom) {
    std::string bytes = copy_head();
    for (const Entry* one : rows) append_copy_row(bytes, one->row);
    append_copy_end(bytes);
    return connection_.copy_in(shape_.copy(), bytes);
  }
  std::vector<std::string> arrays;
  for (std::size_t i = 0; i < shape_.columns.size(); ++i)
    arrays.push_back(array_of(rows, i, shape_.columns[i], [](const Entry* one) -> const PgRow& { return one->row; }));
  const char* const what = all_new ? "insert_many" : "upsert_many";
  const std::string sql = all_new ? shape_.insert_many() : shape_.upsert_many();
  ready(what, sql);
  connection_.execute_binary(name(what), sql, arrays);
}

void RowTable::flush() {
  std::vector<const Entry*> fresh, others, gone;
  for (const Entry* one : changed_) (!one->there ? gone : one->stored == Stored::no ? fresh : others).push_back(one);
  if (!gone.empty()) ready("remove", shape_.remove);
  for (const Entry* one : gone) connection_.execute_prepared(name("remove"), shape_.remove, one->row);
  write(fresh, true);
  write(others, false);
  for (Entry* one : changed_) {
    one->changed = false;
    one->stored = one->there ? Stored::yes : Stored::no;
  }
  changed_.clear();
  if (entries_.size() >= kMostEntries) entries_.clear();
}

void RowTable::forget() {
  changed_.clear();
  entries_.clear();
}

}  // namespace marginfix::reconcile
