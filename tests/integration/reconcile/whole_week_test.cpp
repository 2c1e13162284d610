// A simulated week of three accounts that trade at random over every door, with everything the exchange does by itself: liquidations, exit
// triggers, self-trade prevention, order groups, pauses, funding, settlements, splits, and connections that end. alice and carol have drop
// copy, bob has not. On one of the days nobody watches. In the end everything agrees, and nothing was ever taken for a break.
#include <algorithm>
#include <cstdlib>

#include "integration/day/desk.hpp"
#include "integration/reconcile/fixture.hpp"
#include "services/reconcile/verify.hpp"

namespace marginfix::test {
namespace {

using day::Desk;
using std::chrono::hours;

std::int64_t number_of_environment(const char* name, std::int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoll(text);
}

constexpr int kStepsADay = 3;
const std::vector<std::string> kAccounts{"alice", "bob", "carol"};

class ReconcileWholeWeek : public ReconcileTest {
 protected:
  ReconcileWholeWeek() {
    config_.rules.grace_us = 20'000'000;  // as shipped: sources that are asked in turn differ for a moment while trading goes on
    options_.seed = seed_;
    options_.members.push_back({"carol", {DollarDecimal::whole(400), DollarDecimal::whole(250)}, false});
    options_.drop_copy_not_enabled = {"bob"};
    for (const std::string& name : kAccounts) config_.accounts.push_back({.name = name, .cfg = {}, .env_file = {}});
  }
  void SetUp() override {
    ReconcileTest::SetUp();
    const auto rich = std::vector{DollarDecimal::whole(10'000'000), DollarDecimal::whole(1'000'000)};
    add({.name = "alice", .target = TargetSession::NR, .deposits = rich, .most_contracts = 150});
    add({.name = "bob", .target = TargetSession::RT, .deposits = rich, .most_contracts = 150});
    add({.name = "carol", .target = TargetSession::NR, .deposits = options_.members.front().deposits});
    prices_.tickers = {"KXBTCPERP", "KXLTCPERP", "KXETHPERP"};
    look_at_prices();
    first_ = prices_.ticks;
  }
  void TearDown() override {
    ReconcileTest::TearDown();
    desks_.clear();
  }
  void add(day::DeskSetup setup) {
    setup.endpoints = sim().path("endpoints.json");
    setup.store = folder_.path("store-" + setup.name);
    setup.listens = false;
    desks_.push_back(std::make_unique<Desk>(std::move(setup)));
    desks_.back()->open();
  }
  Desk& alice() { return *desks_[0]; }
  Desk& carol() { return *desks_[2]; }

  // ---- the exchange
  void look_at_prices() {
    for (const std::string& ticker : prices_.tickers) {
      prices_.ticks[ticker] = alice().rest().markets().get({.ticker = ticker}).value().market.reference_price->price.units() / 100;
    }
  }
  void set_price(const std::string& ticker, std::int64_t ticks) {
    prices_.ticks[ticker] = ticks;
    ASSERT_TRUE(sim().set_reference_price(ticker, DollarDecimal::from_units(ticks * 100)));
  }
  void advance(std::chrono::milliseconds by) {
    ASSERT_TRUE(sim().advance_clock(by));
    ahead_ += by;
    for (auto& desk : desks_) desk->now = system_clock().now() + ahead_;
  }
  void move_a_price() {
    const std::string& ticker = prices_.tickers[random_.below(prices_.tickers.size())];
    const std::int64_t next = prices_.ticks[ticker] + prices_.ticks[ticker] * random_.between(-20, 20) / 1'000;
    set_price(ticker, std::clamp(next, first_[ticker] * 7 / 10, first_[ticker] * 13 / 10));
  }
  void trade_a_while() {
    desks_[random_.below(2)]->quote(random_, prices_);
    for (std::int64_t i = 0; i < actions_; ++i) {
      if (random_.below(8) == 0) move_a_price();
      desks_[random_.below(desks_.size())]->act(random_, prices_);
      advance(std::chrono::seconds(random_.between(1, 60)));
    }
  }
  // Long with all it has, and the price falls away: the exchange closes carol's position, or her stop does.
  void squeeze_carol(bool with_a_stop) {
    const std::string& ticker = prices_.tickers.front();
    const auto price = [&](std::int64_t percent) { return DollarDecimal::from_units(prices_.ticks[ticker] * percent / 100 * 100); };
    for (auto& desk : desks_) desk->rest().orders().cancel_all().value();
    (void)carol().rest().portfolio().cancel_cross_exit_triggers({.ticker = ticker});
    carol().move_in({400 * 10'000});
    advance(1s);
    const auto balances = carol().rest().margin().balance({.compute_available_balance = true}).value().subaccount_balances;
    const auto primary = std::ranges::find(balances, 0, &rest::MarginSubaccountBalance::subaccount);
    const std::int64_t wanted = primary->available_balance->units() / (prices_.ticks[ticker] * 100 * 23 / 100);
    if (wanted < 2) return;
    alice().trade(ticker, Side::Sell, wanted, price(101));
    carol().trade(ticker, Side::Buy, wanted, price(101));
    if (with_a_stop) carol().protect(ticker, 0, price(97), true);
    for (int step = 0; step < 8; ++step) {
      set_price(ticker, prices_.ticks[ticker] * 96 / 100);
      advance(3s);
    }
    set_price(ticker, first_[ticker]);
    advance(10s);
  }
  DollarDecimal at_reference(const std::string& ticker) { return DollarDecimal::from_units(prices_.ticks[ticker] * 100); }
  void split(bool trading_behind) {
    const std::size_t explained_before = splits_explained();
    const auto [status, answer] = sim::test::control(
        sim(), "POST", "/corporate_action", R"({"ticker":"KXETHPERP","type":"stock_split","ratio_old":"1","ratio_new":"2","in_ms":0})");
    ASSERT_EQ(status, 200) << answer;
    advance(1s);
    look_at_prices();
    first_["KXETHPERP"] = prices_.ticks["KXETHPERP"];
    std::size_t positions_split = 0;
    for (auto& desk : desks_) {
      for (const auto& position : desk->rest().portfolio().positions({.ticker = "KXETHPERP"}).value().positions)
        positions_split += position.position.is_zero() ? 0 : 1;
    }
    // In a moment without trades it is seen by what a position cost before and after; else the exchange's notice says it.
    if (trading_behind) {
      for (int i = 0; i < 10; ++i)
        desks_[random_.below(2)]->trade("KXETHPERP", random_.below(2) == 0 ? Side::Buy : Side::Sell, 3, at_reference("KXETHPERP"));
    }
    ASSERT_TRUE(eventually([&] { return splits_explained() >= explained_before + positions_split; })) << in_words(breaks());
  }
  std::size_t splits_explained() {
    const auto all = breaks();
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const rc::BreakRow& row) {
      return row.category == rc::BreakCategory::corporate_action && row.state == rc::BreakState::explained;
    }));
  }
  void pause() {
    ASSERT_TRUE(sim().halt("KXLTCPERP"));
    desks_[1]->act(random_, prices_);
    advance(std::chrono::minutes(5));
    ASSERT_TRUE(sim().halt("KXLTCPERP", false));
  }
  void disturb() {
    static constexpr const char* kDoors[] = {"KalshiNR", "KalshiDC", "WS"};
    static constexpr const char* kKeys[] = {"-listener", "-dropcopy", ""};
    const auto which = random_.below(3);
    (void)sim().disconnect(kDoors[which], key_id(kAccounts[random_.below(kAccounts.size())] + kKeys[which]));
  }

