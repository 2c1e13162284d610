// The gateway as the program runs it: configuration, service, page, gateway.json, signals; and what its folder says without it.
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "marginfix/core/secret.hpp"
#include "marginfix/core/text.hpp"
#include "marginfix/fix/printer.hpp"
#include "marginfix/json/writer.hpp"
#include "services/gateway/gateway.hpp"
#include "services/gateway/orders/order_json.hpp"
#include "services/gateway/orders/order_rows.hpp"
#include "services/gateway/service/gateway_service.hpp"
#include "services/gateway/service/numbers.hpp"
#include "services/gateway/web/page.hpp"

namespace marginfix::gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kLook{50};

volatile std::sig_atomic_t kill_signals = 0, reload_signals = 0;
void on_kill_signal(int) { kill_signals = 1; }
void on_reload_signal(int) { reload_signals = 1; }

Result<GatewayConfig> config_of(const GatewayRunOptions& options) {
  GatewaySources sources;
  sources.endpoints = options.endpoints;
  sources.account = options.account;
  sources.env = options.env;
  sources.dir = options.dir;
  return load_gateway_config(options.config, sources);
}

// The old one or the whole new one, never a part.
Result<void> replace_file(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << text << '\n';
    out.close();
    if (!out) return fail(ErrorCategory::store, fresh + ": cannot be written");
  }
  std::error_code error;
  fs::rename(fresh, path, error);
  if (error) return fail(ErrorCategory::store, path + ": " + error.message());
  return {};
}

std::string gateway_json(const GatewayConfig& config, const GatewayService& service, const GatewayPage& page) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("host", config.clients.front().host);
  out.key("port").integer(service.port());
  out.member("tls", service.tls());
  out.member("metrics", page.metrics_url());
  out.member("page", page.url());
  out.key("sessions").begin_array();
  for (const ClientConfig& client : config.clients) {
    out.begin_object();
    out.member("BeginString", begin_string(client.version));
    out.member("SenderCompID", client.comp_id);
    out.member("TargetCompID", client.own_comp_id);
    out.member("account", client.account.empty() ? config.account_order.front() : client.account);
    out.end_object();
  }
  out.end_array().end_object();
  return text;
}

// What the commands need, also while clients are not let in yet.
std::string page_json(const GatewayPage& page) {
  std::string text;
  json::Writer(text).begin_object().member("metrics", page.metrics_url()).member("page", page.url()).end_object();
  return text;
}

void obey_signals(GatewayService& service, LogSink& log) {
  if (kill_signals != 0) {
    kill_signals = 0;
    service.kill_by_signal();
  }
  if (reload_signals != 0) {
    reload_signals = 0;
    const auto done = service.reload();
    if (!done) log.log(LogLevel::error, "gateway", done.error().message);
  }
}

// A body that is a FIX message, or holds one, so that `marginfix decode` reads it back without loss; secrets masked.
std::string message_text(std::string_view raw) {
  return raw.find('\x01') != std::string_view::npos ? fix::to_pipe_form(raw) : visible(redact(raw));
}

bool concerns(const JournalRecord& record, const ReplayOptions& options) {
  if (!options.client.empty() && record.who.find(":" + options.client + "->") == std::string::npos) return false;
  return options.order.empty() || record.body.find(options.order) != std::string::npos;
}

}  // namespace

Result<void> run_gateway(const GatewayRunOptions& options, const std::function<bool()>& stop_requested) {
  // One heap for all threads, which grows by megabytes: that of a thread of its own grows by a system call a page.
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_TOP_PAD, 4 << 20);
  // From the first moment on: while the journal is read, neither may end the process.
  std::signal(SIGUSR1, on_kill_signal);
  std::signal(SIGHUP, on_reload_signal);
  std::error_code ignored;
  fs::create_directories(options.dir, ignored);
  const std::string said = options.dir + "/gateway.json";
  const std::string page_said = options.dir + "/page.json";
  // Those of a gateway that runs here stay.
  if (const auto unused = check_unused(options.dir + "/journal"); !unused) return unused;
  fs::remove(said, ignored);
  fs::remove(page_said, ignored);
  auto config = config_of(options);
  if (!config) return config.error();
  ServiceOptions service_options;
  service_options.log = config->log_stated ? make_spdlog_sink(config->log) : options.log;
  for (const ConfigFinding& finding : config->findings)
    service_options.log->log(LogLevel::info, "gateway",
                             fmt::format("{}:{}: {}: {}", finding.file, finding.line, finding.key, finding.text));
  service_options.config = *config;
  service_options.dir = options.dir;
  service_options.version = options.version;
  const std::shared_ptr<LogSink> log = service_options.log;
  auto service = GatewayService::open(std::move(service_options));
  if (!service) return service.error();
  GatewayPageOptions page_options;
  page_options.dir = options.dir;
  page_options.listen = config->http_listen;
  page_options.host_names = config->http_host_names;
  page_options.allow_remote = config->http_allow_remote;
  page_options.remote_setting = "HttpAllowRemote=Y";
  page_options.names_setting = "HttpHostNames";
  page_options.log = log;
  if (const auto started = (*service)->start(); !started) return started;
  auto page = GatewayPage::start(page_options, **service);
  if (!page) {
    (*service)->stop();
    return page.error();
  }
  bool told = false;
  Result<void> ended = replace_file(page_said, page_json(**page));
  while (!stop_requested() && ended) {
    if ((*service)->is_broken()) ended = fail(ErrorCategory::store, "the gateway cannot go on (its log says why): start it anew");
    obey_signals(**service, *log);
    if (!told && (*service)->is_open()) {
      told = true;
      ended = replace_file(said, gateway_json(*config, **service, **page));
      if (ended && options.ready) options.ready((*page)->url());
    }
    std::this_thread::sleep_for(kLook);
  }
  (*page)->stop();
  (*service)->stop();
  return ended;
}

