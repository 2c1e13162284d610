// POST /corporate_action: what is read_action, what is refused.
#include "sim/doors/control/corporate_action.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace marginfix::sim {
namespace {

Result<CorporateActionRequest> read_action(const std::string& json) { return read_corporate_action(boost::json::parse(json).as_object()); }

TEST(ControlCorporateAction, TermsAreReadUnderTheirRestNames) {
  const auto dividend = read_action(R"({"ticker":"T","type":"cash_dividend","in_ms":5000,"cash_per_share":"0.25","ex_date":"2026-12-01"})");
  ASSERT_TRUE(dividend) << dividend.error().message;
  EXPECT_EQ(dividend->ticker, "T");
  EXPECT_EQ(dividend->in, std::chrono::milliseconds(5000));
  EXPECT_EQ(dividend->action.type, CorporateActionType::CashDividend);
  EXPECT_EQ(dividend->action.cash_per_share, DollarDecimal::parse("0.25").value());
  EXPECT_EQ(dividend->action.ex_date, std::chrono::year(2026) / 12 / 1);
  const auto split =
      read_action(R"({"ticker":"T","type":"stock_split","execution_time":"2026-11-26T00:00:00Z","ratio_old":"1","ratio_new":"4"})");
  ASSERT_TRUE(split) << split.error().message;
  EXPECT_EQ(split->action.execution_time, parse_rfc3339("2026-11-26T00:00:00Z").value());
  EXPECT_FALSE(split->in);
  EXPECT_EQ(split->action.ratio_new, 4);
  EXPECT_EQ(split->action.ratio_old, 1);
  const auto end = read_action(R"({"ticker":"T","type":"final_settlement","reason":"merger","settlement_price_per_contract":"6.1"})");
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->in, std::chrono::milliseconds(0));
  EXPECT_EQ(end->action.reason, "merger");
  const auto rename = read_action(R"({"ticker":"T","type":"ticker_change","old_ticker":"A","new_ticker":"B","new_market_ticker":"BPERP"})");
  ASSERT_TRUE(rename) << rename.error().message;
  EXPECT_EQ(rename->action.new_market_ticker, "BPERP");
  EXPECT_EQ(read_action(R"({"cancel":"some-id"})")->cancel, "some-id");
}

TEST(ControlCorporateAction, MistakesAreRefused) {
  for (const char* bad :
       {R"({})", R"({"ticker":"T"})", R"({"type":"spin_off"})", R"({"ticker":"T","type":"dividend"})", R"({"ticker":"T","type":1})",
        R"({"ticker":"T","type":"spin_off","in_ms":-1})",
        R"({"ticker":"T","type":"spin_off","in_ms":1,"execution_time":"2026-11-26T00:00:00Z"})",
        R"({"ticker":"T","type":"spin_off","execution_time":"tomorrow"})", R"({"ticker":"T","type":"spin_off","ex_date":"2026-13-01"})",
        R"({"ticker":"T","type":"spin_off","ex_date":"20261201"})", R"({"ticker":"T","type":"stock_split","ratio_old":1})",
        R"({"ticker":"T","type":"stock_split","ratio_old":"0"})", R"({"ticker":"T","type":"spin_off","cash_per_share":0.25})",
        R"({"ticker":"T","type":"spin_off","color":"red"})", R"({"cancel":""})"}) {
    EXPECT_FALSE(read_action(bad)) << bad;
  }
}

}  // namespace
}  // namespace marginfix::sim
