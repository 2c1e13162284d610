// Nothing starts empty: behind a fresh simulator lie the seeded days, and every list of REST and Klear has something to show. The tables
// of operations drive it: a list that is added there and not asked for here fails. Source: design decision 10.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <set>

#include "integration/sim/fixture.hpp"
#include "marginfix/klear_client.hpp"
#include "marginfix/perps_client.hpp"

namespace marginfix::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kTicker = "KXBTCPERP";
constexpr const char* kAccounts[] = {"alice", "bob"};

// What an account has nothing of at the start, and why. Accounts begin flat and with an empty desk: programs that compare their own
// record with GET /state count from there.
const std::map<std::string, std::string, std::less<>> kEmptyForAReason = {
    {"GetMarginExchangeStatus", "exchange_index_statuses: never sent by the perps endpoint"},
    {"GetMarginPositions", "accounts begin flat"},
    {"GetMarginRisk", "risk of positions: accounts begin flat"},
    {"GetMarginOrderGroups", "groups are made by the account's own programs"},
    {"GetMarginOrderGroup", "the same"},
    {"GetCrossMarginExitTriggers", "accounts begin flat: nothing to exit from"},
    {"GetIsolatedMarginExitTriggers", "the simulator has no isolated positions"},
    {"GetMarginCorporateActions", "crypto perpetuals have none by themselves: control makes them"},
    {"GetFCMSubtraderRiskControls", "subtraders are made by their FCM"},
    {"ListMarginFCMOrders", "of a subtrader"},
    {"GetMarginNotionalRiskLimit", "current usage by market: accounts begin flat; no market has a limit of its own"},
    {"GetPerpsAccountApiLimits", "grants are exceptions to the tier"},
    {"GetActiveMarginObligations", "active for two minutes after a settlement"},
    {"GetObligationCorporateActionPayments", "there was no corporate action"},
    {"GetSettlementEstimateByAssetClass", "accounts begin flat: nothing to settle"},
    {"GetFundingEstimateByAssetClass", "accounts begin flat: nothing to fund"},
    {"GetMarginSubtraderGroups", "subtraders are made by their FCM"},
    {"ListMarginFcmApiKeys", "keys of subtraders"},
};

bool is_list(const json::FieldInfo& field) {
  const json::TypeInfo* type = field.type->bare != nullptr ? field.type->bare : field.type;
  return type->kind == json::Kind::array || type->kind == json::Kind::map;
}
bool answers_lists(const rest::OperationInfo& info) {
  return info.is_read() && info.response != nullptr && std::ranges::any_of(info.response->fields, is_list);
}

// How a list is asked for: which client and parameters is the caller's business.
using Ask = std::function<Result<rest::HttpResponse>()>;
using Asks = std::map<std::string, std::vector<Ask>, std::less<>>;

template <class Client, class Op>
void add(Asks& asks, Client& client, Op op) {
  asks[std::string(rest::Operation<Op>::info.operation_id)].push_back(
      [&client, op] { return client.call_raw(rest::Operation<Op>::info, &op); });
}

