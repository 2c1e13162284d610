// The table of transfers, subaccounts, exit triggers and FCMs (operations 37 to 53 of rest-perps.md).
#include "sim/doors/rest/member_endpoints.hpp"

#include "sim/doors/rest/account_endpoints.hpp"

namespace marginfix::sim {
namespace {

constexpr std::string_view kCross = "/margin/cross/positions/{ticker}/exit_trigger",
                           kCrossOne = "/margin/cross/positions/{ticker}/exit_trigger/{trigger_id}",
                           kIsolated = "/margin/isolated/positions/{ticker}/exit_trigger",
                           kControls = "/margin/fcm/subtraders/risk_controls", kLimit = "/margin/fcm/notional_risk_limit";
constexpr std::string_view kInstanceNames =
    "client_transfer_id source destination amount source_exchange_shard destination_exchange_shard source_subaccount "
    "destination_subaccount";
constexpr std::string_view kBetweenNames = "client_transfer_id from_subaccount to_subaccount amount_cents exchange_index";
constexpr std::string_view kCrossNames =
    "count anchor_order_id client_trigger_id kind stop_loss_price take_profit_price trail_amount trail_bps";
constexpr std::string_view kIsolatedNames = "kind stop_loss_price take_profit_price trail_amount trail_bps";
constexpr std::string_view kScopeNames = "subtrader_id market_ticker asset_class";

const Endpoint<RestDoorContext> kMemberEndpoints[] = {
    {"POST", "/portfolio/intra_exchange_instance_transfer", EndpointAuth::Key, 10, "", kInstanceNames, instance_transfer},
    {"POST", "/portfolio/margin/subaccounts", EndpointAuth::Key, 10, "", "", create_subaccount},
    {"POST", "/portfolio/margin/subaccounts/transfer", EndpointAuth::Key, 10, "", kBetweenNames, transfer_subaccount},
    {"PUT", kCross, EndpointAuth::Key, 10, "subaccount", kCrossNames, set_cross_exit_trigger},
    {"GET", kCross, EndpointAuth::Key, 10, "subaccount kind", "", cross_exit_triggers},
    {"DELETE", kCross, EndpointAuth::Key, 10, "subaccount kind", "", cancel_cross_exit_triggers},
    {"PUT", kCrossOne, EndpointAuth::Key, 10, "subaccount", "stop_loss_price take_profit_price", update_cross_exit_trigger},
    {"DELETE", kCrossOne, EndpointAuth::Key, 10, "subaccount", "", cancel_cross_exit_trigger},
    {"PUT", kIsolated, EndpointAuth::Key, 10, "", kIsolatedNames, set_isolated_exit_trigger},
    {"GET", kIsolated, EndpointAuth::Key, 10, "kind", "", isolated_exit_triggers},
    {"DELETE", kIsolated, EndpointAuth::Key, 10, "kind", "", cancel_isolated_exit_triggers},
    {"POST", "/margin/fcm/subtraders", EndpointAuth::Key, 10, "", "subtrader_suffix require_category_cap", create_subtrader},
    {"GET", kControls, EndpointAuth::Key, 10, kScopeNames, "", get_risk_controls},
    {"PUT", kControls, EndpointAuth::Key, 10, "", "subtrader_id market_ticker asset_class im_cap", update_risk_controls},
    {"DELETE", kControls, EndpointAuth::Key, 10, kScopeNames, "", delete_risk_controls},
    {"PUT", kLimit, EndpointAuth::Key, 10, "", "notional_value_risk_limit", update_notional_limit},
    {"DELETE", kLimit, EndpointAuth::Key, 10, "", "", delete_notional_limit},
};

}  // namespace

std::span<const Endpoint<RestDoorContext>> member_endpoints() { return kMemberEndpoints; }

}  // namespace marginfix::sim
