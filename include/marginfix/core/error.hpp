// What went wrong, as a value. Every fallible call of marginfix returns Result<T> (result.hpp) with this Error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace marginfix {

// The family of an error: decides what a program can do about it.
enum class ErrorCategory : std::uint8_t {
  config = 1,       // configuration is missing, unknown or contradictory; message names file, line and how to fix it
  credentials,      // key, passphrase or signature material unusable
  connect,          // name look-up or TCP connect failed
  tls,              // handshake, chain, host name or expiry
  logon,            // the exchange refused the Logon(A)
  sequence,         // MsgSeqNum(34) too low, or a gap on a session without retransmission
  codec,            // a value cannot be carried by the wire (encoding)
  decode,           // bytes are not the message they claim to be
  reject,           // Reject(3)
  business_reject,  // BusinessMessageReject(j)
  rate_limit,       // token bucket empty, locally or at the exchange
  http,             // HTTP status with the exchange's code
  timeout,          // no answer in time
  closed,           // session or client is not (or no longer) logged on
  store,            // the message store cannot be read or written
  internal          // a promise of ours was broken: please report
};

std::string_view to_string(ErrorCategory category) noexcept;

// An error a person can act on. Cheap to move; copied freely. Never holds a secret.
struct Error {
  ErrorCategory category{ErrorCategory::internal};
  std::string message;             // one sentence: what happened and how to fix it
  std::string context;             // raw material: the bytes, line or body the message is about (redacted)
  std::int32_t tag{0};             // FIX tag the error is about, 0 = none
  std::size_t offset{0};           // byte offset in `context` (decode errors)
  std::int32_t status{0};          // HTTP status, or a FIX reason code (373, 380, 102, 103)
  std::string code;                // the exchange's own code or text, verbatim; may carry data: match by prefix
  std::string request_id;          // HTTP: the id the exchange gave the request, for its support; often empty
  bool may_have_been_sent{false};  // true: it may have reached the exchange; of a write: outcome unknown, find out before asking again
};

// "category: message [tag 44 at 17]"; what exceptions and log lines carry.
std::string to_string(const Error& error);

// Root of every exception marginfix throws; `.value()` on a failed Result throws it.
class Exception : public std::exception {
 public:
  explicit Exception(Error error);
  const char* what() const noexcept override { return what_.c_str(); }
  const Error& error() const noexcept { return error_; }

 private:
  Error error_;
  std::string what_;
};

}  // namespace marginfix
