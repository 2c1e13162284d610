#include "services/reconcile/postgres/postgres_storage.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <deque>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "services/reconcile/postgres/connection.hpp"
#include "services/reconcile/postgres/lead.hpp"
#include "services/reconcile/postgres/pg_schema.hpp"
#include "services/reconcile/postgres/row_cache.hpp"

namespace marginfix::reconcile {

namespace {

constexpr std::chrono::seconds kReaderPatience{60};
// Who takes over ends the sessions of who led. Where it may not (other roles), the server does, after this.
constexpr std::chrono::seconds kIdleInTransaction{10};
constexpr int kFetch = 2'000;
// What grows with the years. A query over all of it comes in parts.
constexpr std::array kLongTables{"reports", "source_fills", "fills", "orders", "funding", "cash", "undecodable", "journal", "audit"};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool mentions(std::string_view sql, std::string_view name) {
  for (std::size_t at = sql.find(name); at != std::string_view::npos; at = sql.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !is_word(sql[at - 1])) && (end == sql.size() || !is_word(sql[end]))) return true;
  }
  return false;
}

bool starts_with_word(std::string_view sql, std::string_view word) {
  if (sql.size() < word.size()) return false;
  return std::ranges::equal(sql.substr(0, word.size()), word,
                            [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; });
}

}  // namespace

struct PostgresStorage::Impl {
  Impl(const PostgresAddress& address, PgOptions options, Lead* leads) : connection(address, std::move(options)), lead(leads) {
    if (lead == nullptr) return;  // who only reads remembers nothing
    for (const RowShape& shape : ledger_shapes()) tables.emplace_back(connection, shape);
  }

  void begin() {
    for (RowTable& table : tables) table.forget();
    if (lead == nullptr) {
      connection.execute("BEGIN");
    } else {
      begin_as_leader(connection, lead->service(), lead->epoch());
    }
    ++transaction;
  }
  void commit() {
    for (RowTable& table : tables) table.flush();
    connection.execute("COMMIT");
    forget();
  }
  void forget() {
    for (RowTable& table : tables) table.forget();
  }
  bool open() const noexcept { return !connection.is_lost() && connection.in_transaction(); }
  // In the transaction that there is, or in one of its own.
  template <class Work>
  void writing(const Work& work) {
    if (open()) return work();
    begin();
    try {
      work();
      commit();
    } catch (...) {
      rollback();
      throw;
    }
  }
  void rollback() noexcept {
    forget();
    if (!open()) return;
    try {
      connection.execute("ROLLBACK");
    } catch (const Exception&) {
      return;  // the connection is gone, and the transaction with it
    }
  }

  PgConnection connection;
  Lead* lead;
  std::deque<RowTable> tables;
  std::int64_t transaction{0};  // which one is open
  std::int64_t statements_made{0};

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::unique_ptr<Statement>, Hash, std::equal_to<>> statements;
};

namespace {

using StorageImpl = PostgresStorage::Impl;

void set_parameter(std::vector<PgValue>& values, int index, PgValue value) {
  if (values.size() <= static_cast<std::size_t>(index)) values.resize(static_cast<std::size_t>(index) + 1);
  values[static_cast<std::size_t>(index)] = std::move(value);
}

std::int64_t integer_of(const PgValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  return 0;
}

// find, insert, upsert, remove of one table.
class RowStatement final : public Statement {
 public:
  enum class Does : std::uint8_t { find, insert, upsert, remove };
  RowStatement(StorageImpl& storage, RowTable& table, Does does) : storage_(storage), table_(table), does_(does) {}

  void bind(int index, std::int64_t value) override { set_parameter(values_, index, value); }
  void bind(int index, std::string_view text) override { set_parameter(values_, index, std::string(text)); }
  void bind_blob(int index, std::string_view bytes) override { set_parameter(values_, index, PgBytes{std::string(bytes)}); }
  void bind_null(int index) override { set_parameter(values_, index, {}); }

  bool step() override {
    if (std::exchange(stepped_, true)) return false;
    if (does_ == Does::find) {
      if (!storage_.open()) table_.forget();
      row_ = table_.find(values_);
      return row_ != nullptr;
    }
    storage_.writing([this] { write(); });
    return false;
  }

