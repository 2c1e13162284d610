// One market through three doors: at every quiet point of random trading the FIX book, the WebSocket book and the REST book are equal.
#include <random>
#include <thread>

#include "integration/ws/fixture.hpp"
#include "marginfix/margin_fix_client.hpp"
#include "marginfix/perps_client.hpp"

namespace marginfix::ws::test {
namespace {

constexpr int kPoints = 1'000;

class BooksAgree : public WsTest {
 protected:
  void SetUp() override {
    options_.tier = "unlimited";
    open();
    const std::string file = sim().path("endpoints.json");
    rest_ = std::make_unique<PerpsClient>(PerpsConfig::from_endpoints_file(file).value());
    auto fix = MarginFixConfig::from_endpoints_file(file, {}, folder_.path("store")).value();
    fix.select({"KalshiMD"}).value();
    MarginFixClientOptions quiet;
    quiet.log = null_log_sink();
    fix_ = std::make_unique<MarginFixClient>(std::move(fix), std::move(quiet));
    fix_->market_data().subscribe(kMarket).value();
    fix_->start().value();
    ws_ = subscribe({.channel = Channel::orderbook_delta, .market_tickers = {kMarket}});
    ws_.set_handler([](const Event&) {});
  }
  void TearDown() override {
    if (fix_) fix_->stop();
  }

  OrderBook rest_book() {
    const auto answer = rest_->markets().orderbook({.ticker = kMarket}).value();
    OrderBook book(kMarket);
    book.apply_snapshot(answer.orderbook.bids, answer.orderbook.asks, Timestamp{});
    return book;
  }
  // Nothing is under way: the two streams only have to arrive.
  bool agree() {
    const OrderBook truth = rest_book();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < deadline) {
      const auto fix = fix_->market_data().book_copy(kMarket);
      const OrderBook ws = ws_.book(kMarket)->copy();
      if (fix && !ws.stale() && ws.same_levels(truth) && fix->same_levels(truth)) return true;
      std::this_thread::yield();
    }
    return false;
  }

  std::unique_ptr<PerpsClient> rest_;
  std::unique_ptr<MarginFixClient> fix_;
  Subscription ws_;
};

TEST_F(BooksAgree, AtAThousandQuietPoints) {
  std::mt19937 random(7);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  for (int point = 0; point < kPoints; ++point) {
    const bool buy = below(2) == 0;
    // Bids up to 4.2005, asks from 4.2000: now and then they meet, and the older one of the account is canceled.
    const std::int64_t ticks = buy ? 41'906 + below(100) : 42'000 + below(100);
    rest::CreateMarginOrderRequest order;
    order.ticker = kMarket;
    order.client_order_id = "o" + std::to_string(point);
    order.side = buy ? BookSide::bid : BookSide::ask;
    order.count = FixedPointCount::whole(1 + below(50));
    order.price = DollarDecimal::from_units(ticks * 100);
    order.time_in_force = below(5) == 0 ? rest::OrderTimeInForce::immediate_or_cancel : rest::OrderTimeInForce::good_till_canceled;
    order.self_trade_prevention_type = SelfTradePreventionType::Maker;
    rest_->orders().create({.body = order}).value();
    if (point % 100 == 99) rest_->orders().cancel_all().value();
    ASSERT_TRUE(agree()) << "point " << point;
  }
  EXPECT_EQ(ws_.statistics().faults, 0U);
  EXPECT_EQ(ws_.statistics().gaps, 0U);
  EXPECT_GT(ws_.statistics().frames, static_cast<std::uint64_t>(kPoints) / 2);
}

}  // namespace
}  // namespace marginfix::ws::test
