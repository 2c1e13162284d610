// The tables of rest/margin.hpp, and the rules between fields.
#include "marginfix/rest/margin.hpp"

namespace marginfix::rest {
namespace {

using json::field;
using json::FieldInfo;

constexpr FieldInfo kMarginSubaccountBalance[] = {
    field<&MarginSubaccountBalance::subaccount>("subaccount"),
    field<&MarginSubaccountBalance::position_value>("position_value"),
    field<&MarginSubaccountBalance::account_equity>("account_equity"),
    field<&MarginSubaccountBalance::maintenance_margin>("maintenance_margin").expected(),
    field<&MarginSubaccountBalance::initial_margin>("initial_margin").expected(),
    field<&MarginSubaccountBalance::resting_orders_margin>("resting_orders_margin").expected(),
    field<&MarginSubaccountBalance::available_balance>("available_balance").expected()};
constexpr FieldInfo kGetMarginBalanceResponse[] = {field<&GetMarginBalanceResponse::subaccount_balances>("subaccount_balances"),
                                                   field<&GetMarginBalanceResponse::settled_funds>("settled_funds").expected()};
constexpr FieldInfo kMarginRiskPosition[] = {field<&MarginRiskPosition::subaccount>("subaccount").expected(),
                                             field<&MarginRiskPosition::market_ticker>("market_ticker"),
                                             field<&MarginRiskPosition::position>("position"),
                                             field<&MarginRiskPosition::mark_price>("mark_price"),
                                             field<&MarginRiskPosition::position_notional>("position_notional"),
                                             field<&MarginRiskPosition::maintenance_margin_required>("maintenance_margin_required"),
                                             field<&MarginRiskPosition::position_leverage>("position_leverage"),
                                             field<&MarginRiskPosition::estimated_liquidation_price>("estimated_liquidation_price"),
                                             field<&MarginRiskPosition::is_portfolio>("is_portfolio").expected()};
constexpr FieldInfo kGetMarginRiskResponse[] = {
    field<&GetMarginRiskResponse::account_leverage>("account_leverage"),
    field<&GetMarginRiskResponse::total_position_notional>("total_position_notional").expected(),
    field<&GetMarginRiskResponse::total_maintenance_margin>("total_maintenance_margin").expected(),
    field<&GetMarginRiskResponse::positions>("positions")};
constexpr FieldInfo kNotionalRiskLimitResponse[] = {
    field<&NotionalRiskLimitResponse::default_notional_value_risk_limit>("default_notional_value_risk_limit"),
    field<&NotionalRiskLimitResponse::notional_value_risk_limits_by_market_ticker>("notional_value_risk_limits_by_market_ticker"),
    field<&NotionalRiskLimitResponse::total_current_usage>("total_current_usage").expected(),
    field<&NotionalRiskLimitResponse::current_usage_by_market_ticker>("current_usage_by_market_ticker"),
    field<&NotionalRiskLimitResponse::member_notional_value_risk_limit>("member_notional_value_risk_limit"),
    field<&NotionalRiskLimitResponse::effective_account_notional_value_risk_limit>("effective_account_notional_value_risk_limit")};
constexpr FieldInfo kGetMarginFeeTiersResponse[] = {field<&GetMarginFeeTiersResponse::maker_fee_rates>("maker_fee_rates"),
                                                    field<&GetMarginFeeTiersResponse::taker_fee_rates>("taker_fee_rates")};
constexpr FieldInfo kMarginFeeTierRate[] = {
    field<&MarginFeeTierRate::fee_schedule>("fee_schedule"), field<&MarginFeeTierRate::tier>("tier"),
    field<&MarginFeeTierRate::maker_fee_rate>("maker_fee_rate"), field<&MarginFeeTierRate::taker_fee_rate>("taker_fee_rate")};
constexpr FieldInfo kGetMarginFeeTierRatesResponse[] = {field<&GetMarginFeeTierRatesResponse::fee_tier_rates>("fee_tier_rates")};
constexpr FieldInfo kBucketLimit[] = {field<&BucketLimit::refill_rate>("refill_rate"),
                                      field<&BucketLimit::bucket_capacity>("bucket_capacity")};
constexpr FieldInfo kApiUsageLevelGrant[] = {
    field<&ApiUsageLevelGrant::exchange_instance>("exchange_instance"), field<&ApiUsageLevelGrant::level>("level"),
    field<&ApiUsageLevelGrant::expires_ts>("expires_ts"), field<&ApiUsageLevelGrant::source>("source")};
constexpr FieldInfo kGetAccountApiLimitsResponse[] = {
    field<&GetAccountApiLimitsResponse::usage_tier>("usage_tier"), field<&GetAccountApiLimitsResponse::read>("read"),
    field<&GetAccountApiLimitsResponse::write>("write"), field<&GetAccountApiLimitsResponse::grants>("grants")};
constexpr FieldInfo kGetMarginBalance[] = {field<&GetMarginBalance::compute_available_balance>("compute_available_balance")};

int cost_of_balance(const void* request) {
  return static_cast<const GetMarginBalance*>(request)->compute_available_balance.value_or(false) ? 50 : 5;
}

}  // namespace

constinit const OperationInfo Operation<GetMarginBalance>::info = {.operation_id = "GetMarginBalance",
                                                                   .family = "margin",
                                                                   .name = "balance",
                                                                   .method = Method::get,
                                                                   .path = "/margin/balance",
                                                                   .auth = Auth::key,
                                                                   .success = 200,
                                                                   .cost = 5,
                                                                   .request = &json::Schema<GetMarginBalance>::type,
                                                                   .response = &json::Schema<GetMarginBalanceResponse>::type,
                                                                   .cost_of = cost_of_balance,
                                                                   .summary = "Balances by subaccount"};
constinit const OperationInfo Operation<GetMarginRisk>::info = {.operation_id = "GetMarginRisk",
                                                                .family = "margin",
                                                                .name = "risk",
                                                                .method = Method::get,
                                                                .path = "/margin/risk",
                                                                .auth = Auth::key,
                                                                .success = 200,
                                                                .request = &json::Schema<GetMarginRisk>::type,
                                                                .response = &json::Schema<GetMarginRiskResponse>::type,
                                                                .summary = "Leverage and liquidation prices"};
constinit const OperationInfo Operation<GetMarginNotionalRiskLimit>::info = {.operation_id = "GetMarginNotionalRiskLimit",
                                                                             .family = "margin",
                                                                             .name = "notional_risk_limit",
                                                                             .method = Method::get,
                                                                             .path = "/margin/notional_risk_limit",
                                                                             .auth = Auth::key,
                                                                             .success = 200,
                                                                             .request = &json::Schema<GetMarginNotionalRiskLimit>::type,
                                                                             .response = &json::Schema<NotionalRiskLimitResponse>::type,
                                                                             .summary = "Notional limits and their use"};
constinit const OperationInfo Operation<GetMarginFeeTiers>::info = {.operation_id = "GetMarginFeeTiers",
                                                                    .family = "margin",
                                                                    .name = "fee_tiers",
                                                                    .method = Method::get,
                                                                    .path = "/margin/fee_tiers",
                                                                    .auth = Auth::key,
                                                                    .success = 200,
                                                                    .request = &json::Schema<GetMarginFeeTiers>::type,
                                                                    .response = &json::Schema<GetMarginFeeTiersResponse>::type,
                                                                    .summary = "Fee rates by market"};
constinit const OperationInfo Operation<GetMarginFeeTierRates>::info = {.operation_id = "GetMarginFeeTierRates",
                                                                        .family = "margin",
                                                                        .name = "fee_tier_rates",
                                                                        .method = Method::get,
                                                                        .path = "/margin/fee_tier_rates",
                                                                        .auth = Auth::key,
                                                                        .success = 200,
                                                                        .since = Since::newer,
                                                                        .request = &json::Schema<GetMarginFeeTierRates>::type,
                                                                        .response = &json::Schema<GetMarginFeeTierRatesResponse>::type,
                                                                        .summary = "The account's fee schedule"};
constinit const OperationInfo Operation<GetPerpsAccountApiLimits>::info = {.operation_id = "GetPerpsAccountApiLimits",
                                                                           .family = "margin",
                                                                           .name = "api_limits",
                                                                           .method = Method::get,
                                                                           .path = "/account/limits/perps",
                                                                           .auth = Auth::key,
                                                                           .success = 200,
                                                                           .request = &json::Schema<GetPerpsAccountApiLimits>::type,
                                                                           .response = &json::Schema<GetAccountApiLimitsResponse>::type,
                                                                           .summary = "Rate limits of the account"};

}  // namespace marginfix::rest

