// The one table of the gateway's .cfg keys: drives parsing, the refusal of unknown and misplaced keys, and docs/gateway.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "marginfix/core/config.hpp"
#include "services/gateway/config.hpp"

namespace marginfix::gateway {

enum class KeyGroup : std::uint8_t { session, connection, orders, limits, service, quickfix };
std::string_view title(KeyGroup group) noexcept;

enum class KeyPlace : std::uint8_t {
  client,   // a client's [SESSION], or [DEFAULT] for all of them
  gateway,  // [DEFAULT] only
  ignored   // accepted, without effect: `meaning` says why
};

// `client` is a client's section, or null where a key of the gateway is read.
struct KeyTarget {
  ClientConfig* client{nullptr};
  GatewayConfig* gateway{nullptr};
};

struct GatewayKey {
  std::string_view key;
  KeyGroup group;
  KeyPlace place;
  std::string_view value;      // what may stand there
  std::string_view otherwise;  // the default
  std::string_view meaning;
  Result<void> (*apply)(const KeyTarget&, const CfgValue&);
};

std::span<const GatewayKey> gateway_keys() noexcept;
const GatewayKey* find_gateway_key(std::string_view key) noexcept;
std::string nearest_gateway_key(std::string_view key);

}  // namespace marginfix::gateway
