// Where a message in a log ends: BodyLength(9) says it when it leads to a CheckSum(10). Logs also hold redacted and re-typed messages, so
// where it does not, the fields are walked one by one.
#pragma once

#include <cstddef>
#include <string_view>

#include "src/fix/log_separator.hpp"

namespace marginfix::fix::detail {

inline constexpr std::size_t kMaxLogMessage = std::size_t{1} << 20U;

struct LogCut {
  enum class Kind { message, need_more, none, not_read };
  Kind kind{Kind::none};
  std::size_t size{0};         // bytes of the log it takes, its last separator included
  std::string_view separator;  // a part of the text
  bool framed{false};          // BodyLength(9) leads to CheckSum(10)
  bool check_sum{false};       // it ends with CheckSum(10)
  bool escaped{false};         // BodyLength(9) is right once the escapes of our own log are undone
  std::string_view reason;     // of not_read; static
};
// `text` starts with "8=FIX" and goes on as far as the log is known; `is_end`: that is all of it. Asks for more at most up to
// kMaxLogMessage and a little. Time: linear in the size of the result.
LogCut cut_log_message(std::string_view text, bool is_end);

}  // namespace marginfix::fix::detail
