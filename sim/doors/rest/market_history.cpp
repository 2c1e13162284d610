// Candlesticks, public trades, corporate actions.
#include <utility>

#include "sim/doors/rest/market_endpoints.hpp"
#include "sim/exchange/views/market.hpp"

namespace marginfix::sim {
namespace {

constexpr std::int64_t kMostTrades = 1'000, kUsualTrades = 100;

using Price = std::optional<DollarDecimal>;

// What the exchange writes where there is no ask: the largest number of its prices.
constexpr std::string_view kNoAskText = "922337203685477.5807";

void quote_members(json::Writer& out, const CandleQuotes& quotes) {
  const std::pair<std::string_view, const Price&> members[] = {
      {"open", quotes.open}, {"low", quotes.low}, {"high", quotes.high}, {"close", quotes.close}};
  for (const auto& [name, price] : members) {
    out.key(name);
    price ? out.value(*price) : out.string(kNoAskText);
  }
}

void price_or_null(json::Writer& out, std::string_view name, const Price& price) {
  out.key(name);
  price ? out.value(*price) : out.null();
}

void range_members(json::Writer& out, const std::optional<CandleQuotes>& range) {
  price_or_null(out, "open", range ? range->open : std::nullopt);
  price_or_null(out, "low", range ? range->low : std::nullopt);
  price_or_null(out, "high", range ? range->high : std::nullopt);
  price_or_null(out, "close", range ? range->close : std::nullopt);
}

void candle_json(json::Writer& out, const CandleView& c) {
  out.begin_object().member("end_period_ts", c.end_period_ts);
  out.key("bid").begin_object();
  quote_members(out, c.bid);
  out.end_object().key("ask").begin_object();
  quote_members(out, c.ask);
  out.end_object().key("price").begin_object();
  range_members(out, c.price);
  price_or_null(out, "mean", c.mean);
  price_or_null(out, "previous", c.previous);
  out.end_object();
  out.member("volume", c.volume).key("volume_notional_value_dollars").value(c.volume_notional, 6);
  out.member("open_interest", c.open_interest).key("open_interest_notional_value_dollars").value(c.open_interest_notional, 6);
  out.end_object();
}

std::string date_text(const Date& date) {
  const std::string digits = to_fix_date(date);
  return digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6, 2);
}

void terms_json(json::Writer& out, const CorporateAction& a) {
  const auto dated = [&] {
    if (a.ex_date) out.member("ex_date", date_text(*a.ex_date));
    out.end_object();
  };
  switch (a.type) {
    case CorporateActionType::CashDividend:
    case CorporateActionType::SpecialDividend:
    case CorporateActionType::SpinOff:
      out.key("cash").begin_object();
      if (a.cash_per_share) out.member("cash_per_share", *a.cash_per_share);
      if (a.cash_per_contract) out.member("cash_per_contract", *a.cash_per_contract);
      dated();
      break;
    case CorporateActionType::StockSplit:
      out.key("split").begin_object();
      out.member("ratio_old", std::to_string(a.ratio_old)).member("ratio_new", std::to_string(a.ratio_new));
      dated();
      break;
    case CorporateActionType::FinalSettlement:
      out.key("final_settlement").begin_object().member("reason", a.reason);
      if (a.settlement_price_per_share) out.member("settlement_price_per_share", *a.settlement_price_per_share);
      if (a.settlement_price_per_contract) out.member("settlement_price_per_contract", *a.settlement_price_per_contract);
      out.end_object();
      break;
    case CorporateActionType::TickerChange:
      out.key("ticker_change").begin_object().member("old_ticker", a.old_ticker).member("new_ticker", a.new_ticker).end_object();
      break;
  }
}

void action_json(json::Writer& out, const CorporateActionView& v) {
  out.begin_object();
  out.member("id", v.id.view()).member("market_id", v.market_id.view()).member("market_ticker", v.market_ticker);
  out.member("type", to_string(v.action.type)).member("status", to_string(v.status)).member("updated_ts", to_rfc3339(v.updated));
  if (v.status != CorporateActionStatus::Cancelled) {
    out.member("execution_time", to_rfc3339(v.action.execution_time));
    terms_json(out, v.action);
  }
  out.end_object();
}

// The market a filter names: nothing = no filter, kNoMarket = one that nothing matches.
std::optional<MarketNo> market_filter(const Exchange& exchange, const EndpointRequest& request) {
  std::optional<MarketNo> filter;
  if (const std::string ticker = request.text("ticker"); !ticker.empty())
    filter = views::find_market(exchange.state(), ticker).value_or(kNoMarket);
  if (const std::string id = request.text("market_id"); !id.empty()) {
    const MarketNo by_id = views::find_market_id(exchange.state(), id).value_or(kNoMarket);
    filter = filter && *filter != by_id ? kNoMarket : by_id;
  }
  return filter;
}

}  // namespace

