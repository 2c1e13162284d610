// The doors' Logons and session book-keeping.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <system_error>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/fix/frame.hpp"
#include "sim/doors/fix/fix_doors.hpp"
#include "sim/doors/fix/reasons.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/values/files.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/orders.hpp"
#include "sim/keys/keys.hpp"

namespace marginfix::sim {
namespace {

namespace fs = std::filesystem;

constexpr auto kJournalRetry = std::chrono::seconds(1);
constexpr auto kClockWindow = std::chrono::seconds(30);
constexpr std::string_view kRtPrefix = "KalshiRT-", kCancelPrefix = "cancel-";

LogonDecision refuse_logon(int reason, int tag, std::string text) { return {LogonDecision::Kind::reject, std::move(text), reason, tag}; }
LogonDecision logout(std::string text) { return {LogonDecision::Kind::logout, std::move(text), 0, 0}; }

FixDoor door_of(std::string_view comp_id) noexcept {
  for (const FixDoor door : {FixDoor::NR, FixDoor::RT, FixDoor::DC}) {
    if (to_string(door) == comp_id) return door;
  }
  return FixDoor::MD;
}

fs::path cancel_marker(const fs::path& dir, FixDoor door, const std::string& key_id) {
  return dir / (std::string(kCancelPrefix) + std::string(to_string(door)) + "-" + key_id);
}

}  // namespace

// ---- may this Logon come in? ----------------------------------------------------------------------------------------------

LogonDecision FixDoors::on_logon_request(const AcceptorDoor& door, const LogonRequest& request) {
  const FixDoor which = door_of(door.comp_id);
  const fixwire::Verdict verdict = reader_.read(request.raw.data(), request.raw.size(), inbound_);
  if (verdict.kind != fixwire::Verdict::Kind::ok) return refuse_logon(verdict.reason, verdict.tag, verdict.text);
  if (request.target_comp_id != door.comp_id)
    return refuse_logon(kCompId, 56, "TargetCompID(56) must be " + door.comp_id + " on this port");
  if (auto decision = judge_key(request); decision.kind != LogonDecision::Kind::accept) return decision;
  SessionOptions options;
  if (const auto problem = read_logon(inbound_, which, options); problem.reason != 0) {
    return refuse_logon(problem.reason, problem.tag, problem.text);
  }
  return judge_access(which, request, options);
}

// The clock first: a signature made minutes ago is right and still worth nothing.
LogonDecision FixDoors::judge_key(const LogonRequest& request) const {
  const Signer* const key = options_.keys->find(request.sender_comp_id);
  if (key == nullptr) return slow_down(request, refuse_logon(kCompId, 49, "SenderCompID(49) is no API key of this exchange"));
  const auto sent = parse_fix_utc(request.sending_time);
  if (!sent) return refuse_logon(6, 52, "SendingTime(52) is no UTC timestamp");
  if (std::chrono::abs(options_.wall_now() - *sent) > kClockWindow) {
    return refuse_logon(kSendingTime, 52, "SendingTime(52) is not within 30 seconds of the exchange's clock");
  }
  const std::string_view signature = request.frame->field(96);
  if (signature.empty()) return refuse_logon(kMissing, 96, "RawData(96) with the signature is required");
  const std::string payload =
      fix_logon_payload(request.sending_time, "A", request.msg_seq_num, request.sender_comp_id, request.target_comp_id);
  if (!key->verify(payload, signature)) return slow_down(request, refuse_logon(kSignature, 96, "INCORRECT_API_KEY_SIGNATURE"));
  return {};
}

LogonDecision FixDoors::slow_down(const LogonRequest& request, LogonDecision refusal) const {
  if (options_.brake != nullptr) refusal.delay = options_.brake->wrong(request.peer, monotonic_time());
  return refusal;
}

LogonDecision FixDoors::judge_access(FixDoor door, const LogonRequest& request, const SessionOptions& options) {
  const auto key = views::find_key(exchange_.state(), request.sender_comp_id);
  if (!key) return refuse_logon(kCompId, 49, "SenderCompID(49) is no API key of this exchange");
  if (options_.refused_keys.contains(request.sender_comp_id)) return logout("API usage level is not allowed for FIX");
  if (request.session_connected || (options_.one_connection_per_key && connected_elsewhere(request.sender_comp_id)))
    return logout("already exists");
  if (!request.reset_seq_num_flag && has_lost(door, std::string(request.sender_comp_id))) {
    return logout(
        "messages of this session were lost when the exchange had no room to store them: log on with ResetSeqNumFlag(141)=Y, "
        "and ask drop copy and REST for what has happened");
  }
  if (key->subaccount && (door == FixDoor::RT || door == FixDoor::DC || options.listener))
    return logout("this API key is restricted to one subaccount: it opens KalshiNR (order entry) and KalshiMD only");
  if (!exchange_.charge(key->account, {BucketKind::Write, kDefaultCost}, options_.wall_now())) return logout("rate limit exceeded");
  const bool order_entry = (door == FixDoor::NR || door == FixDoor::RT) && !options.listener;
  if (order_entry && key->scope != KeyScope::Trading) {
    return logout("this API key may not trade: it opens listener sessions (20126=Y), KalshiDC and KalshiMD only");
  }
  return {};
}

bool FixDoors::has_lost(FixDoor door, const std::string& key_id) const {
  const auto known = sessions_.find({door, key_id});
  return known != sessions_.end() && known->second->record && known->second->record->lost();
}

bool FixDoors::connected_elsewhere(std::string_view key_id) const {
  return std::ranges::any_of(by_number_, [&](const DoorSession* each) { return each->logged_on && each->key_id == key_id; });
}

// ---- sessions ---------------------------------------------------------------------------------------------------------------

DoorSession& FixDoors::door_session(FixDoor door, const std::string& key_id) {
  std::unique_ptr<DoorSession>& slot = sessions_[{door, key_id}];
  if (!slot) {
    slot = std::make_unique<DoorSession>();
    slot->door = door;
    slot->key_id = key_id;
    slot->number = static_cast<std::uint32_t>(by_number_.size());
    by_number_.push_back(slot.get());
  }
  return *slot;
}

void FixDoors::resolve(DoorSession& session) {
  const auto key = views::find_key(exchange_.state(), session.key_id);
  if (!key) return;
  session.key = key->key;
  session.account = key->account;
  session.fcm = key->fcm;
}

void FixDoors::reindex() {
  for (auto& keys : by_key_) keys.clear();
  listeners_.clear();
  unresolved_ = false;
  for (DoorSession* session : by_number_) {
    if (session->door != FixDoor::NR && session->door != FixDoor::RT) continue;
    if (session->key == kNoKey) resolve(*session);
    unresolved_ = unresolved_ || session->key == kNoKey;
    if (session->key == kNoKey || session->session == nullptr) continue;
    if (session->options.listener) {
      if (listeners_.size() <= session->account) listeners_.resize(session->account + std::size_t{1});
      listeners_[session->account].push_back(session);
    } else {
      auto& keys = by_key_[session->door == FixDoor::RT ? 1 : 0];
      if (keys.size() <= session->key) keys.resize(session->key + std::size_t{1});
      keys[session->key] = session;
    }
  }
}

AcceptedSession FixDoors::on_new_session(const AcceptorDoor& door, const std::string& peer_comp_id) {
  DoorSession& session = door_session(door_of(door.comp_id), peer_comp_id);
  if (session.door != FixDoor::RT) return {};
  session.folder = options_.sessions_dir / (std::string(kRtPrefix) + peer_comp_id);
  fs::create_directories(session.folder);
  FileStoreOptions file;
  file.path = (session.folder / "messages").string();
  auto inner = open_file_store(file);
  session.record = std::make_shared<DeliveryRecord>(session.folder / "delivered", views::last_event(exchange_.state()));
  session.record->align(inner->next_sender_seq(), inner->next_target_seq());
  session.given = session.record->delivered(inner->next_sender_seq());
  const DoorSession* self = &session;
  AcceptedSession accepted;
  accepted.store = std::make_unique<RetainedStore>(
      std::move(inner), session.record,
      RetainedStore::Exchange{[this] { return exchange_.now(); }, [this] { return views::last_event(exchange_.state()); }},
      [self] { return self->options.retention_hours; });
  return accepted;
}

void FixDoors::remember(const DoorSession& session) {
  if (session.door == FixDoor::RT) {
    const auto written = write_file(session.folder / "options", to_text(session.options), true);
    if (!written) options_.log->log(LogLevel::error, "sim", written.error().message);
  }
  const fs::path marker = cancel_marker(options_.sessions_dir, session.door, session.key_id);
  std::error_code ignored;
  if (session.logged_on && session.options.cancel_on_disconnect) {
    const auto written = write_file(marker, "", true);
    if (!written) options_.log->log(LogLevel::error, "sim", written.error().message);
  } else {
    fs::remove(marker, ignored);
  }
}

void FixDoors::on_logged_on(AcceptorSession& session, std::string_view logon) {
  if (dead_) return;
  DoorSession& known = door_session(door_of(session.door().comp_id), session.peer_comp_id());
  known.session = &session;
  by_session_[&session] = &known;
  known.logged_on = true;
  // What the connection before had asked for.
  market_data_.forget(known.number);
  drop_copy_.forget(known.number);
  reader_.read(logon.data(), logon.size(), inbound_);
  read_logon(inbound_, known.door, known.options);
  resolve(known);
  try {
    settle(known);
    remember(known);
  } catch (const std::exception& e) {
    options_.log->log(LogLevel::error, "sim", e.what());
    session.logout("The exchange cannot write its journal");
  }
  reindex();
}

void FixDoors::settle(DoorSession& session) {
  const bool reset_owed = session.record && session.record->reset_owed();
  if (!session.cancel_owed && !reset_owed) return;
  if (session.cancel_owed) {
    exchange_.run(commands::CancelOnDisconnect{session.route()});
    session.cancel_owed = false;
  }
  if (reset_owed) {
    exchange_.run(commands::ResetRef{session.route()});
    try {
      session.record->reset_told();
    } catch (const std::exception& e) {
      throw Exception(fail(ErrorCategory::store, e.what()));
    }
  }
  remember(session);
}

void FixDoors::on_logged_out(AcceptorSession& session, const std::string& reason) {
  if (dead_) return;
  DoorSession& known = door_session(door_of(session.door().comp_id), session.peer_comp_id());
  known.logged_on = false;
  known.cancel_owed = known.cancel_owed || known.options.cancel_on_disconnect;
  options_.log->log(LogLevel::info, "sim", session.door().comp_id + " " + known.key_id + " left: " + reason);
  // Not from here: the session may be ending while the engine is telling its events.
  boost::asio::post(io_, [this, number = known.number] { end_session(number); });
}

// Who is back by now has settled it all at its Logon, before an order of its own came in.
void FixDoors::end_session(std::uint32_t number) {
  DoorSession& gone = *by_number_[number];
  if (dead_ || gone.logged_on) return;
  market_data_.forget(number);
  drop_copy_.forget(number);
  if (!gone.cancel_owed) return;
  try {
    exchange_.step(options_.wall_now());
    settle(gone);
  } catch (const Exception& e) {
    // It is owed: until the journal can be written, or at the next start.
    options_.log->log(LogLevel::error, "sim", e.what());
    settle_later(gone);
  }
  options_.engine_used();
}

// One timer a session, however often it came and went: a new wait takes the place of the one before.
void FixDoors::settle_later(DoorSession& session) {
  if (!session.retry) session.retry.emplace(io_);
  session.retry->expires_after(kJournalRetry);
  session.retry->async_wait([this, number = session.number](boost::system::error_code error) {
    if (!error) end_session(number);
  });
}

// ---- restart ----------------------------------------------------------------------------------------------------------------

Result<void> FixDoors::restore_sessions() {
  const auto files = files_in(options_.sessions_dir);
  if (!files) return files.error();
  for (const fs::path& folder : *files) {
    const std::string name = folder.filename().string();
    if (!name.starts_with(kRtPrefix)) continue;
    const std::string key_id = name.substr(kRtPrefix.size());
    auto restored = acceptor_.restore("KalshiRT", key_id);
    if (!restored) return restored.error();
    DoorSession& session = door_session(FixDoor::RT, key_id);
    session.session = *restored;
    if (const auto text = read_file(folder / "options")) session.options = session_options_from_text(*text);
  }
  reindex();
  return {};
}

Result<void> FixDoors::finish_restore() {
  const auto files = files_in(options_.sessions_dir);
  if (!files) return files.error();
  std::error_code error;
  reindex();
  for (const fs::path& marker : *files) {
    if (!marker.filename().string().starts_with(kCancelPrefix)) continue;
    const std::string name = marker.filename().string().substr(kCancelPrefix.size());
    const std::size_t dash = name.find('-');
    const auto key = dash == std::string::npos ? std::nullopt : views::find_key(exchange_.state(), std::string_view(name).substr(dash + 1));
    if (key) exchange_.run(commands::CancelOnDisconnect{{key->key, name.starts_with("KalshiRT") ? Door::FixRT : Door::FixNR}});
    fs::remove(marker, error);
  }
  return drop_copy_access_.open(exchange_, options_.drop_copy_not_enabled);
}

}  // namespace marginfix::sim
