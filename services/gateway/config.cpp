#include "services/gateway/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <set>
#include <tuple>

#include "marginfix/core/config.hpp"
#include "marginfix/core/home_path.hpp"
#include "services/gateway/config_keys.hpp"

namespace marginfix::gateway {
namespace {

constexpr std::string_view kDefaultAccount = "default";

bool is_text(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](char x, char y) { return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y)); });
}

// One reading of a file: what is wrong is collected, so that a person meets it all at once.
class Reading {
 public:
  Reading(CfgFile file, std::string text, const GatewaySources& sources, const VariableLookup& lookup)
      : file_(std::move(file)), text_(std::move(text)), sources_(sources), lookup_(lookup), mistakes_(file_.mistakes) {
    config_.file = file_.name;
  }

  Result<GatewayConfig> read() {
    read_defaults();
    for (const CfgSection& section : file_.sessions) {
      if (is_client(section)) read_client(section);
      if (is_neither(section))
        wrong(section.line, "ConnectionType is missing: acceptor (a client) or initiator (a session of the exchange)");
    }
    check_clients();
    read_exchange();
    if (!mistakes_.empty()) return cfg_errors(in_order());
    return std::move(config_);
  }

  Result<ReadLimits> read_limits_only() {
    read_defaults();
    ReadLimits limits{config_.total, {}};
    for (const CfgSection& section : file_.sessions) {
      if (is_client(section)) read_client(section);
    }
    if (!mistakes_.empty()) return cfg_errors(in_order());
    limits.total = config_.total;
    for (const ClientConfig& client : config_.clients) limits.clients[client.name()] = client.limits;
    return limits;
  }

