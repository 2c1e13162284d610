// marginfix::quickfix::Initiator: QuickFIX's sessions on our transport.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "marginfix/core/monotonic.hpp"
#include "sessions/quickfix/initiator_hooks.hpp"
#include "sessions/quickfix/liveness.hpp"
#include "sessions/quickfix/wire.hpp"

namespace marginfix {
namespace quickfix {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kTick(100);
constexpr std::size_t kMaxMessage = std::size_t{8} << 20;
constexpr std::size_t kAhead = std::size_t{1} << 20;         // bytes given to the transport ahead of the exchange
constexpr std::size_t kMostQueued = std::size_t{256} << 20;  // bytes that wait for it; more ends the connection

// One connection of one session. QuickFIX sends from any thread; bytes reach the transport on the loop's thread, in order.
class Connection : public FIX::Responder, public std::enable_shared_from_this<Connection> {
 public:
  Connection(transport::IoLoop& loop, const std::atomic<std::thread::id>& loop_thread) : loop_(loop), loop_thread_(loop_thread) {}

  bool send(const std::string& text) override {
    bool first = false;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      first = queue_.empty();
      queue_.append(text);
      said_ = true;
      if (holding_) return true;
      if (queue_.size() - handed_over_ > kMostQueued) overflow = true;
    }
    if (overflow && !closing.exchange(true)) {
      const std::shared_ptr<Connection> self = shared_from_this();
      loop_.post([self] {
        if (self->bytes) self->bytes->reset();
      });
    }
    if (std::this_thread::get_id() == loop_thread_) {
      flush();
    } else if (first) {
      const std::shared_ptr<Connection> self = shared_from_this();
      loop_.post([self] { self->flush(); });
    }
    return true;
  }
  void disconnect() override {
    closing = true;
    const std::shared_ptr<Connection> self = shared_from_this();
    loop_.post([self] {
      self->flush();
      if (self->bytes) self->bytes->close();
    });
  }

  // The Logon waits here until it is known whether it could be signed.
  void release() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      holding_ = false;
    }
    flush();
  }
  void discard() {
    const std::lock_guard<std::mutex> lock(mutex_);
    queue_.clear();
    handed_over_ = 0;
  }
  // FIX::Session answers a ResendRequest in one go, however much that is: the transport gets it at the speed the exchange reads.
  void flush() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!bytes || !bytes->open()) handed_over_ = queue_.size();
    while (handed_over_ < queue_.size() && bytes->open() && bytes->queued() < kAhead) {
      const std::size_t size = std::min(kAhead, queue_.size() - handed_over_);
      bytes->send(queue_.data() + handed_over_, size);
      handed_over_ += size;
    }
    if (handed_over_ < queue_.size() && handed_over_ < queue_.size() / 2) return;
    queue_.erase(0, handed_over_);
    handed_over_ = 0;
  }

  // Whether anything was sent since the last call.
  bool take_said() { return said_.exchange(false); }

  std::atomic<bool> closing{false}, overflow{false};
  std::shared_ptr<transport::ByteConnection> bytes;
  FIX::Session* session = nullptr;  // once open
  std::string stream;
  wall::Framer framer{kMaxMessage};
  wall::Liveness liveness;  // from the Logon's answer on
  std::chrono::nanoseconds phase_began{monotonic_time()};
  bool logged_on = false, logging_out = false;

 private:
  transport::IoLoop& loop_;
  const std::atomic<std::thread::id>& loop_thread_;
  std::mutex mutex_;
  std::string queue_;
  std::size_t handed_over_ = 0;  // of queue_
  std::atomic<bool> said_{false};
  bool holding_ = true;
};

}  // namespace

class Initiator::Runner {
 public:
  Runner(Initiator& initiator, detail::SigningApplication& application)
      : initiator_(initiator), application_(application), loop_(transport::make_io_loop()) {}

  void run() {
    begin();
    loop_->run();
    drop_all();
  }
  ~Runner() { drop_all(); }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // One turn of at most `timeout`.
  void poll(std::chrono::milliseconds timeout) {
    begin();
    loop_->every(timeout, [this] { return loop_->stop(), false; });
    loop_->run();
    if (stopping_) drop_all();
  }
  void stop() { stopping_ = true; }
  void connect(const FIX::SessionID& id);

