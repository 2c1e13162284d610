// The WebSocket's view of an account: frames of `fill` and `user_orders` as they came. It may be mute or refused: that is no break, only a
// source that is unknown. Handlers run on the socket's own thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "marginfix/perps_websocket.hpp"
#include "services/reconcile/feeds/record_queue.hpp"

namespace marginfix::reconcile {

class WsFeed {
 public:
  WsFeed(std::string account, PerpsWebSocketConfig config, std::shared_ptr<LogSink> log, RecordQueue& queue);
  ~WsFeed();
  WsFeed(const WsFeed&) = delete;
  WsFeed& operator=(const WsFeed&) = delete;
  // Errors as PerpsWebSocket::start(); the source is then unknown.
  Result<void> start();
  void stop();
  // Frames found no room: what is true of the source is told again, behind what said that they are missing.
  void left_out();

 private:
  void on_state(const WebSocketChange& change);
  void state(SourceState state, const std::string& why);

  std::string account_;
  RecordQueue& queue_;
  std::mutex mutex_;
  std::string told_;  // the source's latest state
  std::unique_ptr<PerpsWebSocket> socket_;
};

}  // namespace marginfix::reconcile
