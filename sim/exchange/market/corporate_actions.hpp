// Corporate actions of the underlyings: announced, cancelled, applied at their execution time, or lapsed when their market is not open
// any more. What applying does:
//   dividends, spin-off  longs get cash for each contract, shorts pay it; trading goes on
//   split                resting orders are canceled; positions times new/old, prices times old/new, what was paid for them unchanged.
//                        Positions stay whole contracts: a fraction is closed at the new reference price (it realizes its share), and the
//                        house takes up what the fractions leave over.
//   final settlement     resting orders are canceled, positions closed at the price, the market closes
//   ticker change        the market gets its new ticker; its id stays
// A split and a ticker change halt the market for a minute (halt source "corporate_action"); its version goes up when trading resumes.
// Money is conserved to the micro-dollar (Accounts::residual takes the roundings).
// Source: rest-perps.md "Corporate actions"; websocket.md "marginCorporateAction".
#pragma once

#include <chrono>
#include <map>
#include <vector>

#include "marginfix/core/result.hpp"
#include "sim/exchange/book/orders.hpp"
#include "sim/exchange/clearing/clearing.hpp"
#include "sim/exchange/values/jobs.hpp"
#include "sim/exchange/values/market_views.hpp"

namespace marginfix::sim {

inline constexpr std::chrono::seconds kActionHalt{60};

class CorporateActions : public Job {
 public:
  struct Notice {
    CorporateActionStatus status{CorporateActionStatus::Scheduled};
    Timestamp updated{};
    CorporateAction action;
    std::string old_market_ticker;
    Ticks pre_split_mark{0};
    Ticks post_split_mark{0};
  };

  // Error(config) says which member is missing or makes no sense; nothing happens then. The engine's state decides nothing here, so
  // that a door can check before it journals.
  static Result<void> validate(const CorporateAction& action, const State& state);
  // The number of the notice, from 1.
  std::uint64_t schedule(State& state, const CorporateAction& action);
  // False when it is not scheduled (any more).
  bool cancel(State& state, std::uint64_t no);

  std::optional<Timestamp> next(const State&) const override;
  void run(State& state) override;

  // In REST's order: ex-date ascending, those without one last, then the time of the update, then the id.
  std::vector<CorporateActionView> list(const State& state, std::optional<MarketNo> market) const;
  CorporateActionView view(const State& state, std::uint64_t no) const;

  template <class Ar>
  void state(Ar& ar) {
    ar(notices_, halts_);
  }

 private:
  void apply(State& state, std::uint64_t no, Notice& notice);
  void pay_cash(State& state, const CorporateAction& action, const Clearing::CorporateNotice& cleared);
  void split(State& state, Notice& notice, const Clearing::CorporateNotice& cleared);
  void split_positions(State& state, const CorporateAction& action, Ticks price);
  struct Replaced {
    Qty net{0};
    Micros cost{0};
    Micros proceeds{0};
  };
  void replace_position(State& state, AccountId account, int subaccount, MarketNo market, const Replaced& now);
  void settle(State& state, const CorporateAction& action);
  void rename(State& state, Notice& notice);
  void cancel_orders(State& state, MarketNo market);
  void halt(State& state, MarketNo market);
  void resume(State& state, MarketNo market);
  void tell(State& state, std::uint64_t no);

  std::map<std::uint64_t, Notice> notices_;
  std::map<MarketNo, Timestamp> halts_;  // halted for an action, until
};

template <class Ar>
void fields(Ar& ar, CorporateActions::Notice& n) {
  ar(n.status, n.updated, n.action, n.old_market_ticker, n.pre_split_mark, n.post_split_mark);
}

}  // namespace marginfix::sim
