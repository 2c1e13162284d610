// Klear's operations, in the order of the specification's table.
#include <array>

#include "marginfix/klear/balances.hpp"
#include "marginfix/klear/fcm.hpp"
#include "marginfix/klear/margin.hpp"
#include "marginfix/klear/obligations.hpp"
#include "marginfix/klear/reports.hpp"

namespace marginfix::rest {
namespace {

constexpr std::array kKlear = {&Operation<klear::GetMarginReports>::info,
                               &Operation<klear::GetActiveMarginObligations>::info,
                               &Operation<klear::GetObligationHistory>::info,
                               &Operation<klear::GetObligationSettlementDetails>::info,
                               &Operation<klear::GetObligationFundingPayments>::info,
                               &Operation<klear::GetObligationCorporateActionPayments>::info,
                               &Operation<klear::GetObligationMaintenanceMarginDetails>::info,
                               &Operation<klear::GetMemberFundingPayments>::info,
                               &Operation<klear::GetLargeTraderPositions>::info,
                               &Operation<klear::EstimatePortfolioMaintenanceMargin>::info,
                               &Operation<klear::GetMaintenanceMarginMetadata>::info,
                               &Operation<klear::GetSettlementEstimateByAssetClass>::info,
                               &Operation<klear::GetFundingEstimateByAssetClass>::info,
                               &Operation<klear::GetMarginFundingSchedule>::info,
                               &Operation<klear::GetSettlementPrices>::info,
                               &Operation<klear::GetSettlementBalance>::info,
                               &Operation<klear::GetGuarantyFundBalance>::info,
                               &Operation<klear::GetSettlementBalanceHistory>::info,
                               &Operation<klear::WithdrawSettlementBalance>::info,
                               &Operation<klear::GetSettlementBalanceWithdrawal>::info,
                               &Operation<klear::GetMarginSubtraderGroups>::info,
                               &Operation<klear::CreateMarginSubtraderGroup>::info,
                               &Operation<klear::UpdateMarginSubtraderGroup>::info,
                               &Operation<klear::DeleteMarginSubtraderGroup>::info,
                               &Operation<klear::CreateMarginFcmApiKey>::info,
                               &Operation<klear::ListMarginFcmApiKeys>::info,
                               &Operation<klear::GenerateMarginFcmApiKey>::info,
                               &Operation<klear::DeleteMarginFcmApiKey>::info};

}  // namespace

std::span<const OperationInfo* const> klear_operations() { return kKlear; }

}  // namespace marginfix::rest
