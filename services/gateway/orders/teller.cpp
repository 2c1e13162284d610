#include "services/gateway/orders/teller.hpp"

#include <algorithm>

#include "marginfix/core/text.hpp"
#include "services/gateway/oms/reasons.hpp"

namespace marginfix::gateway {
namespace {

constexpr char kNew = '0', kCanceled = '4', kReplaced = '5', kPendingCancel = '6', kRejected = '8', kPendingNew = 'A', kExpired = 'C',
               kRestated = 'D', kPendingReplace = 'E', kTrade = 'F', kOrderStatus = 'I';
constexpr char kPartiallyFilled = '1', kFilled = '2';

// To 10^-6 dollars, half to even.
DollarDecimal average(DollarDecimal value, FixedPointCount quantity) {
  if (quantity.is_zero()) return {};
  __extension__ using Wide = __int128;
  const Wide numerator = static_cast<Wide>(value.units()) * FixedPointCount::kOne;
  const Wide denominator = quantity.units();
  Wide whole = numerator / denominator;
  const Wide twice = (numerator % denominator) * 2;
  if (twice > denominator || (twice == denominator && whole % 2 != 0)) ++whole;
  return DollarDecimal::from_units(static_cast<std::int64_t>(whole));
}

// The exchange's ExecID(17), told apart where there are several shards: an id is unique within one LastMkt(30).
std::string exec_id_of(const OrderReport& report) {
  const bool one_shard = report.last_mkt.empty() || report.last_mkt == "0";
  return one_shard ? report.exec_id.text() : report.exec_id.text() + "/" + report.last_mkt;
}

}  // namespace

FixedPointCount OrderTeller::leaves_of(const ClientOrder& order) noexcept {
  if (order.told_end || order.order_qty <= order.told_qty) return {};
  return FixedPointCount::from_units(order.order_qty.units() - order.told_qty.units());
}

char OrderTeller::status_of(const ClientOrder& order) noexcept {
  if (order.told_end) return static_cast<char>(order.end_status);
  const auto waits = [&](OrderRequest::Kind kind) {
    return std::ranges::any_of(order.requests, [&](const OrderRequest& r) { return r.kind == kind && r.told_pending && !r.answered; });
  };
  if (waits(OrderRequest::Kind::cancel)) return kPendingCancel;
  if (waits(OrderRequest::Kind::replace)) return kPendingReplace;
  if (!order.told_qty.is_zero()) return leaves_of(order).is_zero() ? kFilled : kPartiallyFilled;
  return order.told_new ? kNew : kPendingNew;
}

void OrderTeller::end(OrdStatus status) noexcept {
  order_.told_end = true;
  order_.end_status = status;
}

Report OrderTeller::report_of(char exec_type) {
  Report out;
  if (!order_.client_account.empty()) out.account = order_.client_account;
  out.avg_px = average(order_.told_value, order_.told_qty);
  out.cl_ord_id = order_.cl_ord_id;
  out.cum_qty = order_.told_qty;
  out.order_id = order_.order_id.empty() ? std::string_view("NONE") : std::string_view(order_.order_id);
  out.order_qty = order_.order_qty;
  out.ord_status = status_of(order_);
  out.ord_type = '2';
  out.price = order_.price;
  out.side = static_cast<char>(order_.side);
  out.symbol = order_.client_symbol;
  out.time_in_force = static_cast<char>(order_.expiry.time_in_force);
  out.expire_time = order_.expiry.expire_time;
  if (!order_.secondary_cl_ord_id.empty()) out.secondary_cl_ord_id = order_.secondary_cl_ord_id;
  out.transact_time = report_ != nullptr && report_->transact_time ? *report_->transact_time : now_;
  if (report_ != nullptr && !report_->last_mkt.empty()) out.last_mkt = report_->last_mkt;
  out.exec_type = exec_type;
  out.leaves_qty = leaves_of(order_);
  // The exchange's own id for what its report says first; what follows from it besides gets one of ours.
  const bool numbered = report_ != nullptr && report_->exec_id.is_sequenced() && !exec_id_used_;
  exec_id_used_ = exec_id_used_ || numbered;
  exec_id_ = numbered ? exec_id_of(*report_) : desk_.exec_ids_.next();
  out.exec_id = exec_id_;
  return out;
}

void OrderTeller::tell(Report report) {
  order_.changed = now_;
  out_.tells.push_back({order_.client, "8", write_message(client_.version, std::move(report))});
}

void OrderTeller::pending_new(const std::string& text) {
  if (order_.told_pending || order_.told_new || order_.told_end) return;
  order_.told_pending = true;
  Report report = report_of(kPendingNew);
  const std::string shown = visible(text);
  if (!shown.empty()) report.text = shown;
  tell(std::move(report));
}

void OrderTeller::accepted() {
  // Told as refused because nobody knew of it: what the exchange says wins.
  if (order_.told_end && order_.end_status == OrdStatus::Rejected && !order_.exchange_id.empty()) order_.told_end = false;
  if (order_.told_new || order_.told_end) return;
  order_.told_new = true;
  // A first word that is a trade has its id for the trade.
  const OrderReport* const told = report_;
  if (report_ != nullptr && report_->exec_type != ExecType::New) exec_id_used_ = true;
  Report report = report_of(kNew);
  if (told != nullptr && told->exec_type != ExecType::New) exec_id_used_ = false;
  tell(std::move(report));
}

void OrderTeller::trade(const Fill& fill) {
  accepted();
  order_.told_qty += fill.quantity;
  order_.told_value += fill.price * fill.quantity;
  const FixedPointCount signed_qty = fill.side == Side::Sell ? -fill.quantity : fill.quantity;
  desk_.positions_[order_.client][order_.symbol] += signed_qty;
  Report report = report_of(kTrade);
  report.last_px = fill.price;
  report.last_qty = fill.quantity;
  if (fill.transact_time) report.transact_time = fill.transact_time;
  if (fill.transact_time) report.trade_date = clearing_business_date(*fill.transact_time);
  if (report_ != nullptr && report_->clearing_business_date) report.trade_date = report_->clearing_business_date;
  if (fill.fee) report.misc_fees.push_back({*fill.fee, "USD", '4'});
  if (!fill.trade_id.empty()) report.trd_match_id = fill.trade_id;
  if (fill.is_taker) report.aggressor_indicator = *fill.is_taker;
  if (fill.is_taker) report.last_liquidity_ind = *fill.is_taker ? 2 : 1;
  if (!order_.told_end && report.leaves_qty.is_zero()) end(OrdStatus::Filled);
  tell(std::move(report));
}

void OrderTeller::replaced(OrderRequest& request, FixedPointCount order_qty, DollarDecimal price) {
  accepted();
  // Filled, and made larger: it works again.
  if (order_.told_end && order_.end_status == OrdStatus::Filled && order_qty > order_.told_qty) order_.told_end = false;
  const std::string before = order_.cl_ord_id;
  request.answered = true;
  if (!request.cl_ord_id.empty()) order_.cl_ord_id = request.cl_ord_id;
  order_.order_qty = order_qty;
  order_.price = price;
  order_.expiry = request.expiry;
  Report report = report_of(kReplaced);
  report.orig_cl_ord_id = before;
  // Down to what is filled: nothing is left to work.
  if (!order_.told_end && !order_.told_qty.is_zero() && report.leaves_qty.is_zero()) end(OrdStatus::Filled);
  tell(std::move(report));
}

void OrderTeller::restated(FixedPointCount order_qty, DollarDecimal price) {
  constexpr int kRepricing = 3, kPartialDecline = 5;  // 378
  if (order_.told_end || (order_.order_qty == order_qty && order_.price == price)) return;
  accepted();
  const bool repriced = order_.price != price;
  order_.order_qty = order_qty;
  order_.price = price;
  Report report = report_of(kRestated);
  report.exec_restatement_reason = repriced ? kRepricing : kPartialDecline;
  report.text = "the order was changed by another session of the account";
  if (!order_.told_qty.is_zero() && report.leaves_qty.is_zero()) end(OrdStatus::Filled);
  tell(std::move(report));
}

void OrderTeller::ended(OrdStatus status, OrderRequest* request, const std::string& text) {
  if (order_.told_end) return;
  accepted();
  end(status);
  const std::string before = order_.cl_ord_id;
  std::string shown = visible(text);
  if (request != nullptr) request->answered = true;
  const bool asked = request != nullptr && request->cause == OrderRequest::Cause::client;
  if (asked) order_.cl_ord_id = request->cl_ord_id;
  if (request != nullptr && !asked && shown.empty()) shown = std::string(to_string(request->cause));
  Report report = report_of(status == OrdStatus::Expired ? kExpired : kCanceled);
  if (asked) report.orig_cl_ord_id = before;
  if (!asked && status != OrdStatus::Expired) {
    constexpr int kMarketOption = 8;
    const TextReason* reason = find_text_reason(text);
    report.exec_restatement_reason = reason != nullptr ? reason->restatement : kMarketOption;
    if (shown.empty()) shown = "canceled by the exchange";
  }
  if (!shown.empty()) report.text = order_.text = shown;
  tell(std::move(report));
}

void OrderTeller::rejected(int ord_rej_reason, const std::string& text) {
  if (order_.told_end) return;
  if (order_.told_new) return ended(OrdStatus::Canceled, nullptr, text);
  end(OrdStatus::Rejected);
  order_.text = visible(text);
  Report report = report_of(kRejected);
  report.ord_rej_reason = ord_rej_reason;
  if (!order_.text.empty()) report.text = order_.text;
  tell(std::move(report));
}

void OrderTeller::refused(int ord_rej_reason, std::optional<char> side) {
  end(OrdStatus::Rejected);
  order_.text = visible(order_.text);
  Report report = report_of(kRejected);
  constexpr std::string_view kListed = "123456789";  // what every version has
  if (side && kListed.find(*side) != std::string_view::npos) report.side = *side;
  if (order_.price.is_zero()) report.price.reset();
  if (order_.order_qty.is_zero()) report.order_qty.reset();
  report.ord_rej_reason = ord_rej_reason;
  report.ord_type.reset();
  report.time_in_force.reset();
  report.text = order_.text;
  tell(std::move(report));
}

void OrderTeller::request_pending(OrderRequest& request, const std::string& text) {
  if (request.told_pending || request.answered || order_.told_end || request.cause != OrderRequest::Cause::client) return;
  request.told_pending = true;  // of an order that nobody has confirmed yet, too: that says nothing of it
  Report report = report_of(request.kind == OrderRequest::Kind::cancel ? kPendingCancel : kPendingReplace);
  report.cl_ord_id = request.cl_ord_id;
  report.orig_cl_ord_id = order_.cl_ord_id;
  const std::string shown = visible(text);
  if (!shown.empty()) report.text = shown;
  tell(std::move(report));
}

void OrderTeller::request_rejected(OrderRequest& request, std::optional<int> cxl_rej_reason, const std::string& text) {
  if (request.answered) return;
  request.answered = request.refused = true;
  order_.changed = now_;
  if (request.cause != OrderRequest::Cause::client) return;
  CancelReject reject;
  if (!order_.client_account.empty()) reject.account = order_.client_account;
  reject.cl_ord_id = request.cl_ord_id;
  reject.orig_cl_ord_id = order_.cl_ord_id;
  reject.order_id = order_.order_id.empty() ? std::string_view("NONE") : std::string_view(order_.order_id);
  reject.ord_status = status_of(order_);
  const TextReason* reason = find_text_reason(text);
  reject.cxl_rej_reason = cxl_rej_reason ? *cxl_rej_reason : reason != nullptr ? reason->cxl_rej_reason : kCxlOther;
  const bool says_too_late = reason != nullptr && reason->cxl_rej_reason == kCxlTooLate;  // CANNOT_UPDATE_FILLED_ORDER comes with 102=2
  if (says_too_late || (order_.told_end && !cxl_rej_reason)) reject.cxl_rej_reason = kCxlTooLate;
  reject.cxl_rej_response_to = request.kind == OrderRequest::Kind::cancel ? '1' : '2';
  const std::string shown = visible(text);
  if (!shown.empty()) reject.text = shown;
  reject.transact_time = now_;
  out_.tells.push_back({order_.client, "9", write_message(client_.version, reject)});
}

void OrderTeller::status(const StatusAsked& asked) {
  Report report = report_of(kOrderStatus);
  if (!asked.ord_status_req_id.empty()) report.ord_status_req_id = asked.ord_status_req_id;
  if (!asked.mass_status_req_id.empty()) report.mass_status_req_id = asked.mass_status_req_id;
  if (asked.total) report.tot_num_reports = *asked.total;
  if (asked.total) report.last_rpt_requested = asked.last;
  if (!order_.text.empty()) report.text = order_.text;
  report.transact_time = order_.changed;
  out_.tells.push_back({order_.client, "8", write_message(client_.version, std::move(report)), false});
}

}  // namespace marginfix::gateway
