// The tables of klear/obligations.hpp.
#include "marginfix/klear/obligations.hpp"

#include "rest/klear/tables.hpp"

namespace marginfix::klear {
namespace {

constexpr FieldInfo kObligationInfo[] = {field<&ObligationInfo::id>("id"),
                                         field<&ObligationInfo::user_id>("user_id").expected(),
                                         field<&ObligationInfo::amount_centicents>("amount_centicents"),
                                         field<&ObligationInfo::fees_centicents>("fees_centicents"),
                                         field<&ObligationInfo::maintenance_margin_centicents>("maintenance_margin_centicents"),
                                         field<&ObligationInfo::pnl_centicents>("pnl_centicents"),
                                         field<&ObligationInfo::execution_time>("execution_time"),
                                         field<&ObligationInfo::last_updated_ts>("last_updated_ts").expected(),
                                         field<&ObligationInfo::asset_class>("asset_class")};
constexpr FieldInfo kObligationReceiveInfo[] = {field<&ObligationReceiveInfo::id>("id"),
                                                field<&ObligationReceiveInfo::type>("type").expected(),
                                                field<&ObligationReceiveInfo::amount_centicents>("amount_centicents"),
                                                field<&ObligationReceiveInfo::external_reference>("external_reference").expected(),
                                                field<&ObligationReceiveInfo::created_ts>("created_ts").expected()};
constexpr FieldInfo kSettlementDetail[] = {field<&SettlementDetail::id>("id"),
                                           field<&SettlementDetail::market_ticker>("market_ticker"),
                                           field<&SettlementDetail::subtrader_id>("subtrader_id"),
                                           field<&SettlementDetail::position_quantity_fp>("position_quantity_fp"),
                                           field<&SettlementDetail::pnl_centicents>("pnl_centicents"),
                                           field<&SettlementDetail::total_fees_centicents>("total_fees_centicents"),
                                           field<&SettlementDetail::total_amount_centicents>("total_amount_centicents")};
constexpr FieldInfo kFundingPaymentDetail[] = {field<&FundingPaymentDetail::id>("id"),
                                               field<&FundingPaymentDetail::market_ticker>("market_ticker"),
                                               field<&FundingPaymentDetail::subtrader_id>("subtrader_id"),
                                               field<&FundingPaymentDetail::funding_time>("funding_time"),
                                               field<&FundingPaymentDetail::position_quantity_fp>("position_quantity_fp"),
                                               field<&FundingPaymentDetail::notional_value_centicents>("notional_value_centicents"),
                                               field<&FundingPaymentDetail::funding_amount_centicents>("funding_amount_centicents")};
constexpr FieldInfo kMemberFundingPayment[] = {
    field<&MemberFundingPayment::id>("id"),
    field<&MemberFundingPayment::market_ticker>("market_ticker"),
    field<&MemberFundingPayment::subtrader_id>("subtrader_id"),
    field<&MemberFundingPayment::funding_time>("funding_time"),
    field<&MemberFundingPayment::position_quantity_fp>("position_quantity_fp"),
    field<&MemberFundingPayment::notional_value_centicents>("notional_value_centicents"),
    field<&MemberFundingPayment::funding_amount_centicents>("funding_amount_centicents"),
    field<&MemberFundingPayment::settlement_execution_time>("settlement_execution_time").expected()};
constexpr FieldInfo kCorporateActionPaymentDetail[] = {
    field<&CorporateActionPaymentDetail::id>("id"),
    field<&CorporateActionPaymentDetail::type>("type"),
    field<&CorporateActionPaymentDetail::ca_id>("ca_id"),
    field<&CorporateActionPaymentDetail::market_id>("market_id").expected(),
    field<&CorporateActionPaymentDetail::market_ticker>("market_ticker"),
    field<&CorporateActionPaymentDetail::asset_class>("asset_class").expected(),
    field<&CorporateActionPaymentDetail::subtrader_id>("subtrader_id"),
    field<&CorporateActionPaymentDetail::position_quantity_fp>("position_quantity_fp"),
    field<&CorporateActionPaymentDetail::post_position_quantity_fp>("post_position_quantity_fp"),
    field<&CorporateActionPaymentDetail::payment_amount_centicents>("payment_amount_centicents"),
    field<&CorporateActionPaymentDetail::payment_time>("payment_time").expected(),
    field<&CorporateActionPaymentDetail::settlement_execution_time>("settlement_execution_time").expected(),
    field<&CorporateActionPaymentDetail::pre_split_price_centicents>("pre_split_price_centicents"),
    field<&CorporateActionPaymentDetail::post_split_price_centicents>("post_split_price_centicents"),
    field<&CorporateActionPaymentDetail::exchange_ts>("exchange_ts"),
    field<&CorporateActionPaymentDetail::created_ts>("created_ts").expected()};
constexpr FieldInfo kMaintenanceMarginDetail[] = {
    field<&MaintenanceMarginDetail::id>("id"), field<&MaintenanceMarginDetail::subtrader_id>("subtrader_id"),
    field<&MaintenanceMarginDetail::margin_group_id>("margin_group_id"),
    field<&MaintenanceMarginDetail::maintenance_margin_centicents>("maintenance_margin_centicents"),
    field<&MaintenanceMarginDetail::maintenance_margin_delta_centicents>("maintenance_margin_delta_centicents")};
constexpr FieldInfo kObligationEntry[] = {
    field<&ObligationEntry::id>("id"),
    field<&ObligationEntry::user_id>("user_id").expected(),
    field<&ObligationEntry::amount_centicents>("amount_centicents"),
    field<&ObligationEntry::fees_centicents>("fees_centicents"),
    field<&ObligationEntry::maintenance_margin_centicents>("maintenance_margin_centicents"),
    field<&ObligationEntry::pnl_centicents>("pnl_centicents"),
    field<&ObligationEntry::execution_time>("execution_time"),
    field<&ObligationEntry::last_updated_ts>("last_updated_ts").expected(),
    field<&ObligationEntry::asset_class>("asset_class"),
    field<&ObligationEntry::receives>("receives"),
    field<&ObligationEntry::settlement_details>("settlement_details"),
    field<&ObligationEntry::maintenance_margin_details>("maintenance_margin_details"),
    field<&ObligationEntry::funding_payments>("funding_payments"),
    field<&ObligationEntry::corporate_action_payments>("corporate_action_payments"),
    field<&ObligationEntry::corporate_action_payments_truncated>("corporate_action_payments_truncated").not_required(),
    field<&ObligationEntry::settlement_details_truncated>("settlement_details_truncated").not_required(),
    field<&ObligationEntry::maintenance_margin_details_truncated>("maintenance_margin_details_truncated").not_required(),
    field<&ObligationEntry::funding_payments_truncated>("funding_payments_truncated").not_required()};
constexpr FieldInfo kGetActiveMarginObligationsResponse[] = {field<&GetActiveMarginObligationsResponse::obligations>("obligations")};
constexpr FieldInfo kGetObligationHistoryResponse[] = {field<&GetObligationHistoryResponse::obligations>("obligations"),
                                                       field<&GetObligationHistoryResponse::cursor>("cursor")};
constexpr FieldInfo kGetObligationSettlementDetailsResponse[] = {
    field<&GetObligationSettlementDetailsResponse::settlement_details>("settlement_details"),
    field<&GetObligationSettlementDetailsResponse::cursor>("cursor")};
constexpr FieldInfo kGetObligationFundingPaymentsResponse[] = {
    field<&GetObligationFundingPaymentsResponse::funding_payments>("funding_payments"),
    field<&GetObligationFundingPaymentsResponse::cursor>("cursor")};
constexpr FieldInfo kGetObligationCorporateActionPaymentsResponse[] = {
    field<&GetObligationCorporateActionPaymentsResponse::corporate_action_payments>("corporate_action_payments"),
    field<&GetObligationCorporateActionPaymentsResponse::cursor>("cursor")};
constexpr FieldInfo kGetObligationMaintenanceMarginDetailsResponse[] = {
    field<&GetObligationMaintenanceMarginDetailsResponse::maintenance_margin_details>("maintenance_margin_details"),
    field<&GetObligationMaintenanceMarginDetailsResponse::cursor>("cursor")};
constexpr FieldInfo kGetMemberFundingPaymentsResponse[] = {field<&GetMemberFundingPaymentsResponse::payments>("payments"),
                                                           field<&GetMemberFundingPaymentsResponse::cursor>("cursor")};
constexpr FieldInfo kGetObligationHistory[] = {field<&GetObligationHistory::limit>("limit").with(page_size(100)),
                                               field<&GetObligationHistory::cursor>("cursor")};
constexpr FieldInfo kGetObligationSettlementDetails[] = {field<&GetObligationSettlementDetails::obligation_id>("obligation_id"),
                                                         field<&GetObligationSettlementDetails::limit>("limit").with(page_size(1000)),
                                                         field<&GetObligationSettlementDetails::cursor>("cursor")};
constexpr FieldInfo kGetObligationFundingPayments[] = {field<&GetObligationFundingPayments::obligation_id>("obligation_id"),
                                                       field<&GetObligationFundingPayments::limit>("limit").with(page_size(1000)),
                                                       field<&GetObligationFundingPayments::cursor>("cursor")};
constexpr FieldInfo kGetObligationCorporateActionPayments[] = {
    field<&GetObligationCorporateActionPayments::obligation_id>("obligation_id").with(kUuid),
    field<&GetObligationCorporateActionPayments::limit>("limit").with(page_size(1000)),
    field<&GetObligationCorporateActionPayments::cursor>("cursor")};
constexpr FieldInfo kGetObligationMaintenanceMarginDetails[] = {
    field<&GetObligationMaintenanceMarginDetails::obligation_id>("obligation_id"),
    field<&GetObligationMaintenanceMarginDetails::limit>("limit").with(page_size(1000)),
    field<&GetObligationMaintenanceMarginDetails::cursor>("cursor")};
constexpr FieldInfo kGetMemberFundingPayments[] = {
    field<&GetMemberFundingPayments::funding_time>("funding_time"), field<&GetMemberFundingPayments::market_ticker>("market_ticker"),
    field<&GetMemberFundingPayments::limit>("limit").with(page_size(10000)), field<&GetMemberFundingPayments::cursor>("cursor")};

Result<void> check_funding_time(const void* request) {
  if (static_cast<const GetMemberFundingPayments*>(request)->funding_time == Timestamp{}) return broken("funding_time", "is required");
  return {};
}

}  // namespace
}  // namespace marginfix::klear