  std::int64_t integer(int column) const override { return integer_of((*row_)[static_cast<std::size_t>(column)]); }
  std::string_view text(int column) const override {
    const PgValue& value = (*row_)[static_cast<std::size_t>(column)];
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* bytes = std::get_if<PgBytes>(&value)) return bytes->data;
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr) return {};
    return texts_.emplace_back(std::to_string(*number));
  }
  bool is_null(int column) const override { return std::holds_alternative<std::monostate>((*row_)[static_cast<std::size_t>(column)]); }
  std::int64_t changes() const override { return changes_; }
  void reset() override {
    row_ = nullptr;
    stepped_ = false;
    values_.clear();
    texts_.clear();
  }

 private:
  void write() {
    changes_ = 1;
    if (does_ == Does::insert) {
      changes_ = table_.insert(std::move(values_)) ? 1 : 0;
    } else if (does_ == Does::upsert) {
      table_.upsert(std::move(values_));
    } else {
      changes_ = table_.find(values_) == nullptr ? 0 : 1;
      table_.remove(values_);
    }
  }

  StorageImpl& storage_;
  RowTable& table_;
  Does does_;
  PgRow values_;
  const PgRow* row_{nullptr};
  bool stepped_{false};
  std::int64_t changes_{0};
  mutable std::deque<std::string> texts_;
};

// Any other statement.
class PlainStatement final : public Statement {
 public:
  PlainStatement(StorageImpl& storage, std::string_view sql)
      : storage_(storage), sql_(sql), name_("s" + std::to_string(++storage.statements_made)), reads_(starts_with_word(sql, "SELECT")) {
    for (RowTable& table : storage.tables) {
      if (mentions(sql, table.shape().table)) tables_.push_back(&table);
    }
    in_parts_ = reads_ && mentions(sql, "ORDER") && !mentions(sql, "LIMIT") &&
                std::ranges::any_of(kLongTables, [&](const char* name) { return mentions(sql, name); });
  }

  void bind(int index, std::int64_t value) override { set_parameter(values_, index, value); }
  void bind(int index, std::string_view text) override { set_parameter(values_, index, std::string(text)); }
  void bind_blob(int index, std::string_view bytes) override { set_parameter(values_, index, PgBytes{std::string(bytes)}); }
  void bind_null(int index) override { set_parameter(values_, index, {}); }

  bool step() override {
    if (!std::exchange(started_, true)) start();
    texts_.clear();
    if (++row_ < rows()) return true;
    if (cursor_of_ == 0) return false;
    fetch();
    return ++row_ < rows();
  }
  std::int64_t integer(int column) const override { return pg_integer(result_.get(), row_, column); }
  std::string_view text(int column) const override { return texts_.emplace_back(pg_text(result_.get(), row_, column)); }
  bool is_null(int column) const override { return PQgetisnull(result_.get(), row_, column) != 0; }
  std::int64_t changes() const override { return changes_; }
  void reset() override {
    result_.reset();
    texts_.clear();
    values_.clear();
    started_ = false;
    row_ = -1;
    close_cursor();
  }

 private:
  int rows() const { return result_ ? PQntuples(result_.get()) : 0; }

  void start() {
    for (RowTable* table : tables_) table->flush();
    if (in_parts_ && storage_.open()) {
      storage_.connection.execute("DECLARE \"" + name_ + "\" NO SCROLL CURSOR FOR " + sql_, values_);
      cursor_of_ = storage_.transaction;
      return fetch();
    }
    if (reads_ || storage_.lead == nullptr) return run();
    storage_.writing([this] { run(); });
  }
  void run() {
    if (!std::exchange(prepared_, true)) storage_.connection.prepare(name_, sql_);
    result_ = storage_.connection.execute_prepared(name_, sql_, values_);
    changes_ = 0;
    const std::string_view told = PQcmdTuples(result_.get());
    std::from_chars(told.data(), told.data() + told.size(), changes_);
    if (reads_) return;
    for (RowTable* table : tables_) table->forget();
  }
  void fetch() {
    result_ = storage_.connection.execute("FETCH FORWARD " + std::to_string(kFetch) + " FROM \"" + name_ + "\"");
    row_ = -1;
    if (rows() == 0) close_cursor();
  }
  // Of a transaction that has ended it is gone anyway.
  void close_cursor() {
    const bool open = cursor_of_ != 0 && cursor_of_ == storage_.transaction && storage_.open();
    cursor_of_ = 0;
    if (!open) return;
    try {
      storage_.connection.execute("CLOSE \"" + name_ + "\"");
    } catch (const Exception&) {
      return;  // the transaction has failed: the next statement says so
    }
  }

  StorageImpl& storage_;
  std::string sql_, name_;
  bool reads_, in_parts_{false}, prepared_{false}, started_{false};
  std::vector<RowTable*> tables_;
  PgRow values_;
  PgResult result_;
  int row_{-1};
  std::int64_t cursor_of_{0};  // the transaction that it lives in; 0: none
  std::int64_t changes_{0};
  mutable std::deque<std::string> texts_;  // what was asked for of this row
};

