// Settlement obligations of a clearing member and the rows they consist of. Amounts in Centicents, signed: negative = the member pays,
// positive = the member receives. Plain values.
// An ObligationEntry carries at most 1000 rows of each kind; where `..._truncated` is true the whole list comes from the operation of the
// same name, which starts again at the first row. Funding and corporate-action rows explain amounts that `pnl_centicents` already holds:
// never add them to it. Source: klear.md operations 2 to 8, "Paging and truncation", "What a server must do".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/klear/common.hpp"

namespace marginfix::klear {

// The sums of an obligation; ObligationEntry has them too.
struct ObligationInfo {
  std::string id{};
  std::optional<std::string> user_id{};
  Centicents amount_centicents{};              // net of PnL, fees and margin change
  Centicents fees_centicents{};                // trading fees of the period
  Centicents maintenance_margin_centicents{};  // requirement now
  Centicents pnl_centicents{};                 // sum of the settlement details of the cycle
  Timestamp execution_time{};                  // settlement cycle
  std::optional<Timestamp> last_updated_ts{};  // last change of status
  Open<AssetClass> asset_class{};
  json::UnknownMembers unknown{};
};

struct ObligationReceiveInfo {
  std::string id{};
  std::optional<std::string> type{};
  Centicents amount_centicents{};
  std::optional<std::string> external_reference{};
  std::optional<Timestamp> created_ts{};
  json::UnknownMembers unknown{};
};

// One market and subtrader of a settlement.
struct SettlementDetail {
  std::string id{};
  std::string market_ticker{};
  std::string subtrader_id{};
  FixedPointCount position_quantity_fp{};  // signed, at settlement
  Centicents pnl_centicents{};             // includes the market's net funding
  Centicents total_fees_centicents{};
  Centicents total_amount_centicents{};
  json::UnknownMembers unknown{};
};

// One market, subtrader and funding period.
struct FundingPaymentDetail {
  std::string id{};
  std::string market_ticker{};
  std::string subtrader_id{};
  Timestamp funding_time{};
  FixedPointCount position_quantity_fp{};  // signed, at funding
  Centicents notional_value_centicents{};  // signed: position * mark
  Centicents funding_amount_centicents{};  // positive received, negative paid
  json::UnknownMembers unknown{};
};

// FundingPaymentDetail, and the settlement that carries it.
struct MemberFundingPayment {
  std::string id{};
  std::string market_ticker{};
  std::string subtrader_id{};
  Timestamp funding_time{};
  FixedPointCount position_quantity_fp{};
  Centicents notional_value_centicents{};
  Centicents funding_amount_centicents{};
  std::optional<Timestamp> settlement_execution_time{};  // of the omnibus settlement
  json::UnknownMembers unknown{};
};

// Explains amounts already inside settlement PnL.
struct CorporateActionPaymentDetail {
  std::string id{};
  std::string type{};  // an open text
  std::string ca_id{};
  std::optional<std::string> market_id{};
  std::string market_ticker{};
  std::optional<Open<AssetClass>> asset_class{};
  std::string subtrader_id{};
  FixedPointCount position_quantity_fp{};       // signed, before
  FixedPointCount post_position_quantity_fp{};  // signed, after; unchanged for cash
  Centicents payment_amount_centicents{};       // signed; of a split only the cash in lieu
  Nullable<Timestamp> payment_time{};           // null for splits
  std::optional<Timestamp> settlement_execution_time{};
  std::optional<Centicents> pre_split_price_centicents{};   // mark before
  std::optional<Centicents> post_split_price_centicents{};  // mark after
  std::optional<Timestamp> exchange_ts{};
  std::optional<Timestamp> created_ts{};
  json::UnknownMembers unknown{};
};

struct MaintenanceMarginDetail {
  std::string id{};
  std::string subtrader_id{};                        // empty when not populated, or grouped
  std::optional<std::string> margin_group_id{};      // of a grouped subtrader
  Centicents maintenance_margin_centicents{};        // after this settlement
  Centicents maintenance_margin_delta_centicents{};  // against the one before
  json::UnknownMembers unknown{};
};

// ObligationInfo and its rows.
struct ObligationEntry {
  std::string id{};
  std::optional<std::string> user_id{};
  Centicents amount_centicents{};
  Centicents fees_centicents{};
  Centicents maintenance_margin_centicents{};
  Centicents pnl_centicents{};
  Timestamp execution_time{};
  std::optional<Timestamp> last_updated_ts{};
  Open<AssetClass> asset_class{};
  std::vector<ObligationReceiveInfo> receives{};  // payments received
  std::vector<SettlementDetail> settlement_details{};
  std::vector<MaintenanceMarginDetail> maintenance_margin_details{};
  std::vector<FundingPaymentDetail> funding_payments{};
  std::vector<CorporateActionPaymentDetail> corporate_action_payments{};
  bool corporate_action_payments_truncated{false};  // absent = false, here and below
  bool settlement_details_truncated{false};
  bool maintenance_margin_details_truncated{false};
  bool funding_payments_truncated{false};
  json::UnknownMembers unknown{};
};

// Ordered by asset class, then id; empty when nothing is pending.
struct GetActiveMarginObligationsResponse {
  std::vector<ObligationEntry> obligations{};
  json::UnknownMembers unknown{};
};

// In every list that pages: no cursor = the last page.
struct GetObligationHistoryResponse {
  std::vector<ObligationEntry> obligations{};
  std::optional<std::string> cursor{};
  json::UnknownMembers unknown{};
};

struct GetObligationSettlementDetailsResponse {
  std::vector<SettlementDetail> settlement_details{};
  std::optional<std::string> cursor{};
  json::UnknownMembers unknown{};
};

struct GetObligationFundingPaymentsResponse {
  std::vector<FundingPaymentDetail> funding_payments{};
  std::optional<std::string> cursor{};
  json::UnknownMembers unknown{};
};

struct GetObligationCorporateActionPaymentsResponse {
  std::vector<CorporateActionPaymentDetail> corporate_action_payments{};
  std::optional<std::string> cursor{};  // read on until it is absent; the last page may be empty
  json::UnknownMembers unknown{};
};

struct GetObligationMaintenanceMarginDetailsResponse {
  std::vector<MaintenanceMarginDetail> maintenance_margin_details{};
  std::optional<std::string> cursor{};
  json::UnknownMembers unknown{};
};

// Rows exist soon after the funding, before the settlement that carries them.
struct GetMemberFundingPaymentsResponse {
  std::vector<MemberFundingPayment> payments{};
  std::optional<std::string> cursor{};
  json::UnknownMembers unknown{};
};

// GET /margin/active_obligations
struct GetActiveMarginObligations {
  using Response = GetActiveMarginObligationsResponse;
};

// GET /margin/obligation_history: completed ones, newest first
struct GetObligationHistory {
  using Response = GetObligationHistoryResponse;
  std::optional<std::int32_t> limit{};  // at most 100; 20 when absent
  std::optional<std::string> cursor{};
};

// GET /margin/obligations/{obligation_id}/settlement_details
struct GetObligationSettlementDetails {
  using Response = GetObligationSettlementDetailsResponse;
  std::string obligation_id{};
  std::optional<std::int32_t> limit{};  // at most 1000, the default; in the three below too
  std::optional<std::string> cursor{};
};

// GET /margin/obligations/{obligation_id}/funding_payments
struct GetObligationFundingPayments {
  using Response = GetObligationFundingPaymentsResponse;
  std::string obligation_id{};
  std::optional<std::int32_t> limit{};
  std::optional<std::string> cursor{};
};

// GET /margin/obligations/{obligation_id}/corporate_action_payments
struct GetObligationCorporateActionPayments {
  using Response = GetObligationCorporateActionPaymentsResponse;
  std::string obligation_id{};  // a UUID
  std::optional<std::int32_t> limit{};
  std::optional<std::string> cursor{};
};

// GET /margin/obligations/{obligation_id}/maintenance_margin_details
struct GetObligationMaintenanceMarginDetails {
  using Response = GetObligationMaintenanceMarginDetailsResponse;
  std::string obligation_id{};
  std::optional<std::int32_t> limit{};
  std::optional<std::string> cursor{};
};

// GET /margin/funding_payments: of one funding execution
struct GetMemberFundingPayments {
  using Response = GetMemberFundingPaymentsResponse;
  Timestamp funding_time{};
  std::optional<std::string> market_ticker{};
  std::optional<std::int32_t> limit{};  // at most 10000; 1000 when absent
  std::optional<std::string> cursor{};
};

}  // namespace marginfix::klear

