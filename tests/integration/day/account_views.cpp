// One account on REST and in GET /state. See views.hpp.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "integration/day/views.hpp"

namespace marginfix::day {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTransferTakes{250};  // docs/rest.md

DollarDecimal mark_of(const Quiet& quiet, const std::string& ticker) { return quiet.markets.at(ticker).liquidation_mark_price->price; }

std::map<Held, Position> open_positions(const Books& books) {
  std::map<Held, Position> open;
  for (const auto& [held, p] : books.positions) {
    if (p.net != 0) open[held] = p;
  }
  return open;
}

void check_positions(PerpsClient& client, const Books& books, const Quiet& quiet) {
  auto expected = open_positions(books);
  const auto positions = client.portfolio().positions().value().positions;
  for (const rest::MarginPosition& p : positions) {
    const Held held{p.subaccount.value_or(0), p.market_ticker};
    SCOPED_TRACE("position in " + held.second + ", subaccount " + std::to_string(held.first));
    const auto it = expected.find(held);
    if (it == expected.end()) {
      ADD_FAILURE() << "a position nobody traded: " << p.position.to_string();
      continue;
    }
    EXPECT_EQ(p.position.units(), it->second.net);
    EXPECT_EQ(p.entry_price, it->second.entry_price());
    EXPECT_EQ(p.unrealized_pnl.units(), worth(mark_of(quiet, held.second), it->second.net) - it->second.cost);
    EXPECT_EQ(p.fees->units(), it->second.open_fees);
    expected.erase(it);
  }
  for (const auto& [held, p] : expected) ADD_FAILURE() << "no position in " << held.second << ", subaccount " << held.first;
}

struct Sums {
  Amount notional{0}, maintenance{0}, unrealized{0};
};

// Risk by subaccount; what it says of a position must be what the marks make of it.
std::map<int, Sums> check_risk(PerpsClient& client, const Books& books, const Quiet& quiet) {
  const auto expected = open_positions(books);
  const auto risk = client.margin().risk().value();
  std::map<int, Sums> sums;
  Amount notional = 0, maintenance = 0;
  EXPECT_EQ(risk.positions.size(), expected.size());
  for (const rest::MarginRiskPosition& p : risk.positions) {
    const Held held{p.subaccount.value_or(0), p.market_ticker};
    const auto it = expected.find(held);
    if (it == expected.end()) continue;  // said above
    const DollarDecimal mark = mark_of(quiet, held.second);
    EXPECT_EQ(p.mark_price, mark) << held.second;
    EXPECT_EQ(p.position.units(), it->second.net) << held.second;
    EXPECT_EQ(p.position_notional.units(), worth(mark, size_of(it->second.net))) << held.second;
    Sums& s = sums[held.first];
    s.notional += p.position_notional.units();
    s.maintenance += p.maintenance_margin_required.value().units();
    s.unrealized += worth(mark, it->second.net) - it->second.cost;
    notional += p.position_notional.units();
    maintenance += p.maintenance_margin_required.value().units();
  }
  EXPECT_EQ(risk.total_position_notional->units(), notional);
  EXPECT_EQ(risk.total_maintenance_margin->units(), maintenance);
  return sums;
}

void check_balance(PerpsClient& client, const Books& books, std::map<int, Sums> risk) {
  const auto balance = client.margin().balance({.compute_available_balance = true}).value();
  Amount cash = 0;
  EXPECT_EQ(balance.subaccount_balances.size(), books.cash.size());
  for (const rest::MarginSubaccountBalance& b : balance.subaccount_balances) {
    SCOPED_TRACE("balance of subaccount " + std::to_string(b.subaccount));
    const Sums& s = risk[b.subaccount];
    const Amount equity = books.cash.at(b.subaccount) + s.unrealized;
    cash += books.cash.at(b.subaccount);
    EXPECT_EQ(b.position_value.units(), s.notional);
    EXPECT_EQ(b.account_equity.units(), equity);
    EXPECT_EQ(b.maintenance_margin->units(), s.maintenance);
    EXPECT_GE(*b.initial_margin, *b.maintenance_margin);
    EXPECT_EQ(b.available_balance->units(), std::max<Amount>(0, equity - b.initial_margin->units() - b.resting_orders_margin->units()));
  }
  EXPECT_EQ(balance.settled_funds->units(), cash);
}

// Per market the larger of (longs + resting bids) and (shorts + resting asks).
void check_notional(PerpsClient& client, const Notes& notes, const Books& books, const Quiet& quiet) {
  std::map<std::string, std::pair<Amount, Amount>> sides;
  for (const auto& [held, p] : open_positions(books)) {
    auto& side = p.net > 0 ? sides[held.second].first : sides[held.second].second;
    side += worth(mark_of(quiet, held.second), size_of(p.net));
  }
  for (const auto& [id, order] : notes.orders) {
    if (order.over) continue;
    auto& side = order.side == Side::Buy ? sides[order.ticker].first : sides[order.ticker].second;
    side += worth(order.price, order.remaining.units());
  }
  const auto usage = client.margin().notional_risk_limit().value();
  Amount total = 0;
  for (const auto& [ticker, both] : sides) {
    const Amount larger = std::max(both.first, both.second);
    total += larger;
    const auto it = usage.current_usage_by_market_ticker.find(ticker);
    const Amount said = it == usage.current_usage_by_market_ticker.end() ? 0 : it->second.units();
    EXPECT_EQ(said, larger) << "notional used in " << ticker;
  }
  EXPECT_EQ(usage.total_current_usage->units(), total);
}

void check_fills(PerpsClient& client, const std::vector<HeardFill>& heard, const Books& books, bool own_ids_for_makers) {
  std::map<std::string, const HeardFill*> by_ids;
  for (const HeardFill& f : heard) by_ids[f.order_id + "/" + f.exec_id] = &f;
  std::map<std::string, std::vector<const HeardFill*>> of_order;
  for (const HeardFill& f : heard) of_order[f.order_id].push_back(&f);
  const auto fills = client.portfolio().fills_all({.limit = 1'000}).collect().value();
  EXPECT_EQ(fills.size(), heard.size()) << "as many fills as reports of them";
  std::set<std::string> ids;
  for (const rest::MarginFill& f : fills) {
    EXPECT_TRUE(ids.insert(f.fill_id).second) << "twice: " << f.fill_id;
    const auto& candidates = of_order[f.order_id];
    const auto it = std::ranges::find(candidates, f.fill_id, [](const HeardFill* h) { return h->trade_id; });
    // Both sides of a trade between an FCM's customers are the account's: the maker's fill has an id of its own.
    const auto same_trade = [&](const HeardFill* h) {
      return h->time == f.created_time && h->quantity == f.count && h->taker == f.is_taker;
    };
    const HeardFill* h = it != candidates.end() ? *it : nullptr;
    if (h == nullptr && own_ids_for_makers && !f.is_taker) {
      const auto again = std::ranges::find_if(candidates, same_trade);
      if (again != candidates.end()) h = *again;
    }
    if (h == nullptr) {
      ADD_FAILURE() << "fill " << f.fill_id << " of order " << f.order_id << " was never reported";
      continue;
    }
    SCOPED_TRACE("fill " + f.fill_id);
    EXPECT_EQ(f.ticker, h->ticker);
    EXPECT_EQ(f.count, h->quantity);
    EXPECT_EQ(f.price, h->price);
    EXPECT_EQ(f.fees, h->fee);
    EXPECT_EQ(f.is_taker, h->taker);
    EXPECT_EQ(f.created_time, h->time);
    EXPECT_EQ(f.side, h->side == Side::Buy ? BookSide::bid : BookSide::ask);
    const Booked& booked = books.fills.at(h->exec_id);
    EXPECT_EQ(f.realized_pnl->units(), booked.realized);
    EXPECT_EQ(*f.entry_price, booked.measured_against);
  }
}

void check_funding(PerpsClient& client, const Books& books, const Quiet& quiet) {
  using Key = std::tuple<Timestamp, std::string, int>;
  std::map<Key, const Payment*> expected;
  for (const Payment& p : books.payments) expected[{p.time, p.ticker, p.subaccount}] = &p;
  const auto day = [](Timestamp t) { return Date{std::chrono::floor<std::chrono::days>(t)}; };
  const auto history =
      client.funding().history({.start_date = day(quiet.now - std::chrono::days(30)), .end_date = day(quiet.now)}).value().funding_history;
  EXPECT_EQ(history.size(), expected.size()) << "payments of funding";
  for (const rest::MarginFundingHistoryEntry& e : history) {
    const auto it = expected.find({e.funding_time, e.market_ticker, e.subaccount_number.has_value() ? e.subaccount_number.value() : 0});
    if (it == expected.end()) {
      ADD_FAILURE() << "funding of " << e.market_ticker << " at " << to_rfc3339(e.funding_time) << " without a position";
      continue;
    }
    EXPECT_EQ(e.funding_amount.units(), it->second->amount) << e.market_ticker << " at " << to_rfc3339(e.funding_time);
    EXPECT_EQ(e.quantity.units(), it->second->quantity);
  }
}

// The reports carry the same numbers: net position after each fill, what it paid.
void check_reports(const std::vector<HeardFill>& fills, const Books& books) {
  std::map<Held, Contracts> net;
  for (const HeardFill& f : fills) {
    Contracts& n = net[{f.subaccount, f.ticker}];
    n += f.side == Side::Buy ? f.quantity.units() : -f.quantity.units();
    EXPECT_EQ(f.position.units(), n) << "704/705 of " << f.exec_id;
    EXPECT_EQ(f.balance_change, -f.fee) << f.exec_id;
    EXPECT_EQ(f.payout_change.units(), books.fills.at(f.exec_id).realized) << f.exec_id;
  }
}

void check_state(const Desk& desk, const Books& books, const Notes& notes, const Quiet& quiet) {
  const auto& account = account_of(quiet, desk.name());
  for (const auto& b : account.at("balances").as_array()) {
    EXPECT_EQ(dollars_of(b.at("cash")), books.cash.at(static_cast<int>(b.at("subaccount").as_int64()))) << "cash of " << desk.name();
  }
  std::map<Held, Position> known = books.positions;
  for (const auto& p : account.at("positions").as_array()) {
    const Held held{static_cast<int>(p.at("subaccount").as_int64()), std::string(p.at("ticker").as_string())};
    const Position& own = known[held];
    EXPECT_EQ(contracts_of(p.at("position")), own.net) << held.second;
    EXPECT_EQ(dollars_of(p.at("cost")), own.cost) << held.second;
    EXPECT_EQ(dollars_of(p.at("realized_pnl")), own.realized) << held.second;
    EXPECT_EQ(dollars_of(p.at("fees")), own.fees) << held.second;
  }
  std::set<std::string> open;
  for (const auto& [id, order] : notes.orders) {
    if (!order.over) open.insert(id);
  }
  EXPECT_EQ(account.at("orders").as_array().size(), open.size()) << "open orders of " << desk.name();
  for (const auto& o : account.at("orders").as_array()) EXPECT_TRUE(open.contains(std::string(o.at("order_id").as_string())));
}

}  // namespace

Amount dollars_of(const boost::json::value& text) { return DollarDecimal::parse(std::string_view(text.as_string())).value().units(); }
Contracts contracts_of(const boost::json::value& text) {
  return FixedPointCount::parse(std::string_view(text.as_string())).value().units();
}

const boost::json::object& account_of(const Quiet& quiet, std::string_view name) {
  for (const auto& a : quiet.state.at("accounts").as_array()) {
    if (std::string_view(a.at("name").as_string()) == name) return a.as_object();
  }
  throw std::runtime_error("GET /state has no account " + std::string(name));
}

History history_of(Desk& desk, const Notes& notes, const Quiet& quiet) {
  // The list of transfers forgets the oldest: what arrived is noted when it is seen.
  const auto& account = account_of(quiet, desk.name());
  const boost::json::value* transfers = account.if_contains("transfers");
  for (std::size_t i = 0; transfers != nullptr && i < transfers->as_array().size(); ++i) {
    const auto& t = transfers->as_array()[i];
    const auto asked = std::ranges::find(desk.outside, std::string(t.at("transfer_id").as_string()), &Desk::OutsideMove::transfer_id);
    if (asked == desk.outside.end() || asked->arrived || t.at("status").as_string() != "applied") continue;
    asked->arrived = true;
    desk.arrived.push_back({parse_rfc3339(std::string_view(t.at("accepted_time").as_string())).value() + kTransferTakes, 0, asked->amount});
  }
  History history;
  for (const DollarDecimal& d : desk.deposits()) history.deposits.push_back(d.units());
  history.fills = notes.fills;
  history.moves = desk.between;
  history.moves.insert(history.moves.end(), desk.arrived.begin(), desk.arrived.end());
  std::ranges::stable_sort(history.moves, {}, &CashMove::time);
  history.rates = quiet.rates;
  return history;
}

void check_account(Desk& desk, const Notes& notes, const History& history, const Quiet& quiet) {
  SCOPED_TRACE("account " + desk.name());
  const Books books = keep_books(history);
  check_reports(history.fills, books);
  check_positions(desk.rest(), books, quiet);
  check_balance(desk.rest(), books, check_risk(desk.rest(), books, quiet));
  check_notional(desk.rest(), notes, books, quiet);
  check_fills(desk.rest(), history.fills, books, !desk.customer().empty());
  check_funding(desk.rest(), books, quiet);
  check_state(desk, books, notes, quiet);
}

void check_customer(Desk& desk, const Notes&, const History& history, const Quiet& quiet) {
  SCOPED_TRACE("customer " + desk.customer());
  History own;
  own.deposits = {0};
  std::ranges::copy_if(history.fills, std::back_inserter(own.fills), [&](const HeardFill& f) { return f.customer == desk.customer(); });
  const Books books = keep_books(own);
  check_positions(*desk.customer_rest(), books, quiet);
  check_fills(*desk.customer_rest(), own.fills, books, true);
}

}  // namespace marginfix::day
