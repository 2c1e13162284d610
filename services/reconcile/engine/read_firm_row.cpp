// A row of the firm's own record, with our names for its columns: what the firm believes a fill to be.
#include <boost/json.hpp>

#include "services/reconcile/engine/state.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

namespace bj = boost::json;

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
  std::vector<std::string> markets{row.last_mkt};
  StatementGuard s(storage.statement("SELECT DISTINCT last_mkt FROM span_markets WHERE account = $1 ORDER BY last_mkt"));
  s->bind(0, std::string_view(row.account));
  while (s->step()) markets.emplace_back(s->text(0));
  for (const std::string& last_mkt : markets) {
    if (auto known = find<ReportRow>(storage, row.account, last_mkt, row.exec_id)) return known;
  }
  return std::nullopt;
}

// A firm knows a fill by its ExecID, or by the exchange's trade id: the fill that FIX tells of this ExecID gives the others.
void complete_ids(Storage& storage, SourceFillRow& row) {
  if (row.exec_id.empty() || (!row.trade_id.empty() && !row.order_id.empty())) return;
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
  if (const auto fee = DollarDecimal::parse(firm_text(told, "fee"))) row.fee = *fee;
  if (const auto subaccount = time_of(firm_text(told, "subaccount"))) row.subaccount = subaccount->time_since_epoch().count();
  row.transact_time = time_of_firm(firm_text(told, "transact_time"));
  row.first_seen = state.now;
  row.position = position;
  complete_ids(state.storage, row);
  if (row.trade_id.empty()) row.trade_id = "exec:" + row.last_mkt + '|' + row.exec_id;
  if (row.exec_id.empty() && row.trade_id == "exec:|") {
    return state.undecodable(record, position, "a row of the firm's record without an ExecID or trade id");
  }
  if (row.transact_time) state.coverage.firm_reaches(record.account, *row.transact_time, state.now);
  state.book.fill(std::move(row));
}

}  // namespace marginfix::reconcile
