// Every method of the families runs the operation it is named after, and together they are all the operations there are.
#include "marginfix/rest/families.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>

#include "marginfix/klear/families.hpp"
#include "marginfix/rest/pages.hpp"

namespace marginfix::rest {
namespace {

// Runs nothing: says which operation it was given.
struct RecordingCaller {
  template <class Op>
  const OperationInfo* run(const Op&) {
    return &Operation<Op>::info;
  }
  template <class Op, auto Items>
  struct PagesOf {
    PagesOf(RecordingCaller&, const Op&, std::size_t) {}
    const OperationInfo* info{&Operation<Op>::info};
    // The list that is walked through is the one the operation's table names.
    static bool walks_its_items() {
      typename Op::Response response{};
      for (const json::FieldInfo& field : Operation<Op>::info.response->fields)
        if (field.name == Operation<Op>::info.page_items) return field.at(&response) == &(response.*Items);
      return false;
    }
  };
};

class Families : public testing::Test {
 protected:
  void is(const OperationInfo* info, std::string_view family, std::string_view name) {
    EXPECT_EQ(info->family, family) << info->operation_id;
    EXPECT_EQ(info->name, name) << info->operation_id;
    EXPECT_TRUE(seen_.insert(std::string(info->operation_id)).second) << info->operation_id << " a second time";
  }
  template <class PagesOf>
  void pages(const PagesOf& pages, std::string_view name) {
    EXPECT_EQ(pages.info->name, name);
    EXPECT_TRUE(pages.info->pages()) << name << " does not page";
    EXPECT_TRUE(pages.walks_its_items()) << name;
    paged_.insert(std::string(pages.info->operation_id));
  }
  void are_all(std::span<const OperationInfo* const> operations) const {
    EXPECT_EQ(seen_.size(), operations.size());
    EXPECT_EQ(paged_.size(), static_cast<std::size_t>(std::ranges::count_if(operations, &OperationInfo::pages)));
  }
  RecordingCaller caller_;
  std::set<std::string> seen_, paged_;
};

TEST_F(Families, OfThePerpsApiAreWhole) {
  ExchangeFamily<RecordingCaller> exchange(caller_);
  is(exchange.status(), "exchange", "status");
  is(exchange.enabled(), "exchange", "enabled");
  is(exchange.risk_parameters(), "exchange", "risk_parameters");
  MarketsFamily<RecordingCaller> markets(caller_);
  is(markets.list(), "markets", "list");
  is(markets.get({}), "markets", "get");
  is(markets.orderbook({}), "markets", "orderbook");
  is(markets.bulk_orderbooks({}), "markets", "bulk_orderbooks");
  is(markets.candlesticks({}), "markets", "candlesticks");
  OrdersFamily<RecordingCaller> orders(caller_);
  is(orders.create({}), "orders", "create");
  is(orders.list(), "orders", "list");
  is(orders.get({}), "orders", "get");
  is(orders.cancel({}), "orders", "cancel");
  is(orders.cancel_all(), "orders", "cancel_all");
  is(orders.decrease({}), "orders", "decrease");
  is(orders.amend({}), "orders", "amend");
  is(orders.list_fcm({}), "orders", "list_fcm");
  pages(orders.list_all(), "list");
  pages(orders.list_all_fcm({}), "list_fcm");
  OrderGroupsFamily<RecordingCaller> groups(caller_);
  is(groups.list(), "order_groups", "list");
  is(groups.get({}), "order_groups", "get");
  is(groups.create({}), "order_groups", "create");
  is(groups.remove({}), "order_groups", "delete");
  is(groups.reset({}), "order_groups", "reset");
  is(groups.trigger({}), "order_groups", "trigger");
  is(groups.update_limit({}), "order_groups", "update_limit");
  PortfolioFamily<RecordingCaller> portfolio(caller_);
  is(portfolio.positions(), "portfolio", "positions");
  is(portfolio.fills(), "portfolio", "fills");
  is(portfolio.trades(), "portfolio", "trades");
  is(portfolio.set_cross_exit_trigger({}), "portfolio", "set_cross_exit_trigger");
  is(portfolio.cross_exit_triggers({}), "portfolio", "cross_exit_triggers");
  is(portfolio.cancel_cross_exit_triggers({}), "portfolio", "cancel_cross_exit_triggers");
  is(portfolio.update_cross_exit_trigger({}), "portfolio", "update_cross_exit_trigger");
  is(portfolio.cancel_cross_exit_trigger({}), "portfolio", "cancel_cross_exit_trigger");
  is(portfolio.set_isolated_exit_trigger({}), "portfolio", "set_isolated_exit_trigger");
  is(portfolio.isolated_exit_triggers({}), "portfolio", "isolated_exit_triggers");
  is(portfolio.cancel_isolated_exit_triggers({}), "portfolio", "cancel_isolated_exit_triggers");
  pages(portfolio.fills_all(), "fills");
  pages(portfolio.trades_all(), "trades");
  MarginFamily<RecordingCaller> margin(caller_);
  is(margin.balance(), "margin", "balance");
  is(margin.risk(), "margin", "risk");
  is(margin.notional_risk_limit(), "margin", "notional_risk_limit");
  is(margin.fee_tiers(), "margin", "fee_tiers");
  is(margin.fee_tier_rates(), "margin", "fee_tier_rates");
  is(margin.api_limits(), "margin", "api_limits");
  is(margin.corporate_actions(), "margin", "corporate_actions");
  FundingFamily<RecordingCaller> funding(caller_);
  is(funding.rate_estimate({}), "funding", "rate_estimate");
  is(funding.historical_rates(), "funding", "historical_rates");
  is(funding.premium_index({}), "funding", "premium_index");
  is(funding.history({}), "funding", "history");
  TransfersFamily<RecordingCaller> transfers(caller_);
  is(transfers.transfer_instance({}), "transfers", "transfer_instance");
  is(transfers.create_subaccount(), "transfers", "create_subaccount");
  is(transfers.transfer_subaccount({}), "transfers", "transfer_subaccount");
  FcmFamily<RecordingCaller> fcm(caller_);
  is(fcm.create_subtrader({}), "fcm", "create_subtrader");
  is(fcm.risk_controls(), "fcm", "risk_controls");
  is(fcm.update_risk_controls({}), "fcm", "update_risk_controls");
  is(fcm.delete_risk_controls({}), "fcm", "delete_risk_controls");
  is(fcm.update_notional_risk_limit({}), "fcm", "update_notional_risk_limit");
  is(fcm.delete_notional_risk_limit(), "fcm", "delete_notional_risk_limit");
  AccountFamily<RecordingCaller> account(caller_);
  is(account.endpoint_costs(), "account", "endpoint_costs");
  are_all(perps_operations());
}

TEST_F(Families, OfKlearAreWhole) {
  klear::MarginFamily<RecordingCaller> margin(caller_);
  for (const auto& [info, name] : std::initializer_list<std::pair<const OperationInfo*, const char*>>{
           {margin.margin_reports({}), "margin_reports"},
           {margin.large_trader_positions(), "large_trader_positions"},
           {margin.active_obligations(), "active_obligations"},
           {margin.obligation_history(), "obligation_history"},
           {margin.settlement_details({}), "settlement_details"},
           {margin.funding_payments({}), "funding_payments"},
           {margin.corporate_action_payments({}), "corporate_action_payments"},
           {margin.maintenance_margin_details({}), "maintenance_margin_details"},
           {margin.member_funding_payments({}), "member_funding_payments"},
           {margin.estimate_maintenance_margin({}), "estimate_maintenance_margin"},
           {margin.estimate_maintenance_margin_metadata({}), "estimate_maintenance_margin_metadata"},
           {margin.settlement_estimate_by_asset_class(), "settlement_estimate_by_asset_class"},
           {margin.funding_estimate_by_asset_class(), "funding_estimate_by_asset_class"},
           {margin.funding_schedule({}), "funding_schedule"},
           {margin.settlement_prices({}), "settlement_prices"},
           {margin.settlement_balance(), "settlement_balance"},
           {margin.guaranty_fund_balance(), "guaranty_fund_balance"},
           {margin.settlement_balance_history(), "settlement_balance_history"},
           {margin.withdraw_settlement_balance({}), "withdraw_settlement_balance"},
           {margin.settlement_balance_withdrawal({}), "settlement_balance_withdrawal"},
           {margin.list_subtrader_groups(), "list_subtrader_groups"},
           {margin.create_subtrader_group({}), "create_subtrader_group"},
           {margin.update_subtrader_group({}), "update_subtrader_group"},
           {margin.delete_subtrader_group({}), "delete_subtrader_group"},
           {margin.create_fcm_api_key({}), "create_fcm_api_key"},
           {margin.list_fcm_api_keys(), "list_fcm_api_keys"},
           {margin.generate_fcm_api_key({}), "generate_fcm_api_key"},
           {margin.delete_fcm_api_key({}), "delete_fcm_api_key"}})
    is(info, "", name);
  pages(margin.obligation_history_all(), "obligation_history");
  pages(margin.settlement_details_all({}), "settlement_details");
  pages(margin.funding_payments_all({}), "funding_payments");
  pages(margin.corporate_action_payments_all({}), "corporate_action_payments");
  pages(margin.maintenance_margin_details_all({}), "maintenance_margin_details");
  pages(margin.member_funding_payments_all({}), "member_funding_payments");
  pages(margin.settlement_balance_history_all(), "settlement_balance_history");
  are_all(klear_operations());
}

}  // namespace
}  // namespace marginfix::rest
