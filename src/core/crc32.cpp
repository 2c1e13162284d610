#include "marginfix/core/crc32.hpp"

#include <libdeflate.h>

namespace marginfix {

std::uint32_t crc32(const void* data, std::size_t size, std::uint32_t seed) noexcept { return ::libdeflate_crc32(seed, data, size); }

}  // namespace marginfix
