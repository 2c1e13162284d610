#include "marginfix/core/account_limits.hpp"

namespace marginfix {
namespace {

// Far more than the exchange has: whoever tells us of more is not believed.
constexpr int kMostShards = 1'000;
constexpr std::size_t kMostTickers = 100'000;

void follow_bucket(TokenBucket& bucket, const TokenBucketOptions& told, Timestamp now) {
  if (told.capacity <= 0 || told.refill_per_second <= 0) return;
  TokenBucketOptions options = bucket.options();
  if (options.capacity == told.capacity && options.refill_per_second == told.refill_per_second) return;
  options.capacity = told.capacity;
  options.refill_per_second = told.refill_per_second;
  bucket.reconfigure(options, now);
}

}  // namespace

AccountLimits::AccountLimits(const RateLimitOptions& options, Timestamp now)
    : read_(options.read, now), write_(options.write, now), standard_(options.cost), cancel_(options.cancel_cost) {}

TokenBucket& AccountLimits::bucket(RequestKind kind, std::string_view ticker) noexcept {
  if (kind == RequestKind::read) return read_;
  if (kind != RequestKind::order || !sharded()) return write_;
  const std::lock_guard lock(mutex_);
  const auto known = shard_of_.find(ticker);
  return known == shard_of_.end() || known->second == 0 ? write_ : *shards_.at(known->second);
}

void AccountLimits::set_costs(const RequestCosts& costs) noexcept {
  if (costs.standard >= 1) standard_ = costs.standard;
  if (costs.cancel >= 1) cancel_ = costs.cancel;
}

void AccountLimits::set_shard(std::string_view ticker, int shard, Timestamp now) {
  if (ticker.empty() || shard < 0 || shard > kMostShards || (shard == 0 && !sharded())) return;
  const std::lock_guard lock(mutex_);
  const auto known = shard_of_.find(ticker);
  if (known != shard_of_.end() && known->second == shard) return;
  if (shard != 0) {
    auto& bucket = shards_[shard];
    if (!bucket) bucket = std::make_unique<TokenBucket>(write_.options(), now);
  }
  if (known != shard_of_.end()) {
    known->second = shard;
  } else if (shard_of_.size() < kMostTickers) {
    shard_of_.emplace(ticker, shard);
  }
  if (shard != 0) sharded_.store(true, std::memory_order_release);
}

void AccountLimits::follow(const TokenBucketOptions& read, const TokenBucketOptions& write, Timestamp now) {
  follow_bucket(read_, read, now);
  follow_bucket(write_, write, now);
  const std::lock_guard lock(mutex_);
  for (auto& [shard, bucket] : shards_) follow_bucket(*bucket, write, now);
}

}  // namespace marginfix
