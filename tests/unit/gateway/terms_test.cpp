// What a client asks for in a D or G, in the exchange's terms: every term, and every reason why the exchange has no such thing.
#include "services/gateway/orders/terms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "marginfix/core/time.hpp"
#include "marginfix/fix/define.hpp"
#include "services/gateway/oms/reasons.hpp"

namespace marginfix::gateway {
namespace {

using ::testing::HasSubstr;

constexpr Timestamp kTermsNow{std::chrono::seconds{1'796'000'000}};

// A message of these fields, in pipe form; `raw` holds what it looks at.
template <class Request>
Request request_of(const std::string& fields, std::string& raw) {
  std::string text = "35=" + std::string(Request::kMsgType) + "|34=7|49=A|56=B|52=20261130-12:00:00.000|" + fields;
  std::ranges::replace(text, '|', '\x01');
  fix::Buffer out;
  fix::frame_message("FIX.4.4", text, out);
  raw = std::string(out.view());
  Request request;
  fix::Findings findings;
  EXPECT_TRUE(fix::decode(raw, request, findings)) << fields;
  return request;
}

// A plain order, with `changes` instead of, or beside, its fields; "44=" takes a field out.
std::string order_with(const std::string& changes) {
  std::string fields;
  for (const std::string each : {"11=a", "38=10", "40=2", "44=19.5", "54=1", "55=KXBTCPERP"}) {
    const std::string tag = each.substr(0, each.find('=') + 1);
    if (!changes.starts_with(tag) && changes.find("|" + tag) == std::string::npos) fields += each + "|";
  }
  for (std::size_t at = 0; at < changes.size();) {
    const std::size_t end = changes.find('|', at);
    const std::string field = changes.substr(at, end - at);
    if (!field.ends_with('=')) fields += field + "|";
    at = end + 1;
  }
  return fields;
}

Result<AskedTerms> new_terms(const std::string& changes) {
  std::string raw;
  return terms_of(request_of<NewOrder>(order_with(changes), raw), kTermsNow);
}
Result<AskedTerms> replace_terms(const std::string& changes) {
  std::string raw;
  return terms_of(request_of<Replace>("41=o|" + order_with(changes), raw), kTermsNow);
}

struct Refused {
  std::string changes;
  int reason;
  std::string text;
};
void expect_refused(const Result<AskedTerms>& terms, const Refused& what) {
  ASSERT_FALSE(terms) << what.changes;
  EXPECT_EQ(terms.error().category, ErrorCategory::reject);
  EXPECT_EQ(terms.error().status, what.reason) << what.changes;
  EXPECT_THAT(terms.error().message, HasSubstr(what.text)) << what.changes;
}

TEST(GatewayTerms, APlainLimitOrderIsADayOrder) {
  const auto terms = new_terms("");
  ASSERT_TRUE(terms) << terms.error().message;
  EXPECT_EQ(terms->side, Side::Buy);
  EXPECT_EQ(terms->order_qty, FixedPointCount::whole(10));
  EXPECT_EQ(terms->price, DollarDecimal::parse("19.5").value());
  EXPECT_EQ(terms->expiry, (Expiry{TimeInForce::Day, std::nullopt}));
  EXPECT_FALSE(terms->exec_inst);
  EXPECT_EQ(new_terms("54=2|")->side, Side::Sell);
}

TEST(GatewayTerms, ThatHoldsForAReplaceToo) {
  EXPECT_EQ(replace_terms("")->expiry, (Expiry{TimeInForce::Day, std::nullopt})) << "absent is Day in every version, never keep";
  EXPECT_EQ(replace_terms("59=1|")->expiry, (Expiry{TimeInForce::GTC, std::nullopt}));
  EXPECT_EQ(replace_terms("59=6|126=20261201-12:00:00|")->expiry.time_in_force, TimeInForce::GTD);
}

TEST(GatewayTerms, EachTimeInForceOfTheExchange) {
  EXPECT_EQ(new_terms("59=0|")->expiry.time_in_force, TimeInForce::Day);
  EXPECT_EQ(new_terms("59=1|")->expiry.time_in_force, TimeInForce::GTC);
  EXPECT_EQ(new_terms("59=3|")->expiry.time_in_force, TimeInForce::IOC);
  EXPECT_EQ(new_terms("59=4|")->expiry.time_in_force, TimeInForce::FOK);
  const auto until = new_terms("59=6|126=20261201-12:00:00.250|");
  ASSERT_TRUE(until) << until.error().message;
  EXPECT_EQ(to_fix_utc(*until->expiry.expire_time), "20261201-12:00:00.250");
}

TEST(GatewayTerms, AnExpireDateEndsWithTheDayInNewYork) {
  const auto winter = new_terms("59=6|432=20261201|");
  ASSERT_TRUE(winter) << winter.error().message;
  EXPECT_EQ(to_fix_utc(*winter->expiry.expire_time), "20261202-04:59:59.999");
  EXPECT_EQ(to_fix_utc(*new_terms("59=6|432=20270701|")->expiry.expire_time), "20270702-03:59:59.999") << "summer time";
  EXPECT_EQ(to_fix_utc(*new_terms("59=6|126=20261201-12:00:00|432=20270701|")->expiry.expire_time), "20261201-12:00:00.000")
      << "the instant counts";
}

TEST(GatewayTerms, PostOnlyReduceOnlyAndHeld) {
  EXPECT_EQ(new_terms("18=6|")->exec_inst, ExecInst::PostOnly);
  EXPECT_EQ(new_terms("18=E|59=3|")->exec_inst, ExecInst::ReduceOnly);
  EXPECT_FALSE(new_terms("18=5|")->exec_inst);
  EXPECT_EQ(new_terms("18=5 6|")->exec_inst, ExecInst::PostOnly);
  EXPECT_EQ(new_terms("18=6 6|")->exec_inst, ExecInst::PostOnly);
}

TEST(GatewayTerms, WhatTheExchangeDoesNotHaveIsRefusedByName) {
  const std::vector<Refused> all{
      {"40=1|", kRejUnsupported, "OrdType(40)=1 is not supported"},
      {"40=3|", kRejUnsupported, "OrdType(40)=3"},
      {"40=", kRejUnsupported, "OrdType(40) is missing"},
      {"54=5|", kRejUnsupported, "Side(54)=5 is not supported"},
      {"54=", kRejUnsupported, "Side(54) is missing"},
      {"38=", kRejIncorrectQuantity, "OrderQty(38) is missing"},
      {"38=0|", kRejIncorrectQuantity, "whole contracts"},
      {"38=-1|", kRejIncorrectQuantity, "whole contracts"},
      {"38=1.5|", kRejIncorrectQuantity, "whole contracts"},
      {"44=", kRejOther, "Price(44) is missing"},
      {"44=0|", kRejOther, "above 0"},
      {"44=-1|", kRejOther, "above 0"},
      {"44=1.00005|", kRejOther, "at most 4 decimals"},
      {"59=2|", kRejUnsupported, "TimeInForce(59)=2 is not supported"},
      {"59=6|", kRejUnsupported, "needs ExpireTime(126)"},
      {"59=6|126=20261130-00:00:00|", kRejUnsupported, "is over already: 20261130-00:00:00.000"},
      {"126=20261201-12:00:00|", kRejUnsupported, "go with TimeInForce(59)=6"},
      {"59=0|432=20261201|", kRejUnsupported, "go with TimeInForce(59)=6"},
      {"59=1|126=20261201-12:00:00|", kRejUnsupported, "go with TimeInForce(59)=6"},
      {"18=G|", kRejUnsupported, "ExecInst(18)=G is not supported"},
      {"18=6 E|", kRejUnsupported, "do not go together"},
      {"18=66|", kRejUnsupported, "ExecInst(18)=66"},
  };
  ASSERT_EQ(to_fix_utc(kTermsNow), "20261130-00:53:20.000") << "what is over, and what is not";
  for (const Refused& each : all) {
    const std::string changes = each.changes.ends_with('|') ? each.changes : each.changes + "|";
    expect_refused(new_terms(changes), each);
    expect_refused(replace_terms(changes), each);
  }
  for (const char* each : {"59=3|", "59=4|"}) expect_refused(replace_terms(each), {each, kRejUnsupported, "cannot become IOC or FOK"});
}

TEST(GatewayTerms, EachUnsupportedFieldIsRefusedByNameAndItsHarmlessValuesAreNot) {
  ASSERT_GT(unsupported_fields().size(), 40U);
  for (const UnsupportedField& field : unsupported_fields()) {
    const std::string tag = std::to_string(field.tag);
    expect_refused(new_terms(tag + "=X7|"), {tag, kRejUnsupported, std::string(field.name) + "(" + tag + ") is not supported"});
    expect_refused(replace_terms(tag + "=X7|"), {tag, kRejUnsupported, std::string(field.name)});
    std::string_view rest = field.harmless;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      EXPECT_TRUE(new_terms(tag + "=" + std::string(rest.substr(0, end)) + "|")) << tag;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  EXPECT_TRUE(new_terms("111=0.00|")) << "no iceberg, in other digits";
  EXPECT_FALSE(new_terms("111=0.10|"));
  EXPECT_FALSE(new_terms("388=0.0|")) << "of a field without a harmless 0";
  EXPECT_TRUE(new_terms("9999=anything|")) << "a field that changes nothing known is passed over";
}

TEST(GatewayTerms, NoFieldOfTheTablesIsCalledUnsupported) {
  for (const UnsupportedField& field : unsupported_fields()) {
    for (const auto* info : {&fix::message_info<NewOrder>(), &fix::message_info<Replace>()}) {
      for (const fix::FieldInfo& known : info->fields) EXPECT_NE(known.tag, field.tag) << "it would never be found there";
    }
  }
}

}  // namespace
}  // namespace marginfix::gateway
