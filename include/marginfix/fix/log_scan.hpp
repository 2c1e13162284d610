// Finds FIX messages in any log: QuickFIX's FileLog ("20261001-14:30:00.123 : 8=FIXT..."), our own, a capture; SOH, "|", " | ", ";", "^A",
// "<SOH>", "\x01" and the like as separator, several messages on a line, any text around them.
// A message is cut by BodyLength(9) and CheckSum(10), data fields by their lengths; where BodyLength is wrong (redacted and re-typed
// messages), after CheckSum, or at the end of its line. What begins like a message and cannot be cut is told, never passed over.
// Time linear in the log, memory bounded by the longest message (1 MiB). Any thread, one at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace marginfix::fix {

// Views last as long as the call.
struct LogMessage {
  std::size_t line{0};       // 1-based line the message starts in
  std::size_t offset{0};     // of its first byte in the log
  std::string_view prefix;   // what stood before it on that line (at most 80 characters): a time, usually
  std::string_view message;  // SOH form
  bool check_sum{true};      // false: it ends without CheckSum(10)
};

// Something that begins like a message and is none we can read.
struct LogNotRead {
  std::size_t line{0};
  std::size_t offset{0};
  std::string_view reason;  // static
};
// "line 12, byte 3456: not read: the message is longer than 1 MiB"
std::string to_string(const LogNotRead& not_read);

// Takes a log in pieces of any size.
class LogScanner {
 public:
  using OnMessage = std::function<void(const LogMessage&)>;
  using OnNotRead = std::function<void(const LogNotRead&)>;
  explicit LogScanner(OnMessage on_message, OnNotRead on_not_read = {});

  void feed(std::string_view piece);
  void finish();  // nothing comes after this

  std::size_t messages() const noexcept { return messages_; }
  std::size_t not_read() const noexcept { return not_read_; }

 private:
  std::size_t scan(std::string_view window, bool is_end);
  bool take(std::string_view window, std::size_t at, bool is_end);
  void move_to(std::string_view window, std::size_t at);
  std::string_view prefix_before(std::string_view window, std::size_t at) const;
  std::size_t keep_from(std::string_view window, std::size_t searched);

  OnMessage on_message_;
  OnNotRead on_not_read_;
  std::string pending_;     // begins in the middle of a line or message
  std::size_t enough_{0};   // no use in looking again before so much is pending
  std::string wire_;        // of the message at hand, where it had to be converted
  std::size_t offset_{0};   // of the window's first byte in the log
  std::size_t line_{1};     // of `counted_`
  std::size_t counted_{0};  // lines are counted up to here in the window
  std::size_t claimed_{0};  // the bytes before belong to earlier messages or lines
  std::size_t next_{0};     // where the search goes on in the window
  std::size_t messages_{0};
  std::size_t not_read_{0};
};

// The whole of a log at once. What could not be read is left out: LogScanner tells it.
void for_each_log_message(std::string_view text, const std::function<void(const LogMessage&)>& visit);

}  // namespace marginfix::fix
