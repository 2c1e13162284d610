// Result<T>: a value or an Error. `.value()` throws marginfix::Exception, `.error()` gives the Error.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <utility>

#include "marginfix/core/error.hpp"

namespace marginfix {

template <class T>
using Result = boost::system::result<T, Error>;

// Found by argument-dependent look-up from boost::system::result<T, Error>::value().
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

// Shorthand for `return fail(ErrorCategory::config, "...")`.
inline Error fail(ErrorCategory category, std::string message, std::string context = {}) {
  Error error;
  error.category = category;
  error.message = std::move(message);
  error.context = std::move(context);
  return error;
}

}  // namespace marginfix
