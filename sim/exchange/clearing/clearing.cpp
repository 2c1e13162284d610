// What the engine tells clearing, and what clearing is asked.
#include "sim/exchange/clearing/clearing.hpp"

#include <algorithm>

#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

Timestamp cycle_of(Date day, std::chrono::hours hour) { return from_eastern(day, hour); }
Date day_after(Date day) { return Date(std::chrono::sys_days(day) + std::chrono::days(1)); }

// A part of what was paid for a position.
Micros part_of(Micros cost, Wide part, Wide whole) { return static_cast<Micros>(static_cast<Wide>(cost) * part / whole); }

}  // namespace

Timestamp next_cycle_after(Timestamp t) {
  for (Date day = eastern_date(t);; day = day_after(day)) {
    for (const auto hour : {kNoonCycle, kClosingCycle}) {
      if (const Timestamp at = cycle_of(day, hour); at > t) return at;
    }
  }
}
bool closes_day(Timestamp cycle) { return cycle == cycle_of(eastern_date(cycle), kClosingCycle); }

// ---- what the engine tells --------------------------------------------------------------------------------------------------

void Clearing::open_member(AccountId account, bool house, Timestamp now) {
  if (account >= members_.size()) members_.resize(account + 1);
  ClearingMember& m = members_[account];
  m.house = house;
  if (house) return;
  m.guaranty_fund = kGuarantyFund;
  m.guaranty_fund_updated = now;
  deposit(account, kOpeningBalance);
}

void Clearing::trade(ClearingLine& l, Qty quantity, Ticks price) {
  const Qty held = l.net < 0 ? -l.net : l.net;
  const Qty size = quantity < 0 ? -quantity : quantity;
  const Qty closing = l.net != 0 && (l.net < 0) != (quantity < 0) ? std::min(held, size) : 0;
  if (closing > 0) l.session_cost -= closing == held ? l.session_cost : part_of(l.session_cost, closing, held);
  l.session_cost += price * (quantity < 0 ? closing - size : size - closing);
  l.net += quantity;
  l.flow -= price * quantity;
}

void Clearing::fill(const Order& order, Ticks price, Qty quantity, Micros fee) {
  ClearingLine& l = line(order.account, order.customer, order.market);
  trade(l, order.side == Side::Buy ? quantity : -quantity, price);
  l.fees += fee;
}

// Every subtrader gets what its position gives; the member's own line the rest, so that the lines add up to what the accounts booked.
void Clearing::funding(AccountId account, MarketNo market, Timestamp time, Ticks price, Micros paid,
                       const std::function<Micros(Qty)>& amount_of) {
  ClearingMember& m = members_[account];
  m.lines[{0, market}];
  Micros left = paid;
  for (auto it = m.lines.rbegin(); it != m.lines.rend(); ++it) {  // the own line is the first of its market
    const auto& [subtrader, in] = it->first;
    ClearingLine& l = it->second;
    if (in != market) continue;
    const Micros amount = subtrader == 0 ? left : amount_of(l.net);
    left -= amount;
    l.funding += amount;
    if (l.net == 0 && amount == 0) continue;
    const Centicents noted = to_centicents(l.funding) - l.noted_funding;
    l.noted_funding += noted;
    if (!m.house) m.funding.push_back({next_no(), 0, market, subtrader, time, l.net, to_centicents(l.net * price), noted});
  }
}

void Clearing::corporate_cash(AccountId account, const CorporateNotice& notice, Micros paid, const std::function<Micros(Qty)>& amount_of) {
  ClearingMember& m = members_[account];
  m.lines[{0, notice.market}];
  Micros left = paid;
  for (auto it = m.lines.rbegin(); it != m.lines.rend(); ++it) {
    const auto& [subtrader, in] = it->first;
    ClearingLine& l = it->second;
    if (in != notice.market) continue;
    const Micros amount = subtrader == 0 ? left : amount_of(l.net);
    left -= amount;
    l.corporate += amount;
    if (l.net == 0 && amount == 0) continue;
    const Centicents noted = to_centicents(l.corporate) - l.noted_corporate;
    l.noted_corporate += noted;
    if (m.house) continue;
    m.corporate.push_back({next_no(), 0, std::string(notice.type), std::string(notice.id), notice.market, subtrader, l.net, l.net, noted,
                           notice.time, std::nullopt, std::nullopt, notice.time});
  }
}

