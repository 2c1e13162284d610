// Family `funding`: rates are fractions of notional for one funding period, exact decimals; positive = longs pay shorts. Plain values.
// Source: rest-perps.md "Funding", operations 33 to 36; observed.md "Markets, numbers".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/rest/common.hpp"

namespace marginfix::rest {

struct GetMarginFundingRateEstimateResponse {
  std::optional<std::string> market_ticker{};
  std::optional<Timestamp> computed_time{};
  std::optional<MultiplierDecimal> funding_rate{};  // provisional, of the running period
  std::optional<DollarDecimal> mark_price{};
  Timestamp next_funding_time{};
  std::optional<DecimalString> premium_index{};  // last bar evaluated
  std::optional<Timestamp> premium_index_ts{};
  json::UnknownMembers unknown{};
};

struct MarginFundingRate {
  std::string market_ticker{};
  Timestamp funding_time{};  // when applied
  MultiplierDecimal funding_rate{};
  DollarDecimal mark_price{};  // at funding
  json::UnknownMembers unknown{};
};

struct GetMarginHistoricalFundingRatesResponse {
  std::vector<MarginFundingRate> funding_rates{};
  json::UnknownMembers unknown{};
};

struct MarginPremiumIndexPoint {
  Timestamp second_ts{};          // RFC 3339 despite its name
  DecimalString premium_index{};  // fraction of the index price; 0 = not measurable
  json::UnknownMembers unknown{};
};

struct GetMarginPremiumIndexResponse {
  std::vector<MarginPremiumIndexPoint> points{};  // ascending
  json::UnknownMembers unknown{};
};

struct MarginFundingHistoryEntry {
  std::string market_ticker{};
  Timestamp funding_time{};
  MultiplierDecimal funding_rate{};
  std::optional<DollarDecimal> mark_price{};
  DollarDecimal funding_amount{};  // positive = received, negative = paid
  FixedPointCount quantity{};      // position at funding
  Nullable<std::int32_t> subaccount_number{};
  json::UnknownMembers unknown{};
};

struct GetMarginFundingHistoryResponse {
  std::vector<MarginFundingHistoryEntry> funding_history{};
  json::UnknownMembers unknown{};
};

// GET /margin/funding_rates/estimate
struct GetMarginFundingRateEstimate {
  using Response = GetMarginFundingRateEstimateResponse;
  std::string ticker{};
};

// GET /margin/funding_rates/historical
struct GetMarginHistoricalFundingRates {
  using Response = GetMarginHistoricalFundingRatesResponse;
  std::optional<std::string> ticker{};     // absent = all markets
  std::optional<EpochSeconds> start_ts{};  // absent = earliest
  std::optional<EpochSeconds> end_ts{};    // absent = now
};

// GET /margin/funding_rates/premium_index
struct GetMarginPremiumIndex {
  using Response = GetMarginPremiumIndexResponse;
  std::string ticker{};
  EpochSeconds start_ts{};  // inclusive
  EpochSeconds end_ts{};    // exclusive, at most 3600 s after start_ts
};

// GET /margin/funding_history
struct GetMarginFundingHistory {
  using Response = GetMarginFundingHistoryResponse;
  std::optional<std::string> ticker{};       // absent = all markets
  Date start_date{};                         // UTC day, inclusive
  Date end_date{};                           // UTC day, inclusive
  std::optional<std::int32_t> subaccount{};  // absent = all
};

}  // namespace marginfix::rest

MARGINFIX_SCHEMA(marginfix::rest::GetMarginFundingRateEstimateResponse);
MARGINFIX_SCHEMA(marginfix::rest::MarginFundingRate);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginHistoricalFundingRatesResponse);
MARGINFIX_SCHEMA(marginfix::rest::MarginPremiumIndexPoint);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginPremiumIndexResponse);
MARGINFIX_SCHEMA(marginfix::rest::MarginFundingHistoryEntry);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginFundingHistoryResponse);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginFundingRateEstimate);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginHistoricalFundingRates);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginPremiumIndex);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginFundingHistory);
MARGINFIX_OPERATION(marginfix::rest::GetMarginFundingRateEstimate);
MARGINFIX_OPERATION(marginfix::rest::GetMarginHistoricalFundingRates);
MARGINFIX_OPERATION(marginfix::rest::GetMarginPremiumIndex);
MARGINFIX_OPERATION(marginfix::rest::GetMarginFundingHistory);
