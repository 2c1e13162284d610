// What several parts of Klear, the clearing members' API, share. Money is Centicents (1 USD = 10,000) but where a member is documented as
// a dollar string (DollarDecimal); `_fp` means contracts (FixedPointCount) in obligations and dollars in margin estimates. Dates are US
// Eastern days. Plain values, no I/O. Source: klear.md "Types and money", "Enums", "Errors".
//
// Operations and their SDK names (`marginfix klear NAME`, KlearClient):
//   reports.hpp      margin_reports, large_trader_positions
//   obligations.hpp  active_obligations, obligation_history, settlement_details, funding_payments, corporate_action_payments,
//                    maintenance_margin_details, member_funding_payments
//   margin.hpp       estimate_maintenance_margin, estimate_maintenance_margin_metadata, settlement_estimate_by_asset_class,
//                    funding_estimate_by_asset_class, funding_schedule, settlement_prices
//   balances.hpp     settlement_balance, guaranty_fund_balance, settlement_balance_history, withdraw_settlement_balance,
//                    settlement_balance_withdrawal
//   fcm.hpp          list_subtrader_groups, create_subtrader_group, update_subtrader_group, delete_subtrader_group,
//                    create_fcm_api_key, list_fcm_api_keys, generate_fcm_api_key, delete_fcm_api_key
// A request struct has the exchange's operationId as its name, an answer the schema's. Every operation takes the bearer token; GET may be
// retried, everything else is sent once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/rest/operation.hpp"

namespace marginfix::klear {

enum class AssetClass : std::uint8_t { Crypto, Equities, Metals, Indices, Energy };  // wider than the three of the perps API

// The body of every error answer (the schema is called Error). 400 invalid input, 401 token, 403 not allowed, 404 no such thing, 409
// conflict, 500 the server's fault.
struct ErrorResponse {
  std::string code{};     // machine word
  std::string message{};  // for people
  std::optional<std::string> details{};
  std::optional<std::string> service{};
  json::UnknownMembers unknown{};
};

}  // namespace marginfix::klear

template <>
struct marginfix::EnumWords<marginfix::klear::AssetClass> {
  using E = klear::AssetClass;
  static constexpr EnumWord<E> kWords[] = {
      {E::Crypto, "Crypto"}, {E::Equities, "Equities"}, {E::Metals, "Metals"}, {E::Indices, "Indices"}, {E::Energy, "Energy"}};
};

MARGINFIX_SCHEMA(marginfix::klear::ErrorResponse);
