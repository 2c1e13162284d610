// The exchange's usage tiers by name.
#include "marginfix/core/rate_limit.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace marginfix {
namespace {

struct Tier {
  std::string_view name;
  std::int64_t read, write;  // tokens a second
  int seconds;               // what a bucket holds
};
// fix-margin.md "Rate limits": above Basic a bucket holds two seconds' worth.
constexpr std::array<Tier, 7> kTiers{{{"basic", 200, 100, 1},
                                      {"advanced", 300, 300, 2},
                                      {"expert", 600, 600, 2},
                                      {"premier", 1000, 1000, 2},
                                      {"paragon", 2000, 2000, 2},
                                      {"prime", 4000, 4000, 2},
                                      {"prestige", 6000, 8000, 2}}};

bool same_text(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

Result<RateLimitOptions> rate_limit_tier(std::string_view name) {
  RateLimitOptions options;
  if (same_text(name, "unlimited")) {
    options.write = options.read = TokenBucketOptions{0, 0, 0};
    return options;
  }
  for (const Tier& tier : kTiers) {
    if (!same_text(name, tier.name)) continue;
    options.write = {tier.write * tier.seconds, tier.write, std::min<std::int64_t>(200, tier.write)};
    options.read = {tier.read * tier.seconds, tier.read, 0};
    return options;
  }
  return fail(ErrorCategory::config,
              "'" + std::string(name) + "' is no usage tier: use basic, advanced, expert, premier, paragon, prime, prestige or unlimited");
}

}  // namespace marginfix
