// Cash, positions and the ledger.
#include "sim/exchange/members/accounts.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace marginfix::sim {
namespace {
Micros portion_of(Micros cost, Qty part, Qty whole) { return static_cast<Micros>(static_cast<Wide>(cost) * part / whole); }

// What was paid altogether stays as it is; when each part of it was, nobody asks after so many entries.
void sum_up_older_half(std::vector<LedgerEntry>& ledger) {
  std::map<std::tuple<LedgerKind, std::int32_t, MarketNo>, LedgerEntry> sums;
  const auto half = ledger.begin() + static_cast<std::ptrdiff_t>(ledger.size() / 2);
  for (auto entry = ledger.begin(); entry != half; ++entry) {
    const auto [sum, first] = sums.try_emplace({entry->kind, entry->subaccount, entry->market}, *entry);
    if (first) continue;
    sum->second.amount += entry->amount;
    sum->second.time = entry->time;
    sum->second.exec_a = sum->second.exec_b = -1;
  }
  std::vector<LedgerEntry> shorter;
  for (const auto& [what, sum] : sums) shorter.push_back(sum);
  shorter.insert(shorter.end(), half, ledger.end());
  ledger = std::move(shorter);
}

void note(Account& account, const LedgerEntry& entry) {
  if (account.house || entry.amount == 0) return;
  account.ledger.push_back(entry);
  if (account.ledger.size() >= kMostLedger) sum_up_older_half(account.ledger);
}
// What a fill does to a position.
FillEffect trade(Position& p, Side side, Ticks price, Qty quantity, Micros fee) {
  const Qty sign = side == Side::Buy ? 1 : -1;
  const Qty opposing = p.net * sign < 0 ? (p.net < 0 ? -p.net : p.net) : 0;
  const Qty closing = std::min(opposing, quantity);
  FillEffect effect;
  effect.measured_against = entry_price(p.net, p.cost);
  if (closing > 0) {
    const Micros portion = closing == opposing ? p.cost : portion_of(p.cost, closing, opposing);
    effect.realized = -sign * price * closing - portion;  // long: proceeds - cost; short: entry - what buying back takes
    p.cost -= portion;
  }
  p.cost += sign * price * (quantity - closing);
  p.net += sign * quantity;
  p.realized += effect.realized;
  p.fees += fee;
  // Of a fill that turns the position around, only the part that opens the new one.
  const bool closes = opposing > 0 && closing == opposing;
  p.open_fees = p.net == 0 ? 0 : closes ? portion_of(fee, quantity - closing, quantity) : p.open_fees + fee;
  effect.net = p.net;
  effect.cost = p.cost;
  if (closing == 0) effect.measured_against = entry_price(p.net, p.cost);
  return effect;
}

void rest_in(Position& p, const Order& order, Qty quantity) {
  const std::size_t side = order.side == Side::Buy ? 0 : 1;
  p.open_qty[side] += quantity;
  p.open_notional[side] += order.price * quantity;
}

}  // namespace

AccountId Accounts::create(const AccountSpec& spec, bool house, Timestamp now) {
  const auto id = static_cast<AccountId>(all.size());
  Account& account = all.emplace_back();
  account.name = spec.name;
  account.fcm = spec.fcm;
  account.margin_enabled = spec.margin_enabled;
  account.house = house;
  const std::size_t subaccounts = std::clamp<std::size_t>(spec.deposits.size(), 1, kMaxSubaccount + 1);
  for (std::size_t i = 0; i < subaccounts; ++i) create_subaccount(id);
  for (std::size_t i = 0; i < subaccounts && i < spec.deposits.size(); ++i) {
    deposit(id, static_cast<int>(i), spec.deposits[i].units(), now);
  }
  for (const KeySpec& key : spec.keys) add_key(id, key);
  return id;
}

KeyNo Accounts::add_key(AccountId account, const KeySpec& key) {
  const auto no = static_cast<KeyNo>(keys.size());
  keys.push_back({key.key_id, key.scope, account, key.subaccount, key.subtrader});
  key_index_[key.key_id] = no;
  return no;
}

