// CRC-32 (IEEE 802.3, reflected; the one of zlib and gzip): guards the records of our files. Pure, any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace marginfix {

// `seed`: the sum of what came before, to continue over several pieces.
std::uint32_t crc32(const void* data, std::size_t size, std::uint32_t seed = 0) noexcept;

}  // namespace marginfix
