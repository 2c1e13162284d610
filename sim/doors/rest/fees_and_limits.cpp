// Whether an account may trade, what it pays, how fast it may ask.
#include "sim/doors/rest/portfolio.hpp"
#include "sim/doors/rest/refusals.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/market.hpp"

namespace marginfix::sim {
namespace {

// An exchange without rate limits tells a rate that no client reaches.
constexpr std::int64_t kWithoutLimit = 1'000'000'000;

void write_rates(json::Writer& out, std::string_view name, const Exchange& exchange, bool any, const MultiplierDecimal& rate) {
  out.key(name).begin_object();
  for (MarketNo m = 0; any && m < views::market_count(exchange.state()); ++m) out.member(views::market(exchange.state(), m).symbol, rate);
  out.end_object();
}

void write_bucket(json::Writer& out, std::string_view name, const BucketShape& bucket, bool unlimited) {
  out.key(name).begin_object();
  out.member("refill_rate", unlimited ? kWithoutLimit : bucket.refill_per_second);
  out.member("bucket_capacity", unlimited ? kWithoutLimit : bucket.capacity);
  out.end_object();
}

}  // namespace

HttpAnswer get_enabled(RestDoorContext&, EndpointRequest& request) {
  HttpAnswer answer;
  json::Writer(answer.body).begin_object().member("enabled", request.caller->margin_enabled).end_object();
  return answer;
}

HttpAnswer get_fee_tiers(RestDoorContext& door, EndpointRequest& request) {
  const FeeRates rates = views::fee_rates(door.exchange.state());
  const bool any = request.caller->margin_enabled;
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object();
  write_rates(out, "maker_fee_rates", door.exchange, any, rates.maker);
  write_rates(out, "taker_fee_rates", door.exchange, any, rates.taker);
  out.end_object();
  return answer;
}

// The simulator charges everybody the entry tier, so that is the whole schedule.
HttpAnswer get_fee_tier_rates(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = margin_not_enabled(request)) return *no;
  const FeeRates rates = views::fee_rates(door.exchange.state());
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("fee_tier_rates").begin_array().begin_object();
  out.member("fee_schedule", request.caller->fcm ? "fcm" : "kalshi_prime").member("tier", 0);
  out.member("maker_fee_rate", rates.maker).member("taker_fee_rate", rates.taker);
  out.end_object().end_array().end_object();
  return answer;
}

HttpAnswer get_api_limits(RestDoorContext& door, EndpointRequest&) {
  const RateLimits& limits = door.exchange.rate_limits();
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().member("usage_tier", to_string(limits.tier()));
  write_bucket(out, "read", limits.shape().read, limits.shape().unlimited);
  write_bucket(out, "write", limits.shape().write, limits.shape().unlimited);
  out.key("grants").begin_array().end_array().end_object();
  return answer;
}

// Paths as a client signs them. Of a cost that depends on the request the list has the usual one.
HttpAnswer get_endpoint_costs(RestDoorContext&, EndpointRequest&) {
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().member("default_cost", kDefaultCost).key("endpoint_costs").begin_array();
  for (const auto table : {market_endpoints(), order_endpoints(), account_endpoints()}) {
    for (const auto& endpoint : table) {
      if (endpoint.cost == kDefaultCost) continue;
      out.begin_object().member("method", endpoint.method).member("path", "/trade-api/v2" + std::string(endpoint.path));
      out.member("cost", endpoint.cost).end_object();
    }
  }
  out.end_array().end_object();
  return answer;
}

}  // namespace marginfix::sim