 private:
  // One line a mistake; what [DEFAULT] has wrong is said once, however many sections read it.
  void wrong(const Error& error) {
    std::string_view rest = error.message;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const Error one = fail(ErrorCategory::config, std::string(rest.substr(0, end)));
      if (std::ranges::find(mistakes_, one.message, &Error::message) == mistakes_.end()) mistakes_.push_back(one);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  // As the file has them; what belongs to no line comes last.
  std::vector<Error> in_order() const {
    const auto line_of = [this](const Error& error) {
      const std::string begin = file_.name + ":";
      const int line = error.message.starts_with(begin) ? std::atoi(error.message.c_str() + begin.size()) : 0;
      return line > 0 ? line : std::numeric_limits<int>::max();
    };
    std::vector<Error> sorted = mistakes_;
    std::ranges::stable_sort(sorted, {}, line_of);
    return sorted;
  }
  void wrong(int line, std::string_view what) { wrong(fail(ErrorCategory::config, fmt::format("{}:{}: {}", file_.name, line, what))); }

  // Where the exchange is elsewhere, a section that does not say is a client.
  bool is_client(const CfgSection& section) const {
    const CfgValue* type = file_.find(section, "ConnectionType");
    return type == nullptr ? !sources_.endpoints.empty() || !sources_.env.empty() : !is_text(type->value, "initiator");
  }
  bool is_initiator(const CfgSection& section) const {
    const CfgValue* type = file_.find(section, "ConnectionType");
    return type != nullptr && is_text(type->value, "initiator");
  }
  bool is_neither(const CfgSection& section) const { return !is_client(section) && !is_initiator(section); }
  bool has_initiator() const {
    return std::ranges::any_of(file_.sessions, [&](const CfgSection& section) { return is_initiator(section); });
  }

  // Keys that the gateway does not know are the exchange's sessions' where there are some; those that it knows are never theirs.
  void read_defaults() {
    for (const CfgValue& value : file_.defaults.values) {
      const GatewayKey* key = find_gateway_key(value.key);
      if (key == nullptr) {
        if (!has_initiator()) unknown(value);
      } else if (key->place == KeyPlace::gateway) {
        apply(*key, {nullptr, &config_}, value);
      } else if (key->place == KeyPlace::ignored) {
        config_.findings.push_back({value.file, value.line, value.key, std::string(key->meaning)});
      }
    }
    const CfgValue* listen = file_.defaults.find("HttpListen");
    if (listen != nullptr && config_.http_listen == listen->value && !config_.http_allow_remote &&
        !is_loopback_host(listen->value.substr(0, listen->value.rfind(':'))))
      wrong(cfg_error(*listen,
                      "is not a loopback address: the page is plain HTTP, and is served to other machines with HttpAllowRemote=Y alone"));
  }

  // The value is not shown: a slip of the pen in Password must not tell it.
  void unknown(CfgValue value) {
    value.substituted = true;
    const std::string nearest = nearest_gateway_key(value.key);
    wrong(cfg_error(value, nearest.empty() ? "is not known (docs/gateway.md has the keys)" : "is not known: is it " + nearest + "?"));
  }

  void apply(const GatewayKey& key, const KeyTarget& target, const CfgValue& value) {
    if (key.apply == nullptr) return;
    if (const auto done = key.apply(target, value); !done) wrong(done.error());
  }

  void read_client(const CfgSection& section) {
    ClientConfig client;
    client.line = section.line;
    for (const CfgValue& value : section.values) {
      const GatewayKey* key = find_gateway_key(value.key);
      if (key == nullptr) {
        unknown(value);
      } else if (key->place == KeyPlace::gateway) {
        wrong(cfg_error(value, "stands in [DEFAULT]: it is the whole gateway's"));
      } else if (key->place == KeyPlace::ignored) {
        config_.findings.push_back({value.file, value.line, value.key, std::string(key->meaning)});
      }
    }
    for (const GatewayKey& key : gateway_keys()) {
      if (key.place != KeyPlace::client) continue;
      if (const CfgValue* value = file_.find(section, key.key)) apply(key, {&client, nullptr}, *value);
    }
    check(client, section);
    config_.clients.push_back(std::move(client));
  }

  void check(const ClientConfig& client, const CfgSection& section) {
    if (file_.find(section, "BeginString") == nullptr) wrong(section.line, "BeginString is missing: FIX.4.2, FIX.4.4 or FIXT.1.1");
    if (client.comp_id.empty()) wrong(section.line, "TargetCompID is missing: the client's own CompID");
    if (client.own_comp_id.empty()) wrong(section.line, "SenderCompID is missing: the name by which the client calls the gateway");
    if (client.tls && (client.certificate_file.empty() || client.private_key_file.empty()))
      wrong(section.line, "SocketUseSSL=Y needs ServerCertificateFile and ServerCertificateKeyFile");
    if (!client.tls && (!client.client_ca_file.empty() || !client.certificate_name.empty()))
      wrong(section.line, "certificates of clients need SocketUseSSL=Y");
    if (!client.certificate_name.empty() && client.client_ca_file.empty())
      wrong(section.line, "ClientCertificateName needs CertificationAuthoritiesFile: the roots that vouch for it");
    if (client.least_heartbeat > client.most_heartbeat) wrong(section.line, "HeartBtIntLeast is more than HeartBtIntMost");
    if (!client.tls && !is_loopback_host(client.host))
      wrong(section.line, "SocketAcceptHost=" + client.host + " is not a loopback address: it needs SocketUseSSL=Y");
  }

  void check_clients() {
    if (config_.clients.empty()) return wrong(1, "no client: add a [SESSION] with ConnectionType=acceptor");
    std::set<std::string> names;
    for (const ClientConfig& client : config_.clients) {
      if (!names.insert(client.name()).second) wrong(client.line, client.name() + " is configured twice");
      const auto before = std::ranges::find_if(config_.clients, [&](const ClientConfig& each) { return share_port(each, client); });
      if (&*before != &client) check_neighbours(*before, client);
    }
  }
  static bool share_port(const ClientConfig& a, const ClientConfig& b) { return a.host == b.host && a.port == b.port; }

  // A port has one certificate; what BeginString(8) and TargetCompID(56) of a Logon choose has one schedule.
  void check_neighbours(const ClientConfig& first, const ClientConfig& client) {
    const auto tls = [](const ClientConfig& c) { return std::tie(c.tls, c.certificate_file, c.private_key_file, c.client_ca_file); };
    if (tls(first) != tls(client)) {
      wrong(client.line, fmt::format("the client of line {} has the same SocketAcceptHost and SocketAcceptPort, but SocketUseSSL or its "
                                     "files are others: make them the same, or give it a port of its own",
                                     first.line));
    }
    const auto schedule = [](const ClientConfig& c) { return std::tie(c.daily_reset, c.least_heartbeat, c.most_heartbeat); };
    const auto twin = std::ranges::find_if(config_.clients, [&](const ClientConfig& each) {
      return share_port(each, client) && each.version == client.version && each.own_comp_id == client.own_comp_id;
    });
    if (schedule(*twin) == schedule(client)) return;
    wrong(client.line, fmt::format("the client of line {} has the same port, BeginString and SenderCompID, but StartTime, HeartBtIntLeast "
                                   "or HeartBtIntMost is another: make them the same, or give it a SenderCompID of its own",
                                   twin->line));
  }

  // ---- the exchange's side ------------------------------------------------------------------------------------------------------------
  void read_exchange() {
    std::vector<std::string> wanted;
    for (const ClientConfig& client : config_.clients) {
      if (!client.account.empty() && std::ranges::find(wanted, client.account) == wanted.end()) wanted.push_back(client.account);
    }
    if (!sources_.endpoints.empty()) {
      read_endpoints(wanted);
    } else if (has_initiator()) {
      read_initiators();
    } else if (!sources_.env.empty()) {
      read_environment();
    } else {
      wrong(1, "no exchange: add a [SESSION] with ConnectionType=initiator, or give --endpoints or --env");
    }
    for (const ClientConfig& client : config_.clients) {
      if (!client.account.empty() && mistakes_.empty() && !config_.accounts.contains(client.account))
        wrong(client.line,
              fmt::format("Account={} is no account here: there is {}", client.account, fmt::join(config_.account_order, ", ")));
    }
  }

  void take(const std::string& name, Result<ExchangeAccount> account) {
    if (!account) return wrong(account.error());
    if (config_.accounts.empty() && !config_.log_stated) {
      config_.log = account->fix.log;
      config_.log_stated = account->fix.log_stated;
    }
    keep_numbers_in_dir(account->fix);
    for (const ConfigFinding& finding : account->fix.findings) config_.findings.push_back(finding);
    config_.account_order.push_back(name);
    config_.accounts.emplace(name, *std::move(account));
  }

  // KalshiRT's store stands in the gateway's folder where nothing else is said.
  void keep_numbers_in_dir(MarginFixConfig& fix) const {
    for (SessionConfig& session : fix.sessions) {
      if (session.target == TargetSession::RT && session.store_folder.empty()) session.store_folder = sources_.dir + "/exchange";
    }
    std::erase_if(fix.findings,
                  [](const ConfigFinding& finding) { return finding.key == "FileStorePath" && finding.text.starts_with("is missing"); });
  }

  static AccountDoors doors() {
    AccountDoors doors;
    doors.rest = DoorChoice::if_there;
    doors.ws = doors.klear = DoorChoice::no;
    return doors;
  }

  void read_endpoints(std::vector<std::string> names) {
    const auto endpoints = Endpoints::from_file(sources_.endpoints);
    if (!endpoints) return wrong(endpoints.error());
    const auto first = endpoints->account(sources_.account);
    if (!first) return wrong(first.error());
    std::erase(names, first->name);
    names.insert(names.begin(), first->name);
    for (const std::string& name : names) {
      ExchangeAccountOptions options;
      options.doors = doors();
      options.account = name;
      options.store_folder = sources_.dir + "/exchange";
      if (const auto known = endpoints->account(name); !known) {
        wrong(line_of_account(name), fmt::format("Account={}: {}", name, known.error().message));
        continue;
      }
      take(name, ExchangeAccount::from_endpoints(*endpoints, options));
    }
  }
  int line_of_account(std::string_view name) const {
    const auto client = std::ranges::find(config_.clients, name, &ClientConfig::account);
    return client == config_.clients.end() ? 1 : client->line;
  }

  void read_environment() {
    const VariableLookup with_environment = [this](std::string_view name) -> std::optional<std::string> {
      if (name == "KALSHI_PERPS_ENVIRONMENT") return sources_.env;
      if (name == "KALSHI_PERPS_STORE_PATH" && !lookup_(name)) return sources_.dir + "/exchange";
      return lookup_(name);
    };
    ExchangeAccountOptions options;
    options.doors = doors();
    take(std::string(kDefaultAccount), ExchangeAccount::from_env(options, with_environment));
  }

  // Sections of one account, and [DEFAULT] without the gateway's keys; every other line is left empty, so that a message of the parser
  // names the right one.
  void read_initiators() {
    std::vector<std::string> names;
    for (const CfgSection& section : file_.sessions) {
      if (!is_initiator(section)) continue;
      const std::string name = account_of(section);
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    for (const std::string& name : names) {
      ExchangeAccountOptions options;
      options.doors = doors();
      take(name, ExchangeAccount::from_cfg_text(text_of(name), file_.name, options, lookup_));
    }
  }
  std::string account_of(const CfgSection& section) const {
    const CfgValue* name = section.find("Account");
    return name == nullptr ? std::string(kDefaultAccount) : name->value;
  }
  std::string text_of(const std::string& account) const {
    std::set<int> kept;
    if (file_.defaults.line > 0) kept.insert(file_.defaults.line);
    for (const CfgValue& value : file_.defaults.values) {
      if (find_gateway_key(value.key) == nullptr) kept.insert(value.line);
    }
    for (const CfgSection& section : file_.sessions) {
      if (!is_initiator(section) || account_of(section) != account) continue;
      kept.insert(section.line);
      for (const CfgValue& value : section.values) {
        if (!is_text(value.key, "Account")) kept.insert(value.line);
      }
    }
    std::string out;
    int number = 0;
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size());
      if (kept.contains(++number)) out.append(text_, at, end - at);
      out += '\n';
      at = end + 1;
    }
    return out;
  }

