// Public data: families exchange, markets, funding, and the trades of portfolio. No key is needed.
#include "rest_example.hpp"

using namespace marginfix;

int main(int argc, char** argv) {
  return example::run([&] {
    PerpsClient perps(example::perps_config_from(argc, argv));
    const auto status = perps.exchange().status().value();
    std::cout << "trading is " << (status.trading_active ? "on" : "off") << '\n';

    const auto active = perps.markets().list({.status = rest::MarginMarketStatus::active}).value();
    for (const rest::MarginMarket& market : active.markets) {
      const auto book = perps.markets().orderbook({.ticker = market.ticker, .depth = 5}).value().orderbook;
      std::cout << market.ticker << ": " << book.bids.size() << " bids, " << book.asks.size() << " asks\n";
    }
    if (active.markets.empty()) return;

    const std::string ticker = active.markets.front().ticker;
    const auto estimate = perps.funding().rate_estimate({.ticker = ticker}).value();
    std::cout << ticker << " funds next at " << to_rfc3339(estimate.next_funding_time) << '\n';
    // A paged list is a range: pages are asked for as the loop goes on. This one ends after 50 trades.
    for (const auto& trade : perps.portfolio().trades_all({.ticker = ticker}, 50)) {
      std::cout << trade.value().price.to_string() << '\n';
    }
  });
}
