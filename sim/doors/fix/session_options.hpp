// What a client asked for in its Logon(A). Kept beside a KalshiRT session's store, because reports go on while it is away.
// Source: fix-margin.md "Logon".
#pragma once

#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"
#include "sim/doors/fix/wire.hpp"

namespace marginfix::sim {

inline constexpr int kMostRetention = 72;  // hours, MessageRetentionPeriod(20200)

struct SessionOptions {
  bool cancel_on_disconnect{false};  // 8013
  bool listener{false};              // 20126
  int retention_hours{24};           // 20200
  bool ioc_cancel_report{false};     // 21007
  bool preserve_quantity{false};     // 21008
  bool skip_pending{false};          // 21011
  bool use_expired{false};           // 21012
  bool new_before_trade{false};      // 21026
  friend bool operator==(const SessionOptions&, const SessionOptions&) = default;
};

enum class FixDoor : unsigned char { NR, RT, DC, MD };
std::string_view to_string(FixDoor door) noexcept;  // "KalshiNR" ...

// A rule of the Logon that the message breaks: Reject(3) with these, then Logout.
struct LogonProblem {
  int reason{0};  // 373, 0 = none: the Logon keeps the rules
  int tag{0};     // 371
  std::string text;
};
// Everything that can be said without knowing the key: 50, 98, 108, 1137, 141, 20126, 20200. Fills `options`.
LogonProblem read_logon(const fixwire::Inbound& logon, FixDoor door, SessionOptions& options);

std::string to_text(const SessionOptions& options);
SessionOptions session_options_from_text(std::string_view text);

}  // namespace marginfix::sim
