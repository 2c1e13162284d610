// The WebSocket door: upgrades on /trade-api/ws/v2/margin over the HTTP server, checks their signature, runs one connection a client, and
// lets control disturb them. Everything on the io_context's single thread, the engine's. Beast stays inside connection.cpp.
// A slow reader holds up nobody: what waits for it is bounded; past the bound its subscriptions end with error 25, and a connection that
// still does not drain is closed. Source: websocket.md "Connection"; design.md `control`.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "sim/doors/brake.hpp"
#include "sim/doors/http/server.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/keys/key_ring.hpp"

namespace marginfix::sim {

struct WsLimits {
  std::chrono::milliseconds heartbeat{10'000};      // our Pings, body `heartbeat`
  std::size_t queued_bytes{std::size_t{4} << 20};   // that wait for one client: error 25 beyond, everything waiting is thrown away
  std::chrono::milliseconds stuck{15'000};          // a write that takes longer ends the connection
  std::size_t command_bytes{std::size_t{1} << 20};  // of one command
  std::chrono::milliseconds unfinished{20'000};     // a command that has begun must be finished, else the connection ends (1008)
};

struct WsDoorOptions {
  HttpServerOptions server;
  WsLimits limits{};
  std::function<Timestamp()> wall_now;
  std::function<void()> engine_used;
  Brake* brake{nullptr};  // slows down who guesses signatures; may be null
};

class WsDoor {
 public:
  // `exchange` and `keys` must outlive it; it listens to the exchange from construction on.
  WsDoor(boost::asio::io_context& io, Exchange& exchange, const KeyRing& keys, WsDoorOptions options);
  ~WsDoor();
  WsDoor(const WsDoor&) = delete;
  WsDoor& operator=(const WsDoor&) = delete;

  Result<std::uint16_t> open();
  // Close frames (1001) to everybody; `stopped` runs on the I/O thread.
  void stop(std::function<void()> stopped);
  void close();  // every socket at once

  // ---- faults on the connections of a key ("" = all): how many there were
  std::size_t cut(std::string_view key_id);                                  // the socket, in the middle of whatever it was writing
  std::size_t cut_in_frame(std::string_view key_id);                         // half a frame, then the socket
  std::size_t skip_seq(std::string_view key_id, std::int64_t count);         // numbers are used up
  std::size_t delay(std::string_view key_id, std::chrono::milliseconds by);  // of every frame from now on
  std::size_t stall(std::string_view key_id);                                // nothing leaves any more, pongs included; the socket stays
  std::size_t send_text(std::string_view key_id, const std::string& text);   // as it is: garbage, unknown frames
  std::size_t close_with(std::string_view key_id, std::uint16_t code, const std::string& reason);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace marginfix::sim