  CfgFile file_;
  std::string text_;
  const GatewaySources& sources_;
  const VariableLookup& lookup_;
  std::vector<Error> mistakes_;
  GatewayConfig config_;
};

Result<std::string> text_of_file(const std::string& path) {
  std::FILE* file = std::fopen(home_path(path).c_str(), "rb");
  if (file == nullptr) return fail(ErrorCategory::config, path + ": cannot be read");
  std::string text;
  char piece[16384];
  for (std::size_t n = 0; (n = std::fread(piece, 1, sizeof piece, file)) > 0;) text.append(piece, n);
  std::fclose(file);
  return text;
}

}  // namespace

// Asked for several times an order.
std::string ClientConfig::name() const {
  const std::string_view version_text = begin_string(version);
  std::string name;
  name.reserve(version_text.size() + comp_id.size() + own_comp_id.size() + 3);
  name += version_text;
  name += ':';
  name += comp_id;
  name += "->";
  name += own_comp_id;
  return name;
}

// Without Subaccount orders go to 0, and positions are those of all.
bool ClientConfig::shares_positions_with(const ClientConfig& other) const noexcept {
  return !subaccount || *subaccount == other.subaccount.value_or(0);
}

const ClientConfig* GatewayConfig::find(std::string_view comp_id, FixVersion version) const noexcept {
  const auto found =
      std::ranges::find_if(clients, [&](const ClientConfig& each) { return each.comp_id == comp_id && each.version == version; });
  return found == clients.end() ? nullptr : &*found;
}

Result<GatewayConfig> gateway_config_of(std::string_view text, const std::string& name, const GatewaySources& sources,
                                        const VariableLookup& lookup) {
  return Reading(CfgFile::read(text, name, lookup), std::string(text), sources, lookup).read();
}

Result<GatewayConfig> load_gateway_config(const std::string& path, const GatewaySources& sources, const VariableLookup& lookup) {
  const auto text = text_of_file(path);
  if (!text) return text.error();
  return gateway_config_of(*text, path, sources, lookup);
}

Result<ReadLimits> read_limits(const std::string& path, const VariableLookup& lookup) {
  const auto text = text_of_file(path);
  if (!text) return text.error();
  GatewaySources none;
  none.endpoints = path;  // nothing of the exchange is read
  return Reading(CfgFile::read(*text, path, lookup), *text, none, lookup).read_limits_only();
}

}  // namespace marginfix::gateway
