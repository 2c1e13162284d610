// A row of the firm's own record, with our names for its columns: what the firm believes a fill to be.
#include <boost/json.hpp>

#include "services/reconcile/engine/state.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/match/fills.hpp"

namespace marginfix::reconcile {

namespace {

namespace bj = boost::json;

// Stands for the trade id of a fill that the firm knows by its ExecID alone, until the exchange has told it.
constexpr std::string_view kByExecId = "exec:";

std::string firm_text(const bj::object& row, const char* name) {
  const bj::value* value = row.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string side_of_firm(const std::string& text) {
  if (text == "1" || text == "2") return text;
  if (text.empty()) return {};
  const char first = static_cast<char>(text.front() | 0x20);
  return first == 'b' ? "1" : (first == 's' || first == 'a' ? "2" : "");
}

std::optional<Timestamp> time_of_firm(const std::string& text) {
  if (auto time = parse_rfc3339(text)) return *time;
  if (auto time = parse_fix_utc(text)) return *time;
  return std::nullopt;
}

// The report of an ExecID, on whichever LastMkt it was; the exchange has few of them.
std::optional<ReportRow> report_of(Storage& storage, const SourceFillRow& row) {
  std::string last_mkt = row.last_mkt;
  for (bool more = true; more;) {
    if (auto known = find<ReportRow>(storage, row.account, last_mkt, row.exec_id)) return known;
    StatementGuard s(storage.statement("SELECT MIN(last_mkt) FROM reports WHERE account = $1 AND last_mkt > $2"));
    s->bind(0, std::string_view(row.account));
    s->bind(1, std::string_view(last_mkt));
    more = s->step() && !s->is_null(0);
    if (more) last_mkt = s->text(0);
  }
  return std::nullopt;
}

void complete_by_exec_id(Storage& storage, SourceFillRow& row) {
  const auto known = report_of(storage, row);
  if (!known) return;
  for (const Source source : {Source::listener, Source::drop_copy}) {
    const auto fills = all<SourceFillRow>(storage, "WHERE source = $1 AND account = $2 AND order_id = $3 AND exec_id = $4 LIMIT 1", source,
                                          row.account, known->order_id, row.exec_id);
    if (fills.empty()) continue;
    row.order_id = known->order_id;
    row.trade_id = fills.front().trade_id;
    row.last_mkt = known->last_mkt;
    return;
  }
}

// Two orders have one trade id where the account traded with itself; they are on different sides.
void complete_by_trade_id(Storage& storage, SourceFillRow& row) {
  const auto fills = all<FillRow>(storage, "WHERE account = $1 AND trade_id = $2 AND order_id <> '' ORDER BY side <> $3, order_id LIMIT 1",
                                  row.account, row.trade_id, row.side);
  if (!fills.empty()) row.order_id = fills.front().order_id;
}

bool is_booked(Storage& storage, const SourceFillRow& row) {
  return find<FillRow>(storage, row.account, row.order_id, row.trade_id).has_value();
}

// A firm knows a fill by its ExecID, or by the exchange's trade id, and one of them may be wrong: what the exchange tells under the other
// gives all of them.
void complete_ids(Storage& storage, SourceFillRow& row) {
  if (is_booked(storage, row)) return;
  if (!row.trade_id.empty() && !row.trade_id.starts_with(kByExecId)) complete_by_trade_id(storage, row);
  if (!row.exec_id.empty() && !is_booked(storage, row)) complete_by_exec_id(storage, row);
}

// Cells that say something and cannot be read: the row counts without them. One break for each column, whatever their number.
void unreadable_cell(EngineState& state, const Record& record, std::int64_t position, const char* column, const std::string& text) {
  const std::string reason = "a cell of the firm's record cannot be read: " + std::string(column) + " \"" + text + "\"";
  state.undecodable(record, position, reason, false);
  Difference d;
  d.category = BreakCategory::undecodable;
  d.account = record.account;
  d.subject = "firm column " + std::string(column);
  d.here_source = to_string(record.source);
  d.here_value = column;
  d.explanation = "cells of this column of the firm's record cannot be read and do not count; the rest of their rows does";
  d.at_once = true;
  state.breaks.observe(d, state.now, state.coverage.exchange_now(), state.rules);
}

}  // namespace

void read_firm_row(EngineState& state, const Record& record, std::int64_t position) {
  state.coverage.heard(record.account, record.source, state.now);
  boost::system::error_code error;
  const bj::value value = bj::parse(record.body, error);
  if (error || !value.is_object()) return state.undecodable(record, position, "a row of the firm's record that is no object");
  const bj::object& told = value.get_object();
  const auto price = DollarDecimal::parse(firm_text(told, "price"));
  const auto quantity = FixedPointCount::parse(firm_text(told, "quantity"));
  SourceFillRow row;
  row.source = Source::firm;
  row.account = record.account;
  row.side = side_of_firm(firm_text(told, "side"));
  if (!price || !quantity || row.side.empty()) {
    return state.undecodable(record, position, "a row of the firm's record without a price, quantity or side that can be read");
  }
  row.order_id = firm_text(told, "order_id");
  row.trade_id = firm_text(told, "trade_id");
  row.last_mkt = firm_text(told, "last_mkt");
  row.exec_id = firm_text(told, "exec_id");
  row.cl_ord_id = firm_text(told, "cl_ord_id");
  row.symbol = firm_text(told, "symbol");
  row.price = *price;
  row.quantity = quantity->is_negative() ? -*quantity : *quantity;
  const auto cell = [&](const char* column, const auto& read) {
    const std::string text = firm_text(told, column);
    if (!text.empty() && !read(text)) unreadable_cell(state, record, position, column, text);
  };
  cell("fee", [&row](const std::string& text) {
    const auto fee = DollarDecimal::parse(text);
    if (fee) row.fee = *fee;
    return static_cast<bool>(fee);
  });
  cell("subaccount", [&row](const std::string& text) {
    const auto number = time_of(text);  // a whole number
    if (number) row.subaccount = number->time_since_epoch().count();
    return number.has_value();
  });
  cell("transact_time", [&row](const std::string& text) { return (row.transact_time = time_of_firm(text)).has_value(); });
  row.first_seen = state.now;
  row.position = position;
  complete_ids(state.storage, row);
  if (row.exec_id.empty() && row.trade_id.empty()) {
    return state.undecodable(record, position, "a row of the firm's record without an ExecID or trade id");
  }
  if (row.trade_id.empty()) row.trade_id = std::string(kByExecId) + row.last_mkt + '|' + row.exec_id;
  if (row.transact_time) state.coverage.firm_reaches(record.account, *row.transact_time, state.now);
  state.book.fill(std::move(row));
}

void complete_firm_rows(EngineState& state, const std::string& account) {
  for (SourceFillRow& row :
       all<SourceFillRow>(state.storage, "WHERE account = $1 AND unmatched = 1 ORDER BY order_id, trade_id", account)) {
    const SourceFillRow before = row;
    complete_ids(state.storage, row);
    if (!is_booked(state.storage, row)) continue;
    remove<SourceFillRow>(state.storage, before.source, before.account, before.order_id, before.trade_id);
    state.book.fill(std::move(row));
    state.breaks.evaluated(account, fill_subject(before.order_id, before.trade_id), state.now);
  }
}

}  // namespace marginfix::reconcile