 private:
  // A session and the way to its door; events come from the connection of the moment.
  struct Peer : transport::ConnectionEvents {
    Peer(Runner& the_runner, FIX::SessionID the_id) : runner(the_runner), id(std::move(the_id)) {}
    void on_open() override { runner.opened(*this); }
    void on_received(const char* data, std::size_t size) override { runner.received(*this, data, size); }
    void on_drained() override {
      if (connection) connection->flush();
    }
    void on_closed(transport::CloseReason reason, const std::string& text) override { runner.closed(*this, reason, text); }

    Runner& runner;
    FIX::SessionID id;
    std::unique_ptr<transport::Dialer> dialer;
    std::shared_ptr<Connection> connection;
    SteadyClock::time_point next_try;
    EndOfTry end;           // what is known of how this try ends
    bool given_up = false;  // finally refused; the next start() begins anew
    bool held = false;
    SteadyClock::time_point logged_on_at;
  };

  void begin();
  bool tick();
  void opened(Peer& peer);
  void received(Peer& peer, const char* data, std::size_t size);
  bool take(Peer& peer, const wall::Frame& frame);
  void take_refusal(Peer& peer, const wall::Frame& frame);
  void watch(Peer& peer);
  void keep_time(Peer& peer);
  void send_admin(Peer& peer, const char* msg_type, const char* test_req_id);
  void give_up(Peer& peer, const std::string& why);
  void closed(Peer& peer, transport::CloseReason reason, const std::string& text);
  void drop_all();
  void remark(const Peer& peer, const std::string& text) { initiator_.getLog()->onEvent(peer.id.toString() + ": " + text); }
  // Where the owner of the session looks too: its own event log.
  void remark_in_both(Peer& peer, FIX::Session* session, const std::string& text) {
    remark(peer, text);
    if (session != nullptr) session->getLog()->onEvent(text);
  }
  template <class Call>
  void guarded(const Peer& peer, Call call) {
    try {
      call();
    } catch (const std::exception& error) {
      remark(peer, error.what());
    }
  }

  Initiator& initiator_;
  detail::SigningApplication& application_;
  std::unique_ptr<transport::IoLoop> loop_;
  std::map<FIX::SessionID, std::unique_ptr<Peer>> peers_;
  std::atomic<std::thread::id> thread_{std::thread::id()};
  std::atomic<bool> stopping_{false};
  bool ticking_ = false;
};

void Initiator::Runner::begin() {
  thread_ = std::this_thread::get_id();
  if (ticking_) return;
  ticking_ = true;
  for (auto& each : peers_) {
    if (!each.second->given_up) continue;
    each.second->given_up = false;
    each.second->next_try = SteadyClock::time_point();
    if (FIX::Session* const session = FIX::Session::lookupSession(each.first)) session->logon();
  }
  initiator_.FIX::Initiator::connect();
  loop_->every(kTick, [this] { return tick(); });
}

bool Initiator::Runner::tick() {
  if (stopping_) {
    ticking_ = false;
    loop_->stop();
    return false;
  }
  initiator_.FIX::Initiator::connect();
  for (auto& each : peers_) {
    Peer& peer = *each.second;
    if (peer.connection && peer.connection->session != nullptr) {
      guarded(peer, [&] {
        peer.connection->session->next(wall::compat::now());
        keep_time(peer);
      });
      watch(peer);
    }
  }
  return true;
}

// A Logon that is accepted and dropped at once is no success: the waits start anew when it has lasted.
void Initiator::Runner::watch(Peer& peer) {
  if (!peer.connection || peer.connection->session == nullptr || !peer.connection->session->isLoggedOn()) return;
  if (!peer.end.was_logged_on) {
    peer.end.was_logged_on = true;
    peer.logged_on_at = SteadyClock::now();
  }
  const InitiatorPlan& plan = application_.plan(peer.id);
  if (peer.held || SteadyClock::now() - peer.logged_on_at < plan.logon_holds) return;
  peer.held = true;
  plan.held();
}

// Logon and Logout time-outs, heartbeats and silence, by a clock that only runs forward.
void Initiator::Runner::keep_time(Peer& peer) {
  Connection& connection = *peer.connection;
  if (connection.closing) return;
  FIX::Session& session = *connection.session;
  const InitiatorPlan& plan = application_.plan(peer.id);
  const std::chrono::nanoseconds now = monotonic_time();
  if (!session.isLoggedOn()) {
    if (!connection.logged_on && now - connection.phase_began >= plan.logon_timeout) give_up(peer, "no answer to the Logon in time");
    return;
  }
  if (!connection.logged_on) connection.liveness.start(now, plan.heart_bt_int);
  connection.logged_on = true;
  if (session.sentLogout()) {
    if (!connection.logging_out) connection.phase_began = now;
    connection.logging_out = true;
    if (now - connection.phase_began >= plan.logout_timeout) give_up(peer, "no answer to the Logout in time");
    return;
  }
  if (connection.take_said()) connection.liveness.said();
  switch (connection.liveness.check(now)) {
    case wall::Liveness::Due::heartbeat:
      return send_admin(peer, "0", nullptr);
    case wall::Liveness::Due::test_request:
      return send_admin(peer, "1", "TEST");
    case wall::Liveness::Due::dead:
      return give_up(peer, "nothing heard for more than two heartbeat intervals");
    case wall::Liveness::Due::nothing:
      return;
  }
}

