// Fills and trades: out of a report, and told by two sources.
#include "marginfix/domain/trade.hpp"

#include <algorithm>

#include "marginfix/domain/execution.hpp"

namespace marginfix {
namespace {

template <class T>
bool agree_where_said(const std::optional<T>& a, const std::optional<T>& b) {
  return !a || !b || *a == *b;
}
bool agree_where_said(const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; }
bool same_millisecond(const std::optional<Timestamp>& a, const std::optional<Timestamp>& b) {
  return !a || !b || to_epoch_ms(*a) == to_epoch_ms(*b);
}

}  // namespace

std::optional<std::string_view> OrderReport::other_field(std::int32_t tag) const {
  const auto is = [tag](const OtherField& f) { return f.tag == tag && f.group == 0; };
  const auto found = std::ranges::find_if(other_fields, is);
  return found == other_fields.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

std::optional<Fill> to_fill(const OrderReport& r) {
  if (r.exec_type != ExecType::Trade || !r.last_qty) return std::nullopt;
  Fill f;
  f.exec_id = r.exec_id;
  f.last_mkt = r.last_mkt;
  f.cl_ord_id = r.cl_ord_id;
  f.order_id = r.order_id;
  f.symbol = r.symbol;
  f.subaccount = r.alloc_account.value_or(0);
  f.side = r.side;
  f.price = r.last_px.value_or(DollarDecimal{});
  f.quantity = *r.last_qty;
  f.transact_time = r.transact_time;
  f.trade_id = r.trade_id;
  f.is_taker = r.aggressor;
  f.fee = r.fee;
  if (r.long_qty || r.short_qty) f.post_position = r.long_qty.value_or(FixedPointCount{}) - r.short_qty.value_or(FixedPointCount{});
  return f;
}

bool agree(const Fill& a, const Fill& b) {
  return a.order_id == b.order_id && a.symbol == b.symbol && a.side == b.side && a.price == b.price && a.quantity == b.quantity &&
         same_millisecond(a.transact_time, b.transact_time) && agree_where_said(a.trade_id, b.trade_id) &&
         agree_where_said(a.exec_id.text(), b.exec_id.text()) && agree_where_said(a.cl_ord_id, b.cl_ord_id) &&
         agree_where_said(a.is_taker, b.is_taker) && agree_where_said(a.fee, b.fee) && agree_where_said(a.post_position, b.post_position);
}

bool agree(const Trade& a, const Trade& b) {
  return a.symbol == b.symbol && a.price == b.price && a.quantity == b.quantity && same_millisecond(a.time, b.time) &&
         agree_where_said(a.trade_id, b.trade_id) && agree_where_said(a.aggressor, b.aggressor);
}

}  // namespace marginfix
