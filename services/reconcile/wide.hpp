// 128 bits for sums and products of money, which cannot overflow in a ledger's lifetime, and their decimal text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace marginfix::reconcile {

__extension__ typedef __int128 Wide;

std::string to_text(Wide value);
// 0 for anything but an integer.
Wide wide_of(std::string_view text) noexcept;
// Half to even. `by` is positive.
Wide divide_rounded(Wide value, Wide by) noexcept;

}  // namespace marginfix::reconcile
