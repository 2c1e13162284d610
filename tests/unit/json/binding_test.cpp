// The binding's promises: exact numbers, absent and null and empty told apart, unknown things kept, errors that name the member.
#include "marginfix/json/binding.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace marginfix::json::test {

enum class Colour { red, green };
struct Inner {
  DollarDecimal price;
  EpochMillis ts_ms;
};
struct Level {
  DollarDecimal price;
  FixedPointCount count;
};
struct Outer {
  std::string id;
  Open<Colour> colour;
  std::optional<DollarDecimal> tick;
  Nullable<Timestamp> when;
  std::optional<MultiplierDecimal> rate;
  std::vector<Inner> inners;
  std::vector<Level> levels;
  Map<MultiplierDecimal> rates;
  std::optional<RawJson> meta;
  std::optional<std::int64_t> big;
  UnknownMembers unknown;
};

}  // namespace marginfix::json::test

template <>
struct marginfix::EnumWords<marginfix::json::test::Colour> {
  static constexpr EnumWord<json::test::Colour> kWords[] = {{json::test::Colour::red, "red"}, {json::test::Colour::green, "green"}};
};
MARGINFIX_SCHEMA(marginfix::json::test::Inner);
MARGINFIX_SCHEMA(marginfix::json::test::Level);
MARGINFIX_SCHEMA(marginfix::json::test::Outer);

namespace marginfix::json {
namespace test {
constexpr FieldInfo kInner[] = {field<&Inner::price>("price"), field<&Inner::ts_ms>("ts_ms")};
constexpr FieldInfo kLevel[] = {field<&Level::price>("price"), field<&Level::count>("count")};
constexpr FieldInfo kOuter[] = {field<&Outer::id>("id"),
                                field<&Outer::colour>("colour"),
                                field<&Outer::tick>("tick").expected().with({.max_decimals = 4, .positive = true}),
                                field<&Outer::when>("when"),
                                field<&Outer::rate>("rate"),
                                field<&Outer::inners>("inners"),
                                field<&Outer::levels>("levels"),
                                field<&Outer::rates>("rates"),
                                field<&Outer::meta>("meta"),
                                field<&Outer::big>("big").with({.least = 0, .most = 100})};
}  // namespace test
constinit const TypeInfo Schema<test::Inner>::type = object_type<test::Inner>("Inner", test::kInner);
constinit const TypeInfo Schema<test::Level>::type = tuple_type<test::Level>("Level", test::kLevel);
constinit const TypeInfo Schema<test::Outer>::type = object_type<test::Outer>("Outer", test::kOuter);

namespace test {
namespace {

TEST(JsonBinding, ReadsEveryKindExactly) {
  DecodeReport report;
  const auto read = decode<Outer>(R"({"id":"a\"\u00e9","colour":"green","tick":"0.0001","when":"2026-11-22T18:32:01.5Z",
    "rate":-0.0009593552948286,"inners":[{"price":"6.2577","ts_ms":1717171717171}],"levels":[["0.1500","100.00"]],
    "rates":{"X":1.7976931348623157e+308},"meta":{"a":[1.10,"x",null,true]},"big":-9007199254740991})",
                                  &report);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->id, "a\"\xc3\xa9");
  EXPECT_TRUE(read->colour == Colour::green);
  EXPECT_EQ(read->tick->units(), 100);
  EXPECT_EQ(to_rfc3339(*read->when), "2026-11-22T18:32:01.500Z");
  EXPECT_EQ(read->rate->to_string(), "-0.0009593552948286");
  ASSERT_EQ(read->inners.size(), 1U);
  EXPECT_EQ(read->inners[0].price.units(), 6'257'700);
  EXPECT_EQ(read->inners[0].ts_ms.value, 1717171717171);
  ASSERT_EQ(read->levels.size(), 1U);
  EXPECT_EQ(read->levels[0].count, FixedPointCount::whole(100));
  EXPECT_EQ(read->rates.at("X").to_string(), "1.7976931348623157e+308");
  EXPECT_EQ(read->meta->text, R"({"a":[1.10,"x",null,true]})");
  EXPECT_EQ(*read->big, -9007199254740991);
  EXPECT_TRUE(report.missing.empty());
  EXPECT_EQ(report.unknown_members + report.unknown_words, 0U);
}

TEST(JsonBinding, NumbersBeyondTheTypeKeepTheirTextWhereTheyMay) {
  const auto read = decode<Outer>(R"({"id":"a","colour":"red","rate":1e400})");
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->rate->to_string(), "1e400");
  const auto minus_zero = decode<Outer>(R"({"id":"a","colour":"red","rate":-0})");
  ASSERT_TRUE(minus_zero);
  EXPECT_EQ(minus_zero->rate->to_string(), "-0");
}

