// Exit triggers, FCMs, transfers, clearing.
#pragma once

#include "sim/exchange/values/member_views.hpp"
#include "sim/exchange/values/requests.hpp"

namespace marginfix::sim {
struct State;
class Clearing;
}  // namespace marginfix::sim

namespace marginfix::sim::views {

// Live ones on a position, oldest first; with a bound key's number only its subtrader's.
std::vector<ExitTriggerView> exit_triggers(const State& state, const RequestContext& context, const PositionName& position,
                                           std::optional<TriggerKind> kind);
std::optional<ExitTriggerView> find_exit_trigger(const State& state, AccountId account, std::string_view trigger_id);  // ended ones too
std::optional<SubtraderView> find_subtrader(const State& state, AccountId account, std::string_view id);
std::vector<std::string> subtraders(const State& state, AccountId account);                   // ids, sorted
std::vector<CustomerPositionView> customer_positions(const State& state, AccountId account);  // of an FCM: with a position, or with fees
std::vector<TransferView> transfers(const State& state, AccountId account);  // instance transfers, oldest first, the last 1,000
DollarDecimal purse(const State& state, AccountId account);                  // on the event-contract side
const Clearing& clearing(const State& state) noexcept;                       // everything that can be read: clearing/clearing.hpp

}  // namespace marginfix::sim::views
