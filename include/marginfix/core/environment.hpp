// The exchange's two environments: hosts, ports and names of its doors, and the process's environment variables.
// Source: fix-margin.md "Endpoints"; rest-perps.md "Hosts"; klear.md "Hosts and authentication"; websocket.md "Connection".
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"

namespace marginfix {

enum class Environment : std::uint8_t { demo, production };

// "demo", "production".
std::string_view to_string(Environment environment) noexcept;
// The same words, any case; Error(config) names them.
Result<Environment> parse_environment(std::string_view text);

// One of the exchange's FIX doors; a session is a door and a key.
struct FixDoor {
  std::string_view target_comp_id;  // TargetCompID(56) of what we send
  std::uint16_t port;
  bool on_market_data_host;     // else on the order entry host
  bool keeps_sequence_numbers;  // false: ResetSeqNumFlag(141)=Y on every Logon, a gap ends the session
};

// In the order NR, RT, DC, MD (that of TargetSession in domain/enums.hpp).
inline constexpr std::array<FixDoor, 4> kFixDoors{
    {{"KalshiNR", 8228, false, false}, {"KalshiRT", 8230, false, true}, {"KalshiDC", 8229, false, false}, {"KalshiMD", 8233, true, false}}};

// What the exchange may put into SenderCompID(49) besides the door's own name.
inline constexpr std::string_view kExchangeCompId = "Kalshi";

// Null for a name that is no door's.
const FixDoor* find_fix_door(std::string_view target_comp_id) noexcept;
std::string_view order_entry_host(Environment environment) noexcept;  // drop copy too
std::string_view market_data_host(Environment environment) noexcept;
std::string_view fix_host(Environment environment, const FixDoor& door) noexcept;

// Base URLs, without a slash at the end.
std::string_view perps_base_url(Environment environment) noexcept;  // https://.../trade-api/v2
std::string_view klear_base_url(Environment environment) noexcept;  // https://.../klear-api/v1
std::string_view websocket_url(Environment environment) noexcept;   // wss://.../trade-api/ws/v2/margin
// Whose host this is; nothing for hosts that are not the exchange's. Any case.
std::optional<Environment> environment_of_host(std::string_view host) noexcept;
// "localhost", 127.0.0.0/8, ::1 (in brackets too).
bool is_loopback_host(std::string_view host) noexcept;

// Asks for an environment variable: injected wherever configuration is read, so that tests bring their own.
using VariableLookup = std::function<std::optional<std::string>(std::string_view name)>;
// The process's own variables. A variable that is set but empty counts as absent.
VariableLookup process_variables();
// A file of variables, as shells and containers read them: NAME=VALUE a line, `export ` in front allowed, quotes around a value dropped,
// lines that begin with '#' are comments. A variable that the file does not set, or sets to nothing, is asked of `otherwise`. "~/" is HOME.
// Error(config) names file and line, never a value: no such file, a line without '=' or with no name.
Result<VariableLookup> variables_of_file(const std::string& path, VariableLookup otherwise = process_variables());

}  // namespace marginfix
