// DollarDecimal and FixedPointCount: exact text both ways, limits, rounding, overflow.
#include "marginfix/core/decimal.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <unordered_set>
#include <vector>

namespace marginfix {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

std::int64_t dollars(std::string_view text) { return DollarDecimal::parse(text).value().units(); }
std::int64_t count(std::string_view text) { return FixedPointCount::parse(text).value().units(); }
std::string why_not(std::string_view text) {
  const auto result = DollarDecimal::parse(text);
  return result ? "accepted as " + result->to_string() : result.error().message;
}

TEST(DollarDecimalParse, takesTheFormsOfTheWire) {
  EXPECT_EQ(dollars("19.5"), 19'500'000);
  EXPECT_EQ(dollars("19.5000"), 19'500'000);
  EXPECT_EQ(dollars("6.2577"), 6'257'700);
  EXPECT_EQ(dollars("-0.000001"), -1);
  EXPECT_EQ(dollars("14773192.800100"), 14'773'192'800'100);
  EXPECT_EQ(dollars("0"), 0);
  EXPECT_EQ(dollars("00023.230"), 23'230'000);
  EXPECT_EQ(dollars("5."), 5'000'000);
  EXPECT_EQ(dollars(".5"), 500'000);
  EXPECT_EQ(dollars("-.5"), -500'000);
  EXPECT_EQ(count("4179467045.00"), 417'946'704'500);
  EXPECT_EQ(count("10"), 1000);
}

TEST(DollarDecimalParse, readsMinusZeroAsZero) {
  EXPECT_EQ(dollars("-0"), 0);
  EXPECT_EQ(dollars("-0.000000"), 0);
  EXPECT_FALSE(DollarDecimal::parse("-0").value().is_negative());
}

TEST(DollarDecimalParse, reachesBothLimitsAndNotOneUnitFurther) {
  EXPECT_EQ(dollars("9223372036854.775807"), kMax);
  EXPECT_EQ(dollars("-9223372036854.775808"), kMin);
  EXPECT_EQ(count("92233720368547758.07"), kMax);
  EXPECT_EQ(count("-92233720368547758.08"), kMin);
  EXPECT_EQ(why_not("9223372036854.775808"), "'9223372036854.775808' is no DollarDecimal: too large for 64 bits");
  EXPECT_FALSE(DollarDecimal::parse("-9223372036854.775809"));
  EXPECT_FALSE(FixedPointCount::parse("92233720368547758.08"));
  EXPECT_FALSE(DollarDecimal::parse("9223372036855"));
  EXPECT_FALSE(DollarDecimal::parse("999999999999999999"));
  EXPECT_FALSE(DollarDecimal::parse(std::string(400, '9')));
}

TEST(DollarDecimalParse, takesZerosBelowTheScaleButNoOtherDigit) {
  EXPECT_EQ(dollars("1.00000000000000000000000"), 1'000'000);
  EXPECT_EQ(count("10.000"), 1000);
  EXPECT_EQ(why_not("1.0000001"), "'1.0000001' is no DollarDecimal: more than 6 decimals");
  EXPECT_EQ(FixedPointCount::parse("1.001").error().message, "'1.001' is no FixedPointCount: more than 2 decimals");
  EXPECT_EQ(dollars("00000000000000000000000000000001.5"), 1'500'000);
}

TEST(DollarDecimalParse, refusesWhatIsNoNumber) {
  for (const char* text : {"", "-", ".", "-."})
    EXPECT_EQ(why_not(text), "'" + std::string(text) + "' is no DollarDecimal: it has no digits");
  for (const char* text : {"+1", "1e5", "1,5", " 1", "1 ", "--1", "1.2.3", "0x10", "nan", "inf", "1-", "1\x01", "..1", "１"}) {
    const auto result = DollarDecimal::parse(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().category, ErrorCategory::decode) << text;
    EXPECT_NE(result.error().message.find("only digits"), std::string::npos) << text;
  }
}

TEST(DollarDecimalText, printsTheWidthOfTheExchangeAndMoreWhereNeeded) {
  EXPECT_EQ(DollarDecimal::from_units(19'500'000).to_string(), "19.5000");
  EXPECT_EQ(DollarDecimal::from_units(-1).to_string(), "-0.000001");
  EXPECT_EQ(DollarDecimal::from_units(19'500'010).to_string(), "19.50001");
  EXPECT_EQ(DollarDecimal{}.to_string(), "0.0000");
  EXPECT_EQ(DollarDecimal::from_units(19'000'000).to_string(0), "19");
  EXPECT_EQ(DollarDecimal::from_units(19'500'000).to_string(0), "19.5");
  EXPECT_EQ(DollarDecimal::from_units(19'500'000).to_string(6), "19.500000");
  EXPECT_EQ(DollarDecimal::from_units(kMin).to_string(), "-9223372036854.775808");
  EXPECT_EQ(FixedPointCount::whole(10).to_string(), "10.00");
  EXPECT_EQ(FixedPointCount::from_units(kMin).to_string(), "-92233720368547758.08");
}

TEST(DollarDecimalText, comesBackAsItWent) {
  std::mt19937_64 random(20261122);
  for (int i = 0; i < 20'000; ++i) {
    const auto bits = static_cast<int>(random() % 64);
    const auto units = static_cast<std::int64_t>(random()) >> bits;
    const auto width = static_cast<int>(random() % 7);
    const auto price = DollarDecimal::from_units(units);
    ASSERT_EQ(DollarDecimal::parse(price.to_string(width)).value(), price) << units;
    const auto quantity = FixedPointCount::from_units(units);
    ASSERT_EQ(FixedPointCount::parse(quantity.to_string(width % 3)).value(), quantity) << units;
  }
}

// The fast reader and the checked one answer alike on every text, well formed or not.
TEST(DollarDecimalParse, fastAndCheckedReadersAgreeOnAnyBytes) {
  constexpr std::string_view kBytes = "0123456789019.-.-+ e\x01";
  std::mt19937_64 random(7);
  for (int i = 0; i < 200'000; ++i) {
    std::string text(random() % 24, ' ');
    for (char& c : text) c = kBytes[random() % (random() % 4 == 0 ? kBytes.size() : 13)];
    for (const int scale : {2, 6}) {
      std::int64_t fast = -1;
      std::int64_t slow = -1;
      const char* b = text.data();
      const int fast_fault = detail::parse_fixed_fast(b, b + text.size(), scale, fast);
      const int slow_fault = detail::parse_fixed_slow(b, b + text.size(), scale, slow);
      ASSERT_EQ(fast_fault, slow_fault) << text;
      ASSERT_EQ(fast, slow) << text;
    }
  }
}

TEST(DollarDecimalArithmetic, addsSubtractsAndMultipliesByWholeNumbers) {
  const auto a = DollarDecimal::parse("1.5").value();
  const auto b = DollarDecimal::parse("-0.25").value();
  EXPECT_EQ((a + b).to_string(), "1.2500");
  EXPECT_EQ((a - b).to_string(), "1.7500");
  EXPECT_EQ((a * -3).to_string(), "-4.5000");
  EXPECT_EQ((-a).to_string(), "-1.5000");
  DollarDecimal sum;
  sum += a;
  sum -= b;
  EXPECT_EQ(sum, a - b);
  EXPECT_LT(b, a);
  EXPECT_TRUE(DollarDecimal::whole(-4).is_whole());
  EXPECT_FALSE(a.is_whole());
  EXPECT_TRUE(b.is_negative());
  EXPECT_TRUE((a - a).is_zero());
}

TEST(DollarDecimalArithmetic, throwsInsteadOfWrapping) {
  const auto most = DollarDecimal::from_units(kMax);
  const auto least = DollarDecimal::from_units(kMin);
  const auto unit = DollarDecimal::from_units(1);
  EXPECT_THROW(static_cast<void>(most + unit), Exception);
  EXPECT_THROW(static_cast<void>(least - unit), Exception);
  EXPECT_THROW(static_cast<void>(-least), Exception);
  EXPECT_THROW(static_cast<void>(most * 2), Exception);
  EXPECT_THROW(static_cast<void>(DollarDecimal::whole(kMax)), Exception);
  EXPECT_THROW(static_cast<void>(most * FixedPointCount::whole(2)), Exception);
  try {
    static_cast<void>(most + unit);
  } catch (const Exception& e) {
    EXPECT_STREQ(e.what(), "internal: decimal overflow in add: the result does not fit 64 bits");
  }
}

TEST(DollarTimesCount, isExactForPricesOfFourDecimals) {
  const auto price = DollarDecimal::parse("6.2577").value();
  EXPECT_EQ((price * FixedPointCount::parse("3.25").value()).to_string(), "20.337525");
  EXPECT_EQ((FixedPointCount::whole(-2) * price).to_string(), "-12.5154");
  for (const auto rounding : {Rounding::toward_zero, Rounding::away_from_zero, Rounding::half_even}) {
    EXPECT_EQ(multiply(price, FixedPointCount::from_units(1), rounding).units(), 62'577);
  }
}

struct RoundingCase {
  std::int64_t price_units, count_units, zero, away, floor, ceiling, half_even;
};

TEST(DollarTimesCount, roundsAsAsked) {
  const std::vector<RoundingCase> cases{
      {1, 50, 0, 1, 0, 1, 0},                                                            // 0.5 -> even 0
      {3, 50, 1, 2, 1, 2, 2},                                                            // 1.5 -> even 2
      {5, 50, 2, 3, 2, 3, 2},                                                            // 2.5 -> even 2
      {1, 51, 0, 1, 0, 1, 1},                                                            // above half
      {1, 49, 0, 1, 0, 1, 0},                                                            // below half
      {-1, 50, 0, -1, -1, 0, 0},                                                         // -0.5
      {-3, 50, -1, -2, -2, -1, -2},                                                      // -1.5
      {-1, 51, 0, -1, -1, 0, -1},    {1, -1, 0, -1, -1, 0, 0}, {7, 100, 7, 7, 7, 7, 7},  // exact
      {-7, 100, -7, -7, -7, -7, -7}, {0, 50, 0, 0, 0, 0, 0},
  };
  for (const auto& c : cases) {
    const auto product = [&](Rounding r) {
      return multiply(DollarDecimal::from_units(c.price_units), FixedPointCount::from_units(c.count_units), r).units();
    };
    SCOPED_TRACE(std::to_string(c.price_units) + " x " + std::to_string(c.count_units));
    EXPECT_EQ(product(Rounding::toward_zero), c.zero);
    EXPECT_EQ(product(Rounding::away_from_zero), c.away);
    EXPECT_EQ(product(Rounding::floor), c.floor);
    EXPECT_EQ(product(Rounding::ceiling), c.ceiling);
    EXPECT_EQ(product(Rounding::half_even), c.half_even);
  }
}

TEST(DollarDecimal, worksAsAKey) {
  std::unordered_set<DollarDecimal> set{DollarDecimal::whole(1), DollarDecimal::parse("1.000").value(), DollarDecimal::whole(2)};
  EXPECT_EQ(set.size(), 2U);
}

}  // namespace
}  // namespace marginfix
