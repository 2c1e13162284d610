#include "marginfix/fix/log_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "marginfix/fix/detail/scan.hpp"
#include "src/fix/log_cut.hpp"
#include "src/fix/log_wire.hpp"

namespace marginfix::fix {

namespace {

constexpr std::string_view kBegin = "8=FIX";
constexpr std::size_t kMaxPrefix = 80;
constexpr std::size_t kMaxKept = 4096;  // of a line before a message

bool follows_digit(std::string_view window, std::size_t at, std::size_t claimed) noexcept {
  return at > claimed && window[at - 1] >= '0' && window[at - 1] <= '9';
}

// Any bytes around "8=FIX": a message in SOH form with its last separator can be shown where it lies.
bool is_wire(std::string_view text, std::string_view separator) noexcept {
  return separator.front() == detail::kSoh && text.ends_with(detail::kSoh);
}

}  // namespace

std::string to_string(const LogNotRead& not_read) {
  return fmt::format("line {}, byte {}: not read: {}", not_read.line, not_read.offset, not_read.reason);
}

LogScanner::LogScanner(OnMessage on_message, OnNotRead on_not_read)
    : on_message_(std::move(on_message)), on_not_read_(std::move(on_not_read)) {}

void LogScanner::feed(std::string_view piece) {
  if (pending_.empty()) {
    const std::size_t done = scan(piece, false);
    pending_.assign(piece.substr(done));
  } else {
    pending_ += piece;
    if (pending_.size() < enough_) return;
    pending_.erase(0, scan(pending_, false));
  }
  // A message that is still growing is looked at anew only when twice as much is there: else many small pieces cost too much.
  enough_ = pending_.size() > kMaxKept ? 2 * pending_.size() : 0;
}

void LogScanner::finish() {
  (void)scan(pending_, true);
  pending_.clear();
  enough_ = 0;
}

// Gives the number of bytes that are done with.
std::size_t LogScanner::scan(std::string_view window, bool is_end) {
  for (std::size_t at = window.find(kBegin, next_); at != std::string_view::npos; at = window.find(kBegin, next_))
    if (!take(window, at, is_end)) {
      next_ = at;
      return keep_from(window, at);
    }
  const std::size_t searched = window.size() < kBegin.size() ? 0 : window.size() - kBegin.size() + 1;
  next_ = std::max(next_, searched);
  return keep_from(window, next_);
}

// False: more of the log is needed to tell.
bool LogScanner::take(std::string_view window, std::size_t at, bool is_end) {
  const detail::LogCut cut = detail::cut_log_message(window.substr(at), is_end);
  if (cut.kind == detail::LogCut::Kind::need_more) return false;
  // "448=FIX.4.4": the end of a longer tag, unless the frame proves that a message begins right behind a number.
  const bool is_value = follows_digit(window, at, claimed_) && !cut.framed;
  if (cut.kind == detail::LogCut::Kind::none || is_value) {
    next_ = at + kBegin.size();
    return true;
  }
  move_to(window, at);
  next_ = at + std::max(cut.size, kBegin.size());
  if (cut.kind == detail::LogCut::Kind::not_read) {
    ++not_read_;
    if (on_not_read_) on_not_read_({line_, offset_ + at, cut.reason});
  } else {
    ++messages_;
    std::string_view message = window.substr(at, cut.size);
    if (cut.escaped || !is_wire(message, cut.separator)) {
      detail::to_wire(message, cut, wire_);
      message = wire_;
    }
    on_message_({line_, offset_ + at, prefix_before(window, at), message, cut.check_sum});
  }
  claimed_ = next_;
  return true;
}

void LogScanner::move_to(std::string_view window, std::size_t at) {
  line_ += detail::count_byte(window.data() + counted_, at - counted_, '\n');
  counted_ = at;
}

std::string_view LogScanner::prefix_before(std::string_view window, std::size_t at) const {
  const std::string_view before = window.substr(claimed_, at - claimed_);
  std::string_view prefix = before.substr(before.rfind('\n') + 1);
  while (!prefix.empty() && (prefix.front() == ' ' || prefix.front() == '\r')) prefix.remove_prefix(1);
  while (!prefix.empty() && (prefix.back() == ' ' || prefix.back() == ':')) prefix.remove_suffix(1);
  return prefix.substr(0, std::min(prefix.size(), kMaxPrefix));
}

// Everything before the line of `searched` is done with, and all but the end of a very long line.
std::size_t LogScanner::keep_from(std::string_view window, std::size_t searched) {
  searched = std::min(searched, window.size());
  const std::size_t far = searched > kMaxKept ? searched - kMaxKept : 0;
  const std::string_view line = window.substr(far, searched - far);
  const std::size_t newline = line.rfind('\n');
  std::size_t keep = std::max(newline == std::string_view::npos ? far : far + newline + 1, std::min(claimed_, searched));
  move_to(window, std::max(keep, counted_));
  counted_ -= keep;
  claimed_ = claimed_ > keep ? claimed_ - keep : 0;
  next_ -= keep;
  offset_ += keep;
  return keep;
}

void for_each_log_message(std::string_view text, const std::function<void(const LogMessage&)>& visit) {
  LogScanner scanner(visit);
  scanner.feed(text);
  scanner.finish();
}

}  // namespace marginfix::fix
