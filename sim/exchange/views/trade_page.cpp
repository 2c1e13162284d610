// Public trades: of a span, and page by page.
#include <algorithm>

#include "sim/exchange/state.hpp"
#include "sim/exchange/views/market.hpp"

namespace marginfix::sim::views {
namespace {

TradeView trade(const State& state, MarketNo market, const PublicTrade& t) {
  return {t.time, market, to_price(t.price), to_count(t.quantity), t.aggressor, t.no, make_uuid(state.seed, IdKind::Match, t.no)};
}

// A position is (time, how many of the trades of that very microsecond are still to come, counted from the oldest): it stays right when
// trades of the same microsecond arrive later.

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

std::vector<TradeView> trades(const State& state, MarketNo market, Timestamp from, Timestamp to, std::size_t limit) {
  std::vector<TradeView> out;
  const auto& all = state.markets[market].tape.all();
  for (std::size_t i = state.markets[market].tape.index_of(from); i < all.size() && all[i].time < to && out.size() < limit; ++i) {
    out.push_back(trade(state, market, all[i]));
  }
  return out;
}

TradePage trade_page(const State& state, const TradeQuery& query) {
  std::vector<Cursor> cursors;
  for (MarketNo m = 0; m < state.markets.size(); ++m) {
    if (query.market && *query.market != m) continue;
    const TradeTape& tape = state.markets[m].tape;
    cursors.push_back({&tape, m, query.before ? tape.index_of(*query.before) : tape.all().size()});
  }
  if (query.position) go_to(cursors, *query.position);
  TradePage page;
  while (true) {
    std::erase_if(cursors, [&query](const Cursor& c) { return c.left == 0 || (query.after && c.newest().time <= *query.after); });
    if (cursors.empty()) return page;
    if (page.trades.size() == query.limit) break;
    Cursor& next = *std::ranges::max_element(cursors, older);
    page.trades.push_back(trade(state, next.market, next.newest()));
    --next.left;
  }
  page.next = position_of(cursors);
  return page;
}

}  // namespace marginfix::sim::views
