// Our client for the peer harness (one neutral acceptor, several FIX clients; scripts/bench runs them in turn), through the public headers
// alone. One JSON line on stdout:
//   rtt    one order outstanding; from before the order is made until ClOrdID(11), OrdStatus(39), Price(44) and LeavesQty(151) of its
//   report
//          have been read; the next order leaves from that handler. --warm orders are not counted
//   burst  --n orders as fast as the session takes them, until the last answer is in the handler
//   md     --n MarketDataIncrementalRefresh(X): action, type, price and size of each of the four entries read, or (--book) into an
//   OrderBook decode two messages, no connection
// cpu_us: user and system time of the whole process, an order or message. Usage: options.hpp.
#include <cstdio>
#include <thread>

#include "bench/peer/decode.hpp"
#include "bench/peer/market_data_client.hpp"
#include "bench/peer/order_client.hpp"
#include "bench/peer/process.hpp"

namespace marginfix::bench {
namespace {

void round_trips(const PeerOptions& options) {
  OrderClient client(options);
  const auto [times, cpu] = client.round_trips();
  std::printf("{\"engine\":\"%s\",\"tls\":%d,\"mode\":\"rtt\",\"n\":%d,\"p50_us\":%.2f,\"p99_us\":%.2f,\"cpu_us\":%.2f}\n",
              options.engine().c_str(), options.tls ? 1 : 0, options.count, times[times.size() / 2], times[times.size() * 99 / 100], cpu);
}

void burst(const PeerOptions& options) {
  OrderClient client(options);
  const auto result = client.burst();
  std::printf("{\"engine\":\"%s\",\"tls\":%d,\"mode\":\"burst\",\"n\":%d,\"per_s\":%.0f,\"cpu_us\":%.2f", options.engine().c_str(),
              options.tls ? 1 : 0, options.count, result.per_second, result.cpu_us);
  if (options.resident >= 0) {
    std::this_thread::sleep_for(std::chrono::seconds(options.resident));
    std::printf(",\"resident_kb_before\":%ld,\"resident_kb_after\":%ld,\"resident_kb_later\":%ld", result.resident_kb_before,
                result.resident_kb_after, resident_kb());
  }
  std::printf("}\n");
}

void market_data(const PeerOptions& options) {
  MarketDataClient client(options);
  const auto result = client.run();
  std::printf("{\"engine\":\"%s\",\"tls\":%d,\"mode\":\"md\",\"n\":%d,\"per_s\":%.0f,\"cpu_us\":%.2f}\n", options.engine().c_str(),
              options.tls ? 1 : 0, options.count, result.per_second, result.cpu_us);
}

}  // namespace
}  // namespace marginfix::bench

int main(int argc, char** argv) {
  using namespace marginfix::bench;
  try {
    const PeerOptions options = peer_options(argc, argv);
    if (options.mode == "rtt")
      round_trips(options);
    else if (options.mode == "burst")
      burst(options);
    else if (options.mode == "md")
      market_data(options);
    else
      decode_messages(options.count);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
  return 0;
}
