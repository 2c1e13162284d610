// `marginfix check`: the doctor. Key, name, TCP, TLS, Logon and clock of every FIX session configured, then REST, WebSocket and Klear where
// they are configured; one line each with how to fix it.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>

#include "apps/check/check_report.hpp"
#include "apps/check/http_doctor.hpp"
#include "apps/command.hpp"
#include "apps/output.hpp"
#include "marginfix/core/log.hpp"
#include "marginfix/core/uuid.hpp"
#include "marginfix/fix/printer.hpp"
#include "marginfix/fix/reader.hpp"
#include "marginfix/margin_fix_client.hpp"

namespace marginfix::apps {

namespace {
struct CheckArguments {
  std::string cfg;
  int wait_seconds{20};
  bool probe_trading{false};
  bool monitor{false};
  int warning_ms{0}, critical_ms{0};
  std::vector<std::string> only;  // fix, rest, ws, klear; empty: all that is configured
};

// Stages a session passes on its way to being logged on.
enum class ReachedStage : std::uint8_t { nothing, connecting, handshaking, logging_on, active };

struct Findings {
  ReachedStage reached{ReachedStage::nothing};
  EndReason reason{EndReason::none};
  std::string text;
  std::chrono::milliseconds clock_difference{0};  // theirs minus ours
  bool clock_known{false};
  std::chrono::steady_clock::time_point began{};
  std::chrono::milliseconds took{0};      // from the connection's beginning to the Logon's answer
  std::vector<std::string> before_logon;  // what came in place of the Logon's answer, as it came
  bool done() const { return reached == ReachedStage::active || reason != EndReason::none; }
};

ReachedStage reached_stage_of(SessionState state) {
  switch (state) {
    case SessionState::connecting:
      return ReachedStage::connecting;
    case SessionState::handshaking:
      return ReachedStage::handshaking;
    case SessionState::logging_on:
      return ReachedStage::logging_on;
    case SessionState::active:
    case SessionState::recovering:
      return ReachedStage::active;
    default:
      return ReachedStage::nothing;
  }
}

constexpr std::chrono::seconds kFixWindow{30};  // what SendingTime(52) of a Logon may be off

// Asks for a drop copy range on the sessions that serve one.
struct Ask {
  const DropCopyRange& range;
  const DropCopyCallback& done;
  Result<std::uint64_t> operator()(DropCopySession& session) const { return session.request(range, done); }
  Result<std::uint64_t> operator()(OrderEntrySession& session) const { return session.request_drop_copy(range, done); }
  Result<std::uint64_t> operator()(FixSession& session) const {
    return fail(ErrorCategory::config, session.name() + " serves no drop copy");
  }
};

class Doctor {
 public:
  Doctor(MarginFixConfig config, CheckReport& report)
      : report_(report), config_(std::move(config)), log_(config_.log_stated ? command_log(config_) : null_log_sink()) {
    config_.message_log.folder.clear();  // a program that runs may be writing these files
  }

  void examine(std::chrono::seconds wait) {
    for (const auto& finding : config_.findings) report_.note(finding.key.empty() ? "config" : finding.key, "config", finding.text);
    bool keys_good = true;
    for (const auto& session : config_.sessions) keys_good = check_key(session) && keys_good;
    if (!keys_good) return;
    log_on(wait);
  }

 private:
  bool check_key(const SessionConfig& session) {
    const SessionCredentials& c = session.credentials;
    if (!is_uuid(c.key_id)) report_.note(session.name, "key", "the key id is no UUID; the exchange's key ids are");
    const auto key = examine_key(c);
    if (key) {
      report_.good(session.name, "key", *key);
      note_exposure(session.name, c, report_);
    } else {
      report_.bad(session.name, "key", key.error().message);
    }
    return key.has_value();
  }

  void log_on(std::chrono::seconds wait) {
    MarginFixClientOptions options;
    options.log = log_;
    MarginFixClient client(config_, std::move(options));
    client.set_state_handler([this](FixSession& session, const StateChange& change) { note(session.name(), change); });
    for (FixSession* session : client.sessions()) watch_clock(*session);
    if (auto started = client.start(); !started) {
      report_.bad("client", "start", started.error().message);
      return;
    }
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, wait, [&] { return all_done() || stop_requested(); });
    }
    for (const auto& session : config_.sessions) tell(session, results_[session.name]);
    if (!stop_requested()) ask_drop_copy(client, wait);
    if (!stop_requested()) judge_key_sharing(wait);
    client.stop();
  }

