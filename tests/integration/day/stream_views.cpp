// The same fills and orders wherever they are told, and what all accounts add up to. See views.hpp.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "integration/day/views.hpp"

namespace marginfix::day {
namespace {

BookSide stream_side(Side side) { return side == Side::Buy ? BookSide::bid : BookSide::ask; }

void check_entry(const Desk& desk, const Notes& notes) {
  const std::set<std::string> mine(desk.entered_by_fix().begin(), desk.entered_by_fix().end());
  std::size_t expected = 0;
  for (const HeardFill& f : notes.fills) {
    if (!mine.contains(f.order_id)) continue;
    ++expected;
    const auto it = notes.entry_fills.find(f.exec_id);
    if (it == notes.entry_fills.end()) {
      ADD_FAILURE() << "order entry was not told of fill " << f.exec_id;
      continue;
    }
    EXPECT_EQ(it->second.trade_id, f.trade_id);
    EXPECT_EQ(it->second.quantity, f.quantity);
    EXPECT_EQ(it->second.price, f.price);
    EXPECT_EQ(it->second.fee, f.fee);
  }
  EXPECT_EQ(notes.entry_fills.size(), expected) << "fills on order entry";
}

void check_ws_fills(const Notes& notes) {
  EXPECT_EQ(notes.ws_fills.size(), notes.fills.size()) << "fills on the WebSocket";
  for (const HeardFill& f : notes.fills) {
    const auto it = notes.ws_fills.find(f.order_id + "/" + f.trade_id);
    if (it == notes.ws_fills.end()) {
      ADD_FAILURE() << "the WebSocket did not tell fill " << f.trade_id << " of order " << f.order_id;
      continue;
    }
    const ws::MarginFill& w = it->second;
    EXPECT_EQ(w.count, f.quantity);
    EXPECT_EQ(w.price, f.price);
    EXPECT_EQ(w.fee_cost, f.fee);
    EXPECT_EQ(w.post_position, f.position);
    EXPECT_EQ(w.is_taker, f.taker);
    EXPECT_EQ(w.side, stream_side(f.side));
    EXPECT_EQ(w.market_ticker, f.ticker);
    EXPECT_EQ(w.subaccount.value_or(0), f.subaccount);
  }
}

void check_orders(PerpsClient& client, const Notes& notes) {
  std::map<std::string, FixedPointCount> filled;
  for (const HeardFill& f : notes.fills) filled[f.order_id] += f.quantity;
  const auto orders = client.orders().list_all().collect().value();
  EXPECT_EQ(orders.size(), notes.orders.size()) << "orders on REST and on the listener";
  std::set<std::string> ids;
  for (const rest::MarginOrder& o : orders) {
    EXPECT_TRUE(ids.insert(o.order_id).second) << "twice: " << o.order_id;
    const auto it = notes.orders.find(o.order_id);
    if (it == notes.orders.end()) {
      ADD_FAILURE() << "order " << o.order_id << " was never reported";
      continue;
    }
    SCOPED_TRACE("order " + o.client_order_id);
    EXPECT_EQ(o.client_order_id, it->second.cl_ord_id);
    EXPECT_EQ(o.ticker, it->second.ticker);
    EXPECT_EQ(o.side, stream_side(it->second.side));
    EXPECT_EQ(o.price, it->second.price);
    EXPECT_EQ(o.fill_count, filled[o.order_id]);
    EXPECT_EQ(o.remaining_count, it->second.remaining);
    const auto w = notes.ws_orders.find(o.order_id);
    if (w == notes.ws_orders.end()) {
      ADD_FAILURE() << "the WebSocket never told of the order";
      continue;
    }
    EXPECT_EQ(w->second.fill_count, o.fill_count);
    EXPECT_EQ(w->second.remaining_count, o.remaining_count);
    EXPECT_EQ(w->second.price, o.price);
    EXPECT_EQ(w->second.client_order_id, o.client_order_id);
  }
  std::size_t by_status = 0;
  for (const char* status : {"resting", "executed", "canceled"}) {
    for (const auto& o : client.orders().list_all({.status = status})) {
      ++by_status;
      EXPECT_EQ(o.value().remaining_count.is_zero(), std::string_view(status) != "resting") << o->order_id;
    }
  }
  EXPECT_EQ(by_status, orders.size()) << "every order is resting, executed or canceled";
}

// A mark, an account's share of the residue: what all payments of one funding leave over.
Amount funding_residue(const std::vector<std::pair<const Notes*, const History*>>& accounts, const Quiet& quiet) {
  std::map<std::pair<Timestamp, std::string>, std::pair<Contracts, Amount>> sums;
  for (const auto& [notes, history] : accounts) {
    for (const Payment& p : keep_books(*history).payments) {
      auto& sum = sums[{p.time, p.ticker}];
      sum.first += p.quantity;
      sum.second += p.amount;
    }
  }
  Amount residue = 0;
  for (const rest::MarginFundingRate& r : quiet.rates) {
    const auto it = sums.find({r.funding_time, r.market_ticker});
    if (it == sums.end()) continue;
    // The house holds the other side of what the accounts do not hold against each other.
    residue -= it->second.second + funding_amount(-it->second.first, r.mark_price, r.funding_rate);
  }
  return residue;
}

}  // namespace

void check_streams(Desk& desk, const Notes& notes, const Quiet&) {
  SCOPED_TRACE("streams of " + desk.name());
  EXPECT_EQ(notes.repeated, 0U) << "fills that the listener told twice";
  EXPECT_EQ(notes.ws_repeated, 0U) << "fills that the WebSocket told twice";
  check_entry(desk, notes);
  check_ws_fills(notes);
  check_orders(desk.rest(), notes);
}

void check_totals(const std::vector<std::pair<const Notes*, const History*>>& accounts, const Quiet& quiet) {
  Amount cash = 0, cost = 0, deposits = 0, fees = 0;
  std::map<std::string, Contracts> net;
  for (const auto& a : quiet.state.at("accounts").as_array()) {
    deposits += dollars_of(a.at("deposits"));
    for (const auto& b : a.at("balances").as_array()) cash += dollars_of(b.at("cash"));
    for (const auto& p : a.at("positions").as_array()) {
      cost += dollars_of(p.at("cost"));
      fees += dollars_of(p.at("fees"));
      net[std::string(p.at("ticker").as_string())] += contracts_of(p.at("position"));
    }
  }
  const Amount insurance = dollars_of(quiet.state.at("insurance_paid"));
  const Amount residual = dollars_of(quiet.state.at("residual"));
  const Amount collected = dollars_of(quiet.state.at("fees_collected"));
  EXPECT_EQ(cash - cost + collected + residual, deposits + insurance) << "cash is not conserved";
  EXPECT_EQ(fees, collected) << "fees of all accounts";
  for (const auto& [ticker, sum] : net) EXPECT_EQ(sum, 0) << "positions in " << ticker << " do not net to zero";
  Amount insured = 0;
  for (const auto& [notes, history] : accounts) insured += keep_books(*history).insured;
  EXPECT_EQ(insured, insurance) << "insurance";
  EXPECT_EQ(funding_residue(accounts, quiet), residual) << "what roundings of funding left over";
}

void check_trades(PerpsClient& anybody, const std::vector<const Notes*>& accounts, const std::map<std::string, ws::MarginTrade>& ws_trades,
                  const Quiet&) {
  std::multimap<std::string, const HeardFill*> fills;
  for (const Notes* notes : accounts) {
    for (const HeardFill& f : notes->fills) fills.emplace(f.trade_id, &f);
  }
  const auto trades = anybody.portfolio().trades_all({.limit = 1'000}).collect().value();
  EXPECT_EQ(trades.size(), ws_trades.size()) << "public trades on REST and on the WebSocket";
  std::size_t in_trades = 0;
  for (const rest::MarginTrade& t : trades) {
    SCOPED_TRACE("trade " + t.trade_id);
    const auto w = ws_trades.find(t.trade_id);
    EXPECT_TRUE(w != ws_trades.end() && w->second.price == t.price && w->second.count == t.count) << "not so on the WebSocket";
    const auto [first, last] = fills.equal_range(t.trade_id);
    EXPECT_EQ(std::distance(first, last), 2);
    for (auto it = first; it != last; ++it) {
      ++in_trades;
      const HeardFill& f = *it->second;
      EXPECT_EQ(f.price, t.price);
      EXPECT_EQ(f.quantity, t.count);
      EXPECT_EQ(f.ticker, t.ticker);
      EXPECT_EQ(t.taker_side == stream_side(f.side), f.taker);
    }
  }
  // What is left over: positions that the house took over in a liquidation, at the mark and not in the market.
  std::size_t alone = 0;
  for (const auto& [id, fill] : fills) alone += fills.count(id) == 1 ? 1 : 0;
  EXPECT_EQ(in_trades + alone, fills.size());
}

}  // namespace marginfix::day