bool Accounts::remove_key(AccountId account, std::string_view key_id) {
  const auto it = key_index_.find(key_id);
  if (it == key_index_.end() || keys[it->second].account != account) return false;
  keys[it->second].revoked = true;
  key_index_.erase(it);
  return true;
}

std::optional<int> Accounts::create_subaccount(AccountId account) {
  auto& subs = all[account].subaccounts;
  if (subs.size() > kMaxSubaccount) return std::nullopt;
  subs.emplace_back().positions.resize(markets_);
  return static_cast<int>(subs.size()) - 1;
}

void Accounts::deposit(AccountId account, int subaccount, Micros amount, Timestamp now) {
  Account& a = all[account];
  add_cash(a, subaccount, amount);
  a.deposits += amount;
  note(a, {now, LedgerKind::Deposit, subaccount, kNoMarket, amount});
}

void Accounts::transfer(AccountId account, int from, int to, Micros amount, Timestamp now) {
  Account& a = all[account];
  a.subaccounts[static_cast<std::size_t>(from)].cash -= amount;
  a.subaccounts[static_cast<std::size_t>(to)].cash += amount;
  note(a, {now, LedgerKind::Transfer, from, kNoMarket, -amount});
  note(a, {now, LedgerKind::Transfer, to, kNoMarket, amount});
}

std::optional<KeyNo> Accounts::find_key(std::string_view key_id) const {
  const auto it = key_index_.find(key_id);
  return it == key_index_.end() ? std::nullopt : std::optional(it->second);
}

std::optional<AccountId> Accounts::find(std::string_view name) const {
  const auto it = std::ranges::find(all, name, &Account::name);
  return it == all.end() ? std::nullopt : std::optional(static_cast<AccountId>(it - all.begin()));
}

bool Accounts::has_subaccount(AccountId account, int subaccount) const {
  return subaccount >= 0 && static_cast<std::size_t>(subaccount) < all[account].subaccounts.size();
}

FillEffect Accounts::fill(const Order& order, Ticks price, Qty quantity, Micros fee, Timestamp now, ExecId exec) {
  Account& account = all[order.account];
  Position& p = position(order);
  const Qty before = p.net;
  FillEffect effect = trade(p, order.side, price, quantity, fee);
  count(account, order.market, before, p.net);
  FillEffect share = effect;
  if (account.fcm) share = trade(account.customers[{order.customer, order.subaccount, order.market}], order.side, price, quantity, fee);
  effect.share_realized = share.realized;
  effect.share_measured_against = share.measured_against;
  fees_collected += fee;
  add_cash(account, order.subaccount, effect.realized - fee);
  note(account, {now, LedgerKind::Fee, order.subaccount, order.market, -fee, exec.a, exec.b});
  note(account, {now, LedgerKind::RealizedPnl, order.subaccount, order.market, effect.realized, exec.a, exec.b});
  return effect;
}

void Accounts::rest(const Order& order, Qty quantity) {
  rest_in(position(order), order, quantity);
  Account& account = all[order.account];
  if (account.fcm) rest_in(account.customers[{order.customer, order.subaccount, order.market}], order, quantity);
}

void Accounts::book(AccountId account, Micros amount, const LedgerEntry& entry) {
  add_cash(all[account], entry.subaccount, amount);
  note(all[account], entry);
}

void Accounts::set_position(AccountId account, int subaccount, MarketNo market, Qty net, Micros cost, Micros realized) {
  Position& p = position(account, subaccount, market);
  count(all[account], market, p.net, net);
  p.net = net;
  p.cost = cost;
  p.realized += realized;
  if (net == 0) p.open_fees = 0;
}

AccountId Accounts::house() const {
  const auto it = std::ranges::find(all, true, &Account::house);
  return static_cast<AccountId>(it - all.begin());
}

void Accounts::rebuild() {
  key_index_.clear();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!keys[i].revoked) key_index_[keys[i].key_id] = static_cast<KeyNo>(i);
  }
  open_interest.assign(markets_, 0);
  member_positions = 0;
  for (const Account& account : all) {
    for (const Subaccount& sub : account.subaccounts) {
      for (MarketNo m = 0; m < sub.positions.size(); ++m) count(account, m, 0, sub.positions[m].net);
    }
  }
}

}  // namespace marginfix::sim