TEST(JsonBinding, KeepsUnknownMembersAndWords) {
  DecodeReport report;
  const auto read = decode<Outer>(R"({"new":{"x":0.10,"y":["\n"]},"id":"a","colour":"blue","newer":1e3})", &report);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_FALSE(read->colour.known());
  EXPECT_EQ(read->colour.text(), "blue");
  ASSERT_NE(read->unknown.find("new"), nullptr);
  EXPECT_EQ(*read->unknown.find("new"), R"({"x":0.10,"y":["\n"]})");
  EXPECT_EQ(*read->unknown.find("newer"), "1e3");
  EXPECT_EQ(report.unknown_members, 2U);
  EXPECT_EQ(report.unknown_words, 1U);
  EXPECT_EQ(report.missing, (std::vector<std::string>{"tick", "inners", "levels", "rates"}));
}

TEST(JsonBinding, TellsAbsentNullAndEmptyApart) {
  const auto nulls = decode<Outer>(R"({"id":"a","colour":"red","tick":null,"when":null,"inners":null,"rates":null})");
  ASSERT_TRUE(nulls) << to_string(nulls.error());
  EXPECT_FALSE(nulls->tick);
  EXPECT_TRUE(nulls->when.is_null());
  EXPECT_TRUE(nulls->inners.empty());
  const auto absent = decode<Outer>(R"({"id":"a","colour":"red"})");
  ASSERT_TRUE(absent);
  EXPECT_TRUE(absent->when.absent());
  const auto empty = decode<Outer>(R"({"id":"a","colour":"red","tick":""})");  // observed: tick_size may be ""
  ASSERT_TRUE(empty) << to_string(empty.error());
  EXPECT_FALSE(empty->tick);
}

// The live exchange wrote the greatest 64-bit number of ten-thousandths as the ask of a market without asks.
TEST(JsonBinding, ADecimalTooGreatForAnOptionalMemberIsKeptAsText) {
  DecodeReport report;
  const auto read = decode<Outer>(R"({"id":"a","colour":"red","tick":"922337203685477.5807","rate":1})", &report);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_FALSE(read->tick);
  ASSERT_NE(read->unknown.find("tick"), nullptr);
  EXPECT_EQ(*read->unknown.find("tick"), "\"922337203685477.5807\"");
  EXPECT_EQ(read->rate->to_string(), "1");
  EXPECT_EQ(report.beyond_type, 1U);
  EXPECT_FALSE(decode<Outer>(R"({"id":"a","colour":"red","tick":"92.2e"})"));
  EXPECT_FALSE(decode<Outer>(R"({"id":"a","colour":"red","inners":[{"price":"922337203685477.5807","ts_ms":1}]})"));
}

TEST(JsonBinding, WrongTypesNameTheMember) {
  const auto error = [](std::string_view text) {
    const auto read = decode<Outer>(text);
    return read ? std::string("(read)") : read.error().message;
  };
  EXPECT_EQ(error(R"({"id":7,"colour":"red"})"), "id: expected string, got a number");
  EXPECT_EQ(error(R"({"id":"a","colour":"red","inners":[{"price":"1.0","ts_ms":1},{"price":2.5}]})"),
            "inners[1].price: expected FixedPointDollars, got a number");
  EXPECT_EQ(error(R"({"id":"a","colour":"red","inners":[{"price":"1.00000001"}]})"),
            "inners[0].price: expected FixedPointDollars, got 1.00000001");
  EXPECT_EQ(error(R"({"colour":"red"})"), "id: the exchange requires it and it is missing");
  EXPECT_EQ(error(R"({"id":null,"colour":"red"})"), "id: the exchange requires it and it is missing");
  EXPECT_EQ(error(R"({"id":"a","colour":"red","inners":[{"ts_ms":1}]})"), "inners[0].price: the exchange requires it and it is missing");
  EXPECT_EQ(error(R"({"id":"a","colour":"red","levels":[["1.0","2.00","3"]]})").find("levels[0]"), 0U);
  EXPECT_EQ(error("[]"), "Outer: expected an object, got an array");
  EXPECT_EQ(error("null").find("Outer"), 0U);
  EXPECT_EQ(error("").find("not JSON"), 0U);
  EXPECT_EQ(error(R"({"id":"a")").find("not JSON"), 0U);
  EXPECT_EQ(error(R"({"id":"a","colour":"red"} x)").find("not JSON"), 0U);
  EXPECT_EQ(error("{\"id\":\xff,\"colour\":\"red\"}").find("not JSON"), 0U);  // inside a text it is shown, see below
}

TEST(JsonBinding, ADecoderWithoutMissingErrorsCountsInstead) {
  Outer out;
  DecodeReport report;
  ASSERT_TRUE(decode(type_of<Outer>(), &out, R"({"inners":[{}]})", {.missing_is_error = false}, &report));
  EXPECT_EQ(report.missing, (std::vector<std::string>{"inners[0].price", "inners[0].ts_ms", "id", "colour", "tick", "levels", "rates"}));
}

