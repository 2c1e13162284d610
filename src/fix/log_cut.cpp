// First by BodyLength(9), then by walking the fields.
#include "src/fix/log_cut.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "marginfix/fix/detail/data_fields.hpp"
#include "marginfix/fix/detail/scan.hpp"
#include "src/core/escapes.hpp"
#include "src/fix/log_wire.hpp"

namespace marginfix::fix::detail {

namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
constexpr std::size_t kCheckSumRoom = 32;  // "10=ddd", its separator and what shows that the message ends there
constexpr std::string_view kCheckSumTag = "10=";
constexpr std::string_view kTooLong = "the message is longer than 1 MiB";

// End of the "10=ddd" at `at`, its separator included if it is there. Log writers mask it too ("10=***").
std::size_t check_sum_end(std::string_view text, std::size_t at, std::string_view separator) noexcept {
  if (text.substr(at, kCheckSumTag.size()) != kCheckSumTag) return kNowhere;
  const std::size_t end = std::min(text.find_first_not_of("0123456789*", at + 3), text.size());
  if (end == at + 3 || end > at + 11) return kNowhere;
  return text.substr(end).starts_with(separator) ? end + separator.size() : end;
}

// What BodyLength(9) says at the beginning of a message, and where the body starts; body 0: it says nothing.
struct BodySize {
  std::size_t body{0};
  std::size_t size{0};
};
BodySize body_size(std::string_view text, const MessageBeginning& beginning) noexcept {
  if (text.substr(beginning.fields, 2) != "9=") return {};
  std::size_t at = beginning.fields + 2;
  std::size_t size = 0;
  const std::size_t digits = at;
  for (; at < text.size() && at - digits < 9 && text[at] >= '0' && text[at] <= '9'; ++at)
    size = size * 10 + static_cast<std::size_t>(text[at] - '0');
  if (at == digits || !text.substr(at).starts_with(beginning.separator)) return {};
  return {at + beginning.separator.size(), size};
}

// Walks the fields of a message whose BodyLength(9) does not lead to its end, or leads there by another count of bytes.
class FieldWalk {
 public:
  // `last`: nothing follows the text. `limited`: something does, and the message is too long if it is needed.
  FieldWalk(std::string_view text, const MessageBeginning& beginning, const BodySize& body, bool last, bool limited)
      : text_(text), separator_(beginning.separator), body_(body), last_(last), limited_(limited), field_(beginning.fields) {}

  LogCut run() {
    while (true) {
      if (undecided()) return more();
      if (next_message_begins()) return ends_at(field_);
      if (const std::size_t end = check_sum_end(text_, field_, separator_); end != kNowhere && may_end_at(end))
        return message(end, true, fits_ || fits_escaped_);
      const std::size_t end = value_end();
      if (end == text_.size()) return text_ends();
      if (ends_line_) return ends_at(end);
      if (body_.body != 0 && field_ >= body_.body) count(text_.substr(field_, end - field_));
      field_ = end + separator_.size();
    }
  }

 private:
  // Whether what may still come could change how the field at hand is read. Not where its line is there to the end: a log that is being
  // written is shown as far as it goes.
  bool undecided() const noexcept {
    const std::string_view rest = text_.substr(field_);
    if (last_ || limited_ || rest.size() >= kCheckSumRoom) return false;
    std::size_t line = rest.find('\n');
    if (line == kNowhere || rest.starts_with("8=FIX")) return true;
    if (line > 0 && rest[line - 1] == '\r') --line;
    return separator_.front() == kSoh && (line == 0 || rest[line - 1] != kSoh);
  }

  bool next_message_begins() const noexcept {
    return text_.substr(field_).starts_with("8=FIX") && read_beginning(text_.substr(field_), true).kind == Beginning::message;
  }

  // A CheckSum(10) where BodyLength(9) says ends the message; another one only if no field follows: an embedded message has one too.
  bool may_end_at(std::size_t end) noexcept {
    const bool counted = body_.body != 0 && field_ >= body_.body;
    fits_ = counted && field_ - body_.body - surplus_ == body_.size;
    fits_escaped_ = counted && !fits_ && field_ - body_.body - surplus_ - escapes_ == body_.size;
    if (fits_ || fits_escaped_) return true;
    check_sum_ = end;
    return tag_size(text_.substr(end)) == 0 || text_.substr(end).starts_with("8=FIX");
  }

  // How many bytes fewer the wire form has.
  void count(std::string_view field) noexcept {
    surplus_ += separator_.size() - 1;
    if (separator_ == "|") escapes_ += escape_surplus(field);
  }

