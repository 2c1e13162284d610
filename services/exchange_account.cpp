// ExchangeAccount: four configurations out of one source, and the buckets they share.
#include "marginfix/exchange_account.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <utility>

namespace marginfix {
namespace {

// One door of a source: whether the source names it, and how it is read.
template <class Config>
struct Door {
  bool there{false};
  std::function<Result<Config>()> read;
};

struct Source {
  Door<MarginFixConfig> fix;
  Door<PerpsConfig> rest;
  Door<PerpsWebSocketConfig> ws;
  Door<KlearConfig> klear;
};

template <class Config, class Into>
Result<void> read_door(DoorChoice choice, const Door<Config>& door, Into& into) {
  if (choice == DoorChoice::no || (choice == DoorChoice::if_there && !door.there)) return {};
  auto config = door.read();
  if (!config) return config.error();
  into = std::move(*config);
  return {};
}

Result<ExchangeAccount> read_doors(const AccountDoors& doors, const Source& source) {
  ExchangeAccount account;
  if (auto read = read_door(doors.fix, source.fix, account.fix); !read) return read.error();
  if (auto read = read_door(doors.rest, source.rest, account.rest); !read) return read.error();
  if (auto read = read_door(doors.ws, source.ws, account.ws); !read) return read.error();
  if (auto read = read_door(doors.klear, source.klear, account.klear); !read) return read.error();
  account.share_limits();
  return account;
}

bool is_set(const VariableLookup& lookup, std::string_view name) { return lookup && lookup(name).has_value(); }

Door<KlearConfig> klear_of_variables(const VariableLookup& lookup) {
  return {is_set(lookup, "KALSHI_KLEAR_ADMIN_USER_ID") || is_set(lookup, "KALSHI_KLEAR_ACCESS_TOKEN"),
          [&lookup] { return KlearConfig::from_env(lookup); }};
}

Result<void> refuse_account(const ExchangeAccountOptions& options, std::string_view source) {
  if (options.account.empty() && options.store_folder.empty()) return {};
  return fail(ErrorCategory::config,
              "account and store_folder choose within an endpoints.json, and " + std::string(source) + " is none: leave them empty");
}

// The key that trades in these sessions; null: none does.
const Credentials* trader_of(const MarginFixConfig& fix) {
  const auto found = std::ranges::find(fix.sessions, SessionKind::order_entry, &SessionConfig::kind);
  return found == fix.sessions.end() ? nullptr : &found->credentials;
}

// What the variables would say if they said what the .cfg does; of everything else `otherwise` is asked.
VariableLookup as_variables(const MarginFixConfig& fix, const Credentials& trader, const VariableLookup& otherwise) {
  return [&fix, &trader, &otherwise](std::string_view name) -> std::optional<std::string> {
    const auto text = [](std::string_view value) { return value.empty() ? std::nullopt : std::optional(std::string(value)); };
    if (name == "KALSHI_PERPS_KEY_ID") return text(trader.key_id);
    if (name == "KALSHI_PERPS_PRIVATE_KEY") return text(trader.private_key.reveal());
    if (name == "KALSHI_PERPS_PRIVATE_KEY_PATH") return text(trader.private_key_path);
    if (name == "KALSHI_PERPS_PRIVATE_KEY_PASSPHRASE") return text(trader.passphrase.reveal());
    if (fix.environment && name == "KALSHI_PERPS_ENVIRONMENT") return std::string(to_string(*fix.environment));
    if (fix.environment && name == "KALSHI_PERPS_DEMO") return std::nullopt;
    return otherwise ? otherwise(name) : std::nullopt;
  };
}

}  // namespace

Result<ExchangeAccount> ExchangeAccount::from_env(const ExchangeAccountOptions& options, const VariableLookup& lookup) {
  if (auto good = refuse_account(options, "the environment"); !good) return good.error();
  const bool key = is_set(lookup, "KALSHI_PERPS_KEY_ID");
  return read_doors(options.doors, {{key, [&] { return MarginFixConfig::from_env(lookup); }},
                                    {key, [&] { return PerpsConfig::from_env(lookup); }},
                                    {key, [&] { return PerpsWebSocketConfig::from_env(lookup); }},
                                    klear_of_variables(lookup)});
}

Result<ExchangeAccount> ExchangeAccount::from_env_file(const std::string& path, const ExchangeAccountOptions& options,
                                                       const VariableLookup& lookup) {
  const auto variables = variables_of_file(path, lookup);
  if (!variables) return variables.error();
  return from_env(options, *variables);
}

namespace {

Result<ExchangeAccount> with_doors(const Result<MarginFixConfig>& fix, const std::string& path, const ExchangeAccountOptions& options,
                                   const VariableLookup& lookup) {
  if (auto good = refuse_account(options, path); !good) return good.error();
  if (!fix) return fix.error();
  const Credentials* const trader = trader_of(*fix);
  const VariableLookup variables = trader == nullptr ? lookup : as_variables(*fix, *trader, lookup);
  const auto missing = [&](std::string_view variable) {
    return fail(ErrorCategory::config, path + (trader == nullptr ? " has no order entry session, whose key the other doors would take: "
                                                                   "configure them by the environment"
                                                                 : " has no KalshiEnvironment, and " + std::string(variable) +
                                                                       " is not set: where that door is, nothing says"));
  };
  const bool rest =
      trader != nullptr && (fix->environment || is_set(lookup, "KALSHI_PERPS_API_BASE_URL") || is_set(lookup, "KALSHI_PERPS_BASE_URL"));
  const bool ws = trader != nullptr && (fix->environment || is_set(lookup, "KALSHI_PERPS_WS_BASE_URL"));
  const auto read_rest = [&]() -> Result<PerpsConfig> {
    if (!rest) return missing("KALSHI_PERPS_API_BASE_URL");
    return PerpsConfig::from_env(variables);
  };
  const auto read_ws = [&]() -> Result<PerpsWebSocketConfig> {
    if (!ws) return missing("KALSHI_PERPS_WS_BASE_URL");
    return PerpsWebSocketConfig::from_env(variables);
  };
  return read_doors(
      options.doors,
      {{true, [&]() -> Result<MarginFixConfig> { return *fix; }}, {rest, read_rest}, {ws, read_ws}, klear_of_variables(lookup)});
}

}  // namespace

Result<ExchangeAccount> ExchangeAccount::from_cfg_file(const std::string& path, const ExchangeAccountOptions& options,
                                                       const VariableLookup& lookup) {
  return with_doors(MarginFixConfig::from_cfg_file(path, lookup), path, options, lookup);
}

Result<ExchangeAccount> ExchangeAccount::from_cfg_text(std::string_view text, const std::string& name,
                                                       const ExchangeAccountOptions& options, const VariableLookup& lookup) {
  return with_doors(MarginFixConfig::from_cfg_text(text, name, lookup), name, options, lookup);
}

Result<ExchangeAccount> ExchangeAccount::from_endpoints(const Endpoints& endpoints, const ExchangeAccountOptions& options) {
  return read_doors(
      options.doors,
      {{endpoints.fix.has_value(), [&] { return MarginFixConfig::from_endpoints(endpoints, options.account, options.store_folder); }},
       {!endpoints.rest.empty(), [&] { return PerpsConfig::from_endpoints(endpoints, options.account); }},
       {!endpoints.ws.empty(), [&] { return PerpsWebSocketConfig::from_endpoints(endpoints, options.account); }},
       {endpoints.klear.has_value(), [&] { return KlearConfig::from_endpoints(endpoints); }}});
}

Result<ExchangeAccount> ExchangeAccount::from_endpoints_file(const std::string& path, const ExchangeAccountOptions& options) {
  const auto endpoints = Endpoints::from_file(path);
  if (!endpoints) return endpoints.error();
  ExchangeAccountOptions with_folder = options;
  if (options.store_folder.empty()) with_folder.store_folder = (std::filesystem::absolute(path).parent_path() / "store").string();
  auto account = from_endpoints(*endpoints, with_folder);
  if (account && account->klear) account->klear->token_file = path;
  return account;
}

void ExchangeAccount::share_limits(const Clock& clock) {
  RateLimitOptions options = fix.rate_limit;
  if (!has_fix()) {
    options.read = rest.rate_limit.read;
    options.write = rest.rate_limit.write;
  }
  limits = std::make_shared<AccountLimits>(options, clock.now());
}

MarginFixClientOptions ExchangeAccount::fix_options(std::shared_ptr<LogSink> log) const {
  return {.log = std::move(log), .limits = limits};
}
RestClientOptions ExchangeAccount::rest_options(std::shared_ptr<LogSink> log) const { return {.log = std::move(log), .limits = limits}; }
PerpsWebSocketOptions ExchangeAccount::ws_options(std::shared_ptr<LogSink> log) const { return {.log = std::move(log)}; }

std::string to_string(const ExchangeAccount& account) {
  std::string text = "FIX";
  for (const SessionConfig& session : account.fix.sessions) {
    text += (&session == &account.fix.sessions.front() ? " " : ", ") + session.name + " at " + session.host + ":" +
            std::to_string(session.port) + " key " + session.credentials.key_id;
  }
  if (!account.has_fix()) text += " -";
  text += "; REST " + (account.has_rest() ? to_string(account.rest) : std::string("-"));
  text += "; WebSocket " + (account.has_ws() ? to_string(account.ws) : std::string("-"));
  return text + "; Klear " + (account.klear ? to_string(*account.klear) : std::string("-"));
}

}  // namespace marginfix
