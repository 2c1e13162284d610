// FixAcceptor: doors, connections before their Logon(A), and the sessions that Logons open.
#include "marginfix/sessions/acceptor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <map>
#include <utility>

#include "marginfix/core/secret.hpp"
#include "marginfix/core/text.hpp"
#include "sessions/accepted_peer.hpp"
#include "sessions/transport/listener.hpp"

namespace marginfix {

namespace asio = boost::asio;
using sessions::AcceptedPeer;
using sessions::PeerConnection;

namespace {

constexpr std::chrono::milliseconds kAcceptorTick{100};
constexpr std::chrono::milliseconds kStopWait{6'000};
constexpr int kTimestampDigits = 3;
constexpr std::size_t kMostReadAtOnce = std::size_t{16} << 10;  // some hundred orders
constexpr std::chrono::milliseconds kTurn{2};                   // then it is another peer's turn

std::string_view view(const wall::Slice& slice) { return {slice.data, slice.size}; }

// A text never ends its field: see marginfix/core/text.hpp.
std::string text_field(std::string_view text) { return text.empty() ? std::string() : fmt::format("58={}\x01", visible(text)); }

// Logout(5), or Reject(3) and then Logout(5), of a session that never began: numbers start at 1.
std::string refusal(const AcceptorDoor& door, const wall::Frame& logon, const LogonDecision& decision) {
  wall::Composer composer("FIXT.1.1", door.own_sender_comp_id.empty() ? door.comp_id : door.own_sender_comp_id, logon.sender_comp_id);
  wall::TimeText time(kTimestampDigits);
  wall::FrameHeader header;
  std::string bytes;
  header.sending_time = time.at(wall::system_time().wall());
  header.msg_seq_num = 1;
  if (decision.kind == LogonDecision::Kind::reject) {
    const std::string type = "3";
    header.msg_type = type;
    const std::string body = fmt::format("45={}\x01", std::max<std::int64_t>(logon.msg_seq_num, 0)) + text_field(decision.text) +
                             (decision.reject_tag > 0 ? fmt::format("371={}\x01", decision.reject_tag) : std::string()) + "372=A\x01" +
                             fmt::format("373={}\x01", decision.reject_reason);
    bytes = composer.compose(header, body);
    ++header.msg_seq_num;
  }
  const std::string type = "5";
  header.msg_type = type;
  bytes += composer.compose(header, text_field(decision.text));
  return bytes;
}

}  // namespace

struct FixAcceptor::Impl final : PeerConnection::Owner {
  using Key = std::pair<std::string, std::string>;  // door, peer

  Impl(asio::io_context& the_io, AcceptorHandler& the_handler, std::shared_ptr<LogSink> the_log, std::shared_ptr<ConnectionTable> places)
      : io(the_io),
        handler(the_handler),
        log(the_log ? std::move(the_log) : null_log_sink()),
        table(places ? std::move(places) : std::make_shared<ConnectionTable>()),
        tick_timer(the_io),
        stop_timer(the_io) {}