MARGINFIX_KLEAR_TABLE(ObligationInfo);
MARGINFIX_KLEAR_TABLE(ObligationReceiveInfo);
MARGINFIX_KLEAR_TABLE(SettlementDetail);
MARGINFIX_KLEAR_TABLE(FundingPaymentDetail);
MARGINFIX_KLEAR_TABLE(MemberFundingPayment);
MARGINFIX_KLEAR_TABLE(CorporateActionPaymentDetail);
MARGINFIX_KLEAR_TABLE(MaintenanceMarginDetail);
MARGINFIX_KLEAR_TABLE(ObligationEntry);
MARGINFIX_KLEAR_TABLE(GetActiveMarginObligationsResponse);
MARGINFIX_KLEAR_TABLE(GetObligationHistoryResponse);
MARGINFIX_KLEAR_TABLE(GetObligationSettlementDetailsResponse);
MARGINFIX_KLEAR_TABLE(GetObligationFundingPaymentsResponse);
MARGINFIX_KLEAR_TABLE(GetObligationCorporateActionPaymentsResponse);
MARGINFIX_KLEAR_TABLE(GetObligationMaintenanceMarginDetailsResponse);
MARGINFIX_KLEAR_TABLE(GetMemberFundingPaymentsResponse);
MARGINFIX_KLEAR_EMPTY(GetActiveMarginObligations);
MARGINFIX_KLEAR_TABLE(GetObligationHistory);
MARGINFIX_KLEAR_TABLE(GetObligationSettlementDetails);
MARGINFIX_KLEAR_TABLE(GetObligationFundingPayments);
MARGINFIX_KLEAR_TABLE(GetObligationCorporateActionPayments);
MARGINFIX_KLEAR_TABLE(GetObligationMaintenanceMarginDetails);
MARGINFIX_KLEAR_TABLE(GetMemberFundingPayments);

