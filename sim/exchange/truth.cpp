// The state of the exchange as JSON for control GET /state: what tests compare their clients with. Decimals are strings.
#include <boost/json.hpp>

#include "marginfix/core/text.hpp"
#include "sim/exchange/impl.hpp"
#include "sim/exchange/truth_members.hpp"

namespace marginfix::sim {
namespace {
namespace json = boost::json;

const char* side_name(Side side) { return side == Side::Buy ? "bid" : "ask"; }
const char* door_name(Door door) {
  switch (door) {
    case Door::FixNR:
      return "KalshiNR";
    case Door::FixRT:
      return "KalshiRT";
    case Door::Rest:
      return "REST";
    case Door::House:
      return "house";
    case Door::System:
      break;
  }
  return "system";
}
const char* scope_name(KeyScope scope) {
  switch (scope) {
    case KeyScope::Trading:
      return "trading";
    case KeyScope::Listener:
      return "listener";
    case KeyScope::ReadOnly:
      return "read_only";
    case KeyScope::DropCopy:
      break;
  }
  return "dropcopy";
}

json::object order_json(const Core& core, const OrderView& v, const Order& o) {
  json::object j{{"order_id", v.order_id.view()},
                 {"client_order_id", v.cl_ord_id},
                 {"ticker", core.markets()[v.market].spec.symbol},
                 {"side", side_name(v.side)},
                 {"price", v.price.to_string()},
                 {"count", v.original_qty.to_string()},
                 {"fill_count", v.cum_qty.to_string()},
                 {"remaining_count", v.leaves_qty.to_string()},
                 {"subaccount", v.subaccount},
                 {"session", door_name(v.entered_by.door)},
                 {"key_id", core.accounts().keys[v.entered_by.key].key_id},
                 {"created_time", to_rfc3339(o.created)}};
  if (o.expire) j["expiration_time"] = to_rfc3339(*o.expire);
  if (o.group != 0) j["order_group_id"] = make_uuid(core.emitter().seed(), IdKind::Group, o.group).view();
  return j;
}

json::object key_json(const Key& key) {
  json::object j{{"key_id", key.key_id}, {"scope", scope_name(key.scope)}};
  if (key.subaccount) j["subaccount"] = *key.subaccount;
  if (!key.subtrader.empty()) j["subtrader"] = key.subtrader;
  if (key.revoked) j["revoked"] = true;
  return j;
}

// The newest ones, newest first: what REST's list of fills begins with.
json::array fills_json(const Core& core, AccountId account) {
  constexpr std::size_t kMost = 1'000;
  json::array out;
  for (const FillView& fill : core.list_fills(account, {}, 0, kMost).fills) {
    out.push_back({{"fill_id", fill.fill_id.view()},
                   {"order_id", fill.order_id.view()},
                   {"ticker", core.markets()[fill.market].spec.symbol},
                   {"subaccount", fill.subaccount},
                   {"side", side_name(fill.side)},
                   {"is_taker", fill.taker},
                   {"price", fill.price.to_string()},
                   {"count", fill.quantity.to_string()},
                   {"fee", fill.fee.to_string()},
                   {"realized_pnl", fill.realized_pnl.to_string()},
                   {"created_time", to_rfc3339(fill.time)}});
  }
  return out;
}

json::object account_json(const Core& core, AccountId id) {
  const Account& a = core.accounts().all[id];
  json::array keys, balances, positions, orders;
  for (const Key& k : core.accounts().keys) {
    if (k.account == id) keys.push_back(key_json(k));
  }
  for (const BalanceView& b : core.balances(id)) {
    balances.push_back({{"subaccount", b.subaccount},
                        {"cash", b.cash.to_string()},
                        {"equity", b.equity.to_string()},
                        {"initial_margin", b.initial_margin.to_string()},
                        {"available", b.available.to_string()}});
  }
  for (const PositionView& p : core.positions(id)) {
    positions.push_back({{"subaccount", p.subaccount},
                         {"ticker", core.markets()[p.market].spec.symbol},
                         {"position", p.net.to_string()},
                         {"entry_price", p.entry_price.to_string()},
                         {"cost", p.cost.to_string()},
                         {"realized_pnl", p.realized_pnl.to_string()},
                         {"fees", p.fees.to_string()}});
  }
  for (const OrderView& v : core.open_orders(id)) orders.push_back(order_json(core, v, core.orders()[core.orders().find(v.order_no)]));
  json::object j{{"name", a.name},
                 {"fcm", a.fcm},
                 {"house", a.house},
                 {"deposits", to_dollars(a.deposits).to_string()},
                 {"keys", std::move(keys)},
                 {"balances", std::move(balances)},
                 {"positions", std::move(positions)}};
  if (!a.house) j["orders"] = std::move(orders);  // the house's are in the books
  if (!a.house) j["fill_list"] = fills_json(core, id);
  // The drop-copy window, counted as a client would count it.
  json::array exec_ids;
  std::uint64_t new_orders = 0, fills = 0;
  core.history(id, ExecId{}, std::nullopt, [&](const ExecutionEvent& e) {
    exec_ids.push_back(json::string(to_string(e.exec_id)));
    new_orders += e.kind == ReportKind::New ? 1U : 0U;
    fills += e.kind == ReportKind::Trade ? 1U : 0U;
    return true;
  });
  j["new_orders"] = new_orders;
  j["fills"] = fills;
  const auto last = core.emitter().history.last(id);
  j["last_exec_id"] = last ? json::value(to_string(*last)) : json::value(nullptr);
  j["exec_ids"] = std::move(exec_ids);
  add_member_truth(core, id, j);
  return j;
}

json::array levels_json(const Core& core, MarketNo market, Side side) {
  json::array out;
  for (const LevelView& l : core.depth(market, side, 0)) out.push_back(json::array{l.price.to_string(), l.size.to_string()});
  return out;
}

// Texts of older journals may be no UTF-8, which JSON cannot say: they are shown, as everywhere.
void show_texts(json::value& value) {
  if (auto* text = value.if_string()) {
    if (text_fault(text->data(), text->size()) != nullptr) *text = visible(text->data(), text->size());
  } else if (auto* items = value.if_array()) {
    for (auto& item : *items) show_texts(item);
  } else if (auto* members = value.if_object()) {
    for (auto& member : *members) show_texts(member.value());
  }
}

}  // namespace

std::string Exchange::Impl::truth_json() const {
  json::array accounts, markets, groups;
  for (AccountId id = 0; id < core.accounts().all.size(); ++id) accounts.push_back(account_json(core, id));
  for (MarketNo i = 0; i < core.markets().size(); ++i) {
    const Market& m = core.markets()[i];
    markets.push_back({{"ticker", m.spec.symbol},
                       {"status", to_string(m.status)},
                       {"halted", m.stopped() || core.paused()},
                       {"market_version", m.version},
                       {"reference_price", to_price(m.reference).to_string()},
                       {"settlement_mark_price", to_price(core.settlement_mark(i)).to_string()},
                       {"liquidation_mark_price", to_price(core.liquidation_mark(i)).to_string()},
                       {"last_price", m.last ? json::value(to_price(*m.last).to_string()) : json::value(nullptr)},
                       {"trades", m.tape.all().size() - m.tape.seeded()},
                       {"bids", levels_json(core, i, Side::Buy)},
                       {"asks", levels_json(core, i, Side::Sell)}});
  }
  for (const auto& [no, g] : core.groups()) {
    OrderGroup now = g;
    groups.push_back({{"order_group_id", make_uuid(core.emitter().seed(), IdKind::Group, no).view()},
                      {"account", core.accounts().all[g.account].name},
                      {"subaccount", g.subaccount},
                      {"contracts_limit", g.limit},
                      {"matched", to_count(now.count(core.now())).to_string()},
                      {"triggered", g.triggered}});
  }
  json::value all = json::object{{"now", to_rfc3339(core.now())},
                                 {"exchange_paused", core.paused()},
                                 {"last_event", core.emitter().event_no},
                                 {"fees_collected", to_dollars(core.accounts().fees_collected).to_string()},
                                 {"residual", to_dollars(core.accounts().residual).to_string()},
                                 {"accounts", std::move(accounts)},
                                 {"groups", std::move(groups)},
                                 {"markets", std::move(markets)}};
  add_liquidation_truth(core, all.get_object());
  show_texts(all);
  return json::serialize(all);
}

}  // namespace marginfix::sim
