// The tables of rest/orders.hpp, and the rules between fields.
#include "marginfix/rest/orders.hpp"

#include "rest/operations/patterns.hpp"

namespace marginfix::rest {
namespace {

using json::field;
using json::FieldInfo;

constexpr FieldInfo kCreateMarginOrderRequest[] = {
    field<&CreateMarginOrderRequest::ticker>("ticker"),
    field<&CreateMarginOrderRequest::market_id>("market_id").with({.pattern = is_uuid, .pattern_text = "a UUID"}),
    field<&CreateMarginOrderRequest::client_order_id>("client_order_id"),
    field<&CreateMarginOrderRequest::side>("side"),
    field<&CreateMarginOrderRequest::count>("count").with({.max_decimals = 2, .positive = true}),
    field<&CreateMarginOrderRequest::price>("price").with({.max_decimals = 4, .non_negative = true}),
    field<&CreateMarginOrderRequest::expiration_time>("expiration_time").with({.least = 1}),
    field<&CreateMarginOrderRequest::time_in_force>("time_in_force"),
    field<&CreateMarginOrderRequest::post_only>("post_only"),
    field<&CreateMarginOrderRequest::self_trade_prevention_type>("self_trade_prevention_type"),
    field<&CreateMarginOrderRequest::cancel_order_on_pause>("cancel_order_on_pause"),
    field<&CreateMarginOrderRequest::reduce_only>("reduce_only"),
    field<&CreateMarginOrderRequest::subaccount>("subaccount").with({.least = 0, .most = 63}),
    field<&CreateMarginOrderRequest::order_group_id>("order_group_id"),
    field<&CreateMarginOrderRequest::market_version>("market_version").with({.least = 0})};
constexpr FieldInfo kCreateMarginOrderResponse[] = {field<&CreateMarginOrderResponse::order_id>("order_id"),
                                                    field<&CreateMarginOrderResponse::client_order_id>("client_order_id"),
                                                    field<&CreateMarginOrderResponse::fill_count>("fill_count"),
                                                    field<&CreateMarginOrderResponse::remaining_count>("remaining_count"),
                                                    field<&CreateMarginOrderResponse::average_fill_price>("average_fill_price"),
                                                    field<&CreateMarginOrderResponse::average_fee_paid>("average_fee_paid")};
constexpr FieldInfo kMarginOrder[] = {field<&MarginOrder::order_id>("order_id"),
                                      field<&MarginOrder::user_id>("user_id").expected(),
                                      field<&MarginOrder::client_order_id>("client_order_id"),
                                      field<&MarginOrder::ticker>("ticker"),
                                      field<&MarginOrder::side>("side"),
                                      field<&MarginOrder::last_update_reason>("last_update_reason").expected(),
                                      field<&MarginOrder::price>("price"),
                                      field<&MarginOrder::fill_count>("fill_count"),
                                      field<&MarginOrder::remaining_count>("remaining_count"),
                                      field<&MarginOrder::expiration_time>("expiration_time"),
                                      field<&MarginOrder::created_time>("created_time"),
                                      field<&MarginOrder::last_update_time>("last_update_time"),
                                      field<&MarginOrder::self_trade_prevention_type>("self_trade_prevention_type"),
                                      field<&MarginOrder::cancel_order_on_pause>("cancel_order_on_pause"),
                                      field<&MarginOrder::order_group_id>("order_group_id"),
                                      field<&MarginOrder::order_source>("order_source"),
                                      field<&MarginOrder::order_reason>("order_reason")};
constexpr FieldInfo kGetMarginOrdersResponse[] = {field<&GetMarginOrdersResponse::orders>("orders"),
                                                  field<&GetMarginOrdersResponse::cursor>("cursor").expected()};
constexpr FieldInfo kGetMarginOrderResponse[] = {field<&GetMarginOrderResponse::order>("order")};
constexpr FieldInfo kCancelMarginOrderResponse[] = {field<&CancelMarginOrderResponse::order_id>("order_id"),
                                                    field<&CancelMarginOrderResponse::client_order_id>("client_order_id"),
                                                    field<&CancelMarginOrderResponse::reduced_by>("reduced_by")};
constexpr FieldInfo kDecreaseMarginOrderRequest[] = {
    field<&DecreaseMarginOrderRequest::reduce_by>("reduce_by").with({.max_decimals = 2, .positive = true}),
    field<&DecreaseMarginOrderRequest::reduce_to>("reduce_to").with({.max_decimals = 2, .non_negative = true})};
constexpr FieldInfo kDecreaseMarginOrderResponse[] = {field<&DecreaseMarginOrderResponse::order_id>("order_id"),
                                                      field<&DecreaseMarginOrderResponse::client_order_id>("client_order_id"),
                                                      field<&DecreaseMarginOrderResponse::remaining_count>("remaining_count")};
constexpr FieldInfo kAmendMarginOrderRequest[] = {
    field<&AmendMarginOrderRequest::ticker>("ticker"),
    field<&AmendMarginOrderRequest::market_id>("market_id").with({.pattern = is_uuid, .pattern_text = "a UUID"}),
    field<&AmendMarginOrderRequest::side>("side"),
    field<&AmendMarginOrderRequest::price>("price").with({.max_decimals = 4, .non_negative = true}),
    field<&AmendMarginOrderRequest::count>("count").with({.max_decimals = 2, .positive = true}),
    field<&AmendMarginOrderRequest::client_order_id>("client_order_id"),
    field<&AmendMarginOrderRequest::updated_client_order_id>("updated_client_order_id"),
    field<&AmendMarginOrderRequest::expiration_time>("expiration_time").with({.least = 0})};
constexpr FieldInfo kAmendMarginOrderResponse[] = {field<&AmendMarginOrderResponse::order_id>("order_id"),
                                                   field<&AmendMarginOrderResponse::client_order_id>("client_order_id"),
                                                   field<&AmendMarginOrderResponse::remaining_count>("remaining_count"),
                                                   field<&AmendMarginOrderResponse::fill_count>("fill_count"),
                                                   field<&AmendMarginOrderResponse::average_fill_price>("average_fill_price"),
                                                   field<&AmendMarginOrderResponse::average_fee_paid>("average_fee_paid")};
constexpr FieldInfo kGetMarginOrders[] = {field<&GetMarginOrders::ticker>("ticker"),
                                          field<&GetMarginOrders::min_ts>("min_ts"),
                                          field<&GetMarginOrders::max_ts>("max_ts"),
                                          field<&GetMarginOrders::status>("status"),
                                          field<&GetMarginOrders::limit>("limit").with({.least = 1, .most = 10000}),
                                          field<&GetMarginOrders::cursor>("cursor"),
                                          field<&GetMarginOrders::subaccount>("subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kGetMarginOrder[] = {field<&GetMarginOrder::order_id>("order_id")};
constexpr FieldInfo kCancelMarginOrder[] = {field<&CancelMarginOrder::order_id>("order_id"),
                                            field<&CancelMarginOrder::subaccount>("subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kCancelAllMarginOrders[] = {field<&CancelAllMarginOrders::subaccount>("subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kDecreaseMarginOrder[] = {field<&DecreaseMarginOrder::order_id>("order_id"),
                                              field<&DecreaseMarginOrder::subaccount>("subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kAmendMarginOrder[] = {field<&AmendMarginOrder::order_id>("order_id"),
                                           field<&AmendMarginOrder::subaccount>("subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kListMarginFCMOrders[] = {field<&ListMarginFCMOrders::subtrader_id>("subtrader_id"),
                                              field<&ListMarginFCMOrders::ticker>("ticker"),
                                              field<&ListMarginFCMOrders::status>("status"),
                                              field<&ListMarginFCMOrders::min_ts>("min_ts"),
                                              field<&ListMarginFCMOrders::max_ts>("max_ts"),
                                              field<&ListMarginFCMOrders::limit>("limit").with({.least = 1, .most = 1000}),
                                              field<&ListMarginFCMOrders::cursor>("cursor")};

bool is_immediate(const Open<OrderTimeInForce>& tif) {
  return tif == OrderTimeInForce::fill_or_kill || tif == OrderTimeInForce::immediate_or_cancel;
}

template <class Body>
Result<void> check_market(const Body& b) {
  if ((!b.ticker || b.ticker->empty()) && (!b.market_id || b.market_id->empty()))
    return broken("ticker", "one of ticker and market_id is required");
  return {};
}

Result<void> check_create_order(const void* request) {
  const CreateMarginOrderRequest& b = static_cast<const CreateMarginOrder*>(request)->body;
  if (auto good = check_market(b); !good) return good;
  const bool immediate = is_immediate(b.time_in_force);
  if (b.reduce_only.value_or(false) && !immediate) return broken("reduce_only", "only with immediate_or_cancel or fill_or_kill");
  if (b.post_only.value_or(false) && immediate) return broken("post_only", "only with good_till_canceled");
  if (b.expiration_time && immediate) return broken("expiration_time", "only with good_till_canceled");
  return {};
}

Result<void> check_decrease(const void* request) {
  const DecreaseMarginOrderRequest& b = static_cast<const DecreaseMarginOrder*>(request)->body;
  if (b.reduce_by.has_value() == b.reduce_to.has_value()) return broken("reduce_by", "exactly one of reduce_by and reduce_to");
  return {};
}

Result<void> check_amend(const void* request) { return check_market(static_cast<const AmendMarginOrder*>(request)->body); }

template <class Request>
const std::string& ticker_of(const void* request) {
  static const std::string kUnknown;  // named by market_id: the default bucket
  const auto& ticker = static_cast<const Request*>(request)->body.ticker;
  return ticker ? *ticker : kUnknown;
}
constexpr int kCancelCost = static_cast<int>(RequestCosts{}.cancel);

}  // namespace

constinit const OperationInfo Operation<CreateMarginOrder>::info = {.operation_id = "CreateMarginOrder",
                                                                    .family = "orders",
                                                                    .name = "create",
                                                                    .method = Method::post,
                                                                    .path = "/margin/orders",
                                                                    .auth = Auth::key,
                                                                    .success = 201,
                                                                    .spends = RequestKind::order,
                                                                    .request = &json::Schema<CreateMarginOrder>::type,
                                                                    .body = &json::Schema<CreateMarginOrderRequest>::type,
                                                                    .body_at = body_of<CreateMarginOrder>,
                                                                    .body_required = true,
                                                                    .response = &json::Schema<CreateMarginOrderResponse>::type,
                                                                    .check = check_create_order,
                                                                    .ticker_of = ticker_of<CreateMarginOrder>,
                                                                    .summary = "Places an order"};
constinit const OperationInfo Operation<GetMarginOrders>::info = {.operation_id = "GetMarginOrders",
                                                                  .family = "orders",
                                                                  .name = "list",
                                                                  .method = Method::get,
                                                                  .path = "/margin/orders",
                                                                  .auth = Auth::key,
                                                                  .success = 200,
                                                                  .request = &json::Schema<GetMarginOrders>::type,
                                                                  .response = &json::Schema<GetMarginOrdersResponse>::type,
                                                                  .page_items = "orders",
                                                                  .summary = "Orders, resting and past"};
constinit const OperationInfo Operation<GetMarginOrder>::info = {.operation_id = "GetMarginOrder",
                                                                 .family = "orders",
                                                                 .name = "get",
                                                                 .method = Method::get,
                                                                 .path = "/margin/orders/{order_id}",
                                                                 .auth = Auth::key,
                                                                 .success = 200,
                                                                 .request = &json::Schema<GetMarginOrder>::type,
                                                                 .response = &json::Schema<GetMarginOrderResponse>::type,
                                                                 .summary = "One order"};
constinit const OperationInfo Operation<CancelMarginOrder>::info = {.operation_id = "CancelMarginOrder",
                                                                    .family = "orders",
                                                                    .name = "cancel",
                                                                    .method = Method::del,
                                                                    .path = "/margin/orders/{order_id}",
                                                                    .auth = Auth::key,
                                                                    .success = 200,
                                                                    .cost = kCancelCost,
                                                                    .spends = RequestKind::cancel,
                                                                    .request = &json::Schema<CancelMarginOrder>::type,
                                                                    .response = &json::Schema<CancelMarginOrderResponse>::type,
                                                                    .summary = "Cancels one order"};
constinit const OperationInfo Operation<CancelAllMarginOrders>::info = {.operation_id = "CancelAllMarginOrders",
                                                                        .family = "orders",
                                                                        .name = "cancel_all",
                                                                        .method = Method::del,
                                                                        .path = "/margin/orders",
                                                                        .auth = Auth::key,
                                                                        .success = 204,
                                                                        .cost = kCancelCost,
                                                                        .spends = RequestKind::cancel,
                                                                        .since = Since::newer,
                                                                        .request = &json::Schema<CancelAllMarginOrders>::type,
                                                                        .summary = "Cancels every order"};
constinit const OperationInfo Operation<DecreaseMarginOrder>::info = {.operation_id = "DecreaseMarginOrder",
                                                                      .family = "orders",
                                                                      .name = "decrease",
                                                                      .method = Method::post,
                                                                      .path = "/margin/orders/{order_id}/decrease",
                                                                      .auth = Auth::key,
                                                                      .success = 200,
                                                                      .cost = kCancelCost,
                                                                      .spends = RequestKind::cancel,
                                                                      .request = &json::Schema<DecreaseMarginOrder>::type,
                                                                      .body = &json::Schema<DecreaseMarginOrderRequest>::type,
                                                                      .body_at = body_of<DecreaseMarginOrder>,
                                                                      .body_required = true,
                                                                      .response = &json::Schema<DecreaseMarginOrderResponse>::type,
                                                                      .check = check_decrease,
                                                                      .summary = "Takes quantity off an order, which keeps its place"};
constinit const OperationInfo Operation<AmendMarginOrder>::info = {.operation_id = "AmendMarginOrder",
                                                                   .family = "orders",
                                                                   .name = "amend",
                                                                   .method = Method::post,
                                                                   .path = "/margin/orders/{order_id}/amend",
                                                                   .auth = Auth::key,
                                                                   .success = 200,
                                                                   .spends = RequestKind::order,
                                                                   .request = &json::Schema<AmendMarginOrder>::type,
                                                                   .body = &json::Schema<AmendMarginOrderRequest>::type,
                                                                   .body_at = body_of<AmendMarginOrder>,
                                                                   .body_required = true,
                                                                   .response = &json::Schema<AmendMarginOrderResponse>::type,
                                                                   .check = check_amend,
                                                                   .ticker_of = ticker_of<AmendMarginOrder>,
                                                                   .summary = "Changes price, total quantity or expiry of an order"};
constinit const OperationInfo Operation<ListMarginFCMOrders>::info = {.operation_id = "ListMarginFCMOrders",
                                                                      .family = "orders",
                                                                      .name = "list_fcm",
                                                                      .method = Method::get,
                                                                      .path = "/margin/fcm/orders",
                                                                      .auth = Auth::key,
                                                                      .success = 200,
                                                                      .since = Since::legacy,
                                                                      .request = &json::Schema<ListMarginFCMOrders>::type,
                                                                      .response = &json::Schema<GetMarginOrdersResponse>::type,
                                                                      .page_items = "orders",
                                                                      .summary = "Orders of a subtrader (legacy)"};

}  // namespace marginfix::rest

namespace marginfix::json {
constinit const TypeInfo Schema<rest::CreateMarginOrderRequest>::type =
    object_type<rest::CreateMarginOrderRequest>("CreateMarginOrderRequest", rest::kCreateMarginOrderRequest);
constinit const TypeInfo Schema<rest::CreateMarginOrderResponse>::type =
    object_type<rest::CreateMarginOrderResponse>("CreateMarginOrderResponse", rest::kCreateMarginOrderResponse);
constinit const TypeInfo Schema<rest::MarginOrder>::type = object_type<rest::MarginOrder>("MarginOrder", rest::kMarginOrder);
constinit const TypeInfo Schema<rest::GetMarginOrdersResponse>::type =
    object_type<rest::GetMarginOrdersResponse>("GetMarginOrdersResponse", rest::kGetMarginOrdersResponse);
constinit const TypeInfo Schema<rest::GetMarginOrderResponse>::type =
    object_type<rest::GetMarginOrderResponse>("GetMarginOrderResponse", rest::kGetMarginOrderResponse);
constinit const TypeInfo Schema<rest::CancelMarginOrderResponse>::type =
    object_type<rest::CancelMarginOrderResponse>("CancelMarginOrderResponse", rest::kCancelMarginOrderResponse);
constinit const TypeInfo Schema<rest::DecreaseMarginOrderRequest>::type =
    object_type<rest::DecreaseMarginOrderRequest>("DecreaseMarginOrderRequest", rest::kDecreaseMarginOrderRequest);
constinit const TypeInfo Schema<rest::DecreaseMarginOrderResponse>::type =
    object_type<rest::DecreaseMarginOrderResponse>("DecreaseMarginOrderResponse", rest::kDecreaseMarginOrderResponse);
constinit const TypeInfo Schema<rest::AmendMarginOrderRequest>::type =
    object_type<rest::AmendMarginOrderRequest>("AmendMarginOrderRequest", rest::kAmendMarginOrderRequest);
constinit const TypeInfo Schema<rest::AmendMarginOrderResponse>::type =
    object_type<rest::AmendMarginOrderResponse>("AmendMarginOrderResponse", rest::kAmendMarginOrderResponse);
constinit const TypeInfo Schema<rest::CreateMarginOrder>::type = object_type<rest::CreateMarginOrder>("CreateMarginOrder", {});
constinit const TypeInfo Schema<rest::GetMarginOrders>::type =
    object_type<rest::GetMarginOrders>("GetMarginOrders", rest::kGetMarginOrders);
constinit const TypeInfo Schema<rest::GetMarginOrder>::type = object_type<rest::GetMarginOrder>("GetMarginOrder", rest::kGetMarginOrder);
constinit const TypeInfo Schema<rest::CancelMarginOrder>::type =
    object_type<rest::CancelMarginOrder>("CancelMarginOrder", rest::kCancelMarginOrder);
constinit const TypeInfo Schema<rest::CancelAllMarginOrders>::type =
    object_type<rest::CancelAllMarginOrders>("CancelAllMarginOrders", rest::kCancelAllMarginOrders);
constinit const TypeInfo Schema<rest::DecreaseMarginOrder>::type =
    object_type<rest::DecreaseMarginOrder>("DecreaseMarginOrder", rest::kDecreaseMarginOrder);
constinit const TypeInfo Schema<rest::AmendMarginOrder>::type =
    object_type<rest::AmendMarginOrder>("AmendMarginOrder", rest::kAmendMarginOrder);
constinit const TypeInfo Schema<rest::ListMarginFCMOrders>::type =
    object_type<rest::ListMarginFCMOrders>("ListMarginFCMOrders", rest::kListMarginFCMOrders);
}  // namespace marginfix::json
