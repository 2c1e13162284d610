#include "marginfix/json/writer.hpp"

#include <gtest/gtest.h>

#include "marginfix/core/text.hpp"
#include "marginfix/json/binding.hpp"
#include "support/odd_texts.hpp"

namespace marginfix::json {
namespace {

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  std::string out;
  Writer w(out);
  w.begin_object().member("a", 1).key("b").begin_array().integer(-2).boolean(true).null().end_array().member("c", "x").end_object();
  EXPECT_EQ(out, R"({"a":1,"b":[-2,true,null],"c":"x"})");
}

// DEL, C1 and the line and direction marks too: JSON allows them, a terminal obeys them.
TEST(JsonWriter, EscapesWhatJsonForbidsAndEveryControlCharacter) {
  EXPECT_EQ(json::quoted("q\" b\\ \n\r\t \x01 \x7f \xc3\xa9"), "\"q\\\" b\\\\ \\n\\r\\t \\u0001 \\u007f \xc3\xa9\"");
  EXPECT_EQ(json::quoted("\xc2\x9b \xc2\xa0 \xe2\x80\xa8 \xe2\x80\xae \xe2\x82\xac \xf0\x9f\x98\x80"),
            "\"\\u009b \xc2\xa0 \\u2028 \\u202e \xe2\x82\xac \xf0\x9f\x98\x80\"");
}

TEST(JsonWriter, ABrokenTextStillGivesAJsonTextThatReadsBack) {
  EXPECT_EQ(json::quoted("r\xe9"
                         "f"),
            "\"r\\\\xe9f\"");
  for (const auto& odd : marginfix_tests::odd_texts()) {
    std::string back;
    ASSERT_TRUE(decode(type_of<std::string>(), &back, json::quoted(odd.text))) << odd.name;
    EXPECT_EQ(back, odd.utf8 ? odd.text : visible(odd.text)) << odd.name;
  }
}

// Texts are looked at eight bytes at a time: every byte at every place among them.
TEST(JsonWriter, EscapesAtEveryPlace) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const std::string alone = quoted(std::string_view(&c, 1));
    EXPECT_EQ(alone.size() > 3, byte < 0x20 || byte > 0x7e || c == '"' || c == '\\') << byte;
    for (std::size_t at = 0; at < 19; ++at) {
      std::string text = "abcdefghijklmnop !#[]";
      text.resize(19);
      text[at] = c;
      std::string expected = "\"" + text.substr(0, at) + alone.substr(1, alone.size() - 2) + text.substr(at + 1) + "\"";
      EXPECT_EQ(json::quoted(text), expected) << byte << " at " << at;
    }
  }
}

TEST(JsonWriter, NumbersKeepTheirDigits) {
  std::string out;
  Writer w(out);
  w.begin_array()
      .value(MultiplierDecimal::parse("-0.0009593552948286").value())
      .value(DollarDecimal::from_units(6'257'700))
      .value(FixedPointCount::whole(3))
      .number("1.7976931348623157e+308")
      .end_array();
  EXPECT_EQ(out, R"([-0.0009593552948286,"6.2577","3.00",1.7976931348623157e+308])");
}

}  // namespace
}  // namespace marginfix::json
