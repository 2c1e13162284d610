// The demo's trading desk: one account's client with every session, and a record of all that came in, by the way it came.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "apps/demo/order_views.hpp"
#include "marginfix/domain/order_book.hpp"
#include "marginfix/domain/order_tracker.hpp"
#include "marginfix/domain/position_ledger.hpp"
#include "marginfix/exchange_account.hpp"
#include "marginfix/margin_fix_client.hpp"

namespace marginfix::apps {

// The demo cannot go on; what() says what was awaited in vain.
class DemoFailure : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What one way of hearing about the account has told: reports by ExecID(17), each once however often it came, orders and positions.
struct Record {
  std::map<std::string, std::string> reports;  // ExecID -> ClOrdID
  OrderTracker orders;
  PositionLedger positions;
  std::uint64_t duplicates{0};  // reports that came again
  std::string last_exec_id;
  Timestamp last_time{};  // TransactTime(60) of the latest report

  void take(const fix::ExecutionReport& report);
  bool knows_order(const std::string& order_id) const { return orders.find_by_order_id(order_id) != nullptr; }
};

class Desk {
 public:
  Desk(const ExchangeAccount& account, std::string prefix);
  ~Desk();

  void start();  // every session logged on, or DemoFailure
  MarginFixClient& client() { return client_; }

  struct Ticket {
    Side side{Side::Buy};
    std::string symbol;
    int quantity{0};
    std::string price;
    std::optional<TimeInForce> time_in_force{};
    std::optional<Timestamp> expire_time{};
    std::optional<ExecInst> exec_inst{};
    std::string group{};
  };
  // Sends and gives the ClOrdID, a short one that reads well: "a-7".
  std::string place(OrderEntrySession& session, const Ticket& ticket);
  // Sends under a given ClOrdID; Error as OrderEntrySession::new_order.
  Result<SendReceipt> try_place(OrderEntrySession& session, const Ticket& ticket, const std::string& cl_ord_id);
  std::string amend(OrderEntrySession& session, const std::string& cl_ord_id, const Ticket& changed);
  std::string next_id();

  // Waits for a report of the order that satisfies `good`; gives it. DemoFailure after 10 s.
  OrderView await(const std::string& cl_ord_id, std::string_view what, const std::function<bool(const OrderView&)>& good);
  OrderView await_status(const std::string& cl_ord_id, OrdStatus status);
  void wait_for(std::string_view what, const std::function<bool()>& condition, std::chrono::seconds at_most = std::chrono::seconds(15));

  // Copies, taken under the lock.
  Record own() const { return copy(own_); }
  Record heard() const { return copy(heard_); }
  Record past() const { return copy(past_); }
  std::optional<OrderView> view(const std::string& cl_ord_id) const;
  std::vector<std::string> take_not_sent();
  std::vector<std::string> unknown_outcomes() const;  // of what no answer has come for since, a text each
  std::uint64_t book_updates(const std::string& symbol) const;
  std::uint64_t trades_seen() const;

  // Everything from `from` on (empty: from the beginning) by drop copy, into `past`; the listener's gap is filled from it when
  // `fill_gap` is set. Gives how many reports came.
  // Error where drop copy is not enabled for the account (drop_copy_not_enabled()); DemoFailure for every other trouble.
  Result<std::uint64_t> fetch_past(const std::string& from, bool fill_gap);
  // The listener's gap filled by what REST has. Gives how many fills came that had not been heard of.
  std::uint64_t fill_gap_by_rest(const std::vector<Fill>& fills);

 private:
  Record copy(const Record& record) const {
    const std::lock_guard lock(mutex_);
    return record;
  }
  void on_own_report(const fix::ExecutionReport& report);
  void attach(OrderEntrySession& session);
  void attach(ListenerSession& session);
  void attach(DropCopySession& session);
  void attach(MarketDataSession& session);
  void changed() { changed_.notify_all(); }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string prefix_;
  int next_id_{0};
  Record own_, heard_, past_;
  bool fill_gap_{false};
  OrderViews orders_;
  std::vector<std::string> not_sent_;
  std::map<std::string, std::uint64_t> book_updates_;
  std::uint64_t trades_{0};
  std::string problem_;  // something that must not happen did: the next wait throws it
  MarginFixClient client_;
};

}  // namespace marginfix::apps
