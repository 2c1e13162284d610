// What the exchange remembers for REST: every order with its end, every fill with what it realized. It survives restarts and stays bounded.
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/record/fills.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/orders.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class Archive : public ExchangeTest {
 protected:
  Lines ids(const OrderFilter& filter = {}, std::size_t limit = 100) const {
    return names(views::list_orders(exchange.state(), alice, filter, 0, limit));
  }
  static Lines names(const OrderPage& page) {
    Lines out;
    for (const OrderView& o : page.orders) out.emplace_back(o.cl_ord_id);
    return out;
  }
  // "side count@price entry pnl fee", newest first
  Lines fills(AccountId account) const {
    Lines out;
    for (const FillView& f : views::list_fills(exchange.state(), account, {}, 0, 100).fills) {
      out.push_back(std::string(f.side == Side::Buy ? "buy " : "sell ") + f.quantity.to_string() + "@" + f.price.to_string() + " entry " +
                    f.entry_price.to_string() + " pnl " + f.realized_pnl.to_string() + (f.taker ? " taker" : " maker"));
    }
    return out;
  }
};

TEST_F(Archive, RemembersHowEachOrderEnded) {
  buy("a-key", "rests", 2, "5.0000");
  buy("a-key", "filled", 2, "6.0000");
  sell("b-key", "b1", 2, "6.0000");
  buy("a-key", "ioc", 2, "6.0000", TimeInForce::IOC);
  buy("a-key", "canceled", 2, "6.0000");
  cancel("a-key", "c", "canceled");
  EXPECT_EQ(ids(), (Lines{"canceled", "ioc", "filled", "rests"}));
  OrderFilter filter;
  filter.state = OrderState::Canceled;
  EXPECT_EQ(ids(filter), (Lines{"canceled", "ioc"}));
  filter.state = OrderState::Executed;
  EXPECT_EQ(ids(filter), Lines{"filled"});
  filter.state = OrderState::Resting;
  EXPECT_EQ(ids(filter), Lines{"rests"});
  EXPECT_FALSE(views::find_order(exchange.state(), alice, "rests")->changed);
  EXPECT_TRUE(views::find_order(exchange.state(), alice, "canceled")->changed);
}

TEST_F(Archive, PagesAreStableWhileOrdersComeAndGo) {
  for (int i = 0; i < 6; ++i) buy("a-key", "o" + std::to_string(i), 1, "6.0000");
  const OrderPage first = views::list_orders(exchange.state(), alice, {}, 0, 2);
  EXPECT_EQ(names(first), (Lines{"o5", "o4"}));
  buy("a-key", "late", 1, "6.0000");
  cancel("a-key", "c", "o3");
  const OrderPage second = views::list_orders(exchange.state(), alice, {}, first.next.value(), 2);
  EXPECT_EQ(names(second), (Lines{"o3", "o2"}));
  const OrderPage last = views::list_orders(exchange.state(), alice, {}, second.next.value(), 2);
  EXPECT_EQ(names(last), (Lines{"o1", "o0"}));
  EXPECT_FALSE(last.next);
}

