// The state of the exchange as JSON for control GET /state: what tests compare their clients with. Decimals are strings.
#include "sim/exchange/views/truth.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "marginfix/core/text.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/state.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/orders.hpp"
#include "sim/exchange/views/truth_members.hpp"

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

json::object order_json(const State& state, const OrderView& v, const Order& o) {
  json::object j{{"order_id", v.order_id.view()},
                 {"client_order_id", v.cl_ord_id},
                 {"ticker", state.markets[v.market].spec.symbol},
                 {"side", side_name(v.side)},
                 {"price", v.price.to_string()},
                 {"count", v.original_qty.to_string()},
                 {"fill_count", v.cum_qty.to_string()},
                 {"remaining_count", v.leaves_qty.to_string()},
                 {"subaccount", v.subaccount},
                 {"session", door_name(v.entered_by.door)},
                 {"key_id", state.accounts.keys[v.entered_by.key].key_id},
                 {"created_time", to_rfc3339(o.created)}};
  if (o.expire) j["expiration_time"] = to_rfc3339(*o.expire);
  if (o.group != 0) j["order_group_id"] = make_uuid(state.emitter.seed(), IdKind::Group, o.group).view();
  return j;
}

json::object key_json(const Key& key) {
  json::object j{{"key_id", key.key_id}, {"scope", scope_name(key.scope)}};
  if (key.subaccount) j["subaccount"] = *key.subaccount;
  if (!key.subtrader.empty()) j["subtrader"] = key.subtrader;
  if (key.revoked) j["revoked"] = true;
  return j;
}

// Where a page of fills ends; 0 = at the newest.
std::uint64_t fills_end(const State& state, AccountId account, std::string_view fill_id) {
  if (fill_id.empty()) return 0;
  const auto trade = uuid_number(state.seed, IdKind::Trade, fill_id), match = uuid_number(state.seed, IdKind::Match, fill_id);
  return state.fills.first_not_before(account, trade.value_or(match.value_or(0)), trade.has_value());
}

// How many entries of a list are not told.
void leave_out(json::object& of, const char* list, std::size_t count) {
  if (count == 0) return;
  json::value& all = of["left_out"];
  if (!all.is_object()) all = json::object{};
  all.get_object()[list] = count;
}

// The newest ones, newest first: what REST's list of fills begins with.
void add_fills(const State& state, AccountId account, const TruthQuery& query, json::object& to) {
  constexpr std::size_t kMost = 1'000;
  json::array out;
  for (const FillView& fill : views::list_fills(state, account, {}, fills_end(state, account, query.fills_before), kMost).fills) {
    out.push_back({{"fill_id", fill.fill_id.view()},
                   {"order_id", fill.order_id.view()},
                   {"ticker", state.markets[fill.market].spec.symbol},
                   {"subaccount", fill.subaccount},
                   {"side", side_name(fill.side)},
                   {"is_taker", fill.taker},
                   {"price", fill.price.to_string()},
                   {"count", fill.quantity.to_string()},
                   {"fee", fill.fee.to_string()},
                   {"realized_pnl", fill.realized_pnl.to_string()},
                   {"created_time", to_rfc3339(fill.time)}});
  }
  const std::size_t kept = account < state.fills.accounts.size() ? state.fills.accounts[account].kept.size() : 0, told = out.size();
  to["fill_list"] = std::move(out);
  leave_out(to, "fill_list", kept - told);
}

// The newest, the oldest of them first.
void add_orders(const State& state, AccountId id, const TruthQuery& query, json::object& to) {
  const bool all = query.orders_before.empty();
  const OrderNo before = uuid_number(state.seed, IdKind::Order, query.orders_before).value_or(0);
  std::vector<OrderIx> open;
  std::size_t left_out = 0;
  for (OrderIx ix = state.accounts.all[id].open.tail; ix != kNil; ix = state.orders[ix].account_link.prev) {
    open.size() < query.limit && (all || state.orders[ix].no < before) ? open.push_back(ix) : void(++left_out);
  }
  json::array orders;
  for (auto ix = open.rbegin(); ix != open.rend(); ++ix) {
    const Order& order = state.orders[*ix];
    orders.push_back(order_json(state, views::order(state, order), order));
  }
  to["orders"] = std::move(orders);
  leave_out(to, "orders", left_out);
}

// The drop-copy window, counted as a client would count it.
void add_reports(const State& state, AccountId id, const TruthQuery& query, json::object& to) {
  const History& history = state.emitter.history;
  const History::Totals totals = history.totals(id, state.clock);
  to["new_orders"] = totals.new_orders;
  to["fills"] = totals.fills;
  const auto last = history.last(id);
  to["last_exec_id"] = last ? json::value(to_string(*last)) : json::value(nullptr);
  json::array exec_ids;
  for (const ExecId& exec_id : history.newest(id, query.limit, query.exec_ids_before, state.clock)) {
    exec_ids.push_back(json::string(to_string(exec_id)));
  }
  const std::size_t told = exec_ids.size();
  to["exec_ids"] = std::move(exec_ids);
  leave_out(to, "exec_ids", totals.reports - told);
}

