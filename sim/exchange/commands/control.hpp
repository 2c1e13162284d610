// What control asks: pauses, statuses, prices, corporate actions, the house. And a door's session that starts anew.
#pragma once

#include "sim/exchange/commands/command.hpp"
#include "sim/exchange/values/market_views.hpp"
#include "sim/exchange/values/numbers.hpp"

namespace marginfix::sim::commands {

struct SetPaused {
  static constexpr Op kOp{15};
  bool paused{false};
  void run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, SetPaused& c) {
  ar(c.paused);
}

// A pause of one market: cancels CancelOrderOnPause(21006) orders, refuses new ones.
struct Halt {
  static constexpr Op kOp{16};
  MarketNo market{0};
  bool halted{false};
  void run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, Halt& c) {
  ar(c.market, c.halted);
}

struct SetStatus {
  static constexpr Op kOp{17};
  MarketNo market{0};
  MarketStatus status{MarketStatus::Inactive};
  void run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, SetStatus& c) {
  ar(c.market, c.status);
}

// Off: the house withdraws its quotes.
struct SetHouse {
  static constexpr Op kOp{18};
  bool on{false};
  void run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, SetHouse& c) {
  ar(c.on);
}

// The door's session restarted at 1 (141=Y).
struct ResetRef {
  static constexpr Op kOp{19};
  Route session{};
  void run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, ResetRef& c) {
  ar(c.session);
}

// The reference price jumps; house quotes go with it. Error(config): no such market, or not a positive multiple of the tick.
struct SetReference {
  static constexpr Op kOp{20};
  MarketNo market{0};
  DollarDecimal price{};  // on disk in ticks
  Result<void> admit(const State& state) const;
  void run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, SetReference& c) {
  Ticks ticks = to_ticks(c.price);
  ar(c.market, ticks);
  if constexpr (Ar::kLoading) c.price = to_price(ticks);
}

// An action whose execution_time has passed is applied by the next step(). Gives its id. Error(config) says what is wrong with it.
struct ScheduleAction {
  static constexpr Op kOp{21};
  CorporateAction action{};
  Result<void> admit(const State& state) const;
  Uuid run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, ScheduleAction& c) {
  ar(c.action);
}

// By its number (views::corporate_action_number). False: there is none, or it is not scheduled any more.
struct CancelAction {
  static constexpr Op kOp{22};
  std::uint64_t no{0};
  bool run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, CancelAction& c) {
  ar(c.no);
}

}  // namespace marginfix::sim::commands
