// The tables of rest/exchange.hpp.
#include "marginfix/rest/exchange.hpp"

namespace marginfix::rest {
namespace {

using json::field;
using json::FieldInfo;

constexpr FieldInfo kExchangeIndexStatus[] = {
    field<&ExchangeIndexStatus::exchange_index>("exchange_index"), field<&ExchangeIndexStatus::description>("description"),
    field<&ExchangeIndexStatus::exchange_active>("exchange_active"), field<&ExchangeIndexStatus::trading_active>("trading_active"),
    field<&ExchangeIndexStatus::intra_exchange_transfers_active>("intra_exchange_transfers_active")};
constexpr FieldInfo kExchangeStatus[] = {field<&ExchangeStatus::exchange_active>("exchange_active"),
                                         field<&ExchangeStatus::trading_active>("trading_active"),
                                         field<&ExchangeStatus::intra_exchange_transfers_active>("intra_exchange_transfers_active"),
                                         field<&ExchangeStatus::exchange_estimated_resume_time>("exchange_estimated_resume_time"),
                                         field<&ExchangeStatus::exchange_index_statuses>("exchange_index_statuses").not_required()};
constexpr FieldInfo kMarginEnabledResponse[] = {field<&MarginEnabledResponse::enabled>("enabled")};
constexpr FieldInfo kGetMarginRiskParametersResponse[] = {
    field<&GetMarginRiskParametersResponse::liquidation_margin_ratio_threshold>("liquidation_margin_ratio_threshold"),
    field<&GetMarginRiskParametersResponse::queue_entry_margin_ratio_threshold>("queue_entry_margin_ratio_threshold"),
    field<&GetMarginRiskParametersResponse::initial_margin_multiplier>("initial_margin_multiplier")};

}  // namespace

constinit const OperationInfo Operation<GetMarginExchangeStatus>::info = {.operation_id = "GetMarginExchangeStatus",
                                                                          .family = "exchange",
                                                                          .name = "status",
                                                                          .method = Method::get,
                                                                          .path = "/margin/exchange/status",
                                                                          .auth = Auth::none,
                                                                          .success = 200,
                                                                          .request = &json::Schema<GetMarginExchangeStatus>::type,
                                                                          .response = &json::Schema<ExchangeStatus>::type,
                                                                          .summary = "Whether the exchange and trading are up"};
constinit const OperationInfo Operation<GetMarginEnabled>::info = {.operation_id = "GetMarginEnabled",
                                                                   .family = "exchange",
                                                                   .name = "enabled",
                                                                   .method = Method::get,
                                                                   .path = "/margin/enabled",
                                                                   .auth = Auth::key,
                                                                   .success = 200,
                                                                   .request = &json::Schema<GetMarginEnabled>::type,
                                                                   .response = &json::Schema<MarginEnabledResponse>::type,
                                                                   .summary = "Whether this account may trade on margin"};
constinit const OperationInfo Operation<GetMarginRiskParameters>::info = {.operation_id = "GetMarginRiskParameters",
                                                                          .family = "exchange",
                                                                          .name = "risk_parameters",
                                                                          .method = Method::get,
                                                                          .path = "/margin/risk_parameters",
                                                                          .auth = Auth::none,
                                                                          .success = 200,
                                                                          .request = &json::Schema<GetMarginRiskParameters>::type,
                                                                          .response = &json::Schema<GetMarginRiskParametersResponse>::type,
                                                                          .summary = "Margin thresholds and multipliers"};

}  // namespace marginfix::rest

namespace marginfix::json {
constinit const TypeInfo Schema<rest::ExchangeIndexStatus>::type =
    object_type<rest::ExchangeIndexStatus>("ExchangeIndexStatus", rest::kExchangeIndexStatus);
constinit const TypeInfo Schema<rest::ExchangeStatus>::type = object_type<rest::ExchangeStatus>("ExchangeStatus", rest::kExchangeStatus);
constinit const TypeInfo Schema<rest::MarginEnabledResponse>::type =
    object_type<rest::MarginEnabledResponse>("MarginEnabledResponse", rest::kMarginEnabledResponse);
constinit const TypeInfo Schema<rest::GetMarginRiskParametersResponse>::type =
    object_type<rest::GetMarginRiskParametersResponse>("GetMarginRiskParametersResponse", rest::kGetMarginRiskParametersResponse);
constinit const TypeInfo Schema<rest::GetMarginExchangeStatus>::type =
    object_type<rest::GetMarginExchangeStatus>("GetMarginExchangeStatus", {});
constinit const TypeInfo Schema<rest::GetMarginEnabled>::type = object_type<rest::GetMarginEnabled>("GetMarginEnabled", {});
constinit const TypeInfo Schema<rest::GetMarginRiskParameters>::type =
    object_type<rest::GetMarginRiskParameters>("GetMarginRiskParameters", {});
}  // namespace marginfix::json
