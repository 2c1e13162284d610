// Bodies of what the gateway says to its clients, in the client's version of FIX: fields that the version's stock message does not have are
// left out, values that it does not list are translated. Times to the millisecond, prices and quantities as decimals with a digit before
// the point: what every engine reads. Pure functions; they throw Exception(codec) where a text cannot be carried, which is our fault.
#pragma once

#include <string>

#include "services/gateway/oms/order_messages.hpp"
#include "services/gateway/oms/version.hpp"

namespace marginfix::gateway {

// ExecutionReport(8) written as 5.0 SP2 says it: exec_type 'F' for trades and 'I' for the answer to a status request, numbers of 103 and
// 378 as 5.0 SP2 counts.
std::string write_message(FixVersion version, Report report);
std::string write_message(FixVersion version, CancelReject reject);
std::string write_message(FixVersion version, MassCancelReport report);
std::string write_message(FixVersion version, BusinessReject reject);

}  // namespace marginfix::gateway
