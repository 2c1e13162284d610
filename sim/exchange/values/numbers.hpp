// The engine's numbers. Prices in ticks of 0.0001 dollars, quantities in 0.01 contracts; their product is micro-dollars, exactly.
#pragma once

#include "sim/exchange/values/types.hpp"

namespace marginfix::sim {

using Ticks = std::int64_t;           // 0.0001 dollars
using Qty = std::int64_t;             // 0.01 contracts
using Micros = std::int64_t;          // 0.000001 dollars; Ticks x Qty
__extension__ typedef __int128 Wide;  // for products before a division
inline constexpr Micros kMicrosPerTick = 100;

inline DollarDecimal to_price(Ticks ticks) { return DollarDecimal::from_units(ticks * kMicrosPerTick); }
inline Ticks to_ticks(DollarDecimal price) { return price.units() / kMicrosPerTick; }
inline DollarDecimal to_dollars(Micros micros) { return DollarDecimal::from_units(micros); }
inline FixedPointCount to_count(Qty qty) { return FixedPointCount::from_units(qty); }

inline Qty size_of(Qty net) { return net < 0 ? -net : net; }
// Half away from zero; the divisor is positive.
inline Wide divide_rounded(Wide numerator, Wide divisor) { return (numerator + (numerator < 0 ? -divisor / 2 : divisor / 2)) / divisor; }

// Average entry price of a position, 6 decimals; 0 when flat.
DollarDecimal entry_price(Qty net, Micros cost);

}  // namespace marginfix::sim
