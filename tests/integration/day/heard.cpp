#include "integration/day/heard.hpp"

namespace marginfix::day {
namespace {

std::string customer_of(const fix::ExecutionReport& r) {
  for (const fix::Party& party : r.parties) {
    if (party.party_role == PartyRole::CustomerAccount) return std::string(party.party_id);
  }
  return {};
}

HeardFill fill_of(const fix::ExecutionReport& r) {
  HeardFill f;
  f.exec_id = r.exec_id;
  f.trade_id = r.trd_match_id.value();
  f.order_id = r.order_id;
  f.ticker = r.symbol;
  f.customer = customer_of(r);
  f.subaccount = r.alloc_account.value_or(0);
  f.side = r.side;
  f.taker = r.aggressor_indicator.value();
  f.quantity = r.last_qty.value();
  f.position = r.long_qty.value() - r.short_qty.value();
  f.price = r.last_px.value();
  for (const fix::MiscFee& fee : r.misc_fees) f.fee += fee.misc_fee_amt;
  for (const fix::CollateralAmountChange& change : r.collateral_amount_changes) {
    (change.collateral_amount_type == "PAYOUT" ? f.payout_change : f.balance_change) += change.collateral_amount_change;
  }
  f.time = r.transact_time.value();
  return f;
}

bool pending(ExecType type) { return type == ExecType::PendingNew || type == ExecType::PendingReplace || type == ExecType::PendingCancel; }

}  // namespace

void Heard::listener_report(const fix::ExecutionReport& r) {
  if (pending(r.exec_type) || r.exec_type == ExecType::Rejected) return;
  note([&](Notes& n) {
    n.last_exec_id = r.exec_id;
    HeardOrder& order = n.orders[std::string(r.order_id)];
    // What ends an order on request has the request's ClOrdID(11), the order's is in 41.
    const bool by_request = r.exec_type == ExecType::Canceled && !r.orig_cl_ord_id.value_or("").empty();
    order.cl_ord_id = by_request ? *r.orig_cl_ord_id : r.cl_ord_id;
    order.ticker = r.symbol;
    order.side = r.side;
    order.subaccount = r.alloc_account.value_or(0);
    if (r.price) order.price = *r.price;
    order.filled = r.cum_qty;
    order.remaining = r.leaves_qty;
    order.over = r.leaves_qty.is_zero();
    if (r.exec_type != ExecType::Trade) return;
    if (!seen_.emplace(r.exec_id).second) {
      ++n.repeated;
      return;
    }
    n.fills.push_back(fill_of(r));
  });
}

void Heard::entry_report(const fix::ExecutionReport& r) {
  if (pending(r.exec_type)) return;  // what becomes of it is still to come
  note([&](Notes& n) {
    n.answers[std::string(r.cl_ord_id)] = r.exec_type == ExecType::Rejected ? "" : std::string(r.order_id);
    n.refused += r.exec_type == ExecType::Rejected ? 1 : 0;
    if (r.exec_type == ExecType::Trade) n.entry_fills[std::string(r.exec_id)] = fill_of(r);
  });
}

void Heard::entry_refusal(std::string_view cl_ord_id) {
  note([&](Notes& n) {
    n.answers[std::string(cl_ord_id)] = "";
    ++n.refused;
  });
}

void Heard::fill(const ws::MarginFill& fill) {
  note([&](Notes& n) { n.ws_repeated += n.ws_fills.emplace(fill.order_id + "/" + fill.trade_id, fill).second ? 0 : 1; });
}

void Heard::order(const ws::MarginUserOrder& order) {
  note([&](Notes& n) { n.ws_orders[order.order_id] = order; });
}

}  // namespace marginfix::day
