#include "services/reconcile/stream/outbox.hpp"

#include <algorithm>
#include <utility>

#include "services/reconcile/journal/sha256.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

constexpr std::size_t kLedgerDigits = 16;

}  // namespace

void Outbox::read() {
  on_ = meta(storage_, "rules.stream") == "on";
  ledger_ = meta(storage_, "ledger_id").value_or("");
  number_ = written_ = meta_number(storage_, "outbox_number");
}

void Outbox::begin_record(Timestamp now) {
  now_ = now;
  cause_ = {};
}

void Outbox::cause(const std::string& last_mkt, const std::string& exec_id) {
  if (on_) cause_ = {last_mkt, exec_id};
}

void Outbox::execution(const FillRow& fill, bool exec_id_is_its_own) {
  if (!on_) return;
  std::string id = execution_id(fill, exec_id_is_its_own);
  std::string payload = execution_payload(head(id), fill, false);
  add(EventKind::execution, fill.account, fill.symbol, std::move(id), std::move(payload));
}

void Outbox::corrected(const FillRow& fill) {
  if (!on_) return;
  std::string id = other_id(execution_id(fill, true), number_ + 1);
  std::string payload = execution_payload(head(id), fill, true);
  add(EventKind::execution, fill.account, fill.symbol, std::move(id), std::move(payload));
}

void Outbox::order(const OrderRow& before, const OrderRow& now) {
  if (!on_ || !tells_more(before, now)) return;
  std::string id = numbered_id(EventKind::order, now.account, cause_.exec_id.empty() ? now.order_id : cause_.exec_id, number_ + 1);
  std::string payload = order_payload(head(id), now, cause_);
  add(EventKind::order, now.account, now.symbol, std::move(id), std::move(payload));
}

void Outbox::position(const PositionRow& before, const PositionRow& now) {
  if (!on_ || !tells_more(before, now)) return;
  std::string id = numbered_id(EventKind::position, now.account, cause_.exec_id, number_ + 1);
  std::string payload = position_payload(head(id), now, cause_);
  add(EventKind::position, now.account, now.symbol, std::move(id), std::move(payload));
}

void Outbox::broken(const BreakRow& row) {
  if (!on_ || row.state == BreakState::pending) return;
  std::string id = numbered_id(EventKind::broken, row.account, std::to_string(row.id), number_ + 1);
  std::string payload = break_payload(head(id), row);
  add(EventKind::broken, row.account, row.symbol, std::move(id), std::move(payload));
}

void Outbox::add(EventKind kind, const std::string& account, const std::string& symbol, std::string id, std::string payload) {
  OutboxRow row{++number_, event_subject(kind, account, symbol), std::move(id), std::move(payload), now_};
  put(storage_, row);
}

void Outbox::write() {
  if (std::exchange(written_, number_) != number_) set_meta(storage_, "outbox_number", std::to_string(number_));
}

void name_ledger(Storage& storage, std::string_view record) {
  if (!meta(storage, "ledger_id")) set_meta(storage, "ledger_id", to_hex(Sha256().of(record)).substr(0, kLedgerDigits));
}

OutboxState outbox_state(Storage& storage) {
  OutboxState state;
  state.ledger = meta(storage, "ledger_id").value_or("");
  state.number = meta_number(storage, "outbox_number");
  state.published = number(storage, "SELECT published FROM outbox_end WHERE id = 0");
  return state;
}

std::vector<OutboxRow> outbox_rows(Storage& storage, std::int64_t number, std::int64_t most) {
  return all<OutboxRow>(storage, "WHERE number > $1 ORDER BY number LIMIT $2", number, most);
}

std::optional<Timestamp> outbox_oldest(Storage& storage) {
  const std::int64_t written = number(storage, "SELECT written FROM outbox ORDER BY number LIMIT 1");
  return written > 0 ? std::optional(Timestamp(std::chrono::microseconds(written))) : std::nullopt;
}

void outbox_published(Storage& storage, std::int64_t number, Timestamp now) {
  const std::int64_t before = reconcile::number(storage, "SELECT published FROM outbox_end WHERE id = 0");
  OutboxEndRow end{0, std::max(before, number), now};
  put(storage, end);
  StatementGuard s(storage.statement("DELETE FROM outbox WHERE number <= $1"));
  s->bind(0, end.published);
  s->step();
}

}  // namespace marginfix::reconcile
