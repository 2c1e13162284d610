// The promises of clearing, each looked at from scratch: see clearing.hpp.
#include <fmt/format.h>
#include <algorithm>

#include "sim/exchange/clearing/clearing.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

void expect(std::vector<std::string>& findings, bool good, const std::string& name, std::string_view what) {
  if (!good) findings.push_back("clearing, " + name + ": " + std::string(what));
}

}  // namespace

void Clearing::check(std::vector<std::string>& findings) const {
  expect(findings, members_.size() == state_.accounts.all.size(), "members", "not every account is one");
  for (AccountId account = 0; account < members_.size(); ++account) {
    check_positions(account, findings);
    if (members_[account].house) continue;
    check_ledger(account, findings);
    check_settled(account, findings);
    check_balance(account, findings);
  }
  // What the accounts call residual is what nobody got; a line's three parts are rounded by less than a centicent each.
  const Centicents residual = state_.accounts.residual < 0 ? -state_.accounts.residual : state_.accounts.residual;
  Centicents sum = 0;
  std::size_t lines = 0;
  for (const SettlementCycle& c : cycles_) {
    sum += c.members_pnl + c.house_pnl;
    lines = std::max(lines, c.lines);
  }
  const Centicents most = static_cast<Centicents>(3 * lines + 1) + to_centicents(residual);
  expect(findings, sum <= most && -sum <= most, "cycles", "profits of all members do not sum to zero");
}

// Lines of the clearing view and positions of the accounts: same holdings, same result.
void Clearing::check_positions(AccountId account, std::vector<std::string>& findings) const {
  const Account& a = state_.accounts.all[account];
  std::map<MarketNo, std::pair<Qty, Micros>> lines;
  for (const auto& [key, l] : members_[account].lines) {
    lines[key.second].first += l.net;
    lines[key.second].second += l.flow;
  }
  for (MarketNo m = 0; m < state_.markets.size(); ++m) {
    Qty net = 0;
    Micros flow = 0;
    for (const Subaccount& sub : a.subaccounts) {
      net += sub.positions[m].net;
      flow += sub.positions[m].realized - sub.positions[m].cost;
    }
    const auto& symbol = state_.markets[m].spec.symbol;
    expect(findings, lines[m].first == net, a.name, symbol + ": lines and positions differ");
    expect(findings, lines[m].second == flow, a.name, symbol + ": profit of the lines and of the positions differ");
  }
}

void Clearing::check_ledger(AccountId account, std::vector<std::string>& findings) const {
  const Account& a = state_.accounts.all[account];
  Micros gained = 0, fees = 0, funding = 0, cost = 0;
  for (const LedgerEntry& e : a.ledger) {
    if (e.kind == LedgerKind::Fee) fees -= e.amount;
    if (e.kind == LedgerKind::Funding) funding += e.amount;
    if (e.kind == LedgerKind::Funding || e.kind == LedgerKind::RealizedPnl || e.kind == LedgerKind::CorporateAction) gained += e.amount;
  }
  for (const Subaccount& sub : a.subaccounts) {
    for (const Position& p : sub.positions) cost += p.cost;
  }
  Micros line_gained = 0, line_fees = 0, line_funding = 0;
  for (const auto& [key, l] : members_[account].lines) {
    line_gained += l.flow + l.funding + l.corporate;
    line_fees += l.fees;
    line_funding += l.funding;
  }
  expect(findings, line_funding == funding, a.name, "funding of the lines and of the ledger differ");
  expect(findings, line_fees == fees, a.name, "fees of the lines and of the ledger differ");
  expect(findings, line_gained == gained - cost, a.name, "what the lines earned is not what the ledger says");
}

// Every row of every obligation, added up again.
void Clearing::check_settled(AccountId account, std::vector<std::string>& findings) const {
  const ClearingMember& m = members_[account];
  const std::string& name = state_.accounts.all[account].name;
  std::map<LineKey, std::pair<Centicents, Centicents>> settled;
  std::map<std::string, Centicents> margins;
  for (const Obligation* o : obligations(account)) {
    Centicents pnl = 0, fees = 0, margin = 0, delta = 0;
    for (const SettlementRow& r : o->details) {
      pnl += r.pnl;
      fees += r.fees;
      settled[{r.subtrader, r.market}].first += r.pnl;
      settled[{r.subtrader, r.market}].second += r.fees;
    }
    for (const MarginRow& r : o->margins) {
      margin += r.margin;
      delta += r.delta;
    }
    const std::string what = fmt::format("obligation {} ", o->no);
    expect(findings, pnl == o->pnl && fees == o->fees, name, what + "is not the sum of its settlement details");
    expect(findings, margin == o->margin && delta == o->margin_delta, name, what + "is not the sum of its margin details");
    expect(findings, margins[o->asset_class] + delta == margin, name, what + "does not go on from the margin before");
    margins[o->asset_class] = margin;
  }
  std::map<LineKey, Centicents> rows;
  for (const FundingRow& r : m.funding) rows[{r.subtrader, r.market}] += r.amount;
  for (const auto& [key, l] : m.lines) {
    const Centicents sum = l.settled_trade + l.settled_funding + l.settled_corporate;
    expect(findings, settled[key] == std::pair(sum, l.settled_fees), name, "settlement details and lines differ");
    expect(findings, rows[key] == l.noted_funding && l.noted_funding == to_centicents(l.funding), name, "funding rows and lines differ");
  }
}

void Clearing::check_balance(AccountId account, std::vector<std::string>& findings) const {
  const ClearingMember& m = members_[account];
  const std::string& name = state_.accounts.all[account].name;
  Centicents available = 0, locked = 0, settled = 0;
  for (const BalanceEntry& e : m.balance) {
    available += e.available;
    locked += e.locked;
    if (e.reason == BalanceReason::Settlement) settled += e.available;
  }
  Centicents owed = 0;
  for (const Obligation* o : obligations(account)) {
    if (o->amount() < 0) {
      owed -= o->received;
      expect(findings, o->complete == (o->received == -o->amount()), name, "an obligation is closed that is not paid");
    } else if (o->complete) {
      owed += o->amount();
    }
  }
  Centicents pending = 0;
  for (const Withdrawal& w : m.withdrawals) pending += w.status == WithdrawalStatus::Processed ? 0 : w.amount;
  expect(findings, available == m.available && locked == m.locked, name, "the balance is not the sum of its history");
  expect(findings, m.available >= 0 && locked == pending, name, "the locked balance is not what is being withdrawn");
  expect(findings, settled == owed, name, "the balance does not hold what obligations moved");
}

}  // namespace marginfix::sim
