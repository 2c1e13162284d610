// One market: what it is, its book, and what is kept of its past.
#pragma once

#include <optional>

#include "sim/exchange/book/book.hpp"
#include "sim/exchange/market/premium.hpp"
#include "sim/exchange/market/quotes.hpp"
#include "sim/exchange/market/tape.hpp"
#include "sim/exchange/values/market_spec.hpp"

namespace marginfix::sim {

struct Market {
  MarketSpec spec;
  Uuid id{};                // stable: survives a change of the symbol
  std::int32_t version{1};  // goes up when trading resumes after a corporate action
  MarketStatus status{MarketStatus::Inactive};
  bool halted{false};          // by control
  bool action_halt{false};     // by a corporate action
  Ticks reference{0};          // the underlying, scaled to one contract
  Timestamp reference_time{};  // when it last moved
  std::optional<Ticks> last;
  Book book;
  TradeTape tape;
  PremiumIndex premium;
  QuoteBars quotes;
  bool touched{false};  // something changed in the running command that premium and quotes must take up

  bool stopped() const noexcept { return halted || action_halt; }
};

}  // namespace marginfix::sim
