// Funding: at 04:00, 12:00 and 20:00 UTC of the trading clock (markets of ReferenceHours::BusinessDays: once a business day, over a period
// as much longer) every position pays or gets net x settlement mark x rate; the rate is the
// mean of the premium index over the period, limited by the market's deadband and cap. Positive = longs pay shorts.
// Rounding: each payment is rounded to the micro-dollar by itself (half to even); as positions net to zero, what the roundings leave over
// goes to Accounts::residual, so that no micro-dollar is made or lost.
// Source: rest-perps.md "Funding"; observed.md "Funding times".
#pragma once

#include <vector>

#include "sim/exchange/book/orders.hpp"
#include "sim/exchange/market/premium.hpp"
#include "sim/exchange/values/jobs.hpp"
#include "sim/exchange/values/market_spec.hpp"

namespace marginfix::sim {

// A funding rate in 10^-16.
using Rate = std::int64_t;
inline constexpr int kRateDecimals = 16;
inline constexpr Rate kRateOne = 10'000'000'000'000'000;
MultiplierDecimal rate_decimal(Rate rate);
MultiplierDecimal premium_decimal(Premium premium);

// The first funding time later than `t`; of a market with such hours.
Timestamp next_funding_after(Timestamp t);
Timestamp next_funding_after(Timestamp t, ReferenceHours hours);
// Mean over the samples (dampen: all seconds count; exclude: the measured ones), half to even, then deadband and cap.
Rate funding_rate(const PremiumIndex::Mean& mean, const MarketSpec& spec);
// What a position gets (positive) or pays.
Micros funding_amount(Qty net, Ticks mark, Rate rate);

class Funding : public Job {
 public:
  struct Applied {
    Timestamp time{};
    MarketNo market{kNoMarket};
    Rate rate{0};
    Ticks mark{0};
  };
  struct Payment {
    Timestamp time{};
    MarketNo market{kNoMarket};
    std::int32_t subaccount{0};
    Rate rate{0};
    Ticks mark{0};
    Qty quantity{0};
    Micros amount{0};
  };

  void start(Timestamp now) { next_ = next_funding_after(now); }
  std::optional<Timestamp> next(const State&) const override { return next_; }
  void run(State& state) override;

  Timestamp next_time() const noexcept { return next_; }
  const std::vector<Applied>& applied() const noexcept { return applied_; }
  // Oldest first. The house keeps none.
  const std::vector<Payment>& payments(AccountId account) const;

  template <class Ar>
  void state(Ar& ar) {
    ar(next_, applied_, payments_);
  }

 private:
  void apply(State& state, MarketNo market, const Applied& applied);

  Timestamp next_{};
  std::vector<Applied> applied_;
  std::vector<std::vector<Payment>> payments_;  // by AccountId
};

template <class Ar>
void fields(Ar& ar, Funding::Applied& a) {
  ar(a.time, a.market, a.rate, a.mark);
}
template <class Ar>
void fields(Ar& ar, Funding::Payment& p) {
  ar(p.time, p.market, p.subaccount, p.rate, p.mark, p.quantity, p.amount);
}

}  // namespace marginfix::sim
