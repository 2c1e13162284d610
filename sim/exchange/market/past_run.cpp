// What happened in the three days before the start.
#include "sim/exchange/market/past_run.hpp"

#include <algorithm>

#include "sim/exchange/rules/amend.hpp"
#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/clock.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/rules/submit.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds kPace{24};         // one market a time
constexpr minutes kQuietEvery{110};  // the accounts trade with each other in the quiet market
constexpr minutes kWindDown{270};    // before the start positions are closed ...
constexpr minutes kSilence{190};     // ... and nothing happens any more: the drop-copy window is three hours
constexpr std::uint64_t kActOneIn = 9;
constexpr Qty kMostHeld = 80 * FixedPointCount::kOne;

}  // namespace

PastRun::PastRun(State& state, const Walks& walks, const std::vector<AccountId>& traders)
    : state_(state), walks_(walks), at_(walks.size(), 0), random_(mix64(state.seed ^ 0x6C69'7665'64ULL)) {
  for (const AccountId account : traders) {
    const auto& keys = state.accounts.keys;
    const auto key = std::ranges::find_if(keys, [account](const Key& k) { return k.account == account && k.scope == KeyScope::Trading; });
    if (key == keys.end()) continue;
    Trader& t = traders_.emplace_back();
    t.key = static_cast<KeyNo>(key - keys.begin());
    t.account = account;
    t.subaccounts = static_cast<int>(state.accounts.all[account].subaccounts.size());
    t.resting.resize(walks.size());
  }
}

void PastRun::run(Timestamp start) {
  std::vector<MarketNo> round;
  for (MarketNo m = 0; m < walks_.size(); ++m) {
    if (!walks_[m].empty() && m != state_.quiet_market) round.push_back(m);
  }
  Timestamp quiet = state_.clock + kQuietEvery;
  std::size_t turn = 0;
  for (Timestamp t = state_.clock + kPace; t < start; t += kPace) {
    run_until(state_, t, kHousePace);
    if (!round.empty()) visit(round[turn++ % round.size()]);
    if (state_.quiet_market == kNoMarket || t < quiet || t > start - kWindDown) continue;
    cross(state_.quiet_market);
    quiet += kQuietEvery;
  }
  run_until(state_, start, kHousePace);
  const ExecGroup exec_group(state_, kSystem);
  state_.house.leave_past(state_);
  for (MarketNo m = 0; m < walks_.size(); ++m) move_reference(state_, m, state_.markets[m].spec.reference_price.units() / kMicrosPerTick);
}

void PastRun::follow_walk(MarketNo market) {
  const auto& walk = walks_[market];
  std::size_t& at = at_[market];
  while (at < walk.size() && walk[at].time <= state_.clock) ++at;
  if (at > 0 && last_quoted(state_.markets[market].spec.reference_hours, state_.clock) == state_.clock) {
    move_reference(state_, market, walk[at - 1].price);
  }
}

void PastRun::visit(MarketNo market) {
  {
    const ExecGroup exec_group(state_, kSystem);
    follow_walk(market);
    state_.house.live_past(state_, market);
  }
  const auto left = state_.started - state_.clock;
  if (left < kSilence) return;
  if (left < kWindDown) {
    for (Trader& trader : traders_) flatten(trader, market);
  } else if (!traders_.empty() && random_.below(kActOneIn) == 0) {
    // The accounts come from crypto: in the younger classes nobody has a past yet, and clearing has nothing of theirs to settle.
    if (state_.markets[market].spec.asset_class == "Crypto") act(market);
  }
}

void PastRun::act(MarketNo market) {
  Trader& trader = traders_[random_.below(traders_.size())];
  withdraw(trader, market);
  const std::uint64_t dice = random_.below(100);
  if (dice < 50) {
    take(trader, market, 0);
  } else if (dice < 82) {
    make(trader, market);
  } else if (dice < 92) {
    rest_and_amend(trader, market);
  } else {
    take(trader, market, trader.subaccounts > 1 ? 1 : 0);
  }
}

// Every account has its own opinion of a market, acts on it most of the time, and never holds more than so much.
Side PastRun::lean(const Trader& trader, MarketNo market, int subaccount) {
  const Qty held = net(trader, market, subaccount);
  if (held > kMostHeld) return Side::Sell;
  if (held < -kMostHeld) return Side::Buy;
  const bool bull = (trader.account + market) % 2 == 0;
  return (random_.below(10) < 6) == bull ? Side::Buy : Side::Sell;
}

Qty PastRun::net(const Trader& trader, MarketNo market, int subaccount) const {
  return state_.accounts.position(trader.account, subaccount, market).net;
}