void Initiator::Runner::send_admin(Peer& peer, const char* msg_type, const char* test_req_id) {
  FIX::Message message;
  message.getHeader().setField(FIX::MsgType(msg_type));
  if (test_req_id != nullptr) message.setField(FIX::TestReqID(test_req_id));
  peer.connection->session->send(message);
}

void Initiator::Runner::give_up(Peer& peer, const std::string& why) {
  remark(peer, why);
  peer.connection->session->disconnect();
}

// Called by FIX::Initiator::connect() for each session that is enabled and not connected.
void Initiator::Runner::connect(const FIX::SessionID& id) {
  std::unique_ptr<Peer>& peer = peers_[id];
  if (!peer) {
    peer = std::make_unique<Peer>(*this, id);
    peer->dialer = loop_->make_dialer(application_.plan(id).target);
    for (const std::string& warning : application_.plan(id).warnings) remark(*peer, warning);
  }
  if (stopping_ || peer->connection || SteadyClock::now() < peer->next_try) return;
  const transport::DialTarget& target = application_.plan(id).target;
  remark(*peer, "Connecting to " + target.host + " on port " + std::to_string(target.port));
  initiator_.setPending(id);
  peer->end = EndOfTry();
  peer->held = false;
  peer->connection = std::make_shared<Connection>(*loop_, thread_);
  peer->connection->bytes = peer->dialer->dial(*peer);
}

void Initiator::Runner::opened(Peer& peer) {
  remark(peer, "Connected to " + peer.connection->bytes->peer() + (peer.connection->bytes->tls_version().empty() ? "" : ", ") +
                   peer.connection->bytes->tls_version());
  initiator_.setConnected(peer.id);
  guarded(peer, [&] {
    peer.connection->phase_began = monotonic_time();
    peer.connection->session = initiator_.FIX::Initiator::getSession(peer.id, *peer.connection);
    peer.connection->session->next(wall::compat::now());
    const std::string error = application_.take_signing_error(peer.id);
    if (!error.empty()) {
      peer.end.signing_error = error;
      peer.connection->discard();
      peer.connection->session->disconnect();
    }
    peer.connection->release();
  });
}

void Initiator::Runner::received(Peer& peer, const char* data, std::size_t size) {
  const std::shared_ptr<Connection> connection = peer.connection;
  if (!connection || connection->session == nullptr) return;
  connection->stream.append(data, size);
  std::size_t at = 0;
  while (at < connection->stream.size() && !connection->closing) {
    wall::Frame frame;
    const wall::Scan scan = connection->framer.scan(connection->stream.data() + at, connection->stream.size() - at, &frame);
    if (scan.kind == wall::Scan::Kind::need_more) break;
    at += scan.length;
    if (scan.kind == wall::Scan::Kind::garbled) {
      if (!scan.text.empty()) remark(peer, "garbled message ignored: " + scan.text);
    } else if (scan.kind == wall::Scan::Kind::broken || !take(peer, frame)) {
      if (!scan.text.empty()) remark(peer, scan.text);
      connection->session->disconnect();
      break;
    }
  }
  connection->stream.erase(0, at);
}

// False when the message is not ours to read.
bool Initiator::Runner::take(Peer& peer, const wall::Frame& frame) {
  bool known = false;
  if (!frame.msg_type.empty()) {
    for (const std::string& name : application_.plan(peer.id).accepted_sender_comp_ids) known = known || frame.sender_comp_id == name;
  }
  if (!known || frame.target_comp_id != peer.id.getSenderCompID().getValue()) {
    remark(peer, "a message from SenderCompID(49)=" + frame.sender_comp_id.text() + " to TargetCompID(56)=" + frame.target_comp_id.text() +
                     " does not belong to this session" + (frame.field(58).empty() ? "" : "; it says '" + frame.field(58).text() + "'"));
    return false;
  }
  peer.connection->liveness.heard();
  if (!peer.connection->session->isLoggedOn() && !frame.msg_type.is('A')) {
    take_refusal(peer, frame);
    return false;
  }
  if (frame.msg_type.is('5')) peer.end.answer = frame.bytes.text();
  guarded(peer, [&] { peer.connection->session->next(frame.bytes.text(), wall::compat::now()); });
  if (peer.connection) watch(peer);
  return true;
}

