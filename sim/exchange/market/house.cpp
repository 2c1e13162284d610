// What the house accounts decide.
#include "sim/exchange/market/house.hpp"

#include <algorithm>

#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/rules/members.hpp"
#include "sim/exchange/rules/submit.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {

void House::start(State& state, std::uint64_t seed) {
  random_ = Random(mix64(seed ^ 0x686F'7573'65ULL));
  next_ = state.clock + kHousePace;
  const auto make = [&](const char* name, std::uint64_t no) {
    const Uuid id = make_uuid(seed, IdKind::User, no);
    create_account(state, {name, {{std::string(id.view()), KeyScope::Trading}}, false, {}}, true);
    return static_cast<KeyNo>(state.accounts.keys.size() - 1);
  };
  maker_ = make("house-maker", 1);
  taker_ = make("house-taker", 2);
  for (MarketNo i = 0; i < state.markets.size(); ++i) {
    const Market& m = state.markets[i];
    if (i != state.quiet_market && m.status == MarketStatus::Active) ladders_[i].base = m.reference;
  }
}

void House::set_on(State& state, bool on) {
  if (on_ == on) return;
  on_ = on;
  next_ = state.clock + kHousePace;
  for (auto& [market, ladder] : ladders_) {
    if (on) {
      tend(state, market);
    } else {
      ladder.bids.clear();
      ladder.asks.clear();
    }
  }
  if (!on) withdraw(state);
}

void House::withdraw(State& state) {
  cancel_where(state, state.accounts.keys[maker_].account, {Reason::UserCanceled, UpdateReason::UserCancel, {}, {}, false},
               [](const Order&) { return true; });
}

void House::run(State& state, std::chrono::microseconds pace) {
  next_ = state.clock + pace;
  if (ladders_.empty()) return;
  const auto it = std::next(ladders_.begin(), static_cast<std::ptrdiff_t>(random_.below(ladders_.size())));
  const MarketNo market = it->first;
  if (validate_market(state, market) != Reason::None) return;
  wander(state, market);
  tend(state, market);
  const std::uint64_t dice = random_.below(100);
  if (dice < 15) {
    take(state, market);
    tend(state, market);
  } else if (dice < 85) {
    resize(state, market);
  }
}

// A bounded random walk that is drawn back to where it began.
void House::wander(State& state, MarketNo market) {
  Ladder& ladder = ladders_[market];
  Ticks reference = state.markets[market].reference;
  const Ticks stride = std::max<Ticks>(1, step_of(ladder) / 2);
  reference += random_.between(-stride, stride) + (ladder.base - reference) / 2'000;
  reference = std::clamp(reference, ladder.base / 2, ladder.base * 2);
  // While nobody quotes the underlying its price stands; the book goes on.
  if (last_quoted(state.markets[market].spec.reference_hours, state.clock) == state.clock) move_reference(state, market, reference);
  lean(state, market, ladder);
}

