// The small JSON reader: what RFC 8259 allows, nothing else, and where a text goes wrong.
#include "src/core/small_json.hpp"

#include <gtest/gtest.h>

#include <string>

namespace marginfix::detail {
namespace {

using Kind = SmallJson::Kind;

std::string fault(std::string_view text) {
  const auto parsed = SmallJson::parse(text);
  return parsed ? "" : parsed.error().message;
}

TEST(SmallJson, EveryKindOfValue) {
  const auto parsed = SmallJson::parse(" {\"a\": [1, -0.5e+2, true, false, null, \"x\", {}, []], \"b\": {\"c\": 2}}\r\n\t");
  ASSERT_TRUE(parsed) << parsed.error().message;
  const SmallJson* const list = parsed->find("a");
  ASSERT_TRUE(list != nullptr && list->items.size() == 8);
  EXPECT_EQ(list->items[0].text, "1");
  EXPECT_EQ(list->items[1].text, "-0.5e+2");
  EXPECT_TRUE(list->items[2].kind == Kind::boolean && list->items[2].truth);
  EXPECT_TRUE(list->items[3].kind == Kind::boolean && !list->items[3].truth);
  EXPECT_TRUE(list->items[4].kind == Kind::null);
  EXPECT_TRUE(list->items[5].kind == Kind::string && list->items[5].text == "x");
  EXPECT_TRUE(list->items[6].kind == Kind::object && list->items[7].kind == Kind::array);
  EXPECT_EQ(parsed->find("b")->find("c")->text, "2");
  EXPECT_EQ(parsed->find("c"), nullptr);
  EXPECT_EQ(list->find("a"), nullptr);
}

TEST(SmallJson, OfTwoMembersOfOneNameTheLaterCounts) { EXPECT_EQ(SmallJson::parse(R"({"a":1,"a":2})")->find("a")->text, "2"); }

TEST(SmallJson, EscapesAndUtf8) {
  EXPECT_EQ(SmallJson::parse(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00")")->text, "\"\\/\b\f\n\r\tA\u00e9\u20ac\U0001F600");
  EXPECT_EQ(SmallJson::parse("\"\u00e9\u20ac\"")->text, "\u00e9\u20ac");
  EXPECT_EQ(SmallJson::parse(std::string("\"\\u0000\""))->text, std::string(1, '\0'));
}

TEST(SmallJson, WhatIsNoJsonIsRefusedWithItsPlace) {
  for (const char* text : {"", " ", "{", "[", "[1", "[1,", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "\"a", "\"\\", "\"\\u12"})
    EXPECT_FALSE(fault(text).empty()) << text;
  for (const char* text : {"{a:1}",       "{'a':1}",     "[1,]",
                           "{\"a\":1,}",  "[1 2]",       "{} {}",
                           "01",          "+1",          ".5",
                           "1.",          "1e",          "-",
                           "0x1",         "NaN",         "True",
                           "nul",         "\"\\x\"",     "\"\\u00g0\"",
                           "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\u0041\"",
                           "\"\x01\"",    "\"\xff\"",    "\"\xc0\x80\"",
                           "]",           "}",           ","})
    EXPECT_FALSE(fault(text).empty()) << text;
  EXPECT_EQ(fault("{\n  \"a\": tru\n}"), "line 2, column 8: a value is wanted here");
  EXPECT_EQ(fault("{\"a\": 1"), "line 1, column 8: it ends too early");
  EXPECT_EQ(fault("{} x"), "line 1, column 4: something follows its end");
}

TEST(SmallJson, DepthHasALimit) {
  EXPECT_TRUE(fault(std::string(31, '[') + "1" + std::string(31, ']')).empty());
  EXPECT_NE(fault(std::string(100000, '[')).find("too deep"), std::string::npos);
}

}  // namespace
}  // namespace marginfix::detail
