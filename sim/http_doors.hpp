// The doors of the simulated exchange that speak HTTP: REST (and Klear), each with its server, gate and endpoints.
// Everything on the io_context's single thread, the engine's.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "sim/doors/http/faults.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/keys/key_ring.hpp"
#include "sim/keys/keys.hpp"

namespace boost::asio {
class io_context;
}

namespace marginfix::sim {

struct HttpDoorsOptions {
  std::string host;
  std::uint16_t rest_port{0}, klear_port{0};  // 0 = ephemeral
  bool tls{true};
  ServerIdentity identity;
  std::chrono::milliseconds read_lag{0};
  std::function<Timestamp()> wall_now;
  std::function<void()> engine_used;  // after the engine was called: its next timer may have moved
  std::shared_ptr<LogSink> log;
};

struct HttpPorts {
  std::uint16_t rest{0}, klear{0};
};

class HttpDoors {
 public:
  // `exchange` and `keys` must outlive this.
  HttpDoors(boost::asio::io_context& io, Exchange& exchange, const KeyRing& keys, HttpDoorsOptions options);
  ~HttpDoors();
  HttpDoors(const HttpDoors&) = delete;
  HttpDoors& operator=(const HttpDoors&) = delete;

  Result<HttpPorts> open();
  // Answers under way are finished first; `stopped` runs on the I/O thread.
  void stop(std::function<void()> stopped);
  void close();                               // every socket at once
  HttpFaults* faults(std::string_view door);  // "rest"; null when there is no such door

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::sim
