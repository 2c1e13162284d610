// Family `exchange`: is the exchange up, may this account trade, what are the margin rules. Plain values.
// Source: rest-perps.md operations 1 to 3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/rest/common.hpp"

namespace marginfix::rest {

struct ExchangeIndexStatus {
  std::int32_t exchange_index{0};
  std::string description{};
  bool exchange_active{false};
  bool trading_active{false};
  bool intra_exchange_transfers_active{false};
  json::UnknownMembers unknown{};
};

// Also the body of 500, 503 and 504 of this endpoint.
struct ExchangeStatus {
  bool exchange_active{false};                                 // false = no state change at all (maintenance)
  bool trading_active{false};                                  // false = pause or outside hours
  std::optional<bool> intra_exchange_transfers_active{};       // never sent by the perps endpoint
  Nullable<Timestamp> exchange_estimated_resume_time{};        // an estimate, may move
  std::vector<ExchangeIndexStatus> exchange_index_statuses{};  // never sent by the perps endpoint
  json::UnknownMembers unknown{};
};

struct MarginEnabledResponse {
  bool enabled{false};
  json::UnknownMembers unknown{};
};

struct GetMarginRiskParametersResponse {
  MultiplierDecimal liquidation_margin_ratio_threshold{};    // a position at this ratio is liquidated
  MultiplierDecimal queue_entry_margin_ratio_threshold{};    // at this ratio it enters the liquidation queue
  json::Map<MultiplierDecimal> initial_margin_multiplier{};  // by ticker: initial margin = maintenance margin x this
  json::UnknownMembers unknown{};
};

// GET /margin/exchange/status
struct GetMarginExchangeStatus {
  using Response = ExchangeStatus;
};

// GET /margin/enabled
struct GetMarginEnabled {
  using Response = MarginEnabledResponse;
};

// GET /margin/risk_parameters
struct GetMarginRiskParameters {
  using Response = GetMarginRiskParametersResponse;
};

}  // namespace marginfix::rest

MARGINFIX_SCHEMA(marginfix::rest::ExchangeIndexStatus);
MARGINFIX_SCHEMA(marginfix::rest::ExchangeStatus);
MARGINFIX_SCHEMA(marginfix::rest::MarginEnabledResponse);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginRiskParametersResponse);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginExchangeStatus);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginEnabled);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginRiskParameters);
MARGINFIX_OPERATION(marginfix::rest::GetMarginExchangeStatus);
MARGINFIX_OPERATION(marginfix::rest::GetMarginEnabled);
MARGINFIX_OPERATION(marginfix::rest::GetMarginRiskParameters);
