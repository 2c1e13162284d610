// What stands behind the links of the report list: files that open without a token, for an hour, and add up to the obligations.
#include <map>
#include <sstream>

#include "sim/exchange/commands/control.hpp"
#include "unit/sim/klear/klear_fixture.hpp"

namespace marginfix::sim {
namespace {

using Row = std::map<std::string, std::string>;

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) out.push_back(cell);
  if (line.ends_with(',')) out.emplace_back();
  return out;
}

std::vector<Row> rows_of(const std::string& csv) {
  std::vector<Row> rows;
  std::vector<std::string> names;
  std::istringstream in(csv);
  for (std::string line; std::getline(in, line);) {
    EXPECT_TRUE(line.ends_with('\r'));
    line.pop_back();
    const auto values = cells(line);
    if (names.empty()) {
      names = values;
      continue;
    }
    EXPECT_EQ(values.size(), names.size()) << line;
    Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < names.size() && i < values.size(); ++i) row[names[i]] = values[i];
  }
  return rows;
}

std::int64_t sum(const std::vector<Row>& rows, const std::string& column) {
  std::int64_t total = 0;
  for (const Row& row : rows) total += std::stoll(row.at(column));
  return total;
}

class KlearFiles : public KlearTest {
 protected:
  // As a browser would: no token.
  HttpReply open(const std::string& url) {
    HttpRequest request;
    request.method = "GET";
    const std::string path = url.substr(url.find("/klear-api"));
    request.path = path.substr(0, path.find('?'));
    request.query = path.substr(path.find('?') + 1);
    return door_.on_request(request);
  }
  // The links of one day, by type; intraday ones by type and time.
  std::map<std::string, std::string> links(const std::string& day, bool end_of_day = true) {
    std::map<std::string, std::string> out;
    const auto list = get("/margin/reports?start_date=" + day + "&end_date=" + day);
    for (const auto& entry : list.at("reports").as_array()) {
      const auto& r = entry.as_object();
      if (r.at("is_end_of_day").as_bool() != end_of_day) continue;
      out[text(r, "report_type") + (end_of_day ? "" : " " + text(r, "snapshot_ts"))] = text(r, "url");
    }
    return out;
  }
  std::vector<Row> rows(const std::string& url) { return rows_of(open(url).answer.body); }
  void a_day() {
    fcm_buys(100, "6.2577", "cust-1");
    fcm_buys(50, "6.2577");
    exchange.step(kNoon + minutes(30));
    fcm_buys(20, "6.3000", "cust-1");
    CorporateAction dividend;
    dividend.market = market;
    dividend.execution_time = kNoon + hours(1);
    dividend.cash_per_contract = usd("0.0100");
    ASSERT_TRUE(exchange.run(commands::ScheduleAction{dividend}));
    exchange.step(kClose + minutes(5));
  }
};

TEST_F(KlearFiles, OfADayAddUpToItsObligations) {
  ASSERT_NO_FATAL_FAILURE(a_day());
  std::int64_t pnl = 0, fees = 0, amount = 0, funding = 0, corporate = 0;
  const auto history = get("/margin/obligation_history");
  for (const auto& entry : history.at("obligations").as_array()) {
    const auto& o = entry.as_object();
    pnl += number(o, "pnl_centicents");
    fees += number(o, "fees_centicents");
    amount += number(o, "amount_centicents");
    for (const auto& row : o.at("funding_payments").as_array()) funding += number(row.as_object(), "funding_amount_centicents");
    for (const auto& row : o.at("corporate_action_payments").as_array()) corporate += number(row.as_object(), "payment_amount_centicents");
  }
  auto day = links("2026-11-23");
  ASSERT_EQ(day.size(), 13U);
  const auto settled = rows(day["settlement_periods"]);
  EXPECT_EQ(sum(settled, "pnl_centicents"), pnl);
  EXPECT_EQ(sum(settled, "total_fees_centicents"), fees);
  const auto margins = rows(day["maintenance_margin"]), aggregate = rows(day["maintenance_margin_aggregate"]);
  EXPECT_EQ(sum(margins, "maintenance_margin_delta_centicents"), sum(aggregate, "maintenance_margin_delta_centicents"));
  EXPECT_EQ(pnl - fees - sum(aggregate, "maintenance_margin_delta_centicents"), amount);
  EXPECT_EQ(sum(rows(day["funding_periods"]), "funding_amount_centicents"), funding);
  EXPECT_EQ(sum(rows(day["corporate_action_payments"]), "payment_amount_centicents"), corporate);
  EXPECT_NE(corporate, 0);
  const auto summary = rows(day["daily_financial_summary"]);
  EXPECT_EQ(sum(summary, "amount_centicents"), amount);
  EXPECT_EQ(rows(day["trade_audit"]).size(), 3U);
  EXPECT_TRUE(rows(day["position_transfer_audit"]).empty());
  EXPECT_EQ(sum(rows(day["cash_activity_daily"]), "balance_delta_centicents"),
            sum(rows(day["cash_balance_daily"]), "balance_available_centicents"));
}

