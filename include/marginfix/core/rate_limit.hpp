// What a client does on its own side about the exchange's token buckets, so that the exchange's are not hit. FIX and REST of one
// account spend the same buckets. Source: fix-margin.md "Rate limits"; rest-perps.md "Errors, retries, rate limits".
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "marginfix/core/result.hpp"
#include "marginfix/core/token_bucket.hpp"

namespace marginfix {

// What a request is to the exchange's buckets: which one it spends, and how much. One table for FIX and REST.
enum class RequestKind : std::uint8_t {
  read,    // the read bucket
  order,   // creates and amends: the write bucket of the market's shard
  cancel,  // cancels, decreases, cancel-all: the default write bucket, at a token each
  write    // whatever else changes something: the default write bucket
};
// Of a client's FIX message, by MsgType(35): F and q cancel, D and G order, V, e and U1 read; anything else is a write.
RequestKind request_kind(std::string_view msg_type) noexcept;

// Tokens a request, by kind. REST operations with a cost of their own (balance) say so in their OperationInfo.
struct RequestCosts {
  std::int64_t standard{10};
  std::int64_t cancel{1};
  std::int64_t of(RequestKind kind) const noexcept { return kind == RequestKind::cancel ? cancel : standard; }
};

enum class RateLimitPolicy : std::uint8_t {
  wait,      // what finds no token waits, at most `max_wait`
  fail_fast  // Error(rate_limit) at once
};

// One AccountLimits (core/account_limits.hpp) a client is made of this, shared by its FIX sessions and by whoever else is given it.
// The defaults are the Premier tier's, the lowest that FIX is open to. What the account really has only REST's api_limits() tells.
struct RateLimitOptions {
  TokenBucketOptions write{3600, 1200, 200};  // three seconds' worth
  TokenBucketOptions read{1200, 1200, 0};     // one second's
  std::int64_t cost{10};                      // tokens of a message that is no cancel
  std::int64_t cancel_cost{1};                // of OrderCancelRequest(F) and OrderMassCancelRequest(q)
  RateLimitPolicy policy{RateLimitPolicy::wait};
  std::size_t max_waiting{1000};             // messages a session; one more is Error(rate_limit)
  std::chrono::milliseconds max_wait{2000};  // a message older than this is reported through on_not_sent
};
// Buckets of a tier by name, as the exchange's page has them for event contracts (perps accounts are told theirs by api_limits()) ("basic"
// ... "prestige", "unlimited", any case); Error(config) lists the names.
Result<RateLimitOptions> rate_limit_tier(std::string_view name);

}  // namespace marginfix
