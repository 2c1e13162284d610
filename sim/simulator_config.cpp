// The simulator's configuration file: `key = value` lines, # comments.
#include <charconv>
#include <fstream>

#include "sim/simulator.hpp"

#include "marginfix/core/trimmed.hpp"

namespace marginfix::sim {
namespace {

constexpr const char* kConfigKeys =
    "host, seed, tier, fees, shard, quiet, past, plain, sender_comp_id, md_fields, read_lag_ms, manual_clock, one_connection_per_key, "
    "drop_copy_not_enabled, port_nr, port_rt, port_dc, port_md, port_rest, "
    "port_klear, "
    "port_ws, "
    "port_control";

template <class Int>
bool config_number(const std::string& text, Int& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

bool to_flag(const std::string& text, bool& out) {
  if (text == "yes" || text == "true" || text == "Y" || text == "1") return out = true, true;
  if (text == "no" || text == "false" || text == "N" || text == "0") return out = false, true;
  return false;
}

// "" = set; else what is wrong.
std::string set(SimulatorOptions& options, const std::string& key, const std::string& value) {
  const std::pair<const char*, std::uint16_t*> ports[] = {{"port_nr", &options.ports.nr},     {"port_rt", &options.ports.rt},
                                                          {"port_dc", &options.ports.dc},     {"port_md", &options.ports.md},
                                                          {"port_rest", &options.ports.rest}, {"port_klear", &options.ports.klear},
                                                          {"port_ws", &options.ports.ws},     {"port_control", &options.ports.control}};
  for (const auto& [name, port] : ports) {
    if (key == name) return config_number(value, *port) ? "" : key + " must be a port number, 0 to 65535";
  }
  if (key == "quiet") return to_flag(value, options.quiet) ? "" : "quiet must be yes or no";
  if (key == "past") return to_flag(value, options.past) ? "" : "past must be yes or no";
  if (key == "plain") return to_flag(value, options.plain) ? "" : "plain must be yes or no";
  if (key == "one_connection_per_key")
    return to_flag(value, options.one_connection_per_key) ? "" : "one_connection_per_key must be yes or no";
  if (key == "drop_copy_not_enabled") return options.drop_copy_not_enabled.push_back(value), "";
  if (key == "read_lag_ms") {
    std::uint32_t lag = 0;
    if (!config_number(value, lag)) return "read_lag_ms must be a number of milliseconds";
    return options.read_lag = std::chrono::milliseconds(lag), "";
  }
  if (key == "manual_clock") {
    const auto time = parse_rfc3339(value);
    if (!time) return "manual_clock must be a time such as 2026-11-24T00:30:00Z";
    return options.manual_clock = *time, "";
  }
  if (key == "seed") return config_number(value, options.seed) ? "" : "seed must be a number";
  if (key == "host") return options.host = value, "";
  if (key == "tier") return options.tier = value, "";
  if (key == "fees") {
    if (value != "demo" && value != "production") return "fees must be demo or production";
    return options.fees = value == "demo" ? FeeSchedule{} : kProductionFees, "";
  }
  if (key == "shard") {
    const std::size_t blank = value.find_first_of(" \t");
    int index = -1;
    if (blank == std::string::npos || !config_number(std::string(trimmed(std::string_view(value).substr(blank))), index) || index < 0)
      return "shard must be a ticker and its exchange_index, such as KXETHPERP 1";
    return options.shards[value.substr(0, blank)] = index, "";
  }
  if (key == "md_fields") {
    options.basic_md_fields = value == "basic";
    return value == "basic" || value == "documented" ? "" : "md_fields must be documented or basic";
  }
  if (key == "sender_comp_id") return options.sender_comp_id = value, "";
  return "unknown key " + key + "; there are " + kConfigKeys;
}

}  // namespace

Result<SimulatorOptions> read_simulator_config(const std::string& file, SimulatorOptions base) {
  std::ifstream in(file);
  if (!in) return fail(ErrorCategory::config, "cannot open " + file);
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text[0] == '#') continue;
    const std::size_t equals = text.find('=');
    const std::string where = file + ":" + std::to_string(number) + ": ";
    if (equals == std::string::npos) return fail(ErrorCategory::config, where + "expected key = value");
    const std::string problem = set(base, std::string(trimmed(text.substr(0, equals))), std::string(trimmed(text.substr(equals + 1))));
    if (!problem.empty()) return fail(ErrorCategory::config, where + problem);
  }
  return base;
}

}  // namespace marginfix::sim
