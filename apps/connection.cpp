#include "apps/connection.hpp"

#include <algorithm>

#include "apps/output.hpp"

namespace marginfix::apps {

namespace {
// The variables of the process, with the environment that they choose (prefix KALSHI_PERPS_, KALSHI_KLEAR_) overridden by --env.
VariableLookup lookup_with(const std::string& env, const std::string& prefix) {
  return [env, prefix, process = process_variables()](std::string_view name) -> std::optional<std::string> {
    if (!env.empty() && name == prefix + "ENVIRONMENT") return env;
    if (!env.empty() && name == prefix + "DEMO") return std::nullopt;
    return process(name);
  };
}

std::string wanted_name(const SessionConfig& session) {
  return session.kind == SessionKind::listener ? "listener" : std::string(target_comp_id(session.target));
}

Result<void> check_options(const ConnectionOptions& options) {
  if (!options.endpoints.empty() && !options.env.empty()) {
    return fail(ErrorCategory::config, "--endpoints and --env name two different exchanges: give one of them");
  }
  if (options.endpoints.empty() && !options.account.empty()) {
    return fail(ErrorCategory::config, "--account chooses among the accounts of --endpoints FILE: give that too");
  }
  return {};
}
}  // namespace

std::shared_ptr<LogSink> key_warnings() {
  struct KeyWarnings final : LogSink {
    void log(LogLevel level, std::string_view component, std::string_view line) noexcept override {
      if (enabled(level) && (component == "signer" || component == "klear")) report("warning: " + std::string(line));
    }
    bool enabled(LogLevel level) const noexcept override { return level == LogLevel::warning; }
  };
  return std::make_shared<KeyWarnings>();
}

Result<PerpsConfig> load_perps_config(const ConnectionOptions& options) {
  if (auto good = check_options(options); !good) return good.error();
  return options.endpoints.empty() ? PerpsConfig::from_env(lookup_with(options.env, "KALSHI_PERPS_"))
                                   : PerpsConfig::from_endpoints_file(options.endpoints, options.account);
}

Result<KlearConfig> load_klear_config(const ConnectionOptions& options) {
  if (auto good = check_options(options); !good) return good.error();
  return options.endpoints.empty() ? KlearConfig::from_env(lookup_with(options.env, "KALSHI_KLEAR_"))
                                   : KlearConfig::from_endpoints_file(options.endpoints);
}

Result<MarginFixConfig> load_config(const ConnectionOptions& options, const std::vector<std::string>& wanted,
                                    const std::string& store_folder) {
  if (auto good = check_options(options); !good) return good.error();
  auto config = options.endpoints.empty() ? MarginFixConfig::from_env(lookup_with(options.env, "KALSHI_PERPS_"))
                                          : MarginFixConfig::from_endpoints_file(options.endpoints, options.account, store_folder);
  if (!config) return config;
  if (!wanted.empty()) {
    std::erase_if(config->sessions, [&](const SessionConfig& s) { return std::ranges::find(wanted, wanted_name(s)) == wanted.end(); });
    if (config->sessions.empty()) {
      return fail(ErrorCategory::config, "no session of the wanted kind (" + wanted.front() + ") is configured");
    }
  }
  return config;
}

Result<PerpsWebSocketConfig> load_websocket_config(const ConnectionOptions& options) {
  if (auto good = check_options(options); !good) return good.error();
  if (options.endpoints.empty()) return PerpsWebSocketConfig::from_env(lookup_with(options.env, "KALSHI_PERPS_"));
  const auto endpoints = Endpoints::from_file(options.endpoints);
  if (!endpoints) return endpoints.error();
  return PerpsWebSocketConfig::from_endpoints(*endpoints, options.account);
}

Result<MarginFixConfig> load_cfg(const std::string& path) { return MarginFixConfig::from_cfg_file(path); }

Result<void> keep_only(MarginFixConfig& config, SessionKind kind) {
  std::erase_if(config.sessions, [&](const SessionConfig& s) { return s.kind != kind; });
  if (config.sessions.empty()) {
    return fail(ErrorCategory::config, "the configuration has no " + std::string(to_string(kind)) + " session: add one");
  }
  return {};
}

}  // namespace marginfix::apps
