// The production market list of observed.md: contract sizes, leverage, plausible dollars a contract.
#include "sim/exchange/values/market_spec.hpp"

#include <algorithm>

namespace marginfix::sim {

std::int64_t leverage_tenthousandths(const MarketSpec& spec, DollarDecimal notional) {
  constexpr std::int64_t kFlat = 100'000, kGrowth = 60 * 900'000;
  const std::int64_t above = std::max<std::int64_t>(0, notional.units() / DollarDecimal::kOne - kFlat);
  return spec.leverage_tenthousandths * kGrowth / (kGrowth + above);
}

Timestamp last_quoted(ReferenceHours hours, Timestamp t) {
  using namespace std::chrono;
  if (hours == ReferenceHours::Always) return t;
  constexpr auto kOpen = minutes{13 * 60 + 30}, kClose = minutes{20 * 60 + 20};
  for (sys_days day = floor<days>(t);; day -= days{1}) {
    const weekday name{day};
    if (name == Saturday || name == Sunday || t < day + kOpen) continue;
    return std::min(t, Timestamp{day + kClose});
  }
}

bool is_funded_at(ReferenceHours hours, Timestamp funding_time) {
  using namespace std::chrono;
  if (hours == ReferenceHours::Always) return true;
  const sys_days day = floor<days>(funding_time);
  const weekday name{day};
  return funding_time - day == std::chrono::hours{20} && name != Saturday && name != Sunday;
}

namespace {

MarketSpec spec(const char* symbol, const char* title, const char* size, std::int64_t ticks, std::int32_t leverage,
                std::int32_t initial = 130, MarketStatus status = MarketStatus::Active) {
  return MarketSpec{symbol, title, size, DollarDecimal::from_units(ticks * 100), leverage, initial, status};
}

}  // namespace

std::vector<MarketSpec> production_markets() {
  std::vector<MarketSpec> all = production_markets_before_november();
  all.push_back(spec("KXBNBPERP", "0.01 BNB", "0.010000", 83'120, 33'518));
  all.push_back(spec("KXGOLDPERP", "0.001 ounces of gold", "0.001000", 40'215, 100'000));
  all.back().asset_class = "Metals";
  all.push_back(spec("KXUS500PERP", "0.001 US 500", "0.001000", 136'840, 120'000));
  all.back().asset_class = "Equities";
  all.back().reference_hours = ReferenceHours::BusinessDays;
  all.push_back(spec("KXKPEPEPERP", "1000 kPEPE", "1000.000000", 38'450, 20'011, 110, MarketStatus::Inactive));
  return all;
}

std::vector<MarketSpec> production_markets_before_november() {
  const MarketStatus off = MarketStatus::Inactive;
  std::vector<MarketSpec> all{
      spec("KXBTCPERP", "0.0001 BTC", "0.000100", 62'577, 58'900),
      spec("KXETHPERP", "0.001 ETH", "0.001000", 16'362, 44'984),
      spec("KXSOLPERP", "0.1 SOL", "0.100000", 64'898, 26'924),
      spec("KXXRPPERP", "1 XRP", "1.000000", 11'164, 27'942),
      spec("KXDOGEPERP", "100 DOGE", "100.000000", 84'296, 27'229),
      spec("KXLTCPERP", "0.1 LTC", "0.100000", 42'346, 36'456),
      spec("KXLINKPERP", "1 LINK", "1.000000", 75'460, 34'037),
      spec("KXBCHPERP", "0.01 BCH", "0.010000", 19'929, 30'368),
      spec("KXSUIPERP", "10 SUI", "10.000000", 75'528, 24'862),
      spec("KXHYPEPERP", "0.1 HYPE", "0.100000", 55'795, 25'515, 110),
      spec("KXKSHIBPERP", "1000 kSHIB", "1000.000000", 47'050, 20'063, 110),
      spec("KXDOTPERP", "1 DOT", "1.000000", 39'410, 33'242, 130, off),
      spec("KXHBARPERP", "10 HBAR", "10.000000", 17'857, 25'065, 130, off),
      spec("KXXLMPERP", "10 XLM", "10.000000", 18'917, 24'935, 130, off),
  };
  // Both ways of counting seconds without a premium are there.
  for (MarketSpec& m : all) {
    if (m.symbol == "KXETHPERP" || m.symbol == "KXLINKPERP") m.invalid_premium = InvalidPremium::Exclude;
  }
  return all;
}

}  // namespace marginfix::sim
