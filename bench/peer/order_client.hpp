// Orders and their answers: one at a time, or as many as the session takes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "bench/peer/client.hpp"

namespace marginfix::bench {

class OrderClient {
 public:
  explicit OrderClient(const PeerOptions& options);
  ~OrderClient();
  OrderClient(const OrderClient&) = delete;
  OrderClient& operator=(const OrderClient&) = delete;

  struct RoundTrips {
    std::vector<double> times;  // microseconds, from before the order was made until its answer was read; sorted
    double cpu_us{};            // of the whole process, an order
  };
  // The next order is sent from the handler of the answer.
  RoundTrips round_trips();

  struct Burst {
    double per_second{}, cpu_us{};
    long resident_kb_before{}, resident_kb_after{};
  };
  Burst burst();

 private:
  using Clock = std::chrono::steady_clock;

  void on_report(const fix::ExecutionReport& report);
  void on_round_trip();
  // False: the session refuses it for now.
  bool order(std::int64_t number);
  bool has_room(std::int64_t sent) const;
  void burst_from_here();
  void burst_on_io_thread();

  const PeerOptions& options_;
  StoreFolder store_;
  MarginFixClient client_;
  OrderEntrySession& session_;
  Finish finish_;
  bool one_at_a_time_{false};
  std::atomic<std::int64_t> answered_{0};  // written by the I/O thread
  std::int64_t sent_{0};                   // burst on the I/O thread
  std::int64_t checked_{0};
  Clock::time_point began_{}, ended_{};
  double cpu_began_{}, cpu_ended_{};
  std::vector<double> times_;
};

}  // namespace marginfix::bench
