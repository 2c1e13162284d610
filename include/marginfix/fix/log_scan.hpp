// Finds FIX messages in any text: QuickFIX's FileLog ("20261001-14:30:00.123 : 8=FIXT..."), plain SOH, pipes, "^A" or "<SOH>" as separator.
// A message ends after CheckSum(10), or at the end of its line. Pure, any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace marginfix::fix {

// Views last as long as the text that is scanned, `message` as long as the call.
struct LogMessage {
  std::size_t line{0};       // 1-based line the message starts in
  std::string_view prefix;   // what stood before it on that line (at most 80 characters): a time, usually
  std::string_view message;  // SOH form
};

void for_each_log_message(std::string_view text, const std::function<void(const LogMessage&)>& visit);

}  // namespace marginfix::fix