std::optional<Ticks> PastRun::best(MarketNo market, Side side) const {
  const Book& book = state_.markets[market].book;
  return book.empty(side) ? std::nullopt : std::optional(book.best(side));
}

const std::string& PastRun::order(const Trader& trader, MarketNo market, Side side, Ticks price, std::int64_t contracts, bool immediate,
                                  int subaccount, bool reduce_only) {
  id_ = "past-" + std::to_string(++last_id_);
  NewOrder o;
  o.cl_ord_id = id_;
  o.symbol = state_.symbol(market);
  o.side = side;
  o.price = to_price(price);
  o.quantity = FixedPointCount::whole(contracts);
  o.time_in_force = immediate ? TimeInForce::IOC : TimeInForce::GTC;
  o.reduce_only = reduce_only;
  o.subaccount = subaccount;
  o.unique_forever = true;
  submit(state_, {{trader.key, Door::Rest}, {}, 0}, o);
  return id_;
}

void PastRun::take(Trader& trader, MarketNo market, int subaccount) {
  const Side side = lean(trader, market, subaccount);
  if (const auto price = best(market, opposite(side))) order(trader, market, side, *price, random_.between(1, 25), true, subaccount);
}

// Rests inside the spread, and most of the time somebody comes for it.
void PastRun::make(Trader& trader, MarketNo market) {
  const Side side = lean(trader, market, 0);
  const auto bid = best(market, Side::Buy), ask = best(market, Side::Sell);
  if (!bid || !ask) return;
  const Ticks inside = std::max<Ticks>(0, (*ask - *bid - 1) / 2);
  const Ticks price = side == Side::Buy ? *bid + inside : *ask - inside;
  const std::int64_t contracts = random_.between(1, 25);
  trader.resting[market] = order(trader, market, side, price, contracts, false, 0);
  if (random_.below(10) == 0) return;
  const ExecGroup exec_group(state_, kSystem);
  state_.house.hit(state_, market, opposite(side), price, random_.between(1, contracts + 5));
}

void PastRun::rest_and_amend(Trader& trader, MarketNo market) {
  const Side side = lean(trader, market, 0);
  const auto price = best(market, side);
  if (!price) return;
  trader.resting[market] = order(trader, market, side, *price, 10, false, 0);
  const std::string original = trader.resting[market];
  AmendOrder a;
  a.orig_cl_ord_id = original;
  a.quantity = FixedPointCount::whole(random_.between(3, 20));
  if (random_.below(2) == 0) a.price = to_price(side == Side::Buy ? *price - 1 : *price + 1);
  amend(state_, {{trader.key, Door::Rest}, {}, 0}, a);
}

// In the market without a house two accounts trade with each other, now this way, now that way.
void PastRun::cross(MarketNo market) {
  if (traders_.size() < 2 || walks_[market].empty()) return;
  {
    const ExecGroup exec_group(state_, kSystem);
    follow_walk(market);
  }
  const Trader& first = traders_[0];
  const Trader& second = traders_[1];
  const Qty held = net(first, market, 0);
  const Side side = held > 0 ? Side::Sell : Side::Buy;
  const std::int64_t contracts = held == 0 ? random_.between(5, 40) : (held < 0 ? -held : held) / FixedPointCount::kOne;
  const Ticks price = state_.markets[market].reference;
  const bool waits = random_.below(2) == 0;
  order(waits ? first : second, market, waits ? side : opposite(side), price, contracts, false, 0);
  order(waits ? second : first, market, waits ? opposite(side) : side, price, contracts, true, 0);
}

void PastRun::flatten(Trader& trader, MarketNo market) {
  withdraw(trader, market);
  for (int s = 0; s < trader.subaccounts; ++s) {
    const Qty held = net(trader, market, s);
    if (held == 0) continue;
    const Side side = held > 0 ? Side::Sell : Side::Buy;
    const Book& book = state_.markets[market].book;
    const auto& levels = book.side(opposite(side));
    if (levels.empty()) continue;
    const Ticks deepest = Book::price(opposite(side), levels.rbegin()->first);
    order(trader, market, side, deepest, (held > 0 ? held : -held) / FixedPointCount::kOne, true, s, true);
  }
}

void PastRun::withdraw(Trader& trader, MarketNo market) {
  std::string& resting = trader.resting[market];
  if (resting.empty()) return;
  CancelOrder c;
  c.orig_cl_ord_id = resting;
  cancel(state_, {{trader.key, Door::Rest}, {}, 0}, c);
  resting.clear();
}

}  // namespace marginfix::sim
