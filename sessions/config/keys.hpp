// The one table of .cfg keys: drives parsing, the refusal of unknown and misplaced keys, and docs/configuration.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "marginfix/core/config.hpp"
#include "marginfix/sessions/margin_fix_config.hpp"

namespace marginfix::sessions::config {

// Sessions a key means something for.
enum : std::uint8_t { kNR = 1, kRT = 2, kDC = 4, kMD = 8, kOrders = kNR | kRT, kReports = kNR | kRT | kDC, kAny = 15, kClient = 16 };

enum class Group : std::uint8_t { session, connection, tls, credentials, logon, sequence, timing, limits, log, quickfix, refused };
std::string_view title(Group group) noexcept;

// What a session's section says beside its SessionConfig: keys whose only use is to be consistent with the rest.
struct Stated {
  std::optional<bool> reset_seq_num_flag, reset_on_logon, listener_session;
  std::string qualifier;
};

struct Target {
  SessionConfig& session;
  Stated& stated;
  MarginFixConfig& client;
};

struct KeySpec {
  std::string_view key;
  Group group;
  std::uint8_t sessions;       // kNR ... or kClient: one value for the whole client, in [DEFAULT] only
  std::string_view value;      // what may stand there, for people
  std::string_view otherwise;  // the default, for people
  std::string_view meaning;
  // Null: accepted, without effect here; `meaning` says why and becomes a finding.
  Result<void> (*apply)(Target&, const CfgValue&);
};

// In the order of the reference.
std::span<const KeySpec> keys() noexcept;
// Keys of QuickFIX that would promise something we do not do, by name or by the beginning of a name ("MySQL*"): refused with how to fix it.
struct RefusedKey {
  std::string_view pattern;
  std::string_view remedy;
};
std::span<const RefusedKey> refused_keys() noexcept;

const KeySpec* find_key(std::string_view key) noexcept;
const RefusedKey* find_refused(std::string_view key) noexcept;
// The nearest known key, empty when none is within `most` edits (0: a third of the key's length).
std::string_view nearest_key(std::string_view key, std::size_t most = 0);

// Environment variables of from_env().
struct VariableSpec {
  std::string_view name;
  std::string_view otherwise;
  std::string_view meaning;
};
std::span<const VariableSpec> variables() noexcept;

// What contradicts what in one session. `key` is the key to blame.
struct Contradiction {
  std::string_view key;
  std::string text;
};
std::optional<Contradiction> find_contradiction(const SessionConfig& session, const Stated& stated);

// Two sessions that cannot live in one client. Indices into the sessions given.
struct Clash {
  std::size_t first, second;
  Contradiction contradiction;
};
std::optional<Clash> find_clash(std::span<const SessionConfig> sessions);

std::uint8_t mask(TargetSession target) noexcept;
bool same_text(std::string_view a, std::string_view b) noexcept;  // any case

}  // namespace marginfix::sessions::config