// The member's own line is what the accounts hold beyond the subtraders' lines.
void Clearing::follow_accounts(AccountId account, MarketNo market) {
  ClearingLine& own = line(account, 0, market);
  own.net = own.flow = 0;
  for (const Subaccount& sub : state_.accounts.all[account].subaccounts) {
    const Position& p = sub.positions[market];
    own.net += p.net;
    own.flow += p.realized - p.cost;
  }
  for (const auto& [key, l] : members_[account].lines) {
    if (key.second != market || key.first == 0) continue;
    own.net -= l.net;
    own.flow -= l.flow;
  }
}

void Clearing::corporate_split(const CorporateNotice& notice, const Split& split) {
  for (AccountId account = 0; account < members_.size(); ++account) {
    ClearingMember& m = members_[account];
    m.lines[{0, notice.market}];
    for (auto it = m.lines.rbegin(); it != m.lines.rend(); ++it) {
      const auto& [subtrader, in] = it->first;
      ClearingLine& l = it->second;
      if (in != notice.market) continue;
      const ClearingLine before = l;
      const Wide exact = static_cast<Wide>(before.net) * split.ratio_new;  // in 1/old of a hundredth contract
      const Wide whole = static_cast<Wide>(FixedPointCount::kOne) * split.ratio_old;
      const Wide kept = exact / whole * whole;
      if (subtrader == 0) {
        follow_accounts(account, notice.market);
      } else {
        l.net = static_cast<Qty>(kept / split.ratio_old);
        l.flow += static_cast<Micros>(divide_rounded((exact - kept) * split.price, split.ratio_old));
      }
      const bool same_side = before.net != 0 && (before.net < 0) == (l.net < 0);
      l.session_cost =
          same_side ? static_cast<Micros>(static_cast<Wide>(before.session_cost) * l.net * split.ratio_old / exact) : l.net * split.price;
      if (m.house || (before.net == 0 && l.net == 0)) continue;
      m.corporate.push_back({next_no(), 0, std::string(notice.type), std::string(notice.id), notice.market, subtrader, before.net, l.net,
                             to_centicents(l.flow - before.flow), std::nullopt, split.mark_before, split.mark_after, notice.time});
    }
  }
}

void Clearing::corporate_close(MarketNo market, Ticks price) {
  for (AccountId account = 0; account < members_.size(); ++account) {
    for (auto& [key, l] : members_[account].lines) {
      if (key.second != market || key.first == 0) continue;
      trade(l, -l.net, price);
    }
    ClearingLine& own = line(account, 0, market);
    follow_accounts(account, market);
    own.session_cost = own.net * price;
  }
}

// ---- queries ----------------------------------------------------------------------------------------------------------------

Ticks Clearing::mark(MarketNo market) const { return settlement_mark(state_, market); }
const std::string& Clearing::asset_class(MarketNo market) const { return state_.markets[market].spec.asset_class; }

std::uint64_t Clearing::seed() const { return state_.emitter.seed(); }
std::string Clearing::user_id(AccountId account) const { return std::string(state_.user_id(account).view()); }
std::string Clearing::subtrader_id(AccountId account, SubtraderNo subtrader) const {
  return subtrader == 0 ? user_id(account) : std::string(state_.emitter.names.text(subtrader));
}

Uuid Clearing::public_id(ClearingNo no) const { return make_uuid(state_.emitter.seed(), IdKind::Clearing, no); }
std::optional<ClearingNo> Clearing::number_of(std::string_view public_id) const {
  return uuid_number(state_.emitter.seed(), IdKind::Clearing, public_id);
}

const SettlementCycle* Clearing::cycle_at(Timestamp time) const {
  const auto it = std::ranges::lower_bound(cycles_, time, {}, &SettlementCycle::time);
  return it != cycles_.end() && it->time == time ? &*it : nullptr;
}

std::optional<Ticks> Clearing::last_price(MarketNo market, std::optional<Timestamp> until) const {
  for (auto it = cycles_.rbegin(); it != cycles_.rend(); ++it) {
    if (until && it->time > *until) continue;
    const auto found = std::ranges::find(it->prices, market, &std::pair<MarketNo, Ticks>::first);
    if (found != it->prices.end()) return found->second;
  }
  return std::nullopt;
}

std::vector<const Obligation*> Clearing::obligations(AccountId account) const {
  std::vector<const Obligation*> out;
  for (const Obligation& o : obligations_) {
    if (o.account == account) out.push_back(&o);
  }
  return out;
}

const Obligation* Clearing::obligation(AccountId account, ClearingNo no) const {
  const auto it = std::ranges::lower_bound(obligations_, no, {}, &Obligation::no);
  return it != obligations_.end() && it->no == no && it->account == account ? &*it : nullptr;
}

}  // namespace marginfix::sim
