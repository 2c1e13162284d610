// WebSocket frames to typed values beside Boost.JSON's DOM parse of the same texts, and deltas applied to a book. Ratios of one run count.
#include <benchmark/benchmark.h>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <vector>

#include "marginfix/domain/order_book.hpp"
#include "marginfix/ws/frame_reader.hpp"

namespace marginfix {
namespace {

const std::string kDelta =
    R"({"type":"orderbook_delta","sid":3,"seq":12,"msg":{"market_ticker":"KXBTCPERP","price":"6.2577","delta":"-25.00","side":"bid","ts_ms":1790000000123},"sending_ts_ms":1790000000125})";
const std::string kTrade =
    R"({"type":"trade","sid":2,"seq":7,"msg":{"trade_id":"66c3a1f2-437c-59e1-e9e0-3f7812f0787c","market_ticker":"KXBTCPERP","price":"6.3352","count":"1.00","taker_side":"ask","ts_ms":1781268270490}})";
const std::string kTicker =
    R"({"type":"ticker","sid":1,"msg":{"market_ticker":"KXBTCPERP","price":"6.2577","bid":"6.2576","ask":"6.2578","bid_size_fp":"10.00","ask_size_fp":"11.00","last_trade_size_fp":"3.00","volume":"4179467045.00","volume_notional_value_dollars":"14773192.800100","volume_24h":"5000.00","volume_24h_notional_value_dollars":"31288.500000","open_interest":"700.00","open_interest_notional_value_dollars":"4380.390000","reference_price":{"price":"6.2570","ts_ms":1781268270490},"settlement_mark_price":{"price":"6.2571","ts_ms":1781268270490},"liquidation_mark_price":{"price":"6.2572","ts_ms":1781268270490},"funding_rate":{"rate":-0.0009593552948286,"next_funding_time_ms":1781280000000,"ts_ms":1781268270490},"ts_ms":1781268270490}})";

void typed(benchmark::State& state, const std::string& text) {
  ws::FrameReader reader;
  ws::Frame frame;
  for (auto _ : state) {
    reader.read(text, frame);
    benchmark::DoNotOptimize(frame);
  }
  if (frame.as<ws::UnknownFrame>() != nullptr) state.SkipWithError("not typed");
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
}

void dom(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    auto value = boost::json::parse(text);
    benchmark::DoNotOptimize(value);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
}

// Deltas up and down over a hundred levels a side around the middle.
void book_updates(benchmark::State& state) {
  SharedOrderBook shared("KXBTCPERP");
  std::vector<BookLevel> bids, asks;
  for (int i = 0; i < 100; ++i) {
    bids.push_back({DollarDecimal::from_units(6'250'000 - i * 100), FixedPointCount::whole(100)});
    asks.push_back({DollarDecimal::from_units(6'250'100 + i * 100), FixedPointCount::whole(100)});
  }
  shared.write([&](OrderBook& book) { book.apply_snapshot(bids, asks, Timestamp{}); });
  int step = 0;
  for (auto _ : state) {
    const auto price = DollarDecimal::from_units(6'250'000 - step % 20 * 100);
    const auto delta = FixedPointCount::from_units(step % 40 < 20 ? 100 : -100);
    shared.write([&](OrderBook& book) { benchmark::DoNotOptimize(book.add_delta(BookSide::bid, price, delta, Timestamp{})); });
    ++step;
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(typed, delta, kDelta);
BENCHMARK_CAPTURE(dom, delta, kDelta);
BENCHMARK_CAPTURE(typed, trade, kTrade);
BENCHMARK_CAPTURE(dom, trade, kTrade);
BENCHMARK_CAPTURE(typed, ticker, kTicker);
BENCHMARK_CAPTURE(dom, ticker, kTicker);
BENCHMARK(book_updates);

}  // namespace
}  // namespace marginfix

BENCHMARK_MAIN();
