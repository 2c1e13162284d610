// Bytes of FIX messages for the wall: finding messages in a stream, reading their headers, writing whole messages.
// Clean in C++14 and C++20, no QuickFIX. Nothing here allocates once its buffers have grown.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace marginfix {
namespace wall {

class TimeSource;

// A piece of a buffer owned by somebody else.
struct Slice {
  const char* data = nullptr;
  std::size_t size = 0;

  Slice() = default;
  Slice(const char* bytes, std::size_t count) : data(bytes), size(count) {}
  Slice(const std::string& text) : data(text.data()), size(text.size()) {}  // NOLINT(google-explicit-constructor)
  bool empty() const { return size == 0; }
  std::string text() const { return size == 0 ? std::string() : std::string(data, size); }
  bool is(char c) const { return size == 1 && data[0] == c; }
};
bool operator==(const Slice& left, const Slice& right);
inline bool operator!=(const Slice& left, const Slice& right) { return !(left == right); }

// Unsigned decimal without sign, at most 18 digits. False leaves *value alone.
bool parse_number(const Slice& text, std::int64_t* value);

// One field of a message; iteration knows the length fields of data fields, so that a SOH inside 96 does not end it.
struct Field {
  int tag = 0;  // 0: no number stood before '='
  Slice value;
  Slice whole;  // "tag=value<SOH>"
};
class FieldCursor {
 public:
  FieldCursor(const char* data, std::size_t size) : next_(data), end_(data + size) {}
  bool next(Field* field);  // false at the end, or when the rest is no field

 private:
  const char* next_;
  const char* end_;
  int data_tag_ = 0;  // the data field announced by the field before
  std::int64_t data_length_ = 0;
};

// The message's own bytes and its standard header.
struct Frame {
  Slice raw;
  Slice msg_type, sender, target, sending_time, orig_sending_time;
  std::int64_t seq = 0;  // 0: missing or no number
  bool poss_dup = false;
  bool poss_resend = false;

  bool is_admin() const;
  Slice field(int tag) const;  // first of that tag after the header; empty when absent
  bool number(int tag, std::int64_t* value) const;
};
// False when MsgType(35) is not the third field. Missing fields stay empty.
bool parse_header(const Slice& raw, Frame* frame);

struct Scan {
  enum class Kind { need_more, message, garbled, broken } kind;
  std::size_t length;  // message: its size. garbled: bytes to skip.
  std::string text;    // garbled, broken: why
};
// Finds one message at the start of a stream; BodyLength(9) and CheckSum(10) are verified here and nowhere else.
class Framer {
 public:
  explicit Framer(std::size_t max_message_size) : max_(max_message_size) {}
  Scan scan(const char* data, std::size_t size);
  void restart() { hunting_ = false; }

 private:
  Scan resync(const char* data, std::size_t size, const std::string& why);
  std::size_t max_;
  bool hunting_ = false;  // after a garbled message: looking for the next BeginString(8)
};

// A moment as SendingTime(52), with the fraction digits the session uses; the part up to the second is kept between calls.
class TimeText {
 public:
  explicit TimeText(int digits) : digits_(digits) {}
  Slice at(std::chrono::nanoseconds since_epoch);

 private:
  int digits_;
  std::int64_t second_ = -1;
  char text_[32] = {};
};
// Epoch seconds of a UTCTimestamp; false when it is none.
bool parse_utc_seconds(const Slice& text, std::int64_t* seconds);

// Writes whole messages with exact BodyLength(9) and CheckSum(10).
class Composer {
 public:
  // `time` gives SendingTime(52); null: the system's.
  Composer(const std::string& sender, const std::string& target, int timestamp_digits, const TimeSource* time = nullptr);

  struct Header {
    Slice msg_type;
    std::int64_t seq = 0;
    Slice sender_sub_id;      // 50, empty: none
    Slice orig_sending_time;  // 122, but never later than 52; not empty: a retransmission, 43=Y
    bool dup_of_now = false;  // 43=Y with 122 = 52 (gap fill)
  };
  // Valid until the next call.
  const std::string& compose(const Header& header, const Slice& body);

 private:
  std::string addresses_;  // 49, 56 and "34="
  const TimeSource* source_;
  TimeText time_;
  std::string out_;
};

}  // namespace wall
}  // namespace marginfix
