// MarginFixConfig: defaults, environment variables, endpoints files, validation.
#include "marginfix/sessions/margin_fix_config.hpp"

#include <algorithm>
#include <filesystem>

#include "marginfix/core/environment_choice.hpp"
#include "sessions/config/keys.hpp"

namespace marginfix {
namespace {

std::string session_list(const MarginFixConfig& config) {
  std::string names;
  for (const SessionConfig& session : config.sessions) names += (names.empty() ? "" : ", ") + session.name;
  return names.empty() ? "none" : names;
}

std::optional<std::string> variable(const VariableLookup& lookup, const std::string& name) {
  auto value = lookup ? lookup(name) : std::nullopt;
  if (value && value->empty()) return std::nullopt;
  return value;
}

class EnvironmentReader {
 public:
  explicit EnvironmentReader(const VariableLookup& lookup)
      : lookup_(lookup),
        main_(credentials_from_env(lookup, "KALSHI_PERPS_")),
        listener_(credentials_from_env(lookup, "KALSHI_PERPS_LISTENER_")) {}

  Result<MarginFixConfig> read() {
    MarginFixConfig config;
    const auto environment = chosen_environment(lookup_, "KALSHI_PERPS_");
    if (!environment) return environment.error();
    config.environment = environment->value_or(Environment::demo);
    for (const std::string& word : wanted_sessions()) {
      if (auto done = add(config, word); !done) return done.error();
    }
    if (auto done = config.validate(); !done) return done.error();
    return config;
  }

 private:
  std::vector<std::string> wanted_sessions() const {
    const auto given = variable(lookup_, "KALSHI_PERPS_SESSIONS");
    if (!given) {
      std::vector<std::string> words{"NR", "DC", "MD"};
      if (variable(lookup_, "KALSHI_PERPS_STORE_PATH")) words.emplace_back("RT");
      if (!listener_.key_id.empty()) words.emplace_back("LISTENER");
      return words;
    }
    std::vector<std::string> words;
    std::string word;
    for (const char c : *given + ",") {
      if (c != ',' && c != ' ') {
        word += c;
        continue;
      }
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
    }
    return words;
  }

  SessionCredentials own_or_main(const std::string& prefix) const {
    SessionCredentials own = credentials_from_env(lookup_, prefix);
    return own.empty() ? main_ : own;
  }

  static Result<void> require(const SessionCredentials& c, const std::string& prefix) {
    if (c.key_id.empty()) return fail(ErrorCategory::config, prefix + "KEY_ID is not set: export the API key id");
    if (c.private_key.empty() && c.private_key_path.empty())
      return fail(ErrorCategory::config, "neither " + prefix + "PRIVATE_KEY_PATH nor " + prefix + "PRIVATE_KEY is set: export one of them");
    if (!c.private_key.empty() && !c.private_key_path.empty())
      return fail(ErrorCategory::config, prefix + "PRIVATE_KEY_PATH and " + prefix + "PRIVATE_KEY are both set: keep one");
    return {};
  }

  Result<void> add(MarginFixConfig& config, const std::string& word) const {
    using sessions::config::same_text;
    if (same_text(word, "NR")) return add(config, SessionKind::order_entry, TargetSession::NR, main_, "KALSHI_PERPS_");
    if (same_text(word, "RT")) return add(config, SessionKind::order_entry, TargetSession::RT, main_, "KALSHI_PERPS_");
    if (same_text(word, "DC"))
      return add(config, SessionKind::drop_copy, TargetSession::DC, own_or_main("KALSHI_PERPS_DROPCOPY_"), "KALSHI_PERPS_DROPCOPY_");
    if (same_text(word, "MD"))
      return add(config, SessionKind::market_data, TargetSession::MD, own_or_main("KALSHI_PERPS_MARKETDATA_"), "KALSHI_PERPS_MARKETDATA_");
    if (!same_text(word, "LISTENER"))
      return fail(ErrorCategory::config,
                  "KALSHI_PERPS_SESSIONS: '" + word + "' is not a session: use NR, RT, DC, MD, LISTENER with commas");
    const std::string target = variable(lookup_, "KALSHI_PERPS_LISTENER_TARGET").value_or("NR");
    if (!same_text(target, "NR") && !same_text(target, "RT"))
      return fail(ErrorCategory::config, "KALSHI_PERPS_LISTENER_TARGET: '" + target + "' must be NR or RT");
    return add(config, SessionKind::listener, same_text(target, "NR") ? TargetSession::NR : TargetSession::RT, listener_,
               "KALSHI_PERPS_LISTENER_");
  }

  Result<void> add(MarginFixConfig& config, SessionKind kind, TargetSession target, const SessionCredentials& credentials,
                   const std::string& prefix) const {
    if (auto done = require(credentials, credentials.key_id == main_.key_id ? "KALSHI_PERPS_" : prefix); !done) return done;
    SessionConfig& session = config.add(kind, target, credentials);
    if (target == TargetSession::RT) session.store_folder = variable(lookup_, "KALSHI_PERPS_STORE_PATH").value_or("");
    return {};
  }

