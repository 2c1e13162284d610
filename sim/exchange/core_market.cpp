// Prices of a market beside its book, and its statistics.
//   reference         the underlying, scaled to one contract: the house's walk, or what control set
//   settlement mark   reference x (1 + s), s = premium smoothed over 600 s, at most 0.25 % either way
//   liquidation mark  reference x (1 + f), f = premium smoothed over 30 s, at most 0.5 % either way
// The premium is sampled each second from the middle of the book (premium.hpp); without one (a side empty, sides more than 5 % of the
// reference apart, a halt) a second counts as 0, so that the marks of a quiet market go back to the reference. Rounded to the tick.
#include <algorithm>

#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {
namespace {

constexpr std::int64_t kMarkOne = 1'000'000'000'000;
constexpr std::int64_t kLiquidationBound = kMarkOne / 200, kSettlementBound = kMarkOne / 400;
constexpr Ticks kWidestSpread = 20;  // a twentieth of the reference
constexpr std::chrono::hours kDay{24};

Ticks with_premium(Ticks reference, std::int64_t smoothed, std::int64_t bound) {
  const Wide moved = static_cast<Wide>(reference) * std::clamp(smoothed, -bound, bound);
  return reference + static_cast<Ticks>((moved + (moved < 0 ? -kMarkOne / 2 : kMarkOne / 2)) / kMarkOne);
}

}  // namespace

Ticks Core::settlement_mark(MarketNo market) const {
  const Market& m = markets_[market];
  return with_premium(m.reference, m.premium.smoothed(clock_).slow, kSettlementBound);
}

Ticks Core::liquidation_mark(MarketNo market) const {
  const Market& m = markets_[market];
  return with_premium(m.reference, m.premium.smoothed(clock_).fast, kLiquidationBound);
}

// ---- what changed -----------------------------------------------------------------------------------------------------------

void Core::touch(MarketNo market) {
  if (std::exchange(markets_[market].touched, true)) return;
  touched_.push_back(market);
}

void Core::observe() {
  risk_watch_.stir(clock_);
  for (const MarketNo market : touched_) {
    Market& m = markets_[market];
    m.touched = false;
    m.premium.change(clock_, measure_premium(m));
    const auto best = [&m](Side side) { return m.book.empty(side) ? 0 : m.book.best(side); };
    m.quotes.change(clock_, best(Side::Buy), best(Side::Sell), accounts_.open_interest[market]);
  }
  touched_.clear();
}

std::optional<Premium> Core::measure_premium(const Market& m) const {
  if (paused_ || m.stopped() || m.status != MarketStatus::Active) return std::nullopt;
  if (m.book.empty(Side::Buy) || m.book.empty(Side::Sell)) return std::nullopt;
  const Ticks bid = m.book.best(Side::Buy), ask = m.book.best(Side::Sell);
  if ((ask - bid) * kWidestSpread > m.reference) return std::nullopt;
  return premium_of(bid, ask, m.reference);
}

void Core::move_reference(MarketNo market, Ticks price) {
  Market& m = markets_[market];
  if (m.reference == price) return;
  m.reference = price;
  m.reference_time = last_quoted(m.spec.reference_hours, clock_);
  touch(market);
}

void Core::put_reference(MarketNo market, Ticks price) {
  move_reference(market, price);
  house_.rebase(*this, market, price);
}

void Core::set_reference(MarketNo market, Ticks price) {
  Command command(*this, kSystem);
  put_reference(market, price);
}

void Core::rename_market(MarketNo market, const std::string& symbol_now) {
  market_index_.erase(markets_[market].spec.symbol);
  markets_[market].spec.symbol = symbol_now;
  market_index_[symbol_now] = market;
}

// ---- what is told -----------------------------------------------------------------------------------------------------------

TradeView Core::view(MarketNo market, const PublicTrade& t) const {
  return {t.time, market, to_price(t.price), to_count(t.quantity), t.aggressor, t.no, make_uuid(seed_, IdKind::Match, t.no)};
}

