#include "services/reconcile/config.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "marginfix/core/config.hpp"
#include "marginfix/core/endpoints.hpp"

namespace marginfix::reconcile {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// One table of the file: each key is asked for by name, and what nobody asked for is unknown.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string path, const std::string& file, std::vector<Error>& mistakes)
      : table_(table), path_(std::move(path)), file_(file), mistakes_(mistakes) {}
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;
  ~TableReader() = default;

  void text(const char* key, std::string& out) {
    const toml::node* const node = find(key);
    if (node == nullptr) return;
    if (const auto* const value = node->as_string()) {
      out = value->get();
    } else {
      mistake(*node, key, wants("a text in quotes", *node));
    }
  }
  void flag(const char* key, bool& out) {
    const toml::node* const node = find(key);
    if (node == nullptr) return;
    if (const auto* const value = node->as_boolean()) {
      out = value->get();
    } else {
      mistake(*node, key, "true or false, without quotes");
    }
  }
  void number(const char* key, std::int64_t& out) {
    const toml::node* const node = find(key);
    if (node == nullptr) return;
    if (const auto* const value = node->as_integer()) {
      out = value->get();
    } else {
      mistake(*node, key, "a whole number, without quotes");
    }
  }
  void texts(const char* key, std::vector<std::string>& out) {
    const toml::node* const node = find(key);
    if (node == nullptr) return;
    const toml::array* const list = node->as_array();
    if (list == nullptr) return mistake(*node, key, "a list of texts, [\"alice\"]");
    for (const toml::node& item : *list) {
      if (const auto* const value = item.as_string()) {
        out.push_back(value->get());
      } else {
        mistake(item, key, wants("a text in quotes", item));
      }
    }
  }
  // A text that `parse` turns into a value; its error is the mistake.
  template <class Value, class Parse>
  void parsed(const char* key, Value& out, Parse parse) {
    std::string words;
    const toml::node* const node = table_.get(key);
    text(key, words);
    if (node == nullptr || !node->is_string()) return;
    if (auto value = parse(words)) {
      out = *std::move(value);
    } else {
      mistake(*node, key, value.error().message);
    }
  }
  void span(const char* key, milliseconds& out, milliseconds least) {
    parsed(key, out, [least](const std::string& words) -> Result<milliseconds> {
      const auto span = parse_span(words);
      if (!span) return span.error();
      if (*span < least) return fail(ErrorCategory::config, "at least " + std::to_string(least.count()) + " ms");
      return std::chrono::duration_cast<milliseconds>(*span);
    });
  }
  template <class F>
  void table(const char* key, F&& f) {
    const toml::node* const node = find(key);
    if (node == nullptr) return;
    const toml::table* const inner = node->as_table();
    if (inner == nullptr) return mistake(*node, key, "a table, [" + path_ + key + "]");
    TableReader reader(*inner, path_ + key + ".", file_, mistakes_);
    f(reader);
    reader.finish();
  }
  template <class F>
  void tables(const char* key, F&& f) {
    const toml::node* const node = find(key);
    if (node == nullptr) return;
    const toml::array* const list = node->as_array();
    if (list == nullptr) return mistake(*node, key, "tables, [[" + path_ + key + "]]");
    for (const toml::node& item : *list) {
      const toml::table* const inner = item.as_table();
      if (inner == nullptr) {
        mistake(item, key, "tables, [[" + path_ + key + "]]");
        continue;
      }
      TableReader reader(*inner, path_ + key + ".", file_, mistakes_);
      f(reader);
      reader.finish();
    }
  }
  // Every key with its text, for tables whose keys are names.
  void all_texts(std::map<std::string, std::string>& out, const std::vector<std::string>& known) {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      asked_.insert(name);
      if (std::ranges::find(known, name) == known.end()) {
        std::string names;
        for (const std::string& one : known) names += (names.empty() ? "" : ", ") + one;
        mistake(node, name, "is no value of a fill: " + names);
      } else if (const auto* const value = node.as_string()) {
        out[name] = value->get();
      } else {
        mistake(node, name, wants("a text in quotes", node));
      }
    }
  }
  void finish() {
    for (const auto& [key, node] : table_) {
      if (!asked_.contains(std::string(key.str()))) {
        std::string known;
        for (const std::string& one : asked_) known += (known.empty() ? "" : ", ") + one;
        mistakes_.push_back(fail(ErrorCategory::config, file_ + ":" + std::to_string(key.source().begin.line) + ": " + path_ +
                                                            std::string(key.str()) + ": unknown key; there are " + known));
      }
    }
  }
  void mistake_here(std::string_view key, std::string_view problem) { mistake(table_, key, problem); }

 private:
  const toml::node* find(const char* key) {
    asked_.insert(key);
    return table_.get(key);
  }
  void mistake(const toml::node& node, std::string_view key, std::string_view problem) {
    mistakes_.push_back(fail(ErrorCategory::config, file_ + ":" + std::to_string(node.source().begin.line) + ": " + path_ +
                                                        std::string(key) + ": " + std::string(problem)));
  }
  static std::string wants(std::string_view what, const toml::node& node) {
    std::string text(what);
    if (node.is_floating_point()) text += ": TOML's numbers with a point are binary, write \"0.07\"";
    if (node.is_time()) text += ": write \"16:00\"";
    return text;
  }

  const toml::table& table_;
  std::string path_;
  const std::string& file_;
  std::vector<Error>& mistakes_;
  std::set<std::string> asked_;
};