TEST(JsonBinding, EveryCutOfATextIsRefused) {
  const std::string text = R"({"id":"a\"b","colour":"green","inners":[{"price":"6.2577","ts_ms":17}],"meta":{"a":[1]},"rate":1.5})";
  ASSERT_TRUE(decode<Outer>(text));
  for (std::size_t n = 0; n < text.size(); ++n) EXPECT_FALSE(decode<Outer>(text.substr(0, n))) << n;
}

TEST(JsonBinding, WritesWhatItReads) {
  const std::string text =
      R"({"id":"a","colour":"green","tick":"0.0100","when":null,"rate":-1.50,"inners":[{"price":"6.2577","ts_ms":17}],)"
      R"("levels":[["0.1500","100.00"]],"rates":{"X":0.1},"meta":{"a":[1]},"big":5})";
  const auto read = decode<Outer>(text);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(encode(*read), text);
}

TEST(JsonBinding, LimitsNameTheFieldAndTheRule) {
  const auto problem = [](const Outer& o) {
    const auto checked = check_limits(type_of<Outer>(), &o);
    return checked ? std::string() : checked.error().message;
  };
  Outer good;
  good.id = "a";
  good.colour = Colour::red;
  EXPECT_EQ(problem(good), "");
  Outer bad = good;
  bad.id.clear();
  EXPECT_EQ(problem(bad), "id: is required");
  bad = good;
  bad.colour = Open<Colour>::from_text("blue");
  EXPECT_EQ(problem(bad), "colour: must be one of red, green");
  bad = good;
  bad.tick = DollarDecimal::from_units(1'000'001);
  EXPECT_EQ(problem(bad), "tick: at most 4 decimals");
  bad.tick = DollarDecimal{};
  EXPECT_EQ(problem(bad), "tick: must be greater than 0");
  bad = good;
  bad.big = 101;
  EXPECT_EQ(problem(bad), "big: must be from 0 to 100");
}

TEST(JsonBinding, TextsFromACommandLine) {
  Outer o;
  const auto& fields = type_of<Outer>().fields;
  ASSERT_TRUE(read_text(*fields[2].type, &o.tick, "0.5"));
  EXPECT_EQ(write_text(*fields[2].type, &o.tick), "0.5000");
  std::vector<std::string> list;
  ASSERT_TRUE(read_text(type_of<std::vector<std::string>>(), &list, "A,B,C"));
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(write_text(type_of<std::vector<std::string>>(), &list), "A,B,C");
  const auto refused = read_text(*fields[9].type, &o.big, "many");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "wants a int64, not \"many\"");
}

// A value that is read into again keeps nothing of the text before.
TEST(JsonBinding, WhatATextDoesNotSayIsGone) {
  Decoder decoder;
  Outer out;
  ASSERT_TRUE(decoder.decode(type_of<Outer>(), &out,
                             R"({"id":"a","colour":"red","tick":"1","when":null,"rate":1,"inners":[{"price":"1","ts_ms":1}],)"
                             R"("rates":{"X":1},"meta":[1],"big":5,"new":1})"));
  DecodeReport report;
  ASSERT_TRUE(decoder.decode(type_of<Outer>(), &out, R"({"id":"b","colour":"green","newer":2})", {}, &report));
  EXPECT_EQ(encode(out), R"({"id":"b","colour":"green","inners":[],"levels":[],"rates":{}})");
  EXPECT_TRUE(out.when.absent());
  EXPECT_EQ(out.unknown.size(), 1U);
  EXPECT_NE(out.unknown.find("newer"), nullptr);
}

TEST(JsonBinding, TheLastOfTwoMembersOfOneNameCounts) {
  const auto read = decode<Outer>(
      R"({"id":"a","colour":"red","inners":[{"price":"1","ts_ms":1}],"id":"b","tick":"1","tick":null,"rates":{"X":1,"X":2},"inners":[]})");
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->id, "b");
  EXPECT_FALSE(read->tick);
  EXPECT_EQ(read->rates.at("X").to_string(), "2");
  EXPECT_TRUE(read->inners.empty());
}

