// One client's WebSocket: frames in and out, its bounds, and the faults that control may bring upon it. It knows nothing of channels.
// Bounds of one client: bytes that wait to be sent (past them its protocol is told, and everything waiting is thrown away), the time of one
// write, the bytes of one message and the time until it is finished. All it holds is counted in the table of connections.
// Beast stays inside connection.cpp. Thread: the io_context's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sim/doors/ws/door.hpp"

namespace marginfix::sim {

struct HttpHandover;

struct WsConnectionEvents {
  std::function<void()> opened;
  std::function<void(std::string_view)> text;
  std::function<void()> overflowed;
  std::function<void()> gone;
};

class WsConnection {
 public:
  // Takes stream, place and request of the handover and answers the upgrade. It lives until `gone`, whoever holds it.
  static std::shared_ptr<WsConnection> open(boost::asio::io_context& io, HttpHandover& handover, const WsLimits& limits,
                                            WsConnectionEvents events);
  virtual ~WsConnection() = default;
  WsConnection(const WsConnection&) = delete;
  WsConnection& operator=(const WsConnection&) = delete;

  virtual void send(std::string text) = 0;
  virtual void end(std::uint16_t code, const std::string& reason) = 0;  // a Close frame behind what is being written, 2 s, then the socket
  virtual void cut() = 0;                                               // the socket, now

  // ---- faults
  virtual void stall() = 0;                              // nothing is read or written any more, pongs included; the socket stays
  virtual void cut_in_frame() = 0;                       // half a frame, then the socket
  virtual void delay(std::chrono::milliseconds by) = 0;  // of every frame from now on

 protected:
  WsConnection() = default;
};

}  // namespace marginfix::sim
