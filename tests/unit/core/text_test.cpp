// The one rule of what identifiers and texts may hold, and what people are shown instead.
#include "marginfix/core/text.hpp"

#include <gtest/gtest.h>

#include "support/odd_texts.hpp"

namespace marginfix {
namespace {

TEST(Text, identifiersArePrintableAscii) {
  for (const std::string_view good : {"", "a", "7f3a-11", "with blanks and | = \\ \" ~", "12345678", "123456789 123456789"})
    EXPECT_EQ(identifier_fault(good), nullptr) << good;
  for (const auto& odd : marginfix_tests::odd_texts()) EXPECT_NE(identifier_fault(odd.text), nullptr) << odd.name;
  EXPECT_STREQ(identifier_fault(std::string_view("caf\xc3\xa9")), "contains a character outside ASCII");
  EXPECT_STREQ(identifier_fault(std::string_view("a\x1b[2J")), "contains a control character");
}

// Every byte at every place of a word and of the rest behind it.
TEST(Text, eachByteIsJudgedWhereverItStands) {
  for (std::size_t size = 1; size <= 19; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(byte);
        ASSERT_EQ(identifier_fault(text) == nullptr, byte >= 0x20 && byte <= 0x7E) << size << ' ' << at << ' ' << byte;
      }
    }
  }
}

TEST(Text, textsAreUtf8WithoutControlCharacters) {
  for (const std::string_view good : {"", "plain", "caf\xc3\xa9", "\xe2\x82\xac 5", "\xf0\x9f\x98\x80", "\xc2\xa0"})
    EXPECT_EQ(text_fault(good), nullptr) << good;
  for (const auto& odd : marginfix_tests::odd_texts()) {
    EXPECT_EQ(text_fault(odd.text) == nullptr, odd.fit_for_text) << odd.name;
  }
}

TEST(Text, whatIsHiddenIsMadeVisibleAndTheRestStays) {
  EXPECT_EQ(visible("plain caf\xc3\xa9 \xe2\x82\xac"), "plain caf\xc3\xa9 \xe2\x82\xac");
  EXPECT_EQ(visible("ok\x1b[2K\x01"
                    "44=9\n\x7f"),
            "ok\\x1b[2K\\x0144=9\\x0a\\x7f");
  EXPECT_EQ(visible(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(visible("r\xe9"
                    "f"),
            "r\\xe9f");
  EXPECT_EQ(visible("\xc2\x9b"
                    "31m\xe2\x80\xa8\xe2\x80\xae"),
            "\\u009b31m\\u2028\\u202e");
  EXPECT_EQ(visible("\xc0\xaf\xed\xa0\x80"), "\\xc0\\xaf\\xed\\xa0\\x80");
  for (const auto& odd : marginfix_tests::odd_texts()) EXPECT_EQ(text_fault(visible(odd.text)), nullptr) << odd.name;
}

}  // namespace
}  // namespace marginfix