Result<std::vector<std::string>> check_gateway(const GatewayRunOptions& options) {
  auto config = config_of(options);
  if (!config) return config.error();
  std::vector<std::string> lines;
  for (const ClientConfig& client : config->clients) {
    lines.push_back(fmt::format("client {} at {}:{}{}: orders on {}", client.name(), client.host, client.port, client.tls ? " (TLS)" : "",
                                client.account.empty() ? config->account_order.front() : client.account));
  }
  for (const std::string& name : config->account_order)
    lines.push_back(fmt::format("account {}: {}", name, to_string(config->accounts.at(name))));
  for (const ConfigFinding& finding : config->findings)
    lines.push_back(fmt::format("note {}:{}: {}: {}", finding.file, finding.line, finding.key, finding.text));
  std::size_t files = 0;
  const std::string journal = options.dir + "/journal";
  for (const std::string& path : journal_files(journal)) {
    const auto read = read_journal_file(path, [](const JournalRecord&) { return Result<void>{}; });
    if (!read) return read.error();
    ++files;
  }
  lines.push_back(files == 0 ? "journal: none yet" : fmt::format("journal: {} files, whole", files));
  return lines;
}

Result<void> replay_journal(const std::string& dir, const ReplayOptions& options, const std::function<void(std::string_view line)>& print) {
  const std::string folder = dir + "/journal";
  if (journal_files(folder).empty()) return fail(ErrorCategory::store, folder + ": there is no journal of a gateway");
  return read_audit(folder, [&](const JournalRecord& record) {
    if (record.kind == JournalKind::tell || record.kind == JournalKind::had || !concerns(record, options)) return true;
    if (options.json) {
      std::string text;
      json::Writer(text)
          .begin_object()
          .member("time", to_rfc3339(record.time))
          .member("kind", to_string(record.kind))
          .member("who", record.who)
          .member("body", message_text(record.body))
          .end_object();
      print(text);
    } else {
      std::string body = message_text(record.body);
      print(fmt::format("{} {} {} {}", to_fix_utc(record.time, 6), to_string(record.kind), record.who.empty() ? "-" : record.who, body));
    }
    return true;
  });
}

Result<std::vector<OrderRow>> orders_of_journal(const std::string& dir, const std::string& client, bool open_only, std::size_t most) {
  const auto newest = newest_journal_file(dir + "/journal");
  if (!newest) return newest.error();
  // Whatever is told goes nowhere: every client is there, and none is heard.
  std::map<std::string, ClientConfig, std::less<>> clients;
  Desk::Surroundings around;
  around.client_of = [&](std::string_view name) {
    const auto [at, is_new] = clients.try_emplace(std::string(name));
    if (is_new) at->second.comp_id = "?";
    return static_cast<const ClientConfig*>(&at->second);
  };
  around.account_of = [](const ClientConfig&) { return std::string(); };
  around.make_exchange_id = [] { return std::string(); };
  around.limits = [](const ClientConfig&, const OrderTerms&, const ClientOrder*) { return std::optional<LimitRefusal>(); };
  Desk desk(std::move(around));
  // It begins with everything that came before.
  const auto read = read_journal_file(*newest, [&](const JournalRecord& record) { return desk.restore(record); });
  if (!read) return read.error();
  return order_rows(desk, client, open_only, most);
}

}  // namespace marginfix::gateway
