// Framing, checksum, header peek and the decoder's message-independent parts.
#include "marginfix/fix/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "marginfix/core/secret.hpp"
#include "marginfix/fix/detail/data_fields.hpp"
#include "marginfix/fix/detail/decode_impl.hpp"

namespace marginfix::fix {
namespace {

using detail::kSoh;
using detail::kTrailerSize;
using detail::Prefix;
using detail::read_prefix;
using detail::sum_is_right;

constexpr std::string_view kStart = "8=FIX";

// Where the next message could start at or after `from`; the end minus a possible beginning of "8=FIX" if nowhere.
std::size_t resynchronise(std::string_view bytes, std::size_t from) noexcept {
  const auto found = bytes.find(kStart, from);
  if (found != std::string_view::npos) return found;
  for (std::size_t keep = std::min(kStart.size() - 1, bytes.size() - from); keep > 0; --keep) {
    if (bytes.substr(bytes.size() - keep) == kStart.substr(0, keep)) return bytes.size() - keep;
  }
  return bytes.size();
}

// The bytes of an error, offsets right.
std::string redacted(std::string_view message) { return redact_in_place(message.substr(0, 4096)); }

}  // namespace

FrameResult find_message(std::string_view bytes, std::size_t max_size) noexcept {
  FrameResult result;
  result.skip = resynchronise(bytes, 0);
  const std::string_view start = bytes.substr(result.skip);
  const auto garbage = [&] { return FrameResult{FrameStatus::garbage, resynchronise(bytes, result.skip + 1), 0}; };
  if (start.empty()) {
    result.status = result.skip > 0 ? FrameStatus::garbage : FrameStatus::need_more;
    return result;
  }
  const Prefix prefix = read_prefix(start);
  if (prefix.broken_tag != 0) return garbage();
  if (!prefix.complete) return result;
  if (prefix.body_length > max_size) return garbage();
  const std::size_t size = prefix.body + prefix.body_length + kTrailerSize;
  if (size > max_size || prefix.body_length == 0) return garbage();
  result.size = size;
  if (start.size() < size) return result;
  if (!detail::is_trailer(start.data() + size - kTrailerSize) || start[size - kTrailerSize - 1] != kSoh) return garbage();
  result.status = FrameStatus::complete;
  return result;
}

unsigned checksum(std::string_view bytes) noexcept { return detail::byte_sum(bytes.data(), bytes.size()); }

bool checksum_ok(std::string_view message) noexcept {
  return message.size() >= kTrailerSize && sum_is_right(message.data(), message.size() - kTrailerSize);
}

Result<Frame> peek(std::string_view message) {
  Frame frame;
  if (read_frame(message, &frame)) return frame;
  const Prefix prefix = read_prefix(message);
  if (!prefix.complete)
    return detail::broken(message, prefix.broken_tag != 0 ? prefix.broken_tag : 9, 0, "the message does not start with 8= and 9=");
  return detail::broken(message, 35, prefix.body, "MsgType(35) must be the third field");
}

std::string_view to_string(FindingKind kind) noexcept {
  switch (kind) {
    case FindingKind::unknown_tag:
      return "unknown tag";
    case FindingKind::unparsable:
      return "unparsable value";
    case FindingKind::empty_value:
      return "empty value";
    case FindingKind::unlisted_value:
      return "unlisted value";
    case FindingKind::missing_required:
      return "required field missing";
    case FindingKind::duplicate_tag:
      return "duplicate tag";
    case FindingKind::outside_group:
      return "field outside its group";
    case FindingKind::group_count:
      return "group count";
    case FindingKind::misplaced_header:
      return "header field in the body";
  }
  return "finding";
}

std::string describe(const Finding& finding) { return describe(finding, {}); }

std::string describe(const Finding& finding, std::string_view name) {
  const bool secret = detail::is_secret_tag(finding.tag);
  const std::string_view value = secret ? std::string_view("***") : finding.value;
  const std::string label = name.empty() ? field_label(finding.tag) : fmt::format("{}({})", name, finding.tag);
  switch (finding.kind) {
    case FindingKind::missing_required:
      return fmt::format("{} is missing, the specification requires it", label);
    case FindingKind::unparsable:
      return fmt::format("{} at byte {}: '{}' is no value of its type", label, finding.offset, value);
    case FindingKind::unlisted_value:
      return fmt::format("{} at byte {}: '{}' is not a listed value", label, finding.offset, value);
    case FindingKind::group_count:
      return fmt::format("{} at byte {}: the count '{}' is not the number of entries that follow", label, finding.offset, value);
    case FindingKind::empty_value:
      return fmt::format("{} at byte {} has no value", label, finding.offset);
    case FindingKind::duplicate_tag:
      return fmt::format("{} at byte {}: again, with '{}'", label, finding.offset, value);
    default:
      return fmt::format("{} at byte {}: {}, '{}'", label, finding.offset, to_string(finding.kind), value);
  }
}

namespace detail {

Error broken(std::string_view message, std::int32_t tag, std::size_t offset, std::string_view what) {
  Error error = fail(ErrorCategory::decode, std::string(what), redacted(message));
  error.tag = tag;
  error.offset = offset;
  return error;
}

Error broken_field(std::string_view message, const Cursor& at) {
  const char* end = std::find(at.p, at.trailer, kSoh);
  const std::string_view field(at.p, std::min<std::size_t>(static_cast<std::size_t>(end - at.p), 40));
  const bool has_equals = field.find('=') != std::string_view::npos;
  return broken(
      message, 0, static_cast<std::size_t>(at.p - message.data()),
      has_equals ? fmt::format("'{}' does not start with a tag number", field) : fmt::format("'{}' is no field: it has no '='", field));
}

bool open_envelope(std::string_view message, Envelope& envelope) noexcept {
  const Prefix prefix = read_prefix(message);
  if (!prefix.complete || message.size() < prefix.body + kTrailerSize + 1) return false;
  const std::size_t trailer = message.size() - kTrailerSize;
  if (prefix.body_length != trailer - prefix.body || message[trailer - 1] != kSoh || !sum_is_right(message.data(), trailer)) return false;
  const char* fields = message.data() + prefix.body;
  constexpr TagKey kMsgType = tag_key(35);
  if ((load_word(fields) & kMsgType.mask) != kMsgType.word) return false;  // at least the trailer's 7 bytes and one more are there
  const char* end = fields + kMsgType.size;
  while (*end != kSoh) ++end;  // message[trailer - 1] is one
  if (end == fields + kMsgType.size) return false;
  envelope.message = message;
  envelope.begin_string = prefix.begin_string;
  envelope.msg_type = {fields + kMsgType.size, static_cast<std::size_t>(end - fields - kMsgType.size)};
  envelope.fields = fields;
  envelope.trailer = message.data() + trailer;
  return true;
}

Error envelope_error(std::string_view message) {
  const Prefix prefix = read_prefix(message);
  if (!prefix.complete) {
    const std::int32_t tag = prefix.broken_tag != 0 ? prefix.broken_tag : 9;
    return broken(message, tag, 0,
                  tag == 8 ? "the message does not start with BeginString(8)" : "BodyLength(9) is not the second field, or no number");
  }
  if (message.size() < prefix.body + kTrailerSize + 1) return broken(message, 10, message.size(), "the message ends before CheckSum(10)");
  const std::size_t trailer = message.size() - kTrailerSize;
  if (!is_trailer(message.data() + trailer) || message[trailer - 1] != kSoh) {
    return broken(message, 10, trailer, "the message does not end with CheckSum(10)");
  }
  if (prefix.body_length != trailer - prefix.body) {
    return broken(message, 9, 0, fmt::format("BodyLength(9) says {}, the body has {} bytes", prefix.body_length, trailer - prefix.body));
  }
  if (!checksum_ok(message)) {
    return broken(
        message, 10, trailer,
        fmt::format("CheckSum(10) says {}, the bytes sum to {:03}", message.substr(trailer + 3, 3), byte_sum(message.data(), trailer)));
  }
  return broken(message, 35, prefix.body, "MsgType(35) must be the third field");
}

namespace {

// HeaderBit numbers the fields as the table does.
template <std::uint32_t kBit, std::int32_t kTag>
constexpr bool kBitIsTag = kField<Header, std::countr_zero(kBit)>.tag == kTag;
static_assert(kBitIsTag<kHas35, 35> && kBitIsTag<kHas34, 34> && kBitIsTag<kHas43, 43> && kBitIsTag<kHas49, 49> && kBitIsTag<kHas50, 50> &&
              kBitIsTag<kHas52, 52> && kBitIsTag<kHas56, 56> && kBitIsTag<kHas57, 57> && kBitIsTag<kHas97, 97> && kBitIsTag<kHas122, 122> &&
              kBitIsTag<kHas1128, 1128> && kFieldCount<Header> == 11);

void set_text(const Slice& text, std::optional<std::string_view>& out) noexcept {
  if (!text.empty()) out = text;
}
bool set_time(DecodeContext& c, const Slice& text, std::optional<Timestamp>& out) noexcept {
  Timestamp t{};
  if (text.empty()) return true;
  if (!parse_time(c, text.data, text.data + text.size, t)) return false;
  out = t;
  return true;
}

}  // namespace

std::uint64_t take_header(const Frame& frame, DecodeContext& c, Header& out) noexcept {
  if (!set_time(c, frame.sending_time, out.sending_time) || !set_time(c, frame.orig_sending_time, out.orig_sending_time)) {
    out.sending_time.reset();
    out.orig_sending_time.reset();
    return 0;
  }
  out.msg_type = frame.msg_type;
  out.msg_seq_num = std::max<std::int64_t>(frame.msg_seq_num, 0);
  out.sender_comp_id = frame.sender_comp_id;
  out.target_comp_id = frame.target_comp_id;
  out.sending_time_text = frame.sending_time;
  set_text(frame.sender_sub_id, out.sender_sub_id);
  set_text(frame.target_sub_id, out.target_sub_id);
  set_text(frame.appl_ver_id, out.appl_ver_id);
  if ((frame.header_tags & kHas43) != 0) out.poss_dup_flag = frame.poss_dup;
  if ((frame.header_tags & kHas97) != 0) out.poss_resend = frame.poss_resend;
  return frame.header_tags;
}

bool note_odd_value(DecodeContext& c, FindingKind kind, std::int32_t tag, const char* field, std::string_view value) {
  if (kind != FindingKind::unlisted_value && kind != FindingKind::group_count) c.unknown.push_back({tag, value, c.group, c.entry});
  c.findings.push_back({kind, tag, c.offset(field), value});
  return false;
}

bool parse_odd_clock(const char* b, const char* e, std::chrono::microseconds& out) noexcept {
  while (b != e && *b == ' ') ++b;
  // One judge of times: the clock is read as a time of the first day there is.
  char text[48] = "19700101-";
  constexpr std::size_t kDate = 9;
  const auto size = static_cast<std::size_t>(e - b);
  if (size == 0 || size > sizeof text - kDate) return false;
  std::memcpy(text + kDate, b, size);
  Timestamp t{};
  if (marginfix::detail::parse_fix_utc_fast(text, text + kDate + size, t) != 0) return false;
  out = t.time_since_epoch();
  return true;
}

bool parse_odd_multiplier(const char* b, const char* e, MultiplierDecimal& out) {
  auto parsed = MultiplierDecimal::parse({b, static_cast<std::size_t>(e - b)});
  if (!parsed) return false;
  out = std::move(*parsed);
  return true;
}

}  // namespace detail

std::span<const RawField> unknown_of(const UnknownFields& unknown, std::int32_t group, std::int32_t entry) noexcept {
  const auto inside = [&](const RawField& f) { return f.group == group && f.entry == entry; };
  const auto from = std::ranges::find_if(unknown, inside);
  const auto to = std::find_if_not(from, unknown.end(), inside);
  return {unknown.data() + (from - unknown.begin()), static_cast<std::size_t>(to - from)};
}

}  // namespace marginfix::fix
