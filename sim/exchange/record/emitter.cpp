// From an order to a report, and out to the sinks.
#include "sim/exchange/record/emitter.hpp"

#include <algorithm>

namespace marginfix::sim {

std::uint32_t Interned::number(std::string_view text) {
  if (text.empty()) return 0;
  if (numbers_.size() != texts.size()) {  // texts came from a snapshot
    for (std::size_t i = 0; i < texts.size(); ++i) numbers_[texts[i]] = static_cast<std::uint32_t>(i + 1);
  }
  auto [it, fresh] = numbers_.try_emplace(std::string(text), 0);
  if (fresh) {
    texts.emplace_back(text);
    it->second = static_cast<std::uint32_t>(texts.size());
  }
  return it->second;
}

std::optional<std::uint32_t> Interned::find(std::string_view text) const {
  if (text.empty()) return 0;
  if (numbers_.size() == texts.size()) {
    const auto it = numbers_.find(std::string(text));
    return it == numbers_.end() ? std::nullopt : std::optional(it->second);
  }
  const auto it = std::ranges::find(texts, text);
  return it == texts.end() ? std::nullopt : std::optional(static_cast<std::uint32_t>(it - texts.begin() + 1));
}

ExecutionEvent Emitter::report(const Order& o, ReportKind kind, std::string_view symbol) const {
  ExecutionEvent e;
  e.kind = kind;
  e.time = now_;
  e.account = o.account;
  e.entered_by = o.from;
  e.requested_by = requester_;
  e.order_no = o.no;
  e.order_id = make_uuid(seed_, IdKind::Order, o.no);
  e.cl_ord_id = o.cl_ord_id.view();
  e.market = o.market;
  e.symbol = symbol;
  e.side = o.side;
  e.time_in_force = o.tif;
  e.expire_time = o.expire;
  e.price = to_price(o.price);
  e.original_qty = to_count(o.total);
  e.cum_qty = to_count(o.cum);
  e.leaves_qty = to_count(o.leaves());
  e.last_total_qty = to_count(o.cum + o.leaves());
  e.filled_notional = to_dollars(o.notional);
  e.status = o.status;
  e.post_only = o.post_only;
  e.reduce_only = o.reduce_only;
  e.cancel_on_pause = o.cancel_on_pause;
  e.self_trade_prevention = o.stp;
  if (o.group != 0) {
    group_text_ = make_uuid(seed_, IdKind::Group, o.group);
    e.group_id = group_text_.view();
  }
  e.subaccount = o.subaccount;
  e.customer_account = names.text(o.customer);
  e.operator_id = names.text(o.operator_id);
  e.created = o.created;
  e.system = o.system;
  return e;
}

void Emitter::send(const Order& order, ExecutionEvent& e) {
  if (order.house) return;
  const bool numbered =
      e.kind == ReportKind::New || e.kind == ReportKind::Replaced || e.kind == ReportKind::Canceled || e.kind == ReportKind::Trade;
  if (numbered && !e.exec_id.numbered()) e.exec_id = next_exec_id();
  e.event_no = ++event_no;
  if (numbered) history.append(e, now_);
  for (EventSink* sink : sinks_) sink->on_execution(e);
}

void Emitter::level(const Order& o, std::string_view symbol, Qty before, Qty after, UpdateReason reason) {
  if (before == after) return;
  LevelEvent e{++event_no, now_, o.market, symbol, o.side, to_price(o.price), to_count(before), to_count(after), std::nullopt};
  if (!o.house) e.maker = LevelEvent::Maker{o.account, o.subaccount, o.cl_ord_id.view(), reason};
  for (EventSink* sink : sinks_) sink->on_level(e);
}

void Emitter::trade(MarketNo market, std::string_view symbol, Ticks price, Qty quantity, Side aggressor, std::uint64_t match_no) {
  TradeEvent e{++event_no, now_, market, symbol, to_price(price), to_count(quantity), aggressor, match_no, {}};
  e.match_id = make_uuid(seed_, IdKind::Match, match_no);
  for (EventSink* sink : sinks_) sink->on_trade(e);
}

}  // namespace marginfix::sim
