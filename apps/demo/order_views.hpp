// What the demo's desk knows of each of its orders, by ClOrdID(11). A plain value: no time, no threads.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/fix/messages.hpp"
#include "marginfix/sessions/order_entry_session.hpp"

namespace marginfix::apps {

// The latest of what is known of one order.
struct OrderView {
  OrdStatus status{};
  ExecType exec_type{};
  FixedPointCount cum, leaves;
  std::string text;
  bool refused_cancel{false};
  // The exchange has said what became of the request. A pending report says only that it has arrived; what follows is the answer, on a
  // slow machine much later.
  bool answered{false};
  std::string unknown{};  // why its outcome is unknown; empty: it is not
};

class OrderViews {
 public:
  void take(const fix::ExecutionReport& report);
  void take(const fix::OrderCancelReject& reject);
  void take(const UnknownOutcome& what);

  std::optional<OrderView> find(const std::string& cl_ord_id) const;
  // What is still unknown, a text each.
  std::vector<std::string> unknown() const;

 private:
  void settle(std::string_view cl_ord_id);

  std::map<std::string, OrderView, std::less<>> views_;
};

}  // namespace marginfix::apps
