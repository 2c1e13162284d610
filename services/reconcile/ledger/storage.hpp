// Where the ledger is kept: SQL statements with numbered parameters ($1, $2, ...), in the dialect that SQLite and PostgreSQL share. The
// rows are in rows.hpp, what is read and written of them in table.hpp; nothing else knows SQL of its own but queries that only read.
// One thread at a time. Errors: Exception(store), which says statement and cause; a full disk is one, and leaves the transaction undone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace marginfix::reconcile {

// A prepared statement. Columns and parameters count from 0. A text lives until the next step() or reset().
class Statement {
 public:
  virtual ~Statement() = default;
  virtual void bind(int index, std::int64_t value) = 0;
  virtual void bind(int index, std::string_view text) = 0;
  virtual void bind_blob(int index, std::string_view bytes) = 0;
  virtual void bind_null(int index) = 0;
  virtual bool step() = 0;  // true: a row
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t changes() const = 0;  // rows the last step() inserted, updated or deleted
  virtual void reset() = 0;                  // ready to be bound again
};

// A part of a key.
using KeyValue = std::variant<std::int64_t, std::string>;

class Storage {
 public:
  virtual ~Storage() = default;
  // The same text gives the same statement, prepared once: `sql` is a literal or as good as one. Reset before it is given.
  virtual Statement& statement(std::string_view sql) = 0;
  virtual void execute(std::string_view sql) = 0;
  virtual void begin() = 0;  // BEGIN IMMEDIATE
  virtual void commit() = 0;
  virtual void rollback() noexcept = 0;
  virtual bool in_transaction() const noexcept = 0;
  // True: journal and audit are tables beside the ledger's own, and no files.
  virtual bool holds_journal() const noexcept { return false; }
  // True: an answer takes a while, and many rows are asked for at once. Those of these keys (in the order of its parameters) will be looked
  // for by `find`, a statement of table.hpp, in this transaction.
  virtual bool reads_ahead() const noexcept { return false; }
  virtual void expect(std::string_view find, const std::vector<std::vector<KeyValue>>& keys) { (void)find, (void)keys; }
};

// What a statement is reset by, so that no read transaction stays open behind an early return.
class StatementGuard {
 public:
  explicit StatementGuard(Statement& statement) : statement_(statement) {}
  ~StatementGuard() { statement_.reset(); }
  StatementGuard(const StatementGuard&) = delete;
  StatementGuard& operator=(const StatementGuard&) = delete;
  Statement* operator->() noexcept { return &statement_; }
  Statement& operator*() noexcept { return statement_; }

 private:
  Statement& statement_;
};

}  // namespace marginfix::reconcile
