// The data fields of FIX 5.0 SP2: their values may hold any byte, SOH too, so a length field in front says how long they are.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace marginfix::fix::detail {

// Every field of type DATA or XMLDATA.
inline constexpr std::array<std::int32_t, 27> kDataTags{89,  91,  96,   213,  349,  351,  353,  355,  357,  359,  361,  363,  365, 446,
                                                        619, 622, 1185, 1278, 1281, 1283, 1360, 1398, 1402, 1404, 1469, 1619, 1621};

constexpr bool is_data_tag(std::int32_t tag) noexcept { return std::binary_search(kDataTags.begin(), kDataTags.end(), tag); }

// SignatureLength(93) of Signature(89); all others have the number before their own.
constexpr std::int32_t length_tag_of(std::int32_t data_tag) noexcept { return data_tag == 89 ? 93 : data_tag - 1; }
constexpr std::int32_t data_tag_of(std::int32_t length_tag) noexcept {
  const std::int32_t data_tag = length_tag == 93 ? 89 : length_tag + 1;
  return is_data_tag(data_tag) && length_tag_of(data_tag) == length_tag ? data_tag : 0;
}

// What nobody may read in a log or on a screen: RawData(96), Password(554), NewPassword(925) and their encrypted forms.
constexpr bool is_secret_tag(std::int32_t tag) noexcept { return tag == 96 || tag == 554 || tag == 925 || tag == 1402 || tag == 1404; }

}  // namespace marginfix::fix::detail
