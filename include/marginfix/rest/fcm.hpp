// Family `fcm`: subtraders of an FCM member and their risk controls. Caps are dollars of initial margin, at most 4 decimals.
// `orders.list_fcm` (legacy) is in orders.hpp. Source: rest-perps.md "FCM", operations 48 to 53.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/rest/common.hpp"

namespace marginfix::rest {

struct CreateMarginFCMSubtraderRequest {
  std::string subtrader_suffix{};
  bool require_category_cap{false};  // ordinary orders need an asset-class cap; cannot be changed later
};

struct CreateMarginFCMSubtraderResponse {
  std::string subtrader_id{};  // {user_id}_{suffix}
  json::UnknownMembers unknown{};
};

// Neither market_ticker nor asset_class: all markets.
struct FCMSubtraderRiskControls {
  std::string subtrader_id{};
  std::optional<std::string> market_ticker{};
  std::optional<Open<AssetClass>> asset_class{};
  DollarDecimal im_cap{};
  std::optional<DollarDecimal> current_im{};  // initial margin in this scope now
  json::UnknownMembers unknown{};
};

struct FCMSubtraderNotionalRiskLimit {
  std::string subtrader_id{};
  std::optional<std::string> market_ticker{};  // absent = the whole subtrader
  DollarDecimal notional_value_risk_limit{};
  std::optional<DollarDecimal> current_notional{};
  json::UnknownMembers unknown{};
};

struct GetFCMSubtraderRiskControlsResponse {
  std::vector<FCMSubtraderRiskControls> risk_controls{};
  std::vector<FCMSubtraderNotionalRiskLimit> notional_limits{};  // set by the exchange
  json::UnknownMembers unknown{};
};

struct UpdateFCMSubtraderRiskControlsRequest {
  std::string subtrader_id{};
  std::optional<std::string> market_ticker{};  // not with asset_class
  std::optional<Open<AssetClass>> asset_class{};
  DollarDecimal im_cap{};
};

struct UpdateFCMNotionalRiskLimitRequest {
  DollarDecimal notional_value_risk_limit{};
};

// POST /margin/fcm/subtraders
struct CreateMarginFCMSubtrader {
  using Response = CreateMarginFCMSubtraderResponse;
  CreateMarginFCMSubtraderRequest body{};
};

// GET /margin/fcm/subtraders/risk_controls
struct GetFCMSubtraderRiskControls {
  using Response = GetFCMSubtraderRiskControlsResponse;
  std::optional<std::string> subtrader_id{};  // required unless the key is bound to one
  std::optional<std::string> market_ticker{};
  std::optional<Open<AssetClass>> asset_class{};  // not with market_ticker
};

// PUT /margin/fcm/subtraders/risk_controls
struct UpdateFCMSubtraderRiskControls {
  using Response = EmptyResponse;
  UpdateFCMSubtraderRiskControlsRequest body{};
};

// DELETE /margin/fcm/subtraders/risk_controls
struct DeleteFCMSubtraderRiskControls {
  using Response = EmptyResponse;
  std::string subtrader_id{};
  std::optional<std::string> market_ticker{};
  std::optional<Open<AssetClass>> asset_class{};
};

// PUT /margin/fcm/notional_risk_limit: lowering cancels resting orders until the account fits
struct UpdateFCMNotionalRiskLimit {
  using Response = EmptyResponse;
  UpdateFCMNotionalRiskLimitRequest body{};
};

// DELETE /margin/fcm/notional_risk_limit
struct DeleteFCMNotionalRiskLimit {
  using Response = EmptyResponse;
};

}  // namespace marginfix::rest

MARGINFIX_SCHEMA(marginfix::rest::CreateMarginFCMSubtraderRequest);
MARGINFIX_SCHEMA(marginfix::rest::CreateMarginFCMSubtraderResponse);
MARGINFIX_SCHEMA(marginfix::rest::FCMSubtraderRiskControls);
MARGINFIX_SCHEMA(marginfix::rest::FCMSubtraderNotionalRiskLimit);
MARGINFIX_SCHEMA(marginfix::rest::GetFCMSubtraderRiskControlsResponse);
MARGINFIX_SCHEMA(marginfix::rest::UpdateFCMSubtraderRiskControlsRequest);
MARGINFIX_SCHEMA(marginfix::rest::UpdateFCMNotionalRiskLimitRequest);
MARGINFIX_SCHEMA(marginfix::rest::CreateMarginFCMSubtrader);
MARGINFIX_SCHEMA(marginfix::rest::GetFCMSubtraderRiskControls);
MARGINFIX_SCHEMA(marginfix::rest::UpdateFCMSubtraderRiskControls);
MARGINFIX_SCHEMA(marginfix::rest::DeleteFCMSubtraderRiskControls);
MARGINFIX_SCHEMA(marginfix::rest::UpdateFCMNotionalRiskLimit);
MARGINFIX_SCHEMA(marginfix::rest::DeleteFCMNotionalRiskLimit);
MARGINFIX_OPERATION(marginfix::rest::CreateMarginFCMSubtrader);
MARGINFIX_OPERATION(marginfix::rest::GetFCMSubtraderRiskControls);
MARGINFIX_OPERATION(marginfix::rest::UpdateFCMSubtraderRiskControls);
MARGINFIX_OPERATION(marginfix::rest::DeleteFCMSubtraderRiskControls);
MARGINFIX_OPERATION(marginfix::rest::UpdateFCMNotionalRiskLimit);
MARGINFIX_OPERATION(marginfix::rest::DeleteFCMNotionalRiskLimit);
