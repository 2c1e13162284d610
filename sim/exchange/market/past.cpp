// The seeded past of a market.
#include "sim/exchange/market/past.hpp"

#include <algorithm>

#include "sim/exchange/values/random.hpp"

namespace marginfix::sim {

std::vector<PublicTrade> make_past(std::uint64_t seed, MarketNo market, Ticks reference, Timestamp start, std::uint64_t first_no) {
  Random random(mix64(seed) ^ mix64(0x7061'7374ULL + market));
  const Timestamp begin = start - kPast;
  const Ticks stride = std::max<Ticks>(1, reference / 4'000);
  std::vector<PublicTrade> trades;
  trades.reserve(28'000);
  Ticks price = reference;
  // 1 ms clear of the start: the first real trade is later than every seeded one.
  Timestamp t = start - std::chrono::milliseconds(1);
  while (true) {
    t -= std::chrono::milliseconds(random.between(200, 19'800));
    if (t < begin) break;
    const Ticks pull = (reference - price) / 500;
    price = std::clamp(price + pull + random.between(-stride, stride), reference * 8 / 10, reference * 12 / 10);
    const Qty contracts = random.below(20) == 0 ? random.between(50, 500) : random.between(1, 40);
    const Side side = random.below(2) == 0 ? Side::Buy : Side::Sell;
    trades.push_back({t, 0, price, contracts * FixedPointCount::kOne, side});
  }
  std::ranges::reverse(trades);
  for (PublicTrade& trade : trades) trade.no = first_no++;
  return trades;
}

}  // namespace marginfix::sim