  // ---- drop copy: one EventResendRequest(U1) for a range with nothing in it. Any answer but 21004=5 says that it is enabled.
  void ask_drop_copy(MarginFixClient& client, std::chrono::seconds wait) {
    auto promise = std::make_shared<std::promise<Result<DropCopyResult>>>();
    auto answer = promise->get_future();
    const DropCopyCallback done = [promise](Result<DropCopyResult> result) { promise->set_value(std::move(result)); };
    const DropCopyRange nothing{.begin_exec_id = "0;0", .end_exec_id = "0;0"};
    for (const SessionKind kind : {SessionKind::drop_copy, SessionKind::order_entry}) {
      for (FixSession* session : client.sessions()) {
        if (session->config().kind != kind || session->config().target == TargetSession::RT || !session->active()) continue;
        const auto asked = visit(*session, Ask{nothing, done});
        if (!asked) return report_.note(session->name(), "dropcopy", asked.error().message);
        if (answer.wait_for(wait) != std::future_status::ready)
          return report_.note(session->name(), "dropcopy", "no answer to EventResendRequest(U1) in time");
        return tell_drop_copy(session->name(), answer.get());
      }
    }
  }

  void tell_drop_copy(const std::string& session, const Result<DropCopyResult>& answer) {
    const bool refused_range = !answer && answer.error().tag == 21004;
    if (!answer && drop_copy_not_enabled(answer.error())) return report_.note(session, "dropcopy", answer.error().message);
    if (answer || refused_range) return report_.good(session, "dropcopy", "enabled: EventResendRequest(U1) is answered");
    report_.note(session, "dropcopy", answer.error().message);
  }

  // ---- one key on several sessions: the exchange's pages contradict each other; what happens here decides.
  void judge_key_sharing(std::chrono::seconds wait) {
    const SessionConfig *connected = nullptr, *refused = nullptr;
    for (const auto& one : config_.sessions) {
      if (results_[one.name].reached != ReachedStage::active) continue;
      for (const auto& other : config_.sessions) {
        if (&one == &other || other.credentials.key_id != one.credentials.key_id) continue;
        const Findings& found = results_[other.name];
        if (found.reached == ReachedStage::active) return generous(one.name, other.name);
        if (found.reason == EndReason::already_exists) connected = &one, refused = &other;
      }
    }
    if (refused != nullptr) return strict(connected->name, refused->name);
    probe_second_session(wait);
  }

  // Every session has a key of its own: one more Logon with a key that is connected, on another TargetCompID.
  void probe_second_session(std::chrono::seconds wait) {
    for (const auto& one : config_.sessions) {
      if (results_[one.name].reached != ReachedStage::active || one.kind != SessionKind::order_entry) continue;
      for (const auto& other : config_.sessions) {
        const bool fits = other.kind == SessionKind::market_data || other.kind == SessionKind::drop_copy;
        if (!fits || results_[other.name].reached != ReachedStage::active) continue;
        MarginFixConfig second = config_;
        second.sessions = {other};
        second.sessions.front().credentials = one.credentials;
        second.findings.clear();
        MarginFixClientOptions options;
        options.log = log_;
        MarginFixClient client(std::move(second), std::move(options));
        std::promise<EndReason> promise;
        std::atomic<bool> told{false};
        client.set_state_handler([&](FixSession&, const StateChange& change) {
          if (change.state != SessionState::active && change.reason == EndReason::none) return;
          if (!told.exchange(true)) promise.set_value(change.reason);
        });
        if (!client.start()) return;
        auto end = promise.get_future();
        const bool answered = end.wait_for(wait) == std::future_status::ready;
        client.stop();
        if (!answered)
          return report_.note(other.name, "one key", "a second session with the key of " + one.name + " got no answer in time");
        const EndReason reason = end.get();
        if (reason == EndReason::none) return generous(one.name, other.name);
        if (reason == EndReason::already_exists) return strict(one.name, other.name);
        return report_.note(other.name, "one key",
                            "whether the key of " + one.name + " serves two sessions is not known: the second ended with " +
                                std::string(to_string(reason)));
      }
    }
  }

