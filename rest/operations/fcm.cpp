// The tables of rest/fcm.hpp, and the rules between fields.
#include "marginfix/rest/fcm.hpp"

#include "rest/operations/patterns.hpp"

namespace marginfix::rest {
namespace {

using json::field;
using json::FieldInfo;

constexpr FieldInfo kCreateMarginFCMSubtraderRequest[] = {
    field<&CreateMarginFCMSubtraderRequest::subtrader_suffix>("subtrader_suffix")
        .with({.min_length = 1, .max_length = 16, .pattern = is_alphanumeric, .pattern_text = "^[A-Za-z0-9]{1,16}$"}),
    field<&CreateMarginFCMSubtraderRequest::require_category_cap>("require_category_cap")};
constexpr FieldInfo kCreateMarginFCMSubtraderResponse[] = {field<&CreateMarginFCMSubtraderResponse::subtrader_id>("subtrader_id")};
constexpr FieldInfo kFCMSubtraderRiskControls[] = {
    field<&FCMSubtraderRiskControls::subtrader_id>("subtrader_id"), field<&FCMSubtraderRiskControls::market_ticker>("market_ticker"),
    field<&FCMSubtraderRiskControls::asset_class>("asset_class"), field<&FCMSubtraderRiskControls::im_cap>("im_cap"),
    field<&FCMSubtraderRiskControls::current_im>("current_im").expected()};
constexpr FieldInfo kFCMSubtraderNotionalRiskLimit[] = {
    field<&FCMSubtraderNotionalRiskLimit::subtrader_id>("subtrader_id"),
    field<&FCMSubtraderNotionalRiskLimit::market_ticker>("market_ticker"),
    field<&FCMSubtraderNotionalRiskLimit::notional_value_risk_limit>("notional_value_risk_limit"),
    field<&FCMSubtraderNotionalRiskLimit::current_notional>("current_notional").expected()};
constexpr FieldInfo kGetFCMSubtraderRiskControlsResponse[] = {
    field<&GetFCMSubtraderRiskControlsResponse::risk_controls>("risk_controls"),
    field<&GetFCMSubtraderRiskControlsResponse::notional_limits>("notional_limits")};
constexpr FieldInfo kUpdateFCMSubtraderRiskControlsRequest[] = {
    field<&UpdateFCMSubtraderRiskControlsRequest::subtrader_id>("subtrader_id"),
    field<&UpdateFCMSubtraderRiskControlsRequest::market_ticker>("market_ticker"),
    field<&UpdateFCMSubtraderRiskControlsRequest::asset_class>("asset_class"),
    field<&UpdateFCMSubtraderRiskControlsRequest::im_cap>("im_cap").with({.max_length = 20, .max_decimals = 4, .non_negative = true})};
constexpr FieldInfo kUpdateFCMNotionalRiskLimitRequest[] = {
    field<&UpdateFCMNotionalRiskLimitRequest::notional_value_risk_limit>("notional_value_risk_limit")
        .with({.max_length = 20, .max_decimals = 4, .non_negative = true})};
constexpr FieldInfo kGetFCMSubtraderRiskControls[] = {field<&GetFCMSubtraderRiskControls::subtrader_id>("subtrader_id"),
                                                      field<&GetFCMSubtraderRiskControls::market_ticker>("market_ticker"),
                                                      field<&GetFCMSubtraderRiskControls::asset_class>("asset_class")};
constexpr FieldInfo kDeleteFCMSubtraderRiskControls[] = {field<&DeleteFCMSubtraderRiskControls::subtrader_id>("subtrader_id"),
                                                         field<&DeleteFCMSubtraderRiskControls::market_ticker>("market_ticker"),
                                                         field<&DeleteFCMSubtraderRiskControls::asset_class>("asset_class")};

template <class Scope>
Result<void> check_scope(const Scope& s) {
  if (s.market_ticker && s.asset_class) return broken("asset_class", "not with market_ticker");
  return {};
}

Result<void> check_get_controls(const void* request) { return check_scope(*static_cast<const GetFCMSubtraderRiskControls*>(request)); }
Result<void> check_update_controls(const void* request) {
  return check_scope(static_cast<const UpdateFCMSubtraderRiskControls*>(request)->body);
}
Result<void> check_delete_controls(const void* request) {
  return check_scope(*static_cast<const DeleteFCMSubtraderRiskControls*>(request));
}

}  // namespace

constinit const OperationInfo Operation<CreateMarginFCMSubtrader>::info = {
    .operation_id = "CreateMarginFCMSubtrader",
    .family = "fcm",
    .name = "create_subtrader",
    .method = Method::post,
    .path = "/margin/fcm/subtraders",
    .auth = Auth::key,
    .success = 201,
    .since = Since::newer,
    .request = &json::Schema<CreateMarginFCMSubtrader>::type,
    .body = &json::Schema<CreateMarginFCMSubtraderRequest>::type,
    .body_at = body_of<CreateMarginFCMSubtrader>,
    .body_required = true,
    .response = &json::Schema<CreateMarginFCMSubtraderResponse>::type,
    .summary = "Makes a subtrader"};
constinit const OperationInfo Operation<GetFCMSubtraderRiskControls>::info = {
    .operation_id = "GetFCMSubtraderRiskControls",
    .family = "fcm",
    .name = "risk_controls",
    .method = Method::get,
    .path = "/margin/fcm/subtraders/risk_controls",
    .auth = Auth::key,
    .success = 200,
    .since = Since::newer,
    .request = &json::Schema<GetFCMSubtraderRiskControls>::type,
    .response = &json::Schema<GetFCMSubtraderRiskControlsResponse>::type,
    .check = check_get_controls,
    .summary = "Caps of a subtrader and their use"};
constinit const OperationInfo Operation<UpdateFCMSubtraderRiskControls>::info = {
    .operation_id = "UpdateFCMSubtraderRiskControls",
    .family = "fcm",
    .name = "update_risk_controls",
    .method = Method::put,
    .path = "/margin/fcm/subtraders/risk_controls",
    .auth = Auth::key,
    .success = 200,
    .since = Since::newer,
    .request = &json::Schema<UpdateFCMSubtraderRiskControls>::type,
    .body = &json::Schema<UpdateFCMSubtraderRiskControlsRequest>::type,
    .body_at = body_of<UpdateFCMSubtraderRiskControls>,
    .body_required = true,
    .response = &json::Schema<EmptyResponse>::type,
    .check = check_update_controls,
    .summary = "Sets a cap of a subtrader"};
constinit const OperationInfo Operation<DeleteFCMSubtraderRiskControls>::info = {
    .operation_id = "DeleteFCMSubtraderRiskControls",
    .family = "fcm",
    .name = "delete_risk_controls",
    .method = Method::del,
    .path = "/margin/fcm/subtraders/risk_controls",
    .auth = Auth::key,
    .success = 200,
    .since = Since::newer,
    .request = &json::Schema<DeleteFCMSubtraderRiskControls>::type,
    .response = &json::Schema<EmptyResponse>::type,
    .check = check_delete_controls,
    .summary = "Removes a cap of a subtrader"};
constinit const OperationInfo Operation<UpdateFCMNotionalRiskLimit>::info = {.operation_id = "UpdateFCMNotionalRiskLimit",
                                                                             .family = "fcm",
                                                                             .name = "update_notional_risk_limit",
                                                                             .method = Method::put,
                                                                             .path = "/margin/fcm/notional_risk_limit",
                                                                             .auth = Auth::key,
                                                                             .success = 200,
                                                                             .since = Since::newer,
                                                                             .request = &json::Schema<UpdateFCMNotionalRiskLimit>::type,
                                                                             .body = &json::Schema<UpdateFCMNotionalRiskLimitRequest>::type,
                                                                             .body_at = body_of<UpdateFCMNotionalRiskLimit>,
                                                                             .body_required = true,
                                                                             .response = &json::Schema<EmptyResponse>::type,
                                                                             .summary = "Sets the member's own notional limit"};
constinit const OperationInfo Operation<DeleteFCMNotionalRiskLimit>::info = {.operation_id = "DeleteFCMNotionalRiskLimit",
                                                                             .family = "fcm",
                                                                             .name = "delete_notional_risk_limit",
                                                                             .method = Method::del,
                                                                             .path = "/margin/fcm/notional_risk_limit",
                                                                             .auth = Auth::key,
                                                                             .success = 200,
                                                                             .since = Since::newer,
                                                                             .request = &json::Schema<DeleteFCMNotionalRiskLimit>::type,
                                                                             .response = &json::Schema<EmptyResponse>::type,
                                                                             .summary = "Removes the member's own notional limit"};

}  // namespace marginfix::rest

