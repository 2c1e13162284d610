#include "sim/exchange/commands/fcm.hpp"

#include "sim/exchange/state.hpp"

namespace marginfix::sim::commands {

SubtraderOutcome CreateSubtrader::run(State& state) const { return state.fcm.create(state, account, suffix, require_category_cap); }
FcmRefusal SetImCap::run(State& state) const { return state.fcm.set_cap(account, subtrader, scope, cap.units()); }
FcmRefusal DeleteImCap::run(State& state) const { return state.fcm.delete_cap(account, subtrader, scope); }
FcmRefusal SetSubtraderLimit::run(State& state) const {
  return state.fcm.set_limit(account, subtrader, market, limit ? std::optional(limit->units()) : std::nullopt);
}
FcmRefusal SetMemberLimit::run(State& state) const { return state.fcm.set_member_limit(state, account, limit.units()); }
void DeleteMemberLimit::run(State& state) const { state.fcm.delete_member_limit(account); }

}  // namespace marginfix::sim::commands