  // ---- the truth, and the ledger
  std::size_t fills_made() {
    std::size_t made = 0;
    for (auto& desk : desks_) made += desk->rest().portfolio().fills_all().collect().value().size();
    return made;
  }
  void wait_until_told() {
    const std::size_t made = fills_made();
    ASSERT_TRUE(eventually([&] {
      const auto all = fills();
      return all.size() == made &&
             std::all_of(all.begin(), all.end(), [](const rc::FillRow& f) { return (f.sources & rc::bit(rc::Source::rest)) != 0; });
    })) << fills().size()
        << " of " << made << '\n'
        << in_words(breaks());
  }
  // No difference was ever confirmed; what was explained is no break.
  void expect_no_break() {
    for (const rc::BreakRow& row : breaks()) EXPECT_EQ(row.state, rc::BreakState::explained) << row.account << ' ' << in_words({row});
  }
  // Filled orders of carol's that the exchange itself made: liquidations, and her exit triggers.
  std::pair<int, int> made_by_the_exchange() {
    int liquidations = 0, exits = 0;
    for (const auto& order : carol().rest().orders().list_all()) {
      if (!order.value().order_reason || order->fill_count.is_zero()) continue;
      (*order->order_reason == rest::OrderReason::liquidation ? liquidations : exits) += 1;
    }
    return {liquidations, exits};
  }

  const std::uint64_t seed_ = static_cast<std::uint64_t>(number_of_environment("MARGINFIX_DAY_SEED", 1));
  const std::int64_t actions_ = number_of_environment("MARGINFIX_DAY_ACTIONS", 25);
  sim::Random random_{sim::mix64(seed_)};
  day::Prices prices_;
  std::map<std::string, std::int64_t> first_;
  std::chrono::milliseconds ahead_{0};
  std::vector<std::unique_ptr<Desk>> desks_;
};

TEST_F(ReconcileWholeWeek, HasNoBreak) {
  const std::int64_t days = number_of_environment("MARGINFIX_DAYS", 3);
  const std::int64_t unwatched = days > 1 ? 1 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(days - 1))) : days;
  start_service();
  for (std::int64_t day = 0; day < days; ++day) {
    SCOPED_TRACE("seed " + std::to_string(seed_) + ", day " + std::to_string(day + 1));
    if (day == unwatched) {
      ASSERT_TRUE(stop_service());
    }
    for (int step = 0; step < kStepsADay; ++step) {
      trade_a_while();
      if (step == 0) squeeze_carol(day % 2 == 1);
      if (step == 1) pause();
      if (step == 2 && day == 0) split(false);
      if (step == 2 && day == (unwatched == days - 1 ? days - 2 : days - 1)) split(true);
      if (ended_.valid()) {
        disturb();
        ASSERT_NO_FATAL_FAILURE(wait_until_told());
      }
      advance(hours(24 / kStepsADay) - 30min);
      ASSERT_FALSE(HasFailure());
    }
    if (day == unwatched) start_service();
    ASSERT_NO_FATAL_FAILURE(wait_until_told());
    ASSERT_TRUE(eventually([&] { return open_breaks().empty(); })) << in_words(open_breaks());  // what is pending is none yet
    expect_no_break();
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_TRUE(stop_service());
  const auto pass = once();
  EXPECT_EQ(pass.exit_code(), 0) << in_words(pass) << in_words(open_breaks());
  expect_no_break();
  const auto [liquidations, exits] = made_by_the_exchange();
  EXPECT_GT(liquidations, 0);
  EXPECT_GT(exits, 0);
  const auto proven = rc::verify(dir());
  EXPECT_TRUE(proven) << proven.error().message;
}

}  // namespace
}  // namespace marginfix::test
