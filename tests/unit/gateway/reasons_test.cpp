// Words of the exchange as numbers of each version: none that a version does not list.
#include "services/gateway/oms/reasons.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "marginfix/fix/dictionary.hpp"

namespace marginfix::gateway {
namespace {

// The dictionary of fix-spec/oms that a client of this version has.
const fix::Dictionary& oms_dictionary(FixVersion version) {
  static const fix::Dictionary k42 = fix::Dictionary::load(MARGINFIX_SOURCE_DIR "/fix-spec/oms/FIX42.xml").value();
  static const fix::Dictionary k44 = fix::Dictionary::load(MARGINFIX_SOURCE_DIR "/fix-spec/oms/FIX44.xml").value();
  static const fix::Dictionary k50 = fix::Dictionary::load(MARGINFIX_SOURCE_DIR "/fix-spec/oms/FIX50SP2.xml").value();
  return version == FixVersion::fix42 ? k42 : version == FixVersion::fix44 ? k44 : k50;
}

bool is_listed(FixVersion version, int tag, int value) {
  const fix::DictionaryField* field = oms_dictionary(version).field(tag);
  return field != nullptr && field->find_value(std::to_string(value)) != nullptr;
}

TEST(GatewayReasons, EveryNumberIsOneThatItsVersionLists) {
  for (const FixVersion version : {FixVersion::fix42, FixVersion::fix44, FixVersion::fix50sp2}) {
    for (int reason = -1; reason <= 120; ++reason) {
      EXPECT_TRUE(is_listed(version, 103, ord_rej_reason_in(version, reason))) << to_string(version) << " " << reason;
      EXPECT_TRUE(is_listed(version, 102, cxl_rej_reason_in(version, reason))) << to_string(version) << " " << reason;
      EXPECT_TRUE(is_listed(version, 378, restatement_in(version, reason))) << to_string(version) << " " << reason;
    }
  }
}

TEST(GatewayReasons, WhatAVersionHasStaysAndTheRestBecomesOther) {
  using enum FixVersion;
  for (const FixVersion version : {fix42, fix44, fix50sp2}) {
    EXPECT_EQ(ord_rej_reason_in(version, kRejUnknownSymbol), 1);
    EXPECT_EQ(ord_rej_reason_in(version, kRejDuplicate), 6);
    EXPECT_EQ(ord_rej_reason_in(version, kRejStale), 8);
    EXPECT_EQ(cxl_rej_reason_in(version, kCxlTooLate), 0);
    EXPECT_EQ(cxl_rej_reason_in(version, kCxlUnknownOrder), 1);
  }
  EXPECT_EQ(ord_rej_reason_in(fix42, kRejUnsupported), 0) << "FIX.4.2 has no Other: broker option";
  EXPECT_EQ(ord_rej_reason_in(fix44, kRejUnsupported), 11);
  EXPECT_EQ(ord_rej_reason_in(fix42, kRejOther), 0);
  EXPECT_EQ(ord_rej_reason_in(fix50sp2, kRejOther), 99);
  EXPECT_EQ(cxl_rej_reason_in(fix42, kCxlDuplicate), 2);
  EXPECT_EQ(cxl_rej_reason_in(fix44, kCxlDuplicate), 6);
  EXPECT_EQ(cxl_rej_reason_in(fix44, kCxlPrice), 99);
  EXPECT_EQ(cxl_rej_reason_in(fix50sp2, kCxlPrice), 18);
  EXPECT_EQ(restatement_in(fix42, 8), 4);
  EXPECT_EQ(restatement_in(fix44, 8), 8);
}

TEST(GatewayReasons, AWordIsFoundByItsBeginningTheLongestFirst) {
  ASSERT_NE(find_text_reason("POST_ONLY_CROSS"), nullptr);
  EXPECT_EQ(find_text_reason("SELF_CROSS_ATTEMPT_PARTIALLY_FILLED")->text, "SELF_CROSS_ATTEMPT");
  EXPECT_EQ(find_text_reason("ORDER_GROUP_CANCEL")->text, "ORDER_GROUP_CANCEL");
  EXPECT_EQ(find_text_reason("a word of tomorrow"), nullptr);
  EXPECT_EQ(find_text_reason(""), nullptr);
}

TEST(GatewayReasons, EachWordStandsOnceAndIsItsOwnBestMatch) {
  std::set<std::string_view> seen;
  for (const TextReason& each : text_reasons()) {
    EXPECT_TRUE(seen.insert(each.text).second) << each.text;
    EXPECT_EQ(find_text_reason(each.text), &each);
  }
}

}  // namespace
}  // namespace marginfix::gateway
