// Secrets: wiped, never printed, cut out of texts.
#include "marginfix/core/secret.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <new>
#include <vector>

namespace marginfix {
namespace {

// The bytes of the object itself after its destructor: a short secret lies in the string's own buffer.
TEST(SecretString, leavesNothingBehindInItsOwnMemory) {
  const std::string text = "hunter2";
  alignas(SecretString) unsigned char memory[sizeof(SecretString)] = {};
  auto* secret = new (memory) SecretString(text);
  const std::string_view seen = secret->reveal();
  ASSERT_EQ(seen, text);
  const auto* at = reinterpret_cast<const unsigned char*>(seen.data());
  ASSERT_TRUE(at >= memory && at < memory + sizeof(memory)) << "short strings are expected inside the object";
  secret->~SecretString();
  const std::string_view raw(reinterpret_cast<const char*>(memory), sizeof(memory));
  EXPECT_EQ(raw.find("hunter2"), std::string_view::npos);
}

TEST(SecretString, wipesWhatItIsMovedFrom) {
  SecretString from(std::string("hunter2"));
  const char* old = from.reveal().data();
  const SecretString to(std::move(from));
  EXPECT_EQ(to.reveal(), "hunter2");
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): the promise under test
  EXPECT_NE(std::memcmp(old, "hunter2", 7), 0);
}

TEST(SecretString, wipesWhatIsAssignedOver) {
  SecretString secret(std::string("hunter2"));
  const char* old = secret.reveal().data();
  secret = SecretString(std::string(100, 'x'));
  EXPECT_NE(std::memcmp(old, "hunter2", 7), 0);
  SecretString copy;
  copy = secret;
  EXPECT_EQ(copy.reveal(), secret.reveal());
  const SecretString& same = copy;
  copy = same;
  EXPECT_EQ(copy.reveal(), std::string(100, 'x'));
}

TEST(SecretString, printsAsStars) {
  EXPECT_EQ(to_string(SecretString(std::string("hunter2"))), "***");
  EXPECT_EQ(to_string(SecretString{}), "");
}

TEST(Wipe, zeroesMemory) {
  std::string text = "secret";
  wipe(text.data(), text.size());
  EXPECT_EQ(text, std::string(6, '\0'));
  wipe(nullptr, 0);
}

struct RedactCase {
  const char* in;
  const char* out;
};

class Redact : public testing::TestWithParam<RedactCase> {};

TEST_P(Redact, masksSecretsAndNothingElse) { EXPECT_EQ(redact(GetParam().in), GetParam().out); }

INSTANTIATE_TEST_SUITE_P(
    Texts, Redact,
    testing::Values(
        RedactCase{"", ""}, RedactCase{"35=0|34=1|", "35=0|34=1|"}, RedactCase{"35=A|95=4|96=abc=|98=0|", "35=A|95=4|96=***|98=0|"},
        RedactCase{"35=A\x01"
                   "95=4\x01"
                   "96=a|c=\x01"
                   "98=0\x01",
                   "35=A\x01"
                   "95=4\x01"
                   "96=***\x01"
                   "98=0\x01"},
        RedactCase{"35=A\x01"
                   "95=9\x01"
                   "96=ab\x01"
                   "58=cdx\x01"
                   "98=0\x01",
                   "35=A\x01"
                   "95=9\x01"
                   "96=***\x01"
                   "98=0\x01"},
        RedactCase{"1401=5|1402=a|b|c|1403=3|1404=d|e|58=x|", "1401=5|1402=***|1403=3|1404=***|58=x|"},
        RedactCase{"in: 95=5|96=a|b|c|98=0|", "in: 95=5|96=***|98=0|"},
        RedactCase{"95=3|96=abcdef|98=0|", "95=3|96=***|98=0|"},        // no separator where the length says
        RedactCase{"95=9|58=x|96=ab|98=0|", "95=9|58=x|96=***|98=0|"},  // not the field in front
        RedactCase{"1095=5|96=ab|98|0|", "1095=5|96=***|98|0|"},        // another field's length
        RedactCase{"95=|96=ab|98=0|", "95=|96=***|98=0|"},              //
        RedactCase{"95=99999999999999999999|96=a|b", "95=99999999999999999999|96=***|b"},
        RedactCase{"35=A|95=40|96=ab|cdef", "35=A|95=40|96=***"},             // cut inside the secret
        RedactCase{"35=A|95=4|96=a|cd", "35=A|95=4|96=***"},                  // cut right behind it
        RedactCase{"95=40|96=ab|98=0|10=123|", "95=40|96=***|98=0|10=123|"},  // whole: the length is wrong
        RedactCase{"95=40|96=***|98=0", "95=40|96=***|98=0"},                 // masked before
        RedactCase{"553=me|554=pass word|925=new|10=000|", "553=me|554=***|925=***|10=000|"}, RedactCase{"96=abc", "96=***"},
        RedactCase{"1402=cipher|1404=new|58=x|", "1402=***|1404=***|58=x|"}, RedactCase{"out: 96=abc|98=0|", "out: 96=***|98=0|"},
        RedactCase{"96=|98=0|", "96=|98=0|"}, RedactCase{"196=x|1554=y|55=96|44=96.5|", "196=x|1554=y|55=96|44=96.5|"},
        RedactCase{"a\n-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nb", "a\n***\nb"},
        RedactCase{"-----BEGIN RSA PRIVATE KEY-----\nMIIE cut off", "***"},
        RedactCase{"x -----BEGIN A-----1-----END A----- y -----BEGIN B-----2-----END B----- z", "x *** y *** z"},
        RedactCase{"Authorization: Bearer abc.def-ghi\r\nHost: x", "Authorization: Bearer ***\r\nHost: x"},
        RedactCase{"{\"auth\":\"bearer tok\",\"n\":1}", "{\"auth\":\"bearer ***\",\"n\":1}"}, RedactCase{"the bearer", "the bearer"},
        RedactCase{"forbearer x", "forbearer x"}, RedactCase{"--- 5 - 9 b B", "--- 5 - 9 b B"}));

TEST(RedactInPlace, keepsOffsets) {
  EXPECT_EQ(redact_in_place("35=A|95=5|96=a|b|c|554=pass|98=0|"), "35=A|95=5|96=*****|554=****|98=0|");
  EXPECT_EQ(redact_in_place("95=9|96=|98=0|"), "95=9|96=******");
}

}  // namespace
}  // namespace marginfix
