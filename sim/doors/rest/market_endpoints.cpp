// Exchange status, risk parameters, markets, and the table of the market side.
#include "sim/doors/rest/market_endpoints.hpp"

#include "sim/exchange/views/market.hpp"

namespace marginfix::sim {
namespace {

constexpr std::int64_t kNotionals[] = {1'000, 10'000, 100'000, 1'000'000};

void ticker_price(json::Writer& out, std::string_view name, DollarDecimal price, Timestamp at) {
  out.key(name).begin_object().member("price", price).member("ts_ms", to_epoch_ms(at)).end_object();
}

MultiplierDecimal leverage(const MarketSpec& spec, std::int64_t dollars) {
  return shortest(leverage_tenthousandths(spec, DollarDecimal::whole(dollars)), 4);
}

void leverage_estimates(json::Writer& out, const MarketSpec& spec) {
  out.member("leverage_estimate", leverage(spec, kNotionals[0]));
  // The margin of a long and of a short position of one size is the same here.
  for (const char* name : {"leverage_estimates", "long_leverage_estimates", "short_leverage_estimates"}) {
    out.key(name).begin_object();
    for (const std::int64_t notional : kNotionals) out.member(std::to_string(notional), leverage(spec, notional));
    out.end_object();
  }
}

void statistics(json::Writer& out, const MarketStats& s) {
  if (s.last_price) out.member("price", *s.last_price);
  out.member("volume", s.volume).key("volume_notional_value_dollars").value(s.volume_notional, 6);
  out.member("open_interest", s.open_interest).key("open_interest_notional_value_dollars").value(s.open_interest_notional, 6);
  out.member("volume_24h", s.volume_24h).key("volume_24h_notional_value_dollars").value(s.volume_24h_notional, 6);
  if (s.bid) out.member("bid", *s.bid);
  out.member("bid_size_fp", s.bid_size);
  if (s.ask) out.member("ask", *s.ask);
  out.member("ask_size_fp", s.ask_size);
}

void funding_limits(json::Writer& out, const MarketSpec& spec) {
  out.member("funding_deadband", shortest(spec.funding_deadband_tenthousandths, 2));
  out.member("funding_cap", shortest(spec.funding_cap_tenthousandths, 2));
  out.member("funding_limit_unit", "percentage");
  out.member("funding_invalid_premium_handling", spec.invalid_premium == InvalidPremium::Dampen ? "dampen" : "exclude");
}

void market_json(json::Writer& out, const Exchange& exchange, MarketNo no) {
  const MarketInfo info = views::market(exchange.state(), no);
  const MarketSpec& spec = views::market_spec(exchange.state(), no);
  out.begin_object();
  out.member("market_id", info.market_id.view()).member("ticker", info.symbol).member("title", info.title);
  out.member("market_version", info.version).member("exchange_index", spec.exchange_index);
  out.member("contract_size", info.contract_size).member("underlying_multiplier", spec.underlying_multiplier);
  out.member("tick_size", DollarDecimal::from_units(100)).member("status", to_string(info.status));
  out.member("fractional_trading_enabled", false);
  leverage_estimates(out, spec);
  statistics(out, views::market_stats(exchange.state(), no));
  ticker_price(out, "settlement_mark_price", info.settlement_mark, exchange.now());
  ticker_price(out, "liquidation_mark_price", info.liquidation_mark, exchange.now());
  ticker_price(out, "reference_price", info.reference_price, views::reference_time(exchange.state(), no));
  if (!spec.asset_class.empty()) out.member("asset_class", spec.asset_class);
  if (no == views::quiet_market(exchange.state())) {
    out.key("product_metadata").begin_object().key("important_info").begin_object();
    out.member("markdown", "**Quiet market:** no house account quotes or trades here.").end_object().end_object();
  }
  out.key("schedule").null();
  funding_limits(out, spec);
  out.key("halt_sources").begin_array();
  for (const std::string& source : views::halt_sources(exchange.state(), no)) out.value(source);
  out.end_array().end_object();
}

constexpr EndpointAuth kPublic = EndpointAuth::Public;

constexpr Endpoint<RestDoorContext> kEndpoints[] = {
    {"GET", "/margin/exchange/status", kPublic, kDefaultCost, "", "", get_exchange_status},
    {"GET", "/margin/risk_parameters", kPublic, kDefaultCost, "", "", get_risk_parameters},
    {"GET", "/margin/markets", kPublic, kDefaultCost, "status", "", get_markets},
    {"GET", "/margin/markets/orderbooks", kPublic, kDefaultCost, "tickers", "", get_orderbooks},
    {"GET", "/margin/markets/{ticker}", kPublic, kDefaultCost, "", "", get_market},
    {"GET", "/margin/markets/{ticker}/orderbook", kPublic, kDefaultCost, "depth aggregation_tick_size", "", get_orderbook},
    {"GET", "/margin/markets/{ticker}/candlesticks", kPublic, kDefaultCost, "start_ts end_ts period_interval include_latest_before_start",
     "", get_candlesticks},
    {"GET", "/margin/trades", kPublic, kDefaultCost, "ticker limit cursor min_ts max_ts", "", get_trades},
    {"GET", "/margin/corporate_actions", kPublic, kDefaultCost, "ticker market_id", "", get_corporate_actions},
    {"GET", "/margin/funding_rates/estimate", kPublic, kDefaultCost, "ticker", "", get_funding_estimate},
    {"GET", "/margin/funding_rates/historical", kPublic, kDefaultCost, "ticker start_ts end_ts", "", get_funding_rates},
    {"GET", "/margin/funding_rates/premium_index", kPublic, kDefaultCost, "ticker start_ts end_ts", "", get_premium_index},
    {"GET", "/margin/funding_history", EndpointAuth::Key, kDefaultCost, "ticker start_date end_date subaccount", "", get_funding_history},
};

}  // namespace

std::span<const Endpoint<RestDoorContext>> market_endpoints() { return kEndpoints; }

void require_query(EndpointRequest& request, std::string_view name) {
  if (request.has(name) || request.problem) return;
  request.problem = bare_error(400, "Query argument " + std::string(name) + " is required, but not found");
}

std::optional<std::int64_t> unix_seconds(EndpointRequest& request, std::string_view name) {
  return request.integer(name, 0, kLatestSecond);
}

HttpAnswer get_exchange_status(RestDoorContext& door, EndpointRequest&) {
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().member("exchange_active", true).member("trading_active", !views::exchange_paused(door.exchange.state())).end_object();
  return answer;
}

HttpAnswer get_risk_parameters(RestDoorContext& door, EndpointRequest&) {
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("initial_margin_multiplier").begin_object();
  for (MarketNo m = 0; m < views::market_count(door.exchange.state()); ++m) {
    const MarketSpec& spec = views::market_spec(door.exchange.state(), m);
    out.member(spec.symbol, shortest(spec.initial_margin_percent, 2));
  }
  out.end_object();
  out.member("liquidation_margin_ratio_threshold", shortest(kLiquidationRatioPercent, 2));
  out.member("queue_entry_margin_ratio_threshold", shortest(kQueueEntryRatioPercent, 2));
  out.end_object();
  return answer;
}

HttpAnswer get_markets(RestDoorContext& door, EndpointRequest& request) {
  const std::string status = request.text("status");
  const bool known = status == "inactive" || status == "active" || status == "closed";
  if (request.has("status") && !known) return bad_parameter("status must be inactive, active or closed");
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("markets").begin_array();
  for (MarketNo m = 0; m < views::market_count(door.exchange.state()); ++m) {
    if (!known || to_string(views::market(door.exchange.state(), m).status) == status) market_json(out, door.exchange, m);
  }
  out.end_array().end_object();
  return answer;
}

HttpAnswer get_market(RestDoorContext& door, EndpointRequest& request) {
  const auto market = views::find_market(door.exchange.state(), request.text("ticker"));
  if (!market) return unknown_on_read();
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("market");
  market_json(out, door.exchange, *market);
  out.end_object();
  return answer;
}

}  // namespace marginfix::sim
