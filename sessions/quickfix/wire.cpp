// Bytes of FIX messages for the wall, see wire.hpp.
#include "sessions/quickfix/wire.hpp"

#include <time.h>

#include <algorithm>
#include <cstring>

#include "marginfix/core/monotonic.hpp"
#include "sessions/quickfix/engine.hpp"

namespace marginfix {
namespace wall {
namespace {

constexpr char kSoh = '\x01';
const char kStart[] =
    "8=FIXT.1.1\x01"
    "9=";
constexpr std::size_t kStartSize = sizeof(kStart) - 1;
constexpr std::size_t kTrailerSize = 7;  // "10=" three digits SOH
constexpr std::size_t kMaxLengthDigits = 9;

// The data field that a length field announces, 0 when it announces none (FIX 5.0 SP2 volume 6).
int data_field_of(int length_tag) {
  switch (length_tag) {
    case 90:
      return 91;
    case 93:
      return 89;
    case 95:
      return 96;
    case 212:
      return 213;
    default:
      return length_tag >= 348 && length_tag <= 364 && length_tag % 2 == 0 ? length_tag + 1 : 0;
  }
}

bool is_header_tag(int tag) {
  switch (tag) {
    case 8:
    case 9:
    case 34:
    case 35:
    case 43:
    case 49:
    case 50:
    case 52:
    case 56:
    case 57:
    case 90:
    case 91:
    case 97:
    case 115:
    case 116:
    case 122:
    case 128:
    case 129:
    case 142:
    case 143:
    case 144:
    case 145:
    case 212:
    case 213:
    case 347:
    case 369:
    case 370:
    case 627:
    case 628:
    case 629:
    case 630:
    case 1128:
    case 1129:
    case 1156:
      return true;
    default:
      return false;
  }
}

std::string printable(const char* data, std::size_t size) {
  std::string text(data, std::min<std::size_t>(size, 40));
  for (char& c : text) {
    if (c == kSoh) c = '|';
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

unsigned checksum(const char* data, std::size_t size) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += static_cast<unsigned char>(data[i]);
  return sum & 0xffU;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

// "10=ddd<SOH>" at `trailer` with the sum of everything before it.
bool trailer_stands(const char* trailer) {
  return trailer[-1] == kSoh && trailer[0] == '1' && trailer[1] == '0' && trailer[2] == '=' && digit(trailer[3]) && digit(trailer[4]) &&
         digit(trailer[5]) && trailer[6] == kSoh;
}
unsigned trailer_value(const char* trailer) {
  return static_cast<unsigned>((trailer[3] - '0') * 100 + (trailer[4] - '0') * 10 + (trailer[5] - '0'));
}

void append_number(std::string* out, std::int64_t value) {
  char text[20];
  std::size_t at = sizeof text;
  do {
    text[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value > 0);
  out->append(text + at, sizeof text - at);
}
std::size_t digits_of(std::int64_t value) {
  std::size_t count = 1;
  for (; value > 9; value /= 10) ++count;
  return count;
}

void put_digits(char* at, int count, std::int64_t value) {
  for (int i = count - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

// Of two UTCTimestamps. The wall clock may have been set back since a message was sent.
bool later(const Slice& left, const Slice& right) {
  if (left.empty() || right.empty()) return false;
  const int order = std::memcmp(left.data, right.data, std::min(left.size, right.size));
  return order > 0 || (order == 0 && left.size > right.size);
}

void note_header_field(const Field& field, Frame* frame) {
  switch (field.tag) {
    case 34:
      if (!parse_number(field.value, &frame->seq)) frame->seq = 0;
      break;
    case 43:
      frame->poss_dup = field.value.is('Y');
      break;
    case 49:
      frame->sender = field.value;
      break;
    case 52:
      frame->sending_time = field.value;
      break;
    case 56:
      frame->target = field.value;
      break;
    case 97:
      frame->poss_resend = field.value.is('Y');
      break;
    case 122:
      frame->orig_sending_time = field.value;
      break;
    default:
      break;
  }
}

}  // namespace

bool operator==(const Slice& left, const Slice& right) {
  return left.size == right.size && (left.size == 0 || std::memcmp(left.data, right.data, left.size) == 0);
}

bool parse_number(const Slice& text, std::int64_t* value) {
  if (text.size == 0 || text.size > 18) return false;
  std::int64_t result = 0;
  for (std::size_t i = 0; i < text.size; ++i) {
    if (!digit(text.data[i])) return false;
    result = result * 10 + (text.data[i] - '0');
  }
  *value = result;
  return true;
}

bool FieldCursor::next(Field* field) {
  if (next_ == end_) return false;
  const char* const begin = next_;
  const char* at = begin;
  int tag = 0;
  bool number = true;
  for (; at != end_ && *at != '=' && *at != kSoh; ++at) {
    number = number && digit(*at) && tag < 100000000;
    tag = number ? tag * 10 + (*at - '0') : 0;
  }
  if (at == end_ || *at == kSoh) return false;
  const char* const value = ++at;
  const auto rest = static_cast<std::size_t>(end_ - value);
  const char* stop = nullptr;
  if (data_tag_ != 0 && tag == data_tag_ && static_cast<std::uint64_t>(data_length_) < rest && value[data_length_] == kSoh) {
    stop = value + data_length_;
  } else {
    stop = static_cast<const char*>(std::memchr(value, kSoh, rest));
  }
  if (stop == nullptr) return false;
  field->tag = number ? tag : 0;
  field->value = Slice(value, static_cast<std::size_t>(stop - value));
  field->whole = Slice(begin, static_cast<std::size_t>(stop + 1 - begin));
  data_tag_ = data_field_of(field->tag);
  if (data_tag_ != 0 && !parse_number(field->value, &data_length_)) data_tag_ = 0;
  next_ = stop + 1;
  return true;
}

bool Frame::is_admin() const {
  static const char kTypes[] = {'0', 'A', '1', '2', '3', '4', '5'};
  return msg_type.size == 1 && std::memchr(kTypes, msg_type.data[0], sizeof kTypes) != nullptr;
}

Slice Frame::field(int tag) const {
  FieldCursor cursor(raw.data, raw.size);
  Field each;
  while (cursor.next(&each)) {
    if (each.tag == tag) return each.value;
  }
  return Slice();
}

bool Frame::number(int tag, std::int64_t* value) const { return parse_number(field(tag), value); }

bool parse_header(const Slice& raw, Frame* frame) {
  *frame = Frame();
  frame->raw = raw;
  FieldCursor cursor(raw.data, raw.size);
  Field field;
  if (!cursor.next(&field) || field.tag != 8 || !cursor.next(&field) || field.tag != 9) return false;
  if (!cursor.next(&field) || field.tag != 35 || field.value.empty()) return false;
  frame->msg_type = field.value;
  bool in_header = true;
  // The standard header comes first; a peer that puts one of its fields later is still understood.
  while ((in_header || frame->seq == 0 || frame->sender.empty() || frame->target.empty()) && cursor.next(&field)) {
    in_header = in_header && is_header_tag(field.tag);
    if (is_header_tag(field.tag) && (in_header || field.tag == 34 || field.tag == 49 || field.tag == 56)) note_header_field(field, frame);
  }
  return true;
}

Scan Framer::resync(const char* data, std::size_t size, const std::string& why) {
  const char* const end = data + size;
  const char* const from = hunting_ ? data : data + std::min<std::size_t>(size, 1);
  const char* const found = std::search(from, end, kStart, kStart + kStartSize);
  hunting_ = found == end;
  if (found != end) return Scan{Scan::Kind::garbled, static_cast<std::size_t>(found - data), why};
  // A BeginString(8) may have begun at the very end: keep what could be one.
  const std::size_t keep = std::min<std::size_t>(size, kStartSize - 1);
  if (size == keep) return Scan{Scan::Kind::need_more, 0, std::string()};
  return Scan{Scan::Kind::garbled, size - keep, why};
}

Scan Framer::scan(const char* data, std::size_t size) {
  std::size_t line_ends = 0;  // some peers end each message with a line end, which is no part of it
  while (line_ends < size && (data[line_ends] == '\r' || data[line_ends] == '\n')) ++line_ends;
  if (line_ends > 0) return Scan{Scan::Kind::garbled, line_ends, std::string()};
  if (hunting_) {
    Scan found = resync(data, size, std::string());
    if (hunting_ || found.length > 0) return found;
  }
  if (std::memcmp(data, kStart, std::min(size, kStartSize)) != 0) {
    return Scan{Scan::Kind::broken, 0, "bytes that are no FIXT.1.1 message: " + printable(data, size)};
  }
  std::size_t at = kStartSize;
  std::size_t length = 0;
  for (; at < size && digit(data[at]) && at < kStartSize + kMaxLengthDigits; ++at)
    length = length * 10 + static_cast<std::size_t>(data[at] - '0');
  if (at >= size) return Scan{Scan::Kind::need_more, 0, std::string()};
  if (data[at] != kSoh || at == kStartSize) return resync(data, size, "BodyLength(9) is no number: " + printable(data, size));
  ++at;
  const std::size_t total = at + length + kTrailerSize;
  if (total > max_) {
    return Scan{Scan::Kind::broken, 0,
                "a message of " + std::to_string(total) + " bytes, more than the " + std::to_string(max_) + " accepted"};
  }
  if (size < total) return Scan{Scan::Kind::need_more, 0, std::string()};
  const char* const trailer = data + at + length;
  if (!trailer_stands(trailer)) return resync(data, size, "BodyLength(9) does not lead to CheckSum(10): " + printable(data, size));
  if (checksum(data, at + length) != trailer_value(trailer)) {
    return Scan{Scan::Kind::garbled, total, "CheckSum(10) is wrong: " + printable(data, size)};
  }
  return Scan{Scan::Kind::message, total, std::string()};
}

namespace {
class SystemTime final : public TimeSource {
 public:
  std::chrono::nanoseconds monotonic() const override { return monotonic_time(); }
  std::chrono::nanoseconds wall() const override {
    timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return std::chrono::seconds(ts.tv_sec) + std::chrono::nanoseconds(ts.tv_nsec);
  }
};
}  // namespace

const TimeSource& system_time() {
  static const SystemTime one;
  return one;
}

Slice TimeText::at(std::chrono::nanoseconds since_epoch) {
  const time_t second = static_cast<time_t>(since_epoch / std::chrono::seconds(1));
  const std::int64_t nanosecond = (since_epoch % std::chrono::seconds(1)).count();
  if (second != second_) {
    second_ = second;
    tm parts;
    gmtime_r(&second, &parts);
    put_digits(text_, 4, parts.tm_year + 1900);
    put_digits(text_ + 4, 2, parts.tm_mon + 1);
    put_digits(text_ + 6, 2, parts.tm_mday);
    text_[8] = '-';
    put_digits(text_ + 9, 2, parts.tm_hour);
    text_[11] = ':';
    put_digits(text_ + 12, 2, parts.tm_min);
    text_[14] = ':';
    put_digits(text_ + 15, 2, parts.tm_sec);
    text_[17] = '.';
  }
  if (digits_ <= 0) return Slice(text_, 17);
  put_digits(text_ + 18, digits_, digits_ == 3 ? nanosecond / 1000000 : nanosecond / 1000);
  return Slice(text_, 18 + static_cast<std::size_t>(digits_));
}

bool parse_utc_seconds(const Slice& text, std::int64_t* seconds) {
  const char* const t = text.data;
  if (text.size < 17 || t[8] != '-' || t[11] != ':' || t[14] != ':') return false;
  std::int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!parse_number(Slice(t, 4), &year) || !parse_number(Slice(t + 4, 2), &month) || !parse_number(Slice(t + 6, 2), &day) ||
      !parse_number(Slice(t + 9, 2), &hour) || !parse_number(Slice(t + 12, 2), &minute) || !parse_number(Slice(t + 15, 2), &second)) {
    return false;
  }
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return false;
  *seconds = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
  return true;
}

Composer::Composer(const std::string& sender, const std::string& target, int timestamp_digits, const TimeSource* time)
    : addresses_("49=" + sender + kSoh + "56=" + target + kSoh + "34="),
      source_(time != nullptr ? time : &system_time()),
      time_(timestamp_digits) {}

const std::string& Composer::compose(const Header& header, const Slice& body) {
  const Slice now = time_.at(source_->wall());
  const Slice original = header.dup_of_now || later(header.orig_sending_time, now) ? now : header.orig_sending_time;
  const std::size_t length = 3 + header.msg_type.size + 1 + addresses_.size() + digits_of(header.seq) + 1 + (original.empty() ? 0 : 5) + 3 +
                             now.size + 1 + (original.empty() ? 0 : 4 + original.size + 1) +
                             (header.sender_sub_id.empty() ? 0 : 3 + header.sender_sub_id.size + 1) + body.size;
  out_.clear();
  out_.append(kStart, kStartSize);
  append_number(&out_, static_cast<std::int64_t>(length));
  out_.append(
          "\x01"
          "35=",
          4)
      .append(header.msg_type.data, header.msg_type.size)
      .push_back(kSoh);
  out_.append(addresses_);
  append_number(&out_, header.seq);
  out_.push_back(kSoh);
  if (!original.empty()) out_.append("43=Y\x01", 5);
  out_.append("52=", 3).append(now.data, now.size).push_back(kSoh);
  if (!original.empty()) out_.append("122=", 4).append(original.data, original.size).push_back(kSoh);
  if (!header.sender_sub_id.empty()) out_.append("50=", 3).append(header.sender_sub_id.data, header.sender_sub_id.size).push_back(kSoh);
  if (!body.empty()) out_.append(body.data, body.size);
  char trailer[] = "10=000\x01";
  put_digits(trailer + 3, 3, checksum(out_.data(), out_.size()));
  out_.append(trailer, kTrailerSize);
  return out_;
}

}  // namespace wall
}  // namespace marginfix