namespace marginfix::json {
constinit const TypeInfo Schema<rest::CreateMarginFCMSubtraderRequest>::type =
    object_type<rest::CreateMarginFCMSubtraderRequest>("CreateMarginFCMSubtraderRequest", rest::kCreateMarginFCMSubtraderRequest);
constinit const TypeInfo Schema<rest::CreateMarginFCMSubtraderResponse>::type =
    object_type<rest::CreateMarginFCMSubtraderResponse>("CreateMarginFCMSubtraderResponse", rest::kCreateMarginFCMSubtraderResponse);
constinit const TypeInfo Schema<rest::FCMSubtraderRiskControls>::type =
    object_type<rest::FCMSubtraderRiskControls>("FCMSubtraderRiskControls", rest::kFCMSubtraderRiskControls);
constinit const TypeInfo Schema<rest::FCMSubtraderNotionalRiskLimit>::type =
    object_type<rest::FCMSubtraderNotionalRiskLimit>("FCMSubtraderNotionalRiskLimit", rest::kFCMSubtraderNotionalRiskLimit);
constinit const TypeInfo Schema<rest::GetFCMSubtraderRiskControlsResponse>::type = object_type<rest::GetFCMSubtraderRiskControlsResponse>(
    "GetFCMSubtraderRiskControlsResponse", rest::kGetFCMSubtraderRiskControlsResponse);
constinit const TypeInfo Schema<rest::UpdateFCMSubtraderRiskControlsRequest>::type =
    object_type<rest::UpdateFCMSubtraderRiskControlsRequest>("UpdateFCMSubtraderRiskControlsRequest",
                                                             rest::kUpdateFCMSubtraderRiskControlsRequest);
constinit const TypeInfo Schema<rest::UpdateFCMNotionalRiskLimitRequest>::type =
    object_type<rest::UpdateFCMNotionalRiskLimitRequest>("UpdateFCMNotionalRiskLimitRequest", rest::kUpdateFCMNotionalRiskLimitRequest);
constinit const TypeInfo Schema<rest::CreateMarginFCMSubtrader>::type =
    object_type<rest::CreateMarginFCMSubtrader>("CreateMarginFCMSubtrader", {});
constinit const TypeInfo Schema<rest::GetFCMSubtraderRiskControls>::type =
    object_type<rest::GetFCMSubtraderRiskControls>("GetFCMSubtraderRiskControls", rest::kGetFCMSubtraderRiskControls);
constinit const TypeInfo Schema<rest::UpdateFCMSubtraderRiskControls>::type =
    object_type<rest::UpdateFCMSubtraderRiskControls>("UpdateFCMSubtraderRiskControls", {});
constinit const TypeInfo Schema<rest::DeleteFCMSubtraderRiskControls>::type =
    object_type<rest::DeleteFCMSubtraderRiskControls>("DeleteFCMSubtraderRiskControls", rest::kDeleteFCMSubtraderRiskControls);
constinit const TypeInfo Schema<rest::UpdateFCMNotionalRiskLimit>::type =
    object_type<rest::UpdateFCMNotionalRiskLimit>("UpdateFCMNotionalRiskLimit", {});
constinit const TypeInfo Schema<rest::DeleteFCMNotionalRiskLimit>::type =
    object_type<rest::DeleteFCMNotionalRiskLimit>("DeleteFCMNotionalRiskLimit", {});
}  // namespace marginfix::json
