// The list of markets and the risk parameters of a simulated exchange. Source: observed.md "Markets, numbers".
#pragma once

#include <string>
#include <vector>

#include "sim/exchange/types.hpp"

namespace marginfix::sim {

struct MarketSpec {
  std::string symbol;
  std::string title;
  std::string contract_size;                     // decimal text with 6 decimals, as REST writes it
  DollarDecimal reference_price;                 // where the house accounts start, dollars a contract; multiple of the tick 0.0001
  std::int32_t leverage_tenthousandths{30'000};  // 5.9 = 59000; maintenance margin = notional / leverage
  std::int32_t initial_margin_percent{130};      // initial margin = maintenance margin x 1.30
  MarketStatus status{MarketStatus::Active};
};

// The fourteen production markets (three of them inactive), reference prices of 1 to 9 dollars, tick 0.0001 everywhere.
std::vector<MarketSpec> production_markets();

}  // namespace marginfix::sim
