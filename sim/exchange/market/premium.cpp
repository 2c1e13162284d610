// Bars of the premium, their mean, and the smoothing of the marks.
#include "sim/exchange/market/premium.hpp"

#include <algorithm>

namespace marginfix::sim {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kSmoothScale = 10'000;  // 10^-8 to 10^-12
constexpr std::int64_t kFastSeconds = 30, kSlowSeconds = 600;

std::int64_t second_of(Timestamp at) { return std::chrono::floor<seconds>(at).time_since_epoch().count(); }
std::int64_t second_from(Timestamp at) { return std::chrono::ceil<seconds>(at).time_since_epoch().count(); }

}  // namespace

Premium premium_of(Ticks bid, Ticks ask, Ticks reference) {
  const Wide scaled = static_cast<Wide>(bid + ask - 2 * reference) * kPremiumOne;
  const Wide divisor = 2 * static_cast<Wide>(reference);
  const Wide half = divisor / 2;
  const Wide rounded = (scaled + (scaled < 0 ? -half : half)) / divisor;
  return static_cast<Premium>(std::clamp<Wide>(rounded, -kPremiumOne, kPremiumOne));
}

void PremiumIndex::change(Timestamp now, std::optional<Premium> value) {
  const Bar bar{second_from(now), value.value_or(0), value.has_value()};
  if (bars_.empty()) {
    period_start_ = smoothing_.next = bar.second;
    bars_.push_back(bar);
    return;
  }
  Bar& last = bars_.back();
  if (last.value == bar.value && last.measured == bar.measured) return;
  if (last.second == bar.second) {
    last = bar;
    return;
  }
  closed_ = closed_until(bar.second);
  smooth_until(bar.second);
  bars_.push_back(bar);
  const std::int64_t horizon = bar.second - seconds(kPremiumKept).count();
  while (bars_.size() > 1 && bars_[1].second <= horizon) bars_.pop_front();
}

PremiumIndex::Mean PremiumIndex::closed_until(std::int64_t end) const {
  Mean mean = closed_;
  const Bar& last = bars_.back();
  const std::int64_t length = end - std::max(last.second, period_start_);
  if (length <= 0) return mean;
  mean.seconds += length;
  if (!last.measured) return mean;
  mean.measured += length;
  mean.sum += last.value * length;
  return mean;
}

PremiumIndex::Mean PremiumIndex::period(Timestamp now) const { return bars_.empty() ? Mean{} : closed_until(second_from(now)); }

void PremiumIndex::next_period(Timestamp start) {
  period_start_ = second_from(start);
  closed_ = {};
}

std::optional<PremiumIndex::Bar> PremiumIndex::last_sample(Timestamp now) const {
  const std::int64_t second = second_from(now) - 1;
  if (bars_.empty() || second < period_start_) return std::nullopt;
  const auto known = samples(second, second + 1, now);
  return known.empty() ? std::nullopt : std::optional(known.front());
}

std::vector<PremiumIndex::Bar> PremiumIndex::samples(std::int64_t from, std::int64_t to, Timestamp now) const {
  std::vector<Bar> out;
  if (bars_.empty()) return out;
  from = std::max(from, bars_.front().second);
  to = std::min(to, second_from(now));
  auto bar = std::ranges::upper_bound(bars_, from, {}, &Bar::second);
  for (std::int64_t s = from; s < to; ++s) {
    while (bar != bars_.end() && bar->second <= s) ++bar;
    const Bar& held = *std::prev(bar);
    out.push_back({s, held.value, held.measured});
  }
  return out;
}

void PremiumIndex::smooth_until(std::int64_t second) const {
  const Bar& bar = bars_.back();
  const std::int64_t goal = bar.measured ? bar.value * kSmoothScale : 0;
  auto& [next, value] = smoothing_;
  for (; next < second; ++next) {
    const std::int64_t fast = (goal - value.fast) / kFastSeconds;
    const std::int64_t slow = (goal - value.slow) / kSlowSeconds;
    if (fast == 0 && slow == 0) {  // it stays so until the premium changes
      next = second;
      return;
    }
    value.fast += fast;
    value.slow += slow;
  }
}

PremiumIndex::Smoothed PremiumIndex::smoothed(Timestamp now) const {
  if (bars_.empty()) return {};
  smooth_until(second_of(now));
  return smoothing_.value;
}

}  // namespace marginfix::sim
