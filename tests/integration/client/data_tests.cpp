// Drop copy and market data against the simulated exchange.
#include <future>

#include "fixture.hpp"

namespace marginfix::test {
namespace {

class ClientData : public ClientTest {
 protected:
  void SetUp() override { start(); }

  ~ClientData() override { const StopFirst before_the_board_goes{client_}; }
  Result<DropCopyResult> range(DropCopyRange wanted) {
    const auto promise = std::make_shared<std::promise<Result<DropCopyResult>>>();
    auto outcome = promise->get_future();
    const auto accepted = client_->drop_copy().request(std::move(wanted),
                                                       [promise](Result<DropCopyResult> result) { promise->set_value(std::move(result)); });
    if (!accepted) return accepted.error();
    if (outcome.wait_for(30s) != std::future_status::ready) return fail(ErrorCategory::internal, "the callback did not come");
    return outcome.get();
  }
  void connect_with_drop_copy() {
    connect(config({"KalshiNR", "KalshiDC"}));
    DropCopyHandlers h;
    note_common(h, copies_);
    client_->drop_copy().set_handlers(std::move(h));
  }
  std::vector<std::string> make_history(int count) {
    for (int i = 0; i < count; ++i) EXPECT_TRUE(nr().new_order(order("h" + std::to_string(made_++))));
    EXPECT_TRUE(board_.wait([&](const Notes& n) { return n.count(ExecType::New) == static_cast<std::size_t>(made_); }));
    std::vector<std::string> ids;
    for (const auto& r : board_.copy().reports) {
      if (r.type == ExecType::New) ids.push_back(r.exec_id);
    }
    return ids;
  }

  Board copies_;
  int made_{0};
};

TEST_F(ClientData, DropCopyGivesTheReportsOfARange) {
  connect_with_drop_copy();
  const auto ids = make_history(5);
  const auto got = range({ids[1], ids[3], {}});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->reports, 3U);
  EXPECT_TRUE(got->counts_agree);
  EXPECT_EQ(got->last_exec_id, ids[3]);
  EXPECT_EQ(copies_.copy().reports.size(), 3U);
}

// Markets on two shards: LastMkt(30) tells them apart, the client spends the bucket of each, and a range of drop copy holds them both.
class ClientShards : public ClientData {
 protected:
  void SetUp() override {
    options_.shards = {{"KXETHPERP", 2}};
    start();
  }
  fix::NewOrderSingle on_shard_two(std::string_view id) {
    fix::NewOrderSingle o = order(id, Side::Buy, 1, "4.0000");
    o.symbol = "KXETHPERP";
    return o;
  }
  bool rests(const std::string& id) {
    return board_.wait([&](const Notes& n) { return n.count(ExecType::New, id) == 1; });
  }
};

TEST_F(ClientShards, AreLearnedFromReportsAndToldApartInDropCopy) {
  connect_with_drop_copy();
  ASSERT_TRUE(nr().new_order(order("zero-1")));
  ASSERT_TRUE(rests("zero-1"));
  EXPECT_FALSE(client_->limits()->sharded());
  ASSERT_TRUE(nr().new_order(on_shard_two("two-1")));
  ASSERT_TRUE(rests("two-1"));
  EXPECT_TRUE(client_->limits()->sharded());
  EXPECT_NE(&client_->limits()->bucket(RequestKind::order, "KXETHPERP"), &client_->limits()->write());
  EXPECT_EQ(&client_->limits()->bucket(RequestKind::order, sim::test::kMarket), &client_->limits()->write());
  ASSERT_TRUE(nr().new_order(order("zero-2")));
  ASSERT_TRUE(nr().new_order(on_shard_two("two-2")));
  ASSERT_TRUE(rests("zero-2"));
  ASSERT_TRUE(rests("two-2"));

  const Notes live = board_.copy();
  const auto id_of = [&](const char* order) { return live.find(ExecType::New, order)->exec_id; };
  const auto all = range({"0;0", {}, {}});
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->reports, 4U);
  EXPECT_TRUE(all->counts_agree);
  ASSERT_EQ(all->last_by_mkt.size(), 2U);
  EXPECT_EQ(all->last_by_mkt[0].last_mkt, "0");
  EXPECT_EQ(all->last_by_mkt[0].exec_id, id_of("zero-2"));
  EXPECT_EQ(all->last_by_mkt[1].last_mkt, "2");
  EXPECT_EQ(all->last_by_mkt[1].exec_id, id_of("two-2"));
  // Each shard goes on from its own.
  DropCopyRange rest;
  rest.after = {{"0", id_of("zero-2")}, {"2", id_of("two-1")}};
  const auto more = range(rest);
  ASSERT_TRUE(more) << more.error().message;
  EXPECT_EQ(more->reports, 1U);
  EXPECT_TRUE(more->counts_agree);
  EXPECT_EQ(copies_.copy().reports.back().cl_ord_id, "two-2");
}

TEST_F(ClientData, DropCopyOutsideItsWindowIsRefusedByTheExchange) {
  connect_with_drop_copy();
  const auto ids = make_history(1);
  ASSERT_TRUE(sim().advance_clock(std::chrono::hours(4)));
  make_history(1);
  const auto got = range({ids[0], {}, {}});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().status, static_cast<int>(EventResendRejectReason::BeginTooSmall));
}

