// The texts of the four commands. Source: websocket.md "Commands".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/ws/frames.hpp"

namespace marginfix::ws {

std::string subscribe_command(std::int64_t id, const std::vector<Channel>& channels, const std::vector<std::string>& market_tickers,
                              bool send_initial_snapshot);
std::string unsubscribe_command(std::int64_t id, std::int64_t sid);
// `action`: add_markets, delete_markets or get_snapshot.
std::string update_command(std::int64_t id, std::int64_t sid, std::string_view action, const std::vector<std::string>& market_tickers,
                           bool send_initial_snapshot);
std::string list_command(std::int64_t id);

}  // namespace marginfix::ws
