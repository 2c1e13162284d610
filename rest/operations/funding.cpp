// The tables of rest/funding.hpp, and the rules between fields.
#include "marginfix/rest/funding.hpp"

#include "rest/operations/patterns.hpp"

namespace marginfix::rest {
namespace {

using json::field;
using json::FieldInfo;

constexpr FieldInfo kGetMarginFundingRateEstimateResponse[] = {
    field<&GetMarginFundingRateEstimateResponse::market_ticker>("market_ticker"),
    field<&GetMarginFundingRateEstimateResponse::computed_time>("computed_time"),
    field<&GetMarginFundingRateEstimateResponse::funding_rate>("funding_rate"),
    field<&GetMarginFundingRateEstimateResponse::mark_price>("mark_price"),
    field<&GetMarginFundingRateEstimateResponse::next_funding_time>("next_funding_time"),
    field<&GetMarginFundingRateEstimateResponse::premium_index>("premium_index"),
    field<&GetMarginFundingRateEstimateResponse::premium_index_ts>("premium_index_ts")};
constexpr FieldInfo kMarginFundingRate[] = {
    field<&MarginFundingRate::market_ticker>("market_ticker"), field<&MarginFundingRate::funding_time>("funding_time"),
    field<&MarginFundingRate::funding_rate>("funding_rate"), field<&MarginFundingRate::mark_price>("mark_price")};
constexpr FieldInfo kGetMarginHistoricalFundingRatesResponse[] = {
    field<&GetMarginHistoricalFundingRatesResponse::funding_rates>("funding_rates")};
constexpr FieldInfo kMarginPremiumIndexPoint[] = {field<&MarginPremiumIndexPoint::second_ts>("second_ts"),
                                                  field<&MarginPremiumIndexPoint::premium_index>("premium_index")};
constexpr FieldInfo kGetMarginPremiumIndexResponse[] = {field<&GetMarginPremiumIndexResponse::points>("points")};
constexpr FieldInfo kMarginFundingHistoryEntry[] = {field<&MarginFundingHistoryEntry::market_ticker>("market_ticker"),
                                                    field<&MarginFundingHistoryEntry::funding_time>("funding_time"),
                                                    field<&MarginFundingHistoryEntry::funding_rate>("funding_rate"),
                                                    field<&MarginFundingHistoryEntry::mark_price>("mark_price").expected(),
                                                    field<&MarginFundingHistoryEntry::funding_amount>("funding_amount"),
                                                    field<&MarginFundingHistoryEntry::quantity>("quantity"),
                                                    field<&MarginFundingHistoryEntry::subaccount_number>("subaccount_number").expected()};
constexpr FieldInfo kGetMarginFundingHistoryResponse[] = {field<&GetMarginFundingHistoryResponse::funding_history>("funding_history")};
constexpr FieldInfo kGetMarginFundingRateEstimate[] = {field<&GetMarginFundingRateEstimate::ticker>("ticker")};
constexpr FieldInfo kGetMarginHistoricalFundingRates[] = {field<&GetMarginHistoricalFundingRates::ticker>("ticker"),
                                                          field<&GetMarginHistoricalFundingRates::start_ts>("start_ts"),
                                                          field<&GetMarginHistoricalFundingRates::end_ts>("end_ts")};
constexpr FieldInfo kGetMarginPremiumIndex[] = {field<&GetMarginPremiumIndex::ticker>("ticker"),
                                                field<&GetMarginPremiumIndex::start_ts>("start_ts"),
                                                field<&GetMarginPremiumIndex::end_ts>("end_ts")};
constexpr FieldInfo kGetMarginFundingHistory[] = {field<&GetMarginFundingHistory::ticker>("ticker"),
                                                  field<&GetMarginFundingHistory::start_date>("start_date"),
                                                  field<&GetMarginFundingHistory::end_date>("end_date"),
                                                  field<&GetMarginFundingHistory::subaccount>("subaccount").with({.least = 0, .most = 63})};

constexpr std::uint64_t kMostSeconds = 3600;

Result<void> check_premium_index(const void* request) {
  const auto& r = *static_cast<const GetMarginPremiumIndex*>(request);
  if (r.end_ts <= r.start_ts) return broken("end_ts", "must lie after start_ts");
  const std::uint64_t window =
      static_cast<std::uint64_t>(r.end_ts.value) - static_cast<std::uint64_t>(r.start_ts.value);  // never overflows
  if (window > kMostSeconds) return broken("end_ts", "at most 3600 seconds after start_ts");
  return {};
}

Result<void> check_history(const void* request) {
  const auto& r = *static_cast<const GetMarginFundingHistory*>(request);
  if (!r.start_date.ok()) return broken("start_date", "is required (YYYY-MM-DD)");
  if (!r.end_date.ok()) return broken("end_date", "is required (YYYY-MM-DD)");
  if (r.end_date < r.start_date) return broken("end_date", "must not lie before start_date");
  return {};
}

}  // namespace

constinit const OperationInfo Operation<GetMarginFundingRateEstimate>::info = {
    .operation_id = "GetMarginFundingRateEstimate",
    .family = "funding",
    .name = "rate_estimate",
    .method = Method::get,
    .path = "/margin/funding_rates/estimate",
    .auth = Auth::none,
    .success = 200,
    .request = &json::Schema<GetMarginFundingRateEstimate>::type,
    .response = &json::Schema<GetMarginFundingRateEstimateResponse>::type,
    .summary = "The funding rate as it stands now"};
constinit const OperationInfo Operation<GetMarginHistoricalFundingRates>::info = {
    .operation_id = "GetMarginHistoricalFundingRates",
    .family = "funding",
    .name = "historical_rates",
    .method = Method::get,
    .path = "/margin/funding_rates/historical",
    .auth = Auth::none,
    .success = 200,
    .request = &json::Schema<GetMarginHistoricalFundingRates>::type,
    .response = &json::Schema<GetMarginHistoricalFundingRatesResponse>::type,
    .summary = "Funding rates that were applied"};
constinit const OperationInfo Operation<GetMarginPremiumIndex>::info = {.operation_id = "GetMarginPremiumIndex",
                                                                        .family = "funding",
                                                                        .name = "premium_index",
                                                                        .method = Method::get,
                                                                        .path = "/margin/funding_rates/premium_index",
                                                                        .auth = Auth::none,
                                                                        .success = 200,
                                                                        .since = Since::newer,
                                                                        .request = &json::Schema<GetMarginPremiumIndex>::type,
                                                                        .response = &json::Schema<GetMarginPremiumIndexResponse>::type,
                                                                        .check = check_premium_index,
                                                                        .summary = "Premium index, second by second"};
constinit const OperationInfo Operation<GetMarginFundingHistory>::info = {.operation_id = "GetMarginFundingHistory",
                                                                          .family = "funding",
                                                                          .name = "history",
                                                                          .method = Method::get,
                                                                          .path = "/margin/funding_history",
                                                                          .auth = Auth::key,
                                                                          .success = 200,
                                                                          .request = &json::Schema<GetMarginFundingHistory>::type,
                                                                          .response = &json::Schema<GetMarginFundingHistoryResponse>::type,
                                                                          .check = check_history,
                                                                          .summary = "Funding paid and received"};

}  // namespace marginfix::rest

