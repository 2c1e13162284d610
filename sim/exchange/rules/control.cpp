// Expiry, pauses, market status, the house switch.
#include "sim/exchange/rules/control.hpp"

#include <algorithm>

#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {

// Orders of one moment go by number, so that a replay, which may link them in another order, does the same.
void expire(State& state, Timestamp at) {
  std::vector<OrderNo> due;
  for (OrderIx ix = state.expiries.find(at)->second.head; ix != kNil; ix = state.orders[ix].expiry_link.next)
    due.push_back(state.orders[ix].no);
  std::ranges::sort(due);
  const ExecGroup exec_group(state, kSystem);
  for (const OrderNo no : due) cancel_order(state, state.orders.find(no), {Reason::Expired, UpdateReason::ExpiryCancel, {}, {}, false});
}

void cancel_paused(State& state, MarketNo only) {
  for (AccountId account = 0; account < state.accounts.all.size(); ++account) {
    cancel_where(state, account, {Reason::ExchangePaused, UpdateReason::HaltCancel, {}, {}, false},
                 [only](const Order& o) { return o.cancel_on_pause && (only == kNoMarket || o.market == only); });
  }
}

void set_paused(State& state, bool paused) {
  const ExecGroup exec_group(state, kSystem);
  if (state.paused == paused) return;
  state.paused = paused;
  for (MarketNo i = 0; i < state.markets.size(); ++i) status_event(state, i);
  if (paused) cancel_paused(state, kNoMarket);
}

void set_halted(State& state, MarketNo market, bool halted) {
  const ExecGroup exec_group(state, kSystem);
  if (state.markets[market].halted == halted) return;
  state.markets[market].halted = halted;
  status_event(state, market);
  if (halted) cancel_paused(state, market);
}

void set_status(State& state, MarketNo market, MarketStatus status) {
  const ExecGroup exec_group(state, kSystem);
  if (state.markets[market].status == status) return;
  state.markets[market].status = status;
  status_event(state, market);
  if (status != MarketStatus::Closed) return;
  for (AccountId account = 0; account < state.accounts.all.size(); ++account) {
    cancel_where(state, account, {Reason::MarketAlreadyClosed, UpdateReason::CloseCancel, {}, {}, false},
                 [market](const Order& o) { return o.market == market; });
  }
}

void status_event(State& state, MarketNo market) {
  touch(state, market);
  MarketStatusEvent e;
  e.market = market;
  e.symbol = state.symbol(market);
  e.status = state.markets[market].status;
  e.halted = state.paused || state.markets[market].stopped();
  state.emitter.other(e, &EventSink::on_market_status);
}

void set_house(State& state, bool on) {
  const ExecGroup exec_group(state, kSystem);
  state.house.set_on(state, on);
}

}  // namespace marginfix::sim
