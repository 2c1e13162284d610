#include "sim/doors/rest/refusals.hpp"

#include "sim/exchange/views/accounts.hpp"

#include <algorithm>

namespace marginfix::sim {
namespace {

struct Row {
  Reason reason;
  int status;
  std::string_view code;  // "" = Text(58) in lower_case case
  std::string_view details{};
  std::string_view message{};  // "" = the code with blanks
};

// Reasons that are not here never refuse a request of REST: they tell why an order ended.
constexpr Row kRefusals[] = {
    {Reason::ExchangeUnavailable, 503, ""},
    {Reason::ExchangePaused, 409, "trading_is_paused"},
    {Reason::InternalError, 500, ""},
    {Reason::MarketAlreadyClosed, 409, ""},
    {Reason::MarketInactive, 409, ""},
    {Reason::MarketNotFound, 400, ""},
    {Reason::SelfCrossAttempt, 400, ""},
    {Reason::OrderAlreadyExists, 409, ""},
    {Reason::InsufficientBalance, 400, ""},
    {Reason::ExceededPerMarketRiskLimit, 400, "NOTIONAL_RISK_LIMIT_EXCEEDED", "", "NOTIONAL_RISK_LIMIT_EXCEEDED"},
    {Reason::ExceededOrderGroupRiskLimit, 400, ""},
    {Reason::OrderGroupNotFound, 404, "not_found"},
    {Reason::FokInsufficientVolume, 409, "fill_or_kill_insufficient_resting_volume"},
    {Reason::PostOnlyCross, 400, "invalid_order", "post only cross"},
    {Reason::ReduceOnly, 400, "invalid_order", "reduce_only: there is no position that this order could reduce"},
    {Reason::InvalidPrice, 400, "invalid_price"},
    {Reason::InvalidQuantity, 400, "invalid_order", "invalid count: whole contracts, more than 0, at most 10000000, no more than is left"},
    {Reason::InvalidExpiration, 400, "invalid_order", "invalid expiration_time: must lie in the future, with good_till_canceled only"},
    {Reason::InvalidCombination, 400, "invalid_order", "these settings do not go together"},
    {Reason::UnknownAccount, 400, "subaccount_not_found"},
    {Reason::NotAuthorized, 403, ""},
    {Reason::UnknownOrder, 404, "not_found"},
    {Reason::TooLateToCancel, 404, "not_found"},
    {Reason::InvalidAmendQty, 400, "invalid_order", "invalid count: must be whole and more than what is filled"},
    {Reason::CannotUpdateFilledOrder, 404, "not_found"},
    {Reason::OrderMismatch, 400, "invalid_order", "side or market is not the order's"},
    {Reason::CategoryCapRequired, 400, ""},
    {Reason::InitialMarginCapExceeded, 400, ""},
    {Reason::NotionalRiskLimitExceeded, 400, "NOTIONAL_RISK_LIMIT_EXCEEDED", "", "NOTIONAL_RISK_LIMIT_EXCEEDED"},
    {Reason::TradingPaused, 409, "trading_is_paused"},
    {Reason::TooManyOrderGroups, 400, "order_group_limit_reached", "an account has at most 100000 order groups"},
    {Reason::InvalidLimit, 400, "invalid_parameters", "contracts_limit must be a whole number from 1 to 1000000"},
};

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}
std::string with_blanks(std::string text) {
  std::ranges::replace(text, '_', ' ');
  return text;
}

}  // namespace

HttpAnswer refused(Reason reason) {
  const auto* row = std::ranges::find(kRefusals, reason, &Row::reason);
  if (row == std::end(kRefusals)) return nested_error(500, "internal_error", "internal error", reason_text(reason));
  const std::string code = row->code.empty() ? lower_case(reason_text(reason)) : std::string(row->code);
  const std::string message = row->message.empty() ? with_blanks(code) : std::string(row->message);
  return nested_error(row->status, code, message, row->details);
}

HttpAnswer unknown_to_reads() { return nested_error(404, "not_found", "not found"); }

std::optional<HttpAnswer> trader_unknown(const RestDoorContext& door, const EndpointRequest& request) {
  if (request.caller->margin_enabled) return std::nullopt;
  const Uuid id = views::user_id(door.exchange.state(), request.caller->account);
  const std::string user(id.view());
  return nested_error(400, "user_not_found:_" + user, "user not found: " + user);
}

std::optional<HttpAnswer> margin_not_enabled(const EndpointRequest& request) {
  if (request.caller->margin_enabled) return std::nullopt;
  return nested_error(403, "forbidden", "forbidden", "this account is not enabled for margin trading");
}

std::optional<HttpAnswer> direct_members_only(const EndpointRequest& request) {
  if (request.caller->subtrader.empty()) return std::nullopt;
  return nested_error(403, "forbidden", "forbidden", "for direct members only");
}

}  // namespace marginfix::sim