// Started at two hours of a day: long after a settlement, and right behind one.
class NothingStartsEmpty : public sim::test::SimTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    now_ = parse_rfc3339(GetParam()).value();
    options_.past = true;
    options_.manual_clock = now_;
    start();
  }
  EpochSeconds ago(std::chrono::seconds back) const { return EpochSeconds::of(now_ - back); }
  Date day_ago(int days) const { return Date{std::chrono::floor<std::chrono::days>(now_) - std::chrono::days(days)}; }
  std::string endpoints() { return sim().path("endpoints.json"); }

  void expect_lists(const rest::OperationInfo& info, const Asks& asks, const std::string& who) {
    const std::string id(info.operation_id);
    const auto asked = asks.find(id);
    if (asked == asks.end()) {
      EXPECT_TRUE(kEmptyForAReason.contains(id)) << id << " is a list that this test does not know";
      return;
    }
    EXPECT_FALSE(kEmptyForAReason.contains(id)) << id << " is asked for and excused";
    for (const Ask& ask : asked->second) {
      const auto answer = ask();
      ASSERT_TRUE(answer) << id << " of " << who << ": " << to_string(answer.error()) << answer.error().context;
      const auto body = boost::json::parse(answer->body).as_object();
      for (const json::FieldInfo& field : info.response->fields) {
        if (!is_list(field)) continue;
        const auto* list = body.if_contains(field.name);
        const bool filled =
            list != nullptr && ((list->is_array() && !list->as_array().empty()) || (list->is_object() && !list->as_object().empty()));
        EXPECT_TRUE(filled) << id << "." << field.name << " of " << who << " is empty: " << answer->body.substr(0, 300);
      }
    }
  }
  Asks of_rest(PerpsClient& client) {
    Asks asks;
    add(asks, client, rest::GetMarginMarkets{});
    add(asks, client, rest::GetMarginMarketOrderbooks{.tickers = {kTicker, "KXETHPERP"}});
    for (const int minutes : {1, 60, 1440}) {
      add(asks, client,
          rest::GetMarginMarketCandlesticks{.ticker = kTicker, .start_ts = ago(30h), .end_ts = ago(0s), .period_interval = minutes});
    }
    for (const char* status : {"executed", "canceled"}) add(asks, client, rest::GetMarginOrders{.status = status});
    add(asks, client, rest::GetMarginFills{});
    add(asks, client, rest::GetMarginTrades{.ticker = kTicker});
    add(asks, client, rest::GetMarginTrades{});
    add(asks, client, rest::GetMarginBalance{});
    add(asks, client, rest::GetMarginFeeTiers{});
    add(asks, client, rest::GetMarginFeeTierRates{});
    add(asks, client, rest::GetMarginRiskParameters{});
    add(asks, client, rest::GetAccountEndpointCosts{});
    add(asks, client, rest::GetMarginHistoricalFundingRates{.ticker = kTicker});
    add(asks, client, rest::GetMarginPremiumIndex{.ticker = kTicker, .start_ts = ago(7'200s), .end_ts = ago(6'000s)});
    add(asks, client, rest::GetMarginFundingHistory{.start_date = day_ago(3), .end_date = day_ago(0)});
    return asks;
  }

  static std::string newest_obligation(KlearClient& client) {
    // Of all that are closed, one with funding in it.
    for (const auto& each : client.margin().obligation_history_all()) {
      if (!each.value().funding_payments.empty()) return each->id;
    }
    return {};
  }
  Asks of_klear(KlearClient& client) {
    Asks asks;
    const std::string id = newest_obligation(client);
    const auto noon = from_eastern(eastern_date(now_ - 24h), 12h);
    add(asks, client, klear::GetObligationHistory{});
    add(asks, client, klear::GetObligationSettlementDetails{.obligation_id = id});
    add(asks, client, klear::GetObligationMaintenanceMarginDetails{.obligation_id = id});
    add(asks, client, klear::GetObligationFundingPayments{.obligation_id = id});
    add(asks, client, klear::GetMemberFundingPayments{.funding_time = funding_});
    add(asks, client, klear::GetMaintenanceMarginMetadata{.asset_class = klear::AssetClass::Crypto, .date = eastern_date(now_)});
    add(asks, client, klear::GetSettlementPrices{.asset_class = klear::AssetClass::Crypto, .settlement_time = noon});
    add(asks, client, klear::GetSettlementBalanceHistory{});
    add(asks, client, klear::GetMarginReports{.start_date = day_ago(3), .end_date = day_ago(0)});
    add(asks, client, klear::GetLargeTraderPositions{.report_date = eastern_date(now_ - 48h)});
    return asks;
  }

  void check_rest();     // every list, for every account
  void check_klear();    // every list of the member's, and money to pay from
  void check_markets();  // every active market has trades, candles of every period, funding

  Timestamp now_{}, funding_{};
};

