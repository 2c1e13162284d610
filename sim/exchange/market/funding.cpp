// Rates and payments of funding.
#include "sim/exchange/market/funding.hpp"

#include <algorithm>

#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;

constexpr hours kFirstOfDay{4}, kFundingEvery{8};

// Half to even; the divisor is positive.
Wide divide_half_even(Wide numerator, Wide divisor) {
  Wide quotient = numerator / divisor;
  Wide rest = numerator % divisor;
  const Wide sign = numerator < 0 ? -1 : 1;
  rest *= sign;
  if (2 * rest > divisor || (2 * rest == divisor && quotient % 2 != 0)) quotient += sign;
  return quotient;
}

}  // namespace

MultiplierDecimal rate_decimal(Rate rate) { return shortest(rate, kRateDecimals); }
MultiplierDecimal premium_decimal(Premium premium) { return shortest(premium, 8); }

Timestamp next_funding_after(Timestamp t) {
  const auto since = t - kFirstOfDay - Timestamp{};
  return Timestamp{} + kFirstOfDay + std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<28'800>>>(since) + kFundingEvery;
}

Timestamp next_funding_after(Timestamp t, ReferenceHours hours) {
  Timestamp next = next_funding_after(t);
  while (!is_funded_at(hours, next)) next += kFundingEvery;
  return next;
}

Rate funding_rate(const PremiumIndex::Mean& mean, const MarketSpec& spec) {
  const std::int64_t samples = spec.invalid_premium == InvalidPremium::Exclude ? mean.measured : mean.seconds;
  if (samples == 0) return 0;
  const auto rate = static_cast<Rate>(divide_half_even(static_cast<Wide>(mean.sum) * (kRateOne / kPremiumOne), samples));
  const Rate deadband = spec.funding_deadband_tenthousandths * (kRateOne / 10'000);
  const Rate cap = spec.funding_cap_tenthousandths * (kRateOne / 10'000);
  if (rate > -deadband && rate < deadband) return 0;
  return std::clamp(rate, -cap, cap);
}

Micros funding_amount(Qty net, Ticks mark, Rate rate) {
  return static_cast<Micros>(divide_half_even(-static_cast<Wide>(net) * mark * rate, kRateOne));
}

void Funding::run(State& state) {
  const Timestamp at = next_;
  const ExecGroup exec_group(state, kSystem);
  for (MarketNo m = 0; m < state.markets.size(); ++m) {
    Market& market = state.markets[m];
    if (market.status != MarketStatus::Active || !is_funded_at(market.spec.reference_hours, at)) continue;
    const Rate rate = funding_rate(market.premium.period(at), market.spec);
    market.premium.next_period(at);
    applied_.push_back({at, m, rate, settlement_mark(state, m)});
    apply(state, m, applied_.back());
  }
  next_ = at + kFundingEvery;
}

// A rate of exactly 0 moves nothing and leaves no entry with anybody.
void Funding::apply(State& state, MarketNo m, const Applied& applied) {
  if (applied.rate != 0) {
    for (AccountId id = 0; id < state.accounts.all.size(); ++id) {
      Account& account = state.accounts.all[id];
      Micros paid = 0;
      for (std::size_t s = 0; s < account.subaccounts.size(); ++s) {
        const Qty net = account.subaccounts[s].positions[m].net;
        if (net == 0) continue;
        const auto subaccount = static_cast<std::int32_t>(s);
        const Micros amount = funding_amount(net, applied.mark, applied.rate);
        state.accounts.residual -= amount;
        paid += amount;
        state.accounts.book(id, amount, {applied.time, LedgerKind::Funding, subaccount, m, amount});
        if (account.house) continue;
        if (payments_.size() <= id) payments_.resize(id + 1);
        payments_[id].push_back({applied.time, m, subaccount, applied.rate, applied.mark, net, amount});
      }
      state.clearing.funding(id, m, applied.time, applied.mark, paid,
                             [&](Qty net) { return funding_amount(net, applied.mark, applied.rate); });
    }
  }
  FundingEvent e;
  e.market = m;
  e.symbol = state.symbol(m);
  e.rate = rate_decimal(applied.rate);
  e.mark = to_price(applied.mark);
  state.emitter.other(e, &EventSink::on_funding);
}

const std::vector<Funding::Payment>& Funding::payments(AccountId account) const {
  static const std::vector<Payment> kNone;
  return account < payments_.size() ? payments_[account] : kNone;
}

}  // namespace marginfix::sim