  const VariableLookup& lookup_;
  SessionCredentials main_, listener_;
};

SessionCredentials credentials_of(const EndpointAccount& account) {
  SessionCredentials c;
  c.key_id = account.key_id;
  c.private_key_path = account.private_key_path;
  return c;
}

}  // namespace

std::string_view to_string(SessionKind kind) noexcept {
  switch (kind) {
    case SessionKind::order_entry:
      return "order entry";
    case SessionKind::listener:
      return "listener";
    case SessionKind::drop_copy:
      return "drop copy";
    case SessionKind::market_data:
      return "market data";
  }
  return {};
}

SessionConfig MarginFixConfig::session_defaults(std::optional<Environment> environment, SessionKind kind, TargetSession target) {
  SessionConfig session;
  session.kind = kind;
  session.target = target;
  session.name = target_comp_id(target);
  if (kind == SessionKind::listener) {
    session.name += "-listener";
    session.logon.skip_pending_exec_reports = true;
  }
  if (environment) {
    const FixDoor* const door = find_fix_door(target_comp_id(target));
    session.host = fix_host(*environment, *door);
    session.port = door->port;
  }
  return session;
}

SessionConfig& MarginFixConfig::add(SessionKind kind, TargetSession target, SessionCredentials credentials) {
  SessionConfig& session = sessions.emplace_back(session_defaults(environment, kind, target));
  session.credentials = std::move(credentials);
  return session;
}

SessionConfig* MarginFixConfig::find(std::string_view name) noexcept {
  const auto found = std::ranges::find(sessions, name, &SessionConfig::name);
  return found == sessions.end() ? nullptr : &*found;
}

const SessionConfig* MarginFixConfig::find(std::string_view name) const noexcept { return const_cast<MarginFixConfig*>(this)->find(name); }

Result<void> MarginFixConfig::select(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (find(name) == nullptr)
      return fail(ErrorCategory::config, "there is no session '" + name + "': the configuration has " + session_list(*this));
  }
  std::erase_if(sessions, [&](const SessionConfig& session) { return std::ranges::find(names, session.name) == names.end(); });
  return {};
}

Result<void> MarginFixConfig::validate() const {
  if (sessions.empty()) return fail(ErrorCategory::config, "no session is configured");
  for (const SessionConfig& session : sessions) {
    if (session.name.empty()) return fail(ErrorCategory::config, "a session without a name: session_defaults() gives it one");
    if (const auto found = sessions::config::find_contradiction(session, {}))
      return fail(ErrorCategory::config, session.name + ": " + std::string(found->key) + " " + found->text);
  }
  if (const auto clash = sessions::config::find_clash(sessions))
    return fail(ErrorCategory::config,
                sessions[clash->second].name + ": " + std::string(clash->contradiction.key) + " " + clash->contradiction.text);
  if (rate_limit.cost < 1 || rate_limit.cancel_cost < 1 || send_queue == 0 || rate_limit.max_waiting == 0)
    return fail(ErrorCategory::config, "rate_limit.cost, rate_limit.cancel_cost, rate_limit.max_waiting and send_queue must be at least 1");
  return {};
}

Result<MarginFixConfig> MarginFixConfig::from_env(const VariableLookup& lookup) { return EnvironmentReader(lookup).read(); }

Result<MarginFixConfig> MarginFixConfig::from_endpoints(const Endpoints& endpoints, std::string_view account,
                                                        const std::string& store_folder) {
  if (!endpoints.fix) return fail(ErrorCategory::config, "the endpoints have no member \"fix\": this simulator opened no FIX door");
  const auto trader = endpoints.account(account);
  if (!trader) return trader.error();
  const EndpointAccount* const listener = endpoints.find(trader->name + "-listener");
  const EndpointAccount* const drop_copy = endpoints.find(trader->name + "-dropcopy");

  MarginFixConfig config;
  const auto add = [&](SessionKind kind, TargetSession target, const EndpointAccount& who) {
    const auto port = endpoints.fix->ports.find(std::string(target_comp_id(target)));
    if (port == endpoints.fix->ports.end()) return;
    SessionConfig& session = config.add(kind, target, credentials_of(who));
    session.host = endpoints.fix->host;
    session.port = port->second;
    session.tls.enabled = endpoints.fix->tls;
    session.tls.ca_file = endpoints.ca_file;
    if (target == TargetSession::RT) session.store_folder = store_folder;
  };
  add(SessionKind::order_entry, TargetSession::NR, *trader);
  add(SessionKind::order_entry, TargetSession::RT, *trader);
  if (listener != nullptr) add(SessionKind::listener, TargetSession::NR, *listener);
  add(SessionKind::drop_copy, TargetSession::DC, drop_copy != nullptr ? *drop_copy : *trader);
  add(SessionKind::market_data, TargetSession::MD, *trader);
  if (auto done = config.validate(); !done) return done.error();
  return config;
}

Result<MarginFixConfig> MarginFixConfig::from_endpoints_file(const std::string& path, std::string_view account,
                                                             const std::string& store_folder) {
  const auto endpoints = Endpoints::from_file(path);
  if (!endpoints) return endpoints.error();
  const auto folder = store_folder.empty() ? (std::filesystem::absolute(path).parent_path() / "store").string() : store_folder;
  return from_endpoints(*endpoints, account, folder);
}

}  // namespace marginfix