void NothingStartsEmpty::check_rest() {
  for (const char* account : kAccounts) {
    PerpsClient client(PerpsConfig::from_endpoints_file(endpoints(), account).value());
    const Asks asks = of_rest(client);
    for (const rest::OperationInfo* info : rest::perps_operations()) {
      if (answers_lists(*info)) expect_lists(*info, asks, account);
    }
    // Days of trading, not a trade.
    EXPECT_GT(client.portfolio().fills_all().collect()->size(), 200U) << account;
    EXPECT_GT(client.orders().list_all().collect()->size(), 300U) << account;
    EXPECT_GT(client.funding().history({.start_date = day_ago(4), .end_date = day_ago(0)})->funding_history.size(), 15U) << account;
  }
}

void NothingStartsEmpty::check_klear() {
  PerpsClient alice(PerpsConfig::from_endpoints_file(endpoints(), "alice").value());
  funding_ = alice.funding().history({.start_date = day_ago(4), .end_date = day_ago(0)})->funding_history.at(0).funding_time;
  KlearClient client(KlearConfig::from_endpoints_file(endpoints()).value());
  const Asks asks = of_klear(client);
  for (const rest::OperationInfo* info : rest::klear_operations()) {
    if (answers_lists(*info)) expect_lists(*info, asks, "the member");
  }
  EXPECT_GE(client.margin().obligation_history_all().collect()->size(), 2U);
  constexpr std::int64_t kTenThousandDollars = 10'000 * 10'000LL;
  EXPECT_GE(client.margin().settlement_balance()->balance_available_centicents.value, kTenThousandDollars);
  EXPECT_GT(client.margin().guaranty_fund_balance()->amount_centicents.value, 0);
}

void NothingStartsEmpty::check_markets() {
  PerpsClient client(PerpsConfig::from_endpoints_file(endpoints(), "bob").value());
  std::size_t active = 0;
  const auto markets = client.markets().list({.status = rest::MarginMarketStatus::active}).value().markets;
  for (const auto& market : markets) {
    ++active;
    for (const int minutes : {1, 60, 1440}) {
      const auto candles =
          client.markets().candlesticks({.ticker = market.ticker, .start_ts = ago(48h), .end_ts = ago(0s), .period_interval = minutes});
      ASSERT_TRUE(candles) << market.ticker << ": " << to_string(candles.error());
      const auto traded = [](const rest::MarginMarketCandlestick& c) { return !c.volume.is_zero(); };
      EXPECT_TRUE(std::ranges::any_of(candles->candlesticks, traded)) << market.ticker << ", minutes " << minutes;
    }
    EXPECT_FALSE(client.portfolio().trades({.ticker = market.ticker})->trades.empty()) << market.ticker;
    const std::size_t fundings = client.funding().historical_rates({.ticker = market.ticker})->funding_rates.size();
    if (market.ticker == "KXUS500PERP") {
      EXPECT_GE(fundings, 1U) << "once an index business day, of which three days hold at least one";
      EXPECT_LE(fundings, 3U);
    } else {
      EXPECT_EQ(fundings, 9U) << market.ticker << ": three days";
    }
  }
  EXPECT_GE(active, 5U);
}

// One exchange for all of them: living through three days takes a while.
TEST_P(NothingStartsEmpty, EveryListAndEveryMarketHasSomethingToShow) {
  check_rest();
  check_klear();
  check_markets();
}

std::string name_of(const testing::TestParamInfo<const char*>& info) { return info.index == 0 ? "InTheNight" : "RightBehindASettlement"; }
INSTANTIATE_TEST_SUITE_P(Hours, NothingStartsEmpty, testing::Values("2026-11-24T07:30:00Z", "2026-11-24T21:01:00Z"), name_of);

}  // namespace
}  // namespace marginfix::test
