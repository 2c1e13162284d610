// The gateway as a whole: clients on one side (FixAcceptor), keys of the exchange on the other (KeyLine), the desk and its journal between
// them, all on one thread; page and questions to REST have threads of their own.
//
// One turn: what came in goes into the journal's batch, the desk says what follows, the batch is written, and only then do messages leave.
// Start: the journal is read; keys log on and hear what they missed; REST is asked about what nobody has answered; then clients are let in.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "marginfix/sessions/acceptor.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/exchange/key_line.hpp"
#include "services/gateway/exchange/market_feed.hpp"
#include "services/gateway/exchange/rest_lists.hpp"
#include "services/gateway/journal/journal.hpp"
#include "services/gateway/oms/market_data.hpp"
#include "services/gateway/oms/positions.hpp"
#include "services/gateway/oms/security_list.hpp"
#include "services/gateway/orders/desk.hpp"
#include "services/gateway/service/client.hpp"
#include "services/gateway/status.hpp"

namespace marginfix::gateway {

struct ServiceOptions {
  GatewayConfig config;
  std::string dir;
  std::string version;
  std::shared_ptr<LogSink> log{null_log_sink()};
  // For tests: what the line of an account is made with; and the time of day that the desk goes by.
  std::function<void(KeyLineOptions&)> prepare_line;
  const Clock* clock{&system_clock()};
  std::chrono::milliseconds settle{5'000};        // how long after it was sent REST must know an order
  std::chrono::milliseconds answer_wait{10'000};  // for any word on a request that has left
};

class GatewayService final : public AcceptorHandler, public ExchangeEvents, public GatewayView, public PositionSource {
 public:
  // Reads the journal. Errors: config, store, credentials.
  static Result<std::unique_ptr<GatewayService>> open(ServiceOptions options);
  ~GatewayService() override;  // as stop()
  GatewayService(const GatewayService&) = delete;
  GatewayService& operator=(const GatewayService&) = delete;

  // Opens the doors, begins to connect, returns. Errors: connect (port in use), config, credentials.
  Result<void> start();
  // Logs everybody out, both ways, and ends the thread. Not from its own thread.
  void stop();

  // Clients of every key are let in. Any thread.
  bool is_open() const noexcept { return open_; }
  // Something happened that it cannot go on from: stop it, and start it anew. Any thread.
  bool is_broken() const noexcept { return broken_; }
  std::uint16_t port() const noexcept { return port_; }  // of the first client's door
  bool tls() const noexcept;
  // Kill switch by a signal: blocks nothing of the caller.
  void kill_by_signal() noexcept { signalled_ = true; }

  // ---- GatewayView ----
  GatewayStatus status() override;
  std::vector<OrderRow> orders(const std::string& client, bool open_only, std::size_t most) override;
  Result<std::string> kill(const std::string& by, const std::string& reason) override;
  Result<std::string> arm(const std::string& by) override;
  Result<std::string> reload() override;

 private:
  // What a key's line is told and asked about.
  struct Line {
    std::unique_ptr<KeyLine> key;
    std::unique_ptr<ExchangeMarketFeed> feed;
    std::unique_ptr<ClientBooks> books;
    std::unique_ptr<RestLists> lists;
    bool recovered{false};             // its clients are let in
    std::set<std::uint64_t> suspects;  // orders of which reports may be missing: ask
    std::chrono::nanoseconds suspected_at{0};
    std::chrono::nanoseconds next_question{0};
    int failures{0};
    std::set<std::string> collars;  // markets whose books the limits need
  };

  explicit GatewayService(ServiceOptions options);

  // ---- gateway_service.cpp: life, and what is done with Actions ----
  Result<void> make_lines();
  Result<void> open_doors();
  AcceptorDoor door_of(const ClientConfig& client) const;
  Result<void> restore(const JournalRecord& record);
  Result<void> restore_tell(Client& client, const JournalRecord& record);
  void begin_process();
  void tick();
  void arm_tick();
  void note_turn(std::chrono::nanoseconds clock);
  void perform(Actions& actions);
  std::vector<std::int64_t> plan_tells(const std::vector<Tell>& tells, Timestamp time);
  void drop_unwritten(const Error& why, Actions& actions, Timestamp time);
  void send(const Send& what);
  void tell(Tell& what, std::int64_t planned);
  void run();
  void cancel_again();
  void tell_unsent(Client& client, bool poss_resend);
  void begin_journal_file();
  Client* client_named(std::string_view name);
  Client& client_of(AcceptorSession& session);
  Line& line_of(const ClientConfig& client);
  void note(LogLevel level, const std::string& text);
  // One message is dealt with at one time of day: the clock is read once for it.
  class Turn {
   public:
    explicit Turn(GatewayService& service) : service_(service), outer_(service.turn_) {
      if (!outer_) service_.turn_ = service_.options_.clock->now();
      service_.busy_ = true;
    }
    ~Turn() { service_.turn_ = outer_; }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    GatewayService& service_;
    std::optional<Timestamp> outer_;
  };
  Timestamp now() const { return turn_ ? *turn_ : options_.clock->now(); }
  template <class Ask>
  auto on_thread(Ask&& ask);

  // ---- oms_side.cpp ----
  LogonDecision on_logon_request(const AcceptorDoor& door, const LogonRequest& request) override;
  AcceptedSession on_new_session(const AcceptorDoor& door, const std::string& peer_comp_id) override;
  void on_logged_on(AcceptorSession& session, std::string_view logon) override;
  void on_logged_out(AcceptorSession& session, const std::string& reason) override;
  void on_message(AcceptorSession& session, const AcceptorMessage& message) override;
  void on_session_message(AcceptorSession& session, const AcceptorMessage& message) override;
  void on_sent(AcceptorSession& session, const AcceptorMessage& message) override;
  void on_drained(AcceptorSession& session) override;
  void on_sequence_reset(AcceptorSession& session, SequenceResetCause cause) override;
  void on_refused(const AcceptorDoor& door, const std::string& peer, const std::string& reason, std::string_view first) override;
  std::optional<std::string> stranger(const ClientConfig& client, const LogonRequest& request) const;
  void dispatch(Client& client, const ClientMessage& message, bool waited);
  template <class Request>
  void order_request(Client& client, const ClientMessage& message, bool waited);
  template <class Request>
  std::optional<LimitRefusal> obstacle(Client& client, const Request& request, bool& waits);
  template <class Request>
  void question(Client& client, const ClientMessage& message, bool waited);
  bool is_about_waiting(const Client& client, const StatusRequest& request) const;
  bool is_about_waiting(const Client& client, const MassStatusRequest& request) const;
  void mass_cancel(Client& client, const ClientMessage& message, bool waited);
  void answer(Client& client, const ClientMessage& message, const std::optional<Refusal>& refusal);
  void unknown_type(Client& client, const ClientMessage& message);
  std::string_view positions_withheld(const Client& client);
  void business_reject(Client& client, const ClientMessage& message, std::int32_t reason, std::string_view text);
  void wait(Client& client, const ClientMessage& message, std::string_view cl_ord_id);
  void release_waiting(Line& line);
  void refuse_waiting(Client& client, const QueuedRequest& waiting, const std::string& why);
  void refuse_old_waiting();
  std::optional<LimitRefusal> check(const ClientConfig& client, const OrderTerms& terms, const ClientOrder* replaces);
  void set_rates();

  // ---- exchange_side.cpp ----
  void on_exchange_message(KeyLine& key, const std::string& session, const Inbound& in) override;
  void on_exchange_sent(KeyLine& key, const std::string& session, std::string_view raw) override;
  void on_report(KeyLine& key, const fix::ExecutionReport& report) override;
  void on_cancel_reject(KeyLine& key, const fix::OrderCancelReject& reject) override;
  void on_not_taken(KeyLine& key, std::string_view cl_ord_id, const std::string& text) override;
  void on_outcome_unknown(KeyLine& key, std::string_view cl_ord_id, UnknownCause cause, const std::string& text) override;
  void on_line(KeyLine& key, bool up) override;
  void on_hole(KeyLine& key) override;
  void ask(const ClientLine& client, Answer answer) override;
  template <class Step>
  void step(const char* what, Step&& step_of);
  void answered(std::string_view exchange_id);
  const std::string& end_name(const KeyLine& key, std::string_view session);
  void refresh_securities();
  void want_books();

  // ---- recovery.cpp ----
  void ask_where_needed();
  void doubt_unanswered();
  bool needs_truth(const Line& line) const;
  std::set<std::uint64_t> doubtful(const Line& line) const;
  TruthQuestion question_of(const std::set<std::uint64_t>& orders) const;
  void take_truth(Line& line, const Result<Truth>& truth);
  void take_missing_trades(const Line& line, const Truth& truth);
  void give_up_trades();
  void take_order(const Truth& truth, const ClientOrder& order, Actions& out);
  void tell_amend(const Baseline& told, const OrderState& state, Actions& out);
  const Baseline* told_of(const Truth& truth, const ClientOrder& order) const;
  bool is_old_enough(const Line& line, const ClientOrder& order, const Truth& truth) const;
  bool has_left_before(const ClientOrder& order, std::string_view exchange_id, std::chrono::nanoseconds before) const;
  void let_in(Line& line);

  // ---- view.cpp ----
  GatewayStatus status_now();
  std::vector<OrderRow> orders_now(const std::string& client, bool open_only, std::size_t most) const;
  std::string kill_now(const std::string& by, const std::string& reason);
  std::string arm_now(const std::string& by);
  void cancel_everything(Actions& out);
  void watch_kill_file();

  ServiceOptions options_;
  boost::asio::io_context io_{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  boost::asio::steady_timer tick_timer_{io_};
  std::thread thread_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Desk> desk_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::map<std::string, Client*, std::less<>> by_name_;
  std::unordered_map<AcceptorSession*, Client*> by_session_;
  std::map<std::string, Line> lines_;  // by account
  SecurityList securities_;
  std::unique_ptr<Positions> positions_;
  std::unique_ptr<FixAcceptor> acceptor_;
  std::optional<TokenBucket> total_rate_;
  KillStatus kill_;
  std::chrono::nanoseconds arm_asked_at_{0};
  boost::unordered_flat_map<IdHash, std::chrono::nanoseconds> sent_at_;  // by exchange-side ClOrdID(11): until the first answer
  std::map<std::uint64_t, std::chrono::nanoseconds> trades_looked_for_;  // by order: when REST was first read without its missing trades
  std::string end_name_;
  std::optional<Timestamp> turn_;        // of the Turn that is under way
  std::chrono::nanoseconds arrived_{0};  // of the request that is being dealt with; 0: none
  LatencyHistogram oms_to_exchange_, exchange_, exchange_to_oms_;
  std::uint64_t logons_refused_{0}, unreadable_{0}, unknown_reports_{0}, last_queued_{0};
  Timestamp started_{};
  std::chrono::nanoseconds next_forget_{0}, next_securities_{0}, next_look_{0};
  std::chrono::nanoseconds last_turn_{0}, stalled_until_{0}, next_cancels_{0}, next_file_{0};
  std::chrono::nanoseconds refusals_since_{0};  // a second's refused connections are journaled up to a number
  int refusals_{0};
  std::uint16_t port_{0};
  std::atomic<bool> open_{false}, signalled_{false}, broken_{false};
  bool stopping_{false}, running_{false};
  bool busy_{false};  // something has come since the last turn of the clock
};

}  // namespace marginfix::gateway
