// The promises of the engine, each looked at from scratch. Used by tests after every operation.
#include "sim/exchange/views/check.hpp"

#include <fmt/format.h>
#include <map>

#include "sim/exchange/state.hpp"

namespace marginfix::sim::views {
namespace {

class Findings {
 public:
  void expect(bool good, const std::string& what) {
    if (!good) list.push_back(what);
  }
  std::vector<std::string> list;
};

void check_side(const OrderStore& orders, const Book& book, Side side, const std::string& symbol, Findings& out, std::size_t& resting) {
  for (const auto& [key, level] : book.side(side)) {
    Qty sum = 0;
    std::uint32_t count = 0;
    OrderIx previous = kNil;
    for (OrderIx ix = level.queue.head; ix != kNil; ix = orders[ix].level_link.next) {
      const Order& o = orders[ix];
      out.expect(o.open && o.in_book && o.side == side && o.price == Book::price(side, key),
                 fmt::format("{}: order {} misplaced", symbol, o.no));
      out.expect(o.leaves() > 0, fmt::format("{}: order {} rests with nothing left", symbol, o.no));
      out.expect(o.level_link.prev == previous, fmt::format("{}: order {} badly linked", symbol, o.no));
      previous = ix;
      sum += o.leaves();
      ++count;
    }
    resting += count;
    out.expect(count > 0 && sum == level.size && count == level.count,
               fmt::format("{}: level {} does not add up", symbol, Book::price(side, key)));
  }
}

struct Resting {
  Qty qty[2]{0, 0};
  Micros notional[2]{0, 0};
};

}  // namespace

std::vector<std::string> check(const State& state) {
  Findings out;
  std::size_t resting = 0;
  for (const Market& m : state.markets) {
    check_side(state.orders, m.book, Side::Buy, m.spec.symbol, out, resting);
    check_side(state.orders, m.book, Side::Sell, m.spec.symbol, out, resting);
    const bool crossed = !m.book.empty(Side::Buy) && !m.book.empty(Side::Sell) && m.book.best(Side::Buy) >= m.book.best(Side::Sell);
    out.expect(!crossed, m.spec.symbol + ": book is crossed");
  }
  Micros cash = 0, cost = 0, deposits = 0;
  std::vector<Qty> net(state.markets.size(), 0), longs(state.markets.size(), 0);
  std::size_t open = 0;
  for (AccountId a = 0; a < state.accounts.all.size(); ++a) {
    const Account& account = state.accounts.all[a];
    deposits += account.deposits;
    std::map<std::pair<int, MarketNo>, Resting> sums;
    OrderNo previous = 0;
    for (OrderIx ix = account.open.head; ix != kNil; ix = state.orders[ix].account_link.next) {
      const Order& o = state.orders[ix];
      ++open;
      out.expect(o.account == a && o.open && o.in_book && o.cum >= 0 && o.cum < o.total && o.no > previous,
                 fmt::format("order {} is inconsistent", o.no));
      out.expect(o.house || state.orders.find(a, o.cl_ord_id.view()) == ix, fmt::format("order {} is not found by its ClOrdID", o.no));
      out.expect(!o.expire || (*o.expire > state.clock && state.expiries.contains(*o.expire)),
                 fmt::format("order {} outlived its expiry", o.no));
      previous = o.no;
      Resting& r = sums[{o.subaccount, o.market}];
      r.qty[o.side == Side::Buy ? 0 : 1] += o.leaves();
      r.notional[o.side == Side::Buy ? 0 : 1] += o.leaves() * o.price;
    }
    Micros ledger = 0, account_cash = 0;
    for (const LedgerEntry& e : account.ledger) ledger += e.amount;
    for (std::size_t s = 0; s < account.subaccounts.size(); ++s) {
      account_cash += account.subaccounts[s].cash;
      for (MarketNo m = 0; m < state.markets.size(); ++m) {
        const Position& p = account.subaccounts[s].positions[m];
        net[m] += p.net;
        longs[m] += std::max<Qty>(0, p.net);
        cost += p.cost;
        const Resting& r = sums[{static_cast<int>(s), m}];
        for (std::size_t i = 0; i < 2; ++i) {
          out.expect(p.open_qty[i] == r.qty[i] && p.open_notional[i] == r.notional[i], account.name + ": resting sums are wrong");
        }
        out.expect(p.net != 0 || p.cost == 0, account.name + ": a flat position has a cost");
      }
    }
    out.expect(account.house || ledger == account_cash, account.name + ": ledger and cash differ");
    cash += account_cash;
  }
  out.expect(open == resting, "open orders and book entries differ in number");
  out.expect(cash - cost + state.accounts.fees_collected + state.accounts.residual == deposits + state.accounts.insurance_paid,
             "cash is not conserved");
  for (MarketNo m = 0; m < state.markets.size(); ++m) {
    out.expect(net[m] == 0, state.markets[m].spec.symbol + ": positions do not net to zero");
    out.expect(longs[m] == state.accounts.open_interest[m], state.markets[m].spec.symbol + ": open interest is not the sum of the longs");
  }
  state.clearing.check(out.list);
  for (AccountId a = 0; a < state.accounts.all.size(); ++a) check_shares(state, a, out.list);
  state.triggers.check(state, out.list);
  return out.list;
}

}  // namespace marginfix::sim::views
