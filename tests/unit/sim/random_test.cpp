// Thousands of random operations by seed. After each one every promise of the engine is looked at; at the end the reports are added up
// on their own and a restart must give the same state.
#include <map>
#include <set>

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/values/random.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/check.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/orders.hpp"
#include "sim/exchange/views/truth.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kKeys[] = {"a1-key", "a2-key", "b-key", "c-key"};
constexpr const char* kSymbols[] = {"KXBTCPERP", "KXLTCPERP"};

// Adds up what reports say, without looking at the exchange.
class Bookkeeper : public EventSink {
 public:
  void on_execution(const ExecutionEvent& e) override {
    EXPECT_GT(e.event_no, last_event_);
    last_event_ = e.event_no;
    EXPECT_EQ(e.cum_qty + e.leaves_qty <= e.original_qty, true) << Recorder::line(e);
    if (e.exec_id.numbered()) {
      EXPECT_GT(e.exec_id, last_exec_);
      last_exec_ = e.exec_id;
    }
    if (e.kind == ReportKind::Rejected) return;
    auto& order = orders_[e.order_no];
    EXPECT_GE(e.cum_qty, order.cum);
    EXPECT_FALSE(order.ended && e.kind != ReportKind::PendingNew) << "a report after the end of order " << e.order_no;
    if (e.kind == ReportKind::Trade) {
      EXPECT_EQ(e.cum_qty, order.cum + e.fill->quantity);
      EXPECT_EQ(e.filled_notional, order.notional + e.fill->price * e.fill->quantity);
      auto& net = net_[{e.account, e.subaccount, e.market}];
      net += e.side == Side::Buy ? e.fill->quantity : -e.fill->quantity;
      EXPECT_EQ(e.fill->position, net);
      cash_[{e.account, e.subaccount}] += e.fill->balance_change + e.fill->payout_change;
      EXPECT_TRUE(e.side == Side::Buy ? e.fill->price <= e.price : e.fill->price >= e.price) << "worse than the limit";
    } else {
      EXPECT_EQ(e.cum_qty, order.cum);
    }
    order.cum = e.cum_qty;
    order.notional = e.filled_notional;
    order.ended = e.kind == ReportKind::Canceled || e.status == OrdStatus::Filled;
  }
  void on_level(const LevelEvent& e) override {
    auto& levels = books_[{e.market, e.side}];
    EXPECT_EQ(levels[e.price], e.old_size);
    levels[e.price] = e.size;
    if (e.size.is_zero()) levels.erase(e.price);
  }
  void compare(const Exchange& exchange) const {
    for (AccountId a = 0; a < 5; ++a) {
      for (const PositionView& p : views::positions(exchange.state(), a)) {
        const auto it = net_.find({a, p.subaccount, p.market});
        if (it != net_.end()) {
          EXPECT_EQ(it->second, p.net);
        }
      }
    }
    for (MarketNo m = 0; m < views::market_count(exchange.state()); ++m) {
      for (const Side side : {Side::Buy, Side::Sell}) {
        std::map<DollarDecimal, FixedPointCount> levels;
        for (const auto& l : views::depth(exchange.state(), m, side)) levels[l.price] = l.size;
        const auto it = books_.find({m, side});
        EXPECT_EQ(levels, it == books_.end() ? decltype(levels){} : it->second);
      }
    }
  }
  DollarDecimal cash_change(AccountId account, int subaccount) const {
    const auto it = cash_.find({account, subaccount});
    return it == cash_.end() ? DollarDecimal{} : it->second;
  }

 private:
  struct Seen {
    FixedPointCount cum;
    DollarDecimal notional;
    bool ended{false};
  };
  EventNo last_event_{0};
  ExecId last_exec_{0, 0};
  std::map<OrderNo, Seen> orders_;
  std::map<std::tuple<AccountId, int, MarketNo>, FixedPointCount> net_;
  std::map<std::pair<AccountId, int>, DollarDecimal> cash_;
  std::map<std::pair<MarketNo, Side>, std::map<DollarDecimal, FixedPointCount>> books_;
};

