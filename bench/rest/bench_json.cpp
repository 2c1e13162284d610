// Decoding JSON of the REST API into its types beside Boost.JSON's DOM parse of the same bytes in the same run. Ours: every member typed
// (exact decimals, times, words of enumerations), required ones checked, unknown ones kept. The DOM: values as they come, numbers as
// doubles, nothing looked up; once with its own memory a text, once with a memory pool that is kept. Prints a table of ratios at the end.
#include <benchmark/benchmark.h>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "marginfix/rest/margin.hpp"
#include "marginfix/rest/markets.hpp"
#include "marginfix/rest/orders.hpp"

namespace {

using namespace marginfix;

// A number of `decimals` decimals that differs from market to market.
std::string decimal(int seed, int whole, int decimals) {
  std::string out = std::to_string(seed % whole) + '.';
  for (int i = 0; i < decimals; ++i) out += static_cast<char>('0' + (seed * 7 + i * 3) % 10);
  return out;
}

// A market as the exchange writes one: every member of the specification, keys in alphabetical order.
std::string market(int i) {
  const std::string price = decimal(i, 10, 4);
  const std::string mark = "{\"price\":\"" + decimal(i + 1, 10, 4) + "\",\"ts_ms\":17812590" + std::to_string(10'000 + i) + "}";
  const std::string leverage = R"({"1000":5.899,"10000":5.899,"100000":5.8)" + std::to_string(i % 10) + R"(,"1000000":5.8143})";
  return R"({"ask":")" + price + R"(","ask_size_fp":"117.00","asset_class":"Crypto","bid":")" + decimal(i + 3, 10, 4) +
         R"(","bid_size_fp":"4120.00","contract_size":"0.000100","exchange_index":0,"fractional_trading_enabled":false,)"
         R"("funding_cap":0.02,"funding_deadband":0.0001,"funding_invalid_premium_handling":"dampen","funding_limit_unit":"percentage",)"
         R"("halt_sources":[],"leverage_estimate":5.899,"leverage_estimates":)" +
         leverage + R"(,"liquidation_mark_price":)" + mark + R"(,"long_leverage_estimates":)" + leverage +
         R"(,"market_id":"0189f5a2-8c1e-7c3e-9d7b-2f6a5b4c3d2e","market_version":1,"open_interest":"2332769.00",)"
         R"("open_interest_notional_value_dollars":"14773192.800100","price":")" +
         price + R"(","product_metadata":{"important_info":{"markdown":"Contract number )" + std::to_string(i) +
         R"( tracks an index.\nSee the rulebook."}},"reference_price":)" + mark + R"(,"schedule":null,"settlement_mark_price":)" + mark +
         R"(,"short_leverage_estimates":)" + leverage + R"(,"status":"active","tick_size":"0.0001","ticker":"KXMARKET)" +
         std::to_string(i) +
         R"(PERP","title":".0001 BTC","underlying_multiplier":"1","volume":"4179467045.00","volume_24h":"1877080.00",)"
         R"("volume_24h_notional_value_dollars":"11687174.591200","volume_notional_value_dollars":"3245141294.960300"})";
}

template <class Item>
std::string list(const char* name, int n, Item item) {
  std::string out = std::string("{\"") + name + "\":[";
  for (int i = 0; i < n; ++i) out += (i == 0 ? "" : ",") + item(i);
  return out + "],\"cursor\":\"\"}";
}

std::string order(int i) {
  return R"({"client_order_id":"2a7e1530-f7aa-4baf-9875-f08d22914864","created_time":"2026-06-12T02:47:03.575498Z","fill_count":"1.00",)"
         R"("last_update_reason":"","last_update_time":"2026-06-12T02:47:03.575498Z","order_id":"80912379-0fdd-4e5a-a814-1bf24fc0c60f",)"
         R"("order_source":"user","price":")" +
         decimal(i, 10, 4) +
         R"(","remaining_count":"0.00","self_trade_prevention_type":"taker_at_cross","side":"bid",)"
         R"("ticker":"KXBTCPERP1","user_id":"f50604b8-d25a-4b0c-b3c9-ce5b48ffcad0"})";
}

std::string level(int i) { return "[\"" + decimal(i, 10, 4) + "\",\"" + std::to_string(i) + ".00\"]"; }
std::string orderbook(int levels) {
  std::string bids, asks;
  for (int i = 0; i < levels; ++i) bids += (i == 0 ? "" : ",") + level(i), asks += (i == 0 ? "" : ",") + level(levels + i);
  return R"({"orderbook":{"asks":[)" + asks + R"(],"bids":[)" + bids + "]}}";
}