  std::size_t value_end() noexcept {
    const char* value = nullptr;
    const char* const field = text_.data() + field_;
    const std::int32_t tag = parse_tag(field, text_.data() + text_.size(), value);
    const std::size_t from = tag == 0 ? field_ : field_ + static_cast<std::size_t>(value - field);
    const std::size_t announced = is_data_tag(tag) ? length_ : 0;
    length_ = 0;
    if (announced >= text_.size() - from && !last_ && !limited_) return text_.size();
    if (announced != 0 && announced < text_.size() - from && text_.substr(from + announced).starts_with(separator_))
      return from + announced;
    const std::size_t end = separator_or_line(from);
    if (data_tag_of(tag) != 0) {
      const std::int64_t length = parse_digits(text_.substr(from, end - from));
      length_ = length > 0 ? static_cast<std::size_t>(length) : 0;
    }
    return end;
  }

  std::size_t separator_or_line(std::size_t from) noexcept {
    for (std::size_t at = from; at < text_.size(); ++at) {
      if (text_[at] == separator_.front() && text_.substr(at).starts_with(separator_)) return at;
      if (text_[at] == '\n' && line_ends_message(at)) {
        ends_line_ = true;
        return at;
      }
    }
    return text_.size();
  }

  // Separators people can read come from line-by-line loggers. SOH does not: there a value may hold a line end, unless another message
  // begins before the next SOH.
  bool line_ends_message(std::size_t at) noexcept {
    if (separator_.front() != kSoh) return true;
    if (line_ == kNowhere) line_ = at;
    if (at < looked_until_) return false;
    const std::size_t soh = std::min(text_.find(kSoh, at), text_.size());
    looked_until_ = soh;
    for (std::size_t begin = text_.find("8=FIX", at); begin < soh; begin = text_.find("8=FIX", begin + 5))
      if (read_beginning(text_.substr(begin), true).kind == Beginning::message) return true;
    return false;
  }

  LogCut text_ends() const noexcept {
    if (last_ || (limited_ && check_sum_ != 0)) return ends_at(text_.size());
    if (!limited_) return more();
    LogCut cut = message(line_ != kNowhere ? line_ : text_.size(), false, false);
    cut.kind = LogCut::Kind::not_read;
    cut.reason = kTooLong;
    return cut;
  }

  // No more fields: the message ends with the last CheckSum(10) seen, else here.
  LogCut ends_at(std::size_t end) const noexcept {
    if (check_sum_ != 0) return message(check_sum_, true, false);
    return message(std::min(end, line_), false, false);
  }

  static LogCut more() noexcept {
    LogCut cut;
    cut.kind = LogCut::Kind::need_more;
    return cut;
  }
  LogCut message(std::size_t size, bool check_sum, bool framed) const noexcept {
    return {LogCut::Kind::message, size, separator_, framed, check_sum, fits_escaped_, {}};
  }

  std::string_view text_;
  std::string_view separator_;
  BodySize body_;
  bool last_;
  bool limited_;
  std::size_t field_;            // where the current field starts
  std::size_t length_{0};        // what a length field says of the data field behind it
  std::size_t surplus_{0};       // bytes more than on the wire, by the separators
  std::size_t escapes_{0};       // and by escapes, if there are any
  std::size_t check_sum_{0};     // end of the last CheckSum(10) that does not fit BodyLength(9); 0: none
  std::size_t line_{kNowhere};   // the first line end in a value
  std::size_t looked_until_{0};  // no message begins up to here
  bool ends_line_{false};
  bool fits_{false};
  bool fits_escaped_{false};
};

// A message whose line our own logs have escaped: BodyLength(9) counts the bytes that are meant, and CheckSum(10) says that they were meant
// so. Asked before the bytes are taken as they stand: an embedded CheckSum(10) might lie just where these lead.
class EscapedFrame {
 public:
  EscapedFrame(std::string_view text, const MessageBeginning& beginning, const BodySize& body)
      : text_(text), separator_(beginning.separator), size_(body.size), at_(body.body) {}

  // kind none: it is no such message.
  LogCut cut(bool all_there) noexcept {
    add(text_.substr(0, at_));
    while (size_ > 0) {
      const std::string_view rest = text_.substr(at_, marginfix::detail::kMaxEscape);
      if (rest.empty()) return all_there ? LogCut{} : more();
      if (cannot_go_on(rest)) return {};
      if (rest.front() != '\\') {
        add(rest.substr(0, 1));
        --size_, ++at_;
        continue;
      }
      if (!all_there && rest.size() < marginfix::detail::kMaxEscape && rest.find('\n') == kNowhere) return more();
      if (!take_escape(rest)) return {};
    }
    return escapes_ == 0 ? LogCut{} : trailer(all_there);
  }

