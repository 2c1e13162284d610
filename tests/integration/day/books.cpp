#include "integration/day/books.hpp"

#include <algorithm>

namespace marginfix::day {
namespace {

Amount part(Amount whole, Contracts of, Contracts all) { return static_cast<Amount>(static_cast<Wide>(whole) * of / all); }

Wide half_even(Wide numerator, Wide divisor) {
  const bool negative = numerator < 0;
  const Wide n = negative ? -numerator : numerator;
  Wide q = n / divisor;
  const Wide twice = 2 * (n % divisor);
  if (twice > divisor || (twice == divisor && q % 2 == 1)) ++q;
  return negative ? -q : q;
}

Booked trade(Position& p, const HeardFill& f) {
  const Contracts change = f.side == Side::Buy ? f.quantity.units() : -f.quantity.units();
  const bool against = (p.net > 0 && change < 0) || (p.net < 0 && change > 0);
  const Contracts closed = against ? std::min(size_of(p.net), size_of(change)) : 0;
  const bool all = closed > 0 && closed == size_of(p.net);
  Booked booked;
  booked.measured_against = p.entry_price();
  if (closed > 0) {
    const Amount taken = all ? p.cost : part(p.cost, closed, size_of(p.net));
    booked.realized = worth(f.price, p.net > 0 ? closed : -closed) - taken;
    p.cost -= taken;
  }
  const Contracts opened = size_of(change) - closed;
  p.cost += worth(f.price, change < 0 ? -opened : opened);
  p.net += change;
  p.realized += booked.realized;
  p.fees += f.fee.units();
  if (p.net == 0) {
    p.open_fees = 0;
  } else if (all) {
    p.open_fees = part(f.fee.units(), opened, size_of(change));
  } else {
    p.open_fees += f.fee.units();
  }
  if (closed == 0) booked.measured_against = p.entry_price();
  return booked;
}

class Keeper {
 public:
  explicit Keeper(const History& history) : history_(history) {
    for (std::size_t s = 0; s < history.deposits.size(); ++s) books_.cash[static_cast<int>(s)] = history.deposits[s];
  }
  void fill(const HeardFill& f) {
    const Booked booked = trade(books_.positions[{f.subaccount, f.ticker}], f);
    books_.fills[f.exec_id] = booked;
    Amount& cash = books_.cash[f.subaccount];
    cash += booked.realized - f.fee.units();
    Line& line = books_.lines[{f.customer, f.ticker}];
    const Contracts change = f.side == Side::Buy ? f.quantity.units() : -f.quantity.units();
    line.net += change;
    line.flow -= worth(f.price, change);
    line.fees += f.fee.units();
    if (cash >= 0 || !flat(f.subaccount)) return;
    books_.insured -= cash;
    cash = 0;
  }
  void move(const CashMove& m) { books_.cash[m.subaccount] += m.amount; }
  void fund(const rest::MarginFundingRate& r) {
    if (r.funding_rate.coefficient() == 0) return;  // moves nothing, leaves no entry
    Amount paid = 0;
    for (const auto& [held, p] : books_.positions) {
      if (held.second != r.market_ticker || p.net == 0) continue;
      const Amount amount = funding_amount(p.net, r.mark_price, r.funding_rate);
      books_.cash[held.first] += amount;
      paid += amount;
      books_.payments.push_back({r.funding_time, r.market_ticker, held.first, p.net, amount});
    }
    // Every customer gets what its share gives, the account's own line the rest.
    for (auto& [name, line] : books_.lines) {
      if (name.second != r.market_ticker || name.first.empty()) continue;
      const Amount amount = funding_amount(line.net, r.mark_price, r.funding_rate);
      line.funding += amount;
      paid -= amount;
    }
    if (paid != 0) books_.lines[{"", r.market_ticker}].funding += paid;
  }
  Books take() { return std::move(books_); }

 private:
  bool flat(int subaccount) const {
    return std::ranges::none_of(books_.positions, [&](const auto& e) { return e.first.first == subaccount && e.second.net != 0; });
  }
  const History& history_;
  Books books_;
};

}  // namespace

DollarDecimal Position::entry_price() const {
  if (net == 0) return {};
  const Wide n = size_of(net), c = static_cast<Wide>(net < 0 ? -cost : cost) * FixedPointCount::kOne;
  return DollarDecimal::from_units(static_cast<std::int64_t>((2 * c + n) / (2 * n)));  // half up
}

Amount funding_amount(Contracts net, DollarDecimal mark, const MultiplierDecimal& rate) {
  Wide divisor = FixedPointCount::kOne;
  for (int e = rate.exponent(); e < 0; ++e) divisor *= 10;
  Wide numerator = -static_cast<Wide>(net) * mark.units() * rate.coefficient();
  for (int e = rate.exponent(); e > 0; --e) numerator *= 10;
  return static_cast<Amount>(half_even(numerator, divisor));
}

Books keep_books(const History& history, Timestamp until) {
  Keeper keeper(history);
  auto rate = history.rates.begin();
  auto move = history.moves.begin();
  const auto funded_before = [&](Timestamp t) {
    for (; rate != history.rates.end() && rate->funding_time <= t; ++rate) keeper.fund(*rate);
  };
  const auto moved_before = [&](Timestamp t) {
    for (; move != history.moves.end() && move->time <= t && move->time < until; ++move) {
      keeper.move(*move);
    }
  };
  for (const HeardFill& f : history.fills) {
    if (f.time >= until) break;
    funded_before(f.time);
    moved_before(f.time);
    keeper.fill(f);
  }
  funded_before(until);
  moved_before(until);
  return keeper.take();
}

}  // namespace marginfix::day
