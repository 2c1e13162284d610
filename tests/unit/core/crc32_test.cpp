#include "marginfix/core/crc32.hpp"

#include <gtest/gtest.h>

#include <string>

namespace marginfix {
namespace {

// The check value that catalogues of checksums give for this one.
TEST(Crc32, IsTheOneOfZlibAndGzip) {
  const std::string digits = "123456789";
  EXPECT_EQ(crc32(digits.data(), digits.size()), 0xCBF43926U);
  EXPECT_EQ(crc32(nullptr, 0), 0U);
}

TEST(Crc32, GoesOnOverPieces) {
  std::string bytes;
  for (int i = 0; i < 1'000; ++i) bytes += static_cast<char>(i * 7);
  const std::uint32_t whole = crc32(bytes.data(), bytes.size());
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
    ASSERT_EQ(crc32(bytes.data() + cut, bytes.size() - cut, crc32(bytes.data(), cut)), whole) << cut;
}

}  // namespace
}  // namespace marginfix
