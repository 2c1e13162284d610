// The table of orders and order groups.
#include "sim/doors/rest/orders.hpp"

namespace marginfix::sim {
namespace {

constexpr std::string_view kOrder = "/margin/orders/{order_id}", kGroups = "/margin/order_groups",
                           kGroup = "/margin/order_groups/{order_group_id}";
constexpr std::string_view kCreateNames =
    "ticker market_id client_order_id side count price expiration_time time_in_force post_only self_trade_prevention_type "
    "cancel_order_on_pause reduce_only subaccount order_group_id market_version";
constexpr std::string_view kAmendNames = "ticker market_id side price count client_order_id updated_client_order_id expiration_time";
constexpr std::string_view kListNames = "ticker min_ts max_ts status limit cursor subaccount";
constexpr std::string_view kLegacyNames = "subtrader_id ticker status min_ts max_ts limit cursor";

const Endpoint<RestDoorContext> kOrderEndpoints[] = {
    {"POST", "/margin/orders", EndpointAuth::Key, 10, "", kCreateNames, create_order, nullptr, true},
    {"GET", "/margin/orders", EndpointAuth::Key, 10, kListNames, "", list_orders},
    {"DELETE", "/margin/orders", EndpointAuth::Key, kCancelCost, "subaccount", "", cancel_all_orders},
    {"GET", kOrder, EndpointAuth::Key, 10, "", "", get_order},
    {"DELETE", kOrder, EndpointAuth::Key, kCancelCost, "subaccount", "", cancel_order},
    {"POST", "/margin/orders/{order_id}/decrease", EndpointAuth::Key, kCancelCost, "subaccount", "reduce_by reduce_to", decrease_order},
    {"POST", "/margin/orders/{order_id}/amend", EndpointAuth::Key, 10, "subaccount", kAmendNames, amend_order, nullptr, true},
    {"GET", kGroups, EndpointAuth::Key, 10, "subaccount", "", list_groups},
    {"GET", kGroup, EndpointAuth::Key, 10, "subaccount", "", get_group},
    {"POST", "/margin/order_groups/create", EndpointAuth::Key, 10, "", "subaccount contracts_limit contracts_limit_fp exchange_index",
     create_group},
    {"DELETE", kGroup, EndpointAuth::Key, 10, "subaccount", "", delete_group},
    {"PUT", "/margin/order_groups/{order_group_id}/reset", EndpointAuth::Key, 10, "subaccount", "", reset_group},
    {"PUT", "/margin/order_groups/{order_group_id}/trigger", EndpointAuth::Key, 10, "subaccount", "", trigger_group},
    {"PUT", "/margin/order_groups/{order_group_id}/limit", EndpointAuth::Key, 10, "subaccount", "contracts_limit contracts_limit_fp",
     update_group_limit},
    {"GET", "/margin/fcm/orders", EndpointAuth::Key, 10, kLegacyNames, "", list_fcm_orders},
};

}  // namespace

std::span<const Endpoint<RestDoorContext>> order_endpoints() { return kOrderEndpoints; }

}  // namespace marginfix::sim
