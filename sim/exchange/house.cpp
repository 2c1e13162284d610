// What the house accounts decide.
#include "sim/exchange/house.hpp"

#include <algorithm>

#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {

void House::start(Core& core, std::uint64_t seed) {
  random_ = Random(mix64(seed ^ 0x686F'7573'65ULL));
  next_ = core.now() + kHousePace;
  const auto make = [&](const char* name, std::uint64_t no) {
    const Uuid id = make_uuid(seed, IdKind::User, no);
    core.create_account({name, {{std::string(id.view()), KeyScope::Trading}}, false, {}}, true);
    return static_cast<KeyNo>(core.accounts().keys.size() - 1);
  };
  maker_ = make("house-maker", 1);
  taker_ = make("house-taker", 2);
  for (MarketNo i = 0; i < core.markets().size(); ++i) {
    const Market& m = core.markets()[i];
    if (i != core.quiet_market() && m.status == MarketStatus::Active) ladders_[i].base = m.reference;
  }
}

void House::set_on(Core& core, bool on) {
  if (on_ == on) return;
  on_ = on;
  next_ = core.now() + kHousePace;
  for (auto& [market, ladder] : ladders_) {
    if (on) {
      tend(core, market);
    } else {
      ladder.bids.clear();
      ladder.asks.clear();
    }
  }
  if (!on) withdraw(core);
}

void House::withdraw(Core& core) {
  core.cancel_where(core.accounts().keys[maker_].account, {Reason::UserCanceled, UpdateReason::UserCancel, {}, {}, false},
                    [](const Order&) { return true; });
}

void House::run(Core& core, std::chrono::microseconds pace) {
  next_ = core.now() + pace;
  if (ladders_.empty()) return;
  const auto it = std::next(ladders_.begin(), static_cast<std::ptrdiff_t>(random_.below(ladders_.size())));
  const MarketNo market = it->first;
  if (core.validate_market(market) != Reason::None) return;
  wander(core, market);
  tend(core, market);
  const std::uint64_t dice = random_.below(100);
  if (dice < 15) {
    take(core, market);
    tend(core, market);
  } else if (dice < 85) {
    resize(core, market);
  }
}

// A bounded random walk that is drawn back to where it began.
void House::wander(Core& core, MarketNo market) {
  Ladder& ladder = ladders_[market];
  Ticks reference = core.markets_[market].reference;
  const Ticks stride = std::max<Ticks>(1, step_of(ladder) / 2);
  reference += random_.between(-stride, stride) + (ladder.base - reference) / 2'000;
  reference = std::clamp(reference, ladder.base / 2, ladder.base * 2);
  // While nobody quotes the underlying its price stands; the book goes on.
  if (last_quoted(core.markets_[market].spec.reference_hours, core.now()) == core.now()) core.move_reference(market, reference);
  lean(core, market, ladder);
}

