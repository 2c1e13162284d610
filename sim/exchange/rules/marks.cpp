#include "sim/exchange/rules/marks.hpp"

#include <algorithm>

#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

constexpr std::int64_t kMarkOne = 1'000'000'000'000;
constexpr std::int64_t kLiquidationBound = kMarkOne / 200, kSettlementBound = kMarkOne / 400;
constexpr Ticks kWidestSpread = 20;  // a twentieth of the reference

Ticks with_premium(Ticks reference, std::int64_t smoothed, std::int64_t bound) {
  const Wide moved = static_cast<Wide>(reference) * std::clamp(smoothed, -bound, bound);
  return reference + static_cast<Ticks>((moved + (moved < 0 ? -kMarkOne / 2 : kMarkOne / 2)) / kMarkOne);
}

std::optional<Premium> measure_premium(const State& state, const Market& m) {
  if (state.paused || m.stopped() || m.status != MarketStatus::Active) return std::nullopt;
  if (m.book.empty(Side::Buy) || m.book.empty(Side::Sell)) return std::nullopt;
  const Ticks bid = m.book.best(Side::Buy), ask = m.book.best(Side::Sell);
  if ((ask - bid) * kWidestSpread > m.reference) return std::nullopt;
  return premium_of(bid, ask, m.reference);
}

}  // namespace

Ticks settlement_mark(const State& state, MarketNo market) {
  const Market& m = state.markets[market];
  return with_premium(m.reference, m.premium.smoothed(state.clock).slow, kSettlementBound);
}

Ticks liquidation_mark(const State& state, MarketNo market) {
  const Market& m = state.markets[market];
  return with_premium(m.reference, m.premium.smoothed(state.clock).fast, kLiquidationBound);
}

// ---- what changed -----------------------------------------------------------------------------------------------------------

void touch(State& state, MarketNo market) {
  if (std::exchange(state.markets[market].touched, true)) return;
  state.touched.push_back(market);
}

void observe(State& state) {
  state.risk_watch.stir(state.clock);
  for (const MarketNo market : state.touched) {
    Market& m = state.markets[market];
    m.touched = false;
    m.premium.change(state.clock, measure_premium(state, m));
    const auto best = [&m](Side side) { return m.book.empty(side) ? 0 : m.book.best(side); };
    m.quotes.change(state.clock, best(Side::Buy), best(Side::Sell), state.accounts.open_interest[market]);
  }
  state.touched.clear();
}

void move_reference(State& state, MarketNo market, Ticks price) {
  Market& m = state.markets[market];
  if (m.reference == price) return;
  m.reference = price;
  m.reference_time = last_quoted(m.spec.reference_hours, state.clock);
  touch(state, market);
}

void put_reference(State& state, MarketNo market, Ticks price) {
  move_reference(state, market, price);
  state.house.rebase(state, market, price);
}

void set_reference(State& state, MarketNo market, Ticks price) {
  const ExecGroup exec_group(state, kSystem);
  put_reference(state, market, price);
}

void rename_market(State& state, MarketNo market, const std::string& symbol_now) {
  state.market_index.erase(state.markets[market].spec.symbol);
  state.markets[market].spec.symbol = symbol_now;
  state.market_index[symbol_now] = market;
}

}  // namespace marginfix::sim
