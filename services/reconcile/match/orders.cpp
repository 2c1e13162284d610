#include "services/reconcile/match/orders.hpp"

#include <algorithm>

#include "services/reconcile/wide.hpp"

namespace marginfix::reconcile {

namespace {

Difference about_order(const OrderRow& order, BreakCategory category) {
  Difference d;
  d.category = category;
  d.account = order.account;
  d.subject = order_subject(order.order_id);
  d.exec_id = order.last_exec_id;
  d.order_id = order.order_id;
  d.cl_ord_id = order.cl_ord_id;
  d.symbol = order.symbol;
  d.subaccount = order.subaccount;
  d.here_source = "fix";
  return d;  // without a time: an order may rest for days before its sides differ
}

std::string state_in_words(FixedPointCount leaves) {
  return leaves.units() > 0 ? "open, " + leaves.to_string() + " left" : std::string("done");
}

Wide power_of_ten(int exponent) noexcept {
  Wide value = 1;
  for (int i = 0; i < exponent; ++i) value *= 10;
  return value;
}

// 10^-8 dollars / hundredths of a contract, as a decimal text of six places.
std::string mean_in_words(const std::string& value, FixedPointCount quantity) {
  if (quantity.is_zero()) return "0";
  return DollarDecimal::from_units(static_cast<std::int64_t>(divide_rounded(wide_of(value), quantity.units()))).to_string();
}

void compare_fills(const OrderRow& order, std::vector<Difference>& found) {
  if (!order.from_new) return;  // it began before the ledger did
  if (order.cum_qty != order.booked_qty) {
    Difference d = about_order(order, BreakCategory::cum_qty);
    d.subject += " fills";
    d.here_value = order.cum_qty.to_string();
    d.there_source = "fills";
    d.there_value = order.booked_qty.to_string();
    d.explanation = "CumQty(14) of the newest report is not the sum of the fills";
    found.push_back(std::move(d));
  } else if (!order.cum_qty.is_zero() && !order.avg_px.empty() && !average_agrees(order.avg_px, order.booked_value, order.booked_qty)) {
    Difference d = about_order(order, BreakCategory::avg_px);
    d.here_value = order.avg_px;
    d.there_source = "fills";
    d.there_value = mean_in_words(order.booked_value, order.booked_qty);
    d.explanation = "AvgPx(6) of the newest report is not the mean of the fills";
    found.push_back(std::move(d));
  }
}

void compare_rest(const OrderRow& order, std::vector<Difference>& found) {
  if (order.ord_status.empty() || !order.rest_leaves_qty) return;
  const bool open_here = order.leaves_qty.units() > 0, open_there = order.rest_leaves_qty->units() > 0;
  if (open_here != open_there || (open_here && order.leaves_qty != *order.rest_leaves_qty)) {
    Difference d = about_order(order, BreakCategory::order_state);
    d.here_value = state_in_words(order.leaves_qty);
    d.there_source = to_string(Source::rest);
    d.there_value = state_in_words(*order.rest_leaves_qty);
    d.explanation = open_here == open_there ? "the two have different quantities left" : "open on one side and done on the other";
    found.push_back(std::move(d));
  } else if (open_here && order.rest_cum_qty && *order.rest_cum_qty != order.cum_qty) {
    Difference d = about_order(order, BreakCategory::cum_qty);
    d.subject += " rest";
    d.here_value = order.cum_qty.to_string();
    d.there_source = to_string(Source::rest);
    d.there_value = order.rest_cum_qty->to_string();
    d.explanation = "the two have filled different quantities";
    found.push_back(std::move(d));
  }
}

}  // namespace

std::string order_subject(std::string_view order_id) {
  std::string subject("order ");
  subject += order_id;
  return subject;
}

bool average_agrees(const std::string& avg_px, const std::string& booked_value, FixedPointCount booked_qty) {
  const auto average = MultiplierDecimal::parse(avg_px);
  if (!average || !average->fits()) return true;  // not a number that can be held against anything
  // average x quantity against the value, each in 10^-(8 + decimals) dollars; the average may be off by one in its last place.
  // Four decimals are a price's own: a text with fewer is exact.
  const int written = -average->exponent();
  const int decimals = std::max(written, 4);
  if (written < -12 || decimals > 12) return true;
  const Wide coefficient = static_cast<Wide>(average->coefficient()) * power_of_ten(decimals - written);
  const Wide stated = coefficient * booked_qty.units() * power_of_ten(6);  // dollars x 10^decimals, contracts x 10^2
  const Wide exact = wide_of(booked_value) * power_of_ten(decimals);
  const Wide off = stated > exact ? stated - exact : exact - stated;
  return off <= static_cast<Wide>(booked_qty.units()) * power_of_ten(6);
}

std::vector<Difference> compare_order(const OrderRow& order, bool rest_is_later, bool reports_missing) {
  std::vector<Difference> found;
  if (!reports_missing) compare_fills(order, found);
  if (rest_is_later) compare_rest(order, found);
  return found;
}

bool is_done(const OrderRow& order) {
  if (order.leaves_qty.units() > 0 || (order.rest_leaves_qty && order.rest_leaves_qty->units() > 0)) return false;
  return !order.from_new || order.cum_qty == order.booked_qty;
}

}  // namespace marginfix::reconcile
