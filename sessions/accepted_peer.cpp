// One peer on one door of a FixAcceptor.
#include "sessions/accepted_peer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "marginfix/core/secret.hpp"

namespace marginfix::sessions {
namespace {

constexpr std::size_t kMaxLogonSize = 16 * 1024;
constexpr std::size_t kMaxHeldBytes = std::size_t{4} << 20;  // above a gap, a peer

// What was sent since the Logon, at a door that begins anew with each: enough for a peer that has missed something a moment ago.
constexpr std::size_t kMostKeptOfAConnection = std::size_t{16} << 20;

std::unique_ptr<MessageStore> store_in_memory(const AcceptorDoor& door) {
  MemoryStoreOptions options;
  if (door.sequence == SequencePolicy::reset_each_logon) options.most_bytes = kMostKeptOfAConnection;
  return make_memory_store(options);
}

AcceptorMessage given(const wall::InboundMessage& message) {
  return {
      std::string_view(message.data, message.size), message.msg_type, message.seq, message.poss_dup, message.poss_resend, message.frame};
}

}  // namespace

PeerConnection::PeerConnection(boost::asio::io_context& io, Owner& owner, const AcceptorDoor& door,
                               std::shared_ptr<transport::ByteConnection> link)
    : owner_(owner), door_(&door), link_(std::move(link)), io_(io), logon_timer_(io) {}

PeerConnection::~PeerConnection() { link_->detach(); }

void PeerConnection::on_handshake(const std::function<void()>& go_on) {
  place_.heard();
  // Its wait for a turn is not its silence.
  place_.take_turn(io_.get_executor(), [this, weak = std::weak_ptr<int>(alive_), go_on] {
    if (weak.lock()) place_.active();
    go_on();
  });
}

void PeerConnection::on_open() {
  logon_timer_.expires_after(door_->logon_timeout);
  logon_timer_.async_wait([this, weak = std::weak_ptr<int>(alive_)](const boost::system::error_code& error) {
    if (error || !weak.lock() || std::exchange(first_seen_, true)) return;
    owner_.refused(*this, LogLevel::warning, "no Logon(A) in time: closed", received_);
    link_->reset();
  });
}

// A reset is told to us later, by on_closed(): nothing of this connection ends in the middle of another one's turn.
bool PeerConnection::take_place(ConnectionTable& table) {
  place_ = table.enter([this, weak = std::weak_ptr<int>(alive_)] {
    if (!weak.lock()) return;
    owner_.note(LogLevel::info, fmt::format("{}: {} closed, its place is needed", door_->name, link_->peer()));
    link_->reset();
  });
  return static_cast<bool>(place_);
}

void PeerConnection::on_received(const char* data, std::size_t size) {
  if (session_ != nullptr) {
    place_.active();
    session_->received(data, size);
    return count();
  }
  place_.heard();
  if (first_seen_) return;  // refused, closing
  received_.append(data, size);
  scan_first();
  count();
}

void PeerConnection::count() { place_.hold(link_->queued() + received_.size() + (session_ == nullptr ? 0 : session_->waiting())); }

// The first message, in whatever version of FIX it is.
void PeerConnection::scan_first() {
  constexpr std::string_view kStart = "8=FIX";
  constexpr std::size_t kLongestStart = 16;
  const std::string_view bytes = received_;
  const bool fix = bytes.substr(0, kStart.size()) == kStart.substr(0, bytes.size());
  const auto end = bytes.substr(0, kLongestStart).find('\x01');
  if (fix && end == std::string_view::npos && bytes.size() < kLongestStart) return;
  wall::Framer framer(kMaxLogonSize, fix && end != std::string_view::npos ? std::string(bytes.substr(2, end - 2)) : door_->begin_string);
  wall::Frame first;
  const wall::Scan scan = framer.scan(bytes.data(), bytes.size(), &first);
  if (scan.kind == wall::Scan::Kind::need_more && bytes.size() <= kMaxLogonSize) return;
  first_seen_ = true;
  logon_timer_.cancel();
  if (scan.kind == wall::Scan::Kind::message) return owner_.on_first_message(*this, first);
  owner_.refused(*this, LogLevel::warning, "what it sent first is not a FIX message: closed", bytes.substr(0, kMaxLogonSize));
  link_->close();
}

bool PeerConnection::on_writing() { return session_ == nullptr || session_->commit(); }

void PeerConnection::on_drained() {
  count();
  if (session_ != nullptr) session_->writable();
}

void PeerConnection::on_closed(transport::CloseReason reason, const std::string& text) {
  logon_timer_.cancel();
  const bool handshake = reason == transport::CloseReason::certificate || reason == transport::CloseReason::tls_failed;
  if (session_ == nullptr && !first_seen_ && handshake && !door_->client_ca_file.empty())
    owner_.refused(*this, LogLevel::warning, text, {});
  if (session_ != nullptr) std::exchange(session_, nullptr)->gone(text);
  owner_.on_gone(*this);
}

void PeerConnection::refuse(const std::string& bytes, std::chrono::milliseconds delay) {
  if (delay.count() == 0) {
    link_->send(bytes.data(), bytes.size());
    return link_->close();
  }
  logon_timer_.expires_after(delay);
  logon_timer_.async_wait([this, bytes, weak = std::weak_ptr<int>(alive_)](const boost::system::error_code& error) {
    if (!error && weak.lock()) refuse(bytes);
  });
}

AcceptedPeer::AcceptedPeer(boost::asio::io_context& io, const AcceptorDoor& door, std::string peer_comp_id, AcceptedSession made,
                           AcceptorHandler& handler, std::shared_ptr<LogSink> log, const TimeSource* time)
    : door_(door),
      peer_comp_id_(std::move(peer_comp_id)),
      handler_(handler),
      log_(std::move(log)),
      store_(made.store ? std::move(made.store) : store_in_memory(door)),
      delay_timer_(io),
      time_(time != nullptr ? *time : wall::system_time()) {
  wall::SessionPlan plan;
  plan.begin_string = door.begin_string;
  plan.appl_ver_id = door.appl_ver_id;
  plan.initiator = false;
  plan.sender_comp_id = door.comp_id;
  plan.target_comp_id = peer_comp_id_;
  plan.own_sender_comp_id = door.own_sender_comp_id;
  plan.accepted_sender_comp_ids = {peer_comp_id_};
  plan.keep_sequence = door.sequence != SequencePolicy::reset_each_logon || door.retransmission;
  plan.reset = door.sequence == SequencePolicy::kept               ? wall::ResetPolicy::refused
               : door.sequence == SequencePolicy::reset_on_request ? wall::ResetPolicy::on_request
                                                                   : wall::ResetPolicy::required;
  if (door.daily_reset) plan.daily_reset = static_cast<int>(door.daily_reset->count());
  plan.least_heart_bt_int = static_cast<int>(door.least_heartbeat.count());
  plan.most_heart_bt_int = static_cast<int>(door.most_heartbeat.count());
  plan.resend_age_limit = made.resend_age_limit;
  plan.max_held_bytes = kMaxHeldBytes;
  plan.time = &time_;
  wall_session_ = wall::make_session(plan, *store_, *this);
}

AcceptedPeer::~AcceptedPeer() {
  if (connection_ != nullptr) connection_->bind(nullptr);
}

void AcceptedPeer::bind(PeerConnection& connection) {
  if (PeerConnection* former = connection_) {
    former->bind(nullptr);
    gone("another connection took over");
    if (former->link().open()) former->link().reset();  // else its Logout is on the way out: let it finish
  }
  connection_ = &connection;
  silent_ = false;
  connection.bind(this);
  ++figures_.connects;
  wall_session_->connected(*this);
  const std::string bytes = connection.take_received();
  first_ = bytes;
  wall_session_->received(bytes.data(), bytes.size());
  first_ = {};
}

void AcceptedPeer::received(const char* data, std::size_t size) { wall_session_->received(data, size); }

void AcceptedPeer::writable() {
  wall_session_->writable();
  if (logged_on() && queued() == 0) guarded([&] { handler_.on_drained(*this); });
}

void AcceptedPeer::gone(const std::string& reason) {
  connection_ = nullptr;
  delay_timer_.cancel();
  delayed_.clear();
  delayed_bytes_ = 0;
  wall_session_->disconnected();
  report_logged_out(reason);
}

void AcceptedPeer::tick() {
  if (connected()) wall_session_->tick();
}

void AcceptedPeer::log_out_or_close(const std::string& text) {
  if (connection_ == nullptr) return;
  if (wall_session_->logged_on()) {
    wall_session_->logout(text);
  } else {
    connection_->link().close();
  }
}

Result<std::int64_t> AcceptedPeer::send(const std::string& msg_type, std::string_view body, const MessageHeader& header) {
  wall::AppHeader fields;
  fields.sender_sub_id = header.sender_sub_id;
  fields.target_sub_id = header.target_sub_id;
  fields.on_behalf_of_comp_id = header.on_behalf_of_comp_id;
  fields.deliver_to_comp_id = header.deliver_to_comp_id;
  fields.poss_resend = header.poss_resend;
  const wall::SendOutcome outcome = wall_session_->send_with_header(msg_type, body.data(), body.size(), fields);
  ++(outcome.ok ? figures_.sent : figures_.refused);
  return number_of(outcome);
}

Result<std::int64_t> AcceptedPeer::number_of(const wall::SendOutcome& outcome) const {
  if (outcome.ok) return outcome.seq;
  const ErrorCategory category = outcome.store_failed ? ErrorCategory::store : outcome.unfit ? ErrorCategory::codec : ErrorCategory::closed;
  return fail(category, fmt::format("{} to {}: {}", door_.name, peer_comp_id_, outcome.error));
}

SessionStatistics AcceptedPeer::statistics() const {
  SessionStatistics all = figures_;
  static_cast<WireStatistics&>(all) = wall_session_->statistics();
  return all;
}

Timestamp AcceptedPeer::wall_now() const { return Timestamp{std::chrono::duration_cast<std::chrono::microseconds>(time_.wall())}; }

Result<std::int64_t> AcceptedPeer::reject(std::int64_t ref_seq_num, int ref_tag, const std::string& ref_msg_type, int reason,
                                          const std::string& text) {
  return number_of(wall_session_->send_reject(ref_seq_num, ref_tag, ref_msg_type, reason, text));
}

void AcceptedPeer::logout(const std::string& text) { wall_session_->logout(text); }

void AcceptedPeer::drop() {
  if (connection_ != nullptr) connection_->link().reset();
}

void AcceptedPeer::skip_sequence(int count) { wall_session_->set_next_sender_seq(wall_session_->next_sender_seq() + count); }

void AcceptedPeer::send(const char* data, std::size_t size) {
  if (connection_ == nullptr || silent_) return;
  if (delay_.count() == 0 && delayed_.empty()) {
    connection_->link().send(data, size);
    return connection_->count();
  }
  if (queued() + size > door_.max_queued) {
    log(LogLevel::warning, fmt::format("more than {} bytes wait for it: connection cut", door_.max_queued));
    return connection_->link().reset();
  }
  delayed_.push_back({time_.monotonic() + delay_, std::string(data, size)});
  delayed_bytes_ += size;
  connection_->count();
  if (delayed_.size() == 1) arm_delay();
}

void AcceptedPeer::close() {
  if (connection_ == nullptr) return;
  if (delayed_.empty()) return connection_->link().close();
  delayed_.push_back({delayed_.back().due, {}});
}

std::size_t AcceptedPeer::queued() const { return connection_ == nullptr ? 0 : delayed_bytes_ + connection_->link().queued(); }

void AcceptedPeer::request_writable() {
  if (connection_ != nullptr) connection_->link().request_writable();
}

void AcceptedPeer::arm_delay() {
  delay_timer_.expires_after(std::max(delayed_.front().due - time_.monotonic(), std::chrono::nanoseconds(0)));
  delay_timer_.async_wait([this, weak = std::weak_ptr<int>(alive_)](const boost::system::error_code& error) {
    if (!error && weak.lock()) release_delayed();
  });
}

void AcceptedPeer::release_delayed() {
  const auto now = time_.monotonic();
  while (connection_ != nullptr && !delayed_.empty() && delayed_.front().due <= now) {
    const Delayed next = std::move(delayed_.front());
    delayed_.pop_front();
    delayed_bytes_ -= next.bytes.size();
    if (next.bytes.empty()) {
      connection_->link().close();
    } else if (!silent_) {
      connection_->link().send(next.bytes.data(), next.bytes.size());
    }
  }
  if (!delayed_.empty()) arm_delay();
}

bool AcceptedPeer::sign_logon(const wall::LogonSigning&, std::string*, std::string* error) {
  *error = "acceptors do not sign";
  return false;
}

void AcceptedPeer::on_logon(const wall::InboundMessage& logon) {
  reported_logged_on_ = true;
  ++figures_.logons;
  log(LogLevel::info, "logged on");
  guarded([&] { handler_.on_logged_on(*this, std::string_view(logon.data, logon.size)); });
}

void AcceptedPeer::on_app(const wall::InboundMessage& message) {
  log_message("<", message.data, message.size);
  ++figures_.app_in;
  if (message.poss_dup) ++figures_.poss_dup_in;
  if (message.msg_type == "j") ++figures_.business_rejects;
  figures_.last_received = wall_now();
  guarded([&] { handler_.on_message(*this, given(message)); });
}

void AcceptedPeer::on_admin(const wall::InboundMessage& message) {
  log_message("<", message.data, message.size);
  figures_.last_received = wall_now();
  if (message.msg_type == "A") return;
  if (message.msg_type == "3") ++figures_.rejects;
  guarded([&] { handler_.on_session_message(*this, given(message)); });
}

void AcceptedPeer::on_sent(const char* data, std::size_t size) { log_message(">", data, size); }

void AcceptedPeer::on_outbound(const wall::OutboundMessage& message) {
  figures_.last_sent = wall_now();
  const AcceptorMessage sent{
      std::string_view(message.data, message.size), message.msg_type, message.seq, message.poss_dup, message.poss_resend, nullptr};
  guarded([&] { handler_.on_sent(*this, sent); });
}

void AcceptedPeer::on_sequence_reset(bool by_logon) {
  log(LogLevel::info, by_logon ? "its Logon(A) starts both sides at 1" : "a new day: both sides start at 1");
  guarded([&] { handler_.on_sequence_reset(*this, by_logon ? SequenceResetCause::by_logon : SequenceResetCause::daily); });
}

void AcceptedPeer::on_gap(std::int64_t expected, std::int64_t received) {
  log(LogLevel::warning, fmt::format("MsgSeqNum(34) {} came where {} was expected: resend asked for", received, expected));
}

void AcceptedPeer::on_end(wall::EndCause, const std::string& text, int) {
  log(LogLevel::info, text.empty() ? "logged out" : "ended: " + text);
  if (!first_.empty() && !reported_logged_on_ && connection_ != nullptr) {
    const std::string peer = connection_->link().peer();
    guarded([&] { handler_.on_refused(door_, peer, text, first_); });
  }
  report_logged_out(text.empty() ? "logged out" : text);
}

void AcceptedPeer::on_event(const std::string& text) { log(LogLevel::debug, text); }

void AcceptedPeer::report_logged_out(const std::string& reason) {
  if (!std::exchange(reported_logged_on_, false)) return;
  guarded([&] { handler_.on_logged_out(*this, reason); });
}

void AcceptedPeer::log(LogLevel level, const std::string& line) {
  if (log_->enabled(level)) log_->log(level, door_.name, redact(fmt::format("{}: {}", peer_comp_id_, line)));
}

void AcceptedPeer::log_message(const char* direction, const char* data, std::size_t size) {
  if (log_->enabled(LogLevel::debug))
    log_->log(LogLevel::debug, door_.name, fmt::format("{} {}", direction, redact(std::string_view(data, size))));
}

void AcceptedPeer::guarded(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& error) {
    ++figures_.handler_exceptions;
    log(LogLevel::error, fmt::format("a handler threw: {}", error.what()));
  } catch (...) {
    ++figures_.handler_exceptions;
    log(LogLevel::error, "a handler threw what is no std::exception");
  }
}

}  // namespace marginfix::sessions
