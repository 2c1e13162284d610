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

enum class RateLimitPolicy : std::uint8_t {
  wait,      // what finds no token waits, at most `max_wait`
  fail_fast  // Error(rate_limit) at once
};

// One pair of buckets per client, shared by its FIX sessions (and by whoever else is given them: MarginFixClientOptions,
// RestClientOptions). Order entry spends write tokens, market data and drop copy read tokens.
struct RateLimitOptions {
  TokenBucketOptions write{2000, 1000, 200};  // the Premier tier: the lowest that FIX is open to
  TokenBucketOptions read{2000, 1000, 0};
  std::int64_t cost{10};  // tokens a FIX message
  RateLimitPolicy policy{RateLimitPolicy::wait};
  std::size_t max_waiting{1000};             // messages a session; one more is Error(rate_limit)
  std::chrono::milliseconds max_wait{2000};  // a message older than this is reported through on_not_sent
};
// Buckets of a tier by name ("basic" ... "prestige", "unlimited", any case); Error(config) lists the names.
Result<RateLimitOptions> rate_limit_tier(std::string_view name);

}  // namespace marginfix
