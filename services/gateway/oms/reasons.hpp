// Why something was refused or canceled, in the numbers of each version of FIX. The exchange's own word always stays in Text(58).
// Sources: fix-margin.md "Order entry", changes-2026-11.md D8; FIX 4.2, 4.4, 5.0 SP2 for the values that a version has.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "services/gateway/oms/version.hpp"

namespace marginfix::gateway {

// What a Text(58) of the exchange means, as 5.0 SP2 counts.
struct TextReason {
  std::string_view text;  // begins with
  int ord_rej_reason;     // 103 of a refused order
  int cxl_rej_reason;     // 102 of a refused amend or cancel
  int restatement;        // 378 of a cancel that nobody asked for
};
// The table in docs/gateway.md.
std::span<const TextReason> text_reasons() noexcept;
const TextReason* find_text_reason(std::string_view text) noexcept;

inline constexpr int kRejOther = 99, kRejUnknownSymbol = 1, kRejExchangeClosed = 2, kRejExceedsLimit = 3, kRejTooLate = 4,
                     kRejUnknownOrder = 5, kRejDuplicate = 6, kRejStale = 8, kRejUnsupported = 11, kRejIncorrectQuantity = 13,
                     kRejUnknownAccount = 15;
inline constexpr int kCxlTooLate = 0, kCxlUnknownOrder = 1, kCxlOption = 2, kCxlDuplicate = 6, kCxlPrice = 18, kCxlOther = 99;

// The value as a version lists it: one that it does not have becomes Other, or "broker option" where there is no Other.
int ord_rej_reason_in(FixVersion version, int reason) noexcept;  // 103
int cxl_rej_reason_in(FixVersion version, int reason) noexcept;  // 102
int restatement_in(FixVersion version, int reason) noexcept;     // 378

}  // namespace marginfix::gateway