TEST_F(KlearFiles, PositionsAreThoseOfTheirInstant) {
  ASSERT_NO_FATAL_FAILURE(a_day());
  auto close = rows(links("2026-11-23")["position_snapshot"]);
  ASSERT_EQ(close.size(), 2U);
  std::map<std::string, std::string> by_subtrader;
  for (const Row& row : close) by_subtrader[row.at("subtrader_id")] = row.at("position_quantity_fp");
  EXPECT_EQ(by_subtrader["cust-1"], "120.00");
  EXPECT_EQ(by_subtrader[user_id()], "50.00");
  auto noon = rows(links("2026-11-23", false)["position_snapshot " + to_rfc3339(kNoon)]);
  ASSERT_EQ(noon.size(), 2U);
  for (const Row& row : noon) by_subtrader[row.at("subtrader_id")] = row.at("position_quantity_fp");
  EXPECT_EQ(by_subtrader["cust-1"], "100.00") << "before the afternoon's purchase";
  const auto prices = rows(links("2026-11-23", false)["market_price_snapshot " + to_rfc3339(kNoon + hours(1))]);
  ASSERT_EQ(prices.size(), 1U);
  EXPECT_EQ(prices[0].at("price"), "6.3000") << "the last trade";
}

TEST_F(KlearFiles, TheStatementIsAPdf) {
  ASSERT_NO_FATAL_FAILURE(a_day());
  const HttpReply reply = open(links("2026-11-23")["daily_statement"]);
  EXPECT_EQ(reply.answer.status, 200);
  EXPECT_EQ(reply.content_type, "application/pdf");
  EXPECT_TRUE(reply.answer.body.starts_with("%PDF-1.4\n"));
  EXPECT_TRUE(reply.answer.body.ends_with("%%EOF\n"));
  const std::size_t table = std::stoul(reply.answer.body.substr(reply.answer.body.find("startxref\n") + 10));
  EXPECT_EQ(reply.answer.body.substr(table, 5), "xref\n");
  EXPECT_NE(reply.answer.body.find("Settlement day 2026-11-23"), std::string::npos);
}

TEST_F(KlearFiles, OpenForAnHourToWhoeverHasTheLink) {
  ASSERT_NO_FATAL_FAILURE(a_day());
  const std::string url = links("2026-11-23")["trade_audit"];
  EXPECT_EQ(open(url).content_type, "text/csv");
  EXPECT_EQ(open(url + "1").answer.status, 403) << "another signature";
  std::string later = url;
  later.replace(later.find("Expires=") + 8, 1, "2");
  EXPECT_EQ(open(later).answer.status, 403);
  std::string other = url;
  other.replace(other.find("trade_audit"), 11, "cash_audit1");
  EXPECT_EQ(open(other).answer.status, 403);
  EXPECT_EQ(open(url.substr(0, url.find('?') + 1)).answer.status, 403);
  // The seed is everybody's to know: only the secret makes a link.
  KlearDoorContext forger{exchange, "fcm", context_.base_url};
  forger.link_secret = SecretString("another secret");
  const klear::ReportName report = klear::parse_file_name(url.substr(url.rfind('/') + 1, url.find('?') - url.rfind('/') - 1)).value();
  EXPECT_EQ(open(klear::report_link(context_, report)).answer.status, 200);
  EXPECT_EQ(open(klear::report_link(forger, report)).answer.status, 403);
  context_.link_secret = SecretString();
  EXPECT_EQ(open(klear::report_link(context_, report)).answer.status, 403) << "no secret, no links";
  context_.link_secret = SecretString("the links' secret");
  exchange.advance(hours(1) + seconds(1));
  const HttpReply late = open(url);
  EXPECT_EQ(late.answer.status, 403);
  EXPECT_EQ(late.content_type, "application/json");
}

}  // namespace
}  // namespace marginfix::sim
