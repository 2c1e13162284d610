// A direct marginfix connection: MarginFixClient with one KalshiRT session and its store.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "marginfix/margin_fix_client.hpp"

namespace marginfix::bench {

// [SESSION] of KalshiRT at 127.0.0.1:port, for a .cfg. `key_id`: one connection per key in a process.
std::string kalshi_rt_session(const std::string& key_id, std::uint16_t port, const std::string& ca_file, const std::string& key_file,
                              const std::string& store);

class DirectClient {
 public:
  explicit DirectClient(const std::string& cfg);
  ~DirectClient();
  DirectClient(const DirectClient&) = delete;
  DirectClient& operator=(const DirectClient&) = delete;

  // As PlainClient's; the next order is sent from the handler of the answer.
  std::vector<double> round_trips(int count);
  // Handed over by this thread as fast as the session takes them.
  void burst(int count);

 private:
  void order(const char* prefix);
  void wait(std::int64_t acknowledged);

  MarginFixClient client_;
  OrderEntrySession& session_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t orders_{0}, last_of_round_trips_{0}, checked_{0};
  std::atomic<std::int64_t> acknowledged_{0};
  std::chrono::steady_clock::time_point began_{};
  std::vector<double> times_;
};

}  // namespace marginfix::bench
