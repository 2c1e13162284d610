// The outbox: what is to be told, as rows of the ledger, written in the transaction of what they tell. The engine writes them as it applies
// records, so a replay gives the same rows with the same numbers and ids; the publisher (publisher.hpp) reads them in order, and what the
// stream has is removed. Off unless the service's `begin` says so: then nothing is written and nothing is numbered.
//
// Tables: `outbox` (what waits), `outbox_end` (up to where the stream has it); `meta`: outbox_number, ledger_id, rules.stream.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/ledger/storage.hpp"
#include "services/reconcile/stream/events.hpp"

namespace marginfix::reconcile {

// The engine's side. One thread.
class Outbox {
 public:
  explicit Outbox(Storage& storage) : storage_(storage) { read(); }

  // Reads again what the tables say: after a `begin`, and after a rollback.
  void read();
  bool on() const noexcept { return on_; }
  // A record begins; what is told from here on is told at `now`, and by no report until cause() says by which.
  void begin_record(Timestamp now);
  void cause(const std::string& last_mkt, const std::string& exec_id);

  // Each writes one row, where there is something to tell.
  void execution(const FillRow& fill, bool exec_id_is_its_own);
  void corrected(const FillRow& fill);
  void order(const OrderRow& before, const OrderRow& now);
  void position(const PositionRow& before, const PositionRow& now);
  // Confirmed ones and what becomes of them: what two sources agree on within the grace was no break.
  void broken(const BreakRow& row);

  void write();  // of this batch, what is not a row yet: the number

 private:
  EventHead head(const std::string& id) const { return {ledger_, number_ + 1, id, now_}; }
  void add(EventKind kind, const std::string& account, const std::string& symbol, std::string id, std::string payload);

  Storage& storage_;
  bool on_{false};
  std::string ledger_;
  std::int64_t number_{0}, written_{0};
  Timestamp now_{};
  EventCause cause_;
};

// `begin` says that a stream is fed: the ledger gets its name, of what its first such record is.
void name_ledger(Storage& storage, std::string_view record);

// ---- whoever publishes --------------------------------------------------------------------------------------------------

struct OutboxState {
  std::string ledger;         // "" = it never told anything
  std::int64_t number{0};     // of the last event that was ever written
  std::int64_t published{0};  // up to here the stream has it
  std::int64_t waiting() const noexcept { return number - published; }
};
OutboxState outbox_state(Storage& storage);
// The next ones behind `number`, in order.
std::vector<OutboxRow> outbox_rows(Storage& storage, std::int64_t number, std::int64_t most);
// When the oldest one that waits was written; nothing where none does.
std::optional<Timestamp> outbox_oldest(Storage& storage);
// The stream has everything up to `number`: those rows go. Within a transaction of the caller's. Never goes back.
void outbox_published(Storage& storage, std::int64_t number, Timestamp now);

}  // namespace marginfix::reconcile
