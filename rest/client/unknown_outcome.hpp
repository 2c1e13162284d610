// What an error says when nobody knows whether a write was carried out: that it is so, and how to find out.
#pragma once

#include <string_view>

#include "marginfix/core/error.hpp"
#include "marginfix/rest/operation.hpp"

namespace marginfix::rest {

// Where one looks for what a write has done; empty for reads and for writes that change nothing.
std::string_view where_to_look(const OperationInfo& info);

// Adds to the message of an error with may_have_been_sent that the write's outcome is unknown. Anything else stays as it is.
Error with_unknown_outcome(Error error, const OperationInfo& info);

}  // namespace marginfix::rest
