// A settlement cycle: what every line earned since the last one becomes rows of obligations.
#include <algorithm>

#include "sim/exchange/clearing/clearing.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {

// ---- what would be settled now ----------------------------------------------------------------------------------------------

std::map<SubtraderNo, ClearingNo> Clearing::groups_of(const ClearingMember& member) const {
  std::map<SubtraderNo, ClearingNo> out;
  if (member.groups.empty()) return out;
  for (const auto& [key, l] : member.lines) {
    if (key.first == 0 || out.contains(key.first)) continue;
    const std::string_view id = state_.emitter.names.text(key.first);
    for (const SubtraderGroup& g : member.groups) {
      if (std::ranges::find(g.subtraders, id) != g.subtraders.end()) out[key.first] = g.no;
    }
  }
  return out;
}

Clearing::Unit Clearing::unit_of(const std::map<SubtraderNo, ClearingNo>& groups, SubtraderNo subtrader) {
  const auto it = groups.find(subtrader);
  return it == groups.end() ? Unit{subtrader, 0} : Unit{0, it->second};
}

// What a line earned since the last settlement, at the price. Trading profit is whole centicents as long as contracts are whole.
Clearing::Unsettled Clearing::unsettled(const ClearingLine& l, Ticks price) {
  Unsettled u;
  u.trade = to_centicents(l.flow + l.net * price) - l.settled_trade;
  u.funding = l.noted_funding - l.settled_funding;
  u.corporate = l.noted_corporate - l.settled_corporate;
  u.fees = to_centicents(l.fees) - l.settled_fees;
  return u;
}

// Markets of one portfolio have no netting among each other: each is margined on its net position (the group's, when grouped).
Centicents Clearing::required(const PortfolioEstimate& portfolio) const {
  Centicents sum = 0;
  for (const auto& m : portfolio.markets) {
    const Micros notional = (m.net < 0 ? -m.net : m.net) * mark(m.market);
    sum += centicents_up(maintenance_margin(state_.markets[m.market].spec, notional));
  }
  return sum;
}

// Lines whose funding or corporate-action rows no settlement has carried yet.
std::set<std::pair<SubtraderNo, MarketNo>> Clearing::lines_with_rows(const ClearingMember& member) {
  std::set<std::pair<SubtraderNo, MarketNo>> out;
  const auto open_rows = [&out](const auto& rows) {
    for (auto it = rows.rbegin(); it != rows.rend() && it->obligation == 0; ++it) out.insert({it->subtrader, it->market});
  };
  open_rows(member.funding);
  open_rows(member.corporate);
  return out;
}

std::vector<AssetClassEstimate> Clearing::estimate(AccountId account) const {
  const ClearingMember& member = members_[account];
  const auto groups = groups_of(member);
  const auto with_rows = lines_with_rows(member);
  std::map<std::string, std::map<Unit, PortfolioEstimate>> classes;
  for (const auto& [key, l] : member.lines) {
    const auto& [subtrader, market] = key;
    const Unsettled u = unsettled(l, mark(market));
    if (l.net == 0 && u.pnl() == 0 && u.fees == 0 && !with_rows.contains(key)) continue;
    PortfolioEstimate& p = classes[asset_class(market)][unit_of(groups, subtrader)];
    auto at = std::ranges::lower_bound(p.markets, market, {}, &PortfolioEstimate::Market::market);
    if (at == p.markets.end() || at->market != market) at = p.markets.insert(at, {market, 0, 0, 0, 0});
    at->net += l.net;
    at->variation += u.pnl();
    at->notional += to_centicents(l.net * mark(market));
    at->session_cost += l.session_cost;
    p.variation += u.pnl();
    p.fees += u.fees;
  }
  // What had a margin at the last settlement gets it back when nothing of it is left, or when it went into or out of a group.
  for (const auto& [asset_class, before] : member.margins) {
    for (const auto& [unit, margin] : before) classes[asset_class][unit];
  }
  std::vector<AssetClassEstimate> out;
  for (auto& [asset_class, units] : classes) {
    AssetClassEstimate& e = out.emplace_back();
    e.asset_class = asset_class;
    const auto before = member.margins.find(asset_class);
    for (auto& [unit, p] : units) {
      p.subtrader = unit.first;
      p.group = unit.second;
      p.margin = required(p);
      p.margin_delta = p.margin;
      if (before != member.margins.end()) {
        if (const auto it = before->second.find(unit); it != before->second.end()) p.margin_delta -= it->second;
      }
      e.portfolios.push_back(std::move(p));
    }
  }
  return out;
}

