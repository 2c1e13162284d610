#include "marginfix/json/writer.hpp"

#include <gtest/gtest.h>

namespace marginfix::json {
namespace {

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  std::string out;
  Writer w(out);
  w.begin_object().member("a", 1).key("b").begin_array().integer(-2).boolean(true).null().end_array().member("c", "x").end_object();
  EXPECT_EQ(out, R"({"a":1,"b":[-2,true,null],"c":"x"})");
}

TEST(JsonWriter, EscapesWhatJsonForbidsAndNothingElse) {
  EXPECT_EQ(quoted("q\" b\\ \n\r\t \x01 \x7f \xc3\xa9"), "\"q\\\" b\\\\ \\n\\r\\t \\u0001 \x7f \xc3\xa9\"");
}

// Texts are looked at eight bytes at a time: every byte at every place among them.
TEST(JsonWriter, EscapesAtEveryPlace) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const std::string alone = quoted(std::string_view(&c, 1));
    EXPECT_EQ(alone.size() > 3, byte < 0x20 || c == '"' || c == '\\') << byte;
    for (std::size_t at = 0; at < 19; ++at) {
      std::string text = "abc\x7f\x80\xffghijklmnop !#[]";
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
