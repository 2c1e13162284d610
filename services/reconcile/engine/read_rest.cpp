// Answers of REST: pages of lists, and single orders that were looked up.
#include <functional>
#include <map>

#include "marginfix/json/binding.hpp"
#include "marginfix/rest/domain_values.hpp"
#include "marginfix/rest/funding.hpp"
#include "marginfix/rest/margin.hpp"
#include "services/reconcile/engine/state.hpp"

namespace marginfix::reconcile {

namespace {

// Of a body that may lack members: what a row needs is looked at row by row.
template <class Response>
std::optional<Response> body_as(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  Response value{};
  json::DecodeOptions tolerant;
  tolerant.missing_is_error = false;
  if (auto done = json::decode(json::type_of<Response>(), &value, body, tolerant); !done) {
    // The source failed: its list ends with an error, and nothing is concluded.
    state.undecodable(record, position, done.error().message, false);
    return std::nullopt;
  }
  return value;
}

void take_fill(EngineState& state, const Record& record, std::int64_t position, const rest::MarginFill& told) {
  const auto fill = rest::to_fill(told);
  if (!fill || told.fill_id.empty() || told.order_id.empty() || told.ticker.empty() || told.count.is_zero()) {
    return state.undecodable(
        record, position,
        "a fill of REST without " + std::string(fill ? "ids or quantity" : "a side that can be read") + ": " + told.fill_id);
  }
  SourceFillRow row;
  row.source = Source::rest;
  row.account = record.account;
  row.order_id = fill->order_id;
  row.trade_id = fill->trade_id;
  row.symbol = fill->symbol;
  row.side = std::string(1, static_cast<char>(fill->side));
  row.price = fill->price;
  row.quantity = fill->quantity;
  row.fee = told.fees;
  row.realized_pnl = told.realized_pnl;
  row.transact_time = fill->transact_time;
  row.is_taker = told.is_taker;
  if (told.order_source) row.order_source = std::string(told.order_source->text());
  row.first_seen = state.now;
  row.not_before = state.coverage.whole_before(record.account, Source::rest, "fills");
  row.position = position;
  if (row.transact_time) state.coverage.exchange_time(*row.transact_time);
  state.book.fill(std::move(row));
}

void fills(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  if (const auto page = body_as<rest::GetMarginFillsResponse>(state, record, position, body)) {
    for (const rest::MarginFill& told : page->fills) take_fill(state, record, position, told);
  }
}

void take_order(EngineState& state, const Record& record, std::int64_t position, const rest::MarginOrder& told) {
  const auto order = rest::to_order(told);
  if (!order) return state.undecodable(record, position, "an order of REST: " + order.error().message);
  state.book.rest_order(record.account, *order, state.now);
}

void orders(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  if (const auto page = body_as<rest::GetMarginOrdersResponse>(state, record, position, body)) {
    for (const rest::MarginOrder& told : page->orders) take_order(state, record, position, told);
  }
}

void one_order(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  if (const auto answer = body_as<rest::GetMarginOrderResponse>(state, record, position, body)) {
    take_order(state, record, position, answer->order);
  }
}

void positions(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  const auto page = body_as<rest::GetMarginPositionsResponse>(state, record, position, body);
  if (!page) return;
  for (const rest::MarginPosition& told : page->positions) {
    const Position p = rest::to_position(told);
    state.book.rest_position({record.account, p.subaccount, p.symbol, p.net, p.entry_price, p.unrealized_pnl, p.margin_used}, state.now);
  }
}

void funding(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  const auto page = body_as<rest::GetMarginFundingHistoryResponse>(state, record, position, body);
  if (!page) return;
  for (const rest::MarginFundingHistoryEntry& told : page->funding_history) {
    FundingRow row;
    row.source = Source::rest;
    row.account = record.account;
    if (told.subaccount_number) row.subaccount = *told.subaccount_number;
    row.symbol = told.market_ticker;
    row.funding_time = told.funding_time;
    row.rate = told.funding_rate.to_string();
    row.mark_price = told.mark_price;
    row.quantity = told.quantity;
    row.amount = told.funding_amount;
    row.first_seen = state.now;
    state.coverage.exchange_time(told.funding_time);
    state.book.funding(std::move(row));
  }
}

void balance(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  const auto page = body_as<rest::GetMarginBalanceResponse>(state, record, position, body);
  if (!page) return;
  for (const rest::MarginSubaccountBalance& told : page->subaccount_balances) {
    CashRow row;
    row.source = Source::rest;
    row.account = record.account;
    row.subaccount = told.subaccount;
    row.seen = state.now;
    row.balance = told.account_equity;
    row.available = told.available_balance;
    row.margin_used = told.maintenance_margin;
    state.book.cash(std::move(row));
  }
}

using Reader = void (*)(EngineState&, const Record&, std::int64_t, std::string_view);
const std::map<std::string_view, Reader>& rest_readers() {
  static const std::map<std::string_view, Reader> readers{
      {rest::Operation<rest::GetMarginFills>::info.operation_id, fills},
      {rest::Operation<rest::GetMarginOrders>::info.operation_id, orders},
      {rest::Operation<rest::GetMarginOrder>::info.operation_id, one_order},
      {rest::Operation<rest::GetMarginPositions>::info.operation_id, positions},
      {rest::Operation<rest::GetMarginFundingHistory>::info.operation_id, funding},
      {rest::Operation<rest::GetMarginBalance>::info.operation_id, balance},
  };
  return readers;
}

}  // namespace

void read_rest(EngineState& state, const Record& record, std::int64_t position) {
  state.coverage.heard(record.account, record.source, state.now);
  const auto [operation, rest_of] = first_line(record.body);
  const auto [query, body] = first_line(rest_of);
  const auto reader = rest_readers().find(operation);
  if (reader == rest_readers().end()) {
    return state.undecodable(record, position, "an answer of the operation " + std::string(operation) + ", which nobody here reads", false);
  }
  reader->second(state, record, position, body);
}

}  // namespace marginfix::reconcile
