#include "sim/exchange/commands/control.hpp"

#include "sim/exchange/rules/control.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim::commands {

void SetPaused::run(State& state) const { set_paused(state, paused); }
void Halt::run(State& state) const { set_halted(state, market, halted); }
void SetStatus::run(State& state) const { set_status(state, market, status); }
void SetHouse::run(State& state) const { set_house(state, on); }
void ResetRef::run(State& state) const { reset_ref(state, session); }

Result<void> SetReference::admit(const State& state) const {
  if (market >= state.markets.size()) return fail(ErrorCategory::config, "no such market");
  if (!is_price(price)) return fail(ErrorCategory::config, "a reference price is a positive multiple of 0.0001 dollars");
  return {};
}
void SetReference::run(State& state) const { set_reference(state, market, to_ticks(price)); }

Result<void> ScheduleAction::admit(const State& state) const { return CorporateActions::validate(action, state); }
Uuid ScheduleAction::run(State& state) const {
  return make_uuid(state.seed, IdKind::CorporateAction, state.actions.schedule(state, action));
}
bool CancelAction::run(State& state) const { return state.actions.cancel(state, no); }

}  // namespace marginfix::sim::commands