// The binder remembers which member followed which; any other order must read the same.
TEST(JsonBinding, TheOrderOfMembersDoesNotMatter) {
  std::vector<std::string> members = {R"("id":"a")", R"("colour":"green")",      R"("tick":"0.0001")", R"("when":null)", R"("rate":1.50)",
                                      R"("x":1)",    R"("rates":{"B":1,"A":2})", R"("big":7)"};
  const std::string expected = R"({"id":"a","colour":"green","tick":"0.0001","when":null,"rate":1.50,"inners":[],"levels":[],)"
                               R"("rates":{"A":2,"B":1},"big":7})";
  for (int turn = 0; turn < 500; ++turn) {
    std::string text;
    for (const std::string& member : members) text += (text.empty() ? "{" : ",") + member;
    const auto read = decode<Outer>(text + '}');
    ASSERT_TRUE(read) << text << to_string(read.error());
    ASSERT_EQ(encode(*read), expected) << text;
    ASSERT_EQ(read->unknown.size(), 1U);
    std::next_permutation(members.begin(), members.end());
  }
}

TEST(JsonBinding, DepthHasAnEnd) {
  const auto nested = [](std::size_t n) { return R"({"id":"a","colour":"red","meta":)" + std::string(n, '[') + std::string(n, ']') + '}'; };
  EXPECT_TRUE(decode<Outer>(nested(63)));
  EXPECT_FALSE(decode<Outer>(nested(64)));
  EXPECT_FALSE(decode<Outer>(nested(100'000)));
}

TEST(JsonBinding, MemoryIsReusedFromTextToText) {
  Decoder decoder;
  Outer out;
  ASSERT_TRUE(decoder.decode(type_of<Outer>(), &out, R"({"id":"a","colour":"red","inners":[{"price":"1","ts_ms":1}]})"));
  ASSERT_TRUE(decoder.decode(type_of<Outer>(), &out, R"({"id":"b","colour":"red","inners":[{"price":"2","ts_ms":2}]})"));
  ASSERT_EQ(out.inners.size(), 1U);
  EXPECT_EQ(out.inners[0].price, DollarDecimal::whole(2));
  EXPECT_FALSE(decoder.decode(type_of<Outer>(), &out, "{"));
  EXPECT_TRUE(decoder.decode(type_of<Outer>(), &out, R"({"id":"c","colour":"red"})"));
}

// Read where the instant is certain; else absent, the text kept: never 1970.
TEST(JsonBinding, TimesOfOddFormAreReadOrVisiblyAbsent) {
  const auto read = [](std::string_view when, DecodeReport& report) {
    Outer outer;
    const std::string text =
        R"({"id":"a","colour":"red","tick":"0.01","when":)" + std::string(when) + R"(,"inners":[],"levels":[],"rates":{}})";
    EXPECT_TRUE(decode(type_of<Outer>(), &outer, text, {}, &report)) << when;
    return outer;
  };
  for (const char* when : {R"("2026-11-04T15:30:00.Z")", R"(" 2026-11-04T15:30:00.0Z ")", R"("2026-11-04T10:30:00-0500")"}) {
    DecodeReport report;
    const auto outer = read(when, report);
    ASSERT_TRUE(outer.when) << when;
    EXPECT_EQ(*outer.when, parse_rfc3339("2026-11-04T15:30:00Z").value()) << when;
  }
  for (const char* when : {R"("2026-11-04T15:30:60Z")", R"("2026-11-04T15:30:00")", R"("yesterday")", R"("0")"}) {
    DecodeReport report;
    const Outer outer = read(when, report);
    EXPECT_TRUE(outer.when.absent()) << when;
    ASSERT_NE(outer.unknown.find("when"), nullptr) << when;
    EXPECT_EQ(*outer.unknown.find("when"), when);
    EXPECT_EQ(report.beyond_type, 1U);
  }
}

TEST(JsonBinding, EpochsAreReadWhereTheyAreWhole) {
  for (const char* text : {"1764400000123", "1764400000123.0", "1.764400000123e12"}) {
    EpochMillis ms;
    ASSERT_TRUE(decode(type_of<EpochMillis>(), &ms, text)) << text;
    EXPECT_EQ(ms.value, 1'764'400'000'123) << text;
  }
  for (const char* text : {"1764400000123.5", "1e30", "\"1764400000123\"", "\"soon\"", "\"\"", "true"}) {
    EpochMillis ms{7};
    EXPECT_FALSE(decode(type_of<EpochMillis>(), &ms, text)) << text;
  }
}

// One odd text must not cost the list it is in.
TEST(JsonBinding, BytesThatAreNoUtf8AreShownAndTheRestIsRead) {
  const auto read = decode<Map<std::string>>(
      "{\"a\":\"r\xe9"
      "f\",\"b\":\"caf\xc3\xa9\",\"c\":\"\xc0\xaf\"}");
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->at("a"), "r\\xe9f");
  EXPECT_EQ(read->at("b"), "caf\xc3\xa9");
  EXPECT_EQ(read->at("c"), "\\xc0\\xaf");
  EXPECT_FALSE(decode<Map<std::string>>("{\"a\":\xe9}"));
  EXPECT_FALSE(decode<Map<std::string>>("\xe9"));
}

}  // namespace
}  // namespace test
}  // namespace marginfix::json
