// The beginning, the clock and what runs on it.
#include "sim/exchange/rules/clock.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

#include "sim/exchange/rules/control.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/rules/members.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

// In the order in which those of one moment run.
template <class AnyState>
auto jobs(AnyState& state) {
  using AnyJob = std::conditional_t<std::is_const_v<AnyState>, const Job, Job>;
  return std::array<AnyJob*, 5>{&state.actions, &state.funding, &state.clearing, &state.transfers, &state.risk_watch};
}

// The first job that is due then; false = none.
bool run_job(State& state, Timestamp due) {
  for (Job* job : jobs(state)) {
    if (job->next(state) != due) continue;
    job->run(state);
    return true;
  }
  return false;
}

}  // namespace

void start(State& state, Timestamp now, bool past, const std::vector<AccountSpec>& accounts) {
  state.begun = true;
  state.started = now;
  state.has_past = past;
  state.clock = past ? now - kPast : now;
  state.house.start(state, state.seed);
  state.funding.start(state.clock);
  state.clearing.start(state.clock);
  std::vector<AccountId> traders;
  traders.reserve(accounts.size());
  for (const AccountSpec& spec : accounts) traders.push_back(create_account(state, spec));
  for (MarketNo i = 0; i < state.markets.size(); ++i) {
    state.markets[i].reference_time = last_quoted(state.markets[i].spec.reference_hours, state.clock);
    touch(state, i);
  }
  observe(state);
  if (!past) return;
  const PastRun::Walks walks = seeded_trades(state);
  const auto parked = state.emitter.park_sinks();
  PastRun(state, walks, traders).run(now);
  state.emitter.bring_back(parked);
  state.emitter.history.accounts.clear();  // drop copy begins with the exchange: a BeginExecID before it is not "too old"
  merge_seeded(state, walks);
  for (Market& m : state.markets) {
    if (!m.tape.all().empty()) m.last = m.tape.all().back().price;
  }
}

PastRun::Walks seeded_trades(const State& state) {
  PastRun::Walks walks(state.markets.size());
  std::uint64_t no = 1;
  for (MarketNo i = 0; i < state.markets.size(); ++i) {
    const MarketSpec& spec = state.markets[i].spec;
    if (spec.status != MarketStatus::Active) continue;
    walks[i] = make_past(state.seed, i, spec.reference_price.units() / kMicrosPerTick, state.started, no);
    no += walks[i].size();
  }
  return walks;
}

void merge_seeded(State& state, const PastRun::Walks& walks) {
  for (MarketNo i = 0; i < state.markets.size(); ++i) {
    if (!walks[i].empty()) state.markets[i].tape.merge_seeded(walks[i]);
  }
}

std::optional<Timestamp> next_due(const State& state) {
  std::optional<Timestamp> next = state.house.next();
  const auto sooner = [&next](std::optional<Timestamp> due) {
    if (due && (!next || *due < *next)) next = due;
  };
  if (!state.expiries.empty()) sooner(state.expiries.begin()->first);
  for (const Job* job : jobs(state)) sooner(job->next(state));
  return next;
}

void run_until(State& state, Timestamp to, std::chrono::microseconds pace) {
  state.pace = pace;
  while (true) {
    const auto due = next_due(state);
    if (!due || *due > to) break;
    state.clock = std::max(state.clock, *due);
    if (!state.expiries.empty() && state.expiries.begin()->first == *due) {
      expire(state, *due);
    } else if (!run_job(state, *due)) {
      const ExecGroup exec_group(state, kSystem);
      state.house.run(state, pace);
    }
  }
  state.clock = std::max(state.clock, to);
  state.pace = kHousePace;
  if (pace > kHousePace) state.house.resume_pace(state.clock);
}

}  // namespace marginfix::sim
