// The rules of the Logon(A), in the order of fix-margin.md.
#include "sim/doors/fix/session_options.hpp"

#include <array>
#include <charconv>

#include "sim/doors/fix/reasons.hpp"

namespace marginfix::sim {
namespace {

constexpr int kLeastHeartbeat = 3;

bool yes(const std::string& text) { return text == "Y"; }

// Nothing for texts that are no number; the dictionary has refused those already.
int number(const std::string& text) {
  int value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

LogonProblem check_session_fields(const fixwire::Inbound& logon, FixDoor door) {
  if (!logon.sender_sub_id.empty()) return {kNotForThis, 50, "SenderSubID(50) is not allowed on a Logon"};
  if (logon.encrypt_method != "0") return {kIncorrect, 98, "EncryptMethod(98) must be 0"};
  if (number(logon.heart_bt_int) < kLeastHeartbeat) return {kIncorrect, 108, "HeartBtInt(108) must be at least 3"};
  if (logon.default_appl_ver_id.empty()) return {kMissing, 1137, "DefaultApplVerID(1137) is required"};
  if (logon.default_appl_ver_id != "9") return {kIncorrect, 1137, "DefaultApplVerID(1137) must be 9"};
  if (door != FixDoor::RT && !yes(logon.reset_seq_num)) {
    return {logon.reset_seq_num.empty() ? kMissing : kIncorrect, 141, "ResetSeqNumFlag(141) must be Y on " + std::string(to_string(door))};
  }
  return {};
}

LogonProblem check_listener(const fixwire::Inbound& logon, FixDoor door) {
  if (!yes(logon.listener)) return {};
  if (door != FixDoor::NR && door != FixDoor::RT) return {kNotForThis, 20126, "ListenerSession(20126) is for KalshiNR and KalshiRT only"};
  if (!yes(logon.skip_pending)) {
    return {logon.skip_pending.empty() ? kMissing : kIncorrect, 21011, "ListenerSession(20126) needs SkipPendingExecReports(21011)=Y"};
  }
  if (yes(logon.cancel_on_disconnect)) {
    return {kIncorrect, 8013, "ListenerSession(20126) does not go together with CancelOrdersOnDisconnect(8013)=Y"};
  }
  return {};
}

LogonProblem check_retention(const fixwire::Inbound& logon, FixDoor door) {
  if (logon.retention_hours.empty()) return {};
  if (door != FixDoor::RT) return {kNotForThis, 20200, "MessageRetentionPeriod(20200) is for KalshiRT only"};
  const int hours = number(logon.retention_hours);
  if (hours < 1 || hours > kMostRetention) return {kIncorrect, 20200, "MessageRetentionPeriod(20200) must be 1 to 72 hours"};
  return {};
}

// The flags as one letter each, in this order.
constexpr std::array kFlags = {&SessionOptions::cancel_on_disconnect, &SessionOptions::listener,     &SessionOptions::ioc_cancel_report,
                               &SessionOptions::preserve_quantity,    &SessionOptions::skip_pending, &SessionOptions::use_expired,
                               &SessionOptions::new_before_trade};

}  // namespace

std::string_view to_string(FixDoor door) noexcept {
  switch (door) {
    case FixDoor::NR:
      return "KalshiNR";
    case FixDoor::RT:
      return "KalshiRT";
    case FixDoor::DC:
      return "KalshiDC";
    case FixDoor::MD:
      return "KalshiMD";
  }
  return "";
}

LogonProblem read_logon(const fixwire::Inbound& logon, FixDoor door, SessionOptions& options) {
  for (auto* check : {&check_session_fields, &check_listener, &check_retention}) {
    if (LogonProblem problem = check(logon, door); problem.reason != 0) return problem;
  }
  options = SessionOptions{};
  options.cancel_on_disconnect = yes(logon.cancel_on_disconnect);
  options.listener = yes(logon.listener);
  options.ioc_cancel_report = yes(logon.ioc_cancel_report);
  options.preserve_quantity = yes(logon.preserve_qty);
  options.skip_pending = yes(logon.skip_pending);
  options.use_expired = yes(logon.use_expired);
  options.new_before_trade = yes(logon.new_before_trade);
  if (!logon.retention_hours.empty()) options.retention_hours = number(logon.retention_hours);
  return {};
}

std::string to_text(const SessionOptions& options) {
  std::string text;
  for (const auto flag : kFlags) text += options.*flag ? 'Y' : 'N';
  return text + std::to_string(options.retention_hours);
}

SessionOptions session_options_from_text(std::string_view text) {
  SessionOptions options;
  if (text.size() <= kFlags.size()) return options;
  for (std::size_t i = 0; i < kFlags.size(); ++i) options.*kFlags[i] = text[i] == 'Y';
  int hours = 0;
  std::from_chars(text.data() + kFlags.size(), text.data() + text.size(), hours);
  if (hours >= 1 && hours <= kMostRetention) options.retention_hours = hours;
  return options;
}

}  // namespace marginfix::sim
