// Values that requests are made of.
#pragma once

#include <chrono>
#include <string_view>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"

namespace marginfix::rest {

inline constexpr const char* kUuid = "0189f5a2-8c1e-7c3e-9d7b-2f6a5b4c3d2e";

inline DollarDecimal dollars(std::string_view text) { return DollarDecimal::parse(text).value(); }
inline FixedPointCount contracts(std::string_view text) { return FixedPointCount::parse(text).value(); }
inline Date day(int y, unsigned m, unsigned d) { return std::chrono::year(y) / std::chrono::month(m) / std::chrono::day(d); }

}  // namespace marginfix::rest
