// Random lives of members by seed: wild prices, liquidations, exit triggers, transfers, customers with caps, splits, halts, jumps of the
// clock. After each step every promise of the engine is looked at; a restart must give the same state.
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/fcm.hpp"
#include "sim/exchange/commands/members.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/values/random.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/check.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/members.hpp"
#include "sim/exchange/views/truth.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kMemberKeys[] = {"a-key", "locked-key", "b-key", "c-key", "bound-key", "m-key"};
constexpr const char* kMemberSymbols[] = {"KXBTCPERP", "KXLTCPERP"};

class Members {
 public:
  Members(Exchange& exchange, std::uint64_t seed) : exchange_(exchange), random_(seed ^ 0x6D65'6D62'6572ULL) {}

  void accounts() {
    exchange_.run(commands::CreateAccount{
        {"a", {{"a-key", KeyScope::Trading, {}, {}}, {"locked-key", KeyScope::Trading, 1, {}}}, false, {usd("500"), usd("250")}}});
    exchange_.run(commands::CreateAccount{{"b", {{"b-key", KeyScope::Trading, {}, {}}}, false, {usd("400")}}});
    const AccountId c = exchange_.run(commands::CreateAccount{{"c", {{"c-key", KeyScope::Trading, {}, {}}}, true, {usd("500")}}});
    exchange_.run(commands::CreateAccount{{"maker", {{"m-key", KeyScope::Trading, {}, {}}}, false, {usd("50000000")}}});
    for (const char* suffix : {"one", "two"}) {
      std::string id;
      create_subtrader(exchange_, c, suffix, false, id);
      customers_.push_back(id);
    }
    exchange_.run(commands::AddKey{c, {"bound-key", KeyScope::Trading, {}, customers_[0]}});
    customers_.emplace_back("stranger");
  }

