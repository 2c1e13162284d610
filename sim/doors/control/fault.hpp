// What POST /fault says. The body names a door ("rest", "klear"; default "rest") and exactly one of
//   "status": 503 [, "body": any JSON, or a string sent as it stands] [, "headers": {"Retry-After": "1"}]   answered so, not done;
//                          with "done": true   done, and answered so all the same
//   "delay_ms": 500        done, answered late
//   "cut": true            done, answered in part: the connection ends in the middle of the body
//   "close": "before"      not done, the connection ends unanswered
//   "close": "after"       done, the connection ends unanswered
// beside "count" (requests, default 1), "method" and "path" (how the path begins behind the base) that narrow it.
// {"clear": true} takes all faults of the door back.
//
// With an order-entry door ("KalshiNR", "KalshiRT") exactly one of
//   "unavailable": "after"     done, but answered 58=EXCHANGE_UNAVAILABLE (150=8, or 9 for an amend or cancel)
//   "unavailable": "before"    not done, answered alike
// beside "count", "message" ("D", "G" or "F"; default: any) and "key_id" that narrow it.
#pragma once

#include <boost/json/object.hpp>

#include "marginfix/core/result.hpp"
#include "sim/doors/fix/order_faults.hpp"
#include "sim/doors/http/faults.hpp"

namespace marginfix::sim {

// Error(decode) says what is wrong.
Result<HttpFault> read_http_fault(const boost::json::object& body);
Result<OrderFault> read_order_fault(const boost::json::object& body);

}  // namespace marginfix::sim
