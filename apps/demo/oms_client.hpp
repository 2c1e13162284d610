// An order management system of the demo: what it sends by QuickFIX, and what it knows by what came back and by nothing else.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apps/demo/quickfix_oms.hpp"
#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/order_book.hpp"
#include "services/gateway/oms/version.hpp"

namespace marginfix::apps {

// An order as the latest ExecutionReport(8) of it says.
struct OmsOrder {
  std::string cl_ord_id, order_id;  // 11; 37, "NONE" until the exchange has said it
  std::string symbol;               // 55
  char side{'1'};                   // 54
  char ord_status{'A'};             // 39
  char exec_type{'A'};              // 150
  FixedPointCount cum, leaves;      // 14, 151
  std::string text;                 // 58
  bool poss_dup{false};             // 43=Y: it came out of the gateway's store

  bool over() const noexcept { return leaves.is_zero() && ord_status != 'A'; }
  bool pending() const noexcept { return ord_status == 'A' || ord_status == '6' || ord_status == 'E'; }
};

// Everything that a client's ExecutionReports tell, each ExecID(17) once.
struct OmsRecord {
  std::map<std::string, OmsOrder> orders;        // by OrderID(37); by ClOrdID(11) while there is none
  std::set<std::string> accepted;                // OrderIDs that were told New
  std::set<std::string> in_doubt;                // ClOrdIDs that were told Pending New with a reason why
  std::map<std::string, FixedPointCount> fills;  // by ExecID(17): quantity, negative where sold
  std::map<std::string, FixedPointCount> positions;
  std::uint64_t reports{0};     // different ones
  std::uint64_t duplicates{0};  // that came again
};

class OmsClient {
 public:
  // `dictionary`: the file that QuickFIX validates by; `folder`: for its store.
  OmsClient(gateway::FixVersion version, const std::string& comp_id, std::uint16_t port, const std::string& dictionary,
            const std::string& folder);
  ~OmsClient();
  OmsClient(const OmsClient&) = delete;
  OmsClient& operator=(const OmsClient&) = delete;

  const std::string& name() const noexcept { return name_; }  // its CompID
  gateway::FixVersion version() const noexcept { return version_; }
  void start();  // DemoFailure when it is not logged on in 15 s
  void log_out();
  void log_on();
  bool logged_on() const { return quickfix_.logged_on(); }

  struct Ticket {
    char side{'1'};  // 54
    std::string symbol;
    int quantity{0};
    std::string price;     // "": none
    char ord_type{'2'};    // 40
    char time_in_force{};  // 59; 0: not said
    std::optional<Timestamp> expire_time{};
    std::string exec_inst{};  // 18
    std::string group{};      // 526, FIX 4.4
  };
  // Each gives the ClOrdID(11) that it went out under: "42-7".
  std::string order(const Ticket& ticket);
  std::string replace(const std::string& cl_ord_id, const Ticket& changed);
  std::string cancel(const std::string& cl_ord_id, const Ticket& ticket);
  std::string mass_cancel();  // FIX 4.4
  // OrderStatusRequest(H), answered.
  OmsOrder status(const std::string& cl_ord_id, const Ticket& ticket);
  // OrderMassStatusRequest(AF) of FIX 4.4, answered: how many orders work.
  std::size_t working_orders();

  // The order under the ClOrdID once it satisfies `good`; DemoFailure after 15 s.
  OmsOrder await(const std::string& cl_ord_id, std::string_view what, const std::function<bool(const OmsOrder&)>& good);
  OmsOrder await_status(const std::string& cl_ord_id, char ord_status);
  std::string await_cancel_reject(const std::string& cl_ord_id);  // OrderCancelReject(9): "102=0 TEXT"
  void wait_for(std::string_view what, const std::function<bool()>& condition, std::chrono::seconds at_most = std::chrono::seconds(15));
  std::optional<OmsOrder> find(const std::string& cl_ord_id) const;
  OmsRecord record() const;

  // Market data: a snapshot and its updates, by V.
  void subscribe(const std::string& symbol);
  OrderBook book(const std::string& symbol) const;
  std::uint64_t updates(const std::string& symbol) const;
  std::uint64_t trades_seen() const;

 private:
  class Fields;
  struct Market {
    OrderBook book;
    std::uint64_t updates{0};
  };
  struct MassStatus {
    std::size_t orders{0};
    bool done{false};  // 912=Y
  };
  QuickfixOmsHandlers handlers();
  std::string next_id();
  void send(const std::string& msg_type, const OmsFields& fields, const std::vector<OmsGroup>& groups = {});
  void on_message(const std::string& message);
  void on_report(const Fields& report);
  bool is_trade(const Fields& report) const;
  bool is_status(const Fields& report) const;
  void on_cancel_reject(const Fields& reject);
  void on_market_data(const Fields& message);
  void trouble(const std::string& text);
  bool fix42() const noexcept { return version_ == gateway::FixVersion::fix42; }

  gateway::FixVersion version_;
  std::string name_, prefix_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int next_id_{0};
  OmsRecord record_;
  std::map<std::string, OmsOrder> by_cl_ord_id_;
  std::map<std::string, OmsOrder> statuses_;  // answers to H, by ClOrdID
  std::map<std::string, std::string> cancel_rejects_;
  std::map<std::string, MassStatus> mass_statuses_;  // by MassStatusReqID(584)
  std::set<std::string> exec_ids_;
  std::map<std::string, Market> markets_;
  std::uint64_t trades_{0};
  std::string trouble_;   // something that must not happen did: the next wait throws it
  QuickfixOms quickfix_;  // the last: its thread uses the others
};

// "39=1 PartiallyFilled, 4.00 filled, 8.00 left (TEXT)"
std::string words(const OmsOrder& order);

}  // namespace marginfix::apps
