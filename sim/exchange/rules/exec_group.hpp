// What every rule needs: the ExecID group of a running command, and who asks.
#pragma once

#include "sim/exchange/state.hpp"

namespace marginfix::sim {

// One command or timer: opens an ExecID group, closes it, forgets what closed, takes up what changed.
class ExecGroup {
 public:
  ExecGroup(State& state, Route requester) : state_(state) { state_.emitter.begin(state_.clock, requester); }
  ~ExecGroup();
  ExecGroup(const ExecGroup&) = delete;
  ExecGroup& operator=(const ExecGroup&) = delete;

 private:
  State& state_;
};

inline constexpr Route kSystem{};
inline bool is_fix(Door door) noexcept { return door == Door::FixNR || door == Door::FixRT; }

std::optional<AccountId> trading_account(const State& state, const RequestContext& context);

// Which message of a door's session was executed last (RequestContext::ref_seq).
void note_ref(State& state, const RequestContext& context);
void reset_ref(State& state, Route session);

}  // namespace marginfix::sim
