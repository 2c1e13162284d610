// Exchange: prices, statistics, candles, funding, corporate actions.
#include <algorithm>

#include "sim/exchange/core_internal.hpp"
#include "sim/exchange/impl.hpp"

namespace marginfix::sim {
namespace {

constexpr std::chrono::days kNoticeKept{7};

FundingRateView view(const Funding::Applied& a) { return {a.market, a.time, rate_decimal(a.rate), to_price(a.mark)}; }

FundingPaymentView view(const Funding::Payment& p) {
  return {p.market, p.time, p.subaccount, rate_decimal(p.rate), to_price(p.mark), to_count(p.quantity), to_dollars(p.amount)};
}

}  // namespace

const MarketSpec& Exchange::market_spec(MarketNo market) const { return impl_->core.markets()[market].spec; }
Timestamp Exchange::reference_time(MarketNo market) const { return impl_->core.markets()[market].reference_time; }
MarketStats Exchange::market_stats(MarketNo market) const { return impl_->core.stats(market); }
TradePage Exchange::trade_page(const TradeQuery& query) const { return impl_->core.trade_page(query); }
FundingEstimate Exchange::funding_estimate(MarketNo market) const { return impl_->core.funding_estimate(market); }
std::vector<CandleView> Exchange::candles(MarketNo market, std::int64_t start, std::int64_t end, int minutes, bool latest_before) const {
  return impl_->core.candles(market, start, end, minutes, latest_before);
}

std::vector<std::string> Exchange::halt_sources(MarketNo market) const {
  const Market& m = impl_->core.markets()[market];
  if (m.action_halt) return {"corporate_action"};
  if (m.status == MarketStatus::Inactive) return {"initial_setup"};
  return {};
}

std::vector<FundingRateView> Exchange::funding_rates(std::optional<MarketNo> market, std::optional<Timestamp> from,
                                                     std::optional<Timestamp> to) const {
  std::vector<FundingRateView> out;
  for (const Funding::Applied& a : impl_->core.funding().applied()) {
    if ((market && a.market != *market) || (from && a.time < *from) || (to && a.time > *to)) continue;
    out.push_back(view(a));
  }
  std::ranges::stable_sort(out, std::ranges::greater{}, &FundingRateView::funding_time);
  return out;
}

std::vector<PremiumPoint> Exchange::premium_index(MarketNo market, std::int64_t from, std::int64_t to) const {
  std::vector<PremiumPoint> out;
  for (const PremiumIndex::Bar& sample : impl_->core.markets()[market].premium.samples(from, to, impl_->core.now())) {
    PremiumPoint& point = out.emplace_back();
    point.second = sample.second;
    if (sample.measured) point.premium = premium_decimal(sample.value);
  }
  return out;
}

std::vector<FundingPaymentView> Exchange::funding_history(AccountId account, std::optional<MarketNo> market, Timestamp from, Timestamp to,
                                                          std::optional<int> subaccount) const {
  std::vector<FundingPaymentView> out;
  for (const Funding::Payment& p : impl_->core.funding().payments(account)) {
    if (p.time < from || p.time >= to || (market && p.market != *market) || (subaccount && p.subaccount != *subaccount)) continue;
    out.push_back(view(p));
  }
  std::ranges::stable_sort(out, std::ranges::greater{}, &FundingPaymentView::funding_time);
  return out;
}

std::vector<CorporateActionView> Exchange::corporate_actions(std::optional<MarketNo> market, bool all) const {
  auto out = impl_->core.actions().list(impl_->core, market);
  const Timestamp oldest = impl_->core.now() - kNoticeKept;
  std::erase_if(out,
                [&](const CorporateActionView& v) { return !all && v.status != CorporateActionStatus::Scheduled && v.updated < oldest; });
  return out;
}

Result<void> Exchange::set_reference_price(MarketNo market, DollarDecimal price) {
  if (market >= market_count()) return fail(ErrorCategory::config, "no such market");
  if (!is_price(price)) return fail(ErrorCategory::config, "a reference price is a positive multiple of 0.0001 dollars");
  const Ticks ticks = price.units() / kMicrosPerTick;
  impl_->command(
      Op::SetReference, [&](Core& c) { c.set_reference(market, ticks); }, market, ticks);
  return {};
}

Result<Uuid> Exchange::schedule_corporate_action(const CorporateAction& action) {
  if (auto good = CorporateActions::validate(action, impl_->core); !good) return good.error();
  const std::uint64_t no = impl_->command(
      Op::ScheduleAction, [&](Core& c) { return c.schedule_action(action); }, action);
  return make_uuid(impl_->core.emitter().seed(), IdKind::CorporateAction, no);
}

Result<void> Exchange::cancel_corporate_action(std::string_view id) {
  const auto no = uuid_number(impl_->core.emitter().seed(), IdKind::CorporateAction, id);
  if (no && impl_->command(
                Op::CancelAction, [&](Core& c) { return c.cancel_action(*no); }, *no)) {
    return {};
  }
  return fail(ErrorCategory::config, "no scheduled corporate action " + std::string(id));
}

}  // namespace marginfix::sim
