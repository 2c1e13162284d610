// A stream of MarketDataIncrementalRefresh(X) of four entries: each entry read, or all of them into an OrderBook.
#pragma once

#include <chrono>
#include <cstdint>

#include "bench/peer/client.hpp"

namespace marginfix::bench {

class MarketDataClient {
 public:
  explicit MarketDataClient(const PeerOptions& options);
  ~MarketDataClient();
  MarketDataClient(const MarketDataClient&) = delete;
  MarketDataClient& operator=(const MarketDataClient&) = delete;

  struct Stream {
    double per_second{}, cpu_us{};  // from the first X to the last
  };
  Stream run();

 private:
  using Clock = std::chrono::steady_clock;

  void read(const fix::MarketDataIncrementalRefresh& refresh);
  void look_at(const OrderBook& book);
  void count();

  const PeerOptions& options_;
  MarginFixClient client_;
  MarketDataSession& session_;
  Finish finish_;
  int got_{0};
  std::int64_t checked_{0};
  Clock::time_point began_{}, ended_{};
  double cpu_began_{}, cpu_ended_{};
};

}  // namespace marginfix::bench
