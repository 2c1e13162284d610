// What follows from the orders (books, lists, resting sums) is made again.
#include "sim/exchange/record/save.hpp"

#include <algorithm>
#include <utility>

#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/clock.hpp"
#include "sim/exchange/state.hpp"
#include "sim/exchange/values/archive.hpp"

namespace marginfix::sim {
namespace {

// How many of the closed orders, the oldest, stand in files.
std::size_t closed_on_disk(const State& state) { return std::max(state.on_disk.orders, state.on_disk.forgotten) - state.on_disk.forgotten; }

template <class Ar>
void keep_closed(State& state, Ar& ar) {
  if constexpr (Ar::kLoading) {
    ar(state.closed);
  } else {
    const std::size_t first = closed_on_disk(state);
    ar(static_cast<std::uint64_t>(state.closed.size() - first));
    for (std::size_t i = first; i < state.closed.size(); ++i) ar(state.closed[i]);
  }
}

// Everything that is not derived, both directions.
template <class Ar>
void keep(State& state, Ar& ar) {
  std::int64_t offset = state.offset.count();
  ar(offset);
  if constexpr (Ar::kLoading) state.offset = std::chrono::microseconds(offset);
  ar(state.clock, state.started, state.has_past, state.paused, state.last_order, state.last_group, state.last_match, state.last_operation,
     state.refs, state.accounts, state.groups);
  keep_closed(state, ar);
  ar(state.fills);
  std::int64_t commands = state.emitter.exec().a;
  ar(commands, state.emitter.event_no, state.emitter.names, state.emitter.history);
  if constexpr (Ar::kLoading) state.emitter.set_commands(commands);
  state.house.state(ar);
  for (Market& m : state.markets) {
    ar(m.spec.symbol, m.status, m.halted, m.action_halt, m.version, m.reference, m.reference_time, m.last);
    ar(m.tape, m.premium, m.quotes);
  }
  state.funding.state(ar);
  state.actions.state(ar);
  state.clearing.state(ar);
  state.transfers.state(ar);
  state.risk_watch.state(ar);
  state.liquidations.state(ar);
  state.triggers.state(ar);
  state.fcm.state(ar);
}

void make_archives(State& state, const std::vector<OrderIx>& open) {
  std::vector<std::vector<OrderNo>> numbers(state.accounts.all.size());
  for (const OrderNo no : state.closed) numbers[state.orders[state.orders.find(no)].account].push_back(no);
  for (const OrderIx ix : open) {
    if (!state.orders[ix].house) numbers[state.orders[ix].account].push_back(state.orders[ix].no);
  }
  for (AccountId a = 0; a < numbers.size(); ++a) {
    std::ranges::sort(numbers[a]);
    for (const OrderNo no : numbers[a]) state.accounts.all[a].archive.push_back(no);
  }
}

}  // namespace

std::string save(const State& state) {
  std::string bytes;
  ArchiveOut out(bytes);
  keep(const_cast<State&>(state), out);  // saving only reads
  const auto put = [&](OrderIx ix) { out(state.orders[ix]); };
  // Closed orders first, then each book in queue order, so that reading them in this order rebuilds every queue.
  for (std::size_t i = closed_on_disk(state); i < state.closed.size(); ++i) put(state.orders.find(state.closed[i]));
  std::uint64_t resting = 0;
  for (const Account& account : state.accounts.all) {
    for (OrderIx ix = account.open.head; ix != kNil; ix = state.orders[ix].account_link.next) ++resting;
  }
  out(resting);
  for (const Market& m : state.markets) {
    for (const Side side : {Side::Buy, Side::Sell}) {
      for (const auto& [key, level] : m.book.side(side)) {
        for (OrderIx ix = level.queue.head; ix != kNil; ix = state.orders[ix].level_link.next) put(ix);
      }
    }
  }
  return bytes;
}

Result<void> load(State& state, std::string_view bytes, const std::function<Result<void>()>& read_files) {
  state.begun = true;
  ArchiveIn in(bytes);
  keep(state, in);
  // Those in files closed before these.
  const std::deque<OrderNo> newest = std::exchange(state.closed, {});
  if (auto read = read_files(); !read) return read;
  Order order;
  for (std::size_t i = 0; i < newest.size() && in.ok(); ++i) {
    in(order);
    state.orders.add(order);
    state.closed.push_back(newest[i]);
  }
  std::uint64_t resting = 0;
  in(resting);
  std::vector<OrderIx> open;
  for (std::uint64_t i = 0; i < resting && in.ok(); ++i) {
    in(order);
    open.push_back(state.orders.add(order));
  }
  if (!in.ok() || !in.rest().empty()) {
    return fail(ErrorCategory::store, "the snapshot is unreadable; start with an empty directory and report this");
  }
  for (const OrderIx ix : open) {
    const Order& o = state.orders[ix];
    state.markets[o.market].book.add(state.orders, ix);
    state.accounts.rest(o, o.leaves());
    if (o.expire) state.orders.push_back<&Order::expiry_link>(state.expiries[*o.expire], ix);
  }
  make_archives(state, open);
  std::ranges::sort(open, {}, [&state](OrderIx ix) { return state.orders[ix].no; });
  for (const OrderIx ix : open) list(state, ix);
  state.market_index.clear();
  for (MarketNo i = 0; i < state.markets.size(); ++i) state.market_index[state.markets[i].spec.symbol] = i;
  if (state.has_past) merge_seeded(state, seeded_trades(state));
  return {};
}

}  // namespace marginfix::sim
