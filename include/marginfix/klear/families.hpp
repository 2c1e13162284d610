// Klear, the clearing members' API, under the names of the exchange's Python SDK: klear.margin().settlement_balance(). One definition for
// both kinds of client; how calls look and what `*_all` gives: rest/families.hpp. What a member means stands beside the request struct in
// marginfix/klear/*.hpp. Source: klear.md "Operations".
#pragma once

#include <cstddef>
#include <utility>

#include "marginfix/klear/balances.hpp"
#include "marginfix/klear/fcm.hpp"
#include "marginfix/klear/margin.hpp"
#include "marginfix/klear/obligations.hpp"
#include "marginfix/klear/reports.hpp"
#include "marginfix/rest/page_cursor.hpp"

namespace marginfix::klear {

// A method that runs one operation; ..._OR_NONE where an empty request is a good one.
#define MARGINFIX_CALL(name, Op)                                   \
  template <class... Token>                                        \
  auto name(const Op& operation, Token&&... token) const {         \
    return caller_->run(operation, std::forward<Token>(token)...); \
  }
#define MARGINFIX_CALL_OR_NONE(name, Op)                           \
  template <class... Token>                                        \
  auto name(const Op& operation = {}, Token && ... token) const {  \
    return caller_->run(operation, std::forward<Token>(token)...); \
  }
#define MARGINFIX_PAGES(name, Op, items)                                             \
  auto name(const Op& operation, std::size_t limit = rest::kNoLimit) const {         \
    return typename Caller::template PagesOf<Op, items>(*caller_, operation, limit); \
  }
#define MARGINFIX_PAGES_OR_NONE(name, Op, items)                                     \
  auto name(const Op& operation = {}, std::size_t limit = rest::kNoLimit) const {    \
    return typename Caller::template PagesOf<Op, items>(*caller_, operation, limit); \
  }

template <class Caller>
class MarginFamily {
 public:
  explicit MarginFamily(Caller& caller) noexcept : caller_(&caller) {}

  MARGINFIX_CALL(margin_reports, GetMarginReports)  // presigned URLs: secrets
  MARGINFIX_CALL_OR_NONE(large_trader_positions, GetLargeTraderPositions)
  MARGINFIX_CALL_OR_NONE(active_obligations, GetActiveMarginObligations)
  MARGINFIX_CALL_OR_NONE(obligation_history, GetObligationHistory)  // newest first
  MARGINFIX_PAGES_OR_NONE(obligation_history_all, GetObligationHistory, &GetObligationHistoryResponse::obligations)
  MARGINFIX_CALL(settlement_details, GetObligationSettlementDetails)
  MARGINFIX_PAGES(settlement_details_all, GetObligationSettlementDetails, &GetObligationSettlementDetailsResponse::settlement_details)
  MARGINFIX_CALL(funding_payments, GetObligationFundingPayments)
  MARGINFIX_PAGES(funding_payments_all, GetObligationFundingPayments, &GetObligationFundingPaymentsResponse::funding_payments)
  MARGINFIX_CALL(corporate_action_payments, GetObligationCorporateActionPayments)
  MARGINFIX_PAGES(corporate_action_payments_all, GetObligationCorporateActionPayments,
                  &GetObligationCorporateActionPaymentsResponse::corporate_action_payments)
  MARGINFIX_CALL(maintenance_margin_details, GetObligationMaintenanceMarginDetails)
  MARGINFIX_PAGES(maintenance_margin_details_all, GetObligationMaintenanceMarginDetails,
                  &GetObligationMaintenanceMarginDetailsResponse::maintenance_margin_details)
  MARGINFIX_CALL(member_funding_payments, GetMemberFundingPayments)
  MARGINFIX_PAGES(member_funding_payments_all, GetMemberFundingPayments, &GetMemberFundingPaymentsResponse::payments)
  MARGINFIX_CALL(estimate_maintenance_margin, EstimatePortfolioMaintenanceMargin)
  MARGINFIX_CALL(estimate_maintenance_margin_metadata, GetMaintenanceMarginMetadata)
  MARGINFIX_CALL_OR_NONE(settlement_estimate_by_asset_class, GetSettlementEstimateByAssetClass)
  MARGINFIX_CALL_OR_NONE(funding_estimate_by_asset_class, GetFundingEstimateByAssetClass)
  MARGINFIX_CALL(funding_schedule, GetMarginFundingSchedule)
  MARGINFIX_CALL(settlement_prices, GetSettlementPrices)
  MARGINFIX_CALL_OR_NONE(settlement_balance, GetSettlementBalance)
  MARGINFIX_CALL_OR_NONE(guaranty_fund_balance, GetGuarantyFundBalance)
  MARGINFIX_CALL_OR_NONE(settlement_balance_history, GetSettlementBalanceHistory)
  MARGINFIX_PAGES_OR_NONE(settlement_balance_history_all, GetSettlementBalanceHistory, &GetSettlementBalanceHistoryResponse::entries)
  MARGINFIX_CALL(withdraw_settlement_balance, WithdrawSettlementBalance)  // sent once; poll settlement_balance_withdrawal
  MARGINFIX_CALL(settlement_balance_withdrawal, GetSettlementBalanceWithdrawal)
  MARGINFIX_CALL_OR_NONE(list_subtrader_groups, GetMarginSubtraderGroups)
  MARGINFIX_CALL(create_subtrader_group, CreateMarginSubtraderGroup)
  MARGINFIX_CALL(update_subtrader_group, UpdateMarginSubtraderGroup)  // replaces the membership
  MARGINFIX_CALL(delete_subtrader_group, DeleteMarginSubtraderGroup)
  MARGINFIX_CALL(create_fcm_api_key, CreateMarginFcmApiKey)
  MARGINFIX_CALL_OR_NONE(list_fcm_api_keys, ListMarginFcmApiKeys)
  MARGINFIX_CALL(generate_fcm_api_key, GenerateMarginFcmApiKey)  // the private key comes once
  MARGINFIX_CALL(delete_fcm_api_key, DeleteMarginFcmApiKey)

 private:
  Caller* caller_;
};

#undef MARGINFIX_CALL
#undef MARGINFIX_CALL_OR_NONE
#undef MARGINFIX_PAGES
#undef MARGINFIX_PAGES_OR_NONE

}  // namespace marginfix::klear