  void generous(const std::string& one, const std::string& other) {
    report_.good("keys", "one key",
                 one + " and " + other + " were connected at once with one key: one connection per key and TargetCompID");
  }
  void strict(const std::string& one, const std::string& other) {
    report_.note("keys", "one key",
                 other + " got \"already exists\" while " + one +
                     " was connected with the same key: one connection per API key, give each "
                     "session a key of its own");
  }

  bool all_done() {
    for (const auto& session : config_.sessions) {
      if (!results_[session.name].done()) return false;
    }
    return true;
  }

  void note(const std::string& session, const StateChange& change) {
    {
      const std::lock_guard lock(mutex_);
      Findings& found = results_[session];
      if (found.done()) return;  // the first connection is what is examined
      found.reached = std::max(found.reached, reached_stage_of(change.state));
      if (change.state == SessionState::connecting && found.began == std::chrono::steady_clock::time_point{})
        found.began = std::chrono::steady_clock::now();
      if (found.reached == ReachedStage::active)
        found.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - found.began);
      if (change.reason != EndReason::none && change.state != SessionState::active) {
        found.reason = change.reason;
        found.text = change.text;
      }
    }
    changed_.notify_all();
  }

  void watch_clock(FixSession& session) {
    const auto on_message = [this, name = session.name()](const Inbound& in) {
      if (in.msg_type != "A") {
        const std::lock_guard lock(mutex_);
        Findings& found = results_[name];
        if (!found.done()) found.before_logon.push_back(fix::to_pipe_form(in.raw));
        return;
      }
      const auto frame = fix::peek(in.raw);
      if (!frame) return;
      const auto theirs = parse_fix_utc(frame->sending_time);
      if (!theirs) return;
      const std::lock_guard lock(mutex_);
      Findings& found = results_[name];
      found.clock_difference = std::chrono::duration_cast<std::chrono::milliseconds>(*theirs - system_clock().now());
      found.clock_known = true;
    };
    session.set_common_handlers({.on_message = on_message});
  }

  void tell(const SessionConfig& session, const Findings& found) {
    const std::string where = fmt::format("{}:{}", session.host, session.port);
    const std::string why = found.text.empty()
                                ? fmt::format("no answer in time from {}: is the host reachable from here, is the port open?", where)
                                : found.text;
    const auto step = [&](ReachedStage needed, std::string_view what, const std::string& good) {
      if (found.reached > needed)
        report_.good(session.name, what, good);
      else if (found.reached == needed)
        report_.bad(session.name, what, why);
    };
    if (found.reached == ReachedStage::nothing) return report_.bad(session.name, "connect", why);
    step(ReachedStage::connecting, "connect", where + " is reached");
    if (session.tls.enabled) step(ReachedStage::handshaking, "TLS", "chain, host name and expiry are right");
    step(ReachedStage::logging_on, "logon", "accepted: key, signature and usage tier are right");
    if (found.reached == ReachedStage::active) report_.took(session.name, found.took);
    for (const std::string& message : found.before_logon) report_.note(session.name, "logon", "in place of the Logon(A) came " + message);
    if (found.clock_known) report_.clock(session.name, found.clock_difference, kFixWindow);
  }

  CheckReport& report_;
  MarginFixConfig config_;
  std::shared_ptr<LogSink> log_;  // of a .cfg that asks for one; the doctor's own lines say the rest
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Findings> results_;
};

// What the options, or else the environment, say is there.
class Checkup {
 public:
  Checkup(const CheckArguments& arguments, const Globals& globals)
      : arguments_(arguments),
        connection_(globals.connection),
        report_(arguments.monitor ? CheckReport::Shown::monitor
                : globals.json    ? CheckReport::Shown::json
                                  : CheckReport::Shown::lines,
                {std::chrono::milliseconds(arguments.warning_ms), std::chrono::milliseconds(arguments.critical_ms)}),
        how_{std::chrono::seconds(arguments.wait_seconds), arguments.probe_trading} {}