// The quotes stand beside the reference by a premium that goes where this funding period of this market wants it: by seed, up to 0.07 %.
void House::lean(const Core& core, MarketNo market, Ladder& ladder) {
  const auto period = static_cast<std::uint64_t>(next_funding_after(core.now()).time_since_epoch().count());
  const auto goal = static_cast<std::int64_t>(mix64(mix64(core.seed_ ^ period) + market) % 1'401) - 700;
  ladder.premium_ppm += (goal - ladder.premium_ppm) / 64 + random_.between(-20, 20);
  ladder.premium_ppm = std::clamp<std::int64_t>(ladder.premium_ppm, -1'000, 1'000);
}

void House::live_past(Core& core, MarketNo market) {
  levels_ = kPastLevels;
  lean(core, market, ladders_[market]);
  tend(core, market);
}

void House::leave_past(Core& core) {
  levels_ = kLadderLevels;
  for (auto& [market, ladder] : ladders_) {
    ladder.bids.clear();
    ladder.asks.clear();
  }
  withdraw(core);
  next_ = core.now() + kHousePace;
}

void House::rebase(Core& core, MarketNo market, Ticks price) {
  const auto it = ladders_.find(market);
  if (it == ladders_.end()) return;
  it->second.base = price;
  if (on_ && core.validate_market(market) == Reason::None) tend(core, market);
}

void House::tend(Core& core, MarketNo market) {
  const Ladder& ladder = ladders_[market];
  const Ticks step = step_of(ladder);
  const Ticks reference = core.markets_[market].reference;
  const Ticks middle = reference + reference * ladder.premium_ppm / 1'000'000;
  const Ticks top_bid = middle / step * step;  // on a grid, so that a small move of the reference moves few quotes
  tend_side(core, market, Side::Buy, top_bid, step);
  tend_side(core, market, Side::Sell, top_bid + step, step);
}

// Quotes stand at top, top -/+ step, ...: forgets what was filled, withdraws what left the range, adds what is missing.
void House::tend_side(Core& core, MarketNo market, Side side, Ticks top, Ticks step) {
  Ladder& ladder = ladders_[market];
  std::vector<Quote>& quotes = side == Side::Buy ? ladder.bids : ladder.asks;
  const Ticks sign = side == Side::Buy ? -1 : 1;
  const Ticks last = top + sign * step * (levels_ - 1);
  const auto outside = [&](const Quote& q) {
    return side == Side::Buy ? q.price > top || q.price < last : q.price < top || q.price > last;
  };
  std::erase_if(quotes, [&](const Quote& q) {
    const OrderIx ix = core.orders_.find(q.order);
    if (ix == kNil || !core.orders_[ix].open) return true;
    if (!outside(q)) return false;
    core.cancel_order(ix, {Reason::UserCanceled, UpdateReason::UserCancel, {}, {}, false});
    return true;
  });
  for (int i = 0; i < levels_; ++i) {
    const Ticks price = top + sign * step * i;
    if (price <= 0 || std::ranges::find(quotes, price, &Quote::price) != quotes.end()) continue;
    if (const OrderNo no = quote(core, market, side, price)) quotes.push_back({price, no});
  }
}

OrderNo House::quote(Core& core, MarketNo market, Side side, Ticks price) {
  NewOrder order;
  order.symbol = core.symbol(market);
  order.side = side;
  order.price = to_price(price);
  order.quantity = FixedPointCount::whole(random_.between(10, 400));
  order.time_in_force = TimeInForce::GTC;
  order.self_trade_prevention = SelfTradePreventionType::Maker;
  return core.house_submit(maker_, order).order_no;
}

void House::take(Core& core, MarketNo market) {
  const Side side = random_.below(2) == 0 ? Side::Buy : Side::Sell;
  const Book& book = core.markets_[market].book;
  if (book.empty(opposite(side))) return;
  hit(core, market, side, book.best(opposite(side)), random_.below(12) == 0 ? random_.between(100, 600) : random_.between(1, 60));
}

void House::hit(Core& core, MarketNo market, Side side, Ticks price, std::int64_t contracts) {
  NewOrder order;
  order.symbol = core.symbol(market);
  order.side = side;
  order.price = to_price(price);
  order.quantity = FixedPointCount::whole(contracts);
  order.time_in_force = TimeInForce::IOC;
  core.house_submit(taker_, order);
}

// Another size for one quote: withdrawn and quoted again in the same decision.
void House::resize(Core& core, MarketNo market) {
  Ladder& ladder = ladders_[market];
  const Side side = random_.below(2) == 0 ? Side::Buy : Side::Sell;
  std::vector<Quote>& quotes = side == Side::Buy ? ladder.bids : ladder.asks;
  if (quotes.empty()) return;
  Quote& q = quotes[random_.below(quotes.size())];
  const OrderIx ix = core.orders_.find(q.order);
  if (ix == kNil || !core.orders_[ix].open) return;
  core.cancel_order(ix, {Reason::UserCanceled, UpdateReason::UserCancel, {}, {}, false});
  q.order = quote(core, market, side, q.price);
}

}  // namespace marginfix::sim