namespace marginfix::json {
constinit const TypeInfo Schema<rest::GetMarginFundingRateEstimateResponse>::type = object_type<rest::GetMarginFundingRateEstimateResponse>(
    "GetMarginFundingRateEstimateResponse", rest::kGetMarginFundingRateEstimateResponse);
constinit const TypeInfo Schema<rest::MarginFundingRate>::type =
    object_type<rest::MarginFundingRate>("MarginFundingRate", rest::kMarginFundingRate);
constinit const TypeInfo Schema<rest::GetMarginHistoricalFundingRatesResponse>::type =
    object_type<rest::GetMarginHistoricalFundingRatesResponse>("GetMarginHistoricalFundingRatesResponse",
                                                               rest::kGetMarginHistoricalFundingRatesResponse);
constinit const TypeInfo Schema<rest::MarginPremiumIndexPoint>::type =
    object_type<rest::MarginPremiumIndexPoint>("MarginPremiumIndexPoint", rest::kMarginPremiumIndexPoint);
constinit const TypeInfo Schema<rest::GetMarginPremiumIndexResponse>::type =
    object_type<rest::GetMarginPremiumIndexResponse>("GetMarginPremiumIndexResponse", rest::kGetMarginPremiumIndexResponse);
constinit const TypeInfo Schema<rest::MarginFundingHistoryEntry>::type =
    object_type<rest::MarginFundingHistoryEntry>("MarginFundingHistoryEntry", rest::kMarginFundingHistoryEntry);
constinit const TypeInfo Schema<rest::GetMarginFundingHistoryResponse>::type =
    object_type<rest::GetMarginFundingHistoryResponse>("GetMarginFundingHistoryResponse", rest::kGetMarginFundingHistoryResponse);
constinit const TypeInfo Schema<rest::GetMarginFundingRateEstimate>::type =
    object_type<rest::GetMarginFundingRateEstimate>("GetMarginFundingRateEstimate", rest::kGetMarginFundingRateEstimate);
constinit const TypeInfo Schema<rest::GetMarginHistoricalFundingRates>::type =
    object_type<rest::GetMarginHistoricalFundingRates>("GetMarginHistoricalFundingRates", rest::kGetMarginHistoricalFundingRates);
constinit const TypeInfo Schema<rest::GetMarginPremiumIndex>::type =
    object_type<rest::GetMarginPremiumIndex>("GetMarginPremiumIndex", rest::kGetMarginPremiumIndex);
constinit const TypeInfo Schema<rest::GetMarginFundingHistory>::type =
    object_type<rest::GetMarginFundingHistory>("GetMarginFundingHistory", rest::kGetMarginFundingHistory);
}  // namespace marginfix::json
