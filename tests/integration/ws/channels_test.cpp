// Every channel and every command, with the orders that make its frames.
#include "integration/ws/fixture.hpp"

namespace marginfix::ws::test {
namespace {

using sim::test::Client;
using sim::test::Order;

TEST_F(WsTest, BookFollowsTheMarketLevelByLevel) {
  open();
  Client bob(sim(), "KalshiNR", "bob");
  bob.logon({.extra = "21011=Y|"});
  bob.send("D", Order{.id = "b1", .side = '1', .quantity = "10", .price = "4.0000"}.body());
  bob.expect_report('0');
  auto s = subscribe({.channel = Channel::orderbook_delta, .market_tickers = {kMarket}});
  const auto snapshot = next<MarginOrderbookSnapshot>(s);
  ASSERT_EQ(snapshot.bid.size(), 1U);
  EXPECT_TRUE(snapshot.ask.empty());
  bob.send("D", Order{.id = "b2", .side = '1', .quantity = "5", .price = "4.0000"}.body());
  bob.expect_report('0');
  auto delta = next<MarginOrderbookDelta>(s);
  EXPECT_EQ(delta.delta.to_string(), "5.00");
  EXPECT_TRUE(delta.side == BookSide::bid);
  bob.send("F", sim::test::cancel_of("c1", "b1"));
  bob.expect_report('4');
  delta = next<MarginOrderbookDelta>(s);
  EXPECT_EQ(delta.delta.to_string(), "-10.00");
  const OrderBook book = s.book(kMarket)->copy();
  EXPECT_FALSE(book.stale());
  EXPECT_EQ(book.best_bid()->size.to_string(), "5.00");
  EXPECT_EQ(s.statistics().gaps, 0U);
}

TEST_F(WsTest, AKeyLockedToASubaccountHearsOfThatOneOnly) {
  open();
  PerpsWebSocket locked(config("alice-sub1"));
  ASSERT_TRUE(locked.start());
  auto orders = subscribe({.channel = Channel::user_orders});
  Subscription of_one = locked.subscribe({.channel = Channel::user_orders});
  Subscription book_of_one = locked.subscribe({.channel = Channel::orderbook_delta, .market_tickers = {kMarket}});
  next(of_one, EventKind::subscribed);
  next<MarginOrderbookSnapshot>(book_of_one);
  Client alice(sim(), "KalshiNR", "alice");
  alice.logon({.extra = "21011=Y|"});
  alice.send("D", Order{.id = "primary", .quantity = "3", .price = "4.0000"}.body());
  alice.expect_report('0');
  alice.send("D", Order{.id = "one", .quantity = "2", .price = "4.0000", .extra = "59=1|79=1|"}.body());
  alice.expect_report('0');
  EXPECT_EQ(next<MarginUserOrder>(orders).client_order_id, "primary");
  EXPECT_EQ(next<MarginUserOrder>(orders).client_order_id, "one");
  EXPECT_EQ(next<MarginUserOrder>(of_one).client_order_id, "one") << "the primary account's order is not its business";
  EXPECT_FALSE(next<MarginOrderbookDelta>(book_of_one).client_order_id) << "of a level it is told as everybody is";
  EXPECT_EQ(next<MarginOrderbookDelta>(book_of_one).client_order_id, "one");
}

TEST_F(WsTest, OnlyTheOwnerOfAnOrderIsToldWhichOneMovedTheLevel) {
  open();
  PerpsWebSocket bobs(config("bob"));
  ASSERT_TRUE(bobs.start());
  auto own = subscribe({.channel = Channel::orderbook_delta, .market_tickers = {kMarket}});
  Subscription theirs = bobs.subscribe({.channel = Channel::orderbook_delta, .market_tickers = {kMarket}});
  next<MarginOrderbookSnapshot>(own);
  next<MarginOrderbookSnapshot>(theirs);
  Client alice(sim(), "KalshiNR", "alice"), bob(sim(), "KalshiNR", "bob");
  alice.logon({.extra = "21011=Y|"});
  bob.logon({.extra = "21011=Y|"});
  // What alice is told, in order: price, delta, reason, client_order_id. Bob is told the first two.
  using Seen = std::vector<std::string>;
  const auto check = [&](const Seen& expected) {
    const auto d = next<MarginOrderbookDelta>(own);
    ASSERT_TRUE(d.client_order_id);
    EXPECT_EQ((Seen{d.price.to_string(), d.delta.to_string(),
                    d.last_update_reason ? std::string(d.last_update_reason->text()) : std::string(), *d.client_order_id}),
              expected);
    EXPECT_EQ(d.subaccount, 0);
    const auto public_one = next<MarginOrderbookDelta>(theirs);
    EXPECT_EQ((Seen{public_one.price.to_string(), public_one.delta.to_string()}), (Seen{expected[0], expected[1]}));
    EXPECT_FALSE(public_one.client_order_id);
    EXPECT_FALSE(public_one.last_update_reason);
    EXPECT_FALSE(public_one.subaccount);
  };
  alice.send("D", Order{.id = "a1", .side = '1', .quantity = "10", .price = "4.2000"}.body());
  check({"4.2000", "10.00", "", "a1"});
  alice.send("G", sim::test::amend_of("a2", "a1", "8", "4.2000"));
  check({"4.2000", "-2.00", "Amend", "a1"});
  alice.send("G", sim::test::amend_of("a3", "a2", "8", "4.1000"));
  check({"4.2000", "-8.00", "Amend", "a2"});
  check({"4.1000", "8.00", "Amend", "a3"});
  bob.send("D", Order{.id = "b1", .side = '2', .quantity = "3", .price = "4.1000"}.body());
  check({"4.1000", "-3.00", "Trade", "a3"});
  alice.send("F", sim::test::cancel_of("c1", "a3"));
  check({"4.1000", "-5.00", "", "a3"});  // the exchange's list has no word for a cancel that was asked for
  bobs.stop();
}

TEST_F(WsTest, TradesFillsAndOrdersReachTheirChannels) {
  open();
  auto subscriptions = socket_->subscribe({{.channel = Channel::trade, .market_tickers = {kMarket}},
                                           {.channel = Channel::fill, .market_tickers = {kMarket}},
                                           {.channel = Channel::user_orders, .market_tickers = {kMarket}}});
  for (auto& s : subscriptions) next(s, EventKind::subscribed);
  Client alice(sim(), "KalshiNR", "alice"), bob(sim(), "KalshiNR", "bob");
  alice.logon({.extra = "21011=Y|"});
  bob.logon({.extra = "21011=Y|"});
  alice.send("D", Order{.id = "a1", .side = '1', .quantity = "10", .price = "4.2000"}.body());
  alice.expect_report('0');
  const auto created = next<MarginUserOrder>(subscriptions[2]);
  EXPECT_EQ(created.client_order_id, "a1");
  EXPECT_EQ(created.remaining_count.to_string(), "10.00");
  EXPECT_FALSE(created.last_update_reason);
  EXPECT_TRUE(created.created_ts_ms.has_value());
  bob.send("D", Order{.id = "b1", .side = '2', .quantity = "4", .price = "4.2000"}.body());
  bob.expect_report('F');
  const auto trade = next<MarginTrade>(subscriptions[0]);
  EXPECT_EQ(trade.count.to_string(), "4.00");
  EXPECT_TRUE(trade.taker_side == BookSide::ask);
  const auto fill = next<MarginFill>(subscriptions[1]);
  EXPECT_EQ(fill.trade_id, trade.trade_id);
  EXPECT_FALSE(fill.is_taker);
  EXPECT_EQ(fill.post_position->to_string(), "4.00");
  EXPECT_EQ(fill.fee_cost->to_string(), "0.0084");  // 16.8 dollars x 0.0005
  const auto filled = next<MarginUserOrder>(subscriptions[2]);
  EXPECT_EQ(filled.fill_count.to_string(), "4.00");
  EXPECT_TRUE(*filled.last_update_reason == rest::LastUpdateReason::Trade);
  alice.send("F", sim::test::cancel_of("c1", "a1"));
  const auto canceled = next<MarginUserOrder>(subscriptions[2]);
  EXPECT_EQ(canceled.client_order_id, "a1");
  EXPECT_EQ(canceled.remaining_count.to_string(), "0.00");
}

TEST_F(WsTest, AnIocThatFillsAtOnceIsShownOnce) {
  open();
  auto orders = subscribe({.channel = Channel::user_orders});
  Client alice(sim(), "KalshiNR", "alice"), bob(sim(), "KalshiNR", "bob");
  alice.logon({.extra = "21011=Y|"});
  bob.logon({.extra = "21011=Y|"});
  bob.send("D", Order{.id = "b1", .side = '2', .quantity = "1", .price = "4.2000"}.body());
  bob.expect_report('0');
  alice.send("D", Order{.id = "a1", .side = '1', .quantity = "1", .price = "4.2000", .extra = "59=3|"}.body());
  const auto order = next<MarginUserOrder>(orders);
  EXPECT_EQ(order.fill_count.to_string(), "1.00");
  alice.send("D", Order{.id = "a2", .side = '1', .quantity = "1", .price = "4.0000"}.body());
  EXPECT_EQ(next<MarginUserOrder>(orders).client_order_id, "a2");  // nothing of a1 in between
}

TEST_F(WsTest, GroupEventsComeInOrder) {
  open();
  auto s = subscribe({.channel = Channel::order_group_updates});
  Client alice(sim(), "KalshiNR", "alice");
  alice.logon({.extra = "21011=Y|"});
  alice.send("UOG", "20131=1|20132=5|");
  const std::string group = alice.expect("UOH").get(20130);
  alice.send("UOG", "20131=5|20130=" + group + "|20132=7|");
  alice.send("UOG", "20131=4|20130=" + group + "|");
  alice.send("UOG", "20131=2|20130=" + group + "|");
  alice.send("UOG", "20131=3|20130=" + group + "|");
  const OrderGroupEvent expected[] = {OrderGroupEvent::created, OrderGroupEvent::limit_updated, OrderGroupEvent::triggered,
                                      OrderGroupEvent::reset, OrderGroupEvent::deleted};
  for (const OrderGroupEvent event : expected) {
    const auto update = next<OrderGroupUpdates>(s);
    EXPECT_TRUE(update.event_type == event) << update.event_type.text();
    EXPECT_EQ(update.order_group_id, group);
    EXPECT_EQ(update.contracts_limit_fp.has_value(), event == OrderGroupEvent::created || event == OrderGroupEvent::limit_updated);
  }
}

TEST_F(WsTest, TickerComesAtOnceWhenAskedForAndThenOnceASecond) {
  open();
  auto s = subscribe({.channel = Channel::ticker, .market_tickers = {kMarket}, .send_initial_snapshot = true});
  EXPECT_EQ(next<MarginTicker>(s).market_ticker, kMarket);
  Client bob(sim(), "KalshiNR", "bob");
  bob.logon({.extra = "21011=Y|"});
  for (int i = 0; i < 5; ++i) {
    bob.send("D", Order{.id = "b" + std::to_string(i), .side = '1', .quantity = "1", .price = "4.0000"}.body());
    bob.expect_report('0');
  }
  const auto ticker = next<MarginTicker>(s);
  ASSERT_TRUE(ticker.bid);
  EXPECT_EQ(ticker.bid->to_string(), "4.0000");
  EXPECT_FALSE(ticker.ask);  // nobody sells: no number that dollars can hold
  EXPECT_EQ(*ticker.unknown.find("ask"), "\"922337203685477.5807\"");
  EXPECT_TRUE(ticker.reference_price);
}

TEST_F(WsTest, MarketsAreAddedTakenAwayAndListed) {
  open();
  auto s = subscribe({.channel = Channel::orderbook_delta, .market_tickers = {kMarket}});
  next<MarginOrderbookSnapshot>(s);
  std::promise<Result<void>> added, removed, asked;
  s.add_markets({"KXBTCPERP"}, false, [&](Result<void> r) { added.set_value(r); });
  ASSERT_TRUE(added.get_future().get());
  EXPECT_EQ(next<MarginOrderbookSnapshot>(s).market_ticker, "KXBTCPERP");
  s.get_snapshot({kMarket}, [&](Result<void> r) { asked.set_value(r); });
  ASSERT_TRUE(asked.get_future().get());
  const Event again = next(s, EventKind::data);
  EXPECT_EQ(market_of(again.frame), kMarket);
  EXPECT_TRUE(again.frame.id);
  s.delete_markets({"KXBTCPERP"}, [&](Result<void> r) { removed.set_value(r); });
  ASSERT_TRUE(removed.get_future().get());
  EXPECT_EQ(s.market_tickers(), (std::vector<std::string>{kMarket}));
  std::promise<Result<std::vector<Subscribed>>> listed;
  socket_->list_subscriptions([&](Result<std::vector<Subscribed>> r) { listed.set_value(std::move(r)); });
  const auto list = listed.get_future().get();
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 1U);
  EXPECT_EQ((*list)[0].channel, "orderbook_delta");
  s.unsubscribe();
  EXPECT_FALSE(next(s).error);
  EXPECT_EQ(s.state(), SubscriptionState::ended);
}

TEST_F(WsTest, RefusedCommandsCarryTheExchangesCode) {
  open();
  auto s = socket_->subscribe({.channel = Channel::trade, .market_tickers = {"NOSUCH"}});
  const Event end = next(s);
  ASSERT_EQ(end.kind, EventKind::ended);
  EXPECT_EQ(end.error->status, 11);
  auto groups = subscribe({.channel = Channel::order_group_updates});
  std::promise<Result<void>> answer;
  groups.add_markets({kMarket}, false, [&](Result<void> r) { answer.set_value(r); });
  const auto refused = answer.get_future().get();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, 13);
}

}  // namespace
}  // namespace marginfix::ws::test