Result<Use> parse_use(const std::string& words) {
  if (words == "auto") return Use::automatic;
  if (words == "yes") return Use::yes;
  if (words == "no") return Use::no;
  return fail(ErrorCategory::config, "\"auto\", \"yes\" or \"no\"");
}

Result<Use> parse_drop_copy(const std::string& words) {
  if (words == "yes") return fail(ErrorCategory::config, "\"auto\" or \"no\"");
  return parse_use(words);
}

Result<TargetSession> parse_listener(const std::string& words) {
  if (words == "KalshiNR") return TargetSession::NR;
  if (words == "KalshiRT") return TargetSession::RT;
  return fail(ErrorCategory::config, "\"KalshiNR\" or \"KalshiRT\"");
}

Result<std::int64_t> parse_tolerance(const std::string& words) {
  const auto dollars = DollarDecimal::parse(words);
  if (!dollars) return fail(ErrorCategory::config, "an amount in dollars with at most 6 decimals, \"0.0001\"");
  if (dollars->is_negative()) return fail(ErrorCategory::config, "an amount that is not negative");
  return dollars->units();
}

// "16:00" as the time since midnight.
Result<milliseconds> parse_time_of_day(const std::string& words) {
  const auto two = [&](std::size_t at) -> int {
    const auto digit = [&](std::size_t i) { return words[i] >= '0' && words[i] <= '9' ? words[i] - '0' : -100; };
    return digit(at) * 10 + digit(at + 1);
  };
  if (words.size() == 5 && words[2] == ':' && two(0) >= 0 && two(0) < 24 && two(3) >= 0 && two(3) < 60)
    return milliseconds(std::chrono::hours(two(0)) + std::chrono::minutes(two(3)));
  return fail(ErrorCategory::config, "a time of day, \"16:00\"");
}

Result<LogLevel> parse_level(const std::string& words) {
  for (const LogLevel level : {LogLevel::trace, LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error, LogLevel::off}) {
    if (words == to_string(level)) return level;
  }
  return fail(ErrorCategory::config, "trace, debug, info, warning, error or off");
}

Result<std::string> parse_address(const std::string& words) {
  const auto colon = words.rfind(':');
  if (colon != std::string::npos && colon > 0) {
    std::uint16_t port{};
    const char* const end = words.data() + words.size();
    const auto read = std::from_chars(words.data() + colon + 1, end, port);
    if (read.ec == std::errc{} && read.ptr == end) return words;
  }
  return fail(ErrorCategory::config, "an address and a port, \"127.0.0.1:0\" (0: any that is free)");
}

Result<FirmKind> parse_kind(const std::string& words) {
  if (words == "fix_log") return FirmKind::fix_log;
  if (words == "csv") return FirmKind::csv;
  if (words == "gateway") return FirmKind::gateway;
  return fail(ErrorCategory::config, "\"fix_log\", \"csv\" or \"gateway\"");
}

Result<FirmComplete> parse_complete(const std::string& words) {
  if (words == "no") return FirmComplete::no;
  if (words == "day") return FirmComplete::day;
  if (words == "all") return FirmComplete::all;
  return fail(ErrorCategory::config, "\"no\", \"day\" or \"all\"");
}

Result<char> parse_separator(const std::string& words) {
  if (words.size() == 1 && words[0] != '"' && words[0] != '\n' && words[0] != '\r') return words[0];
  return fail(ErrorCategory::config, "one character, \",\"");
}

