// Wire messages to domain values.
#include "marginfix/fix/domain_reports.hpp"

namespace marginfix::fix {
namespace {

std::optional<Timestamp> instant(const std::optional<Date>& date, const std::optional<std::chrono::microseconds>& since_midnight) {
  if (!date || !since_midnight) return std::nullopt;
  return Timestamp{std::chrono::sys_days{*date}.time_since_epoch() + *since_midnight};
}

std::string text_or_empty(const std::optional<std::string_view>& text) { return std::string(text.value_or(std::string_view())); }

// Parties, money and the fields of no table: most reports have none of them.
void take_groups(const ExecutionReport& m, OrderReport& r) {
  for (const Party& p : m.parties) r.parties.push_back({std::string(p.party_id), p.party_id_source, p.party_role});
  for (const MiscFee& f : m.misc_fees) {
    r.fee = r.fee.value_or(DollarDecimal{}) + f.misc_fee_amt;
    r.misc_fees.push_back({f.misc_fee_amt, text_or_empty(f.misc_fee_curr), f.misc_fee_type, f.misc_fee_basis});
  }
  for (const CollateralAmountChange& c : m.collateral_amount_changes)
    r.collateral_amount_changes.push_back({c.collateral_amount_change, text_or_empty(c.collateral_amount_type)});
  for (const RawField& f : m.unknown) r.other_fields.push_back({f.tag, std::string(f.value), f.group, f.entry});
}

}  // namespace

OrderReport to_order_report(const ExecutionReport& m) {
  OrderReport r;
  r.exec_type = m.exec_type;
  r.ord_status = m.ord_status;
  r.cl_ord_id = m.cl_ord_id;
  if (m.orig_cl_ord_id) r.orig_cl_ord_id = std::string(*m.orig_cl_ord_id);
  r.order_id = m.order_id;
  r.exec_id = ExecId(m.exec_id);
  r.last_mkt = text_or_empty(m.last_mkt);
  r.last_px = m.last_px;
  r.last_qty = m.last_qty;
  r.cum_qty = m.cum_qty;
  r.leaves_qty = m.leaves_qty;
  r.order_qty = m.order_qty;
  r.price = m.price;
  r.symbol = m.symbol;
  r.side = m.side;
  r.alloc_account = m.alloc_account;
  r.ord_rej_reason = m.ord_rej_reason;
  r.text = text_or_empty(m.text);
  r.transact_time = m.transact_time;
  r.long_qty = m.long_qty;
  r.short_qty = m.short_qty;
  r.aggressor = m.aggressor_indicator;
  r.trade_id = text_or_empty(m.trd_match_id);
  r.avg_px = m.avg_px;
  r.ord_type = m.ord_type;
  r.time_in_force = m.time_in_force;
  r.expire_time = m.expire_time;
  r.secondary_cl_ord_id = text_or_empty(m.secondary_cl_ord_id);
  r.clearing_business_date = m.clearing_business_date;
  take_groups(m, r);
  return r;
}

std::optional<Fill> to_fill(const ExecutionReport& report) { return marginfix::to_fill(to_order_report(report)); }

std::optional<Trade> to_trade(const MDIncEntry& e) {
  const bool is_new_trade = e.md_entry_type == MDEntryType::Trade && e.md_update_action == MDUpdateAction::New;
  if (!is_new_trade || !e.md_entry_px || !e.md_entry_size) return std::nullopt;
  Trade t;
  t.trade_id = text_or_empty(e.trade_id);
  t.symbol = e.symbol;
  t.price = *e.md_entry_px;
  t.quantity = *e.md_entry_size;
  if (e.aggressor_side == AggressorSide::Buy) t.aggressor = Side::Buy;
  if (e.aggressor_side == AggressorSide::Sell) t.aggressor = Side::Sell;  // a value we do not know is neither
  t.time = entry_time(e);
  t.block = e.trd_type == TrdType::BlockTrade;
  return t;
}

std::optional<Timestamp> entry_time(const MDFullEntry& e) { return instant(e.md_entry_date, e.md_entry_time); }
std::optional<Timestamp> entry_time(const MDIncEntry& e) { return instant(e.md_entry_date, e.md_entry_time); }

CancelRejected to_cancel_rejected(const OrderCancelReject& m) {
  return {std::string(m.cl_ord_id), m.ord_status, text_or_empty(m.text), text_or_empty(m.orig_cl_ord_id), text_or_empty(m.order_id)};
}

bool outcome_unknown(const ExecutionReport& report) noexcept {
  return report.exec_type == ExecType::Rejected && says_outcome_unknown(report.text.value_or(std::string_view()));
}
bool outcome_unknown(const OrderCancelReject& reject) noexcept { return says_outcome_unknown(reject.text.value_or(std::string_view())); }

}  // namespace marginfix::fix
