// The four FIX doors of the simulated exchange: checks Logons, turns messages into requests of the engine and events into reports,
// and sends each report to where it belongs (fix-margin.md "Where reports go"). Lives on one I/O thread, the engine's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "marginfix/sessions/acceptor.hpp"
#include "marginfix/sessions/connection_table.hpp"
#include "sim/doors/brake.hpp"
#include "sim/doors/fix/door_session.hpp"
#include "sim/doors/fix/drop_copy.hpp"
#include "sim/doors/fix/drop_copy_access.hpp"
#include "sim/doors/fix/market_data.hpp"
#include "sim/doors/fix/order_faults.hpp"
#include "sim/doors/fix/order_requests.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/keys/key_ring.hpp"

namespace marginfix::sim {

struct GatewayOptions {
  std::filesystem::path sessions_dir;               // DIR/sessions: what KalshiRT remembers
  const KeyRing* keys{nullptr};                     // must outlive the doors
  std::set<std::string, std::less<>> refused_keys;  // key ids whose tier may not use FIX
  bool one_connection_per_key{false};               // the strict reading: whatever the TargetCompID
  std::vector<std::string> drop_copy_not_enabled;   // accounts that get U3 with 21004=5
  MdFields md_fields{MdFields::documented};
  std::function<Timestamp()> wall_now;
  std::function<void()> engine_used;             // after the engine was called: its next timer may have moved
  Brake* brake{nullptr};                         // slows down who guesses signatures; may be null
  std::shared_ptr<ConnectionTable> connections;  // as FixAcceptor
  std::shared_ptr<LogSink> log;
};

class FixDoors final : public AcceptorHandler, public EventSink {
 public:
  // Throws std::runtime_error when the embedded dictionaries do not load (a build that went wrong).
  FixDoors(boost::asio::io_context& io, Exchange& exchange, GatewayOptions options);
  ~FixDoors() override;

  // Before Exchange::open(): opens the doors (nobody is heard before the io_context runs) and brings back the KalshiRT sessions, so
  // that replayed reports find them.
  Result<std::uint16_t> open(const AcceptorDoor& door);
  Result<void> restore_sessions();
  // After Exchange::open(): cancels what sessions with 8013=Y left behind when the last process died.
  Result<void> finish_restore();
  Result<void> enable_drop_copy(const std::string& account, bool enabled) { return drop_copy_access_.set(exchange_, account, enabled); }
  void stop(const std::string& text, std::function<void()> stopped);
  // From now on nothing that happens to a session has consequences (kill).
  void die() noexcept { dead_ = true; }
  FixAcceptor& acceptor() noexcept { return acceptor_; }
  OrderFaults& order_faults() noexcept { return order_faults_; }
  std::string sessions_json();  // for GET /state

 private:
  // AcceptorHandler
  LogonDecision on_logon_request(const AcceptorDoor& door, const LogonRequest& request) override;
  AcceptedSession on_new_session(const AcceptorDoor& door, const std::string& peer_comp_id) override;
  void on_logged_on(AcceptorSession& session, std::string_view logon) override;
  void on_logged_out(AcceptorSession& session, const std::string& reason) override;
  void on_message(AcceptorSession& session, const AcceptorMessage& message) override;
  void on_drained(AcceptorSession& session) override;
  // EventSink
  void on_execution(const ExecutionEvent& event) override;
  void on_cancel_reject(const CancelRejectEvent& event) override;
  void on_mass_cancel(const MassCancelEvent& event) override;
  void on_group_result(const GroupResultEvent& event) override;
  void on_level(const LevelEvent& event) override { market_data_.on_level(event); }
  void on_trade(const TradeEvent& event) override { market_data_.on_trade(event); }
  void on_market_status(const MarketStatusEvent& event) override { market_data_.on_status(event); }
  void on_command_end() override { market_data_.on_command_end(); }
  void on_checkpoint(EventNo last) override;

  // logon
  LogonDecision judge_key(const LogonRequest& request) const;
  LogonDecision slow_down(const LogonRequest& request, LogonDecision refusal) const;
  LogonDecision judge_access(FixDoor door, const LogonRequest& request, const SessionOptions& options);
  bool has_lost(FixDoor door, const std::string& key_id) const;
  bool connected_elsewhere(std::string_view key_id) const;
  // sessions
  DoorSession& door_session(FixDoor door, const std::string& key_id);
  DoorSession* entered_by(const Route& route);
  void resolve(DoorSession& session);
  void reindex();
  void remember(const DoorSession& session);
  // What the engine must hear before anything else of this session: the end of the connection before, the restart of its numbers. Throws
  // Exception (store): it is still owed then.
  void settle(DoorSession& session);
  void end_session(std::uint32_t number);
  void settle_later(DoorSession& session);
  // inbound
  void dispatch(DoorSession& session, const AcceptorMessage& message);
  void order_message(DoorSession& session, const AcceptorMessage& message);
  void trade_request(DoorSession& session, const AcceptorMessage& message, const RequestContext& context);
  void carry_out(DoorSession& session, const AcceptorMessage& message, const RequestContext& context);
  void say_unavailable(DoorSession& session, const AcceptorMessage& message);
  void refuse_unwritten(DoorSession& session, const AcceptorMessage& message);
  bool is_withheld(const DoorSession& session, std::string_view cl_ord_id) const {
    return &session == withheld_from_ && cl_ord_id == inbound_.cl_ord_id;
  }
  void new_order(DoorSession& session, const AcceptorMessage& message, const RequestContext& context);
  void market_data_message(DoorSession& session, const AcceptorMessage& message);
  void drop_copy_message(DoorSession& session, const AcceptorMessage& message);
  Spend price_of(std::string_view type) const;
  Refusal check_customer(const DoorSession& session, std::string_view customer) const;
  bool charge(DoorSession& session, const AcceptorMessage& message);
  // outbound
  void refuse(DoorSession& session, const AcceptorMessage& message, const Refusal& refusal);
  void business_reject(DoorSession& session, std::int64_t ref_seq, std::string_view ref_type, int reason, const std::string& text);
  void reject_order(DoorSession& session, int reason, const std::string& text);
  void give(DoorSession& session, const ExecutionEvent& event);
  void deliver(DoorSession& session, const char* msg_type, const std::string& body, EventNo event);
  bool announce(DoorSession& session, EventNo event);
  bool already_given(const DoorSession& session, EventNo event) const;

  Exchange& exchange_;
  GatewayOptions options_;
  OrderFaults order_faults_;
  const DoorSession* withheld_from_{nullptr};  // hears nothing of the request that is being carried out (OrderFault)
  bool dead_{false};
  bool unresolved_{false};  // a remembered session whose key the engine has not yet replayed
  boost::asio::io_context& io_;
  fixwire::Reader reader_;
  fixwire::Writer writer_;
  fixwire::Inbound inbound_;
  fixwire::ExecutionReport report_;
  std::map<std::pair<FixDoor, std::string>, std::unique_ptr<DoorSession>> sessions_;
  std::vector<DoorSession*> by_number_;  // DoorSession::number
  std::unordered_map<const AcceptorSession*, DoorSession*> by_session_;
  std::vector<DoorSession*> by_key_[2];               // NR, RT; by KeyNo
  std::vector<std::vector<DoorSession*>> listeners_;  // by AccountId
  MarketDataDoor market_data_;
  DropCopyDoor drop_copy_;
  DropCopyAccess drop_copy_access_;
  FixAcceptor acceptor_;  // last: its end closes the sockets before anything it calls back to is gone
};

}  // namespace marginfix::sim
