// One trade on the exchange, seen through FIX, REST and the WebSocket: one Trade, and for each of its two members one Fill.
#include <condition_variable>
#include <mutex>

#include "integration/ws/fixture.hpp"
#include "marginfix/fix/domain_reports.hpp"
#include "marginfix/margin_fix_client.hpp"
#include "marginfix/perps_client.hpp"
#include "marginfix/rest/domain_values.hpp"
#include "marginfix/ws/domain_values.hpp"

namespace marginfix::ws::test {
namespace {

// What a FIX client's handlers saw, waited for from the test's thread.
template <class T>
class Seen {
 public:
  void add(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    changed_.notify_all();
  }
  T first() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(20), [&] { return !values_.empty(); })) throw std::runtime_error("nothing came");
    return values_.front();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> values_;
};

class OneTrade : public WsTest {
 protected:
  std::unique_ptr<MarginFixClient> fix_client(const std::string& account, std::vector<std::string> sessions) {
    auto config =
        MarginFixConfig::from_endpoints_file(sim().path("endpoints.json"), account, folder_.path("store-" + account + sessions[0])).value();
    config.select(sessions).value();
    MarginFixClientOptions quiet;
    quiet.log = null_log_sink();
    return std::make_unique<MarginFixClient>(std::move(config), std::move(quiet));
  }
  Fill by_rest_fill(const std::string& account) {
    PerpsClient client(PerpsConfig::from_endpoints_file(sim().path("endpoints.json"), account).value());
    return rest::to_fill(client.portfolio().fills({}).value().fills.at(0)).value();
  }
};

TEST_F(OneTrade, IsOneValueThroughEveryDoor) {
  open();
  PerpsWebSocket bobs(config("bob"));
  bobs.start().value();
  auto trades = subscribe({.channel = Channel::trade, .market_tickers = {kMarket}});
  auto alices_fills = subscribe({.channel = Channel::fill});
  Subscription bobs_fills = bobs.subscribe({.channel = Channel::fill});
  next(bobs_fills, EventKind::subscribed);

  Seen<Trade> fix_trades;
  Seen<Fill> alices_reports, bobs_reports;
  Seen<bool> book;
  auto alice = fix_client("alice", {"KalshiNR", "KalshiMD"}), bob = fix_client("bob", {"KalshiNR"});
  MarketDataHandlers md;
  md.on_book = [&](const std::string&, const OrderBook&, BookEvent) { book.add(true); };
  md.on_trade = [&](const fix::MDIncEntry& entry, const Inbound&) { fix_trades.add(fix::to_trade(entry).value()); };
  alice->market_data().set_handlers(std::move(md));
  alice->market_data().subscribe(kMarket).value();
  const auto keep = [](Seen<Fill>& seen) {
    OrderEntryHandlers handlers;
    handlers.on_execution_report = [&seen](const fix::ExecutionReport& report, const Inbound&) {
      if (auto fill = fix::to_fill(report)) seen.add(*std::move(fill));
    };
    return handlers;
  };
  alice->order_entry().set_handlers(keep(alices_reports));
  bob->order_entry().set_handlers(keep(bobs_reports));
  for (auto* client : {alice.get(), bob.get()}) {
    client->start().value();
    client->wait_until_active(std::chrono::seconds(20)).value();
  }
  book.first();  // the subscription stands
  const auto order = [](const char* id, Side side, int contracts) {
    fix::NewOrderSingle o;
    o.cl_ord_id = id;
    o.symbol = kMarket;
    o.side = side;
    o.order_qty = FixedPointCount::whole(contracts);
    o.price = DollarDecimal::parse("4.2001").value();
    o.time_in_force = TimeInForce::GTC;
    return o;
  };
  auto orders = subscribe({.channel = Channel::user_orders});
  alice->order_entry().new_order(order("a1", Side::Buy, 7)).value();
  next<MarginUserOrder>(orders);  // it rests
  bob->order_entry().new_order(order("b1", Side::Sell, 4)).value();

  const Trade by_websocket = ws::to_trade(next<MarginTrade>(trades)).value();
  EXPECT_EQ(by_websocket.price.to_string(), "4.2001");
  EXPECT_EQ(by_websocket.quantity.to_string(), "4.00");
  EXPECT_EQ(by_websocket.aggressor, Side::Sell);
  const Trade by_fix = fix_trades.first();
  EXPECT_TRUE(agree(by_fix, by_websocket));
  PerpsClient client(PerpsConfig::from_endpoints_file(sim().path("endpoints.json"), {}).value());
  const Trade by_rest = rest::to_trade(client.portfolio().trades({.ticker = kMarket}).value().trades.at(0)).value();
  EXPECT_TRUE(agree(by_rest, by_websocket));
  EXPECT_TRUE(agree(by_rest, by_fix));
  EXPECT_EQ(by_rest.trade_id, by_websocket.trade_id);
  EXPECT_EQ(by_fix.trade_id, by_rest.trade_id);
  EXPECT_EQ(by_fix.time, by_websocket.time) << "to the millisecond";
  EXPECT_FALSE(by_fix.block);
  EXPECT_EQ(alice->market_data().statistics().with_findings, 0U) << "what is documented is known";

  struct Member {
    const char* account;
    Subscription& fills;
    Seen<Fill>& reports;
    bool taker;
  };
  for (const Member& m : {Member{"alice", alices_fills, alices_reports, false}, Member{"bob", bobs_fills, bobs_reports, true}}) {
    SCOPED_TRACE(m.account);
    const Fill websocket = ws::to_fill(next<MarginFill>(m.fills)).value();
    const Fill fix = m.reports.first();
    const Fill rest = by_rest_fill(m.account);
    EXPECT_TRUE(agree(fix, websocket));
    EXPECT_TRUE(agree(fix, rest));
    EXPECT_TRUE(agree(websocket, rest));
    for (const Fill* fill : {&fix, &websocket, &rest}) {
      EXPECT_EQ(fill->trade_id, by_rest.trade_id);
      EXPECT_EQ(fill->side, m.taker ? Side::Sell : Side::Buy);
      EXPECT_EQ(fill->quantity.to_string(), "4.00");
      EXPECT_EQ(fill->is_taker, m.taker);
      EXPECT_GT(fill->fee.value(), DollarDecimal{});
    }
    EXPECT_EQ(fix.post_position->to_string(), m.taker ? "-4.00" : "4.00");
    EXPECT_EQ(websocket.post_position, fix.post_position);
  }
  bobs.stop();
  alice->stop();
  bob->stop();
}

}  // namespace
}  // namespace marginfix::ws::test
