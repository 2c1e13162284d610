// The doors of the simulated exchange that speak HTTP: REST and Klear, each with its server, gate and endpoints.
// Everything on the io_context's single thread, the engine's.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"
#include "marginfix/sessions/connection_table.hpp"
#include "sim/doors/brake.hpp"
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
  std::filesystem::path dir;  // where the Klear access token is kept
  std::chrono::milliseconds read_lag{0};
  std::function<Timestamp()> wall_now;
  std::function<void()> engine_used;                           // after the engine was called: its next timer may have moved
  std::function<void(std::string_view key_id)> key_revoked{};  // ends its sessions elsewhere
  Brake* brake{nullptr};                                       // slows down who guesses signatures and tokens; may be null
  std::shared_ptr<ConnectionTable> connections;                // as HttpServerOptions
  std::shared_ptr<LogSink> log;
};

// Where the doors are, for endpoints.json.
struct HttpAddresses {
  std::uint16_t rest_port{0}, klear_port{0};
  std::string rest_url, klear_url;
  std::string klear_admin_user_id;
  SecretString klear_access_token;
};

class HttpDoors {
 public:
  // `exchange` (open already) and `keys` must outlive this; Klear adds keys of subtraders and takes them away.
  HttpDoors(boost::asio::io_context& io, Exchange& exchange, KeyRing& keys, HttpDoorsOptions options);
  ~HttpDoors();
  HttpDoors(const HttpDoors&) = delete;
  HttpDoors& operator=(const HttpDoors&) = delete;

  Result<HttpAddresses> open();
  // Answers under way are finished first; `stopped` runs on the I/O thread.
  void stop(std::function<void()> stopped);
  void close();                               // every socket at once
  HttpFaults* faults(std::string_view door);  // "rest", "klear"; null when there is no such door

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::sim
