#include "sim/exchange/state.hpp"

namespace marginfix::sim {

State::State(const ExchangeOptions& options)
    : seed(options.seed),
      fees(options.fees),
      per_market_limit(options.per_market_limit.units()),
      account_limit(options.account_limit.units()),
      accounts(options.markets.size()),
      emitter(options.seed) {
  set_markets(options.markets, options.quiet_market);
}

void State::set_markets(const std::vector<MarketSpec>& specs, std::string_view quiet) {
  markets.clear();
  market_index.clear();
  accounts = Accounts(specs.size());
  for (const MarketSpec& spec : specs) {
    market_index[spec.symbol] = static_cast<MarketNo>(markets.size());
    Market& m = markets.emplace_back();
    m.spec = spec;
    m.id = make_uuid(seed, IdKind::Market, markets.size());
    m.status = spec.status;
    m.reference = spec.reference_price.units() / kMicrosPerTick;
  }
  quiet_market = find_market(quiet).value_or(kNoMarket);
}

std::optional<MarketNo> State::find_market(std::string_view symbol) const {
  const auto it = market_index.find(symbol);
  return it == market_index.end() ? std::nullopt : std::optional(it->second);
}

}  // namespace marginfix::sim
