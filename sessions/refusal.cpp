// Reads the exchange's refusals: by code where there is one, else by the words it is known to use.
#include "sessions/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>

namespace marginfix::sessions {
namespace {

// SessionRejectReason(373) and BusinessRejectReason(380)
constexpr int kSignatureProblem = 8, kCompIdProblem = 9, kSendingTimeProblem = 10, kOther = 99;
constexpr int kNotAvailable = 4, kNotAuthorized = 6, kRateLimitExceeded = 8;

bool mentions(std::string_view text, std::string_view lower_case_part) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return std::search(text.begin(), text.end(), lower_case_part.begin(), lower_case_part.end(), same) != text.end();
}

bool mentions_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::ranges::any_of(parts, [text](std::string_view part) { return mentions(text, part); });
}

bool is_reject(const EndFacts& facts) { return facts.answer_type.empty() || facts.answer_type == "3"; }
bool is_business_reject(const EndFacts& facts) { return facts.answer_type == "j"; }
bool is_refusal(const EndFacts& facts) { return is_reject(facts) || is_business_reject(facts) || facts.answer_type == "5"; }

bool says_already_exists(std::string_view text) {
  return mentions_any(text, {"already exists", "already connected", "already logged on", "already logged in", "already active",
                             "duplicate session", "duplicate connection", "one connection per", "one active connection"});
}

bool says_rate_limited(const EndFacts& facts) {
  return (is_business_reject(facts) && facts.code == kRateLimitExceeded) ||
         mentions_any(facts.text, {"rate limit", "ratelimit", "too many requests", "too many logon", "too many login",
                                   "too many connection attempts", "throttl"});
}

bool says_busy(const EndFacts& facts) {
  if (mentions_any(facts.text, {"busy", "retry with backoff", "overload", "at capacity"})) return true;
  if (facts.was_logged_on) return false;  // "going down for maintenance" is an ordinary good-bye
  return (is_business_reject(facts) && facts.code == kNotAvailable) ||
         mentions_any(facts.text, {"try again", "retry later", "please retry", "temporar", "unavailable", "maintenance", "not ready",
                                   "not available", "starting up", "shutting down", "restarting"});
}

// Trouble of the exchange's own: whatever else the text says, it may be gone with the next try.
bool says_passing(std::string_view text) {
  return mentions_any(text, {"internal", "server error", "timed out", "timeout", "time-out", "at this time", "right now", "currently"});
}

bool says_not_permitted(const EndFacts& facts) {
  if (is_business_reject(facts) && facts.code == kNotAuthorized) return true;
  if (facts.answer_type == "3" && facts.code == kCompIdProblem) return true;
  return mentions_any(facts.text, {"not authorized",
                                   "not authorised",
                                   "unauthorized",
                                   "unauthorised",
                                   "not permitted",
                                   "not approved",
                                   "not enabled",
                                   "not allowed",
                                   "permission",
                                   "forbidden",
                                   "access denied",
                                   "may not",
                                   "restricted",
                                   "authentication",
                                   "credential",
                                   "invalid api key",
                                   "invalid key",
                                   "unknown api key",
                                   "unknown key",
                                   "key not found",
                                   "no api key",
                                   "not an api key",
                                   "revoked",
                                   "suspended",
                                   "disabled",
                                   "deactivated",
                                   "insufficient scope",
                                   "missing scope",
                                   "unknown sendercompid",
                                   "invalid sendercompid",
                                   "unknown compid",
                                   "invalid compid"});
}

bool names_a_logon_field(std::string_view text) {
  return mentions_any(text, {"resetseqnumflag",
                             "heartbtint",
                             "encryptmethod",
                             "applverid",
                             "rawdata",
                             "sendersubid",
                             "listenersession",
                             "cancelordersondisconnect",
                             "skippendingexecreports",
                             "messageretentionperiod",
                             "usedollars",
                             "receivesettlement",
                             "enableioccancel",
                             "preserveoriginal",
                             "useexpired",
                             "alwaysemit",
                             "sendercompid",
                             "targetcompid",
                             "tag ",
                             "field"});
}

bool says_wrong_field(const EndFacts& facts) {
  if (facts.answer_type == "3" && facts.code_given && facts.code != kOther) return true;
  return names_a_logon_field(facts.text) && !mentions(facts.text, "seqnum(34)") &&
         mentions_any(facts.text, {"required", "must", "missing", "invalid", "unsupported", "not supported", "unknown", "incorrect"});
}

std::string clock_text(const EndFacts& facts) {
  if (!facts.clock_difference) return "synchronise this machine's clock (NTP)";
  const auto ms = facts.clock_difference->count();
  return fmt::format("this machine's clock is {} ms {} the exchange's, 30000 ms are allowed: synchronise it (NTP)", ms < 0 ? -ms : ms,
                     ms < 0 ? "ahead of" : "behind");
}

