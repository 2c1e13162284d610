// Framing, checksum, header peek and the decoder's message-independent parts.
#include "marginfix/fix/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "src/fix/decode_impl.hpp"

namespace marginfix::fix {
namespace {

using detail::kSoh;
using detail::kTrailerSize;

constexpr std::size_t kLengthDigits = 7;
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

struct Prefix {
  std::string_view begin_string;
  std::size_t body{0};         // offset of the byte after BodyLength's SOH
  std::size_t body_length{0};  // value of BodyLength(9)
  bool complete{false};        // false and not broken: more bytes are needed
  std::int32_t broken_tag{0};  // 8 or 9: not there, or no number
};

// "8=FIXT.1.1|9=", what every message of the exchange begins with.
constexpr std::string_view kUsualStart = "8=FIXT.1.1\0019=";

Prefix read_prefix(std::string_view bytes) noexcept {
  Prefix prefix;
  if (bytes.size() > kUsualStart.size() + kLengthDigits && std::memcmp(bytes.data(), kUsualStart.data(), kUsualStart.size()) == 0) {
    const char* p = bytes.data() + kUsualStart.size();
    const char* const digits = p;
    for (; p - digits < static_cast<std::ptrdiff_t>(kLengthDigits) && marginfix::detail::digit_of(*p) <= 9; ++p)
      prefix.body_length = prefix.body_length * 10 + marginfix::detail::digit_of(*p);
    prefix.begin_string = bytes.substr(2, kUsualStart.size() - 5);
    if (*p != kSoh || p == digits) return prefix.broken_tag = 9, prefix;
    prefix.body = static_cast<std::size_t>(p + 1 - bytes.data());
    prefix.complete = true;
    return prefix;
  }
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
  std::size_t at = 2;
  for (; at < rest.size() && at - 2 < kLengthDigits && marginfix::detail::digit_of(rest[at]) <= 9; ++at) {
    prefix.body_length = prefix.body_length * 10 + marginfix::detail::digit_of(rest[at]);
  }
  if (at >= rest.size()) return prefix;
  if (rest[at] != kSoh || at == 2) return prefix.broken_tag = 9, prefix;
  prefix.body = first + 1 + at + 1;
  prefix.complete = true;
  return prefix;
}

bool is_trailer(std::string_view t) noexcept {
  return t.size() == kTrailerSize && t.starts_with("10=") && t[6] == kSoh && detail::parse_digits(t.substr(3, 3)) >= 0;
}

// What checksum_ok says, where it can be inlined: position-independent code calls exported functions through the table.
inline bool sum_is_right(const char* message, std::size_t trailer) noexcept {
  const char* t = message + trailer;
  const unsigned a = marginfix::detail::digit_of(t[3]);
  const unsigned b = marginfix::detail::digit_of(t[4]);
  const unsigned c = marginfix::detail::digit_of(t[5]);
  if (t[0] != '1' || t[1] != '0' || t[2] != '=' || t[6] != kSoh || a > 9 || b > 9 || c > 9) return false;
  return a * 100 + b * 10 + c == detail::byte_sum(message, trailer);
}

// The bytes of an error with RawData(96), Password(554) and NewPassword(925) blotted out, lengths kept: offsets stay right.
std::string redacted(std::string_view message) {
  std::string text(message.substr(0, 4096));
  for (const std::string_view tag : {std::string_view("96="), std::string_view("554="), std::string_view("925=")}) {
    const std::string secret = kSoh + std::string(tag);
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + secret.size())) {
      const auto from = at + secret.size();
      const auto end = std::min(text.find(kSoh, from), text.size());
      text.replace(from, end - from, end - from, '*');
    }
  }
  return text;
}

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
  if (!is_trailer(start.substr(size - kTrailerSize, kTrailerSize)) || start[size - kTrailerSize - 1] != kSoh) return garbage();
  result.status = FrameStatus::complete;
  return result;
}

unsigned checksum(std::string_view bytes) noexcept { return detail::byte_sum(bytes.data(), bytes.size()); }

bool checksum_ok(std::string_view message) noexcept {
  return message.size() >= kTrailerSize && sum_is_right(message.data(), message.size() - kTrailerSize);
}

