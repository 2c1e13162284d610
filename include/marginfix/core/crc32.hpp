// CRC-32 (IEEE 802.3, reflected), eight bytes a step: guards the records of our files. Pure, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace marginfix {

using Crc32Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Crc32Tables make_crc32_tables() {
  Crc32Tables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1U) != 0 ? 0xEDB88320U : 0U);
    tables[0][i] = value;
  }
  for (std::size_t i = 0; i < 256; ++i) {
    for (std::size_t t = 1; t < 8; ++t) tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xffU];
  }
  return tables;
}
inline constexpr Crc32Tables kCrc32Tables = make_crc32_tables();

// `seed`: the sum of what came before, to continue over several pieces.
inline std::uint32_t crc32(const void* data, std::size_t size, std::uint32_t seed = 0) {
  const auto* at = static_cast<const unsigned char*>(data);
  const Crc32Tables& t = kCrc32Tables;
  std::uint32_t crc = ~seed;
  for (; size >= 8; size -= 8, at += 8) {
    std::uint32_t low = 0, high = 0;
    std::memcpy(&low, at, 4);
    std::memcpy(&high, at + 4, 4);
    low ^= crc;
    crc = t[7][low & 0xffU] ^ t[6][(low >> 8) & 0xffU] ^ t[5][(low >> 16) & 0xffU] ^ t[4][low >> 24] ^ t[3][high & 0xffU] ^
          t[2][(high >> 8) & 0xffU] ^ t[1][(high >> 16) & 0xffU] ^ t[0][high >> 24];
  }
  for (; size > 0; --size, ++at) crc = (crc >> 8) ^ t[0][(crc ^ *at) & 0xffU];
  return ~crc;
}

}  // namespace marginfix
