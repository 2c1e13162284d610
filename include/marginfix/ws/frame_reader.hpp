// From the text of one WebSocket frame to a Frame. Never refuses and never loses one: what is not JSON, not an object, of an unknown type
// or with a member that cannot be what the specification says comes out as UnknownFrame with the reason, the raw text beside it.
// Source: websocket.md "Envelope"; design decision 9.
#pragma once

#include <string_view>

#include "marginfix/json/binding.hpp"
#include "marginfix/ws/frames.hpp"

namespace marginfix::ws {

// Not thread-safe: one per connection.
class FrameReader {
 public:
  // Reads into `frame`, whose earlier content is replaced (its memory is used again).
  void read(std::string_view text, Frame& frame);
  Frame read(std::string_view text) {
    Frame frame;
    read(text, frame);
    return frame;
  }

  // What let itself be read although the specification says otherwise, since construction.
  const json::DecodeReport& report() const noexcept { return report_; }

 private:
  template <class Msg>
  bool read_as(std::string_view text, Frame& frame);
  void read_ok(std::string_view text, Frame& frame);
  void read_empty_ok(Frame& frame);
  void read_unknown(std::string_view text, Frame& frame, std::string problem);

  json::Decoder decoder_;
  json::DecodeReport report_;
  std::string problem_;
};

}  // namespace marginfix::ws
