// Liquidation of subaccounts whose equity no longer covers their maintenance margin (margin.hpp: Health).
// At the queue entry ratio (0.91) a subaccount enters the queue and loses its resting orders (MarginCancel). From the liquidation ratio
// (1) on the exchange closes positions for it, in order of entry: at each look one reduce-only IOC order of its own (order_source system,
// order_reason liquidation) in the market that binds most margin, as large as it takes to leave the queue, at most 5 % beyond the mark.
// When an order stays short of its size kMostShortFills looks in a row, the house takes what is missing over at the mark (no public
// trade), so that every liquidation ends. A subaccount that is flat and owes money is made whole from the exchange's insurance; the
// account's ledger shows it. Where no market of its positions trades it waits.
// Of an FCM's position it closes the largest share first. Readings; the exchange documents the two ratios and the words on the orders.
// Source: rest-perps.md "Positions, risk", observed.md "Markets, numbers".
#pragma once

#include <map>
#include <utility>

#include "sim/exchange/members/margin.hpp"

namespace marginfix::sim {

struct State;

class Liquidations {
 public:
  static constexpr int kMostShortFills = 3;
  struct Waiting {
    Timestamp since{};
    int short_fills{0};
  };
  using Key = std::pair<AccountId, int>;  // account, subaccount

  void look(State& state);
  const std::map<Key, Waiting>& queue() const noexcept { return queue_; }

  template <class Ar>
  void state(Ar& ar) {
    ar(queue_);
  }

 private:
  void weigh(State& state, Key key);
  void close_some(State& state, Key key);
  void cancel_orders(State& state, Key key);

  std::map<Key, Waiting> queue_;
};

template <class Ar>
void fields(Ar& ar, Liquidations::Waiting& w) {
  ar(w.since, w.short_fills);
}

}  // namespace marginfix::sim
