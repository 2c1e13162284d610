#include "marginfix/core/trimmed.hpp"

#include <gtest/gtest.h>

namespace marginfix {
namespace {

TEST(Trimmed, LosesWhatStandsAtTheEndsAndNothingElse) {
  EXPECT_EQ(trimmed(" \t a b\r\n\f\v"), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed(" \r\n"), "");
  EXPECT_EQ(trimmed("\t a \t", " "), "\t a \t");
  EXPECT_EQ(trimmed("  a \n", " "), "a \n");
}

}  // namespace
}  // namespace marginfix
