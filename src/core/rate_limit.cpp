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
  int write_seconds;         // what the write bucket holds; the read bucket of perps holds one
};
// changes-2026-11.md D4. Basic reads twice as fast on perps (400, observed.md); the smaller number is safe on both.
constexpr std::array<Tier, 7> kTiers{{{"basic", 200, 100, 1},
                                      {"advanced", 300, 300, 3},
                                      {"expert", 600, 600, 3},
                                      {"premier", 1200, 1200, 3},
                                      {"paragon", 2400, 2400, 3},
                                      {"prime", 4800, 4800, 3},
                                      {"prestige", 12000, 9600, 3}}};

bool same_text(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

RequestKind request_kind(std::string_view msg_type) noexcept {
  if (msg_type == "D" || msg_type == "G") return RequestKind::order;
  // OrderMassCancelRequest(q) is REST's cancel-all, which costs as much as one cancel.
  if (msg_type == "F" || msg_type == "q") return RequestKind::cancel;
  if (msg_type == "V" || msg_type == "e" || msg_type == "U1") return RequestKind::read;
  return RequestKind::write;
}

Result<RateLimitOptions> rate_limit_tier(std::string_view name) {
  RateLimitOptions options;
  if (same_text(name, "unlimited")) {
    options.write = options.read = TokenBucketOptions{0, 0, 0};
    return options;
  }
  for (const Tier& tier : kTiers) {
    if (!same_text(name, tier.name)) continue;
    options.write = {tier.write * tier.write_seconds, tier.write, std::min<std::int64_t>(200, tier.write)};
    options.read = {tier.read, tier.read, 0};
    return options;
  }
  return fail(
      ErrorCategory::config,
      "'" + std::string(name) + "' is not a usage tier: use basic, advanced, expert, premier, paragon, prime, prestige or unlimited");
}

}  // namespace marginfix
