// Exchange: its clock, and each command from the journal to its last event.
#include "sim/exchange/exchange.hpp"

#include <algorithm>

#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/time.hpp"
#include "sim/exchange/impl.hpp"
#include "sim/exchange/rules/clock.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

// A jump of the clock (control, or a restart after a night) is lived through in at most this many house decisions.
constexpr std::chrono::minutes kLongJump{2};
constexpr std::int64_t kDecisionsInJump = 20'000;

std::chrono::microseconds pace_for(std::chrono::microseconds gap) {
  if (gap <= kLongJump) return kHousePace;
  return std::max<std::chrono::microseconds>(kHousePace, gap / kDecisionsInJump);
}

}  // namespace

Exchange::Exchange(ExchangeOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Exchange::~Exchange() = default;

void Exchange::add_sink(EventSink& sink) { impl_->state.emitter.add(sink); }
const State& Exchange::state() const noexcept { return impl_->state; }
bool Exchange::replaying() const noexcept { return impl_->replaying; }

Result<OpenReport> Exchange::open(Timestamp wall_now) {
  auto report = impl_->load();
  if (!report) return report;
  const ExchangeOptions& options = impl_->options;
  report->fresh = !impl_->state.begun;
  if (report->fresh) {
    execute(commands::Start{options.manual_clock.value_or(wall_now), options.past, options.accounts});
    if (options.past) checkpoint();  // the past is lived through once, not at every restart
  }
  if (impl_->state.house.on() != options.house) execute(commands::SetHouse{options.house});
  commit();
  return report;
}

// ---- commands ---------------------------------------------------------------------------------------------------------------

Exchange::Turn::Turn(Impl& impl, Op op) : impl_(impl), state_(impl.state), busy_(impl.busy) {
  if (busy_) throw Exception(fail(ErrorCategory::internal, "an event sink called a command of the exchange from inside an event"));
  record_ = impl_.begin_record(op);
  busy_ = true;
}
void Exchange::Turn::end_record() { impl_.end_record(); }
void Exchange::Turn::done() { impl_.after_command(); }

void Exchange::commit() { impl_->commit(); }
void Exchange::checkpoint() { impl_->checkpoint(); }

// ---- time -------------------------------------------------------------------------------------------------------------------

void Exchange::step(Timestamp wall_now) {
  State& state = impl_->state;
  const Timestamp to = std::max(state.clock, impl_->options.manual_clock.value_or(wall_now) + state.offset);
  const auto due = next_due(state);
  if (!due || *due > to) {
    state.clock = to;
    return;
  }
  execute(commands::Step{to, pace_for(to - state.clock).count()});
}

void Exchange::advance(std::chrono::microseconds by) { execute(commands::Advance{by.count(), pace_for(by).count()}); }
Timestamp Exchange::now() const noexcept { return impl_->state.clock; }
std::optional<Timestamp> Exchange::next_timer() const {
  if (impl_->options.manual_clock) return std::nullopt;
  const auto due = next_due(impl_->state);
  return due ? std::optional(*due - impl_->state.offset) : std::nullopt;
}

// ---- rate limits --------------------------------------------------------------------------------------------------------------

RateLimits& Exchange::rate_limits() noexcept { return impl_->limits; }
bool Exchange::charge(AccountId account, const Spend& spend, Timestamp wall_now) { return impl_->limits.charge(account, spend, wall_now); }

}  // namespace marginfix::sim
