// Bytes to messages: framing, a cheap look at the header, and zero-copy decoding into caller-owned structs.
// Pure functions, any thread. No allocation in the steady state: decode into the same struct again and again.
// Bytes that are structurally no FIX message (8, 9, 35 or 10 missing, wrong BodyLength or CheckSum, a tag that is no number,
// a field without '=') give Error(decode) with tag, offset and the bytes (RawData(96) redacted). Everything else is delivered,
// with findings. Source: FIXT 1.1; fix-margin.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

#include "marginfix/core/result.hpp"
#include "marginfix/fix/findings.hpp"
#include "marginfix/fix/frame.hpp"
#include "marginfix/fix/tables.hpp"

namespace marginfix::fix {

inline constexpr std::size_t kMaxMessageSize = std::size_t{1} << 20;

// ---- framing ----------------------------------------------------------------------------------------------------------
enum class FrameStatus : std::uint8_t {
  complete,   // drop `skip` bytes of garbage, then `size` bytes are one message (CheckSum not yet looked at)
  need_more,  // drop `skip` bytes of garbage, then wait: the rest may become a message
  garbage     // drop `skip` bytes (more than 0) and look again
};
struct FrameResult {
  FrameStatus status{FrameStatus::need_more};
  std::size_t skip{0};
  std::size_t size{0};  // complete: of the message; need_more: of the message if already known, else 0
};
// Looks at the start of a byte stream. After garbage it resynchronises at the next "8=FIX". A message longer than max_size, or whose
// BodyLength(9) does not lead to a CheckSum(10), is garbage. Garbage always makes progress.
FrameResult find_message(std::string_view bytes, std::size_t max_size = kMaxMessageSize) noexcept;

// True when CheckSum(10) of a framed message is right.
bool checksum_ok(std::string_view message) noexcept;
// The sum CheckSum(10) must show over these bytes.
unsigned checksum(std::string_view bytes) noexcept;

// ---- a look at the header ---------------------------------------------------------------------------------------------
// The standard header (frame.hpp). Error(decode) when the bytes do not start 8, 9, 35; BodyLength(9) and CheckSum(10) are not looked at.
Result<Frame> peek(std::string_view message);

// ---- decoding ---------------------------------------------------------------------------------------------------------
// One whole message: BodyLength(9) and CheckSum(10) are verified. `out` and `findings` are overwritten; on Error their content is
// unspecified. Error(decode) too when MsgType(35) is another message's. Instantiated for every message of tables.hpp.
template <Message M>
Result<void> decode(std::string_view message, M& out, Findings& findings);
// The same message from a frame. One that has been checked (Framer::scan, check_frame; a session's Inbound::frame) is not summed again, and
// its header is taken over as it was read. `out` refers to the frame's bytes, not to the frame.
template <Message M>
Result<void> decode(const Frame& frame, M& out, Findings& findings);

// A message type we have no table for: header and every body field in order.
struct UnknownMessage {
  static constexpr std::string_view kMsgType = "";
  Header header;
  UnknownFields unknown;
};
Result<void> decode_unknown(std::string_view message, UnknownMessage& out, Findings& findings);
Result<void> decode_unknown(const Frame& frame, UnknownMessage& out, Findings& findings);

namespace detail {
template <class... Ms>
using AnyVariant = std::variant<UnknownMessage, Ms...>;
}
using AnyMessage = MessageList<detail::AnyVariant>;

// Any message by its MsgType(35). An `out` that already holds that alternative is reused: no allocation in the steady state.
Result<void> decode_any(std::string_view message, AnyMessage& out, Findings& findings);
Result<void> decode_any(const Frame& frame, AnyMessage& out, Findings& findings);

// visitor(const M&, const Findings&) for tools.
template <class Visitor>
Result<void> decode_any(std::string_view message, Visitor&& visitor) {
  AnyMessage any;
  Findings findings;
  if (auto done = decode_any(message, any, findings); !done) return done;
  std::visit([&](const auto& m) { visitor(m, std::as_const(findings)); }, any);
  return {};
}

inline const Header& header_of(const AnyMessage& any) noexcept {
  return std::visit([](const auto& m) -> const Header& { return m.header; }, any);
}

}  // namespace marginfix::fix