// "'text' (BusinessMessageReject(j), BusinessRejectReason(380)=6)"
std::string quoted(const EndFacts& facts) {
  std::string said = facts.text.empty() ? "without a text" : "'" + facts.text + "'";
  if (facts.answer_type.empty() || facts.answer_type == "5") return said;
  const std::string reason = facts.code_given ? std::to_string(facts.code) : std::string("not given");
  if (facts.answer_type == "3") return said + " (Reject(3), SessionRejectReason(373)=" + reason + ")";
  if (facts.answer_type == "j") return said + " (BusinessMessageReject(j), BusinessRejectReason(380)=" + reason + ")";
  return said + " (MsgType(35)=" + facts.answer_type + ")";
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// The exchange's pages contradict each other: connectivity (strict) and error handling (generous).
Finding already_exists(const EndFacts& facts, const std::string& said) {
  const std::string others =
      facts.same_key_sessions.empty()
          ? std::string(
                "no other session of this client uses the key: look for another process or machine, or an old connection of this one")
          : "this client also uses the key for " + listed(facts.same_key_sessions) +
                ": if they are connected, give each session an API key of its own";
  return {EndReason::already_exists,
          fmt::format("the exchange says {}: another connection holds this API key. The exchange's pages can be read as one FIX connection "
                      "per API key, or as one per key and TargetCompID(56){}; {}. The other connection is let go when it closes or times "
                      "out (up to 60 s)",
                      said, facts.target_comp_id.empty() ? "" : "=" + facts.target_comp_id, others)};
}

Finding before_the_session(const EndFacts& facts, const std::string& said) {
  if ((is_reject(facts) && facts.code == kSignatureProblem) || mentions(facts.text, "signature"))
    return {EndReason::signature_refused,
            fmt::format(
                "the exchange refused the signature ({}): API key id (SenderCompID) and private key do not belong together, or the key is "
                "of another gateway or environment",
                said)};
  if ((is_reject(facts) && facts.code == kSendingTimeProblem) || mentions_any(facts.text, {"sendingtime", "sending time", "timestamp"}))
    return {EndReason::clock_out_of_range, fmt::format("the exchange refused SendingTime(52) ({}): {}", said, clock_text(facts))};
  if (mentions(facts.text, "too low"))
    return {EndReason::sequence_too_low,
            fmt::format("the exchange expected a higher MsgSeqNum(34) of ours ({}): {}", said, ways_out(facts.keep_sequence))};
  if (!says_passing(facts.text)) {
    if (says_not_permitted(facts))
      return {EndReason::not_permitted,
              fmt::format("the exchange does not let this API key or account log on here: {}. Use a key of this environment with the scope "
                          "for the session (read and write::trade for order entry; keys restricted to one subaccount: KalshiNR and "
                          "KalshiMD only), or ask the exchange's institutional desk",
                          said)};
    if (says_wrong_field(facts))
      return {
          EndReason::logon_invalid,
          fmt::format("the exchange refuses a field of the Logon(A): {}. Correct the session's configuration before the next try", said)};
  }
  if (is_refusal(facts)) return {EndReason::logon_refused, fmt::format("the exchange refused the Logon(A) {}", said)};
  return {EndReason::protocol_error, fmt::format("the exchange sent MsgType(35)={} before it answered the Logon(A){}", facts.answer_type,
                                                 facts.text.empty() ? "" : ": '" + facts.text + "'")};
}

}  // namespace

std::string ways_out(bool keep_sequence) {
  if (!keep_sequence) return "the next Logon(A) starts both sides at 1 again";
  return "restore the message store of the last run; or compare drop copy and REST with your own orders, then log on once with "
         "ResetSeqNumFlag(141)=Y (ResetSeqNumFlag=Y for one Logon)";
}

Finding read_refusal(const EndFacts& facts) {
  const std::string said = quoted(facts);
  if (says_already_exists(facts.text)) return already_exists(facts, said);
  if (says_rate_limited(facts))
    return {EndReason::rate_limited,
            fmt::format("the exchange says {}: Logons spend the account's tokens. The next try waits longer; look for programs of this "
                        "account that log on or send too often",
                        said)};
  if (mentions_any(facts.text, {"not allowed for fix", "api usage level", "api tier", "usage tier"}))
    return {EndReason::tier_not_allowed,
            fmt::format(
                "the exchange says {}: this account's API tier has no FIX access (premier and above by default, KalshiRT by arrangement); "
                "ask the exchange for it",
                said)};
  if (says_busy(facts))
    return {EndReason::busy, fmt::format("the exchange cannot take a Logon(A) just now: {}. The next try waits longer", said)};
  if (facts.was_logged_on) return {EndReason::logout_by_peer, fmt::format("the exchange logged us out {}", said)};
  return before_the_session(facts, said);
}

}  // namespace marginfix::sessions
