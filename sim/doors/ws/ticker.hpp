// What a ticker frame says of a market, and which markets have something new to say. Source: websocket.md `marginTickerPayload`.
#pragma once

#include <set>
#include <string>

#include "sim/exchange/exchange.hpp"

namespace marginfix::sim {

class TickerBoard {
 public:
  void touch(MarketNo market) { changed_.insert(market); }
  std::set<MarketNo> take() { return std::exchange(changed_, {}); }
  // The `msg` of a frame, as JSON.
  static std::string message(const Exchange& exchange, MarketNo market);

 private:
  std::set<MarketNo> changed_;
};

}  // namespace marginfix::sim
