// FixSession: the public face of SessionCore.
#include "marginfix/sessions/fix_session.hpp"

#include "sessions/client/session_core.hpp"

namespace marginfix {

FixSession::FixSession(std::unique_ptr<sessions::SessionCore> core) : core_(std::move(core)) {}
FixSession::~FixSession() = default;

const std::string& FixSession::name() const noexcept { return core_->config().name; }
const SessionConfig& FixSession::config() const noexcept { return core_->config(); }
Result<void> FixSession::start() { return core_->start(); }
void FixSession::stop(std::function<void()> stopped) { core_->stop(std::move(stopped)); }
void FixSession::set_common_handlers(SessionHandlers handlers) { core_->set_common_handlers(std::move(handlers)); }
SessionState FixSession::state() const noexcept { return core_->state(); }
bool FixSession::active() const noexcept { return core_->active(); }
StateChange FixSession::last_change() const { return core_->last_change(); }
SessionStatistics FixSession::statistics() const { return core_->statistics(); }
void FixSession::reset_sequence_once() { core_->reset_sequence_once(); }
void FixSession::request_round_trip() { core_->request_round_trip(); }
void FixSession::kill_connection() { core_->kill_connection(); }

Result<SendReceipt> FixSession::send_body(std::string_view msg_type, std::string_view body, std::string_view reference) {
  return core_->send_body(msg_type, body, reference);
}

bool FixSession::on_io_thread() const noexcept { return core_->on_io_thread(); }
void FixSession::run_on_io_thread(std::function<void()> task) { core_->run_on_io_thread(std::move(task)); }

}  // namespace marginfix