void check_name(TableReader& t, const char* key, const std::string& name, const Config& config) {
  if (std::ranges::find(config.accounts, name, &AccountSource::name) == config.accounts.end()) return;
  t.mistake_here(key, "'" + name + "' stands there twice: two listeners of one key would push each other out");
}

void read_account(TableReader& t, Config& config) {
  AccountSource account;
  t.text("name", account.name);
  t.text("cfg", account.cfg);
  t.text("env_file", account.env_file);
  t.flag("environment", account.environment);
  if (account.name.empty()) t.mistake_here("name", "an account needs a name");
  check_name(t, "name", account.name, config);
  if (!account.cfg.empty() + !account.env_file.empty() + account.environment != 1)
    t.mistake_here("cfg", "one of cfg, env_file and environment = true says where the keys are");
  config.accounts.push_back(std::move(account));
}

void read_sources(TableReader& t, Config& config) {
  t.parsed("listener", config.listener, parse_listener);
  t.parsed("drop_copy", config.drop_copy, parse_drop_copy);
  t.span("drop_copy_check", config.drop_copy_check, std::chrono::seconds(10));
  t.flag("rest", config.rest);
  t.span("rest_poll", config.rest_poll, std::chrono::seconds(1));
  t.flag("websocket", config.websocket);
  t.parsed("klear", config.klear, parse_use);
  t.span("klear_poll", config.klear_poll, std::chrono::seconds(10));
}

void read_rules(TableReader& t, Config& config) {
  milliseconds grace(config.rules.grace_us / 1000), late(config.rules.late_after_us / 1000);
  t.span("grace", grace, milliseconds(1));
  t.span("late_after", late, milliseconds(0));
  config.rules.grace_us = microseconds(grace).count();
  config.rules.late_after_us = microseconds(late).count();
  t.parsed("fee_tolerance", config.rules.fee_tolerance, parse_tolerance);
  t.parsed("funding_tolerance", config.rules.funding_tolerance, parse_tolerance);
  t.parsed("cash_tolerance", config.rules.cash_tolerance, parse_tolerance);
  t.parsed("cut", config.cut, parse_time_of_day);
  t.span("sweep", config.sweep, milliseconds(100));
}

// Of a file that the configuration names: beside it, where it is no whole path.
void place_file(std::string& path, const Config& config) {
  if (path.empty() || config.file.empty() || !std::filesystem::path(path).is_relative()) return;
  path = (std::filesystem::path(config.file).parent_path() / path).string();
}

void read_firm(TableReader& t, Config& config) {
  FirmSource firm;
  t.parsed("kind", firm.kind, parse_kind);
  t.text("account", firm.account);
  t.text("path", firm.path);
  t.text("key", firm.key);
  t.flag("follow", firm.follow);
  t.parsed("complete", firm.complete, parse_complete);
  t.parsed("separator", firm.separator, parse_separator);
  t.table("columns", [&](TableReader& columns) { columns.all_texts(firm.columns, firm_columns()); });
  if (firm.path.empty()) t.mistake_here("path", "where is the file?");
  if (firm.kind == FirmKind::csv && firm.columns.empty())
    t.mistake_here("columns", "a CSV needs a map of its columns: columns = { exec_id = \"Execution\", price = \"Px\", ... }");
  place_file(firm.path, config);
  config.firm.push_back(std::move(firm));
}

void read_page(TableReader& t, Config& config) {
  t.parsed("listen", config.page_listen, parse_address);
  t.flag("remote", config.page_remote);
  t.texts("names", config.page_names);
}

void read_nats(TableReader& t, Config& config) {
  BrokerSettings& nats = config.nats;
  t.texts("servers", nats.servers);
  t.text("ca_file", nats.ca_file);
  t.text("certificate_file", nats.certificate_file);
  t.text("key_file", nats.key_file);
  t.text("credentials_file", nats.credentials_file);
  t.text("user", nats.user);
  t.text("password_file", nats.password_file);
  t.text("token_file", nats.token_file);
  for (std::string* const path :
       {&nats.ca_file, &nats.certificate_file, &nats.key_file, &nats.credentials_file, &nats.password_file, &nats.token_file})
    place_file(*path, config);
  t.text("stream", nats.stream.name);
  t.text("subject", nats.stream.subject);
  t.number("replicas", nats.stream.replicas);
  milliseconds keep = std::chrono::duration_cast<milliseconds>(nats.stream.keep);
  milliseconds window = std::chrono::duration_cast<milliseconds>(nats.stream.duplicate_window);
  t.span("keep", keep, milliseconds(0));
  t.span("duplicate_window", window, milliseconds(100));
  nats.stream.keep = keep;
  nats.stream.duplicate_window = window;
  if (const auto checked = check_settings(nats); !checked) t.mistake_here("servers", checked.error().message);
}

