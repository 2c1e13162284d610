// What the demo's desk knows of each of its orders, by ClOrdID(11): an OrderTracker, and what has been answered. No time, no threads.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/domain/order_tracker.hpp"
#include "marginfix/fix/messages.hpp"
#include "marginfix/sessions/order_entry_session.hpp"

namespace marginfix::apps {

// What is known of one order, under the id it was asked for by.
struct OrderView {
  OrdStatus status{};
  FixedPointCount cum, leaves;
  std::string text;
  bool refused_cancel{false};
  // The exchange has said what became of the request with this id. A pending report says only that it has arrived; what follows is the
  // answer, on a slow machine much later.
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

  OrderTracker orders_;
  std::set<std::string, std::less<>> answered_;
  std::map<std::string, std::string, std::less<>> refused_, unknown_;  // by request: why
};

}  // namespace marginfix::apps
