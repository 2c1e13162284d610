// Family `order_groups`: a group limits the contracts its orders may match within a rolling window of 15 seconds; on reaching the limit
// its orders are canceled and none may be placed in it until it is reset. Plain values.
// Source: rest-perps.md "Order groups", operations 18 to 24.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/rest/common.hpp"

namespace marginfix::rest {

// One of the two limits; both only if they agree.
struct CreateOrderGroupRequest {
  std::optional<std::int32_t> subaccount{};
  std::optional<std::int64_t> contracts_limit{};        // whole contracts
  std::optional<FixedPointCount> contracts_limit_fp{};  // the same limit as a Count
  std::optional<std::int32_t> exchange_index{};
};

struct CreateOrderGroupResponse {
  std::string order_group_id{};
  std::optional<std::int32_t> subaccount{};
  std::optional<std::int32_t> exchange_index{};
  json::UnknownMembers unknown{};
};

struct OrderGroup {
  std::string id{};
  std::optional<FixedPointCount> contracts_limit_fp{};  // per rolling 15 s
  bool is_auto_cancel_enabled{false};
  std::optional<std::int32_t> exchange_index{};
  json::UnknownMembers unknown{};
};

struct GetOrderGroupsResponse {
  std::vector<OrderGroup> order_groups{};  // the list may be absent
  json::UnknownMembers unknown{};
};

struct GetOrderGroupResponse {
  bool is_auto_cancel_enabled{false};
  std::optional<FixedPointCount> contracts_limit_fp{};
  std::vector<std::string> orders{};  // order ids
  std::optional<std::int32_t> exchange_index{};
  json::UnknownMembers unknown{};
};

// One of the two; equal if both.
struct UpdateOrderGroupLimitRequest {
  std::optional<std::int64_t> contracts_limit{};
  std::optional<FixedPointCount> contracts_limit_fp{};
};

// GET /margin/order_groups
struct GetMarginOrderGroups {
  using Response = GetOrderGroupsResponse;
  std::optional<std::int32_t> subaccount{};  // absent = all
};

// GET /margin/order_groups/{order_group_id}
struct GetMarginOrderGroup {
  using Response = GetOrderGroupResponse;
  std::string order_group_id{};
  std::optional<std::int32_t> subaccount{};  // absent = all
};

// POST /margin/order_groups/create
struct CreateMarginOrderGroup {
  using Response = CreateOrderGroupResponse;
  CreateOrderGroupRequest body{};
};

// DELETE /margin/order_groups/{order_group_id}: cancels all its orders
struct DeleteMarginOrderGroup {
  using Response = EmptyResponse;
  std::string order_group_id{};
  std::optional<std::int32_t> subaccount{};
};

// PUT /margin/order_groups/{order_group_id}/reset
struct ResetMarginOrderGroup {
  using Response = EmptyResponse;
  std::string order_group_id{};
  std::optional<std::int32_t> subaccount{};
  EmptyResponse body{};
};

// PUT /margin/order_groups/{order_group_id}/trigger
struct TriggerMarginOrderGroup {
  using Response = EmptyResponse;
  std::string order_group_id{};
  std::optional<std::int32_t> subaccount{};
  EmptyResponse body{};
};

// PUT /margin/order_groups/{order_group_id}/limit
struct UpdateMarginOrderGroupLimit {
  using Response = EmptyResponse;
  std::string order_group_id{};
  std::optional<std::int32_t> subaccount{};
  UpdateOrderGroupLimitRequest body{};
};

}  // namespace marginfix::rest

MARGINFIX_SCHEMA(marginfix::rest::CreateOrderGroupRequest);
MARGINFIX_SCHEMA(marginfix::rest::CreateOrderGroupResponse);
MARGINFIX_SCHEMA(marginfix::rest::OrderGroup);
MARGINFIX_SCHEMA(marginfix::rest::GetOrderGroupsResponse);
MARGINFIX_SCHEMA(marginfix::rest::GetOrderGroupResponse);
MARGINFIX_SCHEMA(marginfix::rest::UpdateOrderGroupLimitRequest);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginOrderGroups);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginOrderGroup);
MARGINFIX_SCHEMA(marginfix::rest::CreateMarginOrderGroup);
MARGINFIX_SCHEMA(marginfix::rest::DeleteMarginOrderGroup);
MARGINFIX_SCHEMA(marginfix::rest::ResetMarginOrderGroup);
MARGINFIX_SCHEMA(marginfix::rest::TriggerMarginOrderGroup);
MARGINFIX_SCHEMA(marginfix::rest::UpdateMarginOrderGroupLimit);
MARGINFIX_OPERATION(marginfix::rest::GetMarginOrderGroups);
MARGINFIX_OPERATION(marginfix::rest::GetMarginOrderGroup);
MARGINFIX_OPERATION(marginfix::rest::CreateMarginOrderGroup);
MARGINFIX_OPERATION(marginfix::rest::DeleteMarginOrderGroup);
MARGINFIX_OPERATION(marginfix::rest::ResetMarginOrderGroup);
MARGINFIX_OPERATION(marginfix::rest::TriggerMarginOrderGroup);
MARGINFIX_OPERATION(marginfix::rest::UpdateMarginOrderGroupLimit);
