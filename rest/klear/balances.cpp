// The tables of klear/balances.hpp.
#include "marginfix/klear/balances.hpp"

#include "rest/klear/tables.hpp"

namespace marginfix::klear {
namespace {

constexpr FieldInfo kGetSettlementBalanceResponse[] = {
    field<&GetSettlementBalanceResponse::user_id>("user_id").expected(),
    field<&GetSettlementBalanceResponse::balance_available_centicents>("balance_available_centicents"),
    field<&GetSettlementBalanceResponse::locked_balance_centicents>("locked_balance_centicents")};
constexpr FieldInfo kGetGuarantyFundBalanceResponse[] = {field<&GetGuarantyFundBalanceResponse::user_id>("user_id").expected(),
                                                         field<&GetGuarantyFundBalanceResponse::amount_centicents>("amount_centicents"),
                                                         field<&GetGuarantyFundBalanceResponse::updated_ts>("updated_ts").expected()};
constexpr FieldInfo kSettlementBalanceHistoryEntry[] = {
    field<&SettlementBalanceHistoryEntry::balance_delta_centicents>("balance_delta_centicents"),
    field<&SettlementBalanceHistoryEntry::locked_balance_delta_centicents>("locked_balance_delta_centicents"),
    field<&SettlementBalanceHistoryEntry::reason>("reason").expected(),
    field<&SettlementBalanceHistoryEntry::business_transaction_id>("business_transaction_id").expected(),
    field<&SettlementBalanceHistoryEntry::created_ts>("created_ts").expected()};
constexpr FieldInfo kGetSettlementBalanceHistoryResponse[] = {field<&GetSettlementBalanceHistoryResponse::entries>("entries"),
                                                              field<&GetSettlementBalanceHistoryResponse::cursor>("cursor")};
// "500.00": a wire has cents. Further digits only where there are some.
std::string dollars_and_cents(const void* value) { return static_cast<const DollarDecimal*>(value)->to_string(2); }
constexpr json::TypeInfo kWireAmount = [] {
  json::TypeInfo type = json::type_of<DollarDecimal>();
  type.write = dollars_and_cents;
  return type;
}();
constexpr FieldInfo kWithdrawSettlementBalanceRequest[] = {[] {
  FieldInfo amount = field<&WithdrawSettlementBalanceRequest::amount>("amount").with({.max_decimals = 2, .positive = true});
  amount.type = &kWireAmount;
  return amount;
}()};
constexpr FieldInfo kWithdrawSettlementBalanceResponse[] = {field<&WithdrawSettlementBalanceResponse::id>("id")};
constexpr FieldInfo kGetSettlementBalanceWithdrawalResponse[] = {
    field<&GetSettlementBalanceWithdrawalResponse::id>("id"), field<&GetSettlementBalanceWithdrawalResponse::amount>("amount"),
    field<&GetSettlementBalanceWithdrawalResponse::status>("status"),
    field<&GetSettlementBalanceWithdrawalResponse::created_ts>("created_ts").expected()};
constexpr FieldInfo kGetSettlementBalanceHistory[] = {field<&GetSettlementBalanceHistory::limit>("limit").with(page_size(500)),
                                                      field<&GetSettlementBalanceHistory::cursor>("cursor")};
constexpr FieldInfo kGetSettlementBalanceWithdrawal[] = {field<&GetSettlementBalanceWithdrawal::id>("id")};

}  // namespace
}  // namespace marginfix::klear

MARGINFIX_KLEAR_TABLE(GetSettlementBalanceResponse);
MARGINFIX_KLEAR_TABLE(GetGuarantyFundBalanceResponse);
MARGINFIX_KLEAR_TABLE(SettlementBalanceHistoryEntry);
MARGINFIX_KLEAR_TABLE(GetSettlementBalanceHistoryResponse);
MARGINFIX_KLEAR_TABLE(WithdrawSettlementBalanceRequest);
MARGINFIX_KLEAR_TABLE(WithdrawSettlementBalanceResponse);
MARGINFIX_KLEAR_TABLE(GetSettlementBalanceWithdrawalResponse);
MARGINFIX_KLEAR_EMPTY(GetSettlementBalance);
MARGINFIX_KLEAR_EMPTY(GetGuarantyFundBalance);
MARGINFIX_KLEAR_TABLE(GetSettlementBalanceHistory);
MARGINFIX_KLEAR_EMPTY(WithdrawSettlementBalance);
MARGINFIX_KLEAR_TABLE(GetSettlementBalanceWithdrawal);

namespace marginfix::rest {

constinit const OperationInfo Operation<klear::GetSettlementBalance>::info = klear::klear_read<klear::GetSettlementBalance>(
    "GetSettlementBalance", "settlement_balance", "/margin/settlement_balance", "The settlement buffer");
constinit const OperationInfo Operation<klear::GetGuarantyFundBalance>::info = klear::klear_read<klear::GetGuarantyFundBalance>(
    "GetGuarantyFundBalance", "guaranty_fund_balance", "/margin/guaranty_fund_balance", "The guaranty fund contribution");
constinit const OperationInfo Operation<klear::GetSettlementBalanceHistory>::info = klear::klear_pages<klear::GetSettlementBalanceHistory>(
    "GetSettlementBalanceHistory", "settlement_balance_history", "/margin/settlement_balance_history",
    "Changes of the settlement buffer, newest first", "entries");
constinit const OperationInfo Operation<klear::WithdrawSettlementBalance>::info = klear::klear_operation<klear::WithdrawSettlementBalance>(
    "WithdrawSettlementBalance", "withdraw_settlement_balance", Method::post, "/margin/withdraw_settlement_balance", 200,
    "Starts a wire out of the settlement buffer");
constinit const OperationInfo Operation<klear::GetSettlementBalanceWithdrawal>::info =
    klear::klear_read<klear::GetSettlementBalanceWithdrawal>("GetSettlementBalanceWithdrawal", "settlement_balance_withdrawal",
                                                             "/margin/settlement_balance_withdrawal", "What became of a withdrawal");

}  // namespace marginfix::rest
