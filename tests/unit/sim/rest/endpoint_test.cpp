// What handlers of the REST door stand on: the three error shapes, parameters and body members, cursors.
// Source: observed.md "Error bodies"; rest-perps.md "Types on this page", "Paging".
#include "sim/doors/rest/endpoint.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace marginfix::sim {
namespace {

EndpointRequest with_query(const std::string& name, const std::string& value) {
  EndpointRequest request;
  request.query[name] = value;
  return request;
}

EndpointRequest with_body(const std::string& json) {
  EndpointRequest request;
  request.body = boost::json::parse(json).as_object();
  return request;
}

TEST(RestErrors, HaveTheRecordedShapes) {
  EXPECT_EQ(nested_error(401, "authentication_error", "authentication_error", "INCORRECT_API_KEY_SIGNATURE").body,
            R"({"error":{"code":"authentication_error","message":"authentication_error","details":"INCORRECT_API_KEY_SIGNATURE"}})");
  EXPECT_EQ(nested_error(404, "not_found", "not found", {}, "exchange").body,
            R"({"error":{"code":"not_found","message":"not found","service":"exchange"}})");
  EXPECT_EQ(flat_error(400, "invalid_content_type", "said \"x\"").body, R"({"code":"invalid_content_type","message":"said \"x\""})");
  EXPECT_EQ(flat_error(409, "a", "b", "c").body, R"({"code":"a","message":"b","details":"c"})");
  EXPECT_EQ(bare_error(400, "Query argument start_date is required, but not found").body,
            R"({"msg":"Query argument start_date is required, but not found"})");
  EXPECT_EQ(nested_error(404, "not_found", "not found").status, 404);
}

TEST(RestParameters, TextComesFromTheQueryThenThePath) {
  EndpointRequest request;
  request.path["ticker"] = "A";
  EXPECT_EQ(request.text("ticker"), "A");
  request.query["ticker"] = "B";
  EXPECT_EQ(request.text("ticker"), "B");
  EXPECT_EQ(request.text("other", "fallback"), "fallback");
  EXPECT_TRUE(request.has("ticker"));
  EXPECT_FALSE(request.has("other"));
}

TEST(RestParameters, IntegersAreWholeAndInRange) {
  EndpointRequest request = with_query("limit", "1000");
  EXPECT_EQ(request.integer("limit", 1, 1000), 1000);
  EXPECT_EQ(request.integer("absent", 1, 1000), std::nullopt);
  EXPECT_FALSE(request.problem);
  for (const char* bad : {"1001", "0", "-1", "", " 5", "5 ", "+5", "5.0", "0x5", "five", "99999999999999999999"}) {
    EndpointRequest refused = with_query("limit", bad);
    EXPECT_EQ(refused.integer("limit", 1, 1000), std::nullopt) << bad;
    ASSERT_TRUE(refused.problem) << bad;
    EXPECT_EQ(refused.problem->status, 400);
    EXPECT_NE(refused.problem->body.find("limit must be a whole number from 1 to 1000"), std::string::npos);
  }
}

TEST(RestParameters, BooleansAndSubaccounts) {
  EXPECT_EQ(with_query("x", "true").boolean("x"), true);
  EXPECT_EQ(with_query("x", "false").boolean("x"), false);
  EndpointRequest bad = with_query("x", "1");
  EXPECT_EQ(bad.boolean("x"), std::nullopt);
  EXPECT_TRUE(bad.problem);
  EXPECT_EQ(with_query("subaccount", "63").subaccount(), 63);
  EndpointRequest above = with_query("subaccount", "64");
  EXPECT_EQ(above.subaccount(), std::nullopt);
  EXPECT_TRUE(above.problem);
}

TEST(RestParameters, TheFirstProblemIsTheOneReported) {
  EndpointRequest request;
  request.query = {{"a", "x"}, {"b", "y"}};
  request.integer("a", 0, 9);
  request.boolean("b");
  ASSERT_TRUE(request.problem);
  EXPECT_NE(request.problem->body.find("a must be"), std::string::npos) << request.problem->body;
}

TEST(RestBody, MembersOfTheRightTypeAreRead) {
  EndpointRequest request = with_body(R"({"s":"text","i":7,"b":true,"d":"19.5000","c":"10.00"})");
  EXPECT_EQ(request.body_text("s"), "text");
  EXPECT_EQ(request.body_integer("i", 0, 9), 7);
  EXPECT_EQ(request.body_boolean("b"), true);
  EXPECT_EQ(request.body_dollars("d"), DollarDecimal::parse("19.5").value());
  EXPECT_EQ(request.body_count("c"), FixedPointCount::whole(10));
  EXPECT_FALSE(request.problem);
}