  ~Impl() override {
    peers.clear();  // they let go of their connections, so these must still be there
    connections.clear();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<std::uint16_t> open(const AcceptorDoor& asked) {
    if (asked.comp_id.empty()) return fail(ErrorCategory::config, "a door needs a TargetCompID (AcceptorDoor::comp_id)");
    if (find_door(asked.comp_id) != nullptr) return fail(ErrorCategory::config, fmt::format("the door {} is open already", asked.comp_id));
    auto door = std::make_unique<AcceptorDoor>(asked);
    transport::ListenOptions options;
    options.host = door->host;
    options.port = door->port;
    options.tls = door->tls;
    options.certificate_file = door->certificate_file;
    options.private_key_file = door->private_key_file;
    options.limits.max_queued = door->max_queued;
    options.limits.most_read_at_once = kMostReadAtOnce;
    options.limits.turn = kTurn;
    options.connections = table;
    options.log = log;
    auto listener = transport::listen(
        io.get_executor(), options,
        [this, raw = door.get()](const std::shared_ptr<transport::ByteConnection>& link) { return on_accept(*raw, link); });
    if (!listener) return listener.error();
    const std::uint16_t port = listener.value()->port();
    door->port = port;
    doors.push_back(std::move(door));
    listeners.push_back(std::move(listener.value()));
    return port;
  }

  const AcceptorDoor* find_door(const std::string& comp_id) const {
    const auto found = std::ranges::find_if(doors, [&](const auto& door) { return door->comp_id == comp_id; });
    return found == doors.end() ? nullptr : found->get();
  }

  AcceptedPeer* find(const std::string& door, const std::string& peer) const {
    const auto found = peers.find(Key(door, peer));
    return found == peers.end() ? nullptr : found->second.get();
  }

  // Throws what the handler, the store and the wall throw.
  AcceptedPeer& make(const AcceptorDoor& door, const std::string& peer) {
    auto made = std::make_unique<AcceptedPeer>(io, door, peer, handler.on_new_session(door, peer), handler, log);
    return *(peers[Key(door.comp_id, peer)] = std::move(made));
  }

  transport::ConnectionEvents* on_accept(const AcceptorDoor& door, const std::shared_ptr<transport::ByteConnection>& link) {
    if (stopping) return nullptr;
    auto made = std::make_unique<PeerConnection>(io, *this, door, link);
    PeerConnection* raw = made.get();
    if (!raw->take_place(*table)) return nullptr;
    connections.emplace(raw, std::move(made));
    if (connections.size() == 1) arm_tick();
    return raw;
  }

  void on_first_message(PeerConnection& connection, std::string_view message) override {
    const AcceptorDoor& door = connection.door();
    wall::Frame logon;
    if (!wall::read_frame(wall::Slice(message.data(), message.size()), &logon) || !logon.msg_type.is('A')) {
      note(LogLevel::warning, fmt::format("{}: the first message of {} is not a Logon(A): closed", door.comp_id, connection.link().peer()));
      return connection.link().close();
    }
    const LogonDecision decision = decide(connection, message, logon);
    if (decision.kind != LogonDecision::Kind::accept) {
      note(LogLevel::info, fmt::format("{}: Logon(A) of {} refused: {}", door.comp_id, logon.sender_comp_id.text(), decision.text));
      return connection.refuse(refusal(door, logon, decision), decision.delay);
    }
    // Made before: bind() takes the bytes away that `logon` looks at.
    const std::string sender = logon.sender_comp_id.text();
    const std::string excuse = refusal(door, logon, {LogonDecision::Kind::logout, "the session cannot be opened"});
    connection.prove(sender);
    try {
      AcceptedPeer* peer = find(door.comp_id, sender);
      (peer != nullptr ? *peer : make(door, sender)).bind(connection);
    } catch (const std::exception& error) {
      note(LogLevel::error, fmt::format("{}: no session for {}: {}", door.comp_id, sender, error.what()));
      connection.refuse(excuse);
    }
  }

  LogonDecision decide(PeerConnection& connection, std::string_view message, const wall::Frame& logon) {
    constexpr int kMsgSeqNum = 34, kRawData = 96, kResetSeqNumFlag = 141;
    const AcceptorDoor& door = connection.door();
    const AcceptedPeer* present = find(door.comp_id, logon.sender_comp_id.text());
    const wall::Slice seq = logon.field(kMsgSeqNum);
    LogonRequest request;
    request.raw = message;
    request.sender_comp_id = view(logon.sender_comp_id);
    request.target_comp_id = view(logon.target_comp_id);
    request.sending_time = view(logon.sending_time);
    request.msg_seq_num = view(seq);
    const wall::Slice signature = logon.field(kRawData);
    request.raw_data = view(signature);
    request.reset_seq_num_flag = logon.field(kResetSeqNumFlag).is('Y');
    request.session_connected = present != nullptr && present->connected();
    request.peer = connection.link().peer();
    LogonDecision decision = handler.on_logon_request(door, request);
    if (decision.kind == LogonDecision::Kind::accept && !door.keep_sequence && !request.reset_seq_num_flag)
      decision = {LogonDecision::Kind::logout, "ResetSeqNumFlag(141) must be Y on this session"};
    return decision;
  }

  void on_gone(PeerConnection& connection) override {
    connections.erase(&connection);
    if (connections.empty() && stopping)
      asio::post(io, [this, weak = std::weak_ptr<int>(alive)] {
        if (weak.lock()) finish_stop();
      });
  }

  void note(LogLevel level, const std::string& line) override {
    if (log->enabled(level)) log->log(level, "acceptor", redact(line));
  }

  void arm_tick() {
    tick_timer.expires_after(kAcceptorTick);
    tick_timer.async_wait([this, weak = std::weak_ptr<int>(alive)](const boost::system::error_code& error) {
      if (error || !weak.lock()) return;
      for (const auto& [key, peer] : peers) peer->tick();
      if (!connections.empty()) arm_tick();
    });
  }

  void stop(const std::string& text, std::function<void()> stopped) {
    if (stopped) on_stopped.push_back(std::move(stopped));
    if (std::exchange(stopping, true)) return;
    listeners.clear();
    for (const auto& [key, peer] : peers) peer->log_out_or_close(text);
    for (const auto& [raw, connection] : connections)
      if (raw->session() == nullptr) raw->link().close();
    stop_timer.expires_after(connections.empty() ? std::chrono::milliseconds(0) : kStopWait);
    stop_timer.async_wait([this, weak = std::weak_ptr<int>(alive)](const boost::system::error_code& error) {
      if (!error && weak.lock()) cut_stragglers();
    });
  }

  void cut_stragglers() {
    if (connections.empty()) return finish_stop();
    for (const auto& [raw, connection] : connections) raw->link().reset();
  }

  void finish_stop() {
    stop_timer.cancel();
    tick_timer.cancel();
    for (auto& callback : std::exchange(on_stopped, {})) callback();
  }

  asio::io_context& io;
  AcceptorHandler& handler;
  std::shared_ptr<LogSink> log;
  std::shared_ptr<ConnectionTable> table;
  asio::steady_timer tick_timer, stop_timer;
  std::vector<std::unique_ptr<AcceptorDoor>> doors;
  std::vector<std::unique_ptr<transport::Listener>> listeners;
  std::map<Key, std::unique_ptr<AcceptedPeer>> peers;
  std::map<PeerConnection*, std::unique_ptr<PeerConnection>> connections;
  std::vector<std::function<void()>> on_stopped;
  bool stopping{false};
  std::shared_ptr<int> alive = std::make_shared<int>(0);
};

FixAcceptor::FixAcceptor(asio::io_context& io, AcceptorHandler& handler, std::shared_ptr<LogSink> log,
                         std::shared_ptr<ConnectionTable> connections)
    : impl_(std::make_unique<Impl>(io, handler, std::move(log), std::move(connections))) {}

FixAcceptor::~FixAcceptor() = default;

Result<std::uint16_t> FixAcceptor::open(const AcceptorDoor& door) { return impl_->open(door); }

Result<AcceptorSession*> FixAcceptor::restore(const std::string& door_comp_id, const std::string& peer_comp_id) {
  const AcceptorDoor* door = impl_->find_door(door_comp_id);
  if (door == nullptr) return fail(ErrorCategory::config, fmt::format("there is no door {}: open it first", door_comp_id));
  if (AcceptedPeer* present = impl_->find(door_comp_id, peer_comp_id)) return static_cast<AcceptorSession*>(present);
  try {
    return static_cast<AcceptorSession*>(&impl_->make(*door, peer_comp_id));
  } catch (const std::exception& error) {
    return fail(ErrorCategory::store, fmt::format("{} of {} cannot be restored: {}", door_comp_id, peer_comp_id, error.what()));
  }
}

AcceptorSession* FixAcceptor::find(const std::string& door_comp_id, const std::string& peer_comp_id) {
  return impl_->find(door_comp_id, peer_comp_id);
}

std::vector<AcceptorSession*> FixAcceptor::sessions() {
  std::vector<AcceptorSession*> all;
  for (const auto& [key, peer] : impl_->peers) all.push_back(peer.get());
  return all;
}

void FixAcceptor::stop(const std::string& text, std::function<void()> stopped) { impl_->stop(text, std::move(stopped)); }

}  // namespace marginfix
