#include "contract/rest/openapi/klear.hpp"

#include "marginfix/klear/obligations.hpp"

namespace marginfix::openapi {
namespace {

// The file types them as plain strings and says in words what they are.
void klear_decimals(std::vector<Deviation>& list) {
  for (const char* place :
       {"SettlementDetail.position_quantity_fp", "FundingPaymentDetail.position_quantity_fp", "MemberFundingPayment.position_quantity_fp",
        "CorporateActionPaymentDetail.position_quantity_fp", "CorporateActionPaymentDetail.post_position_quantity_fp"}) {
    list.push_back({place, "type", "the file has string, we have FixedPointCount", "contracts, by its description"});
  }
  for (const char* place :
       {"EstimatePortfolioMaintenanceMarginPosition.price", "EstimatePortfolioMaintenanceMarginResponse.maintenance_margin_fp",
        "EstimatePortfolioMaintenanceMarginResponse.base_margin_fp", "EstimatePortfolioMaintenanceMarginResponse.hvar_fp",
        "EstimatePortfolioMaintenanceMarginResponse.apc_fp", "EstimatePortfolioMaintenanceMarginResponse.funding_addon_fp",
        "EstimatePortfolioMaintenanceMarginResponse.liquidation_addon_fp", "MarketSettlementEstimate.session_avg_price_fp",
        "WithdrawSettlementBalanceRequest.amount", "GetSettlementBalanceWithdrawalResponse.amount"}) {
    list.push_back({place, "type", "the file has string, we have FixedPointDollars", "dollars, by its description"});
  }
}

}  // namespace

Expectation klear_expectation() {
  Expectation e;
  e.operations = rest::klear_operations();
  e.more_schemas = {&json::type_of<klear::ErrorResponse>(), &json::type_of<klear::ObligationInfo>()};
  e.units = {{"_centicents", "centicents"}, {".settlement_prices{}", "centicents"}, {"_centicount", "centicount"}};
  klear_decimals(e.deviations);
  for (const char* place : {"CreateMarginSubtraderGroupRequest.subtrader_ids[]", "UpdateMarginSubtraderGroupRequest.subtrader_ids[]"}) {
    e.deviations.push_back({place, "range", "of the items: minLength 1", "a rule of the operation checks it"});
  }
  return e;
}

}  // namespace marginfix::openapi