json::object account_json(const State& state, AccountId id, const TruthQuery& query) {
  const Account& a = state.accounts.all[id];
  json::array keys, balances, positions;
  for (const Key& k : state.accounts.keys) {
    if (k.account == id) keys.push_back(key_json(k));
  }
  for (const BalanceView& b : views::balances(state, id)) {
    balances.push_back({{"subaccount", b.subaccount},
                        {"cash", b.cash.to_string()},
                        {"equity", b.equity.to_string()},
                        {"initial_margin", b.initial_margin.to_string()},
                        {"available", b.available.to_string()}});
  }
  for (const PositionView& p : views::positions(state, id)) {
    positions.push_back({{"subaccount", p.subaccount},
                         {"ticker", state.markets[p.market].spec.symbol},
                         {"position", p.net.to_string()},
                         {"entry_price", p.entry_price.to_string()},
                         {"cost", p.cost.to_string()},
                         {"realized_pnl", p.realized_pnl.to_string()},
                         {"fees", p.fees.to_string()}});
  }
  json::object j{{"name", a.name},
                 {"fcm", a.fcm},
                 {"house", a.house},
                 {"deposits", to_dollars(a.deposits).to_string()},
                 {"keys", std::move(keys)},
                 {"balances", std::move(balances)},
                 {"positions", std::move(positions)}};
  if (!a.house) add_orders(state, id, query, j);  // the house's are in the books
  if (!a.house) add_fills(state, id, query, j);
  add_reports(state, id, query, j);
  add_member_truth(state, id, j);
  return j;
}

void add_levels(const State& state, MarketNo market, const TruthQuery& query, json::object& to) {
  for (const auto& [name, side] : {std::pair("bids", Side::Buy), std::pair("asks", Side::Sell)}) {
    const std::size_t all = state.markets[market].book.side(side).size();
    json::array out;
    for (const LevelView& l : views::depth(state, market, side, std::min(all, query.limit)))
      out.push_back(json::array{l.price.to_string(), l.size.to_string()});
    to[name] = std::move(out);
    leave_out(to, name, all - std::min(all, query.limit));
  }
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

std::string views::truth_json(const State& state, const TruthQuery& query) {
  json::array accounts, markets, groups;
  for (AccountId id = 0; id < state.accounts.all.size(); ++id) {
    if (query.account.empty() || query.account == state.accounts.all[id].name) accounts.push_back(account_json(state, id, query));
  }
  if (accounts.empty() && !query.account.empty()) return {};
  for (MarketNo i = 0; i < state.markets.size(); ++i) {
    const Market& m = state.markets[i];
    markets.push_back({{"ticker", m.spec.symbol},
                       {"status", to_string(m.status)},
                       {"halted", m.stopped() || state.paused},
                       {"market_version", m.version},
                       {"reference_price", to_price(m.reference).to_string()},
                       {"settlement_mark_price", to_price(settlement_mark(state, i)).to_string()},
                       {"liquidation_mark_price", to_price(liquidation_mark(state, i)).to_string()},
                       {"last_price", m.last ? json::value(to_price(*m.last).to_string()) : json::value(nullptr)},
                       {"trades", m.tape.matched()}});
    add_levels(state, i, query, markets.back().get_object());
  }
  const auto groups_end = query.groups_before.empty()
                              ? state.groups.end()
                              : state.groups.lower_bound(uuid_number(state.seed, IdKind::Group, query.groups_before).value_or(0));
  auto first_group = groups_end;
  for (std::size_t i = 0; i < query.limit && first_group != state.groups.begin(); ++i) --first_group;
  for (auto group = first_group; group != groups_end; ++group) {
    const auto& [no, g] = *group;
    OrderGroup now = g;
    groups.push_back({{"order_group_id", make_uuid(state.emitter.seed(), IdKind::Group, no).view()},
                      {"account", state.accounts.all[g.account].name},
                      {"subaccount", g.subaccount},
                      {"contracts_limit", g.limit},
                      {"matched", to_count(now.count(state.clock)).to_string()},
                      {"triggered", g.triggered}});
  }
  const std::size_t groups_told = groups.size();
  json::value all = json::object{{"now", to_rfc3339(state.clock)},
                                 {"exchange_paused", state.paused},
                                 {"last_event", state.emitter.event_no},
                                 {"fees_collected", to_dollars(state.accounts.fees_collected).to_string()},
                                 {"residual", to_dollars(state.accounts.residual).to_string()},
                                 {"accounts", std::move(accounts)},
                                 {"groups", std::move(groups)},
                                 {"markets", std::move(markets)}};
  leave_out(all.get_object(), "groups", state.groups.size() - groups_told);
  add_liquidation_truth(state, all.get_object());
  show_texts(all);
  return json::serialize(all);
}

}  // namespace marginfix::sim
