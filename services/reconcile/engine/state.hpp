// What the parts of the engine share while records are applied: book, coverage, breaks, rules. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/reconcile/answer.hpp"
#include "services/reconcile/engine/book.hpp"
#include "services/reconcile/engine/breaks.hpp"
#include "services/reconcile/engine/coverage.hpp"
#include "services/reconcile/journal/record.hpp"
#include "services/reconcile/stream/outbox.hpp"

namespace marginfix::reconcile {

struct EngineState {
  EngineState(Storage& storage_of_it, AuditSink& audit);

  // The record could not be read: its bytes are kept. `is_break` = false where the source itself failed, which is told elsewhere.
  void undecodable(const Record& record, std::int64_t position, const std::string& reason, bool is_break = true);
  void read_rules();
  // What the record made of orders and positions, to the outbox.
  void tell_changes();
  // A body of REST or Klear. Nothing where the source failed (it is kept as undecodable): its list ends with an error, and nothing is
  // concluded from it.
  template <class Response>
  std::optional<Response> answer_as(const Record& record, std::int64_t position, std::string_view body,
                                    json::DecodeReport* report = nullptr) {
    auto answer = read_answer<Response>(body, report);
    if (answer) return std::move(answer.value());
    undecodable(record, position, answer.error().message, false);
    return std::nullopt;
  }

  Storage& storage;
  Outbox outbox;
  Breaks breaks;
  Coverage coverage;
  Book book;
  Rules rules;
  Timestamp now{};  // of the record that is being applied
  bool has_sent;    // something the firm sent is known, answered or not: most ledgers have none of it
};

// Each reads one kind of record into the state.
void read_fix(EngineState& state, const Record& record, std::int64_t position);
void read_rest(EngineState& state, const Record& record, std::int64_t position);
void read_ws(EngineState& state, const Record& record, std::int64_t position);
void read_klear(EngineState& state, const Record& record, std::int64_t position);
void read_firm_fix(EngineState& state, const Record& record, std::int64_t position);
void read_firm_row(EngineState& state, const Record& record, std::int64_t position);
// Rows that came before the exchange told of their fills, and could not be put with them then.
void complete_firm_rows(EngineState& state, const std::string& account);

// A hole of the account's listener is open: what is not here may lie in it.
bool has_open_gap(EngineState& state, const std::string& account);

// "A\nB\nREST": the first line and what follows; the whole text and "" where there is no line end.
std::pair<std::string_view, std::string_view> first_line(std::string_view text) noexcept;
// Microseconds as text; nothing for "" or anything else.
std::optional<Timestamp> time_of(std::string_view micros) noexcept;

}  // namespace marginfix::reconcile
