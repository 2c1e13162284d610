// What happens at the end of every command, and who asks.
#include "sim/exchange/rules/exec_group.hpp"

#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

// The archive of closed orders (late cancels, REST's lists and its used client_order_ids): a month, and no more than so many over all
// accounts, some 150 MB of them; the one that closed first goes first.
constexpr std::chrono::hours kKeepClosed{24 * 30};
constexpr std::size_t kMaxClosed = 500'000;

// Frees closed orders that nobody may ask for any more.
void bury(State& state) {
  for (const OrderIx ix : state.graveyard) state.orders.remove(ix);
  state.graveyard.clear();
  while (!state.closed.empty()) {
    const OrderIx ix = state.orders.find(state.closed.front());
    if (state.closed.size() <= kMaxClosed && state.orders[ix].updated > state.clock - kKeepClosed) break;
    state.accounts.all[state.orders[ix].account].archive.forget(state.closed.front());
    state.orders.remove(ix);
    state.closed.pop_front();
    ++state.on_disk.forgotten;
  }
}

}  // namespace

ExecGroup::~ExecGroup() {
  bury(state_);
  observe(state_);
  state_.emitter.end();
}

std::optional<AccountId> trading_account(const State& state, const RequestContext& context) {
  if (context.from.key >= state.accounts.keys.size()) return std::nullopt;
  return state.accounts.keys[context.from.key].account;
}

void note_ref(State& state, const RequestContext& context) {
  if (context.ref_seq != 0) state.refs[{context.from.key, context.from.door}] = context.ref_seq;
}

void reset_ref(State& state, Route session) { state.refs.erase({session.key, session.door}); }

}  // namespace marginfix::sim