void read_everything(TableReader& t, Config& config) {
  std::vector<std::string> names;
  t.text("storage", config.storage);
  t.text("service", config.service);
  t.texts("accounts", names);
  for (std::string& name : names) {
    check_name(t, "accounts", name, config);
    config.accounts.push_back({std::move(name), {}, {}, false});
  }
  t.tables("account", [&](TableReader& inner) { read_account(inner, config); });
  t.table("sources", [&](TableReader& inner) { read_sources(inner, config); });
  t.table("rules", [&](TableReader& inner) { read_rules(inner, config); });
  t.table("page", [&](TableReader& inner) { read_page(inner, config); });
  t.tables("firm", [&](TableReader& inner) { read_firm(inner, config); });
  t.table("nats", [&](TableReader& inner) { read_nats(inner, config); });
  t.table("log", [&](TableReader& inner) {
    config.log_stated = true;
    inner.parsed("level", config.log.level, parse_level);
    inner.text("file", config.log.file);
  });
}

bool is_of_endpoints(const AccountSource& source) { return source.cfg.empty() && source.env_file.empty() && !source.environment; }

// The process's variables, with the environment that they choose overridden.
VariableLookup variables_for(const std::string& env) {
  return [env, process = process_variables()](std::string_view name) -> std::optional<std::string> {
    const bool chooses = name == "KALSHI_PERPS_ENVIRONMENT" || name == "KALSHI_KLEAR_ENVIRONMENT";
    if (!env.empty() && chooses) return env;
    if (!env.empty() && (name == "KALSHI_PERPS_DEMO" || name == "KALSHI_KLEAR_DEMO")) return std::nullopt;
    return process(name);
  };
}

Result<ExchangeAccount> read_account_doors(const AccountSource& source, const std::string& endpoints, const std::string& env,
                                           const ExchangeAccountOptions& options) {
  ExchangeAccountOptions elsewhere = options;  // these two choose within an endpoints.json
  elsewhere.account.clear();
  elsewhere.store_folder.clear();
  if (!source.cfg.empty()) return ExchangeAccount::from_cfg_file(source.cfg, elsewhere, variables_for(env));
  if (!source.env_file.empty()) return ExchangeAccount::from_env_file(source.env_file, elsewhere, variables_for(env));
  if (source.environment) return ExchangeAccount::from_env(elsewhere, variables_for(env));
  if (endpoints.empty())
    return fail(ErrorCategory::config,
                "the account \"" + source.name +
                    "\" has no keys: give --endpoints FILE, or an [[account]] with cfg, env_file or environment = true");
  return ExchangeAccount::from_endpoints_file(endpoints, options);
}

// The listener on the door that is wanted: endpoints.json names KalshiNR's.
void move_listener(SessionConfig& listener, TargetSession wanted, const std::optional<Endpoints>& endpoints,
                   const std::string& store_folder) {
  if (listener.target != wanted) {
    const std::string door(target_comp_id(wanted));
    listener.target = wanted;
    listener.name = door + "-listener";
    if (const FixDoor* const known = find_fix_door(door); known != nullptr && !endpoints) listener.port = known->port;
    if (endpoints && endpoints->fix) {
      if (const auto port = endpoints->fix->ports.find(door); port != endpoints->fix->ports.end()) listener.port = port->second;
    }
  }
  if (wanted == TargetSession::RT && listener.store_folder.empty()) listener.store_folder = store_folder;
}

DoorChoice klear_choice(Use use) {
  if (use == Use::no) return DoorChoice::no;
  return use == Use::yes ? DoorChoice::required : DoorChoice::if_there;
}

// A listener and drop copy; nothing that could send an order.
void keep_reading_sessions(ExchangeAccount& account, const Config& config) {
  auto& sessions = account.fix.sessions;
  std::erase_if(sessions, [&](const SessionConfig& session) {
    return session.kind != SessionKind::listener && (session.kind != SessionKind::drop_copy || config.drop_copy == Use::no);
  });
  // A second listener, on the other door, would only tell everything twice.
  const auto is_listener_elsewhere = [&](const SessionConfig& session) {
    return session.kind == SessionKind::listener && session.target != config.listener;
  };
  const bool on_door = std::ranges::any_of(
      sessions, [&](const SessionConfig& session) { return session.kind == SessionKind::listener && session.target == config.listener; });
  if (on_door) std::erase_if(sessions, is_listener_elsewhere);
}

}  // namespace

