// The gateway's desk: every order of every client between the client's names and the exchange's. Requests of clients and words of the
// exchange come in, Actions come out; no socket, no file, no clock. Told the same records again it is the same desk (restore()).
//
// Rules (each with a test in tests/unit/gateway/desk_test.cpp and a scenario in tests/integration/gateway):
//  * A client's ClOrdID(11) means one thing for good: a D, G or F under a known one is refused, or answered with the order's status where
//  it
//    is marked as a possible resend (97=Y); one marked as a possible duplicate (43=Y) is not answered.
//  * What goes to the exchange has a ClOrdID of our own, written down before it leaves. OrderID(37) is the exchange's.
//  * What the exchange says wins. What it does not say is not told: a client hears New before the first trade, each trade once, one end.
//  * CumQty(14) and AvgPx(6) are those of the trades that the client has been told.
//  * OrdStatus(39) is PendingCancel or PendingReplace only after the client was told of it.
// Thread: the gateway's. Functions that apply a word of the exchange throw Exception where quantities overflow.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/id_index.hpp"
#include "marginfix/domain/order_tracker.hpp"
#include "marginfix/fix/messages.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/oms/order_messages.hpp"
#include "services/gateway/orders/actions.hpp"
#include "services/gateway/orders/client_order.hpp"
#include "services/gateway/orders/exec_ids.hpp"
#include "services/gateway/orders/number_set.hpp"
#include "services/gateway/orders/open_sums.hpp"

namespace marginfix::gateway {

// What the desk asks about an order before it takes it: the reason why not, or nothing. `replaces`: the order that it would change.
struct LimitRefusal {
  int ord_rej_reason{99};  // 103, as in 5.0 SP2
  std::string text;
};
struct OrderTerms {
  std::string_view symbol;  // the exchange's
  Side side{};
  FixedPointCount order_qty;
  DollarDecimal price;
};
using LimitCheck = std::function<std::optional<LimitRefusal>(const ClientConfig&, const OrderTerms&, const ClientOrder* replaces)>;

// What a status report answers. Views live as long as the request.
struct StatusAsked {
  std::string_view cl_ord_id{}, ord_status_req_id{}, mass_status_req_id{}, symbol{};
  std::optional<char> side{};
  std::optional<std::int32_t> total{};  // of a mass status request
  bool last{true};
};

class OrderTeller;

class Desk {
 public:
  // `client_of`: by ClientConfig::name(); null: it is in the configuration no more. `account_of`: the key its orders go out on.
  struct Surroundings {
    std::function<const ClientConfig*(std::string_view name)> client_of;
    std::function<std::string(const ClientConfig&)> account_of;
    std::function<std::string()> make_exchange_id;  // a UUID
    LimitCheck limits;
  };
  explicit Desk(Surroundings surroundings);
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // ---- from clients; `now` is the wall clock ----------------------------------------------------------------------------------
  void take(const ClientConfig& client, const NewOrder& order, Timestamp now, Actions& out);
  void take(const ClientConfig& client, const Replace& request, Timestamp now, Actions& out);
  void take(const ClientConfig& client, const Cancel& request, Timestamp now, Actions& out);
  void take(const ClientConfig& client, const StatusRequest& request, Timestamp now, Actions& out);
  void take(const ClientConfig& client, const MassStatusRequest& request, Timestamp now, Actions& out);
  void take(const ClientConfig& client, const MassCancel& request, Timestamp now, Actions& out);
  // The same D, G or F refused before it is looked at (stale, too many, killed, no exchange): 8 or 9 with this text. A possible resend of a
  // known one is answered as ever.
  void refuse(const ClientConfig& client, const NewOrder& order, const LimitRefusal& why, Timestamp now, Actions& out);
  void refuse(const ClientConfig& client, const Replace& request, const LimitRefusal& why, Timestamp now, Actions& out);
  void refuse(const ClientConfig& client, const Cancel& request, const LimitRefusal& why, Timestamp now, Actions& out);

  void refuse(const ClientConfig& client, const MassCancel& request, const std::string& why, Timestamp now, Actions& out);

