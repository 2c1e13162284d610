// The sums are right: several accounts trade at random over every door for a simulated day. At quiet points and at the end cash is
// conserved, positions net to zero, and every view agrees with books kept from scratch out of what the accounts heard. MARGINFIX_DAYS,
// MARGINFIX_DAY_ACTIONS (a day), MARGINFIX_DAY_MEMBERS (besides alice and bob) and MARGINFIX_DAY_SEED make it longer.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <future>
#include <iostream>
#include <mutex>

#include "integration/day/views.hpp"
#include "integration/sim/fixture.hpp"

namespace marginfix::day {
namespace {

using namespace std::chrono_literals;

std::int64_t number_from_env(const char* name, std::int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoll(text);
}

constexpr const char* kMidnight = "2026-11-24T00:30:00Z";  // funding at 04, 12, 20 and settlements at 17 and 21 lie ahead
constexpr int kQuietPointsADay = 8;

class SumsAreRight : public sim::test::SimTest {
 protected:
  void SetUp() override {
    options_.tier = "unlimited";
    options_.seed = seed_;
    options_.manual_clock = parse_rfc3339(kMidnight).value();
    for (int i = 0; i < members_; ++i) options_.members.push_back({"member" + std::to_string(i + 1), small_deposits(), false});
    start();
    const auto whole = [](std::int64_t n) { return DollarDecimal::whole(n); };
    add({.name = "alice", .target = TargetSession::NR, .deposits = {whole(10'000'000), whole(1'000'000)}, .most_contracts = 150});
    add({.name = "bob", .target = TargetSession::RT, .deposits = {whole(10'000'000), whole(1'000'000)}, .most_contracts = 150});
    for (const auto& member : options_.members) add({.name = member.name, .target = TargetSession::NR, .deposits = member.deposits});
    klear_ = std::make_unique<KlearClient>(KlearConfig::from_endpoints_file(endpoints()).value());
    open_customer();
    watch_trades();
    refresh_prices();
  }
  // Enough for a few dozen contracts: prices that run away ruin somebody.
  static std::vector<DollarDecimal> small_deposits() { return {DollarDecimal::whole(400), DollarDecimal::whole(250)}; }
  std::string endpoints() { return sim().path("endpoints.json"); }
  void add(DeskSetup setup) {
    setup.endpoints = endpoints();
    setup.store = folder_.path("store-" + setup.name);
    desks_.push_back(std::make_unique<Desk>(std::move(setup)));
    desks_.back()->open();
  }
  Desk& alice() { return *desks_.front(); }

