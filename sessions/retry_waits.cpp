// The waits: full jitter, longer where the exchange is busy or says the same again.
#include "sessions/retry_waits.hpp"

#include <algorithm>

namespace marginfix::sessions {
namespace {

using std::chrono::milliseconds;

// Where the text differs by a number only (a time, a request id), it is the same refusal.
std::string without_digits(std::string text) {
  std::erase_if(text, [](char c) { return c >= '0' && c <= '9'; });
  return text;
}

}  // namespace

RetryWaits::RetryWaits(const RetryOptions& options, std::uint64_t seed)
    : options_(options),
      ordinary_(options.backoff, seed),
      busy_({options.busy_wait, std::max<milliseconds>(options.refused_wait - options.busy_wait, milliseconds{0}), milliseconds{0}}, seed),
      seed_(seed) {}

milliseconds RetryWaits::next(const EndVerdict& last) {
  ++tries_;
  if (!last.refused) last_refusal_.clear(), repeats_ = 0;
  if (last.reason == EndReason::already_exists) return options_.already_exists_wait;
  if (last.reason == EndReason::rate_limited || last.reason == EndReason::busy) return options_.busy_wait + busy_.next();
  const milliseconds wait = ordinary_.next();
  return last.refused ? std::max(wait, slowed_down(last.text)) : wait;
}

// From the second time on at least half of 1, 2, 4, 8 ... s, up to refused_wait; the other half is jitter.
milliseconds RetryWaits::slowed_down(const std::string& text) {
  constexpr unsigned kMostDoublings = 20;
  std::string refusal = without_digits(text);
  if (refusal != last_refusal_) {
    last_refusal_ = std::move(refusal);
    repeats_ = 0;
    return milliseconds{0};
  }
  ++repeats_;
  const milliseconds half =
      std::min<milliseconds>(milliseconds{500} * (1 << std::min(repeats_ - 1, kMostDoublings)), options_.refused_wait / 2);
  Backoff jitter({half, half, milliseconds{0}}, seed_ == 0 ? 0 : seed_ + repeats_);
  return half + jitter.next();
}

void RetryWaits::held() {
  ordinary_.reset();
  busy_.reset();
  tries_ = repeats_ = 0;
  last_refusal_.clear();
}

}  // namespace marginfix::sessions