// ---- the cycle --------------------------------------------------------------------------------------------------------------

void Clearing::settle() {
  SettlementCycle cycle;
  cycle.time = next_cycle_;
  cycle.closes_day = closes_day(next_cycle_);
  for (MarketNo m = 0; m < state_.markets.size(); ++m) {
    if (state_.markets[m].status != MarketStatus::Inactive) cycle.prices.emplace_back(m, mark(m));
  }
  for (AccountId account = 0; account < members_.size(); ++account) {
    if (members_[account].house) {
      settle_house(account, cycle);
    } else {
      settle_member(account, cycle);
    }
  }
  cycles_.push_back(std::move(cycle));
  next_cycle_ = next_cycle_after(next_cycle_);
}

SettlementRow Clearing::settle_line(const LineKey& key, ClearingLine& l) {
  const Ticks price = mark(key.second);
  const Unsettled u = unsettled(l, price);
  l.settled_trade += u.trade;
  l.settled_funding += u.funding;
  l.settled_corporate += u.corporate;
  l.settled_fees += u.fees;
  l.session_cost = l.net * price;
  return {0, key.second, key.first, l.net, u.pnl(), u.fees};
}

void Clearing::settle_house(AccountId account, SettlementCycle& cycle) {
  for (auto& [key, l] : members_[account].lines) {
    cycle.house_pnl += settle_line(key, l).pnl;
    ++cycle.lines;
  }
}

void Clearing::settle_member(AccountId account, SettlementCycle& cycle) {
  ClearingMember& member = members_[account];
  const ClearingNo first_of_cycle = last_no_ + 1;
  const auto with_rows = lines_with_rows(member);
  for (const AssetClassEstimate& e : estimate(account)) {
    Obligation o;
    o.no = next_no();
    o.account = account;
    o.asset_class = e.asset_class;
    o.execution = o.updated = cycle.time;
    o.due = cycle.time + kPayAfter;
    for (auto& [key, l] : member.lines) {
      if (asset_class(key.second) != e.asset_class) continue;
      SettlementRow row = settle_line(key, l);
      ++cycle.lines;
      if (row.position == 0 && row.pnl == 0 && row.fees == 0 && !with_rows.contains(key)) continue;
      row.no = next_no();
      o.pnl += row.pnl;
      o.fees += row.fees;
      o.details.push_back(row);
    }
    settle_margins(member, o, e);
    carry_rows(member, o, first_of_cycle);
    cycle.members_pnl += o.pnl;
    obligations_.push_back(std::move(o));
  }
  if (!cycle.closes_day) return;
  std::map<MarketNo, Qty> held;
  for (const auto& [key, l] : member.lines) held[key.second] += l.net;
  auto& day = member.days.emplace_back(cycle.time, std::vector<DayPosition>{}).second;
  for (const auto& [market, net] : held) {
    if (net != 0) day.push_back({market, net});
  }
}

void Clearing::settle_margins(ClearingMember& member, Obligation& o, const AssetClassEstimate& e) {
  auto& now = member.margins[o.asset_class];
  now.clear();
  for (const PortfolioEstimate& p : e.portfolios) {
    o.margins.push_back({next_no(), p.subtrader, p.group, p.margin, p.margin_delta});
    o.margin += p.margin;
    o.margin_delta += p.margin_delta;
    if (p.margin != 0) now[{p.subtrader, p.group}] = p.margin;
  }
  if (now.empty()) member.margins.erase(o.asset_class);
}

// Funding and corporate-action rows say which settlement carried them.
void Clearing::carry_rows(ClearingMember& member, const Obligation& o, ClearingNo first_of_cycle) const {
  const auto carry = [&](auto& rows) {
    for (auto it = rows.rbegin(); it != rows.rend(); ++it) {
      if (it->obligation != 0 && it->obligation < first_of_cycle) break;
      if (it->obligation == 0 && asset_class(it->market) == o.asset_class) it->obligation = o.no;
    }
  };
  carry(member.funding);
  carry(member.corporate);
}

}  // namespace marginfix::sim
