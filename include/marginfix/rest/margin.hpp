// Family `margin`: balance, risk, limits and fees of the account. `margin.corporate_actions` is in markets.hpp. Plain values.
// Source: rest-perps.md "Portfolio, balance, risk, fees", "Common, exchange, account", operations 27 to 32.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/rest/common.hpp"

namespace marginfix::rest {

enum class FeeSchedule : std::uint8_t { self_clearing_members, kalshi_prime, fcm };

struct MarginSubaccountBalance {
  std::int32_t subaccount{0};
  DollarDecimal position_value{};  // marked to market
  DollarDecimal account_equity{};  // 0 for self-clearing members
  std::optional<DollarDecimal> maintenance_margin{};
  std::optional<DollarDecimal> initial_margin{};         // 0 for self-clearing members
  std::optional<DollarDecimal> resting_orders_margin{};  // 0 unless compute_available_balance
  std::optional<DollarDecimal> available_balance{};      // 0 unless compute_available_balance
  json::UnknownMembers unknown{};
};

struct GetMarginBalanceResponse {
  std::vector<MarginSubaccountBalance> subaccount_balances{};  // in no particular order
  std::optional<DollarDecimal> settled_funds{};                // total over subaccounts
  json::UnknownMembers unknown{};
};

struct MarginRiskPosition {
  std::optional<std::int32_t> subaccount{};
  std::string market_ticker{};
  FixedPointCount position{};  // signed
  DollarDecimal mark_price{};
  DollarDecimal position_notional{};                      // abs(position) x mark_price
  Nullable<DollarDecimal> maintenance_margin_required{};  // null without margin configuration
  Nullable<MultiplierDecimal> position_leverage{};        // null when the margin is 0 or missing
  Nullable<DollarDecimal> estimated_liquidation_price{};  // null when none exists
  std::optional<bool> is_portfolio{};                     // the three above are not reported
  json::UnknownMembers unknown{};
};

struct GetMarginRiskResponse {
  Nullable<MultiplierDecimal> account_leverage{};  // total notional / total maintenance margin; null when that is 0
  std::optional<DollarDecimal> total_position_notional{};
  std::optional<DollarDecimal> total_maintenance_margin{};
  std::vector<MarginRiskPosition> positions{};
  json::UnknownMembers unknown{};
};

struct NotionalRiskLimitResponse {
  DollarDecimal default_notional_value_risk_limit{};
  json::Map<DollarDecimal> notional_value_risk_limits_by_market_ticker{};  // overrides the default
  std::optional<DollarDecimal> total_current_usage{};                      // a read model: may trail the engine
  json::Map<DollarDecimal> current_usage_by_market_ticker{};
  std::optional<DollarDecimal> member_notional_value_risk_limit{};             // an FCM member's own
  std::optional<DollarDecimal> effective_account_notional_value_risk_limit{};  // the smaller of the two account limits
  json::UnknownMembers unknown{};
};

// Fee = notional x rate, by ticker.
struct GetMarginFeeTiersResponse {
  json::Map<MultiplierDecimal> maker_fee_rates{};
  json::Map<MultiplierDecimal> taker_fee_rates{};
  json::UnknownMembers unknown{};
};

struct MarginFeeTierRate {
  Open<FeeSchedule> fee_schedule{};
  std::int32_t tier{0};                // stable inside its schedule
  MultiplierDecimal maker_fee_rate{};  // fraction of notional: 0.0005 = 5 bps
  MultiplierDecimal taker_fee_rate{};
  json::UnknownMembers unknown{};
};

struct GetMarginFeeTierRatesResponse {
  std::vector<MarginFeeTierRate> fee_tier_rates{};  // entry tier first
  json::UnknownMembers unknown{};
};

struct BucketLimit {
  std::int32_t refill_rate{0};      // tokens a second
  std::int32_t bucket_capacity{0};  // most tokens held
  json::UnknownMembers unknown{};
};

struct ApiUsageLevelGrant {
  Open<ExchangeInstance> exchange_instance{};
  std::string level{};
  Nullable<EpochSeconds> expires_ts{};  // absent or null = permanent
  std::string source{};                 // "volume" or "manual"
  json::UnknownMembers unknown{};
};

struct GetAccountApiLimitsResponse {
  std::string usage_tier{};
  BucketLimit read{};
  BucketLimit write{};
  std::vector<ApiUsageLevelGrant> grants{};
  json::UnknownMembers unknown{};
};

// GET /margin/balance
struct GetMarginBalance {
  using Response = GetMarginBalanceResponse;
  std::optional<bool> compute_available_balance{};  // costs 50 tokens instead of 5
};

// GET /margin/risk
struct GetMarginRisk {
  using Response = GetMarginRiskResponse;
};

// GET /margin/notional_risk_limit
struct GetMarginNotionalRiskLimit {
  using Response = NotionalRiskLimitResponse;
};

// GET /margin/fee_tiers
struct GetMarginFeeTiers {
  using Response = GetMarginFeeTiersResponse;
};

// GET /margin/fee_tier_rates
struct GetMarginFeeTierRates {
  using Response = GetMarginFeeTierRatesResponse;
};

// GET /account/limits/perps
struct GetPerpsAccountApiLimits {
  using Response = GetAccountApiLimitsResponse;
};

}  // namespace marginfix::rest

template <>
struct marginfix::EnumWords<marginfix::rest::FeeSchedule> {
  using E = rest::FeeSchedule;
  static constexpr EnumWord<E> kWords[] = {
      {E::self_clearing_members, "self_clearing_members"}, {E::kalshi_prime, "kalshi_prime"}, {E::fcm, "fcm"}};
};

MARGINFIX_SCHEMA(marginfix::rest::MarginSubaccountBalance);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginBalanceResponse);
MARGINFIX_SCHEMA(marginfix::rest::MarginRiskPosition);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginRiskResponse);
MARGINFIX_SCHEMA(marginfix::rest::NotionalRiskLimitResponse);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginFeeTiersResponse);
MARGINFIX_SCHEMA(marginfix::rest::MarginFeeTierRate);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginFeeTierRatesResponse);
MARGINFIX_SCHEMA(marginfix::rest::BucketLimit);
MARGINFIX_SCHEMA(marginfix::rest::ApiUsageLevelGrant);
MARGINFIX_SCHEMA(marginfix::rest::GetAccountApiLimitsResponse);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginBalance);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginRisk);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginNotionalRiskLimit);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginFeeTiers);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginFeeTierRates);
MARGINFIX_SCHEMA(marginfix::rest::GetPerpsAccountApiLimits);
MARGINFIX_OPERATION(marginfix::rest::GetMarginBalance);
MARGINFIX_OPERATION(marginfix::rest::GetMarginRisk);
MARGINFIX_OPERATION(marginfix::rest::GetMarginNotionalRiskLimit);
MARGINFIX_OPERATION(marginfix::rest::GetMarginFeeTiers);
MARGINFIX_OPERATION(marginfix::rest::GetMarginFeeTierRates);
MARGINFIX_OPERATION(marginfix::rest::GetPerpsAccountApiLimits);
