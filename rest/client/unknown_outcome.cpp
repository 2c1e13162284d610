#include "rest/client/unknown_outcome.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace marginfix::rest {
namespace {

struct Look {
  std::string_view family, name;  // name empty: every other write of the family
  std::string_view where;
};

// First match counts.
constexpr std::array kPerpsQuestions{
    Look{"orders", "cancel_all", "orders list with status=resting shows what still rests"},
    Look{"orders", "", "look the order up by its client_order_id (orders list and portfolio fills, or find_out())"},
    Look{"order_groups", "", "order_groups list and get show it"},
    Look{"portfolio", "", "portfolio cross_exit_triggers or isolated_exit_triggers shows what is set"},
    Look{"transfers", "create_subaccount", "margin balance lists the subaccounts"},
    Look{"transfers", "", "margin balance shows it on both sides; the same client_transfer_id is never carried out twice"},
    Look{"fcm", "create_subtrader", "fcm risk_controls tells whether the subtrader exists"},
    Look{"fcm", "update_notional_risk_limit", "margin notional_risk_limit shows it"},
    Look{"fcm", "delete_notional_risk_limit", "margin notional_risk_limit shows it"},
    Look{"fcm", "", "fcm risk_controls shows it"},
};
constexpr std::array kKlearQuestions{
    Look{"", "withdraw_settlement_balance", "settlement_balance (the locked part) and settlement_balance_history show it"},
    Look{"", "create_fcm_api_key", "list_fcm_api_keys shows it"},
    Look{"", "generate_fcm_api_key", "list_fcm_api_keys shows it; delete a key whose private part never arrived"},
    Look{"", "delete_fcm_api_key", "list_fcm_api_keys shows whether it is gone"},
    Look{"", "create_subtrader_group", "list_subtrader_groups shows it"},
    Look{"", "update_subtrader_group", "list_subtrader_groups shows it"},
    Look{"", "delete_subtrader_group", "list_subtrader_groups shows whether it is gone"},
};

template <std::size_t N>
std::string_view find(const std::array<Look, N>& table, const OperationInfo& info) {
  const auto found = std::ranges::find_if(
      table, [&](const Look& look) { return look.family == info.family && (look.name.empty() || look.name == info.name); });
  return found == table.end() ? std::string_view{} : found->where;
}

}  // namespace

std::string_view where_to_look(const OperationInfo& info) {
  if (info.is_read()) return {};
  return info.api == Api::perps ? find(kPerpsQuestions, info) : find(kKlearQuestions, info);
}

Error with_unknown_outcome(Error error, const OperationInfo& info) {
  const std::string_view where = where_to_look(info);
  if (error.may_have_been_sent && !where.empty())
    error.message += ". Its outcome is unknown: it may have been carried out. Before asking again find out: " + std::string(where);
  return error;
}

}  // namespace marginfix::rest
