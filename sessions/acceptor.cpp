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
#include "sessions/transport/acceptor.hpp"

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

constexpr std::string_view kFixt = "FIXT.1.1";

// A text never ends its field: see marginfix/core/text.hpp.
std::string text_field(std::string_view text) { return text.empty() ? std::string() : fmt::format("58={}\x01", visible(text)); }

// Where numbers outlive connections a peer may count a Logout(5) among them (see LogonDecision): what passes by itself is not told.
LogonDecision not_now(const AcceptorDoor& door, std::string text) {
  const bool kept = door.sequence != SequencePolicy::reset_each_logon;
  return {kept ? LogonDecision::Kind::close : LogonDecision::Kind::logout, std::move(text)};
}

// Logout(5), or Reject(3) and then Logout(5), of a session that never began: numbers start at 1, in the version of the Logon. Nothing for a
// close.
std::string refusal(const AcceptorDoor& door, const wall::Frame& logon, const LogonDecision& decision, const TimeSource& clock) {
  if (decision.kind == LogonDecision::Kind::close) return {};
  wall::Composer composer(logon.begin_string, door.own_sender_comp_id.empty() ? door.comp_id : door.own_sender_comp_id,
                          logon.sender_comp_id);
  wall::TimeText time(kTimestampDigits);
  wall::FrameHeader header;
  std::string bytes;
  header.sending_time = time.at(clock.wall());
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

  Impl(asio::io_context& the_io, AcceptorHandler& the_handler, FixAcceptorOptions options)
      : io(the_io),
        handler(the_handler),
        log(options.log ? std::move(options.log) : null_log_sink()),
        table(options.connections ? std::move(options.connections)
                                  : std::make_shared<ConnectionTable>(ConnectionTableLimits{}, options.time)),
        time(options.time != nullptr ? *options.time : wall::system_time()),
        tick_timer(the_io),
        stop_timer(the_io) {}

  ~Impl() override {
    peers.clear();  // they let go of their connections, so these must still be there
    connections.clear();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<std::uint16_t> open(const AcceptorDoor& asked) {
    auto door = std::make_unique<AcceptorDoor>(asked);
    if (door->name.empty()) door->name = door->comp_id;
    if (const std::string fault = fault_of(*door); !fault.empty()) return fail(ErrorCategory::config, fault);
    if (!door->port_of.empty()) return share(std::move(door));
    transport::ListenOptions options;
    options.host = door->host;
    options.port = door->port;
    options.tls = door->tls;
    options.certificate_file = door->certificate_file;
    options.private_key_file = door->private_key_file;
    options.client_ca_file = door->client_ca_file;
    options.limits.max_queued = door->max_queued;
    options.limits.most_read_at_once = kMostReadAtOnce;
    options.limits.turn = kTurn;
    options.limits.time = &time;
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

  std::string fault_of(const AcceptorDoor& door) const {
    if (door.comp_id.empty()) return "a door needs a TargetCompID (AcceptorDoor::comp_id)";
    if (find_door(door.name) != nullptr) return fmt::format("the door {} is open already", door.name);
    if (door.begin_string != "FIX.4.2" && door.begin_string != "FIX.4.4" && door.begin_string != kFixt)
      return fmt::format("the door {}: BeginString must be FIX.4.2, FIX.4.4 or FIXT.1.1, not '{}'", door.name, door.begin_string);
    if (door.begin_string == kFixt && door.appl_ver_id.empty())
      return fmt::format("the door {}: FIXT.1.1 needs a DefaultApplVerID (AcceptorDoor::appl_ver_id)", door.name);
    if (door.least_heartbeat.count() < 0 || door.least_heartbeat > door.most_heartbeat || door.most_heartbeat > std::chrono::hours{24})
      return fmt::format("the door {}: heartbeats of {} to {} seconds make no sense", door.name, door.least_heartbeat.count(),
                         door.most_heartbeat.count());
    if (door.daily_reset && (door.daily_reset->count() < 0 || *door.daily_reset >= std::chrono::hours{24}))
      return fmt::format("the door {}: the daily reset is at a time of the day", door.name);
    if (door.sequence != SequencePolicy::reset_each_logon && !door.retransmission)
      return fmt::format("the door {}: numbers that are kept need retransmission", door.name);
    return {};
  }

  Result<std::uint16_t> share(std::unique_ptr<AcceptorDoor> door) {
    const AcceptorDoor* other = find_door(door->port_of);
    if (other == nullptr) return fail(ErrorCategory::config, fmt::format("the door {}: there is no door {}", door->name, door->port_of));
    for (const auto& each : doors) {
      if (each->port == other->port && each->begin_string == door->begin_string && each->comp_id == door->comp_id)
        return fail(ErrorCategory::config, fmt::format("the doors {} and {} share a port: a Logon to {} in {} could mean both", each->name,
                                                       door->name, door->comp_id, door->begin_string));
    }
    door->host = other->host;
    door->port = other->port;
    door->tls = other->tls;
    door->client_ca_file = other->client_ca_file;
    door->logon_timeout = other->logon_timeout;
    door->max_queued = other->max_queued;
    doors.push_back(std::move(door));
    return doors.back()->port;
  }

  const AcceptorDoor* find_door(const std::string& name) const {
    const auto found = std::ranges::find_if(doors, [&](const auto& door) { return door->name == name; });
    return found == doors.end() ? nullptr : found->get();
  }

  // Of the doors at this port the one that the Logon means. Where only its TargetCompID(56) fits none, the handler gets to say so; null: no
  // door speaks its version.
  const AcceptorDoor* door_for(const AcceptorDoor& reached, const wall::Frame& logon) const {
    const AcceptorDoor* same_version = nullptr;
    for (const auto& door : doors) {
      if (door->host != reached.host || door->port != reached.port || logon.begin_string != door->begin_string) continue;
      if (logon.target_comp_id == door->comp_id) return door.get();
      if (same_version == nullptr) same_version = door.get();
    }
    return same_version;
  }

  AcceptedPeer* find(const std::string& door, const std::string& peer) const {
    const auto found = peers.find(Key(door, peer));
    return found == peers.end() ? nullptr : found->second.get();
  }

  // Throws what the handler, the store and the wall throw.
  AcceptedPeer& make(const AcceptorDoor& door, const std::string& peer) {
    auto made = std::make_unique<AcceptedPeer>(io, door, peer, handler.on_new_session(door, peer), handler, log, &time);
    return *(peers[Key(door.name, peer)] = std::move(made));
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

  void on_first_message(PeerConnection& connection, const wall::Frame& logon) override {
    if (!logon.msg_type.is('A')) {
      refused(connection, LogLevel::warning, "its first message is not a Logon(A): closed", logon.bytes);
      return connection.link().close();
    }
    const AcceptorDoor* meant = door_for(connection.door(), logon);
    if (meant != nullptr) connection.enter(*meant);
    const AcceptorDoor& door = connection.door();
    const LogonDecision decision = meant != nullptr ? decide(connection, logon) : unknown_version(door, logon);
    if (decision.kind != LogonDecision::Kind::accept) {
      refused(connection, LogLevel::info, fmt::format("Logon(A) of {} refused: {}", logon.sender_comp_id.text(), decision.text),
              logon.bytes);
      return connection.refuse(refusal(door, logon, decision, time), decision.delay);
    }
    // Made before: bind() takes the bytes away that `logon` looks at.
    const std::string sender = logon.sender_comp_id.text();
    const std::string excuse = refusal(door, logon, not_now(door, "the session cannot be opened"), time);
    connection.prove(sender);
    try {
      AcceptedPeer* peer = find(door.name, sender);
      (peer != nullptr ? *peer : make(door, sender)).bind(connection);
    } catch (const std::exception& error) {
      note(LogLevel::error, fmt::format("{}: no session for {}: {}", door.name, sender, error.what()));
      connection.refuse(excuse);
    }
  }

  LogonDecision unknown_version(const AcceptorDoor& reached, const wall::Frame& logon) const {
    std::string served;
    for (const auto& door : doors) {
      if (door->host == reached.host && door->port == reached.port && served.find(door->begin_string) == std::string::npos)
        served += (served.empty() ? "" : ", ") + door->begin_string;
    }
    return {LogonDecision::Kind::logout, fmt::format("BeginString(8)={} is not served here, but {}", logon.begin_string.text(), served)};
  }

  LogonDecision decide(PeerConnection& connection, const wall::Frame& logon) {
    constexpr int kMsgSeqNum = 34, kResetSeqNumFlag = 141;
    const AcceptorDoor& door = connection.door();
    const AcceptedPeer* present = find(door.name, logon.sender_comp_id.text());
    LogonRequest request;
    request.raw = logon.bytes;
    request.frame = &logon;
    request.begin_string = logon.begin_string;
    request.sender_comp_id = logon.sender_comp_id;
    request.target_comp_id = logon.target_comp_id;
    request.sender_sub_id = logon.sender_sub_id;
    request.target_sub_id = logon.target_sub_id;
    request.sending_time = logon.sending_time;
    request.msg_seq_num = logon.field(kMsgSeqNum);
    request.reset_seq_num_flag = logon.field(kResetSeqNumFlag).is('Y');
    request.session_connected = present != nullptr && present->connected();
    request.peer = connection.link().peer();
    request.certificate = connection.link().peer_certificate();
    LogonDecision decision = asked(door, request);
    if (decision.kind != LogonDecision::Kind::accept) return decision;
    if (const std::string fault = fault_of(door, logon, request); !fault.empty()) return {LogonDecision::Kind::logout, fault};
    return decision;
  }

  // A handler that throws has not decided: the peer is told so, and may come again.
  LogonDecision asked(const AcceptorDoor& door, const LogonRequest& request) {
    const auto undecided = [&](std::string_view what) {
      note(LogLevel::error, fmt::format("{}: the handler threw over the Logon(A) of {}: {}", door.name, request.sender_comp_id, what));
      return not_now(door, "the Logon(A) cannot be decided now");
    };
    try {
      return handler.on_logon_request(door, request);
    } catch (const std::exception& error) {
      return undecided(error.what());
    } catch (...) {
      return undecided("what is no std::exception");
    }
  }

  // What this door asks of every Logon. A bare close would leave the peer in the dark.
  static std::string fault_of(const AcceptorDoor& door, const wall::Frame& logon, const LogonRequest& request) {
    constexpr int kDefaultApplVerId = 1137;
    if (request.target_comp_id != door.comp_id) return fmt::format("TargetCompID(56) must be {} here", door.comp_id);
    if (door.sequence == SequencePolicy::reset_each_logon && !request.reset_seq_num_flag)
      return "ResetSeqNumFlag(141) must be Y on this session";
    if (door.begin_string != kFixt) return {};
    const wall::Slice version = logon.field(kDefaultApplVerId);
    if (version.empty()) return fmt::format("DefaultApplVerID(1137) is missing, it must be {}", door.appl_ver_id);
    if (version != door.appl_ver_id)
      return fmt::format("DefaultApplVerID(1137)={} is not served here, but {}", version.text(), door.appl_ver_id);
    return {};
  }

  void refused(PeerConnection& connection, LogLevel level, const std::string& reason, std::string_view first) override {
    const AcceptorDoor& door = connection.door();
    const std::string& peer = connection.link().peer();
    note(level, fmt::format("{}: {}: {}", door.name, peer, reason));
    try {
      handler.on_refused(door, peer, reason, first);
    } catch (const std::exception& error) {
      note(LogLevel::error, fmt::format("a handler threw: {}", error.what()));
    }
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
  const TimeSource& time;
  asio::steady_timer tick_timer, stop_timer;
  std::vector<std::unique_ptr<AcceptorDoor>> doors;
  std::vector<std::unique_ptr<transport::Acceptor>> listeners;
  std::map<Key, std::unique_ptr<AcceptedPeer>> peers;
  std::map<PeerConnection*, std::unique_ptr<PeerConnection>> connections;
  std::vector<std::function<void()>> on_stopped;
  bool stopping{false};
  std::shared_ptr<int> alive = std::make_shared<int>(0);
};

FixAcceptor::FixAcceptor(asio::io_context& io, AcceptorHandler& handler, FixAcceptorOptions options)
    : impl_(std::make_unique<Impl>(io, handler, std::move(options))) {}

FixAcceptor::FixAcceptor(asio::io_context& io, AcceptorHandler& handler, std::shared_ptr<LogSink> log,
                         std::shared_ptr<ConnectionTable> connections)
    : FixAcceptor(io, handler, FixAcceptorOptions{std::move(log), std::move(connections)}) {}

FixAcceptor::~FixAcceptor() = default;

Result<std::uint16_t> FixAcceptor::open(const AcceptorDoor& door) { return impl_->open(door); }

Result<AcceptorSession*> FixAcceptor::restore(const std::string& door_name, const std::string& peer_comp_id) {
  const AcceptorDoor* door = impl_->find_door(door_name);
  if (door == nullptr) return fail(ErrorCategory::config, fmt::format("there is no door {}: open it first", door_name));
  if (AcceptedPeer* present = impl_->find(door_name, peer_comp_id)) return static_cast<AcceptorSession*>(present);
  try {
    return static_cast<AcceptorSession*>(&impl_->make(*door, peer_comp_id));
  } catch (const std::exception& error) {
    return fail(ErrorCategory::store, fmt::format("{} of {} cannot be restored: {}", door_name, peer_comp_id, error.what()));
  }
}

AcceptorSession* FixAcceptor::find(const std::string& door_name, const std::string& peer_comp_id) {
  return impl_->find(door_name, peer_comp_id);
}

std::vector<AcceptorSession*> FixAcceptor::sessions() {
  std::vector<AcceptorSession*> all;
  for (const auto& [key, peer] : impl_->peers) all.push_back(peer.get());
  return all;
}

void FixAcceptor::stop(const std::string& text, std::function<void()> stopped) { impl_->stop(text, std::move(stopped)); }

}  // namespace marginfix
