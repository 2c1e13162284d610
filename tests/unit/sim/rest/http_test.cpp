// The small parts of HTTP: header look-up, content types, encodings, dates, URLs.
#include <gtest/gtest.h>

#include "sim/doors/http/message.hpp"
#include "sim/doors/http/url.hpp"

namespace marginfix::sim {
namespace {

TEST(Http, HeaderNamesHaveNoCase) {
  HttpRequest request;
  request.headers = {{"Kalshi-Access-Key", "first"}, {"KALSHI-ACCESS-KEY", "second"}, {"X", ""}};
  EXPECT_EQ(request.header("KALSHI-ACCESS-KEY"), "first");
  EXPECT_EQ(request.header("x"), "");
  EXPECT_EQ(request.header("missing"), "");
  EXPECT_FALSE(same_token("gzip", "gzi"));
}

TEST(Http, JsonIsNamedWithOrWithoutParameters) {
  EXPECT_TRUE(is_json("application/json"));
  EXPECT_TRUE(is_json(" Application/JSON ; charset=utf-8"));
  EXPECT_FALSE(is_json(""));
  EXPECT_FALSE(is_json("text/plain; application/json"));
  EXPECT_FALSE(is_json("application/jsonp"));
}

TEST(Http, GzipIsTakenUnlessWeighedWithNothing) {
  for (const char* yes : {"gzip", "deflate, GZIP", "br;q=1.0, gzip;q=0.2", "*", "x-gzip", "gzip ; q=0.001"}) {
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  }
  for (const char* no : {"", "identity", "gzip;q=0", "gzip; q=0.000, *", "*;q=0", "br", "gzipped"}) EXPECT_FALSE(accepts_gzip(no)) << no;
}

TEST(Http, DatesAreWrittenAsHttpWantsThem) {
  EXPECT_EQ(http_date(from_epoch_seconds(784'111'777)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(from_epoch_ms(1'795'651'199'999)), "Wed, 25 Nov 2026 23:59:59 GMT");
}

TEST(Http, PercentDecodingIsStrict) {
  EXPECT_EQ(percent_decode("A%2FB%20c+d"), "A/B c+d");
  EXPECT_EQ(percent_decode("%c3%A9%E2%82%ac%F0%9F%98%80"), "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  for (const char* bad : {"%", "%2", "%2G", "%zz", "%00", "%0A", "%7F", "%C3", "%C0%80", "%E0%80%80", "%ED%A0%80", "%F4%90%80%80", "%FF"}) {
    EXPECT_EQ(percent_decode(bad), std::nullopt) << bad;
  }
}

TEST(Http, QueriesAreSplitAndDecoded) {
  const auto query = parse_query("ticker=KX%2DBTC&limit=5&empty=&flag&tickers=A,B&text=a+b%2Bc&&");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->size(), 6U);
  EXPECT_EQ(query->at("ticker"), "KX-BTC");
  EXPECT_EQ(query->at("empty"), "");
  EXPECT_EQ(query->at("flag"), "");
  EXPECT_EQ(query->at("tickers"), "A,B");
  EXPECT_EQ(query->at("text"), "a b+c");
  EXPECT_TRUE(parse_query("")->empty());
  EXPECT_FALSE(parse_query("a=%zz"));
  const auto twice = parse_query("a=1&b=2&a=3");
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().message.find("a is given twice"), std::string::npos);
}

TEST(Http, PathsAreSplitAtSlashes) {
  EXPECT_EQ(path_segments("/a/b"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(path_segments("/a/"), (std::vector<std::string_view>{"a", ""}));
  EXPECT_EQ(path_segments("/"), std::vector<std::string_view>{""});
  EXPECT_TRUE(path_segments("").empty());
  EXPECT_TRUE(path_segments("a/b").empty());
}

}  // namespace
}  // namespace marginfix::sim
