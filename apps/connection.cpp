// The account that a command line and the environment mean, and the logs of the commands.
#include "apps/connection.hpp"

#include <semaphore.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "apps/output.hpp"

namespace marginfix::apps {

namespace {
// The variables of the process, with the environment that they choose overridden by --env.
VariableLookup lookup_with(const std::string& env) {
  return [env, process = process_variables()](std::string_view name) -> std::optional<std::string> {
    const bool chooses = name == "KALSHI_PERPS_ENVIRONMENT" || name == "KALSHI_KLEAR_ENVIRONMENT";
    if (!env.empty() && chooses) return env;
    if (!env.empty() && (name == "KALSHI_PERPS_DEMO" || name == "KALSHI_KLEAR_DEMO")) return std::nullopt;
    return process(name);
  };
}

std::string wanted_name(const SessionConfig& session) {
  return session.kind == SessionKind::listener ? "listener" : std::string(target_comp_id(session.target));
}

// MARGINFIX_ENDPOINTS stands for --endpoints where no option says which exchange.
ConnectionOptions with_variable(ConnectionOptions options) {
  if (options.endpoints.empty() && options.env.empty()) options.endpoints = process_variables()("MARGINFIX_ENDPOINTS").value_or("");
  return options;
}

Result<void> check_options(const ConnectionOptions& options) {
  if (!options.endpoints.empty() && !options.env.empty()) {
    return fail(ErrorCategory::config, "--endpoints and --env name two different exchanges: give one of them");
  }
  if (options.endpoints.empty() && !options.account.empty()) {
    return fail(ErrorCategory::config,
                "--account chooses among the accounts of --endpoints FILE: give that too, or set MARGINFIX_ENDPOINTS");
  }
  return {};
}

Result<void> refuse_beside_cfg(const ConnectionOptions& options) {
  if (options.endpoints.empty() && options.env.empty() && options.account.empty()) return {};
  const std::string_view other = !options.endpoints.empty() ? "--endpoints" : !options.env.empty() ? "--env" : "--account";
  return fail(ErrorCategory::config, "--cfg says which exchange and whose keys, and so does " + std::string(other) + ": give one of them");
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

std::shared_ptr<LogSink> command_log(const MarginFixConfig& config) {
  struct Both final : LogSink {
    Both(std::shared_ptr<LogSink> a, std::shared_ptr<LogSink> b) : file(std::move(a)), person(std::move(b)) {}
    void log(LogLevel level, std::string_view component, std::string_view line) noexcept override {
      for (LogSink* const sink : {file.get(), person.get()}) {
        if (sink->enabled(level)) sink->log(level, component, line);
      }
    }
    bool enabled(LogLevel level) const noexcept override { return file->enabled(level) || person->enabled(level); }
    void flush() noexcept override { file->flush(); }
    std::shared_ptr<LogSink> file, person;
  };
  if (!config.log_stated) return key_warnings();
  auto asked_for = make_spdlog_sink(config.log);
  if (config.log.file.empty()) return asked_for;  // on standard error, warnings among the rest
  return std::make_shared<Both>(std::move(asked_for), key_warnings());
}

namespace {
sem_t hang_ups;  // a semaphore is what a signal handler may touch
void on_hang_up(int) { sem_post(&hang_ups); }

}  // namespace

RotateOnHangUp::RotateOnHangUp(std::shared_ptr<MessageLog> log) : log_(std::move(log)) {
  if (!log_) return;
  sem_init(&hang_ups, 0, 0);
  thread_ = std::thread([this] {
    for (;;) {
      if (sem_wait(&hang_ups) != 0) continue;  // EINTR
      if (ends_) return;
      log_->rotate();
    }
  });
  struct sigaction action {};
  action.sa_handler = on_hang_up;
  action.sa_flags = SA_RESTART;  // whoever waits for a line of input must not take the signal for its end
  sigaction(SIGHUP, &action, &before_);
}

RotateOnHangUp::~RotateOnHangUp() {
  if (!log_) return;
  sigaction(SIGHUP, &before_, nullptr);
  ends_ = true;
  sem_post(&hang_ups);
  thread_.join();
  sem_destroy(&hang_ups);
}

void report_findings(const MarginFixConfig& config) {
  for (const ConfigFinding& finding : config.findings) {
    const std::string place = finding.line > 0 ? finding.file + ":" + std::to_string(finding.line) + " " : std::string();
    report("note: " + place + finding.key + ": " + finding.text);
  }
}

Result<void> refuse_connection(const ConnectionOptions& options, std::string_view command) {
  for (const auto& [name, value] : {std::pair<std::string_view, const std::string&>{"--endpoints", options.endpoints},
                                    {"--account", options.account},
                                    {"--env", options.env}}) {
    if (value.empty()) continue;
    return fail(ErrorCategory::config,
                std::string(name) + " names an exchange, and " + std::string(command) + " connects to none: take it out");
  }
  return {};
}

Result<ExchangeAccount> load_account(const ConnectionOptions& options, const AccountDoors& doors, const std::string& cfg) {
  ExchangeAccountOptions of{.doors = doors};
  if (!cfg.empty()) {
    if (auto alone = refuse_beside_cfg(options); !alone) return alone.error();
    return ExchangeAccount::from_cfg_file(cfg, of);
  }
  const ConnectionOptions chosen = with_variable(options);
  if (auto good = check_options(chosen); !good) return good.error();
  if (chosen.endpoints.empty()) {
    auto account = ExchangeAccount::from_env(of, lookup_with(chosen.env));
    const bool nothing_said = chosen.env.empty() && !account && account.error().message.find("is not set") != std::string::npos;
    if (nothing_said)
      return fail(ErrorCategory::config, account.error().message + "; for a simulated exchange: --endpoints FILE or MARGINFIX_ENDPOINTS");
    return account;
  }
  of.account = chosen.account;
  return ExchangeAccount::from_endpoints_file(chosen.endpoints, of);
}

std::string chosen_endpoints(const ConnectionOptions& options) { return with_variable(options).endpoints; }

Result<ExchangeAccount> load_fix_account(const ConnectionOptions& options, const AccountDoors& doors, const std::string& cfg,
                                         const std::vector<std::string>& wanted) {
  auto account = load_account(options, doors, cfg);
  if (!account || !cfg.empty() || wanted.empty()) return account;
  auto& sessions = account->fix.sessions;
  std::erase_if(sessions, [&](const SessionConfig& s) { return std::ranges::find(wanted, wanted_name(s)) == wanted.end(); });
  if (sessions.empty()) return fail(ErrorCategory::config, "no session of the wanted kind (" + wanted.front() + ") is configured");
  return account;
}

Result<void> keep_only(MarginFixConfig& config, SessionKind kind) {
  std::erase_if(config.sessions, [&](const SessionConfig& s) { return s.kind != kind; });
  if (config.sessions.empty()) {
    return fail(ErrorCategory::config, "the configuration has no " + std::string(to_string(kind)) + " session: add one");
  }
  return {};
}

}  // namespace marginfix::apps