namespace marginfix::rest {

constinit const OperationInfo Operation<klear::GetActiveMarginObligations>::info =
    klear::klear_read<klear::GetActiveMarginObligations>("GetActiveMarginObligations", "active_obligations", "/margin/active_obligations",
                                                         "Obligations of the present cycle, by asset class and id");
constinit const OperationInfo Operation<klear::GetObligationHistory>::info = klear::klear_pages<klear::GetObligationHistory>(
    "GetObligationHistory", "obligation_history", "/margin/obligation_history", "Completed obligations, newest first", "obligations");
constinit const OperationInfo Operation<klear::GetObligationSettlementDetails>::info =
    klear::klear_pages<klear::GetObligationSettlementDetails>("GetObligationSettlementDetails", "settlement_details",
                                                              "/margin/obligations/{obligation_id}/settlement_details",
                                                              "All settlement rows of one obligation", "settlement_details");
constinit const OperationInfo Operation<klear::GetObligationFundingPayments>::info =
    klear::klear_pages<klear::GetObligationFundingPayments>("GetObligationFundingPayments", "funding_payments",
                                                            "/margin/obligations/{obligation_id}/funding_payments",
                                                            "All funding rows of one obligation", "funding_payments");
constinit const OperationInfo Operation<klear::GetObligationCorporateActionPayments>::info =
    klear::klear_pages<klear::GetObligationCorporateActionPayments>("GetObligationCorporateActionPayments", "corporate_action_payments",
                                                                    "/margin/obligations/{obligation_id}/corporate_action_payments",
                                                                    "All corporate-action rows of one obligation",
                                                                    "corporate_action_payments");
constinit const OperationInfo Operation<klear::GetObligationMaintenanceMarginDetails>::info =
    klear::klear_pages<klear::GetObligationMaintenanceMarginDetails>("GetObligationMaintenanceMarginDetails", "maintenance_margin_details",
                                                                     "/margin/obligations/{obligation_id}/maintenance_margin_details",
                                                                     "All maintenance-margin rows of one obligation",
                                                                     "maintenance_margin_details");
constinit const OperationInfo Operation<klear::GetMemberFundingPayments>::info = klear::with_check(
    klear::klear_pages<klear::GetMemberFundingPayments>("GetMemberFundingPayments", "member_funding_payments", "/margin/funding_payments",
                                                        "The member's payments of one funding execution", "payments"),
    klear::check_funding_time);

}  // namespace marginfix::rest