  // ---- from the exchange --------------------------------------------------------------------------------------------------------
  // False: no order of a client of ours.
  bool on_report(const fix::ExecutionReport& report, Timestamp now, Actions& out);
  bool on_cancel_reject(const fix::OrderCancelReject& reject, Timestamp now, Actions& out);
  // The D, G or F with this exchange-side id will not be dealt with: it never left, or was refused before the exchange looked at it.
  void on_not_taken(std::string_view exchange_id, const std::string& text, Timestamp now, Actions& out);
  void on_outcome_unknown(std::string_view exchange_id, UnknownCause cause, const std::string& text, Timestamp now, Actions& out);
  // What REST says of an order, and its trades: fills first.
  void on_baseline(const Baseline& baseline, Timestamp now, Actions& out);
  void on_fill(const Fill& fill, Timestamp now, Actions& out);

  // ---- cancels of our own ---------------------------------------------------------------------------------------------------------
  // Every open order for which `which` says so; gives how many. Those with a cancel under way are left alone.
  std::size_t cancel_all(OrderRequest::Cause cause, const std::function<bool(const ClientOrder&)>& which, Timestamp now, Actions& out);

  // ---- the same again --------------------------------------------------------------------------------------------------------------
  // One record of the journal (facts, reports, what REST said); what is told because of it is not told again.
  Result<void> restore(const JournalRecord& record);
  // Everything, as the records a journal file begins with.
  void snapshot(const std::function<void(const JournalRecord&)>& put) const;
  // A new process: ids of its reports are new ones from here on.
  void begin(Timestamp now) { exec_ids_.begin(now); }

  // ---- what it knows ----------------------------------------------------------------------------------------------------------------
  const ClientOrder* find(std::uint64_t number) const;
  const ClientOrder* find_exchange_id(std::string_view exchange_id) const;
  const ClientOrder* find_client_id(std::string_view client, std::string_view cl_ord_id) const;
  const OrderState* state_of(const ClientOrder& order) const;
  const TrackedOrder* tracked(const ClientOrder& order) const;
  bool has_trade(const ClientOrder& order, std::string_view trade_id) const;
  // In the order in which they came.
  const std::map<std::uint64_t, ClientOrder>& orders() const noexcept { return orders_; }
  const NumberSet& open_orders() const noexcept { return open_; }
  const NumberSet& unsettled_orders() const noexcept { return unsettled_; }
  const OpenSums& open_sums() const noexcept { return open_sums_; }
  // Net of the client's trades through this gateway, long positive.
  FixedPointCount position_of(std::string_view client, std::string_view symbol) const;
  // What nobody could say anything of: ids of orders, amends and cancels on the exchange's side. And orders whose trades are missing.
  std::vector<std::string> unknown_outcomes() const;
  std::vector<std::uint64_t> incomplete() const;
  // Sent, and without any answer; of orders of which nothing has been told since `before`.
  std::vector<std::string> unanswered(Timestamp before = Timestamp::max()) const;
  // What goes to the exchange for a Send; views into the desk, valid until it changes.
  fix::NewOrderSingle new_order_of(const ClientOrder& order) const;
  fix::OrderCancelReplaceRequest replace_of(const ClientOrder& order, const OrderRequest& request) const;
  fix::OrderCancelRequest cancel_of(const ClientOrder& order, const OrderRequest& request) const;
  // ExecID(17) of our own, for what is told beside orders.
  std::string next_exec_id() { return exec_ids_.next(); }

  // Orders whose trades are missing and will not come, as `which` says: their ends are told without them.
  void give_up_trades(const std::function<bool(const ClientOrder&, const TrackedOrder&)>& which, Timestamp now, Actions& out);
  // Drops orders that ended before `before`; gives how many.
  std::size_t forget(Timestamp before);

 private:
  friend class OrderTeller;
  struct CancelRefusal {
    int cxl_rej_reason{99};  // 102, as in 5.0 SP2
    std::string text;
  };