class Storm {
 public:
  Storm(Exchange& exchange, std::uint64_t seed) : exchange_(exchange), random_(seed) {}

  void accounts() {
    exchange_.run(
        commands::CreateAccount{{"a", {{"a1-key", KeyScope::Trading}, {"a2-key", KeyScope::Trading}}, false, {usd("20000"), usd("2000")}}});
    exchange_.run(commands::CreateAccount{{"b", {{"b-key", KeyScope::Trading}}, false, {usd("20000")}}});
    exchange_.run(commands::CreateAccount{{"c", {{"c-key", KeyScope::Trading}}, true, {usd("20000")}}});
  }
  void one() {
    const auto dice = random_.below(1000);
    if (dice < 520) {
      submit();
    } else if (dice < 680) {
      amend();
    } else if (dice < 800) {
      cancel();
    } else if (dice < 840) {
      decrease();
    } else if (dice < 900) {
      group();
    } else if (dice < 985) {
      now_ += milliseconds(random_.between(1, 4'000));
      exchange_.step(now_);
    } else if (dice < 989) {
      exchange_.advance(seconds(random_.between(1, 20'000)));
    } else if (dice < 991) {
      exchange_.run(commands::MassCancel{context(), {"mass"}});
    } else if (dice < 992) {
      exchange_.run(commands::CancelAll{context(), {random_.below(2) == 0 ? std::optional(0) : std::nullopt}});
    } else if (dice < 994) {
      exchange_.run(commands::CancelOnDisconnect{context().from});
    } else if (dice < 997) {
      exchange_.run(commands::Halt{market(), random_.below(3) == 0});
    } else {
      exchange_.run(commands::SetPaused{random_.below(4) == 0});
    }
  }

 private:
  RequestContext context() {
    const auto key = views::find_key(exchange_.state(), kKeys[random_.below(4)])->key;
    return {{key, random_.below(2) == 0 ? Door::FixNR : Door::FixRT}, {}, 0};
  }
  MarketNo market() { return views::find_market(exchange_.state(), kSymbols[random_.below(2)]).value(); }
  const std::string& some_id() {
    static const std::string kNone = "none";
    return ids_.empty() ? kNone : ids_[ids_.size() - 1 - random_.below(std::min<std::size_t>(ids_.size(), 60))];
  }
  DollarDecimal price() { return DollarDecimal::from_units(random_.between(59'900, 60'100) * 100); }
  void submit() {
    static constexpr TimeInForce kTifs[] = {TimeInForce::Day, TimeInForce::GTC, TimeInForce::GTC,
                                            TimeInForce::IOC, TimeInForce::FOK, TimeInForce::GTD};
    ids_.push_back("o" + std::to_string(ids_.size()));
    NewOrder o;
    o.cl_ord_id = random_.below(50) == 0 ? some_id() : ids_.back();
    o.symbol = kSymbols[random_.below(2)];
    o.side = random_.below(2) == 0 ? Side::Buy : Side::Sell;
    o.quantity = lots(random_.between(1, 60));
    o.price = price();
    o.time_in_force = kTifs[random_.below(6)];
    if (o.time_in_force == TimeInForce::GTD) o.expire_time = exchange_.now() + seconds(random_.between(1, 100));
    o.post_only = random_.below(12) == 0;
    o.reduce_only = random_.below(12) == 0;
    o.subaccount = random_.below(6) == 0 ? 1 : 0;
    o.self_trade_prevention = random_.below(2) == 0 ? SelfTradePreventionType::Maker : SelfTradePreventionType::TakerAtCross;
    o.cancel_on_pause = random_.below(3) == 0;
    if (!groups_.empty() && random_.below(3) == 0) o.group_id = groups_[random_.below(groups_.size())];
    exchange_.run(commands::Submit{context(), o});
  }
  void amend() {
    ids_.push_back("o" + std::to_string(ids_.size()));
    AmendOrder a;
    a.cl_ord_id = ids_.back();
    const std::string orig = some_id();
    a.orig_cl_ord_id = orig;
    a.quantity = lots(random_.between(1, 80));
    if (random_.below(2) == 0) a.price = price();
    if (random_.below(4) == 0) {
      a.time_in_force = random_.below(2) == 0 ? TimeInForce::Day : TimeInForce::GTD;
      if (a.time_in_force == TimeInForce::GTD) a.expire_time = exchange_.now() + seconds(random_.between(1, 100));
    }
    exchange_.run(commands::Amend{context(), a});
  }
  void cancel() {
    CancelOrder c;
    c.cl_ord_id = "cancel";
    const std::string orig = some_id();
    c.orig_cl_ord_id = orig;
    exchange_.run(commands::Cancel{context(), c});
  }
  void decrease() {
    const RequestContext who = context();
    const auto order = views::find_order(exchange_.state(), views::key(exchange_.state(), who.from.key).account, some_id());
    if (!order) return;
    DecreaseOrder d;
    d.order_id = order->order_id.view();
    (random_.below(2) == 0 ? d.reduce_by : d.reduce_to) = lots(random_.between(0, 20));
    exchange_.run(commands::Decrease{who, d});
  }
  void group() {
    if (groups_.size() < 4 || random_.below(5) == 0) {
      const auto out = exchange_.run(commands::Group{context(), {OrderGroupAction::Create, {}, random_.between(10, 200), {}}});
      if (out.group_id) groups_.emplace_back(out.group_id->view());
      return;
    }
    static constexpr OrderGroupAction kActions[] = {OrderGroupAction::Reset, OrderGroupAction::Reset, OrderGroupAction::Trigger,
                                                    OrderGroupAction::Update, OrderGroupAction::Delete};
    exchange_.run(
        commands::Group{context(), {kActions[random_.below(5)], groups_[random_.below(groups_.size())], random_.between(1, 200), {}}});
  }

  Exchange& exchange_;
  Random random_;
  Timestamp now_{kStart};
  std::vector<std::string> ids_;
  std::vector<std::string> groups_;
};

class SimRandom : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(SimRandom, KeepsEveryPromiseAndReplaysToTheSameState) {
  test::TempFolder dir;
  ExchangeOptions options;
  options.dir = dir.path();
  options.house = GetParam() % 2 == 0;
  options.past = false;
  options.quiet_market = "none";
  options.seed = GetParam();
  if (GetParam() % 3 == 0) options.snapshot_bytes = 40'000;
  if (GetParam() % 2 == 1) options.past_in_snapshot = 0;
  std::string truth;
  {
    Exchange exchange(options);
    Bookkeeper keeper;
    exchange.add_sink(keeper);
    exchange.open(kStart).value();
    Storm storm(exchange, GetParam());
    storm.accounts();
    for (int i = 0; i < 1'500; ++i) {
      storm.one();
      const auto findings = views::check(exchange.state());
      ASSERT_TRUE(findings.empty()) << "operation " << i << ": " << findings.front();
      ASSERT_FALSE(::testing::Test::HasFailure()) << "operation " << i;
    }
    keeper.compare(exchange);
    const AccountId a = views::find_account(exchange.state(), "a").value();
    DollarDecimal funding[2];
    for (const auto& p : views::funding_history(exchange.state(), a, {}, kStart, exchange.now())) funding[p.subaccount] += p.amount;
    const auto balances = views::balances(exchange.state(), a);
    EXPECT_EQ(balances[0].cash, usd("20000") + keeper.cash_change(a, 0) + funding[0]) << "fills and funding explain all of the cash";
    EXPECT_EQ(balances[1].cash, usd("2000") + keeper.cash_change(a, 1) + funding[1]);
    truth = views::truth_json(exchange.state());
  }
  Exchange again(options);
  again.open(kStart).value();
  EXPECT_TRUE(views::check(again.state()).empty());
  // Steps without anything due are not in the journal: the clock may lag until the next step.
  const auto without_clock = [](std::string text) { return text.substr(text.find(",\"exchange_paused\"")); };
  EXPECT_TRUE(without_clock(views::truth_json(again.state())) == without_clock(truth));
}

INSTANTIATE_TEST_SUITE_P(Seeds, SimRandom, ::testing::Range<std::uint64_t>(1, 7));

}  // namespace
}  // namespace marginfix::sim