  int run() {
    if (auto examined = examine(); !examined) {
      if (!report_.monitoring()) return report(examined.error());
      print_line("MARGINFIX UNKNOWN - " + examined.error().message);
      return kMonitorUnknown;
    }
    if (!report_.monitoring()) return report_.healthy() ? kSuccess : kFailure;
    print_line(report_.monitor_line());
    return static_cast<int>(report_.monitor_state());
  }

 private:
  Result<void> examine() {
    if (wants("fix", true)) {
      const auto account = load_account(connection_, kFixOnly, arguments_.cfg);
      if (!account) return account.error();
      Doctor(account->fix, report_).examine(how_.wait);
    }
    if (!arguments_.cfg.empty()) return {};  // it is about FIX only
    if (const std::string endpoints = chosen_endpoints(connection_); !endpoints.empty()) {
      if (const auto read = Endpoints::from_file(endpoints); !read) return read.error();
    }
    others();
    return {};
  }

  bool wants(std::string_view door, bool otherwise) const {
    if (arguments_.only.empty()) return otherwise;
    return std::ranges::find(arguments_.only, door) != arguments_.only.end();
  }

  // Each door by itself: what is wrong with one says nothing of the others.
  void others() {
    one("rest", "REST", &AccountDoors::rest, [this](const ExchangeAccount& a) {
      if (a.has_rest()) examine_rest(a.rest, how_, report_);
    });
    one("ws", "WebSocket", &AccountDoors::ws, [this](const ExchangeAccount& a) {
      if (a.has_ws()) examine_websocket(a.ws, how_, report_);
    });
    one("klear", "Klear", &AccountDoors::klear, [this](const ExchangeAccount& a) {
      if (a.klear) examine_klear(*a.klear, how_, report_);
    });
  }
  // Where it is configured, or asked for.
  template <class Examine>
  void one(std::string_view door, std::string_view name, DoorChoice AccountDoors::*which, Examine examine) {
    AccountDoors doors{DoorChoice::no, DoorChoice::no, DoorChoice::no, DoorChoice::no};
    doors.*which = arguments_.only.empty() ? DoorChoice::if_there : wants(door, false) ? DoorChoice::required : DoorChoice::no;
    const auto account = load_account(connection_, doors);
    if (!account) return report_.bad(name, "config", account.error().message);
    examine(*account);
  }

  const CheckArguments& arguments_;
  const ConnectionOptions& connection_;
  CheckReport report_;
  Examination how_;
};
}  // namespace

void add_check_command(CLI::App& root, const Globals& globals, Runner& run) {
  auto* command = root.add_subcommand(
      "check", "the doctor: keys, connections, TLS, clock and access over FIX, REST, WebSocket and Klear, with how to fix it");
  auto a = std::make_shared<CheckArguments>();
  auto* cfg = command->add_option("--cfg", a->cfg, "QuickFIX .cfg (instead of --endpoints, --env or the environment)")->type_name("FILE");
  command->add_option("--wait", a->wait_seconds, "seconds to wait for an answer (default 20)")->check(CLI::Range(1, 600));
  command->add_flag("--probe-trading", a->probe_trading,
                    "also ask whether the key may trade, by deleting an order group that does not exist: one write, which changes nothing");
  command->add_option("--only", a->only, "fix, rest, ws, klear: these only (several allowed); without: all that is configured")
      ->check(CLI::IsMember({"fix", "rest", "ws", "klear"}))
      ->excludes(cfg);  // which is about FIX only
  command->add_flag("--monitor", a->monitor,
                    "for Nagios and its like: one line with figures; exit code 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN");
  command->add_option("--warning-ms", a->warning_ms, "--monitor: WARNING when a door takes this long to answer")
      ->check(CLI::Range(1, 600'000));
  command->add_option("--critical-ms", a->critical_ms, "--monitor: CRITICAL when it takes this long")->check(CLI::Range(1, 600'000));
  command->callback([a, &globals, &run] { run = [a, &globals] { return Checkup(*a, globals).run(); }; });
}

}  // namespace marginfix::apps
