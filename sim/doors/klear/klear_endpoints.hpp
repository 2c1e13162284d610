// The clearing-member API of the simulated exchange: 28 operations of one member. What a door needs to serve them.
// Who comes in is the gate's business (gate.hpp); errors are flat: {code, message, details?, service?}.
// Source: klear.md.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "marginfix/core/secret.hpp"
#include "marginfix/core/signer.hpp"
#include "sim/doors/rest/endpoint.hpp"

namespace marginfix::sim {

// What the handlers of the Klear door work on. Set up once, before the first request.
struct KlearDoorContext {
  Exchange& exchange;
  std::string member{"alice"};  // the account that the one Klear admin stands for; must exist when the first request comes
  std::string base_url{};       // "https://127.0.0.1:40012/klear-api/v1": report links point there
  // An API key of a subtrader came or went: doors that check signatures learn it here; `key_removed` also ends live connections.
  // The exchange knows the key already (or no longer) when these are called.
  std::function<void(std::string_view key_id, const Signer& public_half)> key_added{};
  std::function<void(std::string_view key_id)> key_removed{};
  std::chrono::milliseconds read_lag{0};  // --read-lag-ms: how long the registry of keys does not know a new subtrader
  SecretString link_secret{};             // what report links are signed with; empty: no link opens anything
};

// All of path "/margin/..." and "/fcm/margin/...", relative to /klear-api/v1; every one EndpointAuth::KlearToken.
std::span<const Endpoint<KlearDoorContext>> klear_endpoints();

// After a restart: calls key_added for every subtrader key that the exchange remembers. Call after Exchange::open().
void restore_subtrader_keys(const KlearDoorContext& context);

HttpAnswer klear_error(int status, std::string_view code, std::string_view message, std::string_view details = {},
                       std::string_view service = {});
// The nested shape of the REST door turned into the flat one; anything else stays as it is.
void flatten_error(HttpAnswer& answer);

}  // namespace marginfix::sim