 private:
  // In such a line "\x0a" stands for a line end. What is no message must not cost too much: see LogScan.TakesTimeInProportionToTheLog.
  bool cannot_go_on(std::string_view rest) noexcept {
    constexpr int kMostEmbedded = 16;
    if (rest.front() == '\n' || rest.front() == '\r') return true;
    return rest.starts_with("8=FIX") && ++embedded_ > kMostEmbedded;
  }

  bool take_escape(std::string_view rest) noexcept {
    const marginfix::detail::Escape escape = marginfix::detail::escape_at(rest);
    if (escape.size == 0) return false;  // a '\' stands for itself in no line of ours that has escapes
    std::array<char, 3> bytes{};
    marginfix::detail::meant_bytes(escape, bytes.data());
    const std::size_t meant = marginfix::detail::meant_size(escape);
    if (meant > size_) return false;
    ++escapes_;
    sum_ += byte_sum(bytes.data(), meant);
    size_ -= meant;
    at_ += escape.size;
    return true;
  }

  void add(std::string_view bytes) noexcept {
    for (const char c : bytes) sum_ += static_cast<unsigned char>(c == separator_.front() ? kSoh : c);
  }

  LogCut trailer(bool all_there) const noexcept {
    const std::string_view rest = text_.substr(at_);
    if (text_[at_ - 1] != separator_.front()) return {};
    if (!all_there && rest.size() < kTrailerSize && rest.find('\n') == kNowhere) return more();
    const std::int64_t sum = rest.starts_with(kCheckSumTag) ? parse_digits(rest.substr(kCheckSumTag.size(), 3)) : -1;
    const std::size_t end = check_sum_end(text_, at_, separator_);
    if (end == kNowhere || sum != static_cast<std::int64_t>(sum_ & 255U)) return {};
    return {LogCut::Kind::message, end, separator_, true, true, true, {}};
  }

  static LogCut more() noexcept {
    LogCut cut;
    cut.kind = LogCut::Kind::need_more;
    return cut;
  }

  std::string_view text_;
  std::string_view separator_;
  std::size_t size_;  // bytes that are still meant to come
  std::size_t at_;
  unsigned sum_{0};
  int escapes_{0};
  int embedded_{0};
};

LogCut not_read(std::string_view reason) noexcept {
  LogCut cut;
  cut.kind = LogCut::Kind::not_read;
  cut.size = 5;  // "8=FIX": what follows may hold a message all the same
  cut.reason = reason;
  return cut;
}

}  // namespace

LogCut cut_log_message(std::string_view text, bool is_end) {
  const MessageBeginning beginning = read_beginning(text, is_end);
  LogCut cut;
  switch (beginning.kind) {
    case Beginning::message:
      break;
    case Beginning::none:
      return cut;
    case Beginning::need_more:
      cut.kind = LogCut::Kind::need_more;
      return cut;
    case Beginning::unknown_separator:
      return not_read("what stands between BeginString(8) and BodyLength(9) is not a separator we know (SOH, |, ;, ^A, <SOH>, \\x01, ...)");
    case Beginning::cut_off:
      return not_read("it ends before its second field");
  }
  const BodySize body = body_size(text, beginning);
  const bool limited = text.size() > kMaxLogMessage + kCheckSumRoom;
  if (limited) text = text.substr(0, kMaxLogMessage + kCheckSumRoom);
  if (body.body != 0 && beginning.separator.size() == 1 && body.size <= kMaxLogMessage) {
    const std::size_t at = body.body + body.size;
    const bool lands = at < text.size() && text[at - 1] == beginning.separator.front();
    const std::size_t end = lands ? check_sum_end(text, at, beginning.separator) : kNowhere;
    const bool all_there = is_end || limited;
    const bool as_it_stands = end != kNowhere && text.substr(body.body, body.size).find('\\') == kNowhere;
    if (at < text.size() && !as_it_stands && (beginning.separator == "|" || beginning.separator.front() == kSoh)) {
      if (const LogCut found = EscapedFrame(text, beginning, body).cut(all_there); found.kind != LogCut::Kind::none) return found;
    }
    if (end != kNowhere && (all_there || end < text.size() || text[end - 1] == beginning.separator.front()))
      return {LogCut::Kind::message, end, beginning.separator, true, true, false, {}};
    // What stands there so far may still become a CheckSum(10).
    const bool open = at >= text.size() || end != kNowhere || (lands && kCheckSumTag.starts_with(text.substr(at)));
    if (open && !all_there) {
      cut.kind = LogCut::Kind::need_more;
      return cut;
    }
  }
  return FieldWalk(text, beginning, body, is_end && !limited, limited).run();
}

}  // namespace marginfix::fix::detail