struct Body {
  const char* name;
  std::string text;
  const json::TypeInfo* type;
};
const Body& body(std::size_t i) {
  static const Body kBodies[] = {
      {"1,000 markets", list("markets", 1'000, market), &json::type_of<rest::GetMarginMarketsResponse>()},
      {"1,000 orders", list("orders", 1'000, order), &json::type_of<rest::GetMarginOrdersResponse>()},
      {"book of 2x100 levels", orderbook(100), &json::type_of<rest::MarginOrderbookResponse>()},
      {"one created order",
       R"({"average_fee_paid":"0.0031","average_fill_price":"6.3556","client_order_id":"bef4e2b3-cd3f-487c-a242-70c4209d96ab",)"
       R"("fill_count":"1.00","order_id":"01740d1e-b68b-416f-bbf0-244547fb5ddb","remaining_count":"0.00"})",
       &json::type_of<rest::CreateMarginOrderResponse>()}};
  return kBodies[i];
}
constexpr int kBodies = 4;

std::map<std::string, double> megabytes_a_second;  // by benchmark name, for the table

void finish(benchmark::State& state, const Body& b, const char* what) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(b.text.size()));
  state.SetLabel(std::string(what) + ", " + b.name);
}

void decode_ours(benchmark::State& state) {
  const Body& b = body(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    json::AnyValue value(*b.type);
    const auto read = json::decode(*b.type, value.get(), b.text);
    if (!read) return state.SkipWithError(read.error().message.c_str());
    benchmark::DoNotOptimize(value.get());
  }
  finish(state, b, "ours");
}

void parse_dom(benchmark::State& state) {
  const Body& b = body(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const auto value = boost::json::parse(b.text);
    benchmark::DoNotOptimize(&value);
  }
  finish(state, b, "DOM");
}

void parse_dom_pool(benchmark::State& state) {
  const Body& b = body(static_cast<std::size_t>(state.range(0)));
  std::vector<unsigned char> buffer(b.text.size() * 16);
  for (auto _ : state) {
    boost::json::monotonic_resource memory(buffer.data(), buffer.size());
    const auto value = boost::json::parse(b.text, &memory);
    benchmark::DoNotOptimize(&value);
  }
  finish(state, b, "DOM in a pool");
}

void encode_order(benchmark::State& state) {
  const rest::CreateMarginOrder request{{.ticker = "KXBTCPERP",
                                         .client_order_id = "2a7e1530-f7aa-4baf-9875-f08d22914864",
                                         .side = BookSide::bid,
                                         .count = FixedPointCount::whole(10),
                                         .price = DollarDecimal::from_units(6'257'700),
                                         .time_in_force = rest::OrderTimeInForce::good_till_canceled,
                                         .self_trade_prevention_type = SelfTradePreventionType::TakerAtCross}};
  for (auto _ : state) {
    const auto prepared = rest::prepare(request);
    benchmark::DoNotOptimize(&prepared);
  }
  state.SetLabel("check and write one order");
}

BENCHMARK(decode_ours)->DenseRange(0, kBodies - 1);
BENCHMARK(parse_dom)->DenseRange(0, kBodies - 1);
BENCHMARK(parse_dom_pool)->DenseRange(0, kBodies - 1);
BENCHMARK(encode_order);

class Reporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      const auto rate = run.counters.find("bytes_per_second");
      if (run.run_type == Run::RT_Iteration && rate != run.counters.end())
        megabytes_a_second[run.benchmark_name()] = rate->second.value / 1e6;
    }
  }
};

double rate_of(const char* name, int i) {
  const auto found = megabytes_a_second.find(std::string(name) + '/' + std::to_string(i));
  return found == megabytes_a_second.end() ? 0 : found->second;
}

void print_table() {
  std::printf("\n%-22s %10s %10s %10s %14s\n", "MB/s", "ours", "DOM", "DOM, pool", "ours over DOM");
  for (int i = 0; i < kBodies; ++i) {
    const double ours = rate_of("decode_ours", i);
    const double dom = rate_of("parse_dom", i);
    const double pool = rate_of("parse_dom_pool", i);
    if (ours <= 0 || dom <= 0 || pool <= 0) continue;
    std::printf("%-22s %10.0f %10.0f %10.0f %6.2f %6.2f\n", body(static_cast<std::size_t>(i)).name, ours, dom, pool, ours / dom,
                ours / pool);
  }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  print_table();
  return 0;
}
