// PerpsWebSocket on fifty tickers, three channels: counts, measures, compares its books with the exchange's at the end.
#pragma once

#include "bench/ws/stream/shared.hpp"

namespace marginfix::bench {

// Prints one line (with plan.memory_kib more). Returns 0, or 1 when something was lost or wrong or memory grew beyond the bound.
int run_client(const Plan& plan, Shared& shared, std::uint16_t port);

}  // namespace marginfix::bench
