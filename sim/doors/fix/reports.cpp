#include "sim/doors/fix/reports.hpp"

#include <array>

namespace marginfix::sim {
namespace {

char exec_type_of(const ExecutionEvent& event, const SessionOptions& options) noexcept {
  switch (event.kind) {
    case ReportKind::PendingNew:
      return 'A';
    case ReportKind::New:
      return '0';
    case ReportKind::PendingReplace:
      return 'E';
    case ReportKind::Replaced:
      return '5';
    case ReportKind::PendingCancel:
      return '6';
    case ReportKind::Canceled:
      return event.expiry_style && options.use_expired ? 'C' : '4';
    case ReportKind::Trade:
      return 'F';
    case ReportKind::Rejected:
      return '8';
  }
  return '8';
}

// An IOC whose remainder gets no report of its own is over with its last trade: canceled, with nothing left.
bool ends_with_trade(const ExecutionEvent& event, const SessionOptions& options) noexcept {
  return event.kind == ReportKind::Trade && !options.ioc_cancel_report && !event.ioc_remainder.is_zero();
}

char status_of(const ExecutionEvent& event, const SessionOptions& options) noexcept {
  if (ends_with_trade(event, options)) return static_cast<char>(OrdStatus::Canceled);
  if (event.kind == ReportKind::Canceled && event.expiry_style && options.use_expired) return 'C';
  return static_cast<char>(event.status);
}

void set_char(std::string& text, char c) { text.assign(1, c); }

void set_decimal(std::string& text, std::int64_t units, int scale, int decimals) {
  std::array<char, 32> buffer;
  const char* end = detail::format_fixed(buffer.data(), units, scale, decimals);
  text.assign(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
}
void set_count(std::string& text, FixedPointCount count) { set_decimal(text, count.units(), CountTag::kScale, CountTag::kPrintDecimals); }
void set_dollars(std::string& text, DollarDecimal dollars) {
  set_decimal(text, dollars.units(), DollarTag::kScale, DollarTag::kPrintDecimals);
}

void set_time(std::string& text, Timestamp t) {
  std::array<char, 24> buffer;
  const char* end = format_fix_utc(buffer.data(), t, 6);
  text.assign(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
}

void fill_parties(const ExecutionEvent& event, fixwire::ExecutionReport& out) {
  out.parties.clear();
  if (!event.customer_account.empty()) out.parties.push_back({std::string(event.customer_account), "", "24"});
  if (!event.operator_id.empty()) out.parties.push_back({std::string(event.operator_id), "", "12"});
}

void clear_trade(fixwire::ExecutionReport& out) {
  for (std::string* text : {&out.last_px, &out.last_qty, &out.long_qty, &out.short_qty, &out.clearing_business_date, &out.trd_match_id,
                            &out.aggressor, &out.fee}) {
    text->clear();
  }
  out.collateral_changes.clear();
}

void fill_trade(const Fill& fill, fixwire::ExecutionReport& out) {
  const FixedPointCount none;
  set_dollars(out.last_px, fill.price);
  set_count(out.last_qty, fill.quantity);
  set_count(out.long_qty, fill.position.is_negative() ? none : fill.position);
  set_count(out.short_qty, fill.position.is_negative() ? -fill.position : none);
  out.clearing_business_date = to_fix_date(fill.business_date);
  out.trd_match_id.assign(fill.match_id.view());
  set_char(out.aggressor, fill.taker ? 'Y' : 'N');
  set_dollars(out.fee, fill.fee);
  out.collateral_changes.clear();
  out.collateral_changes.emplace_back(fill.balance_change.to_string(), "BALANCE");
  if (!fill.payout_change.is_zero()) out.collateral_changes.emplace_back(fill.payout_change.to_string(), "PAYOUT");
}

// Replaced reports say 6 (GTD) with 126 for anything that expires, Day too, and else 1 (GTC); other reports carry 126 alone.
void fill_expiry(const ExecutionEvent& event, fixwire::ExecutionReport& out) {
  out.time_in_force.clear();
  out.expire_time.clear();
  if (event.expire_time) set_time(out.expire_time, *event.expire_time);
  if (event.kind == ReportKind::Replaced) set_char(out.time_in_force, event.expire_time ? '6' : '1');
}

void fill_quantities(const ExecutionEvent& event, const SessionOptions& options, fixwire::ExecutionReport& out) {
  const FixedPointCount leaves = ends_with_trade(event, options) ? FixedPointCount{} : event.leaves_qty;
  set_count(out.cum_qty, event.cum_qty);
  set_count(out.leaves_qty, leaves);
  set_count(out.order_qty, options.preserve_quantity ? event.original_qty : event.cum_qty + leaves);
}

}  // namespace

bool wanted(const ExecutionEvent& event, const SessionOptions& options) noexcept {
  switch (event.kind) {
    case ReportKind::PendingNew:
    case ReportKind::PendingReplace:
    case ReportKind::PendingCancel:
      return !options.skip_pending;
    case ReportKind::New:
      return !event.trades_at_once || options.new_before_trade;
    case ReportKind::Canceled:
      return !event.after_trade || options.ioc_cancel_report;
    case ReportKind::Replaced:
    case ReportKind::Trade:
    case ReportKind::Rejected:
      return true;
  }
  return true;
}

void fill_report(const ExecutionEvent& event, int exchange_index, const SessionOptions& options, fixwire::ExecutionReport& out) {
  set_dollars(out.avg_px, average_price(event.filled_notional, event.cum_qty));
  out.cl_ord_id.assign(event.cl_ord_id);
  out.exec_id = to_string(event.exec_id);
  out.last_mkt = std::to_string(exchange_index);
  out.order_id.assign(event.order_id.view());
  out.orig_cl_ord_id.assign(event.orig_cl_ord_id);
  set_char(out.exec_type, exec_type_of(event, options));
  set_char(out.ord_status, status_of(event, options));
  set_char(out.side, static_cast<char>(event.side));
  out.symbol.assign(event.symbol);
  set_dollars(out.price, event.price);
  out.text.assign(reason_text(event.reason));
  set_time(out.transact_time, event.time);
  out.ord_rej_reason.clear();
  if (event.kind == ReportKind::Rejected) out.ord_rej_reason = std::to_string(static_cast<int>(ord_rej_reason(event.reason)));
  out.alloc_account.clear();
  if (event.subaccount != 0) out.alloc_account = std::to_string(event.subaccount);
  fill_quantities(event, options, out);
  fill_expiry(event, out);
  fill_parties(event, out);
  if (event.fill) {
    fill_trade(*event.fill, out);
  } else {
    clear_trade(out);
  }
}

fixwire::OrderCancelReject cancel_reject(const CancelRejectEvent& event) {
  fixwire::OrderCancelReject out;
  out.cl_ord_id.assign(event.cl_ord_id);
  out.order_id.assign(event.order_id);
  set_char(out.ord_status, static_cast<char>(event.status));
  out.orig_cl_ord_id.assign(event.orig_cl_ord_id);
  out.text.assign(reason_text(event.reason));
  set_time(out.transact_time, event.time);
  out.cxl_rej_reason = std::to_string(static_cast<int>(cxl_rej_reason(event.reason)));
  set_char(out.response_to, static_cast<char>(event.response_to));
  return out;
}

fixwire::OrderMassCancelReport mass_cancel_report(const MassCancelEvent& event) {
  fixwire::OrderMassCancelReport out;
  out.cl_ord_id.assign(event.cl_ord_id);
  out.order_id.assign(event.operation_id.view());
  out.request_type = "6";
  const bool done = event.reason == Reason::None;
  out.response = done ? "6" : "0";
  if (!done) {
    out.reject_reason = "99";
    out.text.assign(reason_text(event.reason));
  }
  return out;
}

}  // namespace marginfix::sim
