// Markets: what they are, books, trades, statistics, candles, funding, corporate actions.
#pragma once

#include <string>

#include "sim/exchange/values/market_spec.hpp"
#include "sim/exchange/values/market_views.hpp"
#include "sim/exchange/values/views.hpp"

namespace marginfix::sim {
struct State;
}  // namespace marginfix::sim

namespace marginfix::sim::views {

bool exchange_paused(const State& state) noexcept;
std::size_t market_count(const State& state) noexcept;
MarketInfo market(const State& state, MarketNo market);
const MarketSpec& market_spec(const State& state, MarketNo market);  // as it is now: the symbol may have changed
std::optional<MarketNo> find_market(const State& state, std::string_view symbol);
std::optional<MarketNo> find_market_id(const State& state, std::string_view market_id);
MarketNo quiet_market(const State& state) noexcept;
// Whose write bucket a create or amend spends: the market's exchange index; 0 where no such market is known.
int shard_of(const State& state, std::string_view symbol);
Timestamp reference_time(const State& state, MarketNo market);  // when the reference price last moved
// Why trading is halted, as REST's halt_sources names it; empty when it is not, or when control did it.
std::vector<std::string> halt_sources(const State& state, MarketNo market);

// Best first; max_levels 0 = all.
std::vector<LevelView> depth(const State& state, MarketNo market, Side side, std::size_t max_levels = 0);
// Trades with from <= time < to, oldest first, the seeded past included.
std::vector<TradeView> trades(const State& state, MarketNo market, Timestamp from, Timestamp to, std::size_t limit = SIZE_MAX);
TradePage trade_page(const State& state, const TradeQuery& query);
MarketStats market_stats(const State& state, MarketNo market);
// Periods of 1, 60 or 1440 minutes with start <= end of the period <= end (epoch seconds, start >= 0), oldest first, the running one
// included; before them, if wanted, the synthetic one that carries the latest close before `start`.
std::vector<CandleView> candles(const State& state, MarketNo market, std::int64_t start, std::int64_t end, int minutes,
                                bool latest_before_start = false);

FundingEstimate funding_estimate(const State& state, MarketNo market);
// Applied with from <= time <= to, newest first, of one moment by market.
std::vector<FundingRateView> funding_rates(const State& state, std::optional<MarketNo> market, std::optional<Timestamp> from,
                                           std::optional<Timestamp> to);
// One point for each second from <= s < to, as far as known; 72 hours are kept.
std::vector<PremiumPoint> premium_index(const State& state, MarketNo market, std::int64_t from, std::int64_t to);
// What the account paid and got with from <= time < to, newest first.
std::vector<FundingPaymentView> funding_history(const State& state, AccountId account, std::optional<MarketNo> market, Timestamp from,
                                                Timestamp to, std::optional<int> subaccount = {});

// In REST's order (ex-date, update, id): scheduled ones and those updated within 7 days, or all that ever were.
std::vector<CorporateActionView> corporate_actions(const State& state, std::optional<MarketNo> market = {}, bool all = false);
// The number behind an id; nothing for any other text.
std::optional<std::uint64_t> corporate_action_number(const State& state, std::string_view id);

}  // namespace marginfix::sim::views
