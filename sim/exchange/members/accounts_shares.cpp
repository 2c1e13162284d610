// Customers' shares of an FCM's positions, and money that comes from outside.
#include "sim/exchange/members/accounts.hpp"

namespace marginfix::sim {
namespace {

void close_at(Position& p, Ticks price) {
  p.realized += p.net * price - p.cost;
  p.net = 0;
  p.cost = 0;
  p.open_fees = 0;
}

}  // namespace

void Accounts::split_shares(AccountId id, int subaccount, MarketNo market, Qty ratio_old, Qty ratio_new, Ticks price) {
  Account& account = all[id];
  if (!account.fcm) return;
  const Position& whole = position(id, subaccount, market);
  Qty net = 0;
  Micros flow = 0;  // cost less realized profit: what was paid for the shares so far
  for (auto& [key, p] : account.customers) {
    if (key.subaccount != subaccount || key.market != market) continue;
    if (p.net != 0) {
      const Wide unit = static_cast<Wide>(FixedPointCount::kOne) * ratio_old;
      const Wide exact = static_cast<Wide>(p.net) * ratio_new;  // in 1/old of a hundredth contract
      const Wide kept = exact / unit * unit;
      const auto cost =
          static_cast<Micros>(divide_rounded(static_cast<Wide>(p.cost) * size_of(static_cast<Qty>(kept)), exact < 0 ? -exact : exact));
      p.realized += static_cast<Micros>(divide_rounded((exact - kept) * price, ratio_old)) - (p.cost - cost);
      p.net = static_cast<Qty>(kept / ratio_old);
      p.cost = p.net == 0 ? 0 : cost;
    }
    net += p.net;
    flow += p.cost - p.realized;
  }
  if (net == whole.net && flow == whole.cost - whole.realized) return;
  // Fractions that were rounded here and there stand with the FCM's own share.
  Position& own = account.customers[{0, subaccount, market}];
  const Qty more = whole.net - net;
  own.net += more;
  own.cost = own.net == 0 ? 0 : own.cost + more * price;
  flow = 0;
  for (const auto& [key, p] : account.customers) {
    if (key.subaccount == subaccount && key.market == market) flow += p.cost - p.realized;
  }
  own.realized += flow - (whole.cost - whole.realized);
}

void Accounts::settle_shares(AccountId id, int subaccount, MarketNo market, Ticks price) {
  for (auto& [key, p] : all[id].customers) {
    if (key.subaccount == subaccount && key.market == market && p.net != 0) close_at(p, price);
  }
}

std::pair<std::uint32_t, Qty> Accounts::largest_share(AccountId id, int subaccount, MarketNo market, bool is_long) const {
  const Account& account = all[id];
  std::pair<std::uint32_t, Qty> largest{0, 0};
  for (const auto& [key, p] : account.customers) {
    const bool same_side = is_long ? p.net > 0 : p.net < 0;
    if (key.subaccount != subaccount || key.market != market || !same_side || size_of(p.net) <= largest.second) continue;
    largest = {key.customer, size_of(p.net)};
  }
  if (largest.second == 0) largest = {0, size_of(account.subaccounts[static_cast<std::size_t>(subaccount)].positions[market].net)};
  return largest;
}

void Accounts::move_outside(AccountId id, int subaccount, Micros amount, Timestamp now) {
  all[id].deposits += amount;
  book(id, amount, {now, LedgerKind::InstanceTransfer, subaccount, kNoMarket, amount});
}

void Accounts::insure(AccountId id, int subaccount, Timestamp now) {
  const Micros owed = -all[id].subaccounts[static_cast<std::size_t>(subaccount)].cash;
  insurance_paid += owed;
  book(id, owed, {now, LedgerKind::Insurance, subaccount, kNoMarket, owed});
}

}  // namespace marginfix::sim