  void one() {
    const auto dice = random_.below(1000);
    if (dice < 430) {
      submit();
    } else if (dice < 460) {
      cancel();
    } else if (dice < 560) {
      trigger();
    } else if (dice < 620) {
      change_trigger();
    } else if (dice < 700) {
      price();
    } else if (dice < 740) {
      transfer();
    } else if (dice < 770) {
      fcm();
    } else if (dice < 960) {
      now_ += milliseconds(random_.between(1, 3'000));
      exchange_.step(now_);
    } else if (dice < 975) {
      exchange_.advance(seconds(random_.between(1, 10'000)));
    } else if (dice < 990) {
      exchange_.run(commands::Halt{market(), random_.below(3) == 0});
    } else if (dice < 995) {
      exchange_.checkpoint();
    } else {
      split();
    }
  }

  std::size_t fired{0}, triggers{0};

 private:
  RequestContext context() { return {{views::find_key(exchange_.state(), kMemberKeys[random_.below(6)])->key, Door::Rest}, {}, 0}; }
  MarketNo market() { return views::find_market(exchange_.state(), kMemberSymbols[random_.below(2)]).value(); }
  DollarDecimal near(MarketNo m, std::int64_t percent) {
    const std::int64_t ticks = views::market(exchange_.state(), m).reference_price.units() / 100;
    return DollarDecimal::from_units(std::max<std::int64_t>(1, ticks + ticks * random_.between(-percent, percent) / 100) * 100);
  }
  std::string fresh(const char* prefix) { return prefix + std::to_string(++count_); }

  void submit() {
    const MarketNo m = market();
    const std::string symbol(views::market(exchange_.state(), m).symbol), id = fresh("o");
    NewOrder o;
    o.cl_ord_id = id;
    o.symbol = symbol;
    o.side = random_.below(2) == 0 ? Side::Buy : Side::Sell;
    o.quantity = lots(random_.between(1, 400));
    o.price = near(m, 2);
    o.time_in_force = random_.below(4) == 0 ? TimeInForce::IOC : TimeInForce::GTC;
    o.reduce_only = o.time_in_force == TimeInForce::IOC && random_.below(3) == 0;
    o.subaccount = random_.below(4) == 0 ? 1 : 0;
    o.self_trade_prevention = SelfTradePreventionType::Maker;
    std::string customer;
    const RequestContext from = context();
    if (views::key(exchange_.state(), from.from.key).fcm && random_.below(2) == 0) customer = customers_[random_.below(customers_.size())];
    o.customer_account = customer;
    const OrderOutcome out = exchange_.run(commands::Submit{from, o});
    if (out.accepted) orders_.push_back(std::string(out.order_id.view()));
  }
  void cancel() {
    if (orders_.empty()) return;
    CancelOrder c;
    const std::string id = orders_[orders_.size() - 1 - random_.below(std::min<std::size_t>(orders_.size(), 40))];
    c.order_id = id;
    exchange_.run(commands::Cancel{context(), c});
  }
  void trigger() {
    SetExitTrigger t;
    t.position = {market(), random_.below(4) == 0 ? 1 : 0};
    std::string key, anchor;
    if (random_.below(4) == 0) {
      t.kind = TriggerKind::Trailing;
      if (random_.below(2) == 0) {
        t.trail_bps = static_cast<int>(random_.between(1, 300));
      } else {
        t.trail_amount = DollarDecimal::from_units(random_.between(1, 2'000) * 100);
      }
    } else {
      if (random_.below(4) != 0) t.stop_loss = near(t.position.market, 4);
      if (!t.stop_loss || random_.below(2) == 0) t.take_profit = near(t.position.market, 4);
      if (random_.below(3) != 0) {
        key = random_.below(6) == 0 && count_ > 9 ? "k" + std::to_string(random_.below(count_)) : fresh("k");
        t.client_trigger_id = key;
        if (random_.below(2) == 0 && !orders_.empty()) {
          anchor = orders_[orders_.size() - 1 - random_.below(std::min<std::size_t>(orders_.size(), 10))];
          t.anchor_order_id = anchor;
        } else {
          t.count = lots(random_.between(1, 60));
        }
      }
    }
    const TriggerOutcome out = exchange_.run(commands::SetExitTrigger{context(), t});
    if (!out.trigger) return;
    ++triggers;
    fired += out.trigger->fired_order ? 1U : 0U;
    ids_.push_back(std::string(out.trigger->id.view()));
  }
  void change_trigger() {
    const PositionName position{market(), random_.below(4) == 0 ? 1 : 0};
    const RequestContext from = context();
    if (random_.below(8) == 0) {
      exchange_.run(commands::CancelExitTriggers{from, position, std::nullopt});
      return;
    }
    const auto live = views::exit_triggers(exchange_.state(), from, position, std::nullopt);
    if (live.empty()) return;
    const std::string id(live[random_.below(live.size())].id.view());
    if (random_.below(2) == 0) {
      exchange_.run(commands::CancelExitTrigger{from, position, id});
      return;
    }
    UpdateExitTrigger u;
    u.position = position;
    u.trigger_id = id;
    u.stop_loss = near(position.market, 4);
    exchange_.run(commands::UpdateExitTrigger{from, u});
  }
  void price() {
    const MarketNo m = market();
    const DollarDecimal to = random_.below(4) == 0 ? near(m, 30) : near(m, 2);
    if (to > usd("1") && to < usd("30")) exchange_.run(commands::SetReference{m, to}).value();
  }
  void transfer() {
    const auto account = static_cast<AccountId>(2 + random_.below(4));  // after the two of the house
    const DollarDecimal amount = DollarDecimal::from_units(random_.between(1, 100'000'000));
    if (random_.below(3) == 0) {
      exchange_.run(commands::SubaccountTransfer{account, 0, 1, amount, fresh("t")});
      return;
    }
    const bool in = random_.below(2) == 0;
    InstanceTransfer t;
    t.account = account;
    t.source = in ? Instance::EventContract : Instance::Margined;
    t.destination = in ? Instance::Margined : Instance::EventContract;
    t.amount = amount;
    const std::string id = random_.below(5) == 0 ? "same" : "";
    t.client_transfer_id = id;
    exchange_.run(commands::InstanceTransfer{t});
  }
  void fcm() {
    const AccountId c = views::find_account(exchange_.state(), "c").value();
    switch (random_.below(5)) {
      case 0:
        exchange_.run(commands::SetImCap{c, customers_[random_.below(2)], {market(), {}}, DollarDecimal::whole(random_.between(0, 400))});
        break;
      case 1:
        exchange_.run(commands::SetImCap{c, customers_[random_.below(2)], {{}, "Crypto"}, DollarDecimal::whole(random_.between(0, 600))});
        break;
      case 2:
        exchange_.run(commands::DeleteImCap{c, customers_[random_.below(2)], {{}, "Crypto"}});
        break;
      case 3:
        exchange_.run(commands::SetMemberLimit{c, DollarDecimal::whole(random_.between(0, 5'000))});
        break;
      default:
        exchange_.run(commands::DeleteMemberLimit{c});
    }
  }
  void split() {
    CorporateAction action;
    action.market = market();
    action.type = CorporateActionType::StockSplit;
    action.execution_time = exchange_.now() + seconds(random_.between(0, 100));
    const bool up = views::market(exchange_.state(), action.market).reference_price > usd("6");
    action.ratio_old = up ? random_.between(1, 3) : random_.between(3, 5);
    action.ratio_new = up ? random_.between(3, 5) : random_.between(1, 3);
    exchange_.run(commands::ScheduleAction{action}).value();
  }

  Exchange& exchange_;
  Random random_;
  Timestamp now_{kStart};
  std::uint64_t count_{0};
  std::vector<std::string> orders_, ids_, customers_;
};

// Counts what the exchange did on its own.
class SystemOrders : public EventSink {
 public:
  void on_execution(const ExecutionEvent& e) override {
    if (e.kind != ReportKind::Trade) return;
    liquidations += e.system == SystemOrder::Liquidation ? 1U : 0U;
    exits += e.system == SystemOrder::TakeProfitStopLoss ? 1U : 0U;
    EXPECT_TRUE(e.system == SystemOrder::None || e.entered_by == Route{});
  }
  std::size_t liquidations{0}, exits{0};
};

class SimMemberRandom : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(SimMemberRandom, KeepsEveryPromiseAndReplaysToTheSameState) {
  test::TempFolder dir;
  ExchangeOptions options;
  options.dir = dir.path();
  options.house = GetParam() % 3 == 0;
  options.past = false;
  options.quiet_market = "none";
  options.seed = GetParam();
  if (GetParam() % 2 == 0) options.snapshot_bytes = 30'000;
  if (GetParam() % 4 == 0) options.past_in_snapshot = 0;
  std::string truth;
  {
    Exchange exchange(options);
    SystemOrders system;
    exchange.add_sink(system);
    exchange.open(kStart).value();
    Members members(exchange, GetParam());
    members.accounts();
    const int steps = options.house ? 500 : 2'000;
    for (int i = 0; i < steps; ++i) {
      members.one();
      const auto findings = views::check(exchange.state());
      ASSERT_TRUE(findings.empty()) << "step " << i << ": " << findings.front();
    }
    // With the house there is always somebody to close with: positions are small and short-lived.
    EXPECT_TRUE(options.house || system.liquidations > 0) << "the run should have seen some";
    EXPECT_GT(system.exits, 0U);
    EXPECT_GT(members.triggers, 0U);
    truth = views::truth_json(exchange.state());
  }
  Exchange again(options);
  again.open(kStart).value();
  EXPECT_TRUE(views::check(again.state()).empty());
  const auto without_clock = [](std::string text) { return text.substr(text.find(",\"exchange_paused\"")); };
  EXPECT_TRUE(without_clock(views::truth_json(again.state())) == without_clock(truth));
}

INSTANTIATE_TEST_SUITE_P(Seeds, SimMemberRandom, ::testing::Range<std::uint64_t>(1, 5));

}  // namespace
}  // namespace marginfix::sim
