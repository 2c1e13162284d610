// A client session and an accepting door in one test, over real sockets, on one io_context run by the test's own thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "marginfix/sessions/acceptor.hpp"
#include "marginfix/sessions/acceptor_faults.hpp"
#include "sessions/raw_session.hpp"
#include "support/certificates.hpp"
#include "support/run_until.hpp"
#include "support/scripted_peer.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::test {

inline const Signer& test_signer() {
  static const Signer signer = Signer::from_pem(SecretString(make_rsa_private_pem())).value();
  return signer;
}

// Keys must differ between tests of one process: a process may use a key and TargetCompID once at a time.
inline std::string fresh_key(const std::string& stem = "key") {
  static int count = 0;
  return stem + "-" + std::to_string(++count);
}

// Body of an application message in pipe form -> bytes.
inline std::string body(std::string_view pipe_text) {
  std::string bytes(pipe_text);
  for (char& c : bytes)
    if (c == '|') c = '\x01';
  return bytes;
}

class RecordingLog final : public LogSink {
 public:
  void log(LogLevel level, std::string_view, std::string_view line) noexcept override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(level, piped(line));
  }
  bool enabled(LogLevel) const noexcept override { return true; }
  bool has(LogLevel level, std::string_view part) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [at, line] : lines_)
      if (at == level && line.find(part) != std::string::npos) return true;
    return false;
  }
  bool has(std::string_view part) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [at, line] : lines_)
      if (line.find(part) != std::string::npos) return true;
    return false;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<LogLevel, std::string>> lines_;
};

// The accepting side, with answers a test can change.
class Exchange final : public AcceptorHandler {
 public:
  explicit Exchange(boost::asio::io_context& io, std::shared_ptr<LogSink> log = null_log_sink())
      : acceptor(std::make_unique<FixAcceptor>(io, *this, std::move(log))) {}

  LogonDecision on_logon_request(const AcceptorDoor& door, const LogonRequest& request) override {
    logon_requests.emplace_back(piped(request.raw));
    if (decide) return decide(door, request);
    if (request.session_connected) return {LogonDecision::Kind::logout, "already exists", 0, 0};
    return {};
  }
  AcceptedSession on_new_session(const AcceptorDoor& door, const std::string& peer) override {
    ++new_sessions;
    return new_session ? new_session(door, peer) : AcceptedSession{};
  }
  void on_logged_on(AcceptorSession& session, std::string_view) override {
    ++logons;
    latest = &session;
    if (logged_on) logged_on(session);
  }
  void on_logged_out(AcceptorSession&, const std::string& reason) override { logout_reasons.push_back(reason); }
  void on_message(AcceptorSession& session, const AcceptorMessage& message) override {
    ++message_count;
    if (keep_messages) messages.push_back(piped(message.raw));
    if (answer) answer(session, message);
  }

  std::function<LogonDecision(const AcceptorDoor&, const LogonRequest&)> decide;
  std::function<AcceptedSession(const AcceptorDoor&, const std::string&)> new_session;
  std::function<void(AcceptorSession&)> logged_on;
  std::function<void(AcceptorSession&, const AcceptorMessage&)> answer;
  std::vector<std::string> logon_requests, messages, logout_reasons;
  AcceptorSession* latest{nullptr};
  int logons{0}, new_sessions{0};
  std::size_t message_count{0};
  bool keep_messages{true};
  std::unique_ptr<FixAcceptor> acceptor;
};

struct StateChange {
  SessionState state;
  EndReason reason;
  std::string text;
};

// One RawSession and everything it reported.
class Client final : public sessions::RawSessionHandler {
  std::unique_ptr<MessageStore> own_store_ = make_memory_store();  // before `store`

 public:
  ~Client() override = default;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client(boost::asio::io_context& io, sessions::RawSessionOptions options, MessageStore* shared_store = nullptr)
      : store(shared_store != nullptr ? shared_store : own_store_.get()) {
    auto made = sessions::RawSession::create(io.get_executor(), std::move(options), *store, *this);
    if (!made) throw Exception(made.error());
    session = std::move(made.value());
  }

  void on_state(SessionState state, EndReason reason, const std::string& text) override {
    changes.push_back({state, reason, text});
    if (changed) changed(changes.back());
  }
  void on_app(const wall::InboundMessage& message) override {
    ++app_count;
    if (keep_messages) apps.push_back(piped(std::string_view(message.data, message.size)));
    if (got) got(message);
  }
  void on_admin(const wall::InboundMessage& message) override { admins.push_back(piped(std::string_view(message.data, message.size))); }
  void on_sent(std::string_view message) override { sent.push_back(keep_messages ? piped(message) : std::string()); }

  SessionState state() const { return session->state(); }
  bool active() const { return state() == SessionState::active; }
  // The latest end: reason none when there was none.
  StateChange ended() const {
    for (auto change = changes.rbegin(); change != changes.rend(); ++change)
      if (change->reason != EndReason::none) return *change;
    return {SessionState::stopped, EndReason::none, {}};
  }
  std::size_t times(SessionState state) const {
    std::size_t count = 0;
    for (const auto& change : changes) count += change.state == state ? 1U : 0U;
    return count;
  }

  std::function<void(const StateChange&)> changed;
  std::function<void(const wall::InboundMessage&)> got;
  std::vector<StateChange> changes;
  std::vector<std::string> apps, admins, sent;
  std::size_t app_count{0};
  bool keep_messages{true};
  MessageStore* store{nullptr};
  std::unique_ptr<sessions::RawSession> session;
};

// Options for a session to loopback that tries again at once.
inline sessions::RawSessionOptions client_options(std::uint16_t port, const std::string& key, const std::string& target) {
  sessions::RawSessionOptions options;
  options.name = target;
  options.host = "127.0.0.1";
  options.port = port;
  options.tls.enabled = false;
  options.plan.sender_comp_id = key;
  options.plan.target_comp_id = target;
  options.plan.accepted_sender_comp_ids = {target, "Kalshi"};
  options.plan.heart_bt_int = 30;
  options.signer = std::make_shared<const Signer>(test_signer());
  options.backoff = {std::chrono::milliseconds(5), std::chrono::milliseconds(20), std::chrono::milliseconds(1)};
  options.backoff_seed = 7;
  return options;
}

inline AcceptorDoor plain_door(const std::string& comp_id, bool keep_sequence = false) {
  AcceptorDoor door;
  door.comp_id = comp_id;
  door.sequence = keep_sequence ? SequencePolicy::reset_on_request : SequencePolicy::reset_each_logon;
  door.retransmission = keep_sequence;
  door.tls = false;
  return door;
}

// Ends a client in an orderly way, so that its key is free for the next test.
inline bool stop_and_wait(boost::asio::io_context& io, Client& client) {
  bool stopped = false;
  client.session->stop([&] { stopped = true; });
  return run_until(io, [&] { return stopped; });
}

}  // namespace marginfix::test
