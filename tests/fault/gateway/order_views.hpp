// What a client believes of its orders by the gateway's reports alone, and what is wrong with a report by the rules of FIX: New before a
// trade, each ExecID once, quantities that add up, one end, answers to what was asked.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fault/gateway/oms_session.hpp"
#include "marginfix/core/decimal.hpp"

namespace marginfix::gateway::fault {

struct ToldTrade {
  std::string exec_id, trd_match_id;  // 880: 5.0 SP2 alone has it
  FixedPointCount quantity;
  DollarDecimal price;
};

// A replace or cancel without an answer.
struct OpenRequest {
  char type{'F'};  // 'F', 'G'
  FixedPointCount quantity;
  DollarDecimal price;
};

struct ViewedOrder {
  std::string first_id, id;  // ClOrdID(11) of the D, and at present
  std::string order_id;      // 37
  char side{'1'};
  FixedPointCount quantity;
  DollarDecimal price;
  char status{0};  // 39 as last told; 0: not a word yet
  FixedPointCount cum;
  DollarDecimal value, average;  // sum of price x quantity of the trades; AvgPx(6) as last told
  std::vector<ToldTrade> trades;
  bool told_new{false}, ended{false};
  bool never_came{false};  // the gateway does not know it: it went lost with a connection
  std::map<std::string, OpenRequest> requests;
  std::string history;  // for whoever reads a failure

  bool open() const noexcept { return !ended && !never_came; }
};

class OrderViews {
 public:
  explicit OrderViews(FixVersion version) : version_(version) {}

  ViewedOrder& add(const std::string& cl_ord_id, char side, FixedPointCount quantity, DollarDecimal price);
  void add_request(ViewedOrder& order, const std::string& cl_ord_id, const OpenRequest& request);
  // One ExecutionReport(8) or OrderCancelReject(9). Gives what is wrong with it; "": nothing.
  std::string take(const Received& report);
  // The gateway does not know this id: the order, or the request, never came to it.
  void never_came(const std::string& cl_ord_id);
  // A D under a known ClOrdID is on its way, whose refusal says nothing of the order.
  void expect_duplicate(const std::string& cl_ord_id) { duplicates_.insert(cl_ord_id); }

  ViewedOrder* find(const std::string& cl_ord_id);
  const std::map<std::string, ViewedOrder>& all() const noexcept { return orders_; }  // by first_id
  bool is_status(const Received& report) const;
  std::size_t repeats() const noexcept { return repeats_; }  // reports that came again, marked so
  void forget_all();

 private:
  std::string take_report(ViewedOrder& order, const Received& report);
  std::string take_cancel_reject(const Received& report);
  std::string take_new(ViewedOrder& order);
  std::string take_trade(ViewedOrder& order, const Received& report);
  std::string take_replaced(ViewedOrder& order, const Received& report);
  std::string take_end(ViewedOrder& order, const Received& report);
  std::string take_pending(ViewedOrder& order, const Received& report);
  std::string check_figures(const ViewedOrder& order, const Received& report) const;
  std::string check_status(const ViewedOrder& order, const Received& report) const;

  FixVersion version_;
  std::map<std::string, ViewedOrder> orders_;
  std::map<std::string, std::string> first_of_;  // first_id of every id
  std::set<std::string> exec_ids_, duplicates_, forgotten_;
  std::size_t repeats_{0};
};

// To 10^-6 dollars, half to even.
DollarDecimal average_price(DollarDecimal value, FixedPointCount quantity);

}  // namespace marginfix::gateway::fault
