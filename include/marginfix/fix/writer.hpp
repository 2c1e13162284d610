// Messages to bytes. encode_body() makes the application body (every field after the standard header) the session wall takes;
// encode() a whole message with exact BodyLength(9) and CheckSum(10). Both append to a caller-owned Buffer; on error they leave it as it
// was. What the wire cannot carry is refused with Error(codec), its tag, and a message that names the field, e.g. "Price(44)": a fifth
// price decimal, a fractional OrderQty(38), SOH in or an empty string, a 65-character ClOrdID(11), an enum without value, ExpireTime(126)
// without TimeInForce(59)=6 or the other way round, a group id on create. Prices are written with 4 decimals, quantities with 2.
// Pure functions, any thread; no allocation once the buffer is large enough. Source: fix-margin.md.
#pragma once

#include <cstdint>
#include <string_view>

#include "marginfix/core/result.hpp"
#include "marginfix/fix/buffer.hpp"
#include "marginfix/fix/tables.hpp"

namespace marginfix::fix {

// Table fields in table order, then message.unknown as it stands (its tags must not be the table's, the header's or the trailer's).
template <Message M>
Result<void> encode_body(const M& message, Buffer& out);

// 8 9 35 34 ... in ascending tag order, the body, 10. header.msg_type may be empty; sending_time_text wins over sending_time.
// message.header is not looked at.
template <Message M>
Result<void> encode(const M& message, const HeaderOf<M>& header, Buffer& out);

// Low-level appending of single fields, for tools and tests. No checks but capacity: the caller vouches for tag and value.
class Writer {
 public:
  explicit Writer(Buffer& out) : out_(out) {}
  Writer& field(std::int32_t tag, std::string_view value);
  Writer& field(std::int32_t tag, std::int64_t value);
  Writer& field(std::int32_t tag, char value);
  Writer& field(std::int32_t tag, bool value) { return field(tag, value ? 'Y' : 'N'); }
  Writer& field(std::int32_t tag, DollarDecimal value);    // at least 4 decimals
  Writer& field(std::int32_t tag, FixedPointCount value);  // 2 decimals
  Writer& field(std::int32_t tag, Timestamp value);        // milliseconds, microseconds where it has them
  Writer& field(std::int32_t tag, const char*) = delete;   // a pointer would become a bool: say std::string_view

 private:
  Buffer& out_;
};

// Wraps fields 35... (standard header and body, each with its SOH) into a whole message: 8, 9 before, 10 after.
void frame_message(std::string_view begin_string, std::string_view fields, Buffer& out);

}  // namespace marginfix::fix
