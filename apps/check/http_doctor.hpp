// `marginfix check` for the REST API, the clearing members' API and the WebSocket: reachability, TLS, key, clock, and what the key may do.
// Nothing is changed at the exchange.
#pragma once

#include <chrono>

#include "apps/check/check_report.hpp"
#include "marginfix/rest/config.hpp"
#include "marginfix/ws/config.hpp"

namespace marginfix::apps {

// `wait` is the most that one question may take.
void examine_rest(const PerpsConfig& config, std::chrono::seconds wait, CheckReport& report);
void examine_klear(const KlearConfig& config, std::chrono::seconds wait, CheckReport& report);
void examine_websocket(const PerpsWebSocketConfig& config, std::chrono::seconds wait, CheckReport& report);

// "RSA key of 3f... loads and signs"; Error(credentials) says what is wrong with it.
Result<std::string> examine_key(const Credentials& credentials);

}  // namespace marginfix::apps