Result<Frame> peek(std::string_view message) {
  const Prefix prefix = read_prefix(message);
  if (!prefix.complete)
    return detail::broken(message, prefix.broken_tag != 0 ? prefix.broken_tag : 9, 0, "the message does not start with 8= and 9=");
  Frame frame;
  frame.bytes = message;
  frame.begin_string = prefix.begin_string;
  bool end_of_header = false;
  for (std::size_t at = prefix.body; at < message.size() && !end_of_header;) {
    const char* value = nullptr;
    const auto end = message.find(kSoh, at);
    if (end == std::string_view::npos) break;
    const std::int32_t tag = detail::parse_tag(message.data() + at, message.data() + end, value);
    if (at == prefix.body && tag != 35) return detail::broken(message, 35, at, "MsgType(35) must be the third field");
    const std::string_view text =
        tag == 0 ? std::string_view() : std::string_view(value, static_cast<std::size_t>(message.data() + end - value));
    switch (tag) {
      case 35:
        frame.msg_type = text;
        break;
      case 34:
        frame.msg_seq_num = detail::parse_digits(text);
        break;
      case 43:
        frame.poss_dup = text == "Y";
        break;
      case 49:
        frame.sender_comp_id = text;
        break;
      case 50:
        frame.sender_sub_id = text;
        break;
      case 52:
        frame.sending_time = text;
        break;
      case 56:
        frame.target_comp_id = text;
        break;
      case 97:
        frame.poss_resend = text == "Y";
        break;
      case 57:
      case 115:
      case 122:
      case 128:
      case 129:
      case 142:
      case 143:
      case 144:
      case 145:
      case 369:
      case 627:
      case 1128:
      case 1129:
      case 1156:
        break;
      default:
        end_of_header = true;
    }
    at = end + 1;
  }
  if (frame.msg_type.empty()) return detail::broken(message, 35, prefix.body, "MsgType(35) must be the third field");
  return frame;
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

std::string describe(const Finding& finding) {
  const bool secret = finding.tag == 96 || finding.tag == 554 || finding.tag == 925;
  const std::string_view value = secret ? std::string_view("***") : finding.value;
  const std::string label = field_label(finding.tag);
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
  const char* body = message.data() + prefix.body;
  constexpr TagKey kMsgType = tag_key(35);
  if ((load_word(body) & kMsgType.mask) != kMsgType.word) return false;  // at least the trailer's 7 bytes and one more are there
  const char* end = body + kMsgType.size;
  while (*end != kSoh) ++end;  // message[trailer - 1] is one
  if (end == body + kMsgType.size) return false;
  envelope.begin_string = prefix.begin_string;
  envelope.msg_type = {body + kMsgType.size, static_cast<std::size_t>(end - body - kMsgType.size)};
  envelope.body = body;
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
  if (!is_trailer(message.substr(trailer)) || message[trailer - 1] != kSoh) {
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

Result<void> decode_unknown(std::string_view message, UnknownMessage& out, Findings& findings) {
  return detail::decode_message(message, out, findings);
}

namespace {

template <class M>
Result<void> decode_as(std::string_view message, AnyMessage& out, Findings& findings) {
  if (auto* same = std::get_if<M>(&out)) return decode(message, *same, findings);
  return decode(message, out.emplace<M>(), findings);
}

template <class... Ms>
struct Dispatch {
  static Result<void> run(std::string_view msg_type, std::string_view message, AnyMessage& out, Findings& findings) {
    std::optional<Result<void>> done;
    const auto attempt = [&]<class M>() {
      if (done || msg_type != M::kMsgType) return;
      done.emplace(decode_as<M>(message, out, findings));
    };
    (attempt.template operator()<Ms>(), ...);
    if (done) return std::move(*done);
    auto* same = std::get_if<UnknownMessage>(&out);
    return decode_unknown(message, same != nullptr ? *same : out.emplace<UnknownMessage>(), findings);
  }
};

}  // namespace

Result<void> decode_any(std::string_view message, AnyMessage& out, Findings& findings) {
  detail::Envelope envelope;
  if (!detail::open_envelope(message, envelope)) return detail::envelope_error(message);
  return MessageList<Dispatch>::run(envelope.msg_type, message, out, findings);
}

}  // namespace marginfix::fix
