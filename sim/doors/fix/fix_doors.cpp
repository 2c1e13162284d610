// The doors' way out: events of the exchange to the sessions they belong to.
#include "sim/doors/fix/fix_doors.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "marginfix/fix/dictionary.hpp"
#include "sim/doors/fix/reports.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/market.hpp"

namespace marginfix::sim {
namespace {

std::shared_ptr<const fixwire::Dictionaries> embedded_dictionaries() {
  return fixwire::load_dictionaries(std::string(fix::embedded_session_dictionary()), std::string(fix::embedded_application_dictionary()));
}

}  // namespace

FixDoors::FixDoors(boost::asio::io_context& io, Exchange& exchange, GatewayOptions options)
    : exchange_(exchange),
      options_(std::move(options)),
      io_(io),
      reader_(embedded_dictionaries()),
      market_data_(
          exchange, writer_, options_.md_fields,
          [this](std::uint32_t to, const char* type, const std::string& body) { deliver(*by_number_[to], type, body, 0); },
          [this](std::uint32_t who) {
            const KeyInfo key = views::key(exchange_.state(), by_number_[who]->key);
            return MarketDataDoor::Owner{key.account, key.subaccount};
          }),
      drop_copy_(
          io, exchange, writer_,
          [this](std::uint32_t to, const char* type, const std::string& body) { deliver(*by_number_[to], type, body, 0); },
          [this](std::uint32_t to) { return by_number_[to]->session == nullptr ? 0 : by_number_[to]->session->queued(); }),
      drop_copy_access_(options_.sessions_dir),
      acceptor_(io, *this, options_.log, options_.connections) {}

FixDoors::~FixDoors() { dead_ = true; }

Result<std::uint16_t> FixDoors::open(const AcceptorDoor& door) { return acceptor_.open(door); }

void FixDoors::stop(const std::string& text, std::function<void()> stopped) { acceptor_.stop(text, std::move(stopped)); }

// ---- events -------------------------------------------------------------------------------------------------------------------

DoorSession* FixDoors::entered_by(const Route& route) {
  if (route.door != Door::FixNR && route.door != Door::FixRT) return nullptr;
  const auto& keys = by_key_[route.door == Door::FixRT ? 1 : 0];
  return route.key < keys.size() ? keys[route.key] : nullptr;
}

bool FixDoors::already_given(const DoorSession& session, EventNo event) const {
  return exchange_.replaying() && (session.door != FixDoor::RT || event <= session.given);
}

void FixDoors::on_execution(const ExecutionEvent& event) {
  if (unresolved_) reindex();
  if (DoorSession* session = entered_by(event.entered_by)) give(*session, event);
  const bool pending =
      event.kind == ReportKind::PendingNew || event.kind == ReportKind::PendingReplace || event.kind == ReportKind::PendingCancel;
  if (pending || event.account >= listeners_.size()) return;
  for (DoorSession* listener : listeners_[event.account]) give(*listener, event);
}

void FixDoors::give(DoorSession& session, const ExecutionEvent& event) {
  if (already_given(session, event.event_no) || !wanted(event, session.options)) return;
  if (!session.logged_on && session.door != FixDoor::RT) return;
  if (is_withheld(session, event.cl_ord_id)) return;
  fill_report(event, views::shard_of(exchange_.state(), event.symbol), session.options, report_);
  deliver(session, "8", writer_.execution_report(report_), event.event_no);
}

void FixDoors::on_cancel_reject(const CancelRejectEvent& event) {
  if (unresolved_) reindex();
  DoorSession* session = entered_by(event.requested_by);
  if (session == nullptr || already_given(*session, event.event_no) || is_withheld(*session, event.cl_ord_id)) return;
  deliver(*session, "9", writer_.cancel_reject(cancel_reject(event)), event.event_no);
}

void FixDoors::on_mass_cancel(const MassCancelEvent& event) {
  if (unresolved_) reindex();
  DoorSession* session = entered_by(event.requested_by);
  if (session == nullptr || already_given(*session, event.event_no)) return;
  deliver(*session, "r", writer_.mass_cancel_report(mass_cancel_report(event)), event.event_no);
}

void FixDoors::on_group_result(const GroupResultEvent& event) {
  if (unresolved_) reindex();
  DoorSession* session = entered_by(event.requested_by);
  if (session == nullptr || already_given(*session, event.event_no)) return;
  if (event.reason == Reason::None) {
    const bool named = event.action != OrderGroupAction::Delete;
    const fixwire::OrderGroupResponse response{std::string(event.group_id), named && event.limit > 0 ? std::to_string(event.limit) : "",
                                               event.subaccount != 0 ? std::to_string(event.subaccount) : ""};
    return deliver(*session, "UOH", writer_.group_response(response), event.event_no);
  }
  const bool unknown = event.reason == Reason::OrderGroupNotFound;
  fixwire::BusinessMessageReject reject{std::to_string(event.ref_seq), std::string(reason_text(event.reason)), "UOG",
                                        std::string(event.group_id), unknown ? "1" : "0"};
  deliver(*session, "j", writer_.business_reject(reject), event.event_no);
}

// False: the record of the session cannot be written. Not told by an exception: it would go into the engine, whose command is not done
// yet. Who is cut off, or away, learns at its next Logon that something is missing.
bool FixDoors::announce(DoorSession& session, EventNo event) {
  if (!session.record) return true;
  try {
    session.record->about_to_store(event, session.session->next_sender_seq(), exchange_.now());
    return true;
  } catch (const std::exception& e) {
    options_.log->log(LogLevel::error, "sim", e.what());
  }
  session.record->note_lost();
  session.session->drop();
  return false;
}

void FixDoors::deliver(DoorSession& session, const char* msg_type, const std::string& body, EventNo event) {
  if (session.session == nullptr || (!session.logged_on && !session.record)) return;
  if (!announce(session, event)) return;
  const auto sent = session.session->send(msg_type, body);
  if (sent || sent.error().category == ErrorCategory::closed) return;
  options_.log->log(LogLevel::error, "sim", std::string(msg_type) + " to " + session.key_id + ": " + sent.error().message);
  if (session.record && sent.error().category == ErrorCategory::store) session.record->note_lost();
}

// What a snapshot holds is not replayed: what was lost of it must be known by then.
void FixDoors::on_checkpoint(EventNo /*last*/) {
  for (DoorSession* session : by_number_) {
    if (!session->record) continue;
    try {
      session->record->settle();
    } catch (const std::exception& e) {
      options_.log->log(LogLevel::error, "sim", e.what());
    }
  }
}

// ---- state --------------------------------------------------------------------------------------------------------------------

std::string FixDoors::sessions_json() {
  boost::json::array list;
  for (const DoorSession* session : by_number_) {
    if (session->session == nullptr) continue;
    boost::json::object entry;
    entry["session"] = to_string(session->door);
    entry["key_id"] = session->key_id;
    entry["logged_on"] = session->logged_on;
    entry["listener"] = session->options.listener;
    entry["next_sender_seq"] = session->session->next_sender_seq();
    entry["next_target_seq"] = session->session->next_target_seq();
    list.push_back(std::move(entry));
  }
  return boost::json::serialize(list);
}

}  // namespace marginfix::sim