TEST_F(Archive, ClosedOrdersAreForgottenAfterAMonthAndOpenOnesNever) {
  buy("a-key", "open", 1, "5.0000");
  for (int i = 0; i < 3'000; ++i) buy("a-key", "i" + std::to_string(i), 1, "5.0000", TimeInForce::IOC);
  exchange.advance(hours(24 * 29));
  buy("a-key", "later", 1, "5.0000", TimeInForce::IOC);
  EXPECT_EQ(ids({}, 5'000).size(), 3'002U);
  exchange.advance(hours(24 * 2));
  buy("a-key", "last", 1, "5.0000", TimeInForce::IOC);
  EXPECT_EQ(ids({}, 5'000), (Lines{"last", "later", "open"}));
  NewOrder again = order("i0", Side::Buy, 1, "5.0000", TimeInForce::IOC);
  again.unique_forever = true;
  EXPECT_TRUE(send("a-key", again).accepted) << "a forgotten order's id is free again";
}

TEST_F(Archive, AFillTellsTheEntryPriceItsProfitIsMeasuredAgainst) {
  buy("b-key", "b1", 2, "6.0000");
  sell("a-key", "open", 2, "6.0000", TimeInForce::IOC);  // opens: its own new entry
  buy("b-key", "b2", 2, "6.2000");
  sell("a-key", "more", 2, "6.2000", TimeInForce::IOC);  // adds: the new average
  sell("b-key", "b3", 5, "6.0500");
  buy("a-key", "turn", 5, "6.0500", TimeInForce::IOC);  // closes 4 and opens 1: against the old entry
  EXPECT_EQ(fills(alice), (Lines{"buy 5.00@6.0500 entry 6.1000 pnl 0.2000 taker", "sell 2.00@6.2000 entry 6.1000 pnl 0.0000 taker",
                                 "sell 2.00@6.0000 entry 6.0000 pnl 0.0000 taker"}));
  EXPECT_EQ(fills(bob).front(), "sell 5.00@6.0500 entry 6.1000 pnl -0.2000 maker");
  const FillPage page = views::list_fills(exchange.state(), alice, {}, 0, 1);
  EXPECT_EQ(page.fills[0].fee, usd("0.0363"));  // 0.0012 x 30.25
  EXPECT_EQ(page.fills[0].fill_id.view(), views::list_fills(exchange.state(), bob, {}, 0, 1).fills[0].fill_id.view());
}

TEST_F(Archive, FeesOfAPositionRestartAtAFullClose) {
  const auto open_fees = [&] { return views::positions(exchange.state(), alice).front().open_fees; };
  sell("b-key", "b1", 10, "6.0000");
  buy("a-key", "t1", 2, "6.0000", TimeInForce::IOC);
  EXPECT_EQ(open_fees(), usd("0.0144"));
  buy("a-key", "t2", 2, "6.0000", TimeInForce::IOC);
  EXPECT_EQ(open_fees(), usd("0.0288"));
  buy("b-key", "b2", 20, "5.9999");
  sell("a-key", "t3", 1, "5.9999", TimeInForce::IOC);
  EXPECT_GT(open_fees(), usd("0.0288")) << "a partial close belongs to the position";
  sell("a-key", "t4", 6, "5.9999", TimeInForce::IOC);  // closes 3, opens 3 short
  EXPECT_EQ(open_fees(), usd("0.0216"));               // half of the fee of 0.0432 (0.0012 x 35.9994, rounded up)
  buy("a-key", "t5", 3, "6.0000", TimeInForce::IOC);
  EXPECT_EQ(open_fees(), usd("0"));
}

TEST_F(Archive, TwoSidesOfOneAccountHaveFillIdsOfTheirOwn) {
  NewOrder a = order("f1", Side::Buy, 1, "6.0000");
  a.customer_account = "one";
  send("f-key", a);
  NewOrder b = order("f2", Side::Sell, 1, "6.0000", TimeInForce::IOC);
  b.customer_account = "two";
  send("f-key", b);
  const auto page = views::list_fills(exchange.state(), fcm, {}, 0, 10);
  ASSERT_EQ(page.fills.size(), 2U);
  EXPECT_NE(page.fills[0].fill_id.view(), page.fills[1].fill_id.view());
  EXPECT_EQ(page.fills[1].fill_id.view(), events.trades.back().match_id.view()) << "the taker's is the public trade's";
  FillFilter one;
  one.customer_account = "one";
  const auto filtered = views::list_fills(exchange.state(), fcm, one, 0, 10);
  ASSERT_EQ(filtered.fills.size(), 1U);
  EXPECT_FALSE(filtered.fills[0].taker);
}

TEST_F(Archive, FillsGoByTimeSubaccountAndPage) {
  for (int i = 0; i < 5; ++i) {
    sell("b-key", "b" + std::to_string(i), 1, "6.0000");
    const std::string id = "t" + std::to_string(i);
    NewOrder o = order(id, Side::Buy, 1, "6.0000", TimeInForce::IOC);
    o.subaccount = i % 2;
    send("a-key", o);
    exchange.advance(seconds(10));
  }
  FillFilter filter;
  filter.subaccount = 1;
  EXPECT_EQ(views::list_fills(exchange.state(), alice, filter, 0, 10).fills.size(), 2U);
  filter = {};
  filter.from = kStart + seconds(10);
  filter.to = kStart + seconds(40);
  const FillPage page = views::list_fills(exchange.state(), alice, filter, 0, 2);
  ASSERT_EQ(page.fills.size(), 2U);
  EXPECT_EQ(page.fills[0].time, kStart + seconds(30));
  const FillPage rest = views::list_fills(exchange.state(), alice, filter, page.next.value(), 2);
  ASSERT_EQ(rest.fills.size(), 1U);
  EXPECT_EQ(rest.fills[0].time, kStart + seconds(10));
  EXPECT_FALSE(rest.next);
}

TEST(FillLogTest, KeepsTheNewestFills) {
  FillLog log;
  for (std::size_t i = 0; i < kMaxFills + 5; ++i) {
    FillRecord r;
    r.match_no = i + 1;
    log.append(3, r);
  }
  EXPECT_EQ(log.accounts[3].kept.size(), kMaxFills);
  std::vector<std::uint64_t> seen;
  log.visit(3, 8, [&](const FillRecord& r) {
    seen.push_back(r.no);
    return true;
  });
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{7, 6})) << "the first five are gone";
  log.visit(7, 0, [](const FillRecord&) -> bool { throw std::runtime_error("nothing was traded there"); });
}

TEST(ArchivePersistence, ListsAreTheSameAfterARestart) {
  const auto list = [](const Exchange& exchange, AccountId account) {
    std::string text;
    for (const OrderView& o : views::list_orders(exchange.state(), account, {}, 0, 100).orders) {
      text += std::string(o.order_id.view()) + std::string(o.cl_ord_id) + std::string(to_string(o.last_update)) + to_rfc3339(o.updated) +
              o.cum_qty.to_string() + o.leaves_qty.to_string() + "\n";
    }
    for (const FillView& f : views::list_fills(exchange.state(), account, {}, 0, 100).fills) {
      text += std::string(f.fill_id.view()) + std::string(f.order_id.view()) + to_rfc3339(f.time) + f.entry_price.to_string() +
              f.realized_pnl.to_string() + f.fee.to_string() + "\n";
    }
    for (const GroupView& g : views::list_groups(exchange.state(), account, {})) {
      text += std::string(g.group_id.view()) + to_rfc3339(g.created) + to_rfc3339(g.updated) + (g.triggered ? "!" : "") + "\n";
    }
    for (const PositionView& p : views::positions(exchange.state(), account)) text += p.open_fees.to_string() + "\n";
    return text;
  };
  test::TempFolder dir;
  ExchangeOptions options;
  options.dir = dir.path();
  options.house = options.past = false;
  std::string before;
  for (const bool snapshot : {false, true}) {
    Exchange exchange(options);
    exchange.open(kStart).value();
    if (!snapshot) {
      exchange.run(commands::CreateAccount{{"alice", {{"a-key", KeyScope::Trading}}, false, {usd("100000")}}});
      exchange.run(commands::CreateAccount{{"bob", {{"b-key", KeyScope::Trading}}, false, {usd("100000")}}});
      const RequestContext a{{views::find_key(exchange.state(), "a-key")->key, Door::Rest}, {}, 0},
          b{{views::find_key(exchange.state(), "b-key")->key, Door::FixNR}, {}, 0};
      exchange.run(commands::Group{a, {OrderGroupAction::Create, {}, 5, {}}});
      for (int i = 0; i < 6; ++i) {
        const std::string id = "o" + std::to_string(i);
        NewOrder o;
        o.cl_ord_id = id;
        o.symbol = kMarket;
        o.quantity = lots(3);
        o.price = usd("6.0000");
        o.time_in_force = TimeInForce::GTC;
        o.side = i % 2 == 0 ? Side::Buy : Side::Sell;
        if (i % 2 == 1) o.quantity = lots(2);
        exchange.advance(seconds(1));
        exchange.run(commands::Submit{i % 2 == 0 ? a : b, o});
      }
      before = list(exchange, views::find_account(exchange.state(), "alice").value());
    }
    EXPECT_EQ(list(exchange, views::find_account(exchange.state(), "alice").value()), before);
    if (!snapshot) {
      exchange.checkpoint();
      exchange.advance(seconds(1));
    }
  }
  Exchange again(options);
  again.open(kStart).value();
  EXPECT_EQ(list(again, views::find_account(again.state(), "alice").value()), before);
  EXPECT_GT(before.size(), 500U);
}

}  // namespace
}  // namespace marginfix::sim
