// marginfix::quickfix::Initiator: QuickFIX's sessions on our transport.
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "sessions/quickfix/initiator_hooks.hpp"
#include "sessions/quickfix/wire.hpp"

namespace marginfix {
namespace quickfix {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kTick(100);
constexpr std::size_t kMaxMessage = std::size_t{8} << 20;

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
      if (holding_) return true;
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
  }

  std::atomic<bool> closing{false};
  std::shared_ptr<transport::ByteConnection> bytes;
  FIX::Session* session = nullptr;  // once open
  std::string stream;
  wall::Framer framer{kMaxMessage};

 private:
  void flush() {
    std::string text;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      text.swap(queue_);
    }
    if (bytes && bytes->open() && !text.empty()) bytes->send(text.data(), text.size());
  }

  transport::IoLoop& loop_;
  const std::atomic<std::thread::id>& loop_thread_;
  std::mutex mutex_;
  std::string queue_;
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
    void on_closed(transport::CloseReason, const std::string& text) override { runner.closed(*this, text); }

    Runner& runner;
    FIX::SessionID id;
    std::unique_ptr<transport::Dialer> dialer;
    std::shared_ptr<Connection> connection;
    SteadyClock::time_point next_try;
  };

  void begin();
  bool tick();
  void opened(Peer& peer);
  void received(Peer& peer, const char* data, std::size_t size);
  bool take(Peer& peer, const wall::Slice& raw);
  void closed(Peer& peer, const std::string& text);
  void drop_all();
  void remark(const Peer& peer, const std::string& text) { initiator_.getLog()->onEvent(peer.id.toString() + ": " + text); }
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
      guarded(peer, [&] { peer.connection->session->next(wall::compat::now()); });
    }
  }
  return true;
}

// Called by FIX::Initiator::connect() for each session that is enabled and not connected.
void Initiator::Runner::connect(const FIX::SessionID& id) {
  std::unique_ptr<Peer>& peer = peers_[id];
  if (!peer) {
    peer = std::make_unique<Peer>(*this, id);
    peer->dialer = loop_->make_dialer(application_.plan(id).target);
  }
  if (stopping_ || peer->connection || SteadyClock::now() < peer->next_try) return;
  const transport::DialTarget& target = application_.plan(id).target;
  remark(*peer, "Connecting to " + target.host + " on port " + std::to_string(target.port));
  initiator_.setPending(id);
  peer->connection = std::make_shared<Connection>(*loop_, thread_);
  peer->connection->bytes = peer->dialer->dial(*peer);
}

void Initiator::Runner::opened(Peer& peer) {
  remark(peer, "Connected to " + peer.connection->bytes->peer() + (peer.connection->bytes->tls_version().empty() ? "" : ", ") +
                   peer.connection->bytes->tls_version());
  initiator_.setConnected(peer.id);
  guarded(peer, [&] {
    application_.take_logout_text(peer.id);
    peer.connection->session = initiator_.FIX::Initiator::getSession(peer.id, *peer.connection);
    peer.connection->session->next(wall::compat::now());
    const std::string error = application_.take_signing_error(peer.id);
    if (!error.empty()) {
      remark(peer, "the Logon could not be signed: " + error);
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
    const wall::Scan scan = connection->framer.scan(connection->stream.data() + at, connection->stream.size() - at);
    if (scan.kind == wall::Scan::Kind::need_more) break;
    const wall::Slice raw(connection->stream.data() + at, scan.length);
    at += scan.length;
    if (scan.kind == wall::Scan::Kind::garbled) {
      if (!scan.text.empty()) remark(peer, "garbled message ignored: " + scan.text);
    } else if (scan.kind == wall::Scan::Kind::broken || !take(peer, raw)) {
      if (!scan.text.empty()) remark(peer, scan.text);
      connection->session->disconnect();
      break;
    }
  }
  connection->stream.erase(0, at);
}

// False when the message is not ours to read.
bool Initiator::Runner::take(Peer& peer, const wall::Slice& raw) {
  wall::Frame frame;
  bool known = false;
  if (wall::parse_header(raw, &frame)) {
    for (const std::string& name : application_.plan(peer.id).accepted_sender_comp_ids) known = known || frame.sender == wall::Slice(name);
  }
  if (!known || frame.target != wall::Slice(peer.id.getSenderCompID().getValue())) {
    remark(peer, "a message from SenderCompID(49)=" + frame.sender.text() + " to TargetCompID(56)=" + frame.target.text() +
                     " does not belong to this session");
    return false;
  }
  guarded(peer, [&] { peer.connection->session->next(raw.text(), wall::compat::now()); });
  return true;
}

void Initiator::Runner::closed(Peer& peer, const std::string& text) {
  const std::shared_ptr<Connection> connection = std::move(peer.connection);
  peer.connection.reset();
  if (connection && connection->session != nullptr) guarded(peer, [&] { connection->session->disconnect(); });
  initiator_.setDisconnected(peer.id);
  const InitiatorPlan& plan = application_.plan(peer.id);
  std::chrono::milliseconds wait = plan.next_wait();
  const std::string refusal = application_.take_logout_text(peer.id);
  // The exchange keeps the old connection until its own heartbeat time-out; every Logon before that costs tokens for nothing.
  if (refusal.find("already exists") != std::string::npos) wait = plan.already_exists_wait;
  peer.next_try = SteadyClock::now() + wait;
  remark(peer, "Disconnected: " + text + "; next try in " + std::to_string(wait.count()) + " ms");
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
