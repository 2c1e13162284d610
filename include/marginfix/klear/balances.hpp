// Settlement buffer, guaranty fund and withdrawals of a clearing member. Balances in Centicents; the amount of a withdrawal in dollars.
// Plain values. Source: klear.md operations 16 to 20, "Balances, large traders".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/klear/common.hpp"

namespace marginfix::klear {

enum class WithdrawalStatus : std::uint8_t { pending, processing, processed, failed, cancelled };

struct GetSettlementBalanceResponse {
  std::optional<std::string> user_id{};
  Centicents balance_available_centicents{};              // settlement buffer
  std::optional<Centicents> locked_balance_centicents{};  // pending withdrawals, say
  json::UnknownMembers unknown{};
};

struct GetGuarantyFundBalanceResponse {
  std::optional<std::string> user_id{};
  Centicents amount_centicents{};         // 0 before the first contribution
  std::optional<Timestamp> updated_ts{};  // of the latest contribution
  json::UnknownMembers unknown{};
};

struct SettlementBalanceHistoryEntry {
  Centicents balance_delta_centicents{};         // change of the buffer
  Centicents locked_balance_delta_centicents{};  // change of the locked part
  std::optional<std::string> reason{};
  std::optional<std::string> business_transaction_id{};  // cause
  std::optional<Timestamp> created_ts{};
  json::UnknownMembers unknown{};
};

struct GetSettlementBalanceHistoryResponse {
  std::vector<SettlementBalanceHistoryEntry> entries{};  // newest first
  std::optional<std::string> cursor{};                   // absent: the last page
  json::UnknownMembers unknown{};
};

// The one write that moves money.
struct WithdrawSettlementBalanceRequest {
  DollarDecimal amount{};  // > 0, written with the cents: "500.00"
};

struct WithdrawSettlementBalanceResponse {
  std::string id{};  // of the withdrawal, which goes on by itself: ask GetSettlementBalanceWithdrawal
  json::UnknownMembers unknown{};
};

struct GetSettlementBalanceWithdrawalResponse {
  std::string id{};
  DollarDecimal amount{};  // dollars, not centicents
  Open<WithdrawalStatus> status{};
  std::optional<Timestamp> created_ts{};
  json::UnknownMembers unknown{};
};

// GET /margin/settlement_balance
struct GetSettlementBalance {
  using Response = GetSettlementBalanceResponse;
};

// GET /margin/guaranty_fund_balance
struct GetGuarantyFundBalance {
  using Response = GetGuarantyFundBalanceResponse;
};

// GET /margin/settlement_balance_history
struct GetSettlementBalanceHistory {
  using Response = GetSettlementBalanceHistoryResponse;
  std::optional<std::int32_t> limit{};  // at most 500; 100 when absent
  std::optional<std::string> cursor{};
};

// POST /margin/withdraw_settlement_balance: a wire out of the settlement buffer. 200 = started. Never sent twice: after a time-out look at
// the balance history before asking again.
struct WithdrawSettlementBalance {
  using Response = WithdrawSettlementBalanceResponse;
  WithdrawSettlementBalanceRequest body{};
};

// GET /margin/settlement_balance_withdrawal?id=
struct GetSettlementBalanceWithdrawal {
  using Response = GetSettlementBalanceWithdrawalResponse;
  std::string id{};
};

}  // namespace marginfix::klear

template <>
struct marginfix::EnumWords<marginfix::klear::WithdrawalStatus> {
  using E = klear::WithdrawalStatus;
  static constexpr EnumWord<E> kWords[] = {{E::pending, "pending"},
                                           {E::processing, "processing"},
                                           {E::processed, "processed"},
                                           {E::failed, "failed"},
                                           {E::cancelled, "cancelled"}};
};

MARGINFIX_SCHEMA(marginfix::klear::GetSettlementBalanceResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetGuarantyFundBalanceResponse);
MARGINFIX_SCHEMA(marginfix::klear::SettlementBalanceHistoryEntry);
MARGINFIX_SCHEMA(marginfix::klear::GetSettlementBalanceHistoryResponse);
MARGINFIX_SCHEMA(marginfix::klear::WithdrawSettlementBalanceRequest);
MARGINFIX_SCHEMA(marginfix::klear::WithdrawSettlementBalanceResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetSettlementBalanceWithdrawalResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetSettlementBalance);
MARGINFIX_SCHEMA(marginfix::klear::GetGuarantyFundBalance);
MARGINFIX_SCHEMA(marginfix::klear::GetSettlementBalanceHistory);
MARGINFIX_SCHEMA(marginfix::klear::WithdrawSettlementBalance);
MARGINFIX_SCHEMA(marginfix::klear::GetSettlementBalanceWithdrawal);
MARGINFIX_OPERATION(marginfix::klear::GetSettlementBalance);
MARGINFIX_OPERATION(marginfix::klear::GetGuarantyFundBalance);
MARGINFIX_OPERATION(marginfix::klear::GetSettlementBalanceHistory);
MARGINFIX_OPERATION(marginfix::klear::WithdrawSettlementBalance);
MARGINFIX_OPERATION(marginfix::klear::GetSettlementBalanceWithdrawal);
