#include "sim/exchange/views/members.hpp"

#include "sim/exchange/state.hpp"

namespace marginfix::sim::views {

std::vector<ExitTriggerView> exit_triggers(const State& state, const RequestContext& context, const PositionName& position,
                                           std::optional<TriggerKind> kind) {
  if (context.from.key >= state.accounts.keys.size()) return {};
  const Key& key = state.accounts.keys[context.from.key];
  const auto customer = state.emitter.names.find(key.subtrader);
  if (!customer || (key.subaccount && *key.subaccount != position.subaccount)) return {};
  return state.triggers.list(state, key.account, *customer, position, kind);
}
std::optional<ExitTriggerView> find_exit_trigger(const State& state, AccountId account, std::string_view trigger_id) {
  return state.triggers.find(state, account, trigger_id);
}

std::optional<SubtraderView> find_subtrader(const State& state, AccountId account, std::string_view id) {
  return state.fcm.find(account, id) == nullptr ? std::nullopt : std::optional(state.fcm.view(state, account, id));
}
std::vector<std::string> subtraders(const State& state, AccountId account) { return state.fcm.ids(account); }

std::vector<CustomerPositionView> customer_positions(const State& state, AccountId account) {
  std::vector<CustomerPositionView> out;
  for (const auto& [key, p] : state.accounts.all[account].customers) {
    if (p.net == 0 && p.fees == 0) continue;
    out.push_back({state.emitter.names.text(key.customer), key.subaccount, key.market, to_count(p.net), entry_price(p.net, p.cost),
                   to_dollars(p.realized), to_dollars(p.fees)});
  }
  return out;
}

std::vector<TransferView> transfers(const State& state, AccountId account) { return state.transfers.list(state, account); }
DollarDecimal purse(const State& state, AccountId account) { return to_dollars(state.transfers.purse(account, 0)); }
const Clearing& clearing(const State& state) noexcept { return state.clearing; }

}  // namespace marginfix::sim::views