namespace marginfix::json {
constinit const TypeInfo Schema<rest::MarginSubaccountBalance>::type =
    object_type<rest::MarginSubaccountBalance>("MarginSubaccountBalance", rest::kMarginSubaccountBalance);
constinit const TypeInfo Schema<rest::GetMarginBalanceResponse>::type =
    object_type<rest::GetMarginBalanceResponse>("GetMarginBalanceResponse", rest::kGetMarginBalanceResponse);
constinit const TypeInfo Schema<rest::MarginRiskPosition>::type =
    object_type<rest::MarginRiskPosition>("MarginRiskPosition", rest::kMarginRiskPosition);
constinit const TypeInfo Schema<rest::GetMarginRiskResponse>::type =
    object_type<rest::GetMarginRiskResponse>("GetMarginRiskResponse", rest::kGetMarginRiskResponse);
constinit const TypeInfo Schema<rest::NotionalRiskLimitResponse>::type =
    object_type<rest::NotionalRiskLimitResponse>("NotionalRiskLimitResponse", rest::kNotionalRiskLimitResponse);
constinit const TypeInfo Schema<rest::GetMarginFeeTiersResponse>::type =
    object_type<rest::GetMarginFeeTiersResponse>("GetMarginFeeTiersResponse", rest::kGetMarginFeeTiersResponse);
constinit const TypeInfo Schema<rest::MarginFeeTierRate>::type =
    object_type<rest::MarginFeeTierRate>("MarginFeeTierRate", rest::kMarginFeeTierRate);
constinit const TypeInfo Schema<rest::GetMarginFeeTierRatesResponse>::type =
    object_type<rest::GetMarginFeeTierRatesResponse>("GetMarginFeeTierRatesResponse", rest::kGetMarginFeeTierRatesResponse);
constinit const TypeInfo Schema<rest::BucketLimit>::type = object_type<rest::BucketLimit>("BucketLimit", rest::kBucketLimit);
constinit const TypeInfo Schema<rest::ApiUsageLevelGrant>::type =
    object_type<rest::ApiUsageLevelGrant>("ApiUsageLevelGrant", rest::kApiUsageLevelGrant);
constinit const TypeInfo Schema<rest::GetAccountApiLimitsResponse>::type =
    object_type<rest::GetAccountApiLimitsResponse>("GetAccountApiLimitsResponse", rest::kGetAccountApiLimitsResponse);
constinit const TypeInfo Schema<rest::GetMarginBalance>::type =
    object_type<rest::GetMarginBalance>("GetMarginBalance", rest::kGetMarginBalance);
constinit const TypeInfo Schema<rest::GetMarginRisk>::type = object_type<rest::GetMarginRisk>("GetMarginRisk", {});
constinit const TypeInfo Schema<rest::GetMarginNotionalRiskLimit>::type =
    object_type<rest::GetMarginNotionalRiskLimit>("GetMarginNotionalRiskLimit", {});
constinit const TypeInfo Schema<rest::GetMarginFeeTiers>::type = object_type<rest::GetMarginFeeTiers>("GetMarginFeeTiers", {});
constinit const TypeInfo Schema<rest::GetMarginFeeTierRates>::type = object_type<rest::GetMarginFeeTierRates>("GetMarginFeeTierRates", {});
constinit const TypeInfo Schema<rest::GetPerpsAccountApiLimits>::type =
    object_type<rest::GetPerpsAccountApiLimits>("GetPerpsAccountApiLimits", {});
}  // namespace marginfix::json
