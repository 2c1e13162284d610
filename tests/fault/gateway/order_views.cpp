#include "fault/gateway/order_views.hpp"

#include <utility>

namespace marginfix::gateway::fault {
namespace {

FixedPointCount count_in(const Received& report, int tag) {
  const auto count = FixedPointCount::parse(report.get(tag));
  return count ? *count : FixedPointCount{};
}
DollarDecimal dollars_in(const Received& report, int tag) {
  const auto dollars = DollarDecimal::parse(report.get(tag));
  return dollars ? *dollars : DollarDecimal{};
}

char letter(const std::string& text) { return text.size() == 1 ? text.front() : '?'; }
bool ends(char status) { return status == '2' || status == '4' || status == '8' || status == 'C'; }

}  // namespace

DollarDecimal average_price(DollarDecimal value, FixedPointCount quantity) {
  if (quantity.is_zero()) return {};
  __extension__ using Wide = __int128;
  const Wide numerator = static_cast<Wide>(value.units()) * FixedPointCount::kOne;
  Wide whole = numerator / quantity.units();
  const Wide twice = (numerator % quantity.units()) * 2;
  if (twice > quantity.units() || (twice == quantity.units() && whole % 2 != 0)) ++whole;
  return DollarDecimal::from_units(static_cast<std::int64_t>(whole));
}

ViewedOrder& OrderViews::add(const std::string& cl_ord_id, char side, FixedPointCount quantity, DollarDecimal price) {
  ViewedOrder& order = orders_[cl_ord_id];
  order.first_id = order.id = cl_ord_id;
  order.side = side;
  order.quantity = quantity;
  order.price = price;
  first_of_[cl_ord_id] = cl_ord_id;
  return order;
}

void OrderViews::add_request(ViewedOrder& order, const std::string& cl_ord_id, const OpenRequest& request) {
  order.requests[cl_ord_id] = request;
  order.history += std::string("\n  asked ") + request.type + " " + cl_ord_id;
  first_of_[cl_ord_id] = order.first_id;
}

ViewedOrder* OrderViews::find(const std::string& cl_ord_id) {
  const auto first = first_of_.find(cl_ord_id);
  return first == first_of_.end() ? nullptr : &orders_.at(first->second);
}

void OrderViews::never_came(const std::string& cl_ord_id) {
  ViewedOrder* order = find(cl_ord_id);
  if (order == nullptr) return;
  order->history += "\n  never came: " + cl_ord_id;
  if (order->first_id == cl_ord_id)
    order->never_came = true;
  else
    order->requests.erase(cl_ord_id);
}

void OrderViews::forget_all() {
  for (const auto& [id, first] : first_of_) forgotten_.insert(id);
  first_of_.clear();
  orders_.clear();
}

bool OrderViews::is_status(const Received& report) const {
  return version_ == FixVersion::fix42 ? report.get(20) == "3" : report.get(150) == "I";
}

// ---- a report -------------------------------------------------------------------------------------------------------------------------
std::string OrderViews::take(const Received& report) {
  const std::string id = report.get(11), exec_id = report.get(17);
  std::string wrong;
  if (report.type == "8" && !exec_ids_.insert(exec_id).second) {
    ++repeats_;
    if (report.poss_dup || report.poss_resend) return {};
    wrong = "ExecID(17) was there before";
  }
  ViewedOrder* order = find(id);
  if (report.poss_resend && forgotten_.contains(id)) return {};
  if (order != nullptr) order->history += "\n  " + script::to_pipes(report.fields);
  if (!wrong.empty()) {
  } else if (report.type == "9") {
    wrong = take_cancel_reject(report);
  } else if (is_status(report)) {
    if (order != nullptr && report.get(37) != "NONE") wrong = check_status(*order, report);
  } else if (duplicates_.contains(id) && report.get(150) == "8" && report.get(103) == "6") {
    return {};
  } else {
    wrong = order == nullptr ? "it names no order of this client" : take_report(*order, report);
  }
  if (wrong.empty()) return {};
  return wrong + ": " + script::to_pipes(report.fields) + (order == nullptr ? std::string() : "\n  its history:" + order->history);
}

std::string OrderViews::take_report(ViewedOrder& order, const Received& report) {
  if (order.never_came) return "the gateway said that it does not know this order";
  if (order.ended) return "the order has ended";
  const std::string given = report.get(37);
  if (given != "NONE") {
    if (!order.order_id.empty() && order.order_id != given) return "OrderID(37) has changed";
    order.order_id = given;
  }
  std::string wrong;
  switch (letter(report.get(150))) {
    case 'A':
      wrong = order.told_new ? "pending after New" : "";
      break;
    case '0':
      wrong = take_new(order);
      break;
    case '1':
    case '2':
    case 'F':
      wrong = take_trade(order, report);
      break;
    case '5':
      wrong = take_replaced(order, report);
      break;
    case '4':
    case '8':
    case 'C':
      wrong = take_end(order, report);
      break;
    case '6':
    case 'E':
      wrong = take_pending(order, report);
      break;
    default:
      wrong = "ExecType(150) that nothing here leads to";
  }
  order.status = letter(report.get(39));
  order.average = dollars_in(report, 6);
  return wrong.empty() ? check_figures(order, report) : wrong;
}

std::string OrderViews::take_new(ViewedOrder& order) { return std::exchange(order.told_new, true) ? "New twice" : ""; }

std::string OrderViews::take_trade(ViewedOrder& order, const Received& report) {
  if (!order.told_new) return "a trade before New";
  const ToldTrade trade{report.get(17), report.get(880), count_in(report, 32), dollars_in(report, 31)};
  for (const ToldTrade& other : order.trades) {
    if (!trade.trd_match_id.empty() && other.trd_match_id == trade.trd_match_id) return "a trade twice, by TrdMatchID(880)";
  }
  order.trades.push_back(trade);
  order.cum += trade.quantity;
  order.value += trade.price * trade.quantity;
  if (report.get(39) == "2") order.ended = true;
  return {};
}

std::string OrderViews::take_replaced(ViewedOrder& order, const Received& report) {
  const std::string id = report.get(11);
  const auto request = order.requests.find(id);
  if (request == order.requests.end() || request->second.type != 'G') return "Replaced without a replace that waits";
  if (report.get(41) != order.id) return "OrigClOrdID(41) is not the id that the order had, " + order.id;
  order.id = id;
  order.quantity = request->second.quantity;
  order.price = request->second.price;
  order.requests.erase(request);
  if (report.get(39) == "2") order.ended = true;
  return {};
}

std::string OrderViews::take_end(ViewedOrder& order, const Received& report) {
  const std::string id = report.get(11);
  order.ended = true;
  if (report.get(150) == "8") return order.told_new ? "Rejected after New" : "";
  if (!order.told_new) return "an end without New";
  if (id == order.id) return {};
  const auto request = order.requests.find(id);
  if (request == order.requests.end()) return "the end carries a ClOrdID that waits for nothing";
  if (report.get(41) != order.id) return "OrigClOrdID(41) is not the id that the order had, " + order.id;
  order.id = id;
  order.requests.erase(request);
  return {};
}

std::string OrderViews::take_pending(ViewedOrder& order, const Received& report) {
  const auto request = order.requests.find(report.get(11));
  if (request == order.requests.end()) return "pending without a request that waits";
  return request->second.type == (report.get(150) == "6" ? 'F' : 'G') ? "" : "pending of the other kind";
}

std::string OrderViews::take_cancel_reject(const Received& report) {
  const std::string id = report.get(11);
  ViewedOrder* order = find(id);
  if (order == nullptr) return "it names no order of this client";
  // 102=6: the id has been used before. The client sent it again; the first one has its own answer.
  const auto request = order->requests.find(id);
  if (request == order->requests.end()) return report.poss_dup || report.poss_resend ? "" : "no request of that id waits";
  if ((report.get(434) == "1") != (request->second.type == 'F')) return "CxlRejResponseTo(434) is of the other kind";
  order->requests.erase(request);
  const char status = letter(report.get(39));
  if (order->ended) return status == order->status ? "" : "OrdStatus(39) is not that of the end";
  if (status == '8') return "the gateway takes it for rejected";
  order->status = status;
  // Filled while a replace waited: 39=E went before 39=2, which this is the first to say.
  order->ended = status == '2' && order->cum >= order->quantity;
  return ends(status) && !order->ended ? "an end that was not told" : "";
}

// ---- figures --------------------------------------------------------------------------------------------------------------------------
std::string OrderViews::check_figures(const ViewedOrder& order, const Received& report) const {
  const FixedPointCount cum = count_in(report, 14), leaves = count_in(report, 151);
  if (cum != order.cum) return "CumQty(14) is not the sum of the trades, " + order.cum.to_string();
  if (average_price(order.value, order.cum) != order.average) return "AvgPx(6) is not that of the trades";
  const FixedPointCount rest = order.ended || order.quantity <= order.cum ? FixedPointCount{} : order.quantity - order.cum;
  if (leaves != rest) return "LeavesQty(151) should be " + rest.to_string();
  const std::string stated = report.get(38);
  if (!stated.empty() && count_in(report, 38) != order.quantity) return "OrderQty(38) should be " + order.quantity.to_string();
  return {};
}

// What H is answered with is what the reports before it have told.
std::string OrderViews::check_status(const ViewedOrder& order, const Received& report) const {
  if (count_in(report, 14) != order.cum) return "the status has another CumQty(14) than what was told, " + order.cum.to_string();
  if (dollars_in(report, 6) != average_price(order.value, order.cum)) return "the status has another AvgPx(6) than what was told";
  const char status = letter(report.get(39));
  // Filled while a replace waits: 39=2 and 39=E are both true.
  const bool ended = ends(status), filled = order.cum >= order.quantity;
  if (ended != order.ended && !filled) return std::string("the status says ") + (ended ? "ended" : "open") + ", what was told does not";
  if (report.get(11) != order.id) return "the status has another ClOrdID(11) than the order, " + order.id;
  return {};
}

}  // namespace marginfix::gateway::fault
