// What comparing finds: two sides that do not agree, or something of the account that cannot be right by itself. Plain value.
#pragma once

#include <optional>
#include <string>

#include "marginfix/core/decimal.hpp"
#include "services/reconcile/values.hpp"

namespace marginfix::reconcile {

struct Difference {
  BreakCategory category{};
  std::string account;
  std::string subject;  // what it is about, unique among the differences of its category: "fill ORDER TRADE", "position 0 KXBTCPERP", ...
  std::string exec_id, trade_id, order_id, cl_ord_id, symbol;
  std::optional<std::int64_t> subaccount;
  std::string here_source, here_value, there_source, there_value;  // decimals as text
  std::string explanation;
  bool explained{false};                // a known cause that is no fault: `explanation` names it
  bool at_once{false};                  // no grace: waiting cannot mend it
  std::optional<Timestamp> event_time;  // by the exchange's clock: when what differs was made
  DollarDecimal notional;
  friend bool operator==(const Difference&, const Difference&) = default;
};

}  // namespace marginfix::reconcile