const std::vector<std::string>& firm_columns() {
  static const std::vector<std::string> names{"exec_id",    "last_mkt", "trade_id", "order_id", "cl_ord_id",     "symbol",
                                              "subaccount", "side",     "price",    "quantity", "transact_time", "fee"};
  return names;
}

Result<microseconds> parse_span(std::string_view text) {
  std::int64_t count{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(static_cast<std::size_t>(read.ptr - text.data()));
  constexpr std::int64_t kMost = std::int64_t{366} * 24 * 3600 * 1000;  // of any unit, in milliseconds
  std::int64_t each = 0;
  if (unit == "ms") each = 1;
  if (unit == "s") each = 1'000;
  if (unit == "m") each = 60'000;
  if (unit == "h") each = 3'600'000;
  if (read.ec != std::errc{} || each == 0 || count < 0 || count > kMost / each)
    return fail(ErrorCategory::config, "a span of time: \"20s\", \"500ms\", \"5m\", \"3h\"");
  return microseconds(milliseconds(count * each));
}

Result<Config> parse_config(std::string_view text, const std::string& name) {
  const toml::parse_result parsed = toml::parse(text, name);
  if (!parsed) {
    return fail(ErrorCategory::config, name + ":" + std::to_string(parsed.error().source().begin.line) + ": " +
                                           std::string(parsed.error().description()) + " (money and times of day stand in quotes)");
  }
  Config config;
  config.file = name;
  std::vector<Error> mistakes;
  TableReader reader(parsed.table(), "", config.file, mistakes);
  read_everything(reader, config);
  reader.finish();
  if (!mistakes.empty()) return cfg_errors(mistakes);
  return config;
}

Result<Config> load_config(const std::string& path) {
  if (path.empty()) return Config{};
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorCategory::config, path + ": cannot be read: is the path right?");
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return parse_config(text, path);
}

Result<ExchangeAccount> open_account(const Config& config, const AccountSource& source, const std::string& endpoints,
                                     const std::string& store_folder) {
  std::optional<Endpoints> doors;
  if (is_of_endpoints(source) && !endpoints.empty()) {
    auto read = Endpoints::from_file(endpoints);
    if (!read) return read.error();
    doors = *std::move(read);
  }
  const bool klears = !doors || (!doors->accounts.empty() && doors->accounts.front().name == source.name);
  ExchangeAccountOptions options;
  options.doors = {DoorChoice::if_there, config.rest ? DoorChoice::if_there : DoorChoice::no,
                   config.websocket ? DoorChoice::if_there : DoorChoice::no, klears ? klear_choice(config.klear) : DoorChoice::no};
  options.account = doors ? source.name : std::string();
  options.store_folder = doors ? store_folder : std::string();
  auto account = read_account_doors(source, endpoints, config.env, options);
  if (!account) return account.error();
  keep_reading_sessions(*account, config);
  for (SessionConfig& session : account->fix.sessions) {
    if (session.kind == SessionKind::listener) move_listener(session, config.listener, doors, store_folder);
  }
  return account;
}

Result<std::vector<AccountSource>> accounts_of(const Config& config, const std::string& endpoints, const std::string& wanted) {
  std::vector<AccountSource> accounts = config.accounts;
  if (!wanted.empty()) {
    const auto named = std::ranges::find(accounts, wanted, &AccountSource::name);
    if (named != accounts.end()) return std::vector<AccountSource>{*named};
    accounts = {AccountSource{wanted, {}, {}, false}};
  }
  if (accounts.empty() && endpoints.empty() && process_variables()("KALSHI_PERPS_KEY_ID")) accounts.push_back({"kalshi", {}, {}, true});
  if (accounts.empty() && endpoints.empty())
    return fail(ErrorCategory::config,
                "no account: give --endpoints FILE, the KALSHI_PERPS_* variables, or an [[account]] in the configuration (--config F)");
  if (endpoints.empty()) return accounts;
  const auto doors = Endpoints::from_file(endpoints);
  if (!doors) return doors.error();
  if (accounts.empty()) accounts.push_back({});
  for (AccountSource& account : accounts) {
    if (!is_of_endpoints(account)) continue;
    const auto found = doors->account(account.name);
    if (!found) return found.error();
    account.name = found->name;
  }
  return accounts;
}

}  // namespace marginfix::reconcile
