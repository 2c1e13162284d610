// The exchange's token buckets of one account, kept on our side so that its own are not hit: a read bucket, a default write bucket, one
// more write bucket for each further shard (a shard is an exchange index), and what requests cost. Give the same one to every client of
// the account (MarginFixClientOptions, RestClientOptions): on the exchange FIX and REST spend the same buckets.
// Thread-safe. Time is an argument. Source: changes-2026-11.md D4.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "marginfix/core/rate_limit.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/core/token_bucket.hpp"

namespace marginfix {

class AccountLimits {
 public:
  // Buckets full at `now`.
  explicit AccountLimits(const RateLimitOptions& options = {}, Timestamp now = system_clock().now());
  AccountLimits(const AccountLimits&) = delete;
  AccountLimits& operator=(const AccountLimits&) = delete;

  TokenBucket& read() noexcept { return read_; }
  TokenBucket& write() noexcept { return write_; }  // the default: everything but creates and amends on shards above 0
  // The bucket a request spends. `ticker` chooses the shard of an order; one whose shard is not known (or "") spends the default.
  TokenBucket& bucket(RequestKind kind, std::string_view ticker) noexcept;

  std::int64_t cost(RequestKind kind) const noexcept { return RequestCosts{standard_, cancel_}.of(kind); }
  // The exchange said what requests cost (endpoint_costs). Below 1 is ignored.
  void set_costs(const RequestCosts& costs) noexcept;

  // The exchange said where a market lives: `exchange_index` of a market, LastMkt(30) of a report. A new shard's bucket is full.
  void set_shard(std::string_view ticker, int shard, Timestamp now);
  // Whether any market lives beyond shard 0.
  bool sharded() const noexcept { return sharded_.load(std::memory_order_acquire); }

  // The exchange said what the account has (api_limits): the write numbers hold for each shard's bucket. Reserves stay. Numbers that are
  // not positive are ignored.
  void follow(const TokenBucketOptions& read, const TokenBucketOptions& write, Timestamp now);

 private:
  TokenBucket read_, write_;
  std::atomic<std::int64_t> standard_, cancel_;
  std::atomic<bool> sharded_{false};
  mutable std::mutex mutex_;
  std::map<std::string, int, std::less<>> shard_of_;
  std::map<int, std::unique_ptr<TokenBucket>> shards_;  // from 1; never removed, so references stay good
};

}  // namespace marginfix
