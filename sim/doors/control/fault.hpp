// What POST /fault says. The body names a door ("rest", "klear"; default "rest") and exactly one of
//   "status": 503 [, "body": any JSON, or a string sent as it stands] [, "headers": {"Retry-After": "1"}]   answered so, not done
//   "delay_ms": 500        done, answered late
//   "cut": true            done, answered in part: the connection ends in the middle of the body
//   "close": "before"      not done, the connection ends unanswered
//   "close": "after"       done, the connection ends unanswered
// beside "count" (requests, default 1), "method" and "path" (how the path begins behind the base) that narrow it.
// {"clear": true} takes all faults of the door back.
#pragma once

#include <boost/json/object.hpp>

#include "marginfix/core/result.hpp"
#include "sim/doors/http/faults.hpp"

namespace marginfix::sim {

// Error(decode) says what is wrong.
Result<HttpFault> read_http_fault(const boost::json::object& body);

}  // namespace marginfix::sim