std::unique_ptr<Statement> make_statement(StorageImpl& storage, std::string_view sql) {
  using Does = RowStatement::Does;
  for (RowTable& table : storage.tables) {
    const RowShape& shape = table.shape();
    for (const auto& [text, does] : {std::pair(&shape.find, Does::find), std::pair(&shape.insert, Does::insert),
                                     std::pair(&shape.upsert, Does::upsert), std::pair(&shape.remove, Does::remove)}) {
      if (*text == sql) return std::make_unique<RowStatement>(storage, table, does);
    }
  }
  return std::make_unique<PlainStatement>(storage, sql);
}

}  // namespace

Result<void> check_service_name(const std::string& service) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (!service.empty() && service.size() <= 40 && service.front() >= 'a' && service.front() <= 'z' && std::ranges::all_of(service, fits))
    return {};
  return fail(ErrorCategory::config,
              "\"" + service + "\" is no name of a service: a letter, then letters, digits and _, all in lower case, 40 at most");
}

std::string schema_of_service(const std::string& service) { return "marginfix_" + service; }

PostgresStorage::PostgresStorage(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PostgresStorage::~PostgresStorage() = default;

Result<std::unique_ptr<PostgresStorage>> PostgresStorage::open(const PostgresAddress& address, Lead& lead) {
  try {
    PgOptions options;
    options.search_path = schema_of_service(lead.service());
    options.given_up = &lead.lost();
    options.idle_in_transaction = kIdleInTransaction;
    auto impl = std::make_unique<Impl>(address, std::move(options), &lead);
    lead.names_writer(impl->connection.server_process(), impl->connection.server_process_start());
    migrate_service(impl->connection, lead.service(), lead.epoch());
    return std::unique_ptr<PostgresStorage>(new PostgresStorage(std::move(impl)));
  } catch (const Exception& e) {
    return e.error();
  }
}

Result<std::unique_ptr<PostgresStorage>> PostgresStorage::open_for_reading(const PostgresAddress& address, const std::string& service) {
  if (auto good = check_service_name(service); !good) return good.error();
  try {
    PgOptions options;
    options.reads_only = true;
    options.search_path = schema_of_service(service);
    options.patience = kReaderPatience;
    auto impl = std::make_unique<Impl>(address, std::move(options), nullptr);
    check_service(impl->connection, address, service);
    return std::unique_ptr<PostgresStorage>(new PostgresStorage(std::move(impl)));
  } catch (const Exception& e) {
    return e.error();
  }
}

Statement& PostgresStorage::statement(std::string_view sql) {
  auto found = impl_->statements.find(sql);
  if (found == impl_->statements.end()) found = impl_->statements.emplace(std::string(sql), make_statement(*impl_, sql)).first;
  found->second->reset();
  return *found->second;
}

void PostgresStorage::execute(std::string_view sql) {
  if (starts_with_word(sql, "BEGIN")) return begin();
  if (impl_->lead == nullptr) {
    impl_->connection.execute(sql);
    return;
  }
  impl_->writing([&] {
    for (RowTable& table : impl_->tables) table.flush();
    impl_->connection.execute(sql);
    impl_->forget();
  });
}

void PostgresStorage::begin() { impl_->begin(); }
void PostgresStorage::commit() { impl_->commit(); }
void PostgresStorage::rollback() noexcept { impl_->rollback(); }
bool PostgresStorage::in_transaction() const noexcept { return impl_->open(); }

// Who only reads remembers no rows.
bool PostgresStorage::reads_ahead() const noexcept { return impl_->lead != nullptr && impl_->open(); }

void PostgresStorage::expect(std::string_view find, const std::vector<std::vector<KeyValue>>& keys) {
  const auto table = std::ranges::find_if(impl_->tables, [&](const RowTable& one) { return one.shape().find == find; });
  if (table == impl_->tables.end()) return;
  std::vector<PgRow> rows;
  rows.reserve(keys.size());
  for (const std::vector<KeyValue>& key : keys) {
    PgRow& row = rows.emplace_back();
    for (const KeyValue& value : key) std::visit([&](const auto& one) { row.emplace_back(one); }, value);
  }
  table->expect(rows);
}

Result<std::vector<std::string>> services_in(const PostgresAddress& address) {
  try {
    PgOptions options;
    options.reads_only = true;
    options.patience = kReaderPatience;
    PgConnection connection(address, options);
    std::vector<std::string> names;
    if (pg_integer(connection.execute("SELECT to_regclass('marginfix.services') IS NOT NULL").get(), 0, 0) == 0) return names;
    const PgResult rows = connection.execute("SELECT service FROM marginfix.services WHERE version > 0 ORDER BY service");
    for (int i = 0; i < PQntuples(rows.get()); ++i) names.push_back(pg_text(rows.get(), i, 0));
    return names;
  } catch (const Exception& e) {
    return e.error();
  }
}

}  // namespace marginfix::reconcile
