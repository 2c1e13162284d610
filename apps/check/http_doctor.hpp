// `marginfix check` for the REST API, the clearing members' API and the WebSocket: reachability, TLS, key, clock, and what the key may do.
// Only reads; --probe-trading sends one write, of an order group that does not exist.
#pragma once

#include <chrono>

#include "apps/check/check_report.hpp"
#include "marginfix/rest/config.hpp"
#include "marginfix/ws/config.hpp"

namespace marginfix::apps {

// `wait` is the most that one question may take.
struct Examination {
  std::chrono::seconds wait{20};
  bool probe_trading{false};  // whether the key may trade is asked by a write
};
void examine_rest(const PerpsConfig& config, const Examination& how, CheckReport& report);
void examine_klear(const KlearConfig& config, const Examination& how, CheckReport& report);
void examine_websocket(const PerpsWebSocketConfig& config, const Examination& how, CheckReport& report);

// "RSA key of 3f... loads and signs"; Error(credentials) says what is wrong with it.
Result<std::string> examine_key(const Credentials& credentials);
// A note where other users can read the key's file.
void note_exposure(std::string_view door, const Credentials& credentials, CheckReport& report);

}  // namespace marginfix::apps
