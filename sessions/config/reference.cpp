// docs/configuration.md, written from the table the parser uses: what is documented is what is understood.
#include <string>

#include "sessions/config/keys.hpp"

namespace marginfix {
namespace {

using namespace sessions::config;

std::string where(std::uint8_t sessions) {
  if (sessions == kAny) return "all";
  if (sessions == kClient) return "`[DEFAULT]`";
  std::string names;
  const auto add = [&](std::uint8_t bit, std::string_view name) {
    if ((sessions & bit) != 0) names += (names.empty() ? "" : ", ") + std::string(name);
  };
  add(kNR, "NR");
  add(kRT, "RT");
  add(kDC, "DC");
  add(kMD, "MD");
  return names;
}

std::string sentence(const KeySpec& spec) {
  std::string text(spec.meaning);
  if (!text.empty() && spec.apply == nullptr && spec.group == Group::quickfix) {
    text[0] = 'H';  // "has no effect ..."
    text += ".";
  }
  return text;
}

constexpr std::string_view kIntro = R"(# Configuration of MarginFixClient

Generated from the table the parser uses (`sessions/config/keys.cpp`); a test compares this file with it.

A client is configured in one of four ways, all giving the same `MarginFixConfig`, an aggregate you may change before the client is made:

| from | call |
|---|---|
| a QuickFIX `.cfg` | `MarginFixConfig::from_cfg_file(path)` |
| the environment | `MarginFixConfig::from_env()` |
| a simulator's `endpoints.json` | `MarginFixConfig::from_endpoints_file(path, account)` |
| code | `config.environment = Environment::demo; config.add(SessionKind::order_entry, TargetSession::NR, credentials)` |

## The .cfg file

`[DEFAULT]` holds what all sessions share, each `[SESSION]` is one FIX session; its own value wins. `${VARIABLE}` is replaced by the environment
variable, which must exist; `$${` stands for `${`. Lines that begin with `#` or `;` are comments; nothing may follow a section's `]`. Key names match
in any case. A path may begin with `~/`.

Refused at load, with file, line and how to fix it, all of a file in one run: unknown keys (with the nearest known one; the keys of QuickFIX/J and
quickfix-go with what to write instead), a key on a session it means nothing to, a key twice in a
section, values out of range, and contradictions: a listener with `CancelOrdersOnDisconnect=Y` or `SkipPendingExecReports=N`, `ResetSeqNumFlag=N` or
`ResetOnLogon=N` on KalshiNR, KalshiDC or KalshiMD, `ResetOnLogon=Y` on KalshiRT, `MessageRetentionPeriod` elsewhere than on KalshiRT, plain TCP to an
address that is not loopback, one API key twice on one target. A key of `[DEFAULT]` holds for the sessions that know it; one that no session knows is
refused. Accepted keys without effect, and values worth a second look, are listed in `MarginFixConfig::findings`.

Column "on": the sessions a key may stand for; `[DEFAULT]` marks values for the whole client.
)";

std::string key_tables() {
  std::string out;
  Group group = Group::refused;
  for (const KeySpec& spec : keys()) {
    if (spec.group != group) {
      group = spec.group;
      out += "\n### " + std::string(title(group)) + "\n\n| key | value | default | on | meaning |\n|---|---|---|---|---|\n";
    }
    out += "| `" + std::string(spec.key) + "` | " + std::string(spec.value) + " | " + std::string(spec.otherwise) + " | " +
           where(spec.sessions) + " | " + sentence(spec) + " |\n";
  }
  out += "\n### " + std::string(title(Group::refused)) + "\n\n| key | because |\n|---|---|\n";
  for (const RefusedKey& refused : refused_keys())
    out += "| `" + std::string(refused.pattern) + "` | " + std::string(refused.remedy) + " |\n";
  return out;
}

std::string variable_table() {
  std::string out =
      "\n## Environment variables\n\nRead by `MarginFixConfig::from_env()`. A variable that is set but empty counts as absent.\n\n"
      "| variable | default | meaning |\n|---|---|---|\n";
  for (const VariableSpec& variable : variables()) {
    out += "| `" + std::string(variable.name) + "` | " + std::string(variable.otherwise) + " | " + std::string(variable.meaning) + " |\n";
  }
  return out;
}

std::string tier_table() {
  std::string out =
      "\n## Usage tiers\n\n`RateLimitTier` sets both buckets. The exchange opens FIX to `premier` and above. The numbers are those its "
      "page gives for event "
      "contracts: what a perps account really has is told by REST `margin api_limits` only (docs/fix.md, Rate limits).\n\n"
      "| tier | write: capacity, a second | read: capacity, a second |\n|---|---|---|\n";
  for (const std::string_view name : {"basic", "advanced", "expert", "premier", "paragon", "prime", "prestige"}) {
    const auto tier = rate_limit_tier(name).value();
    out += "| `" + std::string(name) + "` | " + std::to_string(tier.write.capacity) + ", " + std::to_string(tier.write.refill_per_second) +
           " | " + std::to_string(tier.read.capacity) + ", " + std::to_string(tier.read.refill_per_second) + " |\n";
  }
  return out + "| `unlimited` | no limit | no limit |\n";
}

}  // namespace

std::string configuration_reference() { return std::string(kIntro) + key_tables() + variable_table() + tier_table(); }

}  // namespace marginfix