MarketStats Core::stats(MarketNo market) const {
  const Market& m = markets_[market];
  MarketStats s;
  const auto all = m.tape.totals();
  const auto day = m.tape.totals(clock_ - kDay, clock_ + std::chrono::microseconds(1));
  s.volume = to_count(all.quantity);
  s.volume_notional = to_dollars(all.notional);
  s.volume_24h = to_count(day.quantity);
  s.volume_24h_notional = to_dollars(day.notional);
  if (m.last) s.last_price = to_price(*m.last);
  if (!m.tape.all().empty()) s.last_size = to_count(m.tape.all().back().quantity);
  const Qty interest = accounts_.open_interest[market];
  s.open_interest = to_count(interest);
  s.open_interest_notional = to_dollars(interest * m.last.value_or(settlement_mark(market)));
  for (const Side side : {Side::Buy, Side::Sell}) {
    if (m.book.empty(side)) continue;
    (side == Side::Buy ? s.bid : s.ask) = to_price(m.book.best(side));
    (side == Side::Buy ? s.bid_size : s.ask_size) = to_count(m.book.side(side).begin()->second.size);
  }
  return s;
}

FundingEstimate Core::funding_estimate(MarketNo market) const {
  const Market& m = markets_[market];
  FundingEstimate e;
  e.market = market;
  e.computed = clock_;
  // As seen on an index: no estimate until the day of its funding is under way.
  const bool quoted = last_quoted(m.spec.reference_hours, clock_) == clock_;
  e.next_funding_time = next_funding_after(clock_, m.spec.reference_hours);
  e.rate = rate_decimal(quoted ? funding_rate(m.premium.period(clock_), m.spec) : 0);
  e.mark = to_price(settlement_mark(market));
  if (const auto sample = m.premium.last_sample(clock_); sample && sample->measured) {
    e.premium = premium_decimal(sample->value);
    e.premium_time = Timestamp(std::chrono::seconds(sample->second));
  }
  return e;
}

// ---- pages of trades --------------------------------------------------------------------------------------------------------
// A position is (time, how many of the trades of that very microsecond are still to come, counted from the oldest): it stays right when
// trades of the same microsecond arrive later.

namespace {

constexpr unsigned kRankBits = 13;
constexpr std::uint64_t kMostRank = (1ULL << kRankBits) - 1;

struct Cursor {
  const TradeTape* tape{nullptr};
  MarketNo market{kNoMarket};
  std::size_t left{0};  // trades_[0..left) are still to come
  const PublicTrade& newest() const { return tape->all()[left - 1]; }
};

bool older(const Cursor& a, const Cursor& b) {
  return std::pair(a.newest().time, a.newest().no) < std::pair(b.newest().time, b.newest().no);
}

// Nothing newer than `position` is left in the cursors.
void go_to(std::vector<Cursor>& cursors, std::uint64_t position) {
  const Timestamp at{std::chrono::microseconds(static_cast<std::int64_t>(position >> kRankBits))};
  const std::size_t keep = position & kMostRank;
  std::vector<std::uint64_t> same;
  for (Cursor& c : cursors) {
    c.left = std::min(c.left, c.tape->index_of(at + std::chrono::microseconds(1)));
    for (std::size_t i = c.tape->index_of(at); i < c.left; ++i) same.push_back(c.tape->all()[i].no);
  }
  std::ranges::sort(same);
  if (same.size() <= keep) return;
  for (Cursor& c : cursors) {
    while (c.left > 0 && c.newest().time == at && c.newest().no >= same[keep]) --c.left;
  }
}

std::uint64_t position_of(const std::vector<Cursor>& cursors) {
  Timestamp at{};
  for (const Cursor& c : cursors) {
    if (c.left > 0) at = std::max(at, c.newest().time);
  }
  std::uint64_t rank = 0;
  for (const Cursor& c : cursors) {
    for (std::size_t i = c.left; i > 0 && c.tape->all()[i - 1].time == at; --i) ++rank;
  }
  return static_cast<std::uint64_t>(at.time_since_epoch().count()) << kRankBits | std::min(rank, kMostRank);
}

}  // namespace

TradePage Core::trade_page(const TradeQuery& query) const {
  std::vector<Cursor> cursors;
  for (MarketNo m = 0; m < markets_.size(); ++m) {
    if (query.market && *query.market != m) continue;
    const TradeTape& tape = markets_[m].tape;
    cursors.push_back({&tape, m, query.before ? tape.index_of(*query.before) : tape.all().size()});
  }
  if (query.position) go_to(cursors, *query.position);
  TradePage page;
  while (true) {
    std::erase_if(cursors, [&query](const Cursor& c) { return c.left == 0 || (query.after && c.newest().time <= *query.after); });
    if (cursors.empty()) return page;
    if (page.trades.size() == query.limit) break;
    Cursor& next = *std::ranges::max_element(cursors, older);
    page.trades.push_back(view(next.market, next.newest()));
    --next.left;
  }
  page.next = position_of(cursors);
  return page;
}

}  // namespace marginfix::sim
