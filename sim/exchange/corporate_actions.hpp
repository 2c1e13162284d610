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
#include "sim/exchange/clearing.hpp"
#include "sim/exchange/jobs.hpp"
#include "sim/exchange/market_views.hpp"
#include "sim/exchange/orders.hpp"

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
  static Result<void> validate(const CorporateAction& action, const Core& core);
  // The number of the notice, from 1.
  std::uint64_t schedule(Core& core, const CorporateAction& action);
  // False when it is not scheduled (any more).
  bool cancel(Core& core, std::uint64_t no);

  std::optional<Timestamp> next(const Core&) const override;
  void run(Core& core) override;

  // In REST's order: ex-date ascending, those without one last, then the time of the update, then the id.
  std::vector<CorporateActionView> list(const Core& core, std::optional<MarketNo> market) const;
  CorporateActionView view(const Core& core, std::uint64_t no) const;

  template <class Ar>
  void state(Ar& ar) {
    ar(notices_, halts_);
  }

 private:
  void apply(Core& core, std::uint64_t no, Notice& notice);
  void pay_cash(Core& core, const CorporateAction& action, const Clearing::CorporateNotice& cleared);
  void split(Core& core, Notice& notice, const Clearing::CorporateNotice& cleared);
  void split_positions(Core& core, const CorporateAction& action, Ticks price);
  struct Replaced {
    Qty net{0};
    Micros cost{0};
    Micros proceeds{0};
  };
  void replace_position(Core& core, AccountId account, int subaccount, MarketNo market, const Replaced& now);
  void settle(Core& core, const CorporateAction& action);
  void rename(Core& core, Notice& notice);
  void cancel_orders(Core& core, MarketNo market);
  void halt(Core& core, MarketNo market);
  void resume(Core& core, MarketNo market);
  void tell(Core& core, std::uint64_t no);

  std::map<std::uint64_t, Notice> notices_;
  std::map<MarketNo, Timestamp> halts_;  // halted for an action, until
};

template <class Ar>
void fields(Ar& ar, CorporateAction& a) {
  std::int32_t ex_date = a.ex_date ? static_cast<std::int32_t>(std::chrono::sys_days(*a.ex_date).time_since_epoch().count()) : 0;
  bool dated = a.ex_date.has_value();
  ar(a.market, a.type, a.execution_time, dated, ex_date, a.cash_per_share, a.cash_per_contract, a.ratio_old, a.ratio_new, a.reason,
     a.settlement_price_per_share, a.settlement_price_per_contract, a.old_ticker, a.new_ticker, a.new_market_ticker);
  if constexpr (Ar::kLoading) {
    a.ex_date.reset();
    if (dated) a.ex_date = Date(std::chrono::sys_days(std::chrono::days(ex_date)));
  }
}
template <class Ar>
void fields(Ar& ar, CorporateActions::Notice& n) {
  ar(n.status, n.updated, n.action, n.old_market_ticker, n.pre_split_mark, n.post_split_mark);
}

}  // namespace marginfix::sim
