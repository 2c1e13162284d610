#include "services/gateway/oms/book_view.hpp"

#include <algorithm>

#include "marginfix/core/text.hpp"

namespace marginfix::gateway {
namespace {

constexpr char kBid = '0', kOffer = '1', kTrade = '2';    // MDEntryType(269)
constexpr char kNew = '0', kChange = '1', kDelete = '2';  // MDUpdateAction(279)

void see_side(const OrderBook& book, BookSide side, std::size_t depth, std::vector<BookLevel>& out) {
  const std::size_t count = book.level_count(side);
  const std::size_t seen = depth == 0 ? count : std::min(depth, count);
  for (std::size_t i = 0; i < seen; ++i) out.push_back(*book.level(side, i));
}

// each(action, level) for what makes `now` of `told`, both best first: a deleted level as it was told.
template <class Each>
void compare_levels(std::span<const BookLevel> told, std::span<const BookLevel> now, char type, Each&& each) {
  const auto before = [type](const BookLevel& a, const BookLevel& b) { return type == kBid ? a.price > b.price : a.price < b.price; };
  auto was = told.begin();
  auto is = now.begin();
  while (was != told.end() || is != now.end()) {
    if (is == now.end() || (was != told.end() && before(*was, *is))) {
      each(kDelete, *was++);
    } else if (was == told.end() || before(*is, *was)) {
      each(kNew, *is++);
    } else {
      if (was->size != is->size) each(kChange, *is);
      ++was, ++is;
    }
  }
}

}  // namespace

std::size_t BookView::add(std::span<const MarketTrade> trades, std::size_t most) {
  if (!wish_.trades) return 0;
  trades_.insert(trades_.end(), trades.begin(), trades.end());
  if (trades_.size() <= most) return 0;
  const std::size_t dropped = trades_.size() - most;
  trades_.erase(trades_.begin(), trades_.begin() + static_cast<std::ptrdiff_t>(dropped));
  return dropped;
}

Telling BookView::next(const OrderBook* book, std::string_view symbol, BookMessages& out) {
  out.w.md_entries.clear();
  out.x.md_entries.clear();
  if (book == nullptr) {
    if (!lost_ || stage_ == Stage::gone) return Telling::nothing;
    stage_ = Stage::gone;
    bids_.clear();
    offers_.clear();
    return Telling::snapshot;
  }
  see(*book, out);
  const bool whole = lost_ || stage_ != Stage::live;
  if (!whole && trades_.empty() && out.bids == bids_ && out.offers == offers_) return Telling::nothing;
  const Telling telling = whole || !wish_.incremental ? Telling::snapshot : Telling::update;
  if (telling == Telling::snapshot)
    fill_snapshot(*book, out);
  else
    fill_update(*book, symbol, out);
  bids_.assign(out.bids.begin(), out.bids.end());
  offers_.assign(out.offers.begin(), out.offers.end());
  stage_ = Stage::live;
  lost_ = false;
  return telling;
}

BookView::Time BookView::time_of(std::optional<Timestamp> at) {
  if (!at || *at == Timestamp{}) return {};
  const auto day = std::chrono::floor<std::chrono::days>(*at);
  return {Date(day), *at - day};
}

void BookView::see(const OrderBook& book, BookMessages& out) const {
  out.bids.clear();
  out.offers.clear();
  if (wish_.bids) see_side(book, BookSide::bid, wish_.depth, out.bids);
  if (wish_.offers) see_side(book, BookSide::ask, wish_.depth, out.offers);
}

void BookView::fill_snapshot(const OrderBook& book, BookMessages& out) const {
  const Time time = time_of(book.exchange_time().value_or(book.updated_at()));
  for (const BookLevel& level : out.bids) out.w.md_entries.push_back({kBid, level.price, level.size, time.date, time.of_day});
  for (const BookLevel& level : out.offers) out.w.md_entries.push_back({kOffer, level.price, level.size, time.date, time.of_day});
  for (const MarketTrade& trade : trades_) {
    const Time at = time_of(trade.time);
    out.w.md_entries.push_back({kTrade, trade.price, trade.size, at.date, at.of_day});
  }
}

// Trades first, as they made the changes; then what goes, so that who applies one entry after the other never has more levels than it asked
// for nor a crossed book; then what is new or changed.
void BookView::fill_update(const OrderBook& book, std::string_view symbol, BookMessages& out) const {
  for (const MarketTrade& trade : trades_) {
    const Time at = time_of(trade.time);
    const bool named = !trade.trade_id.empty() && identifier_fault(trade.trade_id) == nullptr;
    const auto id = named ? std::optional<std::string_view>(trade.trade_id) : std::nullopt;
    out.x.md_entries.push_back({kNew, kTrade, id, symbol, trade.price, trade.size, at.date, at.of_day});
  }
  const Time time = time_of(book.exchange_time().value_or(book.updated_at()));
  for (const bool deletes : {true, false}) {
    const auto side = [&](char type, std::span<const BookLevel> told, std::span<const BookLevel> now) {
      compare_levels(told, now, type, [&](char action, const BookLevel& level) {
        if ((action == kDelete) != deletes) return;
        const auto size = deletes ? std::nullopt : std::optional(level.size);
        out.x.md_entries.push_back({action, type, std::nullopt, symbol, level.price, size, time.date, time.of_day});
      });
    };
    side(kBid, bids_, out.bids);
    side(kOffer, offers_, out.offers);
  }
}

}  // namespace marginfix::gateway