MARGINFIX_SCHEMA(marginfix::klear::ObligationInfo);
MARGINFIX_SCHEMA(marginfix::klear::ObligationReceiveInfo);
MARGINFIX_SCHEMA(marginfix::klear::SettlementDetail);
MARGINFIX_SCHEMA(marginfix::klear::FundingPaymentDetail);
MARGINFIX_SCHEMA(marginfix::klear::MemberFundingPayment);
MARGINFIX_SCHEMA(marginfix::klear::CorporateActionPaymentDetail);
MARGINFIX_SCHEMA(marginfix::klear::MaintenanceMarginDetail);
MARGINFIX_SCHEMA(marginfix::klear::ObligationEntry);
MARGINFIX_SCHEMA(marginfix::klear::GetActiveMarginObligationsResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetObligationHistoryResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetObligationSettlementDetailsResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetObligationFundingPaymentsResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetObligationCorporateActionPaymentsResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetObligationMaintenanceMarginDetailsResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetMemberFundingPaymentsResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetActiveMarginObligations);
MARGINFIX_SCHEMA(marginfix::klear::GetObligationHistory);
MARGINFIX_SCHEMA(marginfix::klear::GetObligationSettlementDetails);
MARGINFIX_SCHEMA(marginfix::klear::GetObligationFundingPayments);
MARGINFIX_SCHEMA(marginfix::klear::GetObligationCorporateActionPayments);
MARGINFIX_SCHEMA(marginfix::klear::GetObligationMaintenanceMarginDetails);
MARGINFIX_SCHEMA(marginfix::klear::GetMemberFundingPayments);
MARGINFIX_OPERATION(marginfix::klear::GetActiveMarginObligations);
MARGINFIX_OPERATION(marginfix::klear::GetObligationHistory);
MARGINFIX_OPERATION(marginfix::klear::GetObligationSettlementDetails);
MARGINFIX_OPERATION(marginfix::klear::GetObligationFundingPayments);
MARGINFIX_OPERATION(marginfix::klear::GetObligationCorporateActionPayments);
MARGINFIX_OPERATION(marginfix::klear::GetObligationMaintenanceMarginDetails);
MARGINFIX_OPERATION(marginfix::klear::GetMemberFundingPayments);