TEST_F(ClientData, DropCopyGoesOnAfterALostConnection) {
  connect_with_drop_copy();
  const auto ids = make_history(3);
  client_->drop_copy().kill_connection();
  std::optional<Result<DropCopyResult>> got;
  for (int i = 0; i < 50 && !(got && *got); ++i) {
    ASSERT_TRUE(client_->wait_until_active("KalshiDC", 30s));
    got = range({ids[0], {}, {}});
  }
  ASSERT_TRUE(got && *got);
  EXPECT_EQ((*got)->reports, 3U);
}

TEST_F(ClientData, ABookIsRightThenStaleThenRightAgain) {
  connect(config({"KalshiNR", "KalshiMD"}));
  struct Seen {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<BookEvent> events;
    std::optional<BookLevel> best;
  } seen;
  const StopFirst stop_first{client_};
  MarketDataHandlers h;
  h.on_book = [&](const std::string&, const OrderBook& book, BookEvent event) {
    const std::lock_guard lock(seen.mutex);
    seen.events.push_back(event);
    seen.best = book.best_bid();
    seen.changed.notify_all();
  };
  auto& md = client_->market_data();
  md.set_handlers(std::move(h));
  ASSERT_TRUE(md.subscribe(sim::test::kMarket));
  const auto wait = [&](auto condition) {
    std::unique_lock lock(seen.mutex);
    return seen.changed.wait_for(lock, 30s, condition);
  };
  ASSERT_TRUE(wait([&] { return !seen.events.empty() && seen.events.back() == BookEvent::snapshot; }));
  ASSERT_TRUE(nr().new_order(order("a", Side::Buy, 7, "5.0000")));
  ASSERT_TRUE(wait([&] { return seen.best && seen.best->size == FixedPointCount::whole(7); }));

  ASSERT_TRUE(sim().disconnect("KalshiMD", key_id("alice")));
  ASSERT_TRUE(wait([&] { return std::ranges::find(seen.events, BookEvent::stale) != seen.events.end(); }));
  ASSERT_TRUE(nr().new_order(order("b", Side::Buy, 2, "5.0000")));
  ASSERT_TRUE(wait([&] { return seen.best && seen.best->size == FixedPointCount::whole(9); }));
  const auto copy = md.book_copy(sim::test::kMarket);
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->best_bid()->size, FixedPointCount::whole(9));
}

TEST_F(ClientData, TradesAndUnknownSymbolsAndUnsubscribing) {
  connect(config({"KalshiNR", "KalshiMD"}));
  std::promise<void> traded, empty;
  const StopFirst stop_first{client_};
  MarketDataHandlers h;
  h.on_trade = [&, once = true](const fix::MDIncEntry& entry, const Inbound&) mutable {
    if (entry.md_entry_size == FixedPointCount::whole(3) && std::exchange(once, false)) traded.set_value();
  };
  h.on_snapshot = [&](const fix::MarketDataSnapshotFullRefresh& w, const Inbound&) {
    if (w.symbol == "NO-SUCH" && w.md_entries.empty()) empty.set_value();
  };
  auto& md = client_->market_data();
  md.set_handlers(std::move(h));
  ASSERT_TRUE(md.subscribe(sim::test::kMarket));
  ASSERT_TRUE(md.snapshot("NO-SUCH"));
  ASSERT_EQ(empty.get_future().wait_for(30s), std::future_status::ready);

  Board bob_board;
  MarginFixClient bob(config({"KalshiNR"}, "bob"), silent());
  bob.order_entry().set_handlers(order_handlers(bob_board));
  bob.start().value();
  ASSERT_TRUE(bob.wait_until_active(30s));
  ASSERT_TRUE(nr().new_order(order("a", Side::Buy, 3)));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::New, "a") == 1; }));
  ASSERT_TRUE(bob.order_entry().new_order(order("t", Side::Sell, 3)));
  EXPECT_EQ(traded.get_future().wait_for(30s), std::future_status::ready);
  ASSERT_TRUE(md.unsubscribe_all());
  EXPECT_TRUE(md.subscriptions().empty());
}

TEST_F(ClientData, AHaltIsToldToThoseWhoAsked) {
  connect(config({"KalshiMD"}));
  std::promise<void> halted;
  const StopFirst stop_first{client_};
  MarketDataHandlers h;
  h.on_security_status = [&, once = true](const fix::SecurityStatus& status, const Inbound&) mutable {
    if (status.security_trading_status == SecurityTradingStatus::TradingHalt && std::exchange(once, false)) halted.set_value();
  };
  client_->market_data().set_handlers(std::move(h));
  ASSERT_TRUE(client_->market_data().subscribe_status(sim::test::kMarket));
  // The status request has been read when a snapshot asked for after it is there.
  ASSERT_TRUE(client_->market_data().subscribe(sim::test::kMarket));
  auto subscribed = halted.get_future();
  for (int i = 0; i < 300 && !client_->market_data().book_copy(sim::test::kMarket); ++i) subscribed.wait_for(50ms);
  ASSERT_TRUE(sim().halt(sim::test::kMarket));
  EXPECT_EQ(subscribed.wait_for(30s), std::future_status::ready);
}

}  // namespace
}  // namespace marginfix::test
