// MultiplierDecimal: digits kept as they came, compared by value.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "marginfix/core/decimal.hpp"

namespace marginfix {
namespace {

MultiplierDecimal number(std::string_view text) { return MultiplierDecimal::parse(text).value(); }

TEST(MultiplierDecimal, keepsCoefficientAndExponent) {
  const auto rate = number("-0.0009593552948286");
  EXPECT_TRUE(rate.fits());
  EXPECT_EQ(rate.coefficient(), -9'593'552'948'286);
  EXPECT_EQ(rate.exponent(), -16);
  const auto huge = number("1.7976931348623157e+308");
  EXPECT_TRUE(huge.fits());
  EXPECT_EQ(huge.coefficient(), 17'976'931'348'623'157);
  EXPECT_EQ(huge.exponent(), 292);
  EXPECT_EQ(number("-9007199254740991").coefficient(), -9'007'199'254'740'991);
  EXPECT_EQ(number("1e400").exponent(), 400);
  EXPECT_EQ(number("100000000000000000000000").exponent(), 6);  // 24 digits, one of them significant
  EXPECT_EQ(number("6.2577").coefficient(), 62'577);
}

TEST(MultiplierDecimal, givesBackTheTextItWasReadFrom) {
  for (const char* text : {"0",
                           "-0",
                           "0.0",
                           "-0.0",
                           "1.50",
                           "007",
                           "5.",
                           "19.5000",
                           "1e5",
                           "1E5",
                           "1e+5",
                           "1.5e-3",
                           "-9007199254740991",
                           "1e400",
                           "1e-400",
                           "1.7976931348623157e+308",
                           "-0.0009593552948286",
                           "999999999999999999",
                           "9999999999999999999",
                           "0.000000000000000000000000000001",
                           "1234567890123456789012345678901234567890",
                           "-1.234567890123456789012345678901234567890e-20",
                           "00000000000000000000",
                           "1e000000000001"}) {
    EXPECT_EQ(number(text).to_string(), text);
  }
}

TEST(MultiplierDecimal, keepsFortyDigitsAsText) {
  const auto pi = number("3.141592653589793238462643383279502884197");
  EXPECT_FALSE(pi.fits());
  EXPECT_EQ(pi.to_string(), "3.141592653589793238462643383279502884197");
  EXPECT_LT(pi, number("3.141592653589793238462643383279502884198"));
  EXPECT_GT(pi, number("3.1415926535897932"));
  EXPECT_EQ(pi, number("0.3141592653589793238462643383279502884197e1"));
}

TEST(MultiplierDecimal, comparesByValue) {
  EXPECT_EQ(number("1.50"), number("1.5"));
  EXPECT_EQ(number("15e-1"), number("1.5"));
  EXPECT_EQ(number("100"), number("1e2"));
  EXPECT_EQ(number("-0"), number("0.000"));
  EXPECT_EQ(number("0e9"), MultiplierDecimal{});
  EXPECT_NE(number("1.5"), number("-1.5"));
  EXPECT_EQ(number("100000000000000000000"), number("1e20"));
  EXPECT_EQ(MultiplierDecimal(DollarDecimal::parse("1.5").value()), number("1.5"));
}

TEST(MultiplierDecimal, ordersAcrossFormsAndMagnitudes) {
  const std::vector<const char*> ascending{
      "-1e400", "-1234567890123456789012345", "-2",  "-1.5", "-15e-2", "-1e-400", "0", "1e-400", "1e-5", "0.00002", "0.1", "0.11",
      "1",      "1.000000000000000000001",    "1.5", "9",    "10",     "1e400"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(number(ascending[i]) <=> number(ascending[j]), i <=> j) << ascending[i] << " and " << ascending[j];
    }
  }
}

TEST(MultiplierDecimal, refusesWhatIsNoNumber) {
  for (const char* text :
       {"", "-", ".5", "+1", "1e", "1e+", "1.e5", "1 ", " 1", "--1", "1.2.3", "nan", "Infinity", "0x1", "1e5.5", "1e1000000000", "1_0"}) {
    const auto result = MultiplierDecimal::parse(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().category, ErrorCategory::decode);
    EXPECT_NE(result.error().message.find("is no number: "), std::string::npos);
  }
  EXPECT_EQ(MultiplierDecimal::parse("1e").error().message, "'1e' is no number: no digits in the exponent");
}

TEST(MultiplierDecimal, writesPartsPlainlyOrWithAnExponent) {
  EXPECT_EQ(MultiplierDecimal::from_parts(15, -1).to_string(), "1.5");
  EXPECT_EQ(MultiplierDecimal::from_parts(-15, -4).to_string(), "-0.0015");
  EXPECT_EQ(MultiplierDecimal::from_parts(15, 3).to_string(), "15e3");
  EXPECT_EQ(MultiplierDecimal::from_parts(1, -2'000'000'000).to_string(), "1e-2000000000");
  EXPECT_EQ(MultiplierDecimal(DollarDecimal::parse("-1.5").value()).to_string(), "-1.500000");
  EXPECT_EQ(MultiplierDecimal{}.to_string(), "0");
}

TEST(MultiplierDecimal, partsComeBackFromTheirText) {
  std::mt19937_64 random(99);
  for (int i = 0; i < 20'000; ++i) {
    const auto coefficient = (static_cast<std::int64_t>(random()) >> static_cast<int>(random() % 60)) % 1'000'000'000'000'000'000;
    const auto exponent = static_cast<int>(random() % 100) - 60;
    const auto made = MultiplierDecimal::from_parts(coefficient, exponent);
    const auto read = number(made.to_string());
    ASSERT_EQ(read, made) << made.to_string();
    ASSERT_EQ(read.to_string(), made.to_string());
  }
}

TEST(MultiplierDecimalTimes, multipliesAndRounds) {
  const auto price = DollarDecimal::parse("6.3329").value();
  EXPECT_EQ(number("1.3").times(DollarDecimal::parse("0.8259").value(), Rounding::ceiling).value().to_string(), "1.07367");
  EXPECT_EQ(number("0.0012").times(price, Rounding::half_even).value().units(), 7599);  // 0.00759948
  EXPECT_EQ(number("0.0012").times(price, Rounding::ceiling).value().units(), 7600);
  EXPECT_EQ(number("-0.0012").times(price, Rounding::floor).value().units(), -7600);
  EXPECT_EQ(number("-0.0012").times(price, Rounding::toward_zero).value().units(), -7599);
  EXPECT_EQ(number("2e3").times(price, Rounding::half_even).value().to_string(), "12665.8000");
  EXPECT_EQ(number("0.5e-6").times(DollarDecimal::whole(1), Rounding::half_even).value().units(), 0);
  EXPECT_EQ(number("1.5e-6").times(DollarDecimal::whole(1), Rounding::half_even).value().units(), 2);
}

TEST(MultiplierDecimalTimes, tinyFactorsStillRoundAwayWhenAsked) {
  for (const char* tiny : {"1e-38", "1e-39", "1e-400", "1e-999999999"}) {
    EXPECT_EQ(number(tiny).times(DollarDecimal::whole(1), Rounding::half_even).value().units(), 0) << tiny;
    EXPECT_EQ(number(tiny).times(DollarDecimal::whole(1), Rounding::ceiling).value().units(), 1) << tiny;
    EXPECT_EQ(number(tiny).times(DollarDecimal::whole(-1), Rounding::floor).value().units(), -1) << tiny;
    EXPECT_EQ(number(tiny).times(DollarDecimal{}, Rounding::away_from_zero).value().units(), 0) << tiny;
  }
}

TEST(MultiplierDecimalTimes, refusesWhatDoesNotFit) {
  for (const char* text : {"1e400", "1e999999999", "9007199254740991", "3.141592653589793238462643383279502884197"}) {
    const auto result = number(text).times(DollarDecimal::whole(1'000'000), Rounding::half_even);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().category, ErrorCategory::codec);
  }
  EXPECT_TRUE(number("1e400").times(DollarDecimal{}, Rounding::half_even).value().is_zero());
}

TEST(MultiplierDecimalToDollars, isExactOrAnError) {
  EXPECT_EQ(number("6.2577").to_dollars().value().to_string(), "6.2577");
  EXPECT_EQ(number("1e3").to_dollars().value().to_string(), "1000.0000");
  EXPECT_EQ(number("1.0000000000").to_dollars().value().to_string(), "1.0000");
  EXPECT_EQ(number("-9223372036854.775808").to_dollars().value().units(), std::numeric_limits<std::int64_t>::min());
  for (const char* text : {"0.0000001", "6.25770000001", "1e400", "1e-400", "3.141592653589793238462643383279502884197"}) {
    const auto result = number(text).to_dollars();
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().category, ErrorCategory::codec);
  }
}

}  // namespace
}  // namespace marginfix
