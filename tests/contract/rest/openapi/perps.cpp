#include "contract/rest/openapi/perps.hpp"

#include "marginfix/rest/common.hpp"

namespace marginfix::openapi {
namespace {

// The file types them as plain strings, the specification page as decimals.
void decimals(std::vector<Deviation>& list) {
  constexpr std::string_view kReason = "a decimal by the page, a plain string by the file";
  for (const char* place :
       {"GetMarginMarketOrderbook.aggregation_tick_size", "MarginFill.price", "MarginFill.entry_price", "MarginFill.fees",
        "MarginFill.realized_pnl", "MarginTrade.price", "NotionalRiskLimitResponse.default_notional_value_risk_limit",
        "NotionalRiskLimitResponse.notional_value_risk_limits_by_market_ticker{}"}) {
    list.push_back({place, "type", "the file has string, we have FixedPointDollars", kReason});
  }
  for (const char* place : {"MarginMarket.contract_size", "MarginMarket.underlying_multiplier",
                            "GetMarginFundingRateEstimateResponse.premium_index", "MarginPremiumIndexPoint.premium_index"}) {
    list.push_back({place, "type", "the file has string, we have decimal string", kReason});
  }
}

void others(std::vector<Deviation>& list) {
  for (const char* place : {"BidAskDistributionHistorical.open", "BidAskDistributionHistorical.low", "BidAskDistributionHistorical.high",
                            "BidAskDistributionHistorical.close"}) {
    list.push_back({place, "nullable", "is never null by the file, we say it may be", "null in the synthetic first candle"});
  }
  for (const char* word : {"CloseCancel", "HaltCancel"}) {
    list.push_back({"MarginOrder.last_update_reason", "words", "gone upstream: \"" + std::string(word) + '"', "the WebSocket has it"});
  }
  for (const char* period : {"1", "60", "1440"}) {
    list.push_back({"GetMarginMarketCandlesticks.period_interval", "words", "added upstream: \"" + std::string(period) + '"',
                    "a rule of the operation checks them"});
  }
  list.push_back({"GetMarginMarketOrderbooks.tickers[]", "range", "of the items: maxLength 200", "a rule of the operation checks it"});
  list.push_back({"CreateMarginSubaccount", "body", "the file has none, we have one", "the live exchange wants a JSON body"});
}

}  // namespace

Expectation perps_expectation() {
  Expectation e;
  e.operations = rest::perps_operations();
  // GET /account/endpoint_costs: rest-perps.md names it as "not part of this YAML"; the schema is that of the event-contract file 3.26.
  e.beyond = {"GetAccountEndpointCosts"};
  e.more_schemas = {&json::type_of<rest::ErrorResponse>()};
  e.units = {{"ts_ms", "epoch milliseconds"},
             {"_ts", "unix seconds"},
             {"expiration_time", "unix seconds"},
             {".amount_cents", "cents"},
             {".amount", "centicents"}};
  decimals(e.deviations);
  others(e.deviations);
  return e;
}

}  // namespace marginfix::openapi
