// One fill as its sources tell it, against each other. Pure functions: which source must have it is the caller's to say (coverage.hpp).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/match/difference.hpp"

namespace marginfix::reconcile {

// What the sources say, by Source; null = it does not tell this fill.
using Tellings = std::array<const SourceFillRow*, kSources>;

// Why a source must have told a fill; empty: it need not.
using Musts = std::array<std::string, kSources>;

// "fill ORDER TRADE"
std::string fill_subject(std::string_view order_id, std::string_view trade_id);

// Values that differ, and sources that must have the fill and do not.
std::vector<Difference> compare_fill(const Tellings& tellings, const Musts& musts, const Rules& rules);
// True where compare_fill(tellings, {}, rules) is empty; without allocating.
bool tellings_agree(const Tellings& tellings, const Rules& rules) noexcept;

// What one telling says that cannot be right by itself: its clearing date, its collateral against its fee.
std::vector<Difference> check_telling(const SourceFillRow& told, const Rules& rules);

}  // namespace marginfix::reconcile