// Something else than the Logon's answer. QuickFIX would count its number, which the exchange need not have done, and drop a
// BusinessMessageReject unseen: the application and the logs get it here, and the connection ends.
void Initiator::Runner::take_refusal(Peer& peer, const wall::Frame& frame) {
  peer.end.answer = frame.bytes.text();
  FIX::Session& session = *peer.connection->session;
  session.getLog()->onIncoming(peer.end.answer);
  guarded(peer, [&] {
    const FIX::Message message(peer.end.answer, false);
    if (message.isAdmin()) {
      application_.fromAdmin(message, peer.id);
    } else {
      application_.fromApp(message, peer.id);
    }
  });
}

void Initiator::Runner::closed(Peer& peer, transport::CloseReason reason, const std::string& text) {
  const std::shared_ptr<Connection> connection = std::move(peer.connection);
  peer.connection.reset();
  FIX::Session* const session = connection ? connection->session : nullptr;
  if (session != nullptr) guarded(peer, [&] { session->disconnect(); });
  initiator_.setDisconnected(peer.id);
  peer.end.close = reason;
  peer.end.close_text = text;
  FIX::Session* const known = session != nullptr ? session : FIX::Session::lookupSession(peer.id);
  const bool ours = stopping_ || (known != nullptr && !known->isEnabled());  // stop(), or the application's own logout()
  if (ours) return remark_in_both(peer, known, "Disconnected: " + text);
  const InitiatorPlan& plan = application_.plan(peer.id);
  if (connection && connection->overflow) remark(peer, "the exchange reads too slowly: more than 256 MiB waited to be sent");
  const NextTry next = plan.judge(peer.end, plan.same_key_sessions);
  peer.next_try = SteadyClock::now() + next.wait;
  const std::string why = "Disconnected: " + text + "; " + next.reason + ": " + next.text;
  if (next.retry) {
    return remark_in_both(peer, known,
                          why + "; next try in " + std::to_string(next.wait.count()) + " ms (try " + std::to_string(next.tries + 1) + ")");
  }
  // As if the application had called logout().
  peer.given_up = true;
  if (known != nullptr) known->logout(next.reason);
  remark_in_both(peer, known, why + "; not tried again before FIX::Session::logon() or the next start()");
}

void Initiator::Runner::drop_all() {
  for (auto& each : peers_) {
    Peer& peer = *each.second;
    const std::shared_ptr<Connection> connection = std::move(peer.connection);
    peer.connection.reset();
    if (!connection) continue;
    if (connection->session != nullptr) guarded(peer, [&] { connection->session->disconnect(); });
    if (connection->bytes) connection->bytes->detach();
    initiator_.setDisconnected(peer.id);
  }
  stopping_ = false;
}

Initiator::Initiator(FIX::Application& user, FIX::MessageStoreFactory& user_stores, const FIX::SessionSettings& user_settings)
    : detail::Hooks(user, user_stores, user_settings),
      FIX::Initiator(Hooks::application(), Hooks::stores(), Hooks::settings()),
      runner_(new Runner(*this, inside_->application)) {}

Initiator::Initiator(FIX::Application& user, FIX::MessageStoreFactory& user_stores, const FIX::SessionSettings& user_settings,
                     FIX::LogFactory& logs)
    : detail::Hooks(user, user_stores, user_settings),
      FIX::Initiator(Hooks::application(), Hooks::stores(), Hooks::settings(), logs),
      runner_(new Runner(*this, inside_->application)) {}

Initiator::~Initiator() { stop(true); }

void Initiator::onStart() { runner_->run(); }
#if MARGINFIX_QUICKFIX_116
bool Initiator::onPoll() {
  runner_->poll(kTick);
  return !isStopped();
}
#else
bool Initiator::onPoll(double timeout) {
  runner_->poll(std::chrono::milliseconds(1 + static_cast<long>(timeout * 1000)));
  return !isStopped();
}
#endif
void Initiator::onStop() { runner_->stop(); }
void Initiator::doConnect(const FIX::SessionID& id, const FIX::Dictionary&) { runner_->connect(id); }

}  // namespace quickfix
}  // namespace marginfix
