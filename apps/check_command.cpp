// `marginfix check`: the doctor. Key, name, TCP, TLS, Logon and clock of every session configured, one line each with the mend.
#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

#include "apps/command.hpp"
#include "apps/output.hpp"
#include "apps/report_line.hpp"
#include "marginfix/core/uuid.hpp"
#include "marginfix/fix/reader.hpp"
#include "marginfix/margin_fix_client.hpp"

namespace marginfix::apps {

namespace {
struct CheckArguments {
  std::string cfg;
  int wait_seconds{20};
};

// Stages a session passes on its way to being logged on.
enum class Stage : std::uint8_t { nothing, connecting, handshaking, logging_on, active };

struct Findings {
  Stage reached{Stage::nothing};
  EndReason reason{EndReason::none};
  std::string text;
  std::chrono::milliseconds clock_difference{0};  // theirs minus ours
  bool clock_known{false};
  bool done() const { return reached == Stage::active || reason != EndReason::none; }
};

Stage stage_of(SessionState state) {
  switch (state) {
    case SessionState::connecting:
      return Stage::connecting;
    case SessionState::handshaking:
      return Stage::handshaking;
    case SessionState::logging_on:
      return Stage::logging_on;
    case SessionState::active:
    case SessionState::recovering:
      return Stage::active;
    default:
      return Stage::nothing;
  }
}

class Doctor {
 public:
  Doctor(MarginFixConfig config, bool json) : json_(json), config_(std::move(config)) {}

  // 0: everything well; 1: something to mend.
  int examine(std::chrono::seconds wait) {
    for (const auto& finding : config_.findings) line("note", finding.key.empty() ? "config" : finding.key, "config", finding.text);
    for (const auto& session : config_.sessions) check_key(session);
    if (!healthy_) return kFailure;
    log_on(wait);
    for (const auto& session : config_.sessions) tell(session, results_[session.name]);
    return healthy_ ? kSuccess : kFailure;
  }

 private:
  void line(std::string_view verdict, std::string_view session, std::string_view what, std::string_view text) {
    if (verdict == "FAIL") healthy_ = false;
    if (json_) {
      print_line(fmt::format(R"({{"verdict":{},"session":{},"check":{},"text":{}}})", json_string(verdict), json_string(session),
                             json_string(what), json_string(text)));
      return;
    }
    const std::string_view color = verdict == "FAIL" ? red() : verdict == "ok" ? green() : dim();
    print_line(fmt::format("{}{:<4}{}  {:<18} {:<8} {}", color, verdict, plain(), session, what, text));
  }

  void check_key(const SessionConfig& session) {
    const SessionCredentials& c = session.credentials;
    if (!is_uuid(c.key_id)) line("note", session.name, "key", "the key id is no UUID; the exchange's key ids are");
    const auto loaded = load_signer(c);
    if (!loaded) return line("FAIL", session.name, "key", loaded.error().message);
    const Signer& signer = **loaded;
    const auto signature = signer.sign("marginfix check");
    if (!signature) return line("FAIL", session.name, "key", signature.error().message);
    line("ok", session.name, "key",
         fmt::format("{} key of {} loads and signs", signer.key_type() == KeyType::rsa ? "RSA" : "Ed25519", c.key_id));
  }

  void log_on(std::chrono::seconds wait) {
    MarginFixClientOptions options;
    options.log = null_log_sink();
    MarginFixClient client(config_, std::move(options));
    client.set_state_handler([this](FixSession& session, const StateChange& change) { note(session.name(), change); });
    for (FixSession* session : client.sessions()) watch_clock(*session);
    if (auto started = client.start(); !started) {
      line("FAIL", "client", "start", started.error().message);
      return;
    }
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, wait, [&] { return all_done() || stop_requested(); });
    }
    client.stop();
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
      found.reached = std::max(found.reached, stage_of(change.state));
      if (change.reason != EndReason::none && change.state != SessionState::active) {
        found.reason = change.reason;
        found.text = change.text;
      }
    }
    changed_.notify_all();
  }

  void watch_clock(FixSession& session) {
    const auto on_message = [this, name = session.name()](const Inbound& in) {
      if (in.msg_type != "A") return;
      const auto frame = fix::peek(in.raw);
      if (!frame) return;
      const auto theirs = parse_fix_utc(frame->sending_time);
      if (!theirs) return;
      const std::lock_guard lock(mutex_);
      Findings& found = results_[name];
      found.clock_difference = std::chrono::duration_cast<std::chrono::milliseconds>(*theirs - system_clock().now());
      found.clock_known = true;
    };
    if (auto* orders = dynamic_cast<OrderEntrySession*>(&session)) {
      OrderEntryHandlers h;
      h.on_message = on_message;
      orders->set_handlers(std::move(h));
    } else if (auto* listener = dynamic_cast<ListenerSession*>(&session)) {
      ListenerHandlers h;
      h.on_message = on_message;
      listener->set_handlers(std::move(h));
    } else if (auto* drop_copy = dynamic_cast<DropCopySession*>(&session)) {
      DropCopyHandlers h;
      h.on_message = on_message;
      drop_copy->set_handlers(std::move(h));
    } else if (auto* market_data = dynamic_cast<MarketDataSession*>(&session)) {
      MarketDataHandlers h;
      h.on_message = on_message;
      market_data->set_handlers(std::move(h));
    }
  }

  void tell(const SessionConfig& session, const Findings& found) {
    const std::string where = fmt::format("{}:{}", session.host, session.port);
    const std::string why = found.text.empty()
                                ? fmt::format("no answer in time from {}: is the host reachable from here, is the port open?", where)
                                : found.text;
    const auto step = [&](Stage needed, std::string_view what, const std::string& good) {
      if (found.reached > needed)
        line("ok", session.name, what, good);
      else if (found.reached == needed)
        line("FAIL", session.name, what, why);
    };
    if (found.reached == Stage::nothing) return line("FAIL", session.name, "connect", why);
    step(Stage::connecting, "connect", where + " is reached");
    if (session.tls.enabled) step(Stage::handshaking, "TLS", "chain, host name and expiry are right");
    step(Stage::logging_on, "logon", "accepted: key, signature and usage tier are right");
    if (!found.clock_known) return;
    const auto ms = found.clock_difference.count();
    const bool fine = ms > -10'000 && ms < 10'000;
    line(fine ? "ok" : "FAIL", session.name, "clock",
         fine ? fmt::format("{} ms from the exchange's (30 s are allowed)", ms)
              : fmt::format("{} ms from the exchange's: set the clock (chrony, ntpd) before it passes 30 s", ms));
  }

  bool json_;
  bool healthy_{true};
  MarginFixConfig config_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Findings> results_;
};

int run_check(const CheckArguments& arguments, const Globals& globals) {
  auto config = arguments.cfg.empty() ? load_config(globals.connection) : load_cfg(arguments.cfg);
  if (!config) return report(config.error());
  return Doctor(std::move(*config), globals.json).examine(std::chrono::seconds(arguments.wait_seconds));
}
}  // namespace

void add_check_command(CLI::App& root, const Globals& globals, Runner& run) {
  auto* command = root.add_subcommand("check", "the doctor: key, connection, TLS, Logon and clock of every session, with the mend");
  auto a = std::make_shared<CheckArguments>();
  command->add_option("--cfg", a->cfg, "QuickFIX .cfg (instead of --endpoints, --env or the environment)");
  command->add_option("--wait", a->wait_seconds, "seconds to wait for the sessions (default 20)");
  command->callback([a, &globals, &run] { run = [a, &globals] { return run_check(*a, globals); }; });
}

}  // namespace marginfix::apps
