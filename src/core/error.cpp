// Names and texts of errors, and the bridge from Result<T>::value() to marginfix::Exception.
#include "marginfix/core/error.hpp"

#include <utility>

#include "marginfix/core/result.hpp"

namespace marginfix {

std::string_view to_string(ErrorCategory category) noexcept {
  switch (category) {
    case ErrorCategory::config:
      return "config";
    case ErrorCategory::credentials:
      return "credentials";
    case ErrorCategory::connect:
      return "connect";
    case ErrorCategory::tls:
      return "tls";
    case ErrorCategory::logon:
      return "logon";
    case ErrorCategory::sequence:
      return "sequence";
    case ErrorCategory::codec:
      return "codec";
    case ErrorCategory::decode:
      return "decode";
    case ErrorCategory::reject:
      return "reject";
    case ErrorCategory::business_reject:
      return "business reject";
    case ErrorCategory::rate_limit:
      return "rate limit";
    case ErrorCategory::http:
      return "http";
    case ErrorCategory::timeout:
      return "timeout";
    case ErrorCategory::closed:
      return "closed";
    case ErrorCategory::store:
      return "store";
    case ErrorCategory::internal:
      return "internal";
  }
  return "unknown";
}

std::string to_string(const Error& error) {
  std::string out(to_string(error.category));
  out += ": ";
  out += error.message;
  if (error.tag != 0 || error.offset != 0) {
    out += " [";
    if (error.tag != 0) out += "tag " + std::to_string(error.tag);
    if (error.tag != 0 && error.offset != 0) out += ' ';
    if (error.offset != 0) out += "at " + std::to_string(error.offset);
    out += ']';
  }
  return out;
}

Exception::Exception(Error error) : error_(std::move(error)), what_(to_string(error_)) {}

void throw_exception_from_error(const Error& error, const boost::source_location& /*where*/) { throw Exception(error); }

}  // namespace marginfix
