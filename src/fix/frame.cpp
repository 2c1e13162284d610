// The frame codec: scanning, the standard header, walking fields, composing.
#include "marginfix/fix/frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "marginfix/fix/detail/data_fields.hpp"
#include "marginfix/fix/detail/format.hpp"
#include "marginfix/fix/detail/frame_scan.hpp"

namespace marginfix::fix {
namespace {

using detail::kSoh;
using detail::kTrailerSize;

std::string printable(const char* data, std::size_t size) {
  std::string text(data, std::min<std::size_t>(size, 40));
  for (char& c : text) {
    if (c == kSoh) c = '|';
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

Scan scanned(Scan::Kind kind, std::size_t length, std::string text = {}) { return {kind, length, std::move(text)}; }

constexpr bool is_header_tag(std::int32_t tag) noexcept {
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

// Where a data field's value ends by the length that was announced: at a SOH, or the announcement does not count (null).
const char* announced_end(const char* value, const char* end, std::int64_t length) noexcept {
  return length > 0 && length < end - value && value[length] == kSoh ? value + length : nullptr;
}

// Reads a header into a Frame. Of a field that comes twice the first counts. The bytes end with a SOH.
class HeaderWalk {
 public:
  HeaderWalk(Frame& frame, const char* fields, const char* end) noexcept : frame_(frame), at_(fields), end_(end), soh_(fields, end) {}

  // False when the first field is not MsgType(35), or has no value.
  bool run() noexcept {
    if (at_ == end_) return false;
    const char* value = nullptr;
    const char* const stop = soh_.next();
    if (detail::parse_tag(at_, stop, value) != 35 || value == stop) return false;
    frame_.msg_type = Slice(value, static_cast<std::size_t>(stop - value));
    frame_.header_tags = detail::kHas35;
    frame_.regular = true;
    at_ = stop + 1;
    while (at_ != end_ && (take_usual() || take())) {
    }
    frame_.body = static_cast<std::size_t>(at_ - frame_.bytes.data);
    if (frame_.msg_seq_num < 0 || frame_.sender_comp_id.empty() || frame_.target_comp_id.empty()) look_behind();
    return true;
  }

 private:
  // One of the fields a Frame has, found by comparing its "tag=" as one word; false: anything else, or the bytes end too soon to tell.
  bool take_usual() noexcept {
    if (end_ - at_ < 8 || length_ != 0) return false;
    const std::uint64_t word = detail::load_word(at_);
    return take_if<34>(word) || take_if<49>(word) || take_if<52>(word) || take_if<56>(word) || take_if<43>(word) || take_if<50>(word) ||
           take_if<57>(word) || take_if<97>(word) || take_if<122>(word) || take_if<1128>(word);
  }
  template <std::int32_t kTag>
  [[gnu::always_inline]] bool take_if(std::uint64_t word) noexcept {
    constexpr detail::TagKey kKey = detail::tag_key(kTag);
    if ((word & kKey.mask) != kKey.word) return false;
    const char* const value = at_ + kKey.size;
    const char* const stop = soh_.next();
    note(kTag, Slice(value, static_cast<std::size_t>(stop - value)));
    at_ = stop + 1;
    return true;
  }

  // One field of any header; false where the header ends.
  bool take() noexcept {
    const char* value = nullptr;
    const char* stop = soh_.next();
    const std::int32_t tag = detail::parse_tag(at_, stop, value);
    if (!is_header_tag(tag)) return false;
    if (length_ != 0) {
      const char* const data_end = detail::is_data_tag(tag) ? announced_end(value, end_, length_) : nullptr;
      while (data_end != nullptr && stop < data_end) stop = soh_.next();
      length_ = 0;
    }
    note(tag, Slice(value, static_cast<std::size_t>(stop - value)));
    at_ = stop + 1;
    return true;
  }

  [[gnu::always_inline]] void note(std::int32_t tag, const Slice& value) noexcept {
    switch (tag) {
      case 34:
        return note_number(value);
      case 43:
        return note_flag(detail::kHas43, value, frame_.poss_dup);
      case 49:
        return note_text(detail::kHas49, value, frame_.sender_comp_id);
      case 50:
        return note_text(detail::kHas50, value, frame_.sender_sub_id);
      case 52:
        return note_text(detail::kHas52, value, frame_.sending_time);
      case 56:
        return note_text(detail::kHas56, value, frame_.target_comp_id);
      case 57:
        return note_text(detail::kHas57, value, frame_.target_sub_id);
      case 97:
        return note_flag(detail::kHas97, value, frame_.poss_resend);
      case 122:
        return note_text(detail::kHas122, value, frame_.orig_sending_time);
      case 1128:
        return note_text(detail::kHas1128, value, frame_.appl_ver_id);
      default:
        frame_.regular = false;
        if (detail::data_tag_of(tag) != 0) parse_number(value, &length_);
    }
  }
  // True for the first of its tag.
  bool is_first(detail::HeaderBit bit, bool fits) noexcept {
    const bool first = (frame_.header_tags & bit) == 0;
    frame_.regular = frame_.regular && first && fits;
    frame_.header_tags |= bit;
    return first;
  }
  void note_text(detail::HeaderBit bit, const Slice& value, Slice& into) noexcept {
    if (is_first(bit, !value.empty())) into = value;
  }
  void note_flag(detail::HeaderBit bit, const Slice& value, bool& into) noexcept {
    if (is_first(bit, value.is('Y') || value.is('N'))) into = value.is('Y');
  }
  void note_number(const Slice& value) noexcept {
    if (is_first(detail::kHas34, true)) frame_.regular = parse_number(value, &frame_.msg_seq_num) && frame_.regular;
  }

  // The standard header comes first; a peer that puts one of these fields later is still understood.
  void look_behind() noexcept {
    frame_.regular = false;
    FieldCursor cursor(at_, static_cast<std::size_t>(end_ - at_));
    FrameField field;
    while (cursor.next(&field)) {
      if (field.tag == 34 && frame_.msg_seq_num < 0) parse_number(field.value, &frame_.msg_seq_num);
      if (field.tag == 49 && frame_.sender_comp_id.empty()) frame_.sender_comp_id = field.value;
      if (field.tag == 56 && frame_.target_comp_id.empty()) frame_.target_comp_id = field.value;
    }
  }

  Frame& frame_;
  const char* at_;
  const char* end_;
  detail::SohCursor soh_;
  std::int64_t length_ = 0;  // announced for the data field that comes next
};

// The header behind BodyLength(9), which begins at `fields`. What follows the last SOH is no field.
bool read_header(Frame& frame, std::size_t fields) noexcept {
  const std::string_view bytes = frame.bytes;
  const std::size_t end = bytes.empty() || bytes.back() == kSoh ? bytes.size() : bytes.rfind(kSoh) + 1;
  if (end == 0 || end <= fields) return false;
  return HeaderWalk(frame, bytes.data() + fields, bytes.data() + end).run();
}

void append_field(std::string& out, std::string_view key, std::string_view value) { out.append(key).append(value) += kSoh; }

char* put(char* out, std::string_view key, const Slice& value) noexcept {
  if (value.empty()) return out;
  out = detail::put_text(detail::put_text(out, key), value);
  *out = kSoh;
  return out + 1;
}
std::size_t size_of(std::size_t key, const Slice& value) noexcept { return value.empty() ? 0 : key + value.size + 1; }

std::size_t digits_of(std::int64_t value) noexcept {
  std::size_t count = 1;
  for (; value > 9; value /= 10) ++count;
  return count;
}

}  // namespace

namespace detail {

Prefix read_any_prefix(std::string_view bytes) noexcept {
  Prefix prefix;
  constexpr std::size_t kLongestBeginString = 16;
  const std::size_t known = std::min(bytes.size(), std::size_t{2});
  if (bytes.substr(0, known) != std::string_view("8=").substr(0, known)) return prefix.broken_tag = 8, prefix;
  const auto first = bytes.substr(0, kLongestBeginString).find(kSoh);
  if (first == std::string_view::npos) return prefix.broken_tag = bytes.size() >= kLongestBeginString ? 8 : 0, prefix;
  prefix.begin_string = bytes.substr(2, first - 2);
  // "8=FIX8=FIXT.1.1": the real start lies further on.
  if (prefix.begin_string.find('=') != std::string_view::npos) return prefix.broken_tag = 8, prefix;
  const auto rest = bytes.substr(first + 1);
  const std::size_t got = std::min(rest.size(), std::size_t{2});
  if (rest.substr(0, got) != std::string_view("9=").substr(0, got)) return prefix.broken_tag = 9, prefix;
  read_body_length(bytes, first + 3, prefix);
  return prefix;
}

}  // namespace detail

// ---- fields -----------------------------------------------------------------------------------------------------------
bool FieldCursor::next(FrameField* field) {
  if (next_ == end_) return false;
  const char* const begin = next_;
  const char* value = nullptr;
  const std::int32_t tag = detail::parse_tag(begin, end_, value);
  if (tag == 0) {
    const auto* const sign = std::find_if(begin, end_, [](char c) { return c == '=' || c == kSoh; });
    if (sign == end_ || *sign == kSoh) return false;
    value = sign + 1;
  }
  const char* stop = tag != 0 && tag == data_tag_ ? announced_end(value, end_, data_length_) : nullptr;
  if (stop == nullptr) stop = static_cast<const char*>(std::memchr(value, kSoh, static_cast<std::size_t>(end_ - value)));
  if (stop == nullptr) return false;
  field->tag = tag;
  field->value = Slice(value, static_cast<std::size_t>(stop - value));
  field->whole = Slice(begin, static_cast<std::size_t>(stop + 1 - begin));
  data_tag_ = detail::data_tag_of(tag);
  if (data_tag_ != 0 && !parse_number(field->value, &data_length_)) data_tag_ = 0;
  next_ = stop + 1;
  return true;
}

// ---- frames -----------------------------------------------------------------------------------------------------------
bool Frame::is_admin() const { return msg_type.size == 1 && std::string_view("0A12345").find(msg_type.data[0]) != std::string_view::npos; }

Slice Frame::field(std::int32_t tag) const {
  FieldCursor cursor(bytes);
  FrameField each;
  while (cursor.next(&each)) {
    if (each.tag == tag) return each.value;
  }
  return {};
}

bool Frame::number(std::int32_t tag, std::int64_t* value) const { return parse_number(field(tag), value); }

bool read_frame(const Slice& message, Frame* frame) {
  *frame = Frame();
  frame->bytes = message;
  const detail::Prefix prefix = detail::read_prefix(message);
  if (!prefix.complete) return false;
  frame->begin_string = prefix.begin_string;
  return read_header(*frame, prefix.body);
}

bool check_frame(const Slice& message, Frame* frame) {
  *frame = Frame();
  frame->bytes = message;
  detail::Envelope envelope;
  if (!detail::open_envelope(message, envelope)) return false;
  frame->begin_string = envelope.begin_string;
  frame->checked = read_header(*frame, static_cast<std::size_t>(envelope.fields - message.data));
  return frame->checked;
}

// ---- a stream ---------------------------------------------------------------------------------------------------------
Framer::Framer(std::size_t max_message_size, const std::string& begin_string)
    : max_(max_message_size), start_("8=" + begin_string + kSoh + "9=") {}

Scan Framer::resync(const char* data, std::size_t size, const std::string& why) {
  const std::string_view bytes(data, size);
  const std::size_t from = hunting_ ? 0 : std::min<std::size_t>(size, 1);
  const std::size_t found = bytes.find(start_, from);
  hunting_ = found == std::string_view::npos;
  if (!hunting_) return scanned(Scan::Kind::garbled, found, why);
  // A BeginString(8) may have begun at the very end: keep what could be one.
  const std::size_t keep = std::min<std::size_t>(size, start_.size() - 1);
  if (size == keep) return scanned(Scan::Kind::need_more, 0);
  return scanned(Scan::Kind::garbled, size - keep, why);
}

Scan Framer::scan(const char* data, std::size_t size, Frame* frame) {
  std::size_t line_ends = 0;  // some peers end each message with a line end, which is no part of it
  while (line_ends < size && (data[line_ends] == '\r' || data[line_ends] == '\n')) ++line_ends;
  if (line_ends > 0) return scanned(Scan::Kind::garbled, line_ends);
  if (hunting_) {
    Scan found = resync(data, size, std::string());
    if (hunting_ || found.length > 0) return found;
  }
  if (std::memcmp(data, start_.data(), std::min(size, start_.size())) != 0) {
    return scanned(Scan::Kind::broken, 0,
                   fmt::format("bytes that are no {} message: {}", start_.substr(2, start_.size() - 5), printable(data, size)));
  }
  detail::Prefix prefix;
  if (size > start_.size()) detail::read_body_length({data, size}, start_.size(), prefix);
  if (prefix.broken_tag != 0) return resync(data, size, "BodyLength(9) is not a number: " + printable(data, size));
  if (!prefix.complete) return scanned(Scan::Kind::need_more, 0);
  const std::size_t trailer = prefix.body + prefix.body_length;
  const std::size_t total = trailer + kTrailerSize;
  if (total > max_) {
    return scanned(Scan::Kind::broken, 0, fmt::format("a message of {} bytes, more than the {} accepted", total, max_));
  }
  if (size < total) return scanned(Scan::Kind::need_more, 0);
  if (data[trailer - 1] != kSoh || !detail::is_trailer(data + trailer))
    return resync(data, size, "BodyLength(9) does not lead to CheckSum(10): " + printable(data, size));
  if (!detail::sum_is_right(data, trailer)) return scanned(Scan::Kind::garbled, total, "CheckSum(10) is wrong: " + printable(data, size));
  *frame = Frame();
  frame->bytes = Slice(data, total);
  frame->begin_string = Slice(data + 2, start_.size() - 5);
  frame->checked = read_header(*frame, prefix.body);
  return scanned(Scan::Kind::message, total);
}

// ---- writing ----------------------------------------------------------------------------------------------------------
Composer::Composer(const Slice& begin_string, const Slice& sender_comp_id, const Slice& target_comp_id) {
  append_field(start_, "8=", begin_string);
  start_ += "9=";
  append_field(addresses_, "49=", sender_comp_id);
  append_field(addresses_, "56=", target_comp_id);
  addresses_ += "34=";
}

const std::string& Composer::compose(const FrameHeader& h, const Slice& body) {
  const std::size_t length = size_of(3, h.msg_type) + addresses_.size() + digits_of(h.msg_seq_num) + 1 + (h.poss_dup ? 5 : 0) +
                             size_of(3, h.sending_time) + size_of(4, h.orig_sending_time) + size_of(3, h.sender_sub_id) +
                             size_of(3, h.target_sub_id) + (h.poss_resend ? 5 : 0) + size_of(4, h.on_behalf_of_comp_id) +
                             size_of(4, h.deliver_to_comp_id) + size_of(5, h.appl_ver_id) + body.size;
  const std::size_t total = start_.size() + digits_of(static_cast<std::int64_t>(length)) + 1 + length + kTrailerSize;
  if (out_.capacity() < total) out_.reserve(2 * total);  // the next one may be a digit longer
  out_.resize(total);
  char* p = detail::put_text(out_.data(), start_);
  p = detail::put_unsigned(p, length);
  *p++ = kSoh;
  p = put(p, "35=", h.msg_type);
  p = detail::put_text(p, addresses_);
  p = detail::put_unsigned(p, static_cast<std::uint64_t>(h.msg_seq_num));
  *p++ = kSoh;
  if (h.poss_dup) p = detail::put_text(p, "43=Y\x01");
  p = put(p, "52=", h.sending_time);
  p = put(p, "122=", h.orig_sending_time);
  p = put(p, "50=", h.sender_sub_id);
  p = put(p, "57=", h.target_sub_id);
  if (h.poss_resend) p = detail::put_text(p, "97=Y\x01");
  p = put(p, "115=", h.on_behalf_of_comp_id);
  p = put(p, "128=", h.deliver_to_comp_id);
  p = put(p, "1128=", h.appl_ver_id);
  if (!body.empty()) p = detail::put_text(p, body);
  detail::put_checksum(p, detail::byte_sum(out_.data(), static_cast<std::size_t>(p - out_.data())));
  return out_;
}

}  // namespace marginfix::fix
