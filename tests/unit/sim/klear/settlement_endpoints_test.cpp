// Obligations, estimates, prices, funding, large traders, margin estimates over the door. Source: klear.md.
#include "sim/exchange/commands/clearing.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/views/market.hpp"
#include "unit/sim/klear/klear_fixture.hpp"

namespace marginfix::sim {
namespace {

class KlearObligations : public KlearTest {};
class KlearEstimates : public KlearTest {};
class KlearMargin : public KlearTest {};

TEST(KlearTable, HoldsTheTwentyEightOperations) {
  EXPECT_EQ(klear_endpoints().size(), 28U);
  for (const auto& e : klear_endpoints()) EXPECT_EQ(e.auth, EndpointAuth::KlearToken) << e.path;
}

TEST_F(KlearObligations, AreActiveThenHistory) {
  EXPECT_TRUE(get("/margin/active_obligations").at("obligations").as_array().empty());
  fcm_buys(10, "6.2577", "cust-1");
  fcm_buys(5, "6.2577");
  exchange.step(kNoon);
  const auto active = get("/margin/active_obligations").at("obligations").as_array();
  ASSERT_EQ(active.size(), 1U);
  const auto& o = active[0].as_object();
  EXPECT_EQ(names(o),
            "id user_id amount_centicents fees_centicents maintenance_margin_centicents pnl_centicents execution_time last_updated_ts "
            "asset_class receives settlement_details maintenance_margin_details funding_payments corporate_action_payments");
  EXPECT_EQ(text(o, "execution_time"), to_rfc3339(kNoon));
  EXPECT_EQ(text(o, "asset_class"), "Crypto");
  EXPECT_EQ(text(o, "user_id"), user_id());
  EXPECT_EQ(number(o, "amount_centicents"),
            number(o, "pnl_centicents") - number(o, "fees_centicents") - number(o, "maintenance_margin_centicents"));
  std::int64_t pnl = 0, fees = 0, total = 0;
  for (const auto& row : o.at("settlement_details").as_array()) {
    EXPECT_EQ(names(row.as_object()),
              "id market_ticker subtrader_id position_quantity_fp pnl_centicents total_fees_centicents total_amount_centicents");
    pnl += number(row.as_object(), "pnl_centicents");
    fees += number(row.as_object(), "total_fees_centicents");
    total += number(row.as_object(), "total_amount_centicents");
  }
  EXPECT_EQ(pnl, number(o, "pnl_centicents"));
  EXPECT_EQ(fees, number(o, "fees_centicents"));
  EXPECT_EQ(total, pnl - fees);
  const auto& margins = o.at("maintenance_margin_details").as_array();
  ASSERT_EQ(margins.size(), 2U);
  EXPECT_EQ(names(margins[0].as_object()), "id subtrader_id maintenance_margin_centicents maintenance_margin_delta_centicents");
  EXPECT_TRUE(get("/margin/obligation_history").at("obligations").as_array().empty());
  exchange.step(kNoon + minutes(5));
  EXPECT_TRUE(get("/margin/active_obligations").at("obligations").as_array().empty());
  const auto past = get("/margin/obligation_history");
  EXPECT_FALSE(past.contains("cursor")) << "the last page has none";
  const auto& done = past.at("obligations").as_array().at(0).as_object();
  ASSERT_EQ(done.at("receives").as_array().size(), 1U);
  const auto& paid = done.at("receives").as_array()[0].as_object();
  EXPECT_EQ(names(paid), "id type amount_centicents external_reference created_ts");
  EXPECT_EQ(number(paid, "amount_centicents"), -number(done, "amount_centicents"));
}

TEST_F(KlearObligations, HistoryPagesNewestFirst) {
  fcm_buys(10, "6.2577");
  exchange.step(kNoon + hours(24 + 5));  // four cycles; all but the first move nothing but the mark
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const auto page = get("/margin/obligation_history?limit=3" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const auto& o : page.at("obligations").as_array()) seen.push_back(text(o.as_object(), "execution_time"));
    cursor = page.contains("cursor") ? text(page, "cursor") : "";
  } while (!cursor.empty());
  EXPECT_EQ(seen, (std::vector<std::string>{to_rfc3339(kClose + hours(24)), to_rfc3339(kNoon + hours(24)), to_rfc3339(kClose),
                                            to_rfc3339(kNoon)}));
  get("/margin/obligation_history?limit=101", 400);
  get("/margin/obligation_history?limit=0", 400);
  get("/margin/obligation_history?cursor=xyz", 400);
  get("/margin/obligation_history?unknown=1", 400);
}

TEST_F(KlearObligations, DetailsPageFromTheFirstRow) {
  fcm_buys(10, "6.2577", "cust-1");
  fcm_buys(5, "6.2577", "cust-2");
  fcm_buys(5, "6.2577");
  exchange.step(kNoon);
  const std::string id(text(get("/margin/active_obligations").at("obligations").as_array().at(0).as_object(), "id"));
  const std::string base = "/margin/obligations/" + id;
  const auto first = get(base + "/settlement_details?limit=2");
  EXPECT_EQ(first.at("settlement_details").as_array().size(), 2U);
  const auto rest = get(base + "/settlement_details?limit=2&cursor=" + text(first, "cursor"));
  EXPECT_EQ(rest.at("settlement_details").as_array().size(), 1U);
  EXPECT_FALSE(rest.contains("cursor"));
  EXPECT_EQ(get(base + "/maintenance_margin_details").at("maintenance_margin_details").as_array().size(), 3U);
  EXPECT_TRUE(get(base + "/funding_payments").at("funding_payments").as_array().empty());
  EXPECT_TRUE(get(base + "/corporate_action_payments").at("corporate_action_payments").as_array().empty());
  get(base + "/settlement_details?limit=1001", 400);
  get("/margin/obligations/" + std::string(make_uuid(9, IdKind::Clearing, 1).view()) + "/settlement_details", 404);
  get("/margin/obligations/nonsense/settlement_details", 404);
  get("/margin/obligations/nonsense/corporate_action_payments", 400);
  const auto* bobs = clearing().obligations(bob).at(0);
  get("/margin/obligations/" + std::string(clearing().public_id(bobs->no).view()) + "/funding_payments", 404);
}

TEST_F(KlearObligations, FundingAndCorporateActionsAreExplained) {
  fcm_buys(100, "6.2577", "cust-1");
  buy("b-key", "bid", 1, "6.2900");
  sell("a-key", "ask", 1, "6.3000");
  ASSERT_TRUE(exchange.run(commands::SetReference{market, usd("6.2500")}));
  CorporateAction dividend;
  dividend.market = market;
  dividend.execution_time = kNoon + hours(1);
  dividend.cash_per_contract = usd("0.0100");
  ASSERT_TRUE(exchange.run(commands::ScheduleAction{dividend}));
  exchange.step(kStart + hours(5) + seconds(1));
  const std::string at = to_rfc3339(kStart + hours(5));
  const auto payments = get("/margin/funding_payments?funding_time=" + at).at("payments").as_array();
  ASSERT_EQ(payments.size(), 1U);
  const auto& p = payments[0].as_object();
  EXPECT_EQ(names(p),
            "id market_ticker subtrader_id funding_time position_quantity_fp notional_value_centicents funding_amount_centicents "
            "settlement_execution_time");
  EXPECT_EQ(text(p, "subtrader_id"), "cust-1");
  EXPECT_EQ(text(p, "position_quantity_fp"), "100.00");
  EXPECT_EQ(text(p, "settlement_execution_time"), to_rfc3339(kClose)) << "the settlement to come";
  EXPECT_TRUE(get("/margin/funding_payments?funding_time=" + at + "&market_ticker=KXETHPERP").at("payments").as_array().empty());
  EXPECT_TRUE(get("/margin/funding_payments?funding_time=" + to_rfc3339(kStart)).at("payments").as_array().empty());
  get("/margin/funding_payments", 400);
  get("/margin/funding_payments?funding_time=yesterday", 400);
  exchange.step(kClose + minutes(5));
  const auto o = get("/margin/obligation_history?limit=1").at("obligations").as_array().at(0).as_object();
  ASSERT_EQ(o.at("funding_payments").as_array().size(), 1U);
  ASSERT_EQ(o.at("corporate_action_payments").as_array().size(), 1U);
  const auto& ca = o.at("corporate_action_payments").as_array()[0].as_object();
  EXPECT_EQ(names(ca),
            "id type ca_id market_id market_ticker asset_class subtrader_id position_quantity_fp post_position_quantity_fp "
            "payment_amount_centicents payment_time settlement_execution_time exchange_ts created_ts");
  EXPECT_EQ(text(ca, "type"), "cash_dividend");
  EXPECT_EQ(text(ca, "ca_id"), std::string(views::corporate_actions(exchange.state())[0].id.view()));
  EXPECT_EQ(number(ca, "payment_amount_centicents"), 10'000);
  EXPECT_EQ(text(ca, "settlement_execution_time"), to_rfc3339(kClose));
  EXPECT_EQ(get("/margin/obligations/" + text(o, "id") + "/corporate_action_payments").at("corporate_action_payments").as_array().size(),
            1U);
}

TEST_F(KlearEstimates, OfTheNextSettlementAreWhatItThenSettles) {
  EXPECT_TRUE(get("/margin/settlement_estimate_by_asset_class").at("estimates").as_object().empty()) << "no activity";
  fcm_buys(10, "6.2577", "cust-1");
  fcm_buys(5, "6.2577", "cust-2");
  exchange.run(commands::CreateSubtraderGroup{fcm, {"cust-2"}});
  exchange.step(kNoon - std::chrono::microseconds(1));
  const auto all = get("/margin/settlement_estimate_by_asset_class");
  EXPECT_EQ(number(all, "settlement_balance_centicents"), kOpeningBalance);
  const auto& e = all.at("estimates").as_object().at("Crypto").as_object();
  EXPECT_EQ(names(e), "user_breakdown subtrader_breakdowns group_breakdowns omitted_subtrader_count omitted_group_count next_runtime");
  EXPECT_EQ(text(e, "next_runtime"), to_rfc3339(kNoon));
  const auto& user = e.at("user_breakdown").as_object();
  EXPECT_EQ(names(user),
            "variation_margin_centicents total_fees_centicents maintenance_margin_delta_centicents "
            "maintenance_margin_required_centicents total_amount_centicents positions");
  const auto& position = user.at("positions").as_object().at(kMarket).as_object();
  EXPECT_EQ(number(position, "quantity_centicount"), 1'500);
  EXPECT_EQ(text(position, "session_avg_price_fp"), "6.2577");
  EXPECT_EQ(e.at("subtrader_breakdowns").as_object().size(), 1U);
  EXPECT_EQ(e.at("subtrader_breakdowns").as_object().begin()->key(), "cust-1");
  ASSERT_EQ(e.at("group_breakdowns").as_object().size(), 1U);
  EXPECT_EQ(e.at("group_breakdowns").as_object().begin()->key(),
            std::string(clearing().public_id(clearing().member(fcm).groups[0].no).view()));
  EXPECT_EQ(number(e, "omitted_subtrader_count"), 0);
  exchange.step(kNoon);
  const auto settled = get("/margin/active_obligations").at("obligations").as_array().at(0).as_object();
  EXPECT_EQ(number(user, "total_amount_centicents"), number(settled, "amount_centicents"));
  EXPECT_EQ(text(settled.at("maintenance_margin_details").as_array().at(0).as_object(), "subtrader_id"), "") << "grouped";
}

TEST_F(KlearEstimates, KeepTheThousandLargestAndCountTheRest) {
  for (int i = 0; i < 1'003; ++i) {
    const std::string id = "c" + std::to_string(i), customer = "cust-" + std::to_string(i);
    NewOrder o = order(id, Side::Buy, i < 3 ? 1 : 2, "6.2577");
    o.customer_account = customer;
    ASSERT_TRUE(ExchangeTest::send("f-key", o).accepted);
  }
  sell("b-key", "all", 2'003, "6.2577");
  const auto e = get("/margin/settlement_estimate_by_asset_class").at("estimates").as_object().at("Crypto").as_object();
  EXPECT_EQ(e.at("subtrader_breakdowns").as_object().size(), 1'000U);
  EXPECT_EQ(number(e, "omitted_subtrader_count"), 3);
  EXPECT_FALSE(e.at("subtrader_breakdowns").as_object().contains("cust-0")) << "the smallest margin";
  EXPECT_EQ(number(e.at("user_breakdown").as_object().at("positions").as_object().at(kMarket).as_object(), "quantity_centicount"), 200'300);
  exchange.step(kNoon);
  const auto o = get("/margin/active_obligations").at("obligations").as_array().at(0).as_object();
  EXPECT_EQ(o.at("settlement_details").as_array().size(), 1'000U) << "inline lists are cut";
  EXPECT_EQ(text(o, "settlement_details_truncated"), "true");
  EXPECT_EQ(text(o, "maintenance_margin_details_truncated"), "true");
  EXPECT_FALSE(o.contains("funding_payments_truncated"));
  const auto page = get("/margin/obligations/" + text(o, "id") + "/settlement_details");
  EXPECT_EQ(get("/margin/obligations/" + text(o, "id") + "/settlement_details?cursor=" + text(page, "cursor"))
                .at("settlement_details")
                .as_array()
                .size(),
            3U);
}

TEST_F(KlearEstimates, OfFundingFollowTheRunningPeriod) {
  fcm_buys(100, "6.2577", "cust-1");
  buy("b-key", "bid", 1, "6.2900");
  sell("a-key", "ask", 1, "6.3000");
  ASSERT_TRUE(exchange.run(commands::SetReference{market, usd("6.2500")}));
  exchange.step(kStart + hours(1));
  const auto e = get("/margin/funding_estimate_by_asset_class").at("estimates").as_object().at("Crypto").as_object();
  EXPECT_EQ(names(e), "user_breakdown subtrader_breakdowns group_breakdowns omitted_subtrader_count omitted_group_count next_funding_time");
  EXPECT_EQ(text(e, "next_funding_time"), to_rfc3339(kStart + hours(5)));
  const auto amount = number(e.at("user_breakdown").as_object(), "funding_amount_centicents");
  EXPECT_LT(amount, 0) << "longs pay";
  const auto& sub = e.at("subtrader_breakdowns").as_object().at("cust-1").as_object();
  EXPECT_EQ(number(sub, "funding_amount_centicents"), amount);
  EXPECT_EQ(number(sub.at("positions").as_object().at(kMarket).as_object(), "funding_amount_centicents"), amount);
}

TEST_F(KlearEstimates, ScheduleIsCronInEasternTime) {
  EXPECT_EQ(text(get("/margin/funding_schedule?asset_class=Crypto"), "schedule"), "0 7,15,23 * * *") << "in November 20:00 UTC is 15:00";
  exchange.advance(hours(24 * 130));
  EXPECT_EQ(text(get("/margin/funding_schedule?asset_class=Crypto"), "schedule"), "0 */8 * * *") << "in April it is 16:00";
  get("/margin/funding_schedule", 400);
  get("/margin/funding_schedule?asset_class=Tulips", 400);
}

TEST_F(KlearEstimates, SettlementPricesAreThoseOfACycle) {
  exchange.step(kNoon);
  const auto prices =
      get("/margin/settlement_prices?asset_class=Crypto&settlement_time=" + to_rfc3339(kNoon)).at("settlement_prices").as_object();
  EXPECT_EQ(number(prices, kMarket), clearing().last_price(market).value());
  EXPECT_EQ(number(prices, kMarket), 62'577) << "6.2577 dollars";
  EXPECT_FALSE(prices.contains("KXDOTPERP")) << "not open yet";
  EXPECT_TRUE(get("/margin/settlement_prices?asset_class=Crypto&settlement_time=" + to_rfc3339(kClose))
                  .at("settlement_prices")
                  .as_object()
                  .empty());
  const auto metals = get("/margin/settlement_prices?asset_class=Metals&settlement_time=" + to_rfc3339(kNoon));
  EXPECT_EQ(metals.at("settlement_prices").as_object().size(), 1U) << "gold, and nothing of another class";
  get("/margin/settlement_prices?asset_class=Crypto", 400);
}

TEST_F(KlearEstimates, LargeTradersAreReportedAndOnTheDayTheyLeave) {
  fcm_buys(30, "6.2577", "cust-1");
  fcm_buys(20, "6.2577", "cust-2");
  EXPECT_TRUE(get("/margin/large_trader_positions").at("positions").as_array().empty()) << "no day has closed";
  exchange.step(kClose);
  const auto report = get("/margin/large_trader_positions");
  EXPECT_EQ(text(report, "report_date"), "2026-11-23");
  EXPECT_EQ(text(report, "user_id"), user_id());
  ASSERT_EQ(report.at("positions").as_array().size(), 1U);
  const auto& row = report.at("positions").as_array()[0].as_object();
  EXPECT_EQ(number(row, "position"), 50);
  EXPECT_EQ(text(row, "exit_day"), "false");
  EXPECT_EQ(number(row, "reportable_threshold"), 25);
  NewOrder o = order("fs", Side::Sell, 30, "6.2577");
  o.customer_account = "cust-1";
  ASSERT_TRUE(ExchangeTest::send("f-key", o).accepted);
  buy("b-key", "bx", 30, "6.2577");
  exchange.step(kClose + hours(24));
  const auto leaving = get("/margin/large_trader_positions").at("positions").as_array().at(0).as_object();
  EXPECT_EQ(number(leaving, "position"), 20);
  EXPECT_EQ(text(leaving, "exit_day"), "true");
  exchange.step(kClose + hours(48));
  EXPECT_TRUE(get("/margin/large_trader_positions").at("positions").as_array().empty());
  EXPECT_EQ(get("/margin/large_trader_positions?report_date=2026-11-23").at("positions").as_array().size(), 1U);
  EXPECT_TRUE(get("/margin/large_trader_positions?report_date=2026-01-01").at("positions").as_array().empty());
  get("/margin/large_trader_positions?report_date=11/23/2026", 400);
}

constexpr const char* kOne = R"({"asset_class":"Crypto","positions":[{"market_ticker":"KXBTCPERP","quantity":100,"price":"6.2577"}]})";

TEST_F(KlearMargin, OneSmallPositionNeedsAboutWhatTheExchangeAsksForIt) {
  const auto e = ask("POST", "/margin/estimate_maintenance_margin", kOne, 200);
  EXPECT_EQ(names(e), "maintenance_margin_fp base_margin_fp hvar_fp apc_fp funding_addon_fp liquidation_addon_fp");
  const auto value = [&](std::string_view name) { return usd(text(e, name)).units(); };
  // 625.77 / 5.89 = 106.2428
  EXPECT_GE(value("hvar_fp"), usd("106.22").units());
  EXPECT_LE(value("hvar_fp"), usd("106.26").units());
  EXPECT_EQ(value("base_margin_fp"), std::max(value("hvar_fp"), value("apc_fp")));
  EXPECT_EQ(value("maintenance_margin_fp"), value("base_margin_fp") + value("funding_addon_fp") + value("liquidation_addon_fp"));
  EXPECT_GT(value("funding_addon_fp"), 0);
  EXPECT_GT(value("liquidation_addon_fp"), 0);
}

TEST_F(KlearMargin, SelfClearingMembersAreMarginedTogetherFcmsByMarket) {
  const std::string hedge = R"("asset_class":"Crypto","positions":[{"market_ticker":"KXBTCPERP","quantity":100,"price":"6.2577"},)"
                            R"({"market_ticker":"KXETHPERP","quantity":-380,"price":"1.6362"}])";
  const auto base = [&](const std::string& type) {
    return usd(text(ask("POST", "/margin/estimate_maintenance_margin", "{" + type + hedge + "}", 200), "base_margin_fp"));
  };
  const auto fcm_margin = base("");
  EXPECT_EQ(base(R"("clearing_type":"FCM",)"), fcm_margin) << "the member is one";
  EXPECT_LT(base(R"("clearing_type":"SelfClearing",)"), fcm_margin) << "long against short";
}

TEST_F(KlearMargin, APriceMayBeLeftToTheLastSettlement) {
  const std::string body = R"({"asset_class":"Crypto","positions":[{"market_ticker":"KXBTCPERP","quantity":-100}]})";
  ask("POST", "/margin/estimate_maintenance_margin", body, 400);
  exchange.step(kNoon);
  const auto e = ask("POST", "/margin/estimate_maintenance_margin", body, 200);
  EXPECT_EQ(text(e, "hvar_fp"), text(ask("POST", "/margin/estimate_maintenance_margin", kOne, 200), "hvar_fp"))
      << "scenarios come in pairs";
}

TEST_F(KlearMargin, BadPortfoliosAreRefused) {
  const auto refused = [&](const std::string& positions, int status = 400, const std::string& more = "") {
    ask("POST", "/margin/estimate_maintenance_margin", R"({"asset_class":"Crypto",)" + more + R"("positions":)" + positions + "}", status);
  };
  refused("[]");
  refused("7");
  refused(R"([{"market_ticker":"KXBTCPERP","quantity":0,"price":"1"}])");
  refused(R"([{"market_ticker":"KXBTCPERP","quantity":1.5,"price":"1"}])");
  refused(R"([{"market_ticker":"KXBTCPERP","quantity":1,"price":"0"}])");
  refused(R"([{"market_ticker":"KXBTCPERP","quantity":1,"price":"1.00001"}])");
  refused(R"([{"market_ticker":"KXBTCPERP","quantity":1,"price":"1","side":"buy"}])");
  refused(R"([{"market_ticker":"NOPE","quantity":1,"price":"1"}])");
  refused(R"([{"market_ticker":"KXBTCPERP","quantity":1,"price":"1"},{"market_ticker":"KXBTCPERP","quantity":2,"price":"1"}])");
  refused(R"([{"market_ticker":"KXBTCPERP","quantity":1,"price":"1"}])", 404, R"("date":"2026-11-22",)");
  refused(R"([{"market_ticker":"KXBTCPERP","quantity":1,"price":"1"}])", 404, R"("date":"2026-11-24",)");
  refused(R"([{"market_ticker":"KXBTCPERP","quantity":1,"price":"1"}])", 400, R"("date":"soon",)");
  refused(R"([{"market_ticker":"KXBTCPERP","quantity":1,"price":"1"}])", 400, R"("clearing_type":"fcm",)");
  ask("POST", "/margin/estimate_maintenance_margin", R"({"positions":[{"market_ticker":"KXBTCPERP","quantity":1,"price":"1"}]})", 400);
}

TEST_F(KlearMargin, MetadataHoldsTheMatricesOfADay) {
  const auto m = get("/margin/estimate_maintenance_margin/metadata?asset_class=Crypto&date=2026-11-23");
  EXPECT_EQ(names(m), "asset_class base_tail_percentile funding_tail_percentile matrices liquidation_configs subgroups");
  const auto& matrices = m.at("matrices").as_object();
  EXPECT_EQ(names(matrices), "hvar apc aug funding");
  for (const auto& entry : matrices) {
    const auto& matrix = entry.value().as_object();
    const std::size_t columns = matrix.at("market_tickers").as_array().size();
    EXPECT_EQ(columns, 12U);
    ASSERT_FALSE(matrix.at("returns").as_array().empty());
    for (const auto& row : matrix.at("returns").as_array()) EXPECT_EQ(row.as_array().size(), columns);
  }
  EXPECT_EQ(m.at("liquidation_configs").as_array().size(), 12U);
  EXPECT_EQ(names(m.at("liquidation_configs").as_array()[0].as_object()),
            "market_ticker market_impact_volatility market_impact_coefficient market_impact_exponent market_impact_forecasted_volume "
            "spread_rate");
  EXPECT_EQ(m.at("subgroups").as_array().size(), 12U);
  const std::string path = "/margin/estimate_maintenance_margin/metadata?asset_class=";
  EXPECT_EQ(send("GET", path + "Crypto&date=2026-11-23").body, send("GET", path + "Crypto&date=2026-11-23").body);
  get(path + "Crypto&date=2026-11-22", 404);
  EXPECT_EQ(get(path + "Metals&date=2026-11-23").at("subgroups").as_array().size(), 1U);
  get(path + "Crypto", 400);
  get(path + "Tulips&date=2026-11-23", 400);
  exchange.advance(hours(24));
  EXPECT_NE(send("GET", path + "Crypto&date=2026-11-24").body, send("GET", path + "Crypto&date=2026-11-23").body);
}

}  // namespace
}  // namespace marginfix::sim
