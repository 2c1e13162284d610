// What holds for the list of operations as a whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "marginfix/rest/account.hpp"
#include "marginfix/rest/operation.hpp"

namespace marginfix::rest {
namespace {

const json::FieldInfo* field_of(const json::TypeInfo& type, std::string_view name) {
  const auto found = std::ranges::find_if(type.fields, [&](const json::FieldInfo& f) { return f.name == name; });
  return found == type.fields.end() ? nullptr : &*found;
}

std::size_t count_of(Since since) {
  return static_cast<std::size_t>(std::ranges::count_if(perps_operations(), [=](const OperationInfo* i) { return i->since == since; }));
}

TEST(RestOperations, FiftyThreeTheLegacyOneAndTheUnlistedOne) {
  EXPECT_EQ(perps_operations().size(), 55U);
  EXPECT_EQ(count_of(Since::original), 34U);
  EXPECT_EQ(count_of(Since::newer), 19U);
  EXPECT_EQ(count_of(Since::legacy), 1U);
  EXPECT_EQ(count_of(Since::unlisted), 1U);
  EXPECT_EQ(std::ranges::count_if(perps_operations(), &OperationInfo::is_public), 13);
  EXPECT_EQ(std::ranges::count_if(perps_operations(), [](const OperationInfo* i) { return i->auth == Auth::key_or_oauth; }), 2);
}

TEST(RestOperations, NamesAreUniqueAndFound) {
  std::set<std::string_view> ids;
  for (const auto operations : {perps_operations(), klear_operations()}) {
    for (const OperationInfo* info : operations) {
      EXPECT_TRUE(ids.insert(info->operation_id).second) << info->operation_id;
      EXPECT_EQ(find_operation(info->api, info->family, info->name), info) << info->operation_id;
      EXPECT_FALSE(info->summary.empty()) << info->operation_id;
      EXPECT_EQ(info->summary.find('\n'), std::string_view::npos) << info->operation_id;
    }
  }
  EXPECT_EQ(find_operation(Api::perps, "markets", "orderbooks"), nullptr);
  EXPECT_EQ(find_operation(Api::perps, "", "list"), nullptr);
  ASSERT_NE(find_operation(Api::perps, "markets", "bulk_orderbooks"), nullptr);
  const OperationInfo* legacy = find_operation(Api::perps, "orders", "list_fcm");
  ASSERT_NE(legacy, nullptr);
  EXPECT_EQ(legacy->since, Since::legacy);
}

// The families and names of the specification's table, in its order; what it does not list comes last.
TEST(RestOperations, SdkNames) {
  std::string names;
  for (const OperationInfo* info : perps_operations()) names += std::string(info->family) + '.' + std::string(info->name) + ' ';
  EXPECT_EQ(names,
            "exchange.status exchange.enabled exchange.risk_parameters markets.list markets.get markets.orderbook "
            "markets.bulk_orderbooks markets.candlesticks portfolio.trades margin.corporate_actions orders.create orders.list orders.get "
            "orders.cancel orders.cancel_all orders.decrease orders.amend order_groups.list order_groups.get order_groups.create "
            "order_groups.delete order_groups.reset order_groups.trigger order_groups.update_limit portfolio.positions portfolio.fills "
            "margin.balance margin.risk margin.notional_risk_limit margin.fee_tiers margin.fee_tier_rates margin.api_limits "
            "funding.rate_estimate funding.historical_rates funding.premium_index funding.history transfers.transfer_instance "
            "transfers.create_subaccount transfers.transfer_subaccount portfolio.set_cross_exit_trigger portfolio.cross_exit_triggers "
            "portfolio.cancel_cross_exit_triggers portfolio.update_cross_exit_trigger portfolio.cancel_cross_exit_trigger "
            "portfolio.set_isolated_exit_trigger portfolio.isolated_exit_triggers portfolio.cancel_isolated_exit_triggers "
            "fcm.create_subtrader fcm.risk_controls fcm.update_risk_controls fcm.delete_risk_controls fcm.update_notional_risk_limit "
            "fcm.delete_notional_risk_limit orders.list_fcm account.endpoint_costs ");
}

TEST(RestOperations, EveryPlaceOfAPathHasItsParameter) {
  for (const OperationInfo* info : perps_operations()) {
    for (auto open = info->path.find('{'); open != std::string_view::npos; open = info->path.find('{', open + 1)) {
      const auto name = info->path.substr(open + 1, info->path.find('}', open) - open - 1);
      const json::FieldInfo* field = field_of(*info->request, name);
      ASSERT_NE(field, nullptr) << info->operation_id << ' ' << name;
      EXPECT_TRUE(field->required);
    }
    EXPECT_EQ(info->body != nullptr, info->body_at != nullptr) << info->operation_id;
    EXPECT_EQ(field_of(*info->request, "body"), nullptr) << info->operation_id;
  }
}

TEST(RestOperations, ListsThatPage) {
  std::set<std::string_view> paging;
  for (const OperationInfo* info : perps_operations()) {
    EXPECT_EQ(info->pages(), field_of(*info->request, "cursor") != nullptr) << info->operation_id;
    if (!info->pages()) continue;
    paging.insert(info->operation_id);
    const json::FieldInfo* items = field_of(*info->response, info->page_items);
    ASSERT_NE(items, nullptr) << info->operation_id;
    EXPECT_EQ(items->type->kind, json::Kind::array);
    EXPECT_NE(field_of(*info->response, "cursor"), nullptr) << info->operation_id;
    EXPECT_TRUE(info->is_read());
  }
  EXPECT_EQ(paging, (std::set<std::string_view>{"GetMarginOrders", "GetMarginFills", "GetMarginTrades", "ListMarginFCMOrders"}));
}

TEST(RestOperations, CancelsCostATokenCreatesAndAmendsSpendTheShard) {
  const auto kind = [](std::string_view name) { return find_operation(Api::perps, "orders", name)->kind(); };
  for (const char* name : {"cancel", "cancel_all", "decrease"}) {
    EXPECT_EQ(kind(name), RequestKind::cancel) << name;
    EXPECT_EQ(find_operation(Api::perps, "orders", name)->cost, 1) << name;
  }
  for (const char* name : {"create", "amend"}) {
    EXPECT_EQ(kind(name), RequestKind::order) << name;
    EXPECT_NE(find_operation(Api::perps, "orders", name)->ticker_of, nullptr) << name;
  }
  EXPECT_EQ(kind("list"), RequestKind::read);
  EXPECT_EQ(find_operation(Api::perps, "order_groups", "trigger")->kind(), RequestKind::write);
}

EndpointTokenCost token_cost(std::string method, std::string path, std::int32_t cost) {
  EndpointTokenCost out;
  out.method = std::move(method);
  out.path = std::move(path);
  out.cost = cost;
  return out;
}

TEST(EndpointCosts, SetTheStandardAndTheCancel) {
  GetAccountEndpointCostsResponse told;
  told.default_cost = 12;
  told.endpoint_costs = {token_cost("DELETE", "/trade-api/v2/margin/orders", 5),
                         token_cost("GET", "/trade-api/v2/margin/orders/{order_id}", 6),
                         token_cost("DELETE", "/trade-api/v2/margin/orders/{order_id}", 2)};
  EXPECT_EQ(request_costs(told).standard, 12);
  EXPECT_EQ(request_costs(told).cancel, 2);
  told.endpoint_costs.pop_back();
  EXPECT_EQ(request_costs(told).cancel, 12) << "what is not listed costs the default";
}

TEST(EndpointCosts, OfEventContractsSayNothingOfACancelOfPerps) {
  GetAccountEndpointCostsResponse told;
  told.default_cost = 10;
  EXPECT_EQ(request_costs(told).cancel, 0);
  told.endpoint_costs = {token_cost("DELETE", "/trade-api/v2/portfolio/orders/{order_id}", 2)};
  EXPECT_EQ(request_costs(told).cancel, 0);
  EXPECT_EQ(request_costs(told).standard, 10);
}

TEST(RestOperations, ReadsHaveNoBodyAndNothingComesWithA204) {
  for (const OperationInfo* info : perps_operations()) {
    EXPECT_TRUE(!info->is_read() || info->body == nullptr) << info->operation_id;
    EXPECT_EQ(info->success == 204, info->response == nullptr) << info->operation_id;
    EXPECT_EQ(info->cost, info->operation_id == "GetMarginBalance" ? 5 : RequestCosts{}.of(info->kind())) << info->operation_id;
  }
}

}  // namespace
}  // namespace marginfix::rest
