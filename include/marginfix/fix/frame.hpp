// A FIX message as a frame: finding one in a stream (8, 9, 10), its standard header, its fields one after the other, and writing one around
// a body. The one place where bytes become frames: the session layer and decode() (reader.hpp) stand on it. Knows no message, only the
// standard header; every version of FIX (BeginString(8) is a parameter).
// Clean in C++14 and C++20. Any thread; nothing allocates once its buffers have grown. Sources: FIX 4.2, FIX 4.4, FIXT 1.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "marginfix/fix/slice.hpp"

namespace marginfix {
namespace fix {

// ---- fields -----------------------------------------------------------------------------------------------------------
// One field of a message.
struct FrameField {
  std::int32_t tag = 0;  // 0: no tag number stands before '='
  Slice value;
  Slice whole;  // "tag=value<SOH>"
};

// Walks the fields of a message or of a part of one. It knows the length fields of data fields (95 of 96, ...), so that a SOH inside a data
// field does not end it.
class FieldCursor {
 public:
  FieldCursor(const char* data, std::size_t size) : next_(data), end_(data + size) {}
  explicit FieldCursor(const Slice& bytes) : FieldCursor(bytes.data, bytes.size) {}
  bool next(FrameField* field);  // false at the end, or when the rest is no field

 private:
  const char* next_;
  const char* end_;
  std::int32_t data_tag_ = 0;  // the data field announced by the field before
  std::int64_t data_length_ = 0;
};

// ---- frames -----------------------------------------------------------------------------------------------------------
// A message's bytes and where its standard header lies in them. Views into `bytes`: valid as long as these. What is absent is empty.
struct Frame {
  Slice bytes;                            // the whole message
  Slice begin_string, msg_type;           // 8 35
  Slice sender_comp_id, target_comp_id;   // 49 56
  Slice sender_sub_id, target_sub_id;     // 50 57
  Slice sending_time, orig_sending_time;  // 52 122, as text
  Slice appl_ver_id;                      // 1128
  std::int64_t msg_seq_num = -1;          // 34, -1 when absent or no number
  bool poss_dup = false;                  // 43=Y
  bool poss_resend = false;               // 97=Y
  bool checked = false;                   // BodyLength(9) and CheckSum(10) are right: by Framer::scan or check_frame
  // For decode(): the header holds the fields named here and no others, each once, none empty, 34 a number, 43 and 97 Y or N.
  bool regular = false;
  std::uint32_t header_tags = 0;  // of those fields, a bit each (marginfix/fix/detail/frame_scan.hpp)
  std::size_t body = 0;           // where the first field behind the standard header begins

  bool is_admin() const;                                     // MsgType(35) is 0 to 5 or A
  Slice field(std::int32_t tag) const;                       // the first of that tag; empty when absent
  bool number(std::int32_t tag, std::int64_t* value) const;  // false when absent or no number
};

// Reads the standard header: 8, 9, 35 and the header fields behind them in any order. 34, 49 and 56 are found behind the header too. False
// when 8, 9 and 35 are not the first three fields. BodyLength(9) and CheckSum(10) are not verified.
bool read_frame(const Slice& message, Frame* frame);
// The same, and true only if `message` is exactly one message with the right BodyLength(9) and CheckSum(10). Sets frame->checked.
bool check_frame(const Slice& message, Frame* frame);

// ---- a stream ---------------------------------------------------------------------------------------------------------
struct Scan {
  enum class Kind { need_more, message, garbled, broken } kind;
  std::size_t length;  // message: its size. garbled: bytes to skip
  std::string text;    // garbled, broken: why; a garbled scan without text skips what is no part of a message (line ends)
};
// Finds the messages of one peer in the bytes that come from it. Bytes that cannot be its messages at all (another BeginString(8), larger
// than allowed) are broken: there is no way on. A message whose BodyLength(9) or CheckSum(10) is wrong is garbled: the next one is looked
// for.
class Framer {
 public:
  explicit Framer(std::size_t max_message_size, const std::string& begin_string = "FIXT.1.1");
  // Looks at the start of the stream. Kind::message: *frame is that message, checked; its msg_type is empty when MsgType(35) is not the
  // third field.
  Scan scan(const char* data, std::size_t size, Frame* frame);
  void restart() { hunting_ = false; }  // a new stream

 private:
  Scan resync(const char* data, std::size_t size, const std::string& why);
  std::size_t max_;
  std::string start_;     // "8=FIXT.1.1<SOH>9="
  bool hunting_ = false;  // after a garbled message: looking for the next BeginString(8)
};

// ---- writing ----------------------------------------------------------------------------------------------------------
// The fields of a header that change from message to message. Texts go out as they stand: the caller vouches that none holds SOH. What is
// empty is left out.
struct FrameHeader {
  Slice msg_type;                // 35
  std::int64_t msg_seq_num = 0;  // 34
  Slice sending_time;            // 52
  bool poss_dup = false;         // 43=Y
  Slice orig_sending_time;       // 122
  Slice sender_sub_id;           // 50
  Slice target_sub_id;           // 57
  bool poss_resend = false;      // 97=Y
  Slice on_behalf_of_comp_id;    // 115
  Slice deliver_to_comp_id;      // 128
  Slice appl_ver_id;             // 1128
};

// Writes whole messages with exact BodyLength(9) and CheckSum(10): 8 9 35 49 56 34 43 52 122 50 57 97 115 128 1128, the body, 10.
class Composer {
 public:
  Composer(const Slice& begin_string, const Slice& sender_comp_id, const Slice& target_comp_id);
  // `body`: every field behind the standard header, each with its SOH; may be empty. Valid until the next call.
  const std::string& compose(const FrameHeader& header, const Slice& body);

 private:
  std::string start_;      // "8=FIXT.1.1<SOH>9="
  std::string addresses_;  // "49=...<SOH>56=...<SOH>34="
  std::string out_;
};

}  // namespace fix
}  // namespace marginfix
