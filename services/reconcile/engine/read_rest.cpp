// Answers of REST: pages of lists, and single orders that were looked up.
#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

#include "marginfix/rest/domain_values.hpp"
#include "marginfix/rest/funding.hpp"
#include "marginfix/rest/margin.hpp"
#include "marginfix/rest/markets.hpp"
#include "services/reconcile/engine/corporate_actions.hpp"
#include "services/reconcile/engine/read_ahead.hpp"
#include "services/reconcile/engine/state.hpp"

namespace marginfix::reconcile {

namespace {

// What was asked for: `name` ends with '='. "": nothing by this name.
std::string_view asked_for(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    if (one.starts_with(name)) return one.substr(name.size());
  }
  return {};
}

// A fill does not say whose it is: the question did, where it was asked for one subaccount.
std::optional<std::int64_t> subaccount_of(std::string_view query) {
  std::int64_t value = 0;
  const std::string_view digits = asked_for(query, "subaccount=");
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
}

// The end of the last day that was asked for, of days in UTC, both inclusive: "2026-11-30".
std::optional<Timestamp> end_of_range(std::string_view query) {
  std::string digits(asked_for(query, "end_date="));
  std::erase(digits, '-');
  const auto day = parse_fix_date(digits);
  return day ? std::optional(Timestamp(std::chrono::sys_days(*day) + std::chrono::days(1))) : std::nullopt;
}

void take_fill(EngineState& state, const Record& record, std::int64_t position, const rest::MarginFill& told,
               std::optional<std::int64_t> subaccount) {
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
  row.subaccount = subaccount;
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
  json::DecodeReport report;
  const auto page = state.answer_as<rest::GetMarginFillsResponse>(record, position, body, &report);
  if (!page) return;
  const auto [operation, rest_of] = first_line(record.body);
  const std::optional<std::int64_t> subaccount = subaccount_of(first_line(rest_of).first);
  ReadAhead ahead(state.storage);
  for (const rest::MarginFill& told : page->fills) {
    ahead.fill(Source::rest, record.account, told.order_id, told.fill_id);
    ahead.telling(Source::listener, record.account, told.order_id, told.fill_id);
    ahead.order(record.account, told.order_id);
  }
  ahead.ask();
  for (std::size_t i = 0; i < page->fills.size(); ++i) {
    const rest::MarginFill& told = page->fills[i];
    const std::string missing = report.missing.empty() ? std::string() : missing_of_fill(report, i);
    if (missing.empty()) {
      take_fill(state, record, position, told, subaccount);
    } else {
      state.undecodable(record, position, "a fill of REST without " + missing + ": " + told.fill_id);
    }
  }
}

void take_order(EngineState& state, const Record& record, std::int64_t position, const rest::MarginOrder& told) {
  const auto order = rest::to_order(told);
  if (!order) return state.undecodable(record, position, "an order of REST: " + order.error().message);
  state.book.rest_order(record.account, *order, state.now);
}

void orders(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  if (const auto page = state.answer_as<rest::GetMarginOrdersResponse>(record, position, body)) {
    ReadAhead ahead(state.storage);
    for (const rest::MarginOrder& told : page->orders) ahead.order(record.account, told.order_id);
    ahead.ask();
    for (const rest::MarginOrder& told : page->orders) take_order(state, record, position, told);
  }
}

void one_order(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  if (const auto answer = state.answer_as<rest::GetMarginOrderResponse>(record, position, body)) {
    take_order(state, record, position, answer->order);
  }
}

void positions(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  const auto page = state.answer_as<rest::GetMarginPositionsResponse>(record, position, body);
  if (!page) return;
  for (const rest::MarginPosition& told : page->positions) {
    const Position p = rest::to_position(told);
    state.book.rest_position({record.account, p.subaccount, p.symbol, p.net, p.entry_price, p.unrealized_pnl, p.margin_used}, state.now);
  }
}

void funding(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  const auto page = state.answer_as<rest::GetMarginFundingHistoryResponse>(record, position, body);
  if (!page) return;
  const auto [operation, rest_of] = first_line(record.body);
  if (const auto end = end_of_range(first_line(rest_of).first))
    state.coverage.poll_reaches_to(record.account, Source::rest, "funding", *end);
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
  const auto page = state.answer_as<rest::GetMarginBalanceResponse>(record, position, body);
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

void corporate_actions(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  const auto page = state.answer_as<rest::GetMarginCorporateActionsResponse>(record, position, body);
  if (!page) return;
  for (const rest::MarginCorporateAction& told : page->corporate_actions) take_notice(state, record.account, told);
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
      {rest::Operation<rest::GetMarginCorporateActions>::info.operation_id, corporate_actions},
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
