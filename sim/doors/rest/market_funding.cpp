// Funding rates (public) and the caller's own funding history.
#include "sim/doors/rest/market_endpoints.hpp"
#include "sim/exchange/views/market.hpp"

namespace marginfix::sim {
namespace {

constexpr std::int64_t kLongestPremiumSpan = 3'600;

// YYYY-MM-DD, a day of the calendar.
std::optional<std::chrono::sys_days> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto date = parse_fix_date(std::string(text.substr(0, 4)) + std::string(text.substr(5, 2)) + std::string(text.substr(8)));
  if (!date) return std::nullopt;
  return std::chrono::sys_days(*date);
}

// An absent or empty ticker means all markets.
std::optional<MarketNo> ticker_filter(const Exchange& exchange, const EndpointRequest& request) {
  const std::string ticker = request.text("ticker");
  if (ticker.empty()) return std::nullopt;
  return views::find_market(exchange.state(), ticker).value_or(kNoMarket);
}

void funding_members(json::Writer& out, const Exchange& exchange, MarketNo market, Timestamp at, const MultiplierDecimal& rate,
                     DollarDecimal mark) {
  out.member("market_ticker", views::market(exchange.state(), market).symbol).member("funding_time", to_rfc3339(at));
  out.member("funding_rate", rate).member("mark_price", mark);
}

}  // namespace

HttpAnswer get_funding_estimate(RestDoorContext& door, EndpointRequest& request) {
  require_query(request, "ticker");
  if (request.problem) return *request.problem;
  const auto market = views::find_market(door.exchange.state(), request.text("ticker"));
  if (!market) return bad_parameter("ticker names no market");
  const FundingEstimate e = views::funding_estimate(door.exchange.state(), *market);
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object()
      .member("market_ticker", views::market(door.exchange.state(), *market).symbol)
      .member("computed_time", to_rfc3339(e.computed));
  out.member("funding_rate", e.rate).member("mark_price", e.mark).member("next_funding_time", to_rfc3339(e.next_funding_time));
  if (e.premium) out.member("premium_index", e.premium->to_string()).member("premium_index_ts", to_rfc3339(e.premium_time));
  out.end_object();
  return answer;
}

HttpAnswer get_funding_rates(RestDoorContext& door, EndpointRequest& request) {
  const auto from = unix_seconds(request, "start_ts");
  const auto to = unix_seconds(request, "end_ts");
  if (request.problem) return *request.problem;
  const auto time = [](std::optional<std::int64_t> s) { return s ? std::optional(from_epoch_seconds(*s)) : std::nullopt; };
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("funding_rates").begin_array();
  for (const FundingRateView& r :
       views::funding_rates(door.exchange.state(), ticker_filter(door.exchange, request), time(from), time(to))) {
    out.begin_object();
    funding_members(out, door.exchange, r.market, r.funding_time, r.rate, r.mark);
    out.end_object();
  }
  out.end_array().end_object();
  return answer;
}

HttpAnswer get_premium_index(RestDoorContext& door, EndpointRequest& request) {
  for (const char* name : {"ticker", "start_ts", "end_ts"}) require_query(request, name);
  const auto from = unix_seconds(request, "start_ts");
  const auto to = unix_seconds(request, "end_ts");
  if (request.problem) return *request.problem;
  if (*to <= *from || *to - *from > kLongestPremiumSpan) return bad_parameter("end_ts must lie 1 to 3600 seconds after start_ts");
  const auto market = views::find_market(door.exchange.state(), request.text("ticker"));
  if (!market) return bad_parameter("ticker names no market");
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("points").begin_array();
  for (const PremiumPoint& point : views::premium_index(door.exchange.state(), *market, *from, *to)) {
    out.begin_object().member("second_ts", to_rfc3339(from_epoch_seconds(point.second)));
    out.member("premium_index", point.premium ? point.premium->to_string() : std::string("0")).end_object();
  }
  out.end_array().end_object();
  return answer;
}

HttpAnswer get_funding_history(RestDoorContext& door, EndpointRequest& request) {
  for (const char* name : {"start_date", "end_date"}) require_query(request, name);
  const auto subaccount = request.subaccount();
  if (request.problem) return *request.problem;
  const auto first = parse_day(request.text("start_date")), last = parse_day(request.text("end_date"));
  if (!first || !last) return bad_parameter("start_date and end_date must be days such as 2026-11-25");
  if (*last < *first) return bad_parameter("end_date must not lie before start_date");
  const auto market = ticker_filter(door.exchange, request);
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("funding_history").begin_array();
  for (const FundingPaymentView& p : views::funding_history(door.exchange.state(), request.caller->account, market, Timestamp(*first),
                                                            Timestamp(*last + std::chrono::days(1)), subaccount)) {
    out.begin_object();
    funding_members(out, door.exchange, p.market, p.funding_time, p.rate, p.mark);
    out.member("funding_amount", p.amount).member("quantity", p.quantity).member("subaccount_number", p.subaccount).end_object();
  }
  out.end_array().end_object();
  return answer;
}

}  // namespace marginfix::sim