TEST(RestBody, AbsentAndNullAreTheSameAndMissOnlyWhenRequired) {
  EndpointRequest optional = with_body(R"({"n":null})");
  EXPECT_EQ(optional.body_text("n"), std::nullopt);
  EXPECT_EQ(optional.body_count("gone"), std::nullopt);
  EXPECT_FALSE(optional.problem);
  for (const char* name : {"n", "gone"}) {
    EndpointRequest text = with_body(R"({"n":null})"), number = text, dollars = text, count = text;
    text.body_text(name, true);
    number.body_integer(name, 0, 9, true);
    dollars.body_dollars(name, true);
    count.body_count(name, true);
    for (const EndpointRequest* each : {&text, &number, &dollars, &count}) {
      ASSERT_TRUE(each->problem);
      EXPECT_NE(each->problem->body.find(std::string(name) + " is required"), std::string::npos);
    }
  }
}

TEST(RestBody, WrongTypesAreRefused) {
  const auto refused = [](const std::string& json, auto read) {
    EndpointRequest request = with_body(json);
    read(request);
    return request.problem && request.problem->status == 400;
  };
  EXPECT_TRUE(refused(R"({"x":5})", [](auto& r) { r.body_text("x"); }));
  EXPECT_TRUE(refused(R"({"x":"5"})", [](auto& r) { r.body_integer("x", 0, 9); }));
  EXPECT_TRUE(refused(R"({"x":5.0})", [](auto& r) { r.body_integer("x", 0, 9); }));
  EXPECT_TRUE(refused(R"({"x":18446744073709551615})", [](auto& r) { r.body_integer("x", 0, INT64_MAX); }));
  EXPECT_TRUE(refused(R"({"x":10})", [](auto& r) { r.body_integer("x", 0, 9); }));
  EXPECT_TRUE(refused(R"({"x":"true"})", [](auto& r) { r.body_boolean("x"); }));
  EXPECT_TRUE(refused(R"({"x":19.5})", [](auto& r) { r.body_dollars("x"); }));
  EXPECT_TRUE(refused(R"({"x":"abc.defgh"})", [](auto& r) { r.body_dollars("x"); }));
  EXPECT_TRUE(refused(R"({"x":""})", [](auto& r) { r.body_dollars("x"); }));
  EXPECT_TRUE(refused(R"({"x":"1e2"})", [](auto& r) { r.body_dollars("x"); }));
  EXPECT_TRUE(refused(R"({"x":10})", [](auto& r) { r.body_count("x"); }));
  EXPECT_TRUE(refused(R"({"x":"1.000"})", [](auto& r) { r.body_count("x"); }));
  EXPECT_TRUE(refused(R"({"x":"99999999999999999999"})", [](auto& r) { r.body_count("x"); }));
}

TEST(RestBody, TooManyDecimalsAreAnsweredAsRecorded) {
  EndpointRequest price = with_body(R"({"price":"5.00001"})");
  EXPECT_EQ(price.body_dollars("price"), std::nullopt);
  ASSERT_TRUE(price.problem);
  EXPECT_EQ(price.problem->body,
            R"({"error":{"code":"invalid_order","message":"invalid order","details":"invalid price: invalid dollar precision: -5"}})");
  EndpointRequest seven = with_body(R"({"im_cap":"5.1234567"})");
  seven.body_dollars("im_cap");
  ASSERT_TRUE(seven.problem);
  EXPECT_NE(seven.problem->body.find("invalid im_cap: invalid dollar precision: -7"), std::string::npos);
  EXPECT_NE(seven.problem->body.find("invalid_parameters"), std::string::npos);
}

TEST(RestCursor, ComesBackAndIsOursOnly) {
  for (const std::uint64_t position : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1234567}, UINT64_MAX}) {
    const std::string cursor = encode_cursor(position);
    EXPECT_EQ(cursor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), std::string::npos) << cursor;
    EXPECT_EQ(decode_cursor(cursor), position);
    for (std::size_t i = 0; i < cursor.size(); ++i) {
      std::string spoiled = cursor;
      spoiled[i] = spoiled[i] == 'A' ? 'B' : 'A';
      EXPECT_EQ(decode_cursor(spoiled), std::nullopt) << spoiled;
    }
    EXPECT_EQ(decode_cursor(cursor + "AAAA"), std::nullopt);
    EXPECT_EQ(decode_cursor(cursor.substr(1)), std::nullopt);
  }
  EXPECT_NE(encode_cursor(1), encode_cursor(2));
  EXPECT_EQ(decode_cursor(""), std::nullopt);
  EXPECT_EQ(decode_cursor("nonsense"), std::nullopt);
}

}  // namespace
}  // namespace marginfix::sim
