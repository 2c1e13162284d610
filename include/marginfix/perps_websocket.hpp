// The front door to the exchange's margin WebSocket: one connection, any number of subscriptions, books that are right or say so.
//
//   PerpsWebSocket socket(PerpsWebSocketConfig::from_env().value());
//   auto books = socket.subscribe({.channel = ws::Channel::orderbook_delta, .market_tickers = {"KXBTCPERP"}});
//   books.set_handler([&](const ws::Event& event) { ... });
//   socket.start().value();
//   ...
//   auto book = books.book("KXBTCPERP")->copy();   // any thread; book.stale() tells whether it can be trusted
//   socket.stop();
//
// After an outage the connection comes back by itself (full jitter, capped), and with it every subscription; books start empty and stale.
// The constructor does no I/O. Threads: handlers run on the I/O thread (its own, or the executor's), one at a time, never under a lock;
// every method may be called from any thread. Guide with examples: docs/websocket.md. Source: websocket.md; observed.md.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/ws/config.hpp"
#include "marginfix/ws/subscription.hpp"

namespace marginfix {

enum class WebSocketState : std::uint8_t {
  idle,        // not started
  connecting,  // look-up, TCP, TLS, signed upgrade
  open,
  waiting,  // for the next attempt
  closing,  // our close is under way
  ended     // for good: `end` of the change says why
};
std::string_view to_string(WebSocketState state) noexcept;

enum class WebSocketEnd : std::uint8_t {
  none,
  stopped,          // stop()
  unauthorized,     // the upgrade was declined with 401 or 403
  final_close,      // the exchange closed with 1002, 1003, 1007 to 1010 or 4000 to 4999
  tls_refused,      // certificate or host name not accepted
  attempts_used_up  // most_attempts in a row failed
};
std::string_view to_string(WebSocketEnd end) noexcept;

struct WebSocketChange {
  WebSocketState state{WebSocketState::idle};
  WebSocketEnd end{WebSocketEnd::none};
  std::optional<Error> error{};               // why the last connection or attempt ended
  std::optional<std::uint16_t> close_code{};  // of the exchange
  std::optional<Timestamp> outage_since{};    // open again: when the outage began
  std::chrono::milliseconds retry_in{0};      // waiting
};

// Counters of one PerpsWebSocket since it was made. A snapshot: taken from any thread, each figure exact, not all of one instant. Those of
// one subscription: ws::Subscription::statistics().
struct WebSocketStatistics {
  std::uint64_t attempts{0};      // connections tried
  std::uint64_t opens{0};         // of them: upgraded
  std::uint64_t outages{0};       // open connections that ended unasked
  std::uint64_t frames_in{0};     // text frames, answers to commands included
  std::uint64_t bytes_in{0};      // of them, decompressed
  std::uint64_t commands_out{0};  // text frames sent
  std::uint64_t unclaimed{0};     // frames that no subscription took (on_unclaimed)
  Timestamp last_received{};      // of the latest text frame, by our clock; epoch = never
};

struct PerpsWebSocketOptions {
  // Where handlers run and the socket lives; one thing at a time (a strand or a single-threaded io_context). Empty: a thread of its own.
  boost::asio::any_io_executor executor{};
  std::shared_ptr<LogSink> log{};  // empty: silent
  // Text for every frame that is no subscription's: unknown types, unreadable text, answers nobody waits for. Never lost: without a handler
  // they are logged at warning level.
  std::function<void(const ws::Frame& frame, std::string_view why)> on_unclaimed{};
  std::function<void(const WebSocketChange&)> on_state{};
  // Every text frame as it came, before anything is made of it.
  std::function<void(std::string_view text)> on_text{};
};

class PerpsWebSocket {
 public:
  explicit PerpsWebSocket(PerpsWebSocketConfig config, PerpsWebSocketOptions options = {});
  // Like stop(). With an executor of yours: call stop() from another thread, or async_stop(), first.
  ~PerpsWebSocket();
  PerpsWebSocket(const PerpsWebSocket&) = delete;
  PerpsWebSocket& operator=(const PerpsWebSocket&) = delete;

  // Validates the configuration, reads the key, begins to connect. Errors: config, credentials, tls. Once an object.
  Result<void> start();
  // Close handshake, then everything ends; every subscription gets its `ended` event. Blocks; not from a handler.
  void stop();
  void async_stop(std::function<void()> stopped);  // `stopped` runs on the I/O thread
  // Blocks until open; Error(timeout), or the final end in words. Not from a handler.
  Result<void> wait_until_open(std::chrono::milliseconds timeout);
  WebSocketState state() const;
  WebSocketStatistics statistics() const;

  // Before or after start(). Several requests with the same markets go out as one command.
  ws::Subscription subscribe(ws::SubscribeRequest request);
  std::vector<ws::Subscription> subscribe(const std::vector<ws::SubscribeRequest>& requests);
  // What the exchange says is subscribed on this connection; `done` runs on the I/O thread.
  void list_subscriptions(std::function<void(Result<std::vector<ws::Subscribed>>)> done);

  boost::asio::any_io_executor executor() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace marginfix