HttpAnswer get_candlesticks(RestDoorContext& door, EndpointRequest& request) {
  for (const char* name : {"start_ts", "end_ts", "period_interval"}) require_query(request, name);
  const auto start = unix_seconds(request, "start_ts");
  const auto end = unix_seconds(request, "end_ts");
  const auto minutes = request.integer("period_interval", 1, 1'440);
  const bool latest = request.boolean("include_latest_before_start").value_or(false);
  if (request.problem) return *request.problem;
  if (*minutes != 1 && *minutes != 60 && *minutes != 1'440) return bad_parameter("period_interval must be 1, 60 or 1440");
  if (*end < *start) return bad_parameter("end_ts must not lie before start_ts");
  const auto market = views::find_market(door.exchange.state(), request.text("ticker"));
  if (!market) return unknown_on_read();
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().member("ticker", views::market(door.exchange.state(), *market).symbol).key("candlesticks").begin_array();
  for (const CandleView& c : views::candles(door.exchange.state(), *market, *start, *end, static_cast<int>(*minutes), latest))
    candle_json(out, c);
  out.end_array().end_object();
  return answer;
}

HttpAnswer get_trades(RestDoorContext& door, EndpointRequest& request) {
  TradeQuery query;
  query.limit = static_cast<std::size_t>(request.integer("limit", 1, kMostTrades).value_or(kUsualTrades));
  if (const auto after = unix_seconds(request, "min_ts")) query.after = from_epoch_seconds(*after);
  if (const auto before = unix_seconds(request, "max_ts")) query.before = from_epoch_seconds(*before);
  if (const std::string cursor = request.text("cursor"); !cursor.empty()) {
    query.position = decode_cursor(cursor);
    if (!query.position) return bad_parameter("cursor is none that this endpoint gave");
  }
  if (request.problem) return *request.problem;
  query.market = market_filter(door.exchange, request);
  const TradePage page = views::trade_page(door.exchange.state(), query);
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("trades").begin_array();
  for (const TradeView& t : page.trades) {
    out.begin_object().member("trade_id", t.trade_id.view()).member("ticker", views::market(door.exchange.state(), t.market).symbol);
    out.member("count", t.quantity).member("price", t.price).member("created_time", to_rfc3339(t.time));
    out.member("taker_side", t.aggressor == Side::Buy ? "bid" : "ask").end_object();
  }
  out.end_array().member("cursor", page.next ? encode_cursor(*page.next) : std::string()).end_object();
  return answer;
}

HttpAnswer get_corporate_actions(RestDoorContext& door, EndpointRequest& request) {
  if (request.has("market_id") && !is_uuid(request.text("market_id"))) return bad_parameter("market_id must be a UUID");
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("corporate_actions").begin_array();
  for (const CorporateActionView& v : views::corporate_actions(door.exchange.state(), market_filter(door.exchange, request)))
    action_json(out, v);
  out.end_array().end_object();
  return answer;
}

}  // namespace marginfix::sim
