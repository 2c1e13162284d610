// The tables of rest/order_groups.hpp, and the rules between fields.
#include "marginfix/rest/order_groups.hpp"

#include "rest/operations/patterns.hpp"

namespace marginfix::rest {
namespace {

using json::field;
using json::FieldInfo;

constexpr FieldInfo kCreateOrderGroupRequest[] = {
    field<&CreateOrderGroupRequest::subaccount>("subaccount").with({.least = 0, .most = 63}),
    field<&CreateOrderGroupRequest::contracts_limit>("contracts_limit").with({.least = 1}),
    field<&CreateOrderGroupRequest::contracts_limit_fp>("contracts_limit_fp").with({.max_decimals = 2, .positive = true}),
    field<&CreateOrderGroupRequest::exchange_index>("exchange_index").with({.least = 0})};
constexpr FieldInfo kCreateOrderGroupResponse[] = {field<&CreateOrderGroupResponse::order_group_id>("order_group_id"),
                                                   field<&CreateOrderGroupResponse::subaccount>("subaccount").expected(),
                                                   field<&CreateOrderGroupResponse::exchange_index>("exchange_index")};
constexpr FieldInfo kOrderGroup[] = {field<&OrderGroup::id>("id"), field<&OrderGroup::contracts_limit_fp>("contracts_limit_fp"),
                                     field<&OrderGroup::is_auto_cancel_enabled>("is_auto_cancel_enabled"),
                                     field<&OrderGroup::exchange_index>("exchange_index")};
constexpr FieldInfo kGetOrderGroupsResponse[] = {field<&GetOrderGroupsResponse::order_groups>("order_groups").not_required()};
constexpr FieldInfo kGetOrderGroupResponse[] = {field<&GetOrderGroupResponse::is_auto_cancel_enabled>("is_auto_cancel_enabled"),
                                                field<&GetOrderGroupResponse::contracts_limit_fp>("contracts_limit_fp"),
                                                field<&GetOrderGroupResponse::orders>("orders"),
                                                field<&GetOrderGroupResponse::exchange_index>("exchange_index")};
constexpr FieldInfo kUpdateOrderGroupLimitRequest[] = {
    field<&UpdateOrderGroupLimitRequest::contracts_limit>("contracts_limit").with({.least = 1}),
    field<&UpdateOrderGroupLimitRequest::contracts_limit_fp>("contracts_limit_fp").with({.max_decimals = 2, .positive = true})};
constexpr FieldInfo kGetMarginOrderGroups[] = {field<&GetMarginOrderGroups::subaccount>("subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kGetMarginOrderGroup[] = {field<&GetMarginOrderGroup::order_group_id>("order_group_id"),
                                              field<&GetMarginOrderGroup::subaccount>("subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kDeleteMarginOrderGroup[] = {field<&DeleteMarginOrderGroup::order_group_id>("order_group_id"),
                                                 field<&DeleteMarginOrderGroup::subaccount>("subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kResetMarginOrderGroup[] = {field<&ResetMarginOrderGroup::order_group_id>("order_group_id"),
                                                field<&ResetMarginOrderGroup::subaccount>("subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kTriggerMarginOrderGroup[] = {field<&TriggerMarginOrderGroup::order_group_id>("order_group_id"),
                                                  field<&TriggerMarginOrderGroup::subaccount>("subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kUpdateMarginOrderGroupLimit[] = {
    field<&UpdateMarginOrderGroupLimit::order_group_id>("order_group_id"),
    field<&UpdateMarginOrderGroupLimit::subaccount>("subaccount").with({.least = 0, .most = 63})};

// Without multiplying: the whole number may be as great as 64 bits allow.
bool same_limit(std::int64_t whole, FixedPointCount fp) { return fp.is_whole() && fp.units() / FixedPointCount::kOne == whole; }

template <class Body>
Result<void> check_limit(const Body& b) {
  if (!b.contracts_limit && !b.contracts_limit_fp)
    return broken("contracts_limit", "one of contracts_limit and contracts_limit_fp is required");
  if (b.contracts_limit && b.contracts_limit_fp && !same_limit(*b.contracts_limit, *b.contracts_limit_fp)) {
    return broken("contracts_limit_fp", "must agree with contracts_limit");
  }
  return {};
}

Result<void> check_create_group(const void* request) { return check_limit(static_cast<const CreateMarginOrderGroup*>(request)->body); }
Result<void> check_update_group(const void* request) { return check_limit(static_cast<const UpdateMarginOrderGroupLimit*>(request)->body); }

}  // namespace

constinit const OperationInfo Operation<GetMarginOrderGroups>::info = {.operation_id = "GetMarginOrderGroups",
                                                                       .family = "order_groups",
                                                                       .name = "list",
                                                                       .method = Method::get,
                                                                       .path = "/margin/order_groups",
                                                                       .auth = Auth::key,
                                                                       .success = 200,
                                                                       .request = &json::Schema<GetMarginOrderGroups>::type,
                                                                       .response = &json::Schema<GetOrderGroupsResponse>::type,
                                                                       .summary = "Order groups"};
constinit const OperationInfo Operation<GetMarginOrderGroup>::info = {.operation_id = "GetMarginOrderGroup",
                                                                      .family = "order_groups",
                                                                      .name = "get",
                                                                      .method = Method::get,
                                                                      .path = "/margin/order_groups/{order_group_id}",
                                                                      .auth = Auth::key,
                                                                      .success = 200,
                                                                      .request = &json::Schema<GetMarginOrderGroup>::type,
                                                                      .response = &json::Schema<GetOrderGroupResponse>::type,
                                                                      .summary = "One order group and its orders"};
constinit const OperationInfo Operation<CreateMarginOrderGroup>::info = {.operation_id = "CreateMarginOrderGroup",
                                                                         .family = "order_groups",
                                                                         .name = "create",
                                                                         .method = Method::post,
                                                                         .path = "/margin/order_groups/create",
                                                                         .auth = Auth::key,
                                                                         .success = 201,
                                                                         .request = &json::Schema<CreateMarginOrderGroup>::type,
                                                                         .body = &json::Schema<CreateOrderGroupRequest>::type,
                                                                         .body_at = body_of<CreateMarginOrderGroup>,
                                                                         .body_required = true,
                                                                         .response = &json::Schema<CreateOrderGroupResponse>::type,
                                                                         .check = check_create_group,
                                                                         .summary = "Makes an order group"};
constinit const OperationInfo Operation<DeleteMarginOrderGroup>::info = {.operation_id = "DeleteMarginOrderGroup",
                                                                         .family = "order_groups",
                                                                         .name = "delete",
                                                                         .method = Method::del,
                                                                         .path = "/margin/order_groups/{order_group_id}",
                                                                         .auth = Auth::key,
                                                                         .success = 200,
                                                                         .request = &json::Schema<DeleteMarginOrderGroup>::type,
                                                                         .response = &json::Schema<EmptyResponse>::type,
                                                                         .summary = "Cancels a group's orders and removes it"};
constinit const OperationInfo Operation<ResetMarginOrderGroup>::info = {.operation_id = "ResetMarginOrderGroup",
                                                                        .family = "order_groups",
                                                                        .name = "reset",
                                                                        .method = Method::put,
                                                                        .path = "/margin/order_groups/{order_group_id}/reset",
                                                                        .auth = Auth::key,
                                                                        .success = 200,
                                                                        .request = &json::Schema<ResetMarginOrderGroup>::type,
                                                                        .body = &json::Schema<EmptyResponse>::type,
                                                                        .body_at = body_of<ResetMarginOrderGroup>,
                                                                        .response = &json::Schema<EmptyResponse>::type,
                                                                        .summary = "Opens a triggered group again"};
constinit const OperationInfo Operation<TriggerMarginOrderGroup>::info = {.operation_id = "TriggerMarginOrderGroup",
                                                                          .family = "order_groups",
                                                                          .name = "trigger",
                                                                          .method = Method::put,
                                                                          .path = "/margin/order_groups/{order_group_id}/trigger",
                                                                          .auth = Auth::key,
                                                                          .success = 200,
                                                                          .request = &json::Schema<TriggerMarginOrderGroup>::type,
                                                                          .body = &json::Schema<EmptyResponse>::type,
                                                                          .body_at = body_of<TriggerMarginOrderGroup>,
                                                                          .response = &json::Schema<EmptyResponse>::type,
                                                                          .summary = "Triggers a group by hand"};
constinit const OperationInfo Operation<UpdateMarginOrderGroupLimit>::info = {.operation_id = "UpdateMarginOrderGroupLimit",
                                                                              .family = "order_groups",
                                                                              .name = "update_limit",
                                                                              .method = Method::put,
                                                                              .path = "/margin/order_groups/{order_group_id}/limit",
                                                                              .auth = Auth::key,
                                                                              .success = 200,
                                                                              .request = &json::Schema<UpdateMarginOrderGroupLimit>::type,
                                                                              .body = &json::Schema<UpdateOrderGroupLimitRequest>::type,
                                                                              .body_at = body_of<UpdateMarginOrderGroupLimit>,
                                                                              .body_required = true,
                                                                              .response = &json::Schema<EmptyResponse>::type,
                                                                              .check = check_update_group,
                                                                              .summary = "Changes a group's limit"};

}  // namespace marginfix::rest

namespace marginfix::json {
constinit const TypeInfo Schema<rest::CreateOrderGroupRequest>::type =
    object_type<rest::CreateOrderGroupRequest>("CreateOrderGroupRequest", rest::kCreateOrderGroupRequest);
constinit const TypeInfo Schema<rest::CreateOrderGroupResponse>::type =
    object_type<rest::CreateOrderGroupResponse>("CreateOrderGroupResponse", rest::kCreateOrderGroupResponse);
constinit const TypeInfo Schema<rest::OrderGroup>::type = object_type<rest::OrderGroup>("OrderGroup", rest::kOrderGroup);
constinit const TypeInfo Schema<rest::GetOrderGroupsResponse>::type =
    object_type<rest::GetOrderGroupsResponse>("GetOrderGroupsResponse", rest::kGetOrderGroupsResponse);
constinit const TypeInfo Schema<rest::GetOrderGroupResponse>::type =
    object_type<rest::GetOrderGroupResponse>("GetOrderGroupResponse", rest::kGetOrderGroupResponse);
constinit const TypeInfo Schema<rest::UpdateOrderGroupLimitRequest>::type =
    object_type<rest::UpdateOrderGroupLimitRequest>("UpdateOrderGroupLimitRequest", rest::kUpdateOrderGroupLimitRequest);
constinit const TypeInfo Schema<rest::GetMarginOrderGroups>::type =
    object_type<rest::GetMarginOrderGroups>("GetMarginOrderGroups", rest::kGetMarginOrderGroups);
constinit const TypeInfo Schema<rest::GetMarginOrderGroup>::type =
    object_type<rest::GetMarginOrderGroup>("GetMarginOrderGroup", rest::kGetMarginOrderGroup);
constinit const TypeInfo Schema<rest::CreateMarginOrderGroup>::type =
    object_type<rest::CreateMarginOrderGroup>("CreateMarginOrderGroup", {});
constinit const TypeInfo Schema<rest::DeleteMarginOrderGroup>::type =
    object_type<rest::DeleteMarginOrderGroup>("DeleteMarginOrderGroup", rest::kDeleteMarginOrderGroup);
constinit const TypeInfo Schema<rest::ResetMarginOrderGroup>::type =
    object_type<rest::ResetMarginOrderGroup>("ResetMarginOrderGroup", rest::kResetMarginOrderGroup);
constinit const TypeInfo Schema<rest::TriggerMarginOrderGroup>::type =
    object_type<rest::TriggerMarginOrderGroup>("TriggerMarginOrderGroup", rest::kTriggerMarginOrderGroup);
constinit const TypeInfo Schema<rest::UpdateMarginOrderGroupLimit>::type =
    object_type<rest::UpdateMarginOrderGroupLimit>("UpdateMarginOrderGroupLimit", rest::kUpdateMarginOrderGroupLimit);
}  // namespace marginfix::json
