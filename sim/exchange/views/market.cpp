#include "sim/exchange/views/market.hpp"

#include <algorithm>

#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim::views {
namespace {

constexpr std::chrono::days kNoticeKept{7};
constexpr std::chrono::hours kDay{24};

FundingRateView told(const Funding::Applied& a) { return {a.market, a.time, rate_decimal(a.rate), to_price(a.mark)}; }

FundingPaymentView told(const Funding::Payment& p) {
  return {p.market, p.time, p.subaccount, rate_decimal(p.rate), to_price(p.mark), to_count(p.quantity), to_dollars(p.amount)};
}

}  // namespace

bool exchange_paused(const State& state) noexcept { return state.paused; }
std::size_t market_count(const State& state) noexcept { return state.markets.size(); }
MarketInfo market(const State& state, MarketNo no) {
  const Market& m = state.markets[no];
  return {no,
          m.spec.symbol,
          m.spec.title,
          m.spec.contract_size,
          m.status,
          m.stopped() || state.paused,
          to_price(m.reference),
          m.last ? std::optional(to_price(*m.last)) : std::nullopt,
          m.id,
          m.version,
          to_price(settlement_mark(state, no)),
          to_price(liquidation_mark(state, no))};
}
const MarketSpec& market_spec(const State& state, MarketNo market) { return state.markets[market].spec; }
std::optional<MarketNo> find_market(const State& state, std::string_view symbol) { return state.find_market(symbol); }
std::optional<MarketNo> find_market_id(const State& state, std::string_view id) {
  const auto no = uuid_number(state.seed, IdKind::Market, id);
  return no && *no >= 1 && *no <= state.markets.size() ? std::optional(static_cast<MarketNo>(*no - 1)) : std::nullopt;
}
MarketNo quiet_market(const State& state) noexcept { return state.quiet_market; }
int shard_of(const State& state, std::string_view symbol) {
  const auto market = state.find_market(symbol);
  return market ? market_spec(state, *market).exchange_index : 0;
}
Timestamp reference_time(const State& state, MarketNo market) { return state.markets[market].reference_time; }

std::vector<LevelView> depth(const State& state, MarketNo market, Side side, std::size_t max_levels) {
  std::vector<LevelView> out;
  for (const auto& [key, level] : state.markets[market].book.side(side)) {
    if (max_levels != 0 && out.size() == max_levels) break;
    out.push_back({to_price(Book::price(side, key)), to_count(level.size)});
  }
  return out;
}

MarketStats market_stats(const State& state, MarketNo market) {
  const Market& m = state.markets[market];
  MarketStats s;
  const auto all = m.tape.totals();
  const auto day = m.tape.totals(state.clock - kDay, state.clock + std::chrono::microseconds(1));
  s.volume = to_count(all.quantity);
  s.volume_notional = to_dollars(all.notional);
  s.volume_24h = to_count(day.quantity);
  s.volume_24h_notional = to_dollars(day.notional);
  if (m.last) s.last_price = to_price(*m.last);
  if (!m.tape.all().empty()) s.last_size = to_count(m.tape.all().back().quantity);
  const Qty interest = state.accounts.open_interest[market];
  s.open_interest = to_count(interest);
  s.open_interest_notional = to_dollars(interest * m.last.value_or(settlement_mark(state, market)));
  for (const Side side : {Side::Buy, Side::Sell}) {
    if (m.book.empty(side)) continue;
    (side == Side::Buy ? s.bid : s.ask) = to_price(m.book.best(side));
    (side == Side::Buy ? s.bid_size : s.ask_size) = to_count(m.book.side(side).begin()->second.size);
  }
  return s;
}

FundingEstimate funding_estimate(const State& state, MarketNo market) {
  const Market& m = state.markets[market];
  FundingEstimate e;
  e.market = market;
  e.computed = state.clock;
  // As seen on an index: no estimate until the day of its funding is under way.
  const bool quoted = last_quoted(m.spec.reference_hours, state.clock) == state.clock;
  e.next_funding_time = next_funding_after(state.clock, m.spec.reference_hours);
  e.rate = rate_decimal(quoted ? funding_rate(m.premium.period(state.clock), m.spec) : 0);
  e.mark = to_price(settlement_mark(state, market));
  if (const auto sample = m.premium.last_sample(state.clock); sample && sample->measured) {
    e.premium = premium_decimal(sample->value);
    e.premium_time = Timestamp(std::chrono::seconds(sample->second));
  }
  return e;
}

std::vector<std::string> halt_sources(const State& state, MarketNo market) {
  const Market& m = state.markets[market];
  if (m.action_halt) return {"corporate_action"};
  if (m.status == MarketStatus::Inactive) return {"initial_setup"};
  return {};
}

std::vector<FundingRateView> funding_rates(const State& state, std::optional<MarketNo> market, std::optional<Timestamp> from,
                                           std::optional<Timestamp> to) {
  std::vector<FundingRateView> out;
  for (const Funding::Applied& a : state.funding.applied()) {
    if ((market && a.market != *market) || (from && a.time < *from) || (to && a.time > *to)) continue;
    out.push_back(told(a));
  }
  std::ranges::stable_sort(out, std::ranges::greater{}, &FundingRateView::funding_time);
  return out;
}

std::vector<PremiumPoint> premium_index(const State& state, MarketNo market, std::int64_t from, std::int64_t to) {
  std::vector<PremiumPoint> out;
  for (const PremiumIndex::Bar& sample : state.markets[market].premium.samples(from, to, state.clock)) {
    PremiumPoint& point = out.emplace_back();
    point.second = sample.second;
    if (sample.measured) point.premium = premium_decimal(sample.value);
  }
  return out;
}

std::vector<FundingPaymentView> funding_history(const State& state, AccountId account, std::optional<MarketNo> market, Timestamp from,
                                                Timestamp to, std::optional<int> subaccount) {
  std::vector<FundingPaymentView> out;
  for (const Funding::Payment& p : state.funding.payments(account)) {
    if (p.time < from || p.time >= to || (market && p.market != *market) || (subaccount && p.subaccount != *subaccount)) continue;
    out.push_back(told(p));
  }
  std::ranges::stable_sort(out, std::ranges::greater{}, &FundingPaymentView::funding_time);
  return out;
}

std::vector<CorporateActionView> corporate_actions(const State& state, std::optional<MarketNo> market, bool all) {
  auto out = state.actions.list(state, market);
  const Timestamp oldest = state.clock - kNoticeKept;
  std::erase_if(out,
                [&](const CorporateActionView& v) { return !all && v.status != CorporateActionStatus::Scheduled && v.updated < oldest; });
  return out;
}

std::optional<std::uint64_t> corporate_action_number(const State& state, std::string_view id) {
  return uuid_number(state.seed, IdKind::CorporateAction, id);
}

}  // namespace marginfix::sim::views
