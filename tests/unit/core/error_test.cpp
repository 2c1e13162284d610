// Errors as values and as exceptions.
#include <gtest/gtest.h>

#include <set>

#include "marginfix/core/result.hpp"

namespace marginfix {
namespace {

TEST(Error, everyCategoryHasAnOwnName) {
  std::set<std::string_view> names;
  for (int i = 1; i <= static_cast<int>(ErrorCategory::internal); ++i) names.insert(to_string(static_cast<ErrorCategory>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCategory::internal));
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ(to_string(static_cast<ErrorCategory>(200)), "unknown");
}

TEST(Error, textNamesCategoryTagAndOffset) {
  Error error = fail(ErrorCategory::decode, "bad price", "44=x|");
  EXPECT_EQ(to_string(error), "decode: bad price");
  EXPECT_EQ(error.context, "44=x|");
  error.tag = 44;
  EXPECT_EQ(to_string(error), "decode: bad price [tag 44]");
  error.offset = 17;
  EXPECT_EQ(to_string(error), "decode: bad price [tag 44 at 17]");
  error.tag = 0;
  EXPECT_EQ(to_string(error), "decode: bad price [at 17]");
}

TEST(Result, valueOfAFailureThrowsOurException) {
  const Result<int> good = 5;
  EXPECT_EQ(good.value(), 5);
  const Result<int> bad = fail(ErrorCategory::closed, "not logged on");
  EXPECT_FALSE(bad);
  try {
    static_cast<void>(bad.value());
    FAIL() << "no exception";
  } catch (const Exception& e) {
    EXPECT_STREQ(e.what(), "closed: not logged on");
    EXPECT_EQ(e.error().category, ErrorCategory::closed);
  }
  const Result<void> nothing = fail(ErrorCategory::timeout, "no answer");
  EXPECT_THROW(nothing.value(), Exception);
}

}  // namespace
}  // namespace marginfix