  // A customer of alice's: subtrader over REST, its key over Klear.
  void open_customer() {
    rest::CreateMarginFCMSubtrader create;
    create.body.subtrader_suffix = "desk";
    const std::string id = alice().rest().fcm().create_subtrader(create).value().subtrader_id;
    rest::UpdateFCMSubtraderRiskControls cap;
    cap.body.subtrader_id = id;
    cap.body.im_cap = DollarDecimal::whole(50'000);
    alice().rest().fcm().update_risk_controls(cap).value();
    klear::GenerateMarginFcmApiKey generate;
    generate.body = {.name = "desk", .fcm_subtrader_id = id};
    const auto key = klear_->margin().generate_fcm_api_key(generate).value();
    Credentials credentials;
    credentials.key_id = key.api_key_id;
    credentials.private_key = key.private_key;
    alice().serve(id, std::move(credentials));
  }
  void watch_trades() {
    trades_socket_ = std::make_unique<PerpsWebSocket>(
        PerpsWebSocketConfig::from_endpoints(Endpoints::from_file(endpoints()).value(), "alice-sub1").value());
    trades_socket_->start().value();
    trades_socket_->wait_until_open(30s).value();
    trades_socket_->subscribe({.channel = ws::Channel::trade}).set_handler([this](const ws::Event& event) {
      const auto* trade = event.frame.as<ws::MarginTrade>();
      if (event.kind != ws::EventKind::data || trade == nullptr) return;
      const std::lock_guard lock(trades_mutex_);
      ws_trades_.emplace(trade->trade_id, *trade);
    });
    barrier(*trades_socket_);
  }
  // What the exchange sent before this answer has been handled.
  static void barrier(PerpsWebSocket& socket) {
    std::promise<void> answered;
    socket.list_subscriptions([&](const Result<std::vector<ws::Subscribed>>&) { answered.set_value(); });
    answered.get_future().wait();
  }

  void refresh_prices() {
    prices_.tickers = {"KXBTCPERP", "KXLTCPERP", "KXETHPERP"};
    for (const std::string& ticker : prices_.tickers) {
      const auto market = alice().rest().markets().get({.ticker = ticker}).value().market;
      prices_.ticks[ticker] = market.reference_price->price.units() / 100;
    }
    first_ = prices_.ticks;
  }
  void set_price(const std::string& ticker, std::int64_t ticks) {
    prices_.ticks[ticker] = ticks;
    sim().set_reference_price(ticker, DollarDecimal::from_units(ticks * 100)).value();
  }
  // Small steps, now and then a large one; never far from where it began.
  void move_price() {
    const std::string& ticker = prices_.tickers[random_.below(prices_.tickers.size())];
    const std::int64_t most = random_.below(6) == 0 ? 60 : 8;
    const std::int64_t next = prices_.ticks[ticker] + prices_.ticks[ticker] * random_.between(-most, most) / 1'000;
    set_price(ticker, std::clamp(next, first_[ticker] * 7 / 10, first_[ticker] * 13 / 10));
  }
  void advance(std::chrono::milliseconds by) {
    sim().advance_clock(by).value();
    now_ += by;
    for (auto& desk : desks_) desk->now = now_;
  }

  void one_action(std::chrono::milliseconds mean) {
    advance(std::chrono::milliseconds(random_.between(1, 2 * mean.count())));
    const auto dice = random_.below(100);
    if (dice < 10) return move_price();
    if (dice < 12) return desks_[random_.below(2)]->quote(random_, prices_);
    if (dice < 13) return withdraw();
    desks_[random_.below(desks_.size())]->act(random_, prices_);
  }

  void withdraw() {
    klear::WithdrawSettlementBalance ask;
    ask.body.amount = DollarDecimal::from_units(random_.between(1, 300'000) * 10'000);
    if (klear_->margin().withdraw_settlement_balance(ask)) withdrawn_ += ask.body.amount.units();
  }

  // The price falls away under small accounts that are long beyond their means: the exchange closes them; the last one has a stop.
  void squeeze();

  void quiet_point();
  void expect_a_day_worth_the_name(std::int64_t actions);
  Quiet look();
  void wait_for_streams(Desk& desk, const Quiet& quiet);

  std::uint64_t seed_ = static_cast<std::uint64_t>(number_from_env("MARGINFIX_DAY_SEED", 1));
  int members_ = static_cast<int>(number_from_env("MARGINFIX_DAY_MEMBERS", 3));
  sim::Random random_{sim::mix64(seed_)};
  Prices prices_;
  std::map<std::string, std::int64_t> first_;
  Timestamp now_ = parse_rfc3339(kMidnight).value();
  std::vector<std::unique_ptr<Desk>> desks_;
  std::unique_ptr<KlearClient> klear_;
  std::mutex trades_mutex_;
  std::map<std::string, ws::MarginTrade> ws_trades_;
  std::unique_ptr<PerpsWebSocket> trades_socket_;  // writes into the two above
  std::size_t points_{0};
  Amount withdrawn_{0};  // from alice's settlement balance
};

void SumsAreRight::squeeze() {
  const std::string& ticker = prices_.tickers.front();
  const auto price = [&](std::int64_t percent) { return DollarDecimal::from_units(prices_.ticks[ticker] * percent / 100 * 100); };
  for (std::size_t i = 2; i < desks_.size(); ++i) {
    Desk& desk = *desks_[i];
    // Nobody's old order stands where the price goes: the exchange itself must take over what nobody wants.
    for (auto& each : desks_) each->rest().orders().cancel_all().value();
    desk.rest().portfolio().cancel_cross_exit_triggers({.ticker = ticker}).value();
    desk.move_in({400 * 10'000});
    advance(1s);
    // Long with all it has: initial margin of this market is 22.1 % of the notional.
    const auto balances = desk.rest().margin().balance({.compute_available_balance = true}).value().subaccount_balances;
    const auto primary = std::ranges::find(balances, 0, &rest::MarginSubaccountBalance::subaccount);
    const auto held = desk.rest().portfolio().positions({.subaccount = 0, .ticker = ticker}).value().positions;
    const std::int64_t net = held.empty() ? 0 : held.front().position.units() / FixedPointCount::kOne;
    const std::int64_t wanted =
        primary->available_balance->units() / (prices_.ticks[ticker] * 100 * 23 / 100) + std::max<std::int64_t>(0, -2 * net);
    if (wanted < 5) continue;
    alice().trade(ticker, Side::Sell, wanted, price(101));
    desk.trade(ticker, Side::Buy, wanted, price(101));
    const bool protects_itself = i + 1 == desks_.size();
    if (protects_itself) desk.protect(ticker, 0, price(97), true);
    // The first one's loss comes in one jump and is more than it has: the insurance pays.
    if (i == 2) set_price(ticker, prices_.ticks[ticker] * 35 / 100);
    for (int step = 0; step < 10; ++step) {
      if (i != 2) set_price(ticker, prices_.ticks[ticker] * 96 / 100);
      if (step == 3) quiet_point();
      advance(3s);
    }
    set_price(ticker, first_[ticker]);
    advance(10s);
  }
}

Quiet SumsAreRight::look() {
  Quiet quiet;
  quiet.now = now_;
  quiet.state = boost::json::parse(sim().state_json()).as_object();
  const auto markets = alice().rest().markets().list().value().markets;
  for (const auto& market : markets) quiet.markets[market.ticker] = market;
  quiet.rates = alice().rest().funding().historical_rates().value().funding_rates;
  std::ranges::stable_sort(quiet.rates, {}, &rest::MarginFundingRate::funding_time);
  return quiet;
}

void SumsAreRight::wait_for_streams(Desk& desk, const Quiet& quiet) {
  const auto& last = account_of(quiet, desk.name()).at("last_exec_id");
  const std::string wanted = last.is_string() ? std::string(last.as_string()) : std::string();
  const std::set<std::string> mine(desk.entered_by_fix().begin(), desk.entered_by_fix().end());
  const bool arrived = desk.heard().wait([&](const Notes& n) {
    if (!wanted.empty() && n.last_exec_id != wanted) return false;
    const auto entered = std::ranges::count_if(n.fills, [&](const HeardFill& f) { return mine.contains(f.order_id); });
    return static_cast<std::size_t>(entered) <= n.entry_fills.size();
  });
  EXPECT_TRUE(arrived) << desk.name() << ": reports are missing; the exchange's last is " << wanted << ", the listener's "
                       << desk.heard().notes().last_exec_id;
  desk.sync();
}

void SumsAreRight::quiet_point() {
  ++points_;
  SCOPED_TRACE("quiet point " + std::to_string(points_) + " at " + to_rfc3339(now_) + ", seed " + std::to_string(seed_));
  const Quiet quiet = look();
  EXPECT_EQ(sim().check(), std::vector<std::string>{});
  std::vector<Notes> notes;
  std::vector<History> histories;
  for (auto& desk : desks_) {
    wait_for_streams(*desk, quiet);
    notes.push_back(desk->heard().notes());
    histories.push_back(history_of(*desk, notes.back(), quiet));
  }
  std::vector<std::pair<const Notes*, const History*>> all;
  std::vector<const Notes*> heard;
  for (std::size_t i = 0; i < desks_.size(); ++i) {
    check_streams(*desks_[i], notes[i], quiet);
    check_account(*desks_[i], notes[i], histories[i], quiet);
    all.emplace_back(&notes[i], &histories[i]);
    heard.push_back(&notes[i]);
  }
  check_customer(alice(), notes[0], histories[0], quiet);
  check_clearing(*klear_, klear_->margin().settlement_balance().value().user_id.value(), histories[0], withdrawn_, quiet);
  check_totals(all, quiet);
  barrier(*trades_socket_);
  const std::lock_guard lock(trades_mutex_);
  check_trades(alice().rest(), heard, ws_trades_, quiet);
}

// Everything there is to go wrong happened: fills at both kinds of doors, liquidations, exits, funding that moved money, settlements.
void SumsAreRight::expect_a_day_worth_the_name(std::int64_t actions) {
  std::size_t fills = 0, liquidations = 0, exits = 0, over_fix = 0;
  for (auto& desk : desks_) {
    const Notes notes = desk->heard().notes();
    const Tally& t = desk->tally();
    fills += notes.fills.size();
    over_fix += notes.entry_fills.size();
    std::cout << desk->name() << ": " << notes.fills.size() << " fills, " << t.orders << " orders; " << t.fix << " requests over FIX, "
              << notes.refused << " refused; " << t.rest << " over REST, " << t.rest - t.rest_accepted << " refused\n";
    for (const auto& order : desk->rest().orders().list_all()) {
      if (!order.value().order_reason || order->fill_count.is_zero()) continue;
      (*order->order_reason == rest::OrderReason::liquidation ? liquidations : exits) += 1;
    }
    EXPECT_GT(notes.fills.size(), 0U) << desk->name();
    EXPECT_GT(t.rest_accepted, 0U) << desk->name();
  }
  const Quiet end = look();
  const auto pot = [&](const char* name) { return DollarDecimal::from_units(dollars_of(end.state.at(name))).to_string(); };
  std::cout << "seed " << seed_ << ": " << actions << " actions, " << fills << " fills, " << liquidations << " liquidations, " << exits
            << " exits, " << points_ << " quiet points; fees " << pot("fees_collected") << ", residue of funding " << pot("residual")
            << ", insurance " << pot("insurance_paid") << '\n';
  EXPECT_GT(over_fix, 0U);
  EXPECT_GT(liquidations, 0U);
  EXPECT_GT(dollars_of(end.state.at("insurance_paid")), 0);
  EXPECT_GT(withdrawn_, 0);
  EXPECT_GT(exits, 0U);
  EXPECT_FALSE(alice()
                   .rest()
                   .funding()
                   .history({.start_date = Date{std::chrono::floor<std::chrono::days>(now_) - std::chrono::days(1)},
                             .end_date = Date{std::chrono::floor<std::chrono::days>(now_)}})
                   ->funding_history.empty());
  EXPECT_GE(klear_->margin().obligation_history_all().collect()->size(), 2U);
}

TEST_F(SumsAreRight, AfterADayOfRandomTradingOverEveryDoor) {
  const std::int64_t days = number_from_env("MARGINFIX_DAYS", 1);
  const std::int64_t actions = number_from_env("MARGINFIX_DAY_ACTIONS", 1'200);
  const auto mean = std::chrono::duration_cast<std::chrono::milliseconds>(24h) / actions;
  for (std::int64_t day = 0; day < days; ++day) {
    for (std::int64_t i = 0; i < actions; ++i) {
      one_action(mean);
      if (i == actions / 2) squeeze();
      ASSERT_FALSE(HasFailure()) << "seed " << seed_ << ", day " << day + 1 << ", action " << i;
      if ((i + 1) % (actions / kQuietPointsADay) != 0) continue;
      quiet_point();
      ASSERT_FALSE(HasFailure()) << "seed " << seed_ << ", day " << day + 1 << ", action " << i;
    }
  }
  expect_a_day_worth_the_name(days * actions);
}

}  // namespace
}  // namespace marginfix::day