// The quotes stand beside the reference by a premium that goes where this funding period of this market wants it: by seed, up to 0.07 %.
void House::lean(const State& state, MarketNo market, Ladder& ladder) {
  const auto period = static_cast<std::uint64_t>(next_funding_after(state.clock).time_since_epoch().count());
  const auto goal = static_cast<std::int64_t>(mix64(mix64(state.seed ^ period) + market) % 1'401) - 700;
  ladder.premium_ppm += (goal - ladder.premium_ppm) / 64 + random_.between(-20, 20);
  ladder.premium_ppm = std::clamp<std::int64_t>(ladder.premium_ppm, -1'000, 1'000);
}

void House::live_past(State& state, MarketNo market) {
  levels_ = kPastLevels;
  lean(state, market, ladders_[market]);
  tend(state, market);
}

void House::leave_past(State& state) {
  levels_ = kLadderLevels;
  for (auto& [market, ladder] : ladders_) {
    ladder.bids.clear();
    ladder.asks.clear();
  }
  withdraw(state);
  next_ = state.clock + kHousePace;
}

void House::rebase(State& state, MarketNo market, Ticks price) {
  const auto it = ladders_.find(market);
  if (it == ladders_.end()) return;
  it->second.base = price;
  if (on_ && validate_market(state, market) == Reason::None) tend(state, market);
}

void House::tend(State& state, MarketNo market) {
  const Ladder& ladder = ladders_[market];
  const Ticks step = step_of(ladder);
  const Ticks reference = state.markets[market].reference;
  const Ticks middle = reference + reference * ladder.premium_ppm / 1'000'000;
  const Ticks top_bid = middle / step * step;  // on a grid, so that a small move of the reference moves few quotes
  tend_side(state, market, Side::Buy, top_bid, step);
  tend_side(state, market, Side::Sell, top_bid + step, step);
}

// Quotes stand at top, top -/+ step, ...: forgets what was filled, withdraws what left the range, adds what is missing.
void House::tend_side(State& state, MarketNo market, Side side, Ticks top, Ticks step) {
  Ladder& ladder = ladders_[market];
  std::vector<Quote>& quotes = side == Side::Buy ? ladder.bids : ladder.asks;
  const Ticks sign = side == Side::Buy ? -1 : 1;
  const Ticks last = top + sign * step * (levels_ - 1);
  const auto outside = [&](const Quote& q) {
    return side == Side::Buy ? q.price > top || q.price < last : q.price < top || q.price > last;
  };
  std::erase_if(quotes, [&](const Quote& q) {
    const OrderIx ix = state.orders.find(q.order);
    if (ix == kNil || !state.orders[ix].open) return true;
    if (!outside(q)) return false;
    cancel_order(state, ix, {Reason::UserCanceled, UpdateReason::UserCancel, {}, {}, false});
    return true;
  });
  for (int i = 0; i < levels_; ++i) {
    const Ticks price = top + sign * step * i;
    if (price <= 0 || std::ranges::find(quotes, price, &Quote::price) != quotes.end()) continue;
    if (const OrderNo no = quote(state, market, side, price)) quotes.push_back({price, no});
  }
}

OrderNo House::quote(State& state, MarketNo market, Side side, Ticks price) {
  NewOrder order;
  order.symbol = state.symbol(market);
  order.side = side;
  order.price = to_price(price);
  order.quantity = FixedPointCount::whole(random_.between(10, 400));
  order.time_in_force = TimeInForce::GTC;
  order.self_trade_prevention = SelfTradePreventionType::Maker;
  return house_submit(state, maker_, order).order_no;
}

void House::take(State& state, MarketNo market) {
  const Side side = random_.below(2) == 0 ? Side::Buy : Side::Sell;
  const Book& book = state.markets[market].book;
  if (book.empty(opposite(side))) return;
  hit(state, market, side, book.best(opposite(side)), random_.below(12) == 0 ? random_.between(100, 600) : random_.between(1, 60));
}

void House::hit(State& state, MarketNo market, Side side, Ticks price, std::int64_t contracts) {
  NewOrder order;
  order.symbol = state.symbol(market);
  order.side = side;
  order.price = to_price(price);
  order.quantity = FixedPointCount::whole(contracts);
  order.time_in_force = TimeInForce::IOC;
  house_submit(state, taker_, order);
}

// Another size for one quote: withdrawn and quoted again in the same decision.
void House::resize(State& state, MarketNo market) {
  Ladder& ladder = ladders_[market];
  const Side side = random_.below(2) == 0 ? Side::Buy : Side::Sell;
  std::vector<Quote>& quotes = side == Side::Buy ? ladder.bids : ladder.asks;
  if (quotes.empty()) return;
  Quote& q = quotes[random_.below(quotes.size())];
  const OrderIx ix = state.orders.find(q.order);
  if (ix == kNil || !state.orders[ix].open) return;
  cancel_order(state, ix, {Reason::UserCanceled, UpdateReason::UserCancel, {}, {}, false});
  q.order = quote(state, market, side, q.price);
}

}  // namespace marginfix::sim