  // desk_requests.cpp
  template <class Request>
  bool answered_before(const ClientConfig& client, const Request& request, Timestamp now, Actions& out);
  template <class Request>
  bool answered_as_known(const ClientConfig& client, const Request& request, const ClientOrder& known, Timestamp now, Actions& out);
  ClientOrder order_asked(const ClientConfig& client, const NewOrder& request, Timestamp now);
  void reject(const ClientConfig& client, const NewOrder& request, const LimitRefusal& why, Timestamp now, Actions& out);
  template <class Request>
  void reject(const ClientConfig& client, const Request& request, ClientOrder* order, const CancelRefusal& why, Timestamp now,
              Actions& out);
  template <class Request>
  std::optional<CancelRefusal> request_fault(const ClientConfig& client, const Request& request, const ClientOrder* order) const;
  ClientOrder* target_of(const ClientConfig& client, std::string_view orig_cl_ord_id);
  std::string exchange_id_of(const ClientOrder& order, std::string_view cl_ord_id) const;
  static bool is_present_id(const ClientOrder& order, std::string_view cl_ord_id);
  OrderRequest& add_request(ClientOrder& order, OrderRequest request, Timestamp now, Actions& out);
  void tell_status(const ClientConfig& client, const ClientOrder* order, const StatusAsked& asked, Timestamp now, Actions& out);

  // desk_reports.cpp
  ClientOrder* order_of(std::string_view exchange_id, std::string_view other_exchange_id, std::string_view order_id);
  void apply(ClientOrder& order, const OrderEvent& event, const OrderReport* report, Timestamp now, Actions& out);
  void tell_effects(ClientOrder& order, const OrderState& state, const std::vector<OrderEffect>& effects,
                    const std::vector<std::string>& subjects, bool by_read, OrderTeller& teller);
  void on_effect(ClientOrder& order, const OrderState& state, const OrderEffect& effect, const std::string& subject, bool by_read,
                 OrderTeller& teller);
  void on_amended(ClientOrder& order, const OrderState& state, const std::string& subject, bool by_read, OrderTeller& teller);
  void cancel_unwanted(const ClientOrder& order, Timestamp now, Actions& out);
  void finish(ClientOrder& order, const OrderState& state, const OrderEvent& event, OrderTeller& teller);
  void tell_end(ClientOrder& order, const OrderState& state, const OrderReport* report, OrderTeller& teller);
  void answer_left_over(ClientOrder& order, const OrderState& state, OrderTeller& teller);
  static OrderRequest* canceled_by(ClientOrder& order, const OrderState& state, const OrderReport* report);
  void give_up_trades(ClientOrder& order, const ClientConfig& client, Timestamp now, Actions& out);

  // desk_state.cpp
  void add(ClientOrder order, Timestamp now);
  OrderRequest& add(ClientOrder& order, OrderRequest request, Timestamp now);
  void index(ClientOrder& order);
  void index(ClientOrder& order, const OrderRequest& request);
  void index_order_id(ClientOrder& order);
  void note_open(const ClientOrder& order) {
    if (order.open()) open_.insert(order.number);
  }
  ClientOrder* by_exchange_id(std::string_view exchange_id) const;
  ClientOrder* by_client_id(std::string_view client, std::string_view cl_ord_id) const;
  ClientOrder* by_order_id(std::string_view order_id) const;
  void note_end(const ClientOrder& order) { open_.erase(order.number); }
  void note_state(ClientOrder& order) { note_state(order, state_of(order)); }
  void note_state(ClientOrder& order, const OrderState* state);
  Result<void> restore_record(const JournalRecord& record);
  Result<void> restore_order(const JournalRecord& record);
  Result<void> restore_request(const JournalRecord& record);
  Result<void> restore_message(const JournalRecord& record);
  Result<void> restore_words(const JournalRecord& record);

  Surroundings around_;
  std::map<std::uint64_t, ClientOrder> orders_;
  NumberSet open_;
  IdIndex<ClientOrder*> by_exchange_id_, by_client_id_, by_order_id_;  // into orders_, where each stays in its place
  // Of which something is still to be said: open ones without an answer, of unknown outcome, with trades missing; ended ones with a
  // request that nobody has answered.
  NumberSet unsettled_;
  NumberSet doubted_;  // the open ones of these that are more than under way: of unknown outcome, with trades missing
  std::map<std::string, std::map<std::string, FixedPointCount>> positions_;  // by client, symbol
  OpenSums open_sums_;
  OrderTracker tracker_;
  bool restoring_{false};  // what follows from the record stands in the journal itself
  ExecIds exec_ids_;
  std::optional<int> stated_cxl_rej_reason_;  // of the OrderCancelReject(9) that is being applied
  std::uint64_t last_number_{0};
};

}  // namespace marginfix::gateway
